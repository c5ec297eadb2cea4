"""Choose the entries of the journal that make room for a new one.

Undone entries are dropped first, then those whose bytes something else holds, each time the oldest first. An
entry that holds the only copy of a file is dropped last, and only where the user says so. An entry that a
newer recctl wrote is never dropped, nor does it count: only that version knows what it is good for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from recctl.edit.files import regular_file
from recctl.edit.git_heads import Repositories
from recctl.edit.journal.entry import Entry
from recctl.edit.journal.manifest import Item
from recctl.edit.plan import digest_of
from recctl.support.errors import RecctlError
from recctl.support.git import Repository


class Loss(msgspec.Struct, frozen=True):
    """An entry to drop though it holds the only copy of so many files; None where they cannot be listed."""

    entry: Entry
    files: int | None


class EntriesToDrop(msgspec.Struct, frozen=True):
    """The entries to drop: those that are of no more use, and those whose bytes nothing else holds."""

    useless: tuple[Entry, ...] = ()
    losses: tuple[Loss, ...] = ()

    def refusal(self) -> str | None:
        """Return what would be lost, which only the user may decide; None where nothing would."""
        if not self.losses:
            return None
        numbers = ", ".join(str(loss.entry.number) for loss in self.losses)
        files = sum(loss.files or 0 for loss in self.losses)
        what = f"of {files:,} file{'s' * (files != 1)}" if files else "of files that cannot be listed"
        entries = "entry" if len(self.losses) == 1 else "entries"
        return f"{entries} {numbers} would have to go, the only copy {what}"


def entries_to_drop(entries: Iterable[Entry], incoming: int, limit: int) -> EntriesToDrop:
    """Choose the entries to drop so that all, with so many new bytes, stay within the limit."""
    counted = [entry for entry in entries if not entry.is_newer]
    excess = sum(entry.size for entry in counted) + incoming - limit
    useless: list[Entry] = []
    losses: list[Loss] = []
    waiting: list[Loss] = []
    for entry in sorted(counted, key=lambda entry: (not entry.undone, entry.number)):
        if excess <= 0 or not entry.size:
            continue
        files = 0 if entry.undone else _only_copies(entry)
        if files == 0:
            useless.append(entry)
            excess -= entry.size
        else:
            waiting.append(Loss(entry, files))
    for loss in waiting:
        if excess > 0:
            losses.append(loss)
            excess -= loss.entry.size
    return EntriesToDrop(tuple(useless), tuple(losses))


def _only_copies(entry: Entry) -> int | None:
    """Return how many files an entry holds the only copy of; None where it cannot be read."""
    if entry.problem is not None:
        return None
    kept = [item for item in entry.items if item.before is not None]
    elsewhere = {(item.path, item.before) for item in _held_by_git(kept)}
    left = (item for item in kept if (item.path, item.before) not in elsewhere and not _is_back(item))
    return sum(1 for _ in left) + len(entry.bad)


def _is_back(item: Item) -> bool:
    """Return whether the file has the old bytes again, or still."""
    current = regular_file(Path(item.path))
    return current is not None and digest_of(current.data) == item.before


def _held_by_git(items: Iterable[Item]) -> list[Item]:
    """Return the items whose bytes are still in the object store of a repository around their paths."""
    repositories = Repositories()
    by_repository: dict[Repository, list[Item]] = defaultdict(list)
    for item in items:
        repository = repositories.around(Path(item.path).parent) if item.blob else None
        if repository is not None:
            by_repository[repository].append(item)
    held: list[Item] = []
    for repository, asked in by_repository.items():
        blobs = _blobs(repository, [item.blob for item in asked if item.blob])
        held += [item for item in asked if item.blob in blobs]
    return held


def _blobs(repository: Repository, ids: Sequence[str]) -> set[str]:
    try:
        return repository.holds(ids)
    except RecctlError:
        return set()
