"""Recordings of two states in pairs: which of the new ones is which of the old ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from recctl.diff.comparison import request_view
from recctl.diff.nearest import without_test
from recctl.diff.similarity import Samples, share
from recctl.diff.value_digests import Digests
from recctl.recordings.recording import Recording
from recctl.suite.roots import project_root

Pairs: TypeAlias = list[tuple[Recording, Recording]]

_NEAR = 0.35  # share of words that two requests must have in common to be one request changed


def paired(
    old: Sequence[Recording], new: Sequence[Recording], renamed: Mapping[Path, Path]
) -> tuple[Pairs, list[Recording], list[Recording]]:
    """The pairs, what vanished, and what came.

    A recording keeps its identity by its name; what vanished and what came are paired by nearness of
    request within a test, then, where the requests are equal, across tests. `renamed` maps the paths
    of files that were renamed, old to new.
    """
    pairs, gone, came = _by_name(old, new)
    near = _near_pairs(gone, came, renamed)
    gone, came = _without(near, gone, came)
    equal = _equal_pairs(gone, came)
    return [*pairs, *near, *equal], *_without(equal, gone, came)


def followed(recording: Recording, renamed: Mapping[Path, Path]) -> str | None:
    """A recording's test id, under the name that its file has now."""
    test_id = recording.header.test_id
    if test_id is None:
        return None
    file, separator, rest = test_id.partition("::")
    root = project_root(recording.summary.path, file)
    after = renamed.get(root / file) if root else None
    if root is None or after is None or not after.is_relative_to(root):
        return test_id
    return after.relative_to(root).as_posix() + separator + rest


def request_name(recording: Recording) -> tuple[Path, str]:
    """Where a recording lies, and the part of its name that tells the request; a digest tells the answer."""
    name = recording.summary.name
    return recording.summary.path.parent, name.hash or name.stem


def _by_name(
    old: Sequence[Recording], new: Sequence[Recording]
) -> tuple[Pairs, list[Recording], list[Recording]]:
    """Pairs of one ref, then of one file name; and what is left on either side."""
    pairs: Pairs = []
    gone, came = list(old), list(new)
    for key in (_ref, _request_key, _stem):
        mine = {key(recording): recording for recording in gone}
        matched = [(mine.pop(key(recording)), recording) for recording in came if key(recording) in mine]
        pairs += matched
        gone, came = _without(matched, gone, came)
    return pairs, gone, came


def _ref(recording: Recording) -> str:
    return str(recording.ref)


def _request_key(recording: Recording) -> str:
    # Two model lists of one request differ in the digest only.
    return str(request_name(recording))


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
        arrivals[recording.header.test_id].append(recording)
    views = {id(each): without_test(request_view(each)) for each in (*gone, *came)}
    samples = Samples()
    weighed = [
        (share(samples.of(views[id(mine)]), samples.of(views[id(yours)])), number, mine, yours)
        for number, mine in enumerate(gone)
        for yours in arrivals[followed(mine, renamed)]
        if _call(mine) == _call(yours)
    ]
    weighed.sort(key=lambda row: (-row[0], row[1]))
    pairs: Pairs = []
    taken: set[int] = set()
    for likeness, _, mine, yours in weighed:
        if likeness >= _NEAR and id(mine) not in taken and id(yours) not in taken:
            pairs.append((mine, yours))
            taken |= {id(mine), id(yours)}
    return pairs


def _call(recording: Recording) -> tuple[object, ...]:
    return recording.header.kind, recording.header.endpoint


def _equal_pairs(gone: Sequence[Recording], came: Sequence[Recording]) -> Pairs:
    """Across tests, requests that are equal but for the test: the test was renamed."""
    waiting: dict[bytes, list[Recording]] = defaultdict(list)
    for recording in reversed(gone):
        waiting[_request(recording)].append(recording)
    return [(waiting[asked].pop(), recording) for recording in came if waiting[asked := _request(recording)]]


def _request(recording: Recording) -> bytes:
    return Digests().of(without_test(request_view(recording)))
