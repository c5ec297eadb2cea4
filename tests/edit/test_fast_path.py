"""normalize on random recordings: the short way to see that nothing is due agrees with the long one."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from recctl.catalog.turn_ids import TurnIds
from recctl.edit.normalize import Normalization, normalizations
from recctl.edit.plan import patched
from recctl.support.errors import Unreadable
from tests.edit.recorder import DURATIONS, EPOCH, settled
from tests.edit.serializer import RandomSerializer, at, canonical, differing, spliced
from tests.helpers import chat, examples
from tests.samples.builder import Data, typed

NAMES = ("ab7d61e2daa7.json", f"{'ab7d61e2daa7':0<64}.json", f"models-{'ab7d61e2daa7':0<64}-27e22205.json")
SETTLED = {"id": "rec-ab7d61e2daa7", "created": 0, "created_at": EPOCH, **dict.fromkeys(DURATIONS, 0)}

seeds = st.integers(0, 2**32 - 1)
odd_numbers = (0, 0.0, -0.0, 1, 1e-07, float("nan"), 10**30, True, False)
odd_texts = ("", "now", EPOCH, "rec-ab7d61e2daa7", "\ud83d", "é", "model")
odd_values = st.sampled_from([None, *odd_numbers, *odd_texts, [], [0], {}, {"id": 0}])
# Mostly what the recorder leaves, so that many documents need nothing or little.
fields = {key: st.just(value) | st.just(value) | odd_values for key, value in SETTLED.items()}
others = {"object": st.sampled_from(["model", "chat", "", None, 0]), "text": odd_values}
recorded = st.fixed_dictionaries({}, optional=fields | others).map(lambda data: typed("some.Class", **data))
plain = st.fixed_dictionaries({}, optional={"id": odd_values, "created": odd_values, "__type__": odd_values})
items = recorded | recorded | plain | st.sampled_from(["", "data: {}", None, 0])
bodies = st.lists(items, max_size=4) | items


def _document(body: Any, more: Any) -> Data:
    return {"test_id": "t.py::a", "request": {"x": more}, "response": {"body": body, "is_streaming": True}}


documents = st.builds(_document, bodies, odd_values)


def examine(raw: bytes, name: str) -> tuple[Normalization | None, list[str]]:
    """What is due in one file, and what is wrong with it."""
    with TemporaryDirectory() as directory:
        path = Path(directory, name)
        path.write_bytes(raw)
        results = list(normalizations((path,), TurnIds((path,))))
    found = [one for one in results if isinstance(one, Normalization)]
    return (found[0] if found else None), [one.message for one in results if isinstance(one, Unreadable)]


@examples(100)
@given(documents, st.sampled_from(NAMES), seeds, st.sampled_from([0, 0.3]))
def test_what_is_due_is_what_the_recorders_rule_changes(
    document: Data, name: str, seed: int, wild: float
) -> None:
    serializer = RandomSerializer(Random(seed), wild)
    raw = serializer.document(document)
    after = settled(name, document)
    changes = {
        serializer.spans[path]: json.dumps(at(after, path)).encode() for path in differing(document, after)
    }
    found, problems = examine(raw, name)
    assert problems == []
    edited = raw if found is None else patched(raw, found.rewrite().patches)
    assert edited == spliced(raw, changes)
    assert canonical(json.loads(edited)) == canonical(after)
    assert examine(edited, name) == (None, [])


# ---- bytes changed at random

PIECES = (
    *(
        b'"id"',
        b'"__data__"',
        b"null",
        b"0",
        b"NaN",
        b"-",
        b"e5",
        b'"',
        b"\\",
        b"\\ud83d",
        b"\xc3",
        b"\xef\xbb\xbf",
    ),
    *(b"{", b"}", b"[", b"]", b",", b":", b"\x00", b"\t", b" ", b'"created": 5,', b"[" * 300, b"9" * 400),
)
cuts = st.tuples(st.integers(0, 10**6), st.integers(0, 12), st.sampled_from(PIECES) | st.binary(max_size=3))


def _mutated(raw: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for start, length, piece in changes:
        start %= len(raw) + 1
        raw = raw[:start] + piece + raw[start + length :]
    return raw


@examples(120)
@given(st.lists(cuts, min_size=1, max_size=3))
def test_the_short_way_agrees_with_the_long_one(changes: list[tuple[int, int, bytes]]) -> None:
    """A NaN at the front is read by no fast parser, and changes nothing that counts."""
    raw = _mutated(RAW, changes)
    if not raw.startswith(FRONT):
        return
    short, problems = examine(raw, NAMES[0])
    long, more_problems = examine(raw.replace(FRONT, b'{"": NaN, "test_id"', 1), NAMES[0])
    assert _paths(short) == _paths(long)
    assert len(problems) == len(more_problems)


def _paths(found: Normalization | None) -> list[tuple[str | int, ...]]:
    return [change.path for change in found.changes] if found else []


FRONT = b'{"test_id"'
_settled = chat()
_settled.document["response"]["body"] = typed("some.Class", **SETTLED)
RAW = json.dumps(_settled.document).encode()


def test_the_base_of_the_random_changes_needs_nothing() -> None:
    assert RAW.startswith(FRONT)
    assert examine(RAW, NAMES[0]) == (None, [])
