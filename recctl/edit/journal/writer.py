"""Write entries of the journal, and drop them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from recctl.edit.files import RegularFile, sync_directory
from recctl.edit.git_heads import GitHeads
from recctl.edit.journal.entry import OLD, Entry
from recctl.edit.journal.manifest import COPY, MANIFEST, Item, Manifest, encode_manifest
from recctl.edit.plan import digest_of

_UNFINISHED = "unfinished"
_DROPPED = "dropped"


class EntryWriter:
    """An entry being written."""

    def __init__(self, file: BinaryIO, unfinished: Path, final: Path, command: str) -> None:
        self._file, self._unfinished, self._final, self._command = file, unfinished, final, command
        self._heads = GitHeads()
        self._items: list[Item] = []

    def add(
        self, location: Path, old: RegularFile | None, after: str | None, source: Path | None = None
    ) -> None:
        """Keep what a path held before, and note the digest of what it is to hold.

        The location is one without links: should a directory become one, undo must not follow it.
        """
        renamed_from = None if source is None else os.fspath(source)
        if old is None:
            self._items.append(
                Item(os.fspath(location), 0, 0, 0, before=None, after=after, renamed_from=renamed_from)
            )
            return
        offset = self._file.tell()
        self._file.write(old.data)
        self._items.append(
            Item(
                os.fspath(location),
                offset,
                len(old.data),
                old.attributes.mode,
                digest_of(old.data),
                after,
                old.attributes.uid,
                old.attributes.gid,
                old.attributes.xattrs,
                self._heads.blob(location, old.data),
                renamed_from,
            )
        )

    def seal(self, made: Iterable[Path] = ()) -> int | None:
        """Make the entry count, on disk for good; return its number, None if it would be empty.

        `made` are the directories that were made for new files.
        """
        if not self._items:
            return None
        self._file.flush()
        os.fsync(self._file.fileno())
        created = datetime.now(UTC).isoformat(timespec="seconds")
        directories = tuple(os.path.realpath(directory) for directory in made)
        manifest = Manifest(self._command, os.getcwd(), created, tuple(self._items), made=directories)
        raw = encode_manifest(manifest)
        for name in (MANIFEST, COPY):
            with _open_new(self._unfinished / name) as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
        sync_directory(self._unfinished)
        self._unfinished.rename(self._final)
        sync_directory(self._final.parent)
        return int(self._final.name)


@contextmanager
def writing(final: Path, command: str) -> Iterator[EntryWriter]:
    """Write an entry whose directory is to have this path; nothing is left of one that was not sealed."""
    unfinished = final.with_name(_UNFINISHED)
    for left in (unfinished, final.with_name(_DROPPED)):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    try:
        with _open_new(unfinished / OLD) as file:
            yield EntryWriter(file, unfinished, final, command)
    finally:
        # Sealing renames it: one that still has this name is of no use.
        shutil.rmtree(unfinished, ignore_errors=True)


def drop(entry: Entry) -> None:
    """Remove an entry. A kill leaves it whole, or renamed so that the next run removes it."""
    dropped = entry.path.with_name(_DROPPED)
    shutil.rmtree(dropped, ignore_errors=True)
    with suppress(OSError):  # the next run tries again
        entry.path.rename(dropped)
        shutil.rmtree(dropped, ignore_errors=True)


def _open_new(path: Path) -> BinaryIO:
    """Open a new file for writing, readable by this user only. Raises FileExistsError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")
