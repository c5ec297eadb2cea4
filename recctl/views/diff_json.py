"""`diff --json`: comparisons and reviews, with every key always there."""

from __future__ import annotations

from collections.abc import Sequence

from recctl.diff.changes import Change, format_path
from recctl.diff.comparison import Comparison
from recctl.diff.nearest import Sibling
from recctl.diff.response_change import SEVERITY
from recctl.diff.review import STATUSES, Entry, TestReview, counts
from recctl.diff.revisions import States
from recctl.support.jsonvalue import JsonObject
from recctl.support.paths import display_path
from recctl.views.as_json import listed_object


def comparison_object(compared: Comparison, siblings: Sequence[Sibling]) -> JsonObject:
    """The keys of `diff A B`, and of `diff A`, which adds how the sibling was chosen.

    `same_hash` is null for kinds without a rule; `hash_differs_in` names the hashed parts that
    differ once normalized.
    """
    return {
        "a": listed_object(compared.old),
        "b": listed_object(compared.new),
        "part": compared.part,
        "equal": compared.equal,
        "same_hash": compared.verdict.same_hash,
        "hash_differs_in": list(compared.verdict.apart),
        "siblings": [_sibling_object(sibling) for sibling in siblings],
        "changes": [change_object(change) for change in compared.changes],
    }


def _sibling_object(sibling: Sibling) -> JsonObject:
    summary = sibling.recording.summary
    return {
        "id": summary.name.id,
        "path": display_path(summary.path),
        "same": sibling.tie,
        "distance": round(sibling.distance, 4),
        "differences": sibling.differences,
    }


def change_object(change: Change) -> JsonObject:
    """One change, its path as text."""
    return {"path": format_path(change.path), "op": change.op, "old": change.old, "new": change.new}


def review_object(states: States, tests: Sequence[TestReview]) -> JsonObject:
    """The keys of `diff` of two states."""
    counted = counts(tests)
    return {
        "base": states.base,
        "head": states.head,
        "tests": [
            {"test_id": test.test_id, "recordings": [_entry_object(entry) for entry in test.entries]}
            for test in tests
        ],
        "summary": {status: counted[status] for status in STATUSES}
        | {"responses": {kind: counted[f"response:{kind}"] for kind in SEVERITY}},
    }


def _entry_object(entry: Entry) -> JsonObject:
    return {
        "status": entry.status,
        "old": None if entry.old is None else listed_object(entry.old),
        "new": None if entry.new is None else listed_object(entry.new),
        "changes": [change_object(change) for change in (*entry.changes, *entry.recorded)],
        "response": entry.response,
        "test_lives": entry.test_lives,
    }
