"""New bytes of files, written beside them first and put in place only when all are ready.

Whatever fails before `commit` leaves every file as it was. A kill during it leaves each path as it was or as
it is to be. Symbolic links are never followed. A file with several hard links is replaced under the one
name; the other names keep the old bytes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from recctl.edit.file_attributes import Attributes, give
from recctl.edit.files import regular_file, sync_directory, temporary_beside
from recctl.edit.plan import digest_of
from recctl.support.paths import display_path

CHANGED = "has changed since it was read; left alone"


class Skipped(msgspec.Struct, frozen=True):
    """A path that was left alone, and why."""

    path: Path
    reason: str


class Change(msgspec.Struct, frozen=True):
    """What one path is to become: a file with these bytes, or nothing where `data` is None.

    `before` is the digest of the bytes that it must have at `commit`, None where nothing may be there. The
    attributes are given as far as the system allows.
    """

    path: Path
    before: str | None
    data: bytes | None
    attributes: Attributes


class Committed(msgspec.Struct, frozen=True):
    """The paths that became what they were to be, and those left alone."""

    done: tuple[Path, ...]
    skipped: tuple[Skipped, ...]


class Staged:
    """Changes that are ready; nothing that was there before is touched until `commit`."""

    def __init__(self) -> None:
        self._groups: list[list[_Ready]] = []
        self._made: list[Path] = []

    @property
    def made(self) -> tuple[Path, ...]:
        """The directories made for new files, the outermost first."""
        return tuple(self._made)

    def make_directory(self, directory: Path) -> bool:
        """Make a directory and its missing parents. Return False where something else is in the way."""
        missing = [above for above in (directory, *directory.parents) if not above.exists()]
        try:
            for above in reversed(missing):
                above.mkdir()
                self._made.append(above)
        except (FileExistsError, NotADirectoryError):
            return False
        return directory.is_dir()

    def add(self, *changes: Change) -> None:
        """Stage changes that are made in this order, all or none. Raises OSError; then call `discard`."""
        group: list[_Ready] = []
        self._groups.append(group)
        for change in changes:
            ready = _Ready(
                change.path, temporary_beside(change.path), change.before, removes=change.data is None
            )
            group.append(ready)
            ready.write(change)

    def commit(self) -> Committed:
        """Make the changes, except for groups with a path that is not as planned any more. Raises OSError."""
        done: list[Path] = []
        skipped: list[Skipped] = []
        for group in self._groups:
            late = _carry_out(group)
            skipped += late
            done += [] if late else [ready.path for ready in group]
        self.discard()
        made = [directory.parent for directory in self._made]
        for directory in {path.parent for path in (*done, *made)}:
            with suppress(FileNotFoundError):  # made for a file that was left alone
                sync_directory(directory)
        return Committed(tuple(done), tuple(skipped))

    def discard(self) -> None:
        """Remove what was written and not put in place, and the directories made for it."""
        for ready in (ready for group in self._groups for ready in group):
            with suppress(OSError):
                ready.temporary.unlink()
        self._groups.clear()
        for directory in reversed(self._made):
            with suppress(OSError):  # it has the new files
                directory.rmdir()


class _Ready(msgspec.Struct, frozen=True):
    path: Path
    temporary: Path
    before: str | None
    removes: bool

    def write(self, change: Change) -> None:
        """Write the new bytes to disk; for a removal only show that the directory can be changed."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(self.temporary, flags, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(change.data or b"")
            file.flush()
            if change.data is not None:
                give(handle, change.attributes)  # after the bytes: writing them takes set-uid away
            os.fsync(handle)
        if self.removes:
            self.temporary.unlink()

    def is_as_planned(self) -> bool:
        """Return whether the path still is what the change was planned for."""
        current = regular_file(self.path)
        if current is None:
            return self.before is None and not os.path.lexists(self.path)
        return digest_of(current.data) == self.before

    def put(self) -> None:
        """Make the change. Raises OSError, FileExistsError where a new file would replace another."""
        if self.removes:
            self.path.unlink()
        elif self.before is None:
            _put_new(self.temporary, self.path)
        else:
            self.temporary.replace(self.path)


def _carry_out(group: Sequence[_Ready]) -> list[Skipped]:
    """Make the changes of a group; where that is impossible leave all of it alone and return why."""
    late = [ready for ready in group if not ready.is_as_planned()]
    if late:
        return _left_alone(group, late)
    for number, ready in enumerate(group):
        try:
            ready.put()
        except FileExistsError:
            if number:
                raise
            return _left_alone(group, [ready])
    return []


def _left_alone(group: Sequence[_Ready], late: Sequence[_Ready]) -> list[Skipped]:
    first = display_path(late[0].path)
    return [Skipped(one.path, CHANGED if one in late else f"left alone, because {first} is") for one in group]


def _put_new(temporary: Path, path: Path) -> None:
    """Give a file its name, which nothing may have. Raises FileExistsError."""
    try:
        os.link(temporary, path)  # unlike a rename it never replaces a file
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            raise FileExistsError(f"{path} exists") from None
        temporary.replace(path)
    else:
        temporary.unlink()


def write_new(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write a file that is no recording, whole or not at all. Raises OSError.

    A file that exists keeps its attributes, and through a symbolic link the file it points to is written. A
    new one gets the mode, or what the umask allows.
    """
    target = path.resolve()
    current = regular_file(target)
    new = Attributes(0o666 & ~_umask() if mode is None else mode)
    before = None if current is None else digest_of(current.data)
    staged = Staged()
    try:
        staged.add(Change(target, before, data, new if current is None else current.attributes))
        committed = staged.commit()
    except BaseException:
        staged.discard()
        raise
    if committed.skipped:
        raise OSError(f"it {CHANGED}")


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
