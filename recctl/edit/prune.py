"""Decide which recordings to remove because their tests no longer exist. Partial evidence removes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from recctl.edit.git_heads import GitHeads, GitState
from recctl.edit.plan import Removal, location_of
from recctl.recordings.summary import Summary
from recctl.suite.liveness import Liveness, LivenessSource, liveness_of
from recctl.suite.renames import Renames
from recctl.support.git import Repository, read_regular


class Candidate(msgspec.Struct, frozen=True):
    """A recording, and the digest of its bytes."""

    summary: Summary
    digest: str


class Stale(msgspec.Struct, frozen=True):
    """A recording to remove, why, and whether git's HEAD holds it (None outside a repository).

    `renamed_to` is the test that replaced its own, where the source shows exactly one.
    """

    summary: Summary
    reason: str
    digest: str
    git: GitState | None
    renamed_to: str | None

    def removal(self) -> Removal:
        """Return the edit that removes it."""
        return Removal(self.summary.path, self.digest)


class Pruning(msgspec.Struct, frozen=True):
    """What to remove, how many recordings stay, and how many could not be judged, by reason.

    `refused` says why nothing is removed although there are stale recordings.
    """

    remove: tuple[Stale, ...]
    keep: int
    unjudged: dict[str, int]
    refused: str | None


class _Judged(msgspec.Struct, frozen=True):
    candidate: Candidate
    liveness: Liveness


def refusal(stale: int, judged: int, max_share: float) -> str | None:
    """Return why stale recordings are not removed: they are more than `max_share` percent of those judged."""
    if not judged or stale * 100 <= max_share * judged:
        return None
    return f"{stale:,} of {judged:,} judged recordings would go, more than {max_share:g} percent"


def prune(
    candidates: Iterable[Candidate], truth: LivenessSource, max_share: float, repository: Repository | None
) -> Pruning:
    """Judge recordings. Changes nothing."""
    judged = [_Judged(one, liveness_of(one.summary, truth)) for one in candidates]
    stale = [one for one in judged if one.liveness.status == "stale"]
    unjudged = Counter(one.liveness.reason for one in judged if one.liveness.status == "unjudged")
    live = sum(one.liveness.status == "live" for one in judged)
    heads, renames = GitHeads(), Renames(repository)
    return Pruning(
        tuple(_stale(one, heads, renames) for one in stale),
        live,
        dict(unjudged),
        refusal(len(stale), len(stale) + live, max_share),
    )


def _stale(judged: _Judged, heads: GitHeads, renames: Renames) -> Stale:
    summary = judged.candidate.summary
    git = heads.state(location_of(summary.path), read_regular(summary.path))
    renamed_to = renames.new_id(summary.path, summary.header.test_id or "")
    return Stale(summary, judged.liveness.reason, judged.candidate.digest, git, renamed_to)
