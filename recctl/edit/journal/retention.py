"""Which entries of the journal make room for a new one, and what else holds the bytes they keep.

Undone entries go first, then those whose bytes are to be had elsewhere, each time the oldest first. An
entry that holds the only copy of a file goes last, and only where the user says so.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from recctl.edit.files import regular_file
from recctl.edit.journal.entry import Entry
from recctl.edit.journal.manifest import Item
from recctl.edit.plan import digest_of
from recctl.support.errors import RecctlError
from recctl.support.git import Repository, Tree, find_repository


class Loss(msgspec.Struct, frozen=True):
    """An entry that is dropped though it holds the only copy of so many files (None: nothing tells)."""

    entry: Entry
    files: int | None


class Committed:
    """What git's HEAD holds, repository by repository; nothing where there is none."""

    def __init__(self) -> None:
        self._repositories = _Repositories()
        self._trees: dict[Path, Tree] = {}

    def blob(self, path: Path, data: bytes) -> str | None:
        """The id under which HEAD holds a file with these bytes; the path is without links."""
        repository = self._repositories.around(path.parent)
        if repository is None or not path.is_relative_to(repository.top):
            return None
        if repository.top not in self._trees:
            self._trees[repository.top] = _head_tree(repository)
        blob = self._trees[repository.top].get(path.relative_to(repository.top).as_posix())
        return blob if blob is not None and repository.blob_id(data, blob) == blob else None


class Room(msgspec.Struct, frozen=True):
    """What has to go: entries that are of no more use, and those whose going is a loss."""

    useless: tuple[Entry, ...] = ()
    losses: tuple[Loss, ...] = ()

    def refusal(self) -> str | None:
        """What nobody should lose without having said so; None where there is no such thing."""
        if not self.losses:
            return None
        numbers = ", ".join(str(loss.entry.number) for loss in self.losses)
        files = sum(loss.files or 0 for loss in self.losses)
        what = f"of {files:,} file{'s' * (files != 1)}" if files else "of what nothing tells any more"
        entries = "entry" if len(self.losses) == 1 else "entries"
        return f"{entries} {numbers} would have to go, the only copy {what}"


def make_room(entries: Sequence[Entry], incoming: int, limit: int) -> Room:
    """Choose what has to go so that the entries, with so many new bytes, stay within the limit."""
    excess = sum(entry.size for entry in entries) + incoming - limit
    useless: list[Entry] = []
    losses: list[Loss] = []
    waiting: list[Loss] = []
    for entry in sorted(entries, key=lambda entry: (not entry.undone, entry.number)):
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
    return Room(tuple(useless), tuple(losses))


def _only_copies(entry: Entry) -> int | None:
    """How many files an entry holds the only copy of; None where nothing tells."""
    if entry.problem is not None:
        return None
    elsewhere = _held_by_git(entry.items)
    left = (item for item in entry.items if item not in elsewhere and not _is_back(item))
    return sum(1 for _ in left) + len(entry.bad)


def _is_back(item: Item) -> bool:
    """Whether the file has the old bytes again, or still."""
    current = regular_file(Path(item.path))
    return current is not None and digest_of(current[0]) == item.before


def _held_by_git(items: Iterable[Item]) -> list[Item]:
    """The items whose bytes are in a repository around their paths, now, not only when they were kept."""
    repositories = _Repositories()
    by_repository: dict[Path, list[Item]] = defaultdict(list)
    for item in items:
        repository = repositories.around(Path(item.path).parent) if item.blob else None
        if repository is not None:
            by_repository[repository.top].append(item)
    held: list[Item] = []
    for top, there in by_repository.items():
        blobs = _blobs(Repository(top), [item.blob for item in there if item.blob])
        held += [item for item in there if item.blob in blobs]
    return held


def _blobs(repository: Repository, ids: Sequence[str]) -> set[str]:
    try:
        return repository.holds(ids)
    except RecctlError:
        return set()


def _head_tree(repository: Repository) -> Tree:
    try:
        return repository.head_tree()
    except RecctlError:
        return {}


class _Repositories:
    """The repositories around directories; git is asked once for each."""

    def __init__(self) -> None:
        self._known: dict[Path, Repository | None] = {}

    def around(self, directory: Path) -> Repository | None:
        """The repository around a directory, which need not be there any more; its top without links."""
        if directory not in self._known:
            self._known[directory] = self._found(directory)
        return self._known[directory]

    def _found(self, directory: Path) -> Repository | None:
        if os.path.lexists(directory / ".git"):
            try:
                return Repository(find_repository(directory).top.resolve())
            except RecctlError:
                return None
        return None if directory == directory.parent else self.around(directory.parent)
