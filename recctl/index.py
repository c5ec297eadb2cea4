"""The index: summaries of earlier runs, so that a listing need not open files that did not change.

It may only make things faster. An entry counts where the file's size, times and inode are those of
when it was read, to the nanosecond; a file that was changed the moment before it was read is not
entered at all, since a second change in the same tick of the file system's clock would not show.
The index lies in the user's cache directory, one database for a tree of files, never in the tree.
What is wrong with it is told once, and then it is done without.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from recctl import __version__
from recctl.errors import RecctlError
from recctl.summary import Kind

DIRECTORY_VARIABLE = "RECCTL_CACHE_DIR"
SUFFIX = ".sqlite"
_NAME_DIGITS = 16
_CHECK_BYTES = 4
# A new layout, or a new version that reads recordings in another way, starts afresh.
_VERSION = f"2 {__version__}"
_PATIENCE = 0.5  # seconds to wait for another run that writes
_TICK = 50_000_000  # ns: several ticks of the clocks by which file systems take their times
_COARSE_TICK = 2_000_000_000  # ns: file systems with times in whole seconds, or every other one
_SECOND = 1_000_000_000


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """What tells that a file is as it was: device, inode, size, and when it and its inode changed, in ns."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp of a file."""
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def is_settled(self, now: int) -> bool:
        """Whether a later change must show: the file did not change just before `now`, in ns."""
        latest = max(self.modified, self.changed)
        return latest + (_TICK if latest % _SECOND else _COARSE_TICK) < now


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What a summary says beyond its path, name and size."""

    test_id: str | None
    kind: Kind | None
    method: str | None
    url: str | None
    endpoint: str | None
    model: str | None
    provider: str | None
    streaming: bool
    chunks: int | None
    status: int | None
    exception: str | None
    failed: bool


K = TypeVar("K")


class Entry(msgspec.Struct, Generic[K], frozen=True, array_like=True):
    """A file's stamp when it was read, and what was kept of it."""

    stamp: Stamp
    kept: K


class Contents(msgspec.Struct, Generic[K], frozen=True):
    """What a database keeps of each file: how its name ends, and the decoder of its entries."""

    suffix: str
    decoder: msgspec.msgpack.Decoder[Entry[K]]


SUMMARIES = Contents(SUFFIX, msgspec.msgpack.Decoder(Entry[Kept]))
# A database of its own, since few commands need it: the requests, as compressed text.
REQUESTS = Contents(f"-requests{SUFFIX}", msgspec.msgpack.Decoder(Entry[bytes]))

_encode = msgspec.msgpack.Encoder().encode


def index_directory() -> Path:
    """Where the databases are: RECCTL_CACHE_DIR, else the user's cache directory."""
    if named := os.environ.get(DIRECTORY_VARIABLE):
        return Path(named)
    from platformdirs import user_cache_path

    try:
        return user_cache_path("recctl", appauthor=False)
    except RuntimeError as error:  # neither HOME nor a name for the user
        raise RecctlError(
            f"there is no place for the index: {error}", f"name a directory with {DIRECTORY_VARIABLE}"
        ) from None


def now() -> int:
    """The time, in ns."""
    return time.time_ns()


