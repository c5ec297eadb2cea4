"""The databases of the index, SQLite files in the user's cache directory, and what damage looks like."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from recctl import __version__
from recctl.recordings.header import Header
from recctl.support.user_directories import cache_directory

SUFFIX = ".sqlite"
# Another layout, fields of a header, or version, which may read recordings in another way: start afresh.
VERSION = f"4 {__version__} {Header.__annotations__}"
_PATIENCE = 0.5  # seconds to wait for another run that writes
# Errors of SQLite that do not mean damage: another process has the database, or the system denies it.
_NOT_DAMAGE = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_INTERRUPT,
    )
)
_PRIMARY = 0xFF  # of an extended result code


@contextmanager
def opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """Open a database, and close it whatever happens."""
    database = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=_PATIENCE, isolation_level=None
    )
    try:
        yield database
    finally:
        database.close()


def is_damage(error: Exception, path: Path) -> bool:
    """Return whether an error means that the database is damaged, not that it cannot be used now."""
    if isinstance(error, OSError | MemoryError):
        return False
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return True
    if code & _PRIMARY == sqlite3.SQLITE_READONLY:
        return os.access(path, os.W_OK)  # the database itself says so
    return code & _PRIMARY not in _NOT_DAMAGE


def version_of(database: sqlite3.Connection) -> str | None:
    """Return the version by which a database was made; None where it has none."""
    held = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'version'").fetchone()
    row = database.execute("SELECT held FROM version").fetchone() if held else None
    return row[0] if row and isinstance(row[0], str) else None


def start_afresh(database: sqlite3.Connection) -> None:
    """Drop all tables and create those of this version."""
    for table in ("version", "files", "entries"):  # the last as of layout 3
        database.execute(f"DROP TABLE IF EXISTS {table}")
    database.execute("CREATE TABLE version (held TEXT)")
    database.execute("INSERT INTO version VALUES (?)", (VERSION,))
    database.execute(
        "CREATE TABLE files"
        " (directory TEXT, name TEXT, data BLOB, PRIMARY KEY (directory, name)) WITHOUT ROWID"
    )


def rows_in(database: sqlite3.Connection, directory: str) -> dict[str, bytes]:
    """Return what is kept of the files of a directory, by their names.

    Raises sqlite3.DatabaseError for damage, also for what SQLite does not notice.
    """
    try:
        directory.encode()
    except UnicodeEncodeError:  # a directory whose name is no UTF-8
        return {}
    rows = database.execute("SELECT name, data FROM files WHERE directory = ?", (directory,)).fetchall()
    names = [name for name, data in rows if isinstance(name, str) and isinstance(data, bytes)]
    # Undamaged, names come without duplicates in the order of the key; SQLite does not find others.
    if len(names) < len(rows) or names != sorted(set(names)):
        raise sqlite3.DatabaseError("its rows are out of order")
    return dict(rows)


class Database(msgspec.Struct, frozen=True):
    """A database of the index: its file, bytes and number of files kept (None where it cannot be read)."""

    path: Path
    size: int
    files: int | None


def databases(directory: Path | None = None) -> Iterator[Database]:
    """Yield the databases, in order of their names."""
    for path in sorted((directory or cache_directory()).glob(f"*{SUFFIX}")):
        try:
            size = path.stat().st_size
        except OSError:
            continue
        try:
            with opened(path, "ro") as database:
                (count,) = database.execute("SELECT count(*) FROM files").fetchone()
        except Exception:  # of whatever class: it cannot be read
            count = None
        yield Database(path, size, count)


def clear(directory: Path | None = None) -> int:
    """Remove all databases with SQLite's files beside them; return the bytes freed. Raises OSError."""
    freed = 0
    for path in sorted((directory or cache_directory()).glob(f"*{SUFFIX}*")):
        freed += path.lstat().st_size
        path.unlink()
    return freed
