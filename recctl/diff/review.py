"""The review of a re-recording: two states of the recordings, and what happened between them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from recctl.conversation.answer import answer
from recctl.diff.changes import Change
from recctl.diff.comparison import request_changes
from recctl.diff.recording_pairs import followed, paired, request_name
from recctl.diff.response_change import (
    QUIET,
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
# What became of the name: it fitted the request and does not now, it fits neither, it fits again.
NameChange: TypeAlias = Literal["broken", "still broken", "repaired"]

STATUSES: tuple[Status, ...] = ("edited", "rerecorded", "moved", "added", "removed", "volatile")


class Entry(msgspec.Struct, frozen=True):
    """One recording between two states; `changes` has those of the request, then those of the answer.

    `response` says what changed in the answer, None where there is only one. `recorded` has what
    differs in the response as recorded, where the assembled answers do not show it. `name` is None
    where a replay finds the recording as before, or nothing is known of it. `test_lives` says of a
    removed recording whether its test is still there, None where that is not known.
    """

    status: Status
    old: Recording | None
    new: Recording | None
    changes: tuple[Change, ...] = ()
    response: ResponseChange | None = None
    recorded: tuple[Change, ...] = ()
    name: NameChange | None = None
    test_lives: bool | None = None

    @property
    def dead(self) -> bool:
        """Whether no replay finds the recording by the name it has now."""
        return self.name in ("broken", "still broken")

    @property
    def quiet(self) -> bool:
        """Whether nobody need look at it: only volatile fields, types, or a file that only moved."""
        if self.name is not None or self.response not in QUIET:
            return False
        return _only_test(self.changes) if self.status == "moved" else not self.changes


class TestReview(msgspec.Struct, frozen=True):
    """What happened to the recordings of one test, the most severe first; None for those outside any test."""

    test_id: str | None
    entries: tuple[Entry, ...]

    __test__ = False  # not for pytest


def _only_test(changes: Iterable[Change]) -> bool:
    return all(change.path == ("test_id",) for change in changes)


def review(
    old: Sequence[Recording],
    new: Sequence[Recording],
    renamed: Mapping[Path, Path],
    rule: HashRule = NEWEST,
    test_lives: Callable[[Summary], bool | None] = lambda _: None,
) -> list[TestReview]:
    """What happened between two states, by test.

    `old` and `new` hold the recordings whose files differ between the states; `renamed` maps the
    paths of files that were renamed, old to new. `rule` is the hash rule in force; `test_lives` says
    whether the test of a removed recording is there in the new state.
    """
    tests: dict[str | None, list[Entry]] = defaultdict(list)
    pairs, gone, came = paired(old, new, renamed)
    for mine, yours in pairs:
        tests[followed(yours, renamed)].append(_pair(mine, yours, rule))
    for recording in gone:
        lives = test_lives(recording.summary)
        tests[followed(recording, renamed)].append(Entry("removed", recording, None, test_lives=lives))
    for recording in came:
        name = _name_alone(recording, rule)
        tests[followed(recording, renamed)].append(Entry("added", None, recording, name=name))
    return sorted((_test(test_id, entries) for test_id, entries in tests.items()), key=_test_order)


def limited(tests: Iterable[TestReview], wanted: Callable[[Recording], bool]) -> list[TestReview]:
    """A review of those recordings only that are wanted, as they were or as they are."""
    kept = (
        TestReview(test.test_id, tuple(entry for entry in test.entries if any(map(wanted, _sides(entry)))))
        for test in tests
    )
    return [test for test in kept if test.entries]


def _sides(entry: Entry) -> list[Recording]:
    return [recording for recording in (entry.old, entry.new) if recording is not None]


def _test(test_id: str | None, entries: list[Entry]) -> TestReview:
    return TestReview(test_id, tuple(sorted(entries, key=_order)))


def _order(entry: Entry) -> tuple[bool, bool, bool, int, int, bool, str]:
    severity = SEVERITY.index(entry.response) if entry.response else len(SEVERITY)
    status = STATUSES.index(entry.status)
    ref = str(_sides(entry)[-1].ref)
    edited = entry.status == "edited"
    return entry.quiet, not entry.dead, not edited, severity, status, not entry.test_lives, ref


def _test_order(test: TestReview) -> tuple[bool, bool, bool, int, str]:
    quiet, alive, unedited, severity, *_ = _order(test.entries[0])
    return quiet, alive, unedited, severity, test.test_id or ""


def _pair(old: Recording, new: Recording, rule: HashRule) -> Entry:
    asked = request_changes(old, new)
    said, says = answer(old), answer(new)
    response = response_change(old, new, said, says)
    heard = assembled_changes(response, said, says)
    recorded = recorded_changes(old, new) if response in ("type", "other") and not heard else []
    status, name = _status(old, new, bool(asked), response, rule)
    return Entry(status, old, new, (*asked, *heard), response, tuple(recorded), name)


def _status(
    old: Recording, new: Recording, asked: bool, response: ResponseChange, rule: HashRule
) -> tuple[Status, NameChange | None]:
    if request_name(old) != request_name(new):
        return "moved", _name_alone(new, rule)
    name = _name_kept(old, new, rule) if asked else None
    if name in ("broken", "still broken"):
        return "edited", name
    return ("rerecorded" if asked or response not in ("same", "volatile") else "volatile"), name


def _name_alone(recording: Recording, rule: HashRule) -> NameChange | None:
    """`broken` where a file came under a name that no rule ever gave its request."""
    return "broken" if _name_status(recording, rule) == "edited" else None


def _name_kept(old: Recording, new: Recording, rule: HashRule) -> NameChange | None:
    """What a changed request did to the name that stayed."""
    before, after = _name_status(old, rule), _name_status(new, rule)
    if after == "unknown":
        return None
    if after == "live":
        return "repaired" if before == "edited" else None
    if after != "edited" and before != "live":
        return None  # by another rule it fits, and so it did before: the request did not break it
    return "still broken" if before == "edited" else "broken"


def _name_status(recording: Recording, rule: HashRule) -> NameStatus:
    name = recording.summary.name
    return "unknown" if name.hash is None else fit_of(asked_of(recording), name, rule).status


def counts(tests: Iterable[TestReview]) -> Counter[str]:
    """How many recordings have each status, and how many each change of the answer as `response:…`."""
    entries = [entry for test in tests for entry in test.entries]
    return Counter([entry.status for entry in entries]) + Counter(
        f"response:{entry.response}" for entry in entries if entry.response
    )
