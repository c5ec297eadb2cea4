"""`recctl diff --json`: comparisons and reviews, every key always present."""

from __future__ import annotations

from collections.abc import Sequence

from recctl.diff.changes import Change, format_path
from recctl.diff.comparison import Comparison
from recctl.diff.nearest import Neighbor
from recctl.diff.response_change import SEVERITY
from recctl.diff.review import STATUSES, ReviewedRecording, ReviewedTest, count_responses, count_statuses
from recctl.diff.revisions import States
from recctl.support.jsonvalue import JsonObject
from recctl.support.paths import display_path
from recctl.views.as_json import listed_object


def comparison_object(compared: Comparison, neighbors: Sequence[Neighbor]) -> JsonObject:
    """Return the keys of `diff A B`; `siblings` are the nearest recordings, with `diff A` only.

    `same_hash` is null for kinds without a rule; `hash_differs_in` names the hashed parts that
    differ once normalized.
    """
    return {
        "a": listed_object(compared.old),
        "b": listed_object(compared.new),
        "part": compared.part,
        "equal": compared.equal,
        "same_hash": compared.verdict.same_hash,
        "hash_differs_in": list(compared.verdict.differs_in),
        "siblings": [_neighbor_object(neighbor) for neighbor in neighbors],
        "changes": [change_object(change) for change in compared.changes],
    }


def _neighbor_object(neighbor: Neighbor) -> JsonObject:
    summary = neighbor.recording.summary
    return {
        "id": summary.name.id,
        "path": display_path(summary.path),
        "same": neighbor.relation,
        "distance": round(neighbor.distance, 4),
        "differences": neighbor.differences,
    }


def change_object(change: Change) -> JsonObject:
    """Return the keys of a change, its path as text."""
    return {"path": format_path(change.path), "op": change.op, "old": change.old, "new": change.new}


def review_object(states: States, tests: Sequence[ReviewedTest]) -> JsonObject:
    """Return the keys of `diff` of two states."""
    statuses, responses = count_statuses(tests), count_responses(tests)
    return {
        "base": states.base,
        "head": states.head,
        "tests": [
            {"test_id": test.test_id, "recordings": [_recording_object(one) for one in test.recordings]}
            for test in tests
        ],
        "summary": {status: statuses[status] for status in STATUSES}
        | {"responses": {kind: responses[kind] for kind in SEVERITY}},
    }


def _recording_object(one: ReviewedRecording) -> JsonObject:
    return {
        "status": one.status,
        "old": None if one.old is None else listed_object(one.old),
        "new": None if one.new is None else listed_object(one.new),
        "changes": [change_object(change) for change in (*one.changes, *one.recorded)],
        "response": one.response,
        "test_lives": one.test_exists,
    }
