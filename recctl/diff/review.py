"""Review a re-recording: what happened to each recording between two states."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from recctl.conversation.answer import answer
from recctl.diff.changes import Change
from recctl.diff.comparison import request_changes
from recctl.diff.recording_pairs import Pair, current_test_id, pair_recordings, request_name
from recctl.diff.response_change import (
    INSIGNIFICANT,
    SEVERITY,
    ResponseChange,
    assembled_changes,
    recorded_changes,
    response_change,
)
from recctl.recordings.ogx.hash_rules import NEWEST, HashRule, NameStatus, asked_of, fit_of
from recctl.recordings.recording import Recording
from recctl.recordings.summary import Summary

Status: TypeAlias = Literal["added", "removed", "edited", "rerecorded", "moved", "volatile"]
# What happened to a name: it fitted the request and no longer does, it never fitted, it fits again.
NameChange: TypeAlias = Literal["broken", "still broken", "repaired"]

STATUSES: tuple[Status, ...] = ("edited", "rerecorded", "moved", "added", "removed", "volatile")


class ReviewedRecording(msgspec.Struct, frozen=True):
    """One recording in two states; `changes` lists those of the request, then those of the answer.

    `response` is the kind of change of the answer, None if there is only one answer. `recorded` lists
    differences in the response as recorded that the assembled answers do not show. `name` is None if
    a replay finds the recording as before, or nothing is known of it. `test_exists` says of a removed
    recording whether its test still exists, None if that is unknown.
    """

    status: Status
    old: Recording | None
    new: Recording | None
    changes: tuple[Change, ...] = ()
    response: ResponseChange | None = None
    recorded: tuple[Change, ...] = ()
    name: NameChange | None = None
    test_exists: bool | None = None

    @property
    def dead(self) -> bool:
        """Whether no replay finds the recording under its current name."""
        return self.name in ("broken", "still broken")

    @property
    def insignificant(self) -> bool:
        """Whether nobody needs to look at it: only volatile fields or types changed, or only the path."""
        if self.name is not None or self.response not in INSIGNIFICANT:
            return False
        return _only_test(self.changes) if self.status == "moved" else not self.changes


class ReviewedTest(msgspec.Struct, frozen=True):
    """The recordings of one test that changed, the most severe first; `test_id` is None outside any test."""

    test_id: str | None
    recordings: tuple[ReviewedRecording, ...]


def _only_test(changes: Iterable[Change]) -> bool:
    return all(change.path == ("test_id",) for change in changes)


def review(
    old: Sequence[Recording],
    new: Sequence[Recording],
    renamed: Mapping[Path, Path],
    rule: HashRule = NEWEST,
    test_exists: Callable[[Summary], bool | None] = lambda _: None,
) -> list[ReviewedTest]:
    """Review what happened between two states, by test.

    `old` and `new` are the recordings whose files differ between the states; `renamed` maps the old
    paths of renamed files to the new ones. `rule` is the hash rule in force; `test_exists` says
    whether the test of a removed recording exists in the new state.
    """
    tests: dict[str | None, list[ReviewedRecording]] = defaultdict(list)
    pairing = pair_recordings(old, new, renamed)
    for pair in pairing.pairs:
        tests[current_test_id(pair.new, renamed)].append(_reviewed_pair(pair, rule))
    for recording in pairing.removed:
        exists = test_exists(recording.summary)
        reviewed = ReviewedRecording("removed", recording, None, test_exists=exists)
        tests[current_test_id(recording, renamed)].append(reviewed)
    for recording in pairing.added:
        reviewed = ReviewedRecording("added", None, recording, name=_new_name(recording, rule))
        tests[current_test_id(recording, renamed)].append(reviewed)
    return sorted(
        (ReviewedTest(test_id, tuple(sorted(reviewed, key=_order))) for test_id, reviewed in tests.items()),
        key=_test_order,
    )


def only_wanted(tests: Iterable[ReviewedTest], wanted: Callable[[Recording], bool]) -> list[ReviewedTest]:
    """Return a review with only those recordings that are wanted in their old or new state."""
    kept = (
        ReviewedTest(test.test_id, tuple(one for one in test.recordings if any(map(wanted, _sides(one)))))
        for test in tests
    )
    return [test for test in kept if test.recordings]


def _sides(reviewed: ReviewedRecording) -> list[Recording]:
    return [recording for recording in (reviewed.old, reviewed.new) if recording is not None]


def _order(one: ReviewedRecording) -> tuple[bool, bool, bool, int, int, bool, str]:
    severity = SEVERITY.index(one.response) if one.response else len(SEVERITY)
    status = STATUSES.index(one.status)
    ref = str(_sides(one)[-1].ref)
    edited = one.status == "edited"
    return one.insignificant, not one.dead, not edited, severity, status, not one.test_exists, ref


def _test_order(test: ReviewedTest) -> tuple[tuple[bool | int, ...], str]:
    return _order(test.recordings[0])[:4], test.test_id or ""


def _reviewed_pair(pair: Pair, rule: HashRule) -> ReviewedRecording:
    old, new = pair.old, pair.new
    asked = request_changes(old, new)
    old_answer, new_answer = answer(old), answer(new)
    response = response_change(old, new, old_answer, new_answer)
    answered = assembled_changes(response, old_answer, new_answer)
    recorded = recorded_changes(old, new) if response in ("type", "other") and not answered else []
    name = _name_change(pair, bool(asked), rule)
    status = _status(pair, bool(asked), response, name)
    return ReviewedRecording(status, old, new, (*asked, *answered), response, tuple(recorded), name)


def _status(pair: Pair, request_changed: bool, response: ResponseChange, name: NameChange | None) -> Status:
    if request_name(pair.old) != request_name(pair.new):
        return "moved"
    if name in ("broken", "still broken"):
        return "edited"
    return "rerecorded" if request_changed or response not in ("same", "volatile") else "volatile"


def _name_change(pair: Pair, request_changed: bool, rule: HashRule) -> NameChange | None:
    if request_name(pair.old) != request_name(pair.new):
        return _new_name(pair.new, rule)
    return _kept_name(pair, rule) if request_changed else None


def _new_name(recording: Recording, rule: HashRule) -> NameChange | None:
    """Return `broken` for a new name that no rule ever gave to the request."""
    return "broken" if _name_status(recording, rule) == "edited" else None


def _kept_name(pair: Pair, rule: HashRule) -> NameChange | None:
    """Return what a changed request did to a name that stayed."""
    before, after = _name_status(pair.old, rule), _name_status(pair.new, rule)
    if after == "unknown":
        return None
    if after == "live":
        return "repaired" if before == "edited" else None
    if after != "edited" and before != "live":
        return None  # another rule gives that name, and did before: the request did not break it
    return "still broken" if before == "edited" else "broken"


def _name_status(recording: Recording, rule: HashRule) -> NameStatus:
    name = recording.summary.name
    return "unknown" if name.hash is None else fit_of(asked_of(recording), name, rule).status


def count_statuses(tests: Iterable[ReviewedTest]) -> Counter[Status]:
    """Return how many recordings have each status."""
    return Counter(one.status for test in tests for one in test.recordings)


def count_responses(tests: Iterable[ReviewedTest]) -> Counter[ResponseChange]:
    """Return how many recordings have each kind of change of the answer."""
    return Counter(one.response for test in tests for one in test.recordings if one.response)
