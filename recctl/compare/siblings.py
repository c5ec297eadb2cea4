"""Which recordings are nearest to one: of its test, of its test function, of its endpoint and model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from recctl.compare.align import overlap
from recctl.compare.changes import changes
from recctl.compare.requests import request_view
from recctl.errors import Unreadable
from recctl.header import NotPlain, read_request
from recctl.jsonvalue import JsonObject, compact
from recctl.recording import Recording, load, read
from recctl.summary import Summary

Tie = Literal["test", "function", "endpoint"]

_SHORTLIST = 5  # candidates compared in full after a rough measure of all


class Sibling(msgspec.Struct, frozen=True):
    """A recording near another: what ties them, and how far apart they are.

    `distance` is the share of words in which the requests differ, 0 to 1; `differences` the places.
    """

    recording: Recording
    tie: Tie
    distance: float
    differences: int


def function_of(test_id: str) -> str:
    """A test id without its parameters."""
    return test_id.partition("[")[0]


def _ties(wanted: Summary) -> tuple[tuple[Tie, Callable[[Summary], bool]], ...]:
    """What may tie a recording to the wanted one, the strongest first."""
    test = wanted.test_id
    return (
        ("test", lambda other: test is not None and other.test_id == test),
        (
            "function",
            lambda other: (
                test is not None
                and other.test_id is not None
                and function_of(other.test_id) == function_of(test)
            ),
        ),
        ("endpoint", lambda other: (other.kind, other.endpoint, other.model) == _place(wanted)),
    )


def _place(summary: Summary) -> tuple[object, ...]:
    return summary.kind, summary.endpoint, summary.model


def nearest(wanted: Recording, others: Iterable[Summary], count: int = 4) -> list[Sibling]:
    """The nearest siblings, nearest first, all of the strongest tie that there is; [] when none is near.

    Files that cannot be read are passed over.
    """
    place = wanted.summary.path.resolve()
    candidates = [other for other in others if not _is_at(other.path, place)]
    for tie, fits in _ties(wanted.summary):
        tied = [other for other in candidates if fits(other)]
        if tied:
            return _nearest_of(wanted, tie, tied)[:count]
    return []


def _is_at(path: Path, place: Path) -> bool:
    """Whether a path leads to a place; only a link can do so under another name."""
    return (path.name == place.name or path.is_symlink()) and path.resolve() == place


def _nearest_of(wanted: Recording, tie: Tie, tied: Sequence[Summary]) -> list[Sibling]:
    text = _request_text(wanted.raw)
    weighed = [(_likeness(text, wanted.summary, other), other) for other in tied]
    weighed.sort(key=lambda pair: (-pair[0], str(pair[1].path)))
    view = without_test(request_view(wanted))
    siblings = []
    for _, other in weighed:
        try:
            siblings.append(_sibling(view, tie, load(other.path)))
        except Unreadable:
            continue
        if len(siblings) == _SHORTLIST:
            break
    place = _place(wanted.summary)
    return sorted(
        siblings, key=lambda one: (_place(one.recording.summary) != place, one.distance, one.differences)
    )


def _likeness(text: str, wanted: Summary, other: Summary) -> float:
    """The share of words that two requests have in common; less than nothing at another endpoint."""
    try:
        likeness = overlap(text, _request_text(read(other.path)))
    except Unreadable:
        return -1.0
    # A test calls guards and embeddings as well: only what goes to one place is comparable.
    return likeness if _place(other) == _place(wanted) else likeness - 1


def _request_text(raw: bytes) -> str:
    try:
        return read_request(raw).decode("utf-8", "replace")
    except NotPlain:
        return raw.decode("utf-8", "replace")


def _sibling(view: JsonObject, tie: Tie, recording: Recording) -> Sibling:
    other = without_test(request_view(recording))
    found = changes(view, other)
    distance = 1 - overlap(compact(view), compact(other)) if found else 0.0
    return Sibling(recording, tie, distance, len(found))


def without_test(view: JsonObject) -> JsonObject:
    """A request's view without the test that made it."""
    return {key: value for key, value in view.items() if key != "test_id"}