class Index(Generic[K]):
    """The entries for the files of some directories, given as absolute paths.

    `problems` fills with what is wrong with the database, in one line each.
    """

    def __init__(
        self, directories: Iterable[str], contents: Contents[K], directory: Path | None = None
    ) -> None:
        self.problems: list[str] = []
        self._decode = contents.decoder.decode
        places = sorted(directories)
        self.database = (directory or index_directory()) / f"{_digest(_tree(places))}{contents.suffix}"
        self._is_broken = False
        self._new: list[tuple[str, str, bytes]] = []
        self._found = self._load(places)

    def get(self, directory: str, name: str, stamp: Stamp) -> K | None:
        """What was kept of a file that still has this stamp; each can be had once."""
        data = self._found.get(directory, {}).pop(name, None)
        if (
            data is None
            or zlib.crc32(data[_CHECK_BYTES:]).to_bytes(_CHECK_BYTES, "big") != data[:_CHECK_BYTES]
        ):
            return None
        try:
            entry = self._decode(memoryview(data)[_CHECK_BYTES:])
        except msgspec.MsgspecError:
            return None
        return entry.kept if entry.stamp == stamp else None

    def put(self, directory: str, name: str, stamp: Stamp, kept: K) -> None:
        """Keep what was read of a file that had this stamp before and after it was read."""
        if stamp.is_settled(now()):
            # Lone surrogates have no place in a database, integers over 64 bits none in an entry.
            with suppress(UnicodeEncodeError, OverflowError):
                data = _encode(Entry(stamp, kept))
                (directory + name).encode()
                check = zlib.crc32(data).to_bytes(_CHECK_BYTES, "big")
                self._new.append((directory, name, check + data))

    def save(self) -> None:
        """Write what is new, and forget the files of the same directories that are gone."""
        if not self._new:
            return
        gone = [
            (directory, name)
            for directory, names in self._found.items()
            for name in names
            if not os.path.exists(os.path.join(directory, name))
        ]
        try:
            self._write(gone)
        except (sqlite3.Error, OSError) as error:
            self._complain(error)

    def _load(self, places: Sequence[str]) -> dict[str, dict[str, bytes]]:
        try:
            if not self.database.exists():
                return {}
            with closing(self._connect()) as database:
                if _version_of(database) != _VERSION:
                    return {}
                return {place: _entries_in(database, place) for place in places}
        except (sqlite3.Error, OSError) as error:
            # One that is only locked is whole.
            self._is_broken = not isinstance(error, sqlite3.OperationalError | OSError)
            self._complain(error)
            return {}

    def _write(self, gone: Sequence[tuple[str, str]]) -> None:
        self.database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._is_broken:
            for left in (self.database, self.database.with_name(f"{self.database.name}-journal")):
                left.unlink(missing_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(self.database, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with closing(self._connect()) as database:
            database.execute("BEGIN IMMEDIATE")
            if _version_of(database) != _VERSION:
                _start_afresh(database)
            database.executemany("DELETE FROM entries WHERE directory = ? AND name = ?", gone)
            database.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", self._new)
            database.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(
            f"{self.database.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE, isolation_level=None
        )
        # It need not outlast a power cut; every entry has a check of its own.
        database.execute("PRAGMA synchronous = OFF")
        return database

    def _complain(self, error: sqlite3.Error | OSError) -> None:
        if not self.problems:
            self.problems.append(f"the index {self.database} cannot be used: {error}; going on without it")


def _tree(places: Sequence[str]) -> str:
    """The tree that the directories belong to: a repository's, else what they have in common."""
    common = os.path.commonpath(places) if places else os.sep
    above = common
    while above != os.path.dirname(above):
        if os.path.exists(os.path.join(above, ".git")):
            return above
        above = os.path.dirname(above)
    return common


def _digest(tree: str) -> str:
    return hashlib.sha256(os.fsencode(tree)).hexdigest()[:_NAME_DIGITS]


def _version_of(database: sqlite3.Connection) -> str | None:
    held = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'version'").fetchone()
    row = database.execute("SELECT held FROM version").fetchone() if held else None
    return row[0] if row and isinstance(row[0], str) else None


def _start_afresh(database: sqlite3.Connection) -> None:
    for table in ("version", "entries"):
        database.execute(f"DROP TABLE IF EXISTS {table}")
    database.execute("CREATE TABLE version (held TEXT)")
    database.execute("INSERT INTO version VALUES (?)", (_VERSION,))
    database.execute(
        "CREATE TABLE entries"
        " (directory TEXT, name TEXT, data BLOB, PRIMARY KEY (directory, name)) WITHOUT ROWID"
    )


def _entries_in(database: sqlite3.Connection, place: str) -> dict[str, bytes]:
    try:
        rows = database.execute("SELECT name, data FROM entries WHERE directory = ?", (place,))
        return {name: data for name, data in rows if isinstance(name, str) and isinstance(data, bytes)}
    except UnicodeEncodeError:  # a directory whose name is no UTF-8
        return {}


class Database(msgspec.Struct, frozen=True):
    """A database of the index: its file, bytes and number of entries (None where it cannot be read)."""

    path: Path
    size: int
    entries: int | None


def databases(directory: Path | None = None) -> Iterator[Database]:
    """The databases there are, in order of their names."""
    for path in sorted((directory or index_directory()).glob(f"*{SUFFIX}")):
        try:
            size = path.stat().st_size
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
                (count,) = database.execute("SELECT count(*) FROM entries").fetchone()
        except OSError:
            continue
        except sqlite3.Error:
            count = None
        yield Database(path, size, count)


def clear(directory: Path | None = None) -> int:
    """Remove all databases, and what SQLite left beside them; how many bytes that were. Raises OSError."""
    freed = 0
    for path in sorted((directory or index_directory()).glob(f"*{SUFFIX}*")):
        freed += path.lstat().st_size
        path.unlink()
    return freed
