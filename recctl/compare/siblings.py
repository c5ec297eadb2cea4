"""Which recordings are nearest to one: of its test, of its test function, of its endpoint and model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from recctl.compare.align import overlap
from recctl.compare.changes import changes
from recctl.compare.requests import request_view
from recctl.errors import Unreadable
from recctl.jsonvalue import JsonObject, compact
from recctl.recording import Recording, load
from recctl.summary import Summary

Tie = Literal["test", "function", "endpoint"]

_SHORTLIST = 5  # candidates compared in full after a rough measure of all
_CLOSE_FIRST = 200  # candidates of a tie read at most, those of like size first


@dataclass(frozen=True, slots=True)
class Sibling:
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
    candidates = [other for other in others if other.path != wanted.summary.path]
    for tie, fits in _ties(wanted.summary):
        tied = [other for other in candidates if fits(other)]
        if tied:
            return _nearest_of(wanted, tie, tied)[:count]
    return []


def _nearest_of(wanted: Recording, tie: Tie, tied: Sequence[Summary]) -> list[Sibling]:
    # Requests on one endpoint are told apart first, for a test calls guards and embeddings as well.
    size = wanted.summary.size
    closest = sorted(
        tied, key=lambda other: (_place(other) != _place(wanted.summary), abs(other.size - size))
    )
    view = without_test(request_view(wanted))
    text = compact(view)
    weighed = []
    for other in closest[:_CLOSE_FIRST]:
        try:
            recording = load(other.path)
        except Unreadable:
            continue
        weighed.append((overlap(text, compact(without_test(request_view(recording)))), recording))
    weighed.sort(key=lambda pair: (-pair[0], str(pair[1].summary.path)))
    siblings = [_sibling(view, tie, likeness, recording) for likeness, recording in weighed[:_SHORTLIST]]
    return sorted(siblings, key=lambda sibling: (sibling.distance, sibling.differences))


def _sibling(view: JsonObject, tie: Tie, likeness: float, recording: Recording) -> Sibling:
    found = changes(view, without_test(request_view(recording)))
    return Sibling(recording, tie, 1 - likeness if found else 0.0, len(found))


def without_test(view: JsonObject) -> JsonObject:
    """A request's view without the test that made it."""
    return {key: value for key, value in view.items() if key != "test_id"}
