"""Find when a file name stopped matching its request's hash, in the history of the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from recctl.recordings.ogx.hash_rules import HashRule, asked_of, differing_parts, fit_of
from recctl.recordings.recording import Recording, parse
from recctl.support.errors import Unreadable
from recctl.support.git import Repository, Version, read_regular


class Break(msgspec.Struct, frozen=True):
    """The first version of a file whose name does not match its hash; None for uncommitted changes.

    `apart` names the parts of the request that changed there; empty where no version ever matched.
    """

    version: Version | None
    apart: tuple[str, ...]
    fitted: bool


def find_break(repository: Repository, path: Path, in_force: HashRule) -> Break | None:
    """Return the first version to which no rule gives the name of the file.

    None where git does not have the file, or not enough of its history. Raises RecctlError where git
    fails.
    """
    later = _State(None, None)
    for state in _states(repository, path):
        if state.recording is not None:
            fit = fit_of(asked_of(state.recording), state.recording.summary.name, in_force)
            if fit.status != "edited":
                apart = _apart(state.recording, later.recording, fit.rule or in_force)
                return Break(later.version, apart, fitted=True)
        later = state
    if later.version is None or repository.is_shallow():  # what came before is not here
        return None
    return Break(later.version, (), fitted=False)


class _State(msgspec.Struct, frozen=True):
    """A file in a version, None for the working tree; `recording` is None where it holds none."""

    version: Version | None
    recording: Recording | None


def _states(repository: Repository, path: Path) -> Iterator[_State]:
    """Yield the file in the working tree, if it was changed there, then its versions, newest first."""
    history = repository.history(path)
    data = read_regular(path)
    if data is not None and (not history or repository.blob_id(data, history[0].blob) != history[0].blob):
        yield _State(None, _parsed(path, data))
    for version in history:
        ((_, stored),) = repository.blobs([version.blob])
        yield _State(version, _parsed(repository.top / version.path, stored))


def _parsed(path: Path, data: bytes) -> Recording | None:
    try:
        return parse(path, data)
    except Unreadable:
        return None


def _apart(fitting: Recording, broken: Recording | None, rule: HashRule) -> tuple[str, ...]:
    """Return what changed in the first version that does not match: the name, or hashed parts."""
    if broken is None:
        return ()
    if fitting.summary.name != broken.summary.name:
        return ("name",)
    return differing_parts(rule.parts(asked_of(fitting)) or {}, rule.parts(asked_of(broken)) or {})
