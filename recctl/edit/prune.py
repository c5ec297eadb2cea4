"""Which recordings belong to tests that no longer exist. Nothing goes on partial evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from recctl.edit.plan import Removal
from recctl.recordings.summary import Summary
from recctl.suite.liveness import Liveness, LivenessSource, liveness_of
from recctl.suite.renames import Renames
from recctl.support.git import Repository, read_regular

GitState: TypeAlias = Literal["unchanged", "modified", "untracked"]


class Stale(msgspec.Struct, frozen=True):
    """A recording to remove, why, and whether git holds it as it is (None outside a repository).

    `renamed_to` is the test that took the place of its own, where the source shows exactly one.
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
    """The question answered: what to remove, how many stay, how many nothing tells about, by reason.

    `refused` says why nothing is removed all the same, None if that is no question.
    """

    remove: tuple[Stale, ...]
    keep: int
    unjudged: dict[str, int]
    refused: str | None


def refusal(stale: int, judged: int, max_share: float) -> str | None:
    """Why so many must not go at once, where they are more than `max_share` percent of those judged."""
    if not judged or stale * 100 <= max_share * judged:
        return None
    return f"{stale:,} of {judged:,} judged recordings would go, more than {max_share:g} percent"


class GitStates:
    """How git holds files: read once from HEAD."""

    def __init__(self, repository: Repository | None) -> None:
        self._repository = repository
        self._tree = repository.head_tree() if repository else {}

    def of(self, summary: Summary) -> GitState | None:
        """Whether HEAD has this file, and with these bytes."""
        if self._repository is None:
            return None
        top = self._repository.top.resolve()
        path = summary.path.parent.resolve() / summary.path.name
        if not path.is_relative_to(top):
            return "untracked"
        blob = self._tree.get(path.relative_to(top).as_posix())
        if blob is None:
            return "untracked"
        data = read_regular(path)
        return (
            "unchanged" if data is not None and self._repository.blob_id(data, blob) == blob else "modified"
        )


def count_reasons(judgements: Iterable[Liveness]) -> dict[str, int]:
    """How many were not judged, by reason."""
    reasons: dict[str, int] = {}
    for judgement in judgements:
        if judgement.status == "unjudged":
            reasons[judgement.reason] = reasons.get(judgement.reason, 0) + 1
    return reasons


def prune(
    recordings: Iterable[tuple[Summary, str]],
    truth: LivenessSource,
    max_share: float,
    repository: Repository | None,
) -> Pruning:
    """Plan which recordings to remove, given with the digests of their bytes. Changes nothing."""
    judged = [(summary, digest, liveness_of(summary, truth)) for summary, digest in recordings]
    gone = [row for row in judged if row[2].status == "stale"]
    live = sum(judgement.status == "live" for _, _, judgement in judged)
    states, renames = GitStates(repository if gone else None), Renames(repository)
    remove = tuple(
        Stale(
            summary,
            why.reason,
            digest,
            states.of(summary),
            renames.new_id(summary.path, summary.header.test_id or ""),
        )
        for summary, digest, why in gone
    )
    return Pruning(
        remove,
        live,
        count_reasons(judgement for _, _, judgement in judged),
        refusal(len(gone), len(gone) + live, max_share),
    )
