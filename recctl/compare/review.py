"""The review of a re-recording: two states of the recordings, paired and told by what changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from recctl.answer import answer
from recctl.compare.align import overlap, spelled
from recctl.compare.changes import Change
from recctl.compare.requests import request_changes, request_view, response_changes, response_view
from recctl.compare.siblings import without_test
from recctl.jsonvalue import JsonObject, compact
from recctl.live.source import project_root
from recctl.recording import Recording
from recctl.transcript import Transcript
from recctl.volatile import without_volatile

Status: TypeAlias = Literal["added", "removed", "rerecorded", "moved", "volatile"]
ResponseChange: TypeAlias = Literal[
    "same", "volatile", "text", "tool_calls", "finish_reason", "error", "other"
]

STATUSES: tuple[Status, ...] = ("rerecorded", "moved", "added", "removed", "volatile")
# The gravest first: an answer that became an error, down to none that matters.
GRAVITY: tuple[ResponseChange, ...] = (
    "error",
    "tool_calls",
    "finish_reason",
    "text",
    "other",
    "volatile",
    "same",
)
_NEAR = 0.35  # share of words that two requests must have in common to be one request changed


class Entry(msgspec.Struct, frozen=True):
    """One recording between two states; `changes` has those of the request, then those of the answer.

    `response` says what changed in the answer, None where there is only one.
    """

    status: Status
    old: Recording | None
    new: Recording | None
    changes: tuple[Change, ...] = ()
    response: ResponseChange | None = None

    @property
    def quiet(self) -> bool:
        """Whether nobody need look at it: only volatile fields, or a file that only moved."""
        return self.status == "volatile" or (
            self.status == "moved" and self.response in ("same", "volatile") and _only_test(self.changes)
        )


class TestReview(msgspec.Struct, frozen=True):
    """What happened to the recordings of one test, the gravest first; None for those outside any test."""

    test_id: str | None
    entries: tuple[Entry, ...]

    __test__ = False  # not for pytest


def _only_test(changes: Iterable[Change]) -> bool:
    return all(change.path == ("test_id",) for change in changes)


def review(
    old: Sequence[Recording], new: Sequence[Recording], renamed: Mapping[Path, Path]
) -> list[TestReview]:
    """What happened between two states, by test.

    `old` and `new` hold the recordings whose files differ between the states; `renamed` maps the
    paths of files that were renamed, old to new. A recording keeps its identity by its name; what
    vanished and what came are paired by nearness of request within a test, then, where the
    requests are equal, across tests.
    """
    tests: dict[str | None, list[Entry]] = defaultdict(list)

    pairs, gone, came = _by_name(old, new)
    near = _near_pairs(gone, came, renamed)
    gone, came = _without(near, gone, came)
    equal = _equal_pairs(gone, came)
    gone, came = _without(equal, gone, came)
    for mine, yours in (*pairs, *near, *equal):
        tests[_followed(yours, renamed)].append(_pair(mine, yours))
    for recording in gone:
        tests[_followed(recording, renamed)].append(Entry("removed", recording, None))
    for recording in came:
        tests[_followed(recording, renamed)].append(Entry("added", None, recording))
    return sorted((_test(test_id, entries) for test_id, entries in tests.items()), key=_test_order)


def _test(test_id: str | None, entries: list[Entry]) -> TestReview:
    return TestReview(test_id, tuple(sorted(entries, key=_order)))


def _order(entry: Entry) -> tuple[bool, int, int, str]:
    recording = entry.new or entry.old
    gravity = GRAVITY.index(entry.response) if entry.response else len(GRAVITY)
    path = "" if recording is None else str(recording.summary.path)
    return entry.quiet, gravity, STATUSES.index(entry.status), path


def _test_order(test: TestReview) -> tuple[bool, int, str]:
    quiet, gravity, *_ = _order(test.entries[0])
    return quiet, gravity, test.test_id or ""


def _followed(recording: Recording, renamed: Mapping[Path, Path]) -> str | None:
    """A recording's test id, under the name that its file has now."""
    test_id = recording.summary.test_id
    if test_id is None:
        return None
    file, separator, rest = test_id.partition("::")
    root = project_root(recording.summary.path, file)
    after = renamed.get(root / file) if root else None
    if root is None or after is None or not after.is_relative_to(root):
        return test_id
    return after.relative_to(root).as_posix() + separator + rest


Pairs: TypeAlias = list[tuple[Recording, Recording]]


def _by_name(
    old: Sequence[Recording], new: Sequence[Recording]
) -> tuple[Pairs, list[Recording], list[Recording]]:
    """Pairs of one path, then of one file name; and what is left on either side."""
    pairs: Pairs = []
    gone, came = list(old), list(new)
    for key in (_path, _request_key, _stem):
        mine = {key(recording): recording for recording in gone}
        matched = [(mine.pop(key(recording)), recording) for recording in came if key(recording) in mine]
        pairs += matched
        gone, came = _without(matched, gone, came)
    return pairs, gone, came


