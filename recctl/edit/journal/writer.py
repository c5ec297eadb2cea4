"""An entry of the journal being written: it counts once its directory has its number."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from recctl.edit.file_attributes import Attributes
from recctl.edit.files import sync_directory
from recctl.edit.journal.entry import OLD, Entry
from recctl.edit.journal.manifest import COPY, MANIFEST, Item, Manifest, encode_manifest
from recctl.edit.journal.retention import Committed
from recctl.edit.plan import digest_of

_UNFINISHED = "unfinished"
_DROPPED = "dropped"


class EntryWriter:
    """An entry being written."""

    def __init__(self, file: BinaryIO, unfinished: Path, place: Path, command: str) -> None:
        self._file, self._unfinished, self._place, self._command = file, unfinished, place, command
        self._committed = Committed()
        self._items: list[Item] = []

    def add(self, path: Path, data: bytes, attributes: Attributes, after: str | None) -> None:
        """Keep the old bytes of a file."""
        offset = self._file.tell()
        self._file.write(data)
        # Without links: should a directory become one, undo must not follow it to another place.
        place = os.path.join(os.path.realpath(path.parent), path.name)
        owner = (attributes.uid, attributes.gid, attributes.xattrs)
        blob = self._committed.blob(Path(place), data)
        digest = digest_of(data)
        self._items.append(Item(place, offset, len(data), attributes.mode, digest, after, *owner, blob))

    def seal(self) -> int | None:
        """Make the entry count, on the disk for good; its number, None if it would be empty."""
        if not self._items:
            return None
        self._file.flush()
        os.fsync(self._file.fileno())
        created = datetime.now(UTC).isoformat(timespec="seconds")
        raw = encode_manifest(Manifest(self._command, os.getcwd(), created, tuple(self._items)))
        for name in (MANIFEST, COPY):
            with _open_new(self._unfinished / name) as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
        sync_directory(self._unfinished)
        self._unfinished.rename(self._place)
        sync_directory(self._place.parent)
        return int(self._place.name)


@contextmanager
def writing(place: Path, command: str) -> Iterator[EntryWriter]:
    """Write an entry that is to lie in a directory; nothing is left of one that was not sealed."""
    unfinished = place.with_name(_UNFINISHED)
    for left in (unfinished, place.with_name(_DROPPED)):  # of a run that was killed
        shutil.rmtree(left, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    try:
        with _open_new(unfinished / OLD) as file:
            yield EntryWriter(file, unfinished, place, command)
    finally:
        # Sealing renames it; what is left is of no use.
        shutil.rmtree(unfinished, ignore_errors=True)


def drop(entry: Entry) -> None:
    """Remove an entry. A kill on the way leaves it whole, or what the next run clears away."""
    dropped = entry.place.with_name(_DROPPED)
    shutil.rmtree(dropped, ignore_errors=True)
    with suppress(OSError):  # it may go at the next run
        entry.place.rename(dropped)
        shutil.rmtree(dropped, ignore_errors=True)


def _open_new(path: Path) -> BinaryIO:
    """Open a file that must not be there yet, for writing, for this user alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")
