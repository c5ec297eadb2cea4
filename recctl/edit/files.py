"""Regular files as edits need them: read without following links, synced to disk, cleared of leftovers."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from recctl.edit.file_attributes import Attributes, attributes_of

_PREFIX = ".recctl-"  # of temporary files; the next run removes those that a killed run left
_SUFFIX = ".tmp"


class RegularFile(msgspec.Struct, frozen=True):
    """The bytes of a file and all else that it is."""

    data: bytes
    attributes: Attributes


def regular_file(path: Path) -> RegularFile | None:
    """Read a regular file; None for anything else, a symbolic link too."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        return None
    with os.fdopen(handle, "rb") as file:
        return RegularFile(file.read(), attributes_of(handle))


def why_untouchable(path: Path) -> str | None:
    """Return why a path must not be edited, whatever its bytes are; None where it may be."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return "no such file"
    if stat.S_ISLNK(mode):
        return "is a symbolic link; change the file it points to"
    return None if stat.S_ISREG(mode) else "is not a regular file"


def temporary_beside(path: Path) -> Path:
    """Return a new name for a temporary file in the directory of a path."""
    return path.with_name(f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}")


def clear_leftovers(directories: Iterable[Path]) -> None:
    """Remove temporary files that a killed run left. Call it only while no other run can be at work."""
    for directory in directories:
        with suppress(OSError):
            for found in os.scandir(directory):
                if found.name.startswith(_PREFIX) and found.name.endswith(_SUFFIX):
                    Path(found.path).unlink(missing_ok=True)


def sync_directory(directory: Path) -> None:
    """Make renames in a directory survive a power cut."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
