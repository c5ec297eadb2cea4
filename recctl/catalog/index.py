"""The index: what earlier runs read, so that files that did not change need not be opened.

It may only make things faster. What is kept of a file counts while its size, times and inode are those
of when it was read, to the nanosecond. A file that changed just before it was read is not kept: a
second change in the same tick of the file system's clock would not be noticed. Databases are in the
user's cache directory, one for each tree of files. Any error, of whatever class, is reported once; the
run goes on without the index, and a damaged database is built again.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from recctl.catalog.index_database import (
    SUFFIX,
    VERSION,
    is_damage,
    opened,
    rows_in,
    start_afresh,
    version_of,
)
from recctl.recordings.header import Header
from recctl.support.errors import RecctlError, Warn, no_warning
from recctl.support.jsonvalue import MOST_BYTES
from recctl.support.user_directories import cache_directory

_WORTH_AN_INDEX = 50  # files from which looking them up costs less than reading them
_NAME_DIGITS = 16
_CHECK_BYTES = 4
_TICK = 50_000_000  # ns: several ticks of the clocks by which file systems take their times
_COARSE_TICK = 2_000_000_000  # ns: file systems with times in whole seconds, or every other one
_SECOND = 1_000_000_000


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """The state of a file on disk: device, inode, size, and when it and its inode changed, in ns."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """Return the stamp of a file."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def is_settled(self, now: int) -> bool:
        """Return whether a later change must change the stamp: the last was not just before `now`, in ns."""
        latest = max(self.modified, self.changed)
        return latest + (_TICK if latest % _SECOND else _COARSE_TICK) < now


class StampedBytes(msgspec.Struct, frozen=True):
    """The bytes of a file, and its stamp; None where it changed while it was read."""

    raw: bytes
    stamp: Stamp | None


def read_stamped(path: str | Path) -> StampedBytes | None:
    """Return the bytes of a file with its stamp; None where it is too large to be a recording.

    Raises OSError, or ValueError for a path that cannot be one.
    """
    with open(path, "rb", buffering=0, opener=_opened_at_once) as file:
        status = os.fstat(file.fileno())
        if status.st_size > MOST_BYTES:
            return None
        raw = file.readall()
        before, after = Stamp.of(status), Stamp.of(os.fstat(file.fileno()))
    return StampedBytes(raw, before if before == after else None)


def _opened_at_once(path: str, flags: int) -> int:
    # O_NONBLOCK: do not wait for a writer if the file has become a pipe.
    return os.open(path, flags | os.O_NONBLOCK)


K = TypeVar("K")


class CachedFile(msgspec.Struct, Generic[K], frozen=True, array_like=True):
    """A file's stamp when it was read, and what was kept of it."""

    stamp: Stamp
    kept: K


class Contents(msgspec.Struct, Generic[K], frozen=True):
    """What a database keeps of each file: how its name ends, and the decoder of what it keeps."""

    suffix: str
    decoder: msgspec.msgpack.Decoder[CachedFile[K]]


SUMMARIES = Contents(SUFFIX, msgspec.msgpack.Decoder(CachedFile[Header]))
# A database of its own, since few commands need it: the requests, as compressed text.
REQUESTS = Contents(f"-requests{SUFFIX}", msgspec.msgpack.Decoder(CachedFile[bytes]))

_encode = msgspec.msgpack.Encoder().encode


def _decode(contents: Contents[K], data: bytes) -> CachedFile[K]:
    return contents.decoder.decode(memoryview(data)[_CHECK_BYTES:])


def now() -> int:
    """Return the time, in ns."""
    return time.time_ns()


