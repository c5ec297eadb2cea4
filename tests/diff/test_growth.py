"""No content makes a comparison slow: four times as much takes about four times as long, and six at most.

The one place where a test of comparisons looks at the time: that of the processor, not of the clock.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recctl.diff.changes import changes
from recctl.diff.word_diff import compare_words
from tests.diff.applying import applied, spelled
from tests.diff.repository import ferry
from tests.helpers import put, run
from tests.samples.builder import Recording

pytestmark = pytest.mark.slow

Pair = tuple[Any, Any]

_SMALL, _LARGE = 250_000, 1_000_000  # bytes, more or less
_MOST = 6  # times as long for four times as much
_FLOOR = 0.05  # seconds that count as nothing
_VOCABULARY = [f"word{number}" for number in range(5_000)]


def both(make: Callable[[int, str], Any]) -> Callable[[int], Pair]:
    """Two documents of a size, made the same way of other words."""
    return lambda size: (make(size, "a"), make(size, "b"))


def picked(size: int, words: list[str], seed: str) -> list[str]:
    return random.Random(seed).choices(words, k=size // (len(words[-1]) + 1))


def nested(size: int, name: str, *, list_too: bool = True) -> Any:
    value: Any = [f"{name}{number}" for number in range(size // 12)]
    for level in range(150):
        value = [value] if level % 2 and list_too else {"a": value}
    return value


def comb(size: int, name: str) -> Any:
    """Deep, and something of it differs at every level."""
    teeth = []
    for _ in range(size // 3_000):
        value: Any = name
        for level in range(120):
            value = [value, {"k": level, "t": name}]
        teeth.append(value)
    return teeth


def edited(size: int) -> Pair:
    words = picked(size, _VOCABULARY, "text")
    other = random.Random("edits")
    return " ".join(words), " ".join(other.choice(_VOCABULARY) if other.random() < 0.02 else x for x in words)


def messages(size: int, name: str) -> Any:
    words = picked(size, _VOCABULARY, name)
    return [{"role": "user", "content": " ".join(words[at : at + 60])} for at in range(0, len(words), 60)]


def sixty(size: int, name: str) -> Any:
    words = picked(size, _VOCABULARY, name)
    each = len(words) // 60
    return [{"role": "user", "content": " ".join(words[at * each : (at + 1) * each])} for at in range(60)]


DOCUMENTS: dict[str, Callable[[int], Pair]] = {
    "other keys": both(lambda size, name: {f"{name}-key{n}": n for n in range(size // 20)}),
    "other values": both(lambda size, name: {f"key{n}": f"{name}{n}" for n in range(size // 20)}),
    "other items": both(lambda size, name: [f"{name}{n}" for n in range(size // 10)]),
    "few items, often": both(lambda size, name: picked(size, ["x", "y", "z"], name)),
    "turned round": lambda size: ([*range(size // 8)], [*range(size // 8)][::-1]),
    "every other item": both(lambda size, name: [n if n % 2 else f"{name}{n}" for n in range(size // 8)]),
    "other messages": both(messages),
    "sixty long messages": both(sixty),
    "something deep": both(nested),
    "at every level": both(comb),
}
TEXTS: dict[str, Callable[[int], Pair]] = {
    "edited": edited,
    "nothing in common": both(lambda size, name: " ".join(f"{name}{n}" for n in range(size // 7))),
    "the same words": both(lambda size, name: " ".join(picked(size, _VOCABULARY, name))),
    "two words": both(lambda size, name: " ".join(picked(size, ["a", "b"], name))),
    "two signs": lambda size: (".," * (size // 4), ",." * (size // 4)),
    "signs without blanks": both(lambda size, name: "".join(picked(size, [*"京都大阪"], name))),
    "the same lines": both(
        lambda size, name: "\n".join(picked(size, [f"line {n} of few" for n in range(50)], name))
    ),
    "separators": both(lambda size, name: '", "'.join(f"{name}{n}" for n in range(size // 9))),
    "blanks": lambda size: (f"a{' ' * size}b", f"c{' ' * size}d"),
    "flags": lambda size: ("x \U0001f1ef" + "\U0001f1ef" * (size // 4), "y " + "\U0001f1f5" * (size // 4)),
    "accents": lambda size: ("\u0301" * (size // 2) + "b", "." + "\u0301" * (size // 2) + "d"),
    "joined signs": lambda size: ("\U0001f469\u200d" * (size // 8), "\U0001f468\u200d" * (size // 8) + "x"),
    "one word": lambda size: ("A" * size, "A" * size + "B"),
}


def seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def growth(small: Callable[[], object], large: Callable[[], object]) -> float:
    """How many times as long the large one takes; at a second try, if something disturbed the first."""
    found = [seconds(large) / max(seconds(small), _FLOOR)]
    if found[0] > _MOST:
        found.append(seconds(large) / max(seconds(small), _FLOOR))
    return min(found)


@pytest.mark.parametrize("case", DOCUMENTS)
def test_documents(case: str) -> None:
    small, large = DOCUMENTS[case](_SMALL), DOCUMENTS[case](_LARGE)
    changes({"loads": "deepdiff"}, {})
    assert growth(lambda: changes(*small), lambda: changes(*large)) <= _MOST


@pytest.mark.parametrize("case", TEXTS)
def test_texts(case: str) -> None:
    small, large = TEXTS[case](_SMALL), TEXTS[case](_LARGE)
    assert growth(lambda: compare_words(*small), lambda: compare_words(*large)) <= _MOST


@pytest.mark.parametrize("case", ["other keys", "other messages", "at every level"])
def test_large_documents_are_compared_rightly(case: str) -> None:
    old, new = DOCUMENTS[case](_SMALL)
    assert spelled(applied(old, changes(old, new))) == spelled(new)


@pytest.mark.parametrize("case", TEXTS)
def test_pieces_of_large_texts_make_up_both(case: str) -> None:
    old, new = TEXTS[case](_SMALL)
    pieces = compare_words(old, new).pieces
    assert "".join(piece.text for piece in pieces if piece.op != "added") == old
    assert "".join(piece.text for piece in pieces if piece.op != "removed") == new


COMMANDS = ["other keys", "sixty long messages", "edited", "flags"]


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["page", "json"])
@pytest.mark.parametrize("case", COMMANDS)
def test_the_command(tmp_path: Path, case: str, options: tuple[str, ...]) -> None:
    made = (DOCUMENTS | TEXTS)[case]
    sizes = {size: written(tmp_path / str(size), made(size)) for size in (_SMALL, _LARGE)}
    run("diff", *sizes[_SMALL], *options)

    def call(size: int) -> None:
        assert run("diff", *sizes[size], *options).code == 1

    assert growth(lambda: call(_SMALL), lambda: call(_LARGE)) <= _MOST


def written(directory: Path, pair: Pair) -> tuple[Path, Path]:
    """Two recordings that ask for these, written without the hash that they would be named by."""
    document = ferry().document
    made = []
    for name, value in zip("ab", pair, strict=True):
        asked = {**document["request"], "body": {"model": "m", "prompt": value}}
        made.append(put(directory / f"{name}.json", Recording("", {**document, "request": asked})))
    assert json.loads(made[0].read_bytes())["request"]["body"]["prompt"] == pair[0]
    return made[0], made[1]