def _path(recording: Recording) -> str:
    return str(recording.summary.path)


def _request_key(recording: Recording) -> str:
    # Two model lists of one request differ in the digest only.
    return str(_request_name(recording))


def _stem(recording: Recording) -> str:
    return recording.summary.name.stem


def _without(
    pairs: Pairs, gone: Sequence[Recording], came: Sequence[Recording]
) -> tuple[list[Recording], list[Recording]]:
    """What is left of both sides when the pairs are taken out."""
    taken = {id(recording) for pair in pairs for recording in pair}
    return [each for each in gone if id(each) not in taken], [each for each in came if id(each) not in taken]


def _near_pairs(gone: Sequence[Recording], came: Sequence[Recording], renamed: Mapping[Path, Path]) -> Pairs:
    """Within each test, the nearest requests first; those that have too little in common stay alone."""
    arrivals: dict[str | None, list[Recording]] = defaultdict(list)
    for recording in came:
        arrivals[recording.summary.test_id].append(recording)
    texts = {id(recording): _text(recording) for recording in (*gone, *came)}
    weighed = [
        (overlap(texts[id(mine)], texts[id(yours)]), number, mine, yours)
        for number, mine in enumerate(gone)
        for yours in arrivals[_followed(mine, renamed)]
        if _place(mine) == _place(yours)
    ]
    weighed.sort(key=lambda row: (-row[0], row[1]))
    pairs: Pairs = []
    taken: set[int] = set()
    for likeness, _, mine, yours in weighed:
        if likeness >= _NEAR and id(mine) not in taken and id(yours) not in taken:
            pairs.append((mine, yours))
            taken |= {id(mine), id(yours)}
    return pairs


def _text(recording: Recording) -> str:
    return compact(without_test(request_view(recording)))


def _place(recording: Recording) -> tuple[object, ...]:
    return recording.summary.kind, recording.summary.endpoint


def _equal_pairs(gone: Sequence[Recording], came: Sequence[Recording]) -> Pairs:
    """Across tests, requests that are equal but for the test: the test was renamed."""
    waiting: dict[str, list[Recording]] = defaultdict(list)
    for recording in gone:
        waiting[_text(recording)].append(recording)
    return [(waiting[text].pop(0), recording) for recording in came if waiting[text := _text(recording)]]


def _pair(old: Recording, new: Recording) -> Entry:
    asked = request_changes(old, new)
    said, says = answer(old), answer(new)
    change = response_change(old, new, said, says)
    heard = response_changes(said, says) if change not in ("same", "volatile") else []
    if _request_name(old) != _request_name(new):
        status: Status = "moved"
    elif asked or change not in ("same", "volatile"):
        status = "rerecorded"
    else:
        status = "volatile"
    return Entry(status, old, new, (*asked, *heard), change)


def _request_name(recording: Recording) -> tuple[Path, str]:
    """Where a recording lies, and the part of its name that tells the request; a digest tells the answer."""
    name = recording.summary.name
    return recording.summary.path.parent, name.hash or name.stem


def response_change(old: Recording, new: Recording, said: Transcript, says: Transcript) -> ResponseChange:
    """What changed between two recorded answers, the gravest of all that did."""
    if spelled(old.response) == spelled(new.response):
        return "same"
    if _stable(old) == _stable(new):
        return "volatile"
    mine, yours = response_view(said), response_view(says)
    if spelled(mine["error"]) != spelled(yours["error"]):
        return "error"
    for kind, keys in _CHOICE_KEYS:
        if any(one != other for one, other in zip(_picked(mine, keys), _picked(yours, keys), strict=False)):
            return kind
    return "other"


_CHOICE_KEYS: tuple[tuple[ResponseChange, tuple[str, ...]], ...] = (
    ("tool_calls", ("tool_calls",)),
    ("finish_reason", ("finish_reason",)),
    ("text", ("text", "reasoning", "refusal")),
)


def _stable(recording: Recording) -> str:
    return spelled(without_volatile(recording.response))


def _picked(view: JsonObject, keys: tuple[str, ...]) -> list[str]:
    """What each choice of an answer has of some keys."""
    return [spelled([choice[key] for key in keys]) for choice in view["choices"]]


def counts(tests: Iterable[TestReview]) -> Counter[str]:
    """How many recordings have each status, and how many each change of the answer as `response:…`."""
    entries = [entry for test in tests for entry in test.entries]
    return Counter([entry.status for entry in entries]) + Counter(
        f"response:{entry.response}" for entry in entries if entry.response
    )