class Index(Generic[K]):
    """What is kept of the files of some directories, given as absolute paths.

    `warn` gets one line where the database cannot be used, whatever else fails after that.
    """

    def __init__(
        self,
        directories: Iterable[str],
        contents: Contents[K],
        directory: Path | None = None,
        warn: Warn = no_warning,
    ) -> None:
        self._warn = warn
        self._has_warned = False
        self._contents = contents
        wanted = sorted(directories)
        self.database = (directory or cache_directory()) / f"{_digest(_tree(wanted))}{contents.suffix}"
        self._is_broken = False
        self._new: list[tuple[str, str, bytes]] = []
        self._found = self._load(wanted)

    def get(self, directory: str, name: str, stamp: Stamp) -> K | None:
        """Return what was kept of a file that still has this stamp, the first time that it is asked for."""
        data = self._found.get(directory, {}).pop(name, None)
        if (
            data is None
            or zlib.crc32(data[_CHECK_BYTES:]).to_bytes(_CHECK_BYTES, "big") != data[:_CHECK_BYTES]
        ):
            return None
        try:
            cached = _decode(self._contents, data)
        except Exception:  # of whatever class: it is damaged
            return None
        return cached.kept if cached.stamp == stamp else None

    def put(self, directory: str, name: str, stamp: Stamp, kept: K) -> None:
        """Keep what was read of a file that had this stamp before and after it was read."""
        if stamp.is_settled(now()):
            # Neither lone surrogates nor integers over 64 bits can be stored.
            with suppress(UnicodeEncodeError, OverflowError):
                data = _encode(CachedFile(stamp, kept))
                (directory + name).encode()
                check = zlib.crc32(data).to_bytes(_CHECK_BYTES, "big")
                self._new.append((directory, name, check + data))

    def save(self) -> None:
        """Write what is new, and forget files of the same directories that were removed."""
        if not (self._new or self._is_broken):
            return
        removed = [
            (directory, name)
            for directory, names in self._found.items()
            for name in names
            if not os.path.exists(os.path.join(directory, name))
        ]
        try:
            self._write(removed)
        except Exception as error:
            self._complain(error)
            if is_damage(error, self.database) and not self._is_broken:
                self._is_broken = True
                self._rebuild()

    def _load(self, directories: Sequence[str]) -> dict[str, dict[str, bytes]]:
        try:
            if not self.database.exists():
                return {}
            with self._connected() as database:
                if version_of(database) != VERSION:
                    return {}
                return {directory: rows_in(database, directory) for directory in directories}
        except Exception as error:
            self._is_broken = is_damage(error, self.database)
            self._complain(error)
            return {}

    def _rebuild(self) -> None:
        try:
            self._write(())
        except Exception as error:
            self._complain(error)

    def _write(self, removed: Sequence[tuple[str, str]]) -> None:
        self.database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._is_broken:
            for left in (self.database, self.database.with_name(f"{self.database.name}-journal")):
                left.unlink(missing_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(self.database, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with self._connected() as database:
            database.execute("BEGIN IMMEDIATE")
            is_fresh = version_of(database) != VERSION
            if is_fresh:
                start_afresh(database)
            database.executemany("DELETE FROM files WHERE directory = ? AND name = ?", removed)
            database.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", self._new)
            if not is_fresh:
                self._read_back(database)
            database.execute("COMMIT")

    def _read_back(self, database: sqlite3.Connection) -> None:
        """Raise DatabaseError where what was written cannot be read: SQLite does not notice all damage."""
        written = {directory for directory, _, _ in self._new}
        held = {directory: rows_in(database, directory) for directory in written}
        if any(held[directory].get(name) != data for directory, name, data in self._new):
            raise sqlite3.DatabaseError("what was written is not found again")

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with opened(self.database, "rw") as database:
            # It need not survive a power cut: each row has a checksum.
            database.execute("PRAGMA synchronous = OFF")
            yield database

    def _complain(self, error: Exception) -> None:
        if not self._has_warned:
            self._has_warned = True
            why = str(error) or type(error).__name__
            self._warn(f"the index {self.database} cannot be used: {why}; going on without it")


def open_index(locations: Sequence[str], contents: Contents[K], warn: Warn = no_warning) -> Index[K] | None:
    """Return the index of the files at these absolute paths; None for few, and where it cannot be used."""
    if len(locations) < _WORTH_AN_INDEX:
        return None
    try:
        return Index(set(map(os.path.dirname, locations)), contents, warn=warn)
    except RecctlError as error:
        warn(f"{error.message}; going on without it")
        return None


def _tree(directories: Sequence[str]) -> str:
    """Return the root of the directories: that of their repository, else their common parent."""
    common = os.path.commonpath(directories) if directories else os.sep
    above = common
    while above != os.path.dirname(above):
        if os.path.exists(os.path.join(above, ".git")):
            return above
        above = os.path.dirname(above)
    return common


def _digest(tree: str) -> str:
    return hashlib.sha256(os.fsencode(tree)).hexdigest()[:_NAME_DIGITS]
