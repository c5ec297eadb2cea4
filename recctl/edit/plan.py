"""A plan of changes to recordings, and how it is carried out so that nothing can be lost.

A plan is computed first, and is what a dry run prints. Carrying it out has three steps: the old
bytes of all files go into the journal; the new bytes of all files are written to temporary files
beside them; only then is each temporary file renamed over its recording. Whatever fails before
the last step leaves every recording as it was. A kill during it leaves each either old or new,
and the journal holds all that is needed to go back.

Symbolic links are never followed: neither what they point to nor the link itself is changed. A
file with several hard links is replaced under the one name; the other names keep the old bytes.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from recctl.edit.file_attributes import Attributes, attributes_of, give

_MARK = ".recctl-"  # how temporary files begin; those of a killed run are cleared by the next
_TEMPORARY_SUFFIX = ".tmp"
CHANGED = "changed meanwhile and is left alone"


class Patch(msgspec.Struct, frozen=True):
    """Bytes `start` up to `end` of a file become `new`."""

    start: int
    end: int
    new: bytes


class Edit(msgspec.Struct, frozen=True):
    """A change to one file, which must still have the bytes with this digest.

    `patches` are in order and do not overlap; None removes the file.
    """

    path: Path
    before: str
    patches: tuple[Patch, ...] | None


def digest_of(data: bytes) -> str:
    """The digest by which a file is recognised as unchanged."""
    return hashlib.sha256(data).hexdigest()


def patched(data: bytes, patches: Iterable[Patch]) -> bytes:
    """The bytes with each patch in its place."""
    parts: list[bytes] = []
    position = 0
    for patch in patches:
        parts += [data[position : patch.start], patch.new]
        position = patch.end
    return b"".join([*parts, data[position:]])


def regular_file(path: Path) -> tuple[bytes, Attributes] | None:
    """The bytes and the attributes of a file that is one itself; None for a link, or where there is none."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read(), attributes_of(handle)


def why_untouchable(path: Path) -> str | None:
    """Why a path is not to be changed, whatever its bytes are; None where it may be."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return "is gone"
    if stat.S_ISLNK(mode):
        return "is a symbolic link; change the file it points to"
    return None if stat.S_ISREG(mode) else "is not a regular file"


class Staged:
    """New bytes of files, ready to take the places of the old; nothing is changed before `commit`."""

    def __init__(self) -> None:
        self._ready: list[_Ready] = []

    def add(self, path: Path, data: bytes | None, attributes: Attributes, before: str | None) -> None:
        """Write what a file is to become beside it; None removes it. Raises OSError where that is impossible.

        It gets these attributes as far as the system allows, and never powers that another owner gave.
        `before` is the digest of the bytes it must still have at `commit`, None where there must be none.
        """
        temporary = path.with_name(f"{_MARK}{os.urandom(8).hex()}{_TEMPORARY_SUFFIX}")
        self._ready.append(_Ready(path, temporary, before, removes=data is None))
        # For a removal too: it shows that the directory can be changed.
        handle = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        with os.fdopen(handle, "wb") as file:
            file.write(data or b"")
            file.flush()
            if data is not None:
                give(handle, attributes)  # after the bytes: writing them takes set-uid away
            os.fsync(handle)
        if data is None:
            temporary.unlink()

    def commit(self) -> tuple[list[Path], list[tuple[Path, str]]]:
        """Put everything in its place: the paths done, and those skipped because they changed meanwhile."""
        done: list[Path] = []
        skipped: list[tuple[Path, str]] = []
        for ready in self._ready:
            if not ready.is_as_planned():
                skipped.append((ready.path, CHANGED))
                continue
            if ready.removes:
                ready.path.unlink()
            else:
                ready.temporary.replace(ready.path)
            done.append(ready.path)
        self.discard()
        for directory in {path.parent for path in done}:
            sync_directory(directory)
        return done, skipped

    def discard(self) -> None:
        """Remove what was written and not put in place."""
        for ready in self._ready:
            with suppress(OSError):
                ready.temporary.unlink()
        self._ready.clear()


class _Ready(msgspec.Struct, frozen=True):
    path: Path
    temporary: Path
    before: str | None
    removes: bool

    def is_as_planned(self) -> bool:
        """Whether the file is still what the plan was made for."""
        current = regular_file(self.path)
        if current is None:
            return self.before is None and not os.path.lexists(self.path)
        return digest_of(current[0]) == self.before


def write_new(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write a file that is no recording, whole or not at all. Raises OSError.

    Where there is one already its attributes stay, and through a symbolic link the file it leads to is
    written. A new one gets the mode, or what the umask allows.
    """
    place = path.resolve()
    current = regular_file(place)
    new = Attributes(0o666 & ~_umask() if mode is None else mode)
    attributes = new if current is None else current[1]
    staged = Staged()
    try:
        staged.add(place, data, attributes, None if current is None else digest_of(current[0]))
        _, skipped = staged.commit()
    except BaseException:
        staged.discard()
        raise
    if skipped:
        raise OSError(f"it {CHANGED}")


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def clear_leftovers(directories: Iterable[Path]) -> None:
    """Remove temporary files that a killed run left. Only while no other run can be at work."""
    for directory in directories:
        with suppress(OSError):
            for entry in os.scandir(directory):
                if entry.name.startswith(_MARK) and entry.name.endswith(_TEMPORARY_SUFFIX):
                    Path(entry.path).unlink(missing_ok=True)


def sync_directory(directory: Path) -> None:
    """Make renames in a directory last through a power cut."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
