"""Pair the recordings of two states: which new recording is which old one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from recctl.diff.comparison import request_view
from recctl.diff.nearest import without_test
from recctl.diff.similarity import Fingerprints, similarity
from recctl.diff.value_digests import Digests
from recctl.recordings.recording import Recording
from recctl.suite.roots import project_root

_MIN_SIMILARITY = 0.35  # share of words that two requests must have in common to be one request changed


class Pair(msgspec.Struct, frozen=True):
    """One recording in both states."""

    old: Recording
    new: Recording


class Pairing(msgspec.Struct, frozen=True):
    """The pairs, and the recordings that are in only one of the states."""

    pairs: tuple[Pair, ...]
    removed: tuple[Recording, ...]
    added: tuple[Recording, ...]

    def plus(self, pairs: Sequence[Pair]) -> Pairing:
        """Return the pairing with more pairs, their recordings no longer removed or added."""
        paired = {id(recording) for pair in pairs for recording in (pair.old, pair.new)}
        return Pairing(
            (*self.pairs, *pairs),
            tuple(recording for recording in self.removed if id(recording) not in paired),
            tuple(recording for recording in self.added if id(recording) not in paired),
        )


def pair_recordings(
    old: Sequence[Recording], new: Sequence[Recording], renamed: Mapping[Path, Path]
) -> Pairing:
    """Pair recordings by ref, hash and file name, then by similar requests.

    Similar requests pair within a test; across tests, only equal ones do. `renamed` maps the old paths
    of renamed files to the new ones.
    """
    pairing = Pairing((), tuple(old), tuple(new))
    for key in (_ref, _request_key, _stem):
        removed = {key(recording): recording for recording in pairing.removed}
        same = [
            Pair(removed.pop(key(recording)), recording)
            for recording in pairing.added
            if key(recording) in removed
        ]
        pairing = pairing.plus(same)
    pairing = pairing.plus(_similar_pairs(pairing, renamed))
    return pairing.plus(_equal_pairs(pairing))


def current_test_id(recording: Recording, renamed: Mapping[Path, Path]) -> str | None:
    """Return a recording's test id, with its file's new name if that was renamed."""
    test_id = recording.header.test_id
    if test_id is None:
        return None
    file, separator, rest = test_id.partition("::")
    root = project_root(recording.ref.path, file)
    new_file = renamed.get(root / file) if root else None
    if root is None or new_file is None or not new_file.is_relative_to(root):
        return test_id
    return new_file.relative_to(root).as_posix() + separator + rest


def request_name(recording: Recording) -> tuple[Path, str]:
    """Return a recording's directory and hash: what names its request. A digest names the answer."""
    name = recording.summary.name
    return recording.ref.path.parent, name.hash or name.stem


def _ref(recording: Recording) -> str:
    return str(recording.ref)


def _request_key(recording: Recording) -> str:
    # The same for two model lists of one request, whose file names differ only in the digest.
    return str(request_name(recording))


def _stem(recording: Recording) -> str:
    return recording.summary.name.stem


def _similar_pairs(pairing: Pairing, renamed: Mapping[Path, Path]) -> list[Pair]:
    """Return pairs within each test, the most similar requests first."""
    added_by_test: dict[str | None, list[Recording]] = defaultdict(list)
    for recording in pairing.added:
        added_by_test[recording.header.test_id].append(recording)
    views = {id(each): without_test(request_view(each)) for each in (*pairing.removed, *pairing.added)}
    prints = Fingerprints()
    scored = [
        (similarity(prints.of(views[id(old)]), prints.of(views[id(new)])), number, old, new)
        for number, old in enumerate(pairing.removed)
        for new in added_by_test[current_test_id(old, renamed)]
        if _endpoint(old) == _endpoint(new)
    ]
    scored.sort(key=lambda row: (-row[0], row[1]))
    pairs: list[Pair] = []
    paired: set[int] = set()
    for score, _, old, new in scored:
        if score >= _MIN_SIMILARITY and paired.isdisjoint((id(old), id(new))):
            pairs.append(Pair(old, new))
            paired |= {id(old), id(new)}
    return pairs


def _endpoint(recording: Recording) -> tuple[object, ...]:
    return recording.header.kind, recording.header.endpoint


def _equal_pairs(pairing: Pairing) -> list[Pair]:
    """Return pairs across tests whose requests differ only in the test: the test was renamed."""
    removed: dict[bytes, list[Recording]] = defaultdict(list)
    for recording in reversed(pairing.removed):
        removed[_request_digest(recording)].append(recording)
    return [
        Pair(removed[digest].pop(), recording)
        for recording in pairing.added
        if removed[digest := _request_digest(recording)]
    ]


def _request_digest(recording: Recording) -> bytes:
    return Digests().of(without_test(request_view(recording)))
