"""Recordings that are filled with texts which were slow once, or are like those that were."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeAlias

from tests.helpers import chat_stream
from tests.hostile.patterns import repeated
from tests.samples.builder import Data

TEST = "tests/a/test_chat.py::test_one"
SOURCE = "def test_one():\n    pass\n"
# Changes a document so that it has about so many bytes; one of a pair gets 1, so that the two differ.
Fill: TypeAlias = Callable[[Data, int, int], None]


def _text(fragment: str) -> Fill:
    """Return the same text in what is asked and in what is answered, in three pieces."""

    def fill(document: Data, size: int, other: int) -> None:
        _ask(document, f"{repeated(fragment, size // 2)}{'?' * other} 0.5")
        for item in document["response"]["body"]:
            item["__data__"]["choices"][0]["delta"]["content"] = repeated(fragment, size // 6)

    return fill


def _ask(document: Data, text: str) -> None:
    document["request"]["body"]["messages"][0]["content"] = text


def _words(document: Data, size: int, other: int) -> None:
    rnd = Random(other)
    _ask(document, " ".join("".join(rnd.choices("abcdefgh", k=5)) for _ in range(size // 6)))


def _keys(document: Data, size: int, other: int) -> None:
    document["request"]["body"]["metadata"] = {f"k{other}{number}": number for number in range(size // 28)}


def _a_key_twice(document: Data, size: int, other: int) -> None:
    # A number and its digits are two keys here, and one in JSON.
    many: dict[object, object] = {f"k{other}{number}": number for number in range(size // 28)}
    twice: dict[object, object] = {**many, 1: "", "1": ""}
    document["response"]["headers"] = twice


def _credentials(document: Data, size: int, other: int) -> None:
    rnd = Random(other)
    upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    _ask(document, " ".join("AK" + "IA" + "".join(rnd.choices(upper, k=16)) for _ in range(size // 21)))


def _events(document: Data, size: int, other: int) -> None:
    document["response"]["body"] = [f'data: {{"a{other}": ["'] * (size // 27)


def _ids(document: Data, size: int, other: int) -> None:
    document["id_normalization_mapping"] = {
        f"new_{number}": f"old_{other}{number}" for number in range(size // 60)
    }
    _ask(document, " ".join(f"old_{other}{number}" for number in range(size // 60)))


FILLS: dict[str, Fill] = {
    **{
        text: _text(text)
        for text in ("\\", "sk-", "eyJ", "attributes:{", '"content": "x" ', "0", "://a:", '{"a": "')
    },
    "different words": _words,
    "different keys": _keys,
    "a key twice": _a_key_twice,
    "many credentials": _credentials,
    "events without an end": _events,
    "ids to replace": _ids,
}
# Commands and what they are given: the filled recording, a small one of its test, and one filled otherwise.
COMMANDS: dict[str, list[str]] = {
    "check": ["check", "{filled}"],
    "check its sibling": ["check", "{sibling}"],
    "ls": ["ls", "--no-cache", "{filled}"],
    "show": ["show", "{filled}"],
    "normalize": ["normalize", "{filled}"],
    "diff": ["diff", "--part", "all", "{filled}", "{other}"],
    "hash": ["hash", "{filled}"],
}


def lay_out(top: Path, name: str, size: int) -> dict[str, str]:
    """Write a test with a filled recording and a small one, twice; what is filled in differs."""
    plain = chat_stream("Hel", "lo", ".", test_id=TEST)
    paths = []
    for other in (0, 1):
        document = json.loads(plain.to_bytes())
        FILLS[name](document, size, other)
        path = top / str(other) / "tests/a/recordings/large.json"
        path.parent.mkdir(parents=True)
        path.parent.with_name("test_chat.py").write_text(SOURCE)
        path.write_text(json.dumps(document, indent=2) + "\n")
        path.with_name("small.json").write_bytes(plain.to_bytes())
        paths.append(str(path))
    sibling = str(Path(paths[0]).with_name("small.json"))
    return {"filled": paths[0], "other": paths[1], "sibling": sibling}
