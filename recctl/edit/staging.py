"""New bytes of files, written beside them first and put in place only when all are ready."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import msgspec

from recctl.edit.file_attributes import Attributes, give
from recctl.edit.files import regular_file, sync_directory, temporary_beside
from recctl.edit.plan import digest_of

CHANGED = "changed meanwhile and is left alone"


class Staged:
    """New bytes of files, ready to take the places of the old; nothing is changed before `commit`."""

    def __init__(self) -> None:
        self._ready: list[_Ready] = []

    def add(self, path: Path, data: bytes | None, attributes: Attributes, before: str | None) -> None:
        """Write what a file is to become beside it; None removes it. Raises OSError where that is impossible.

        It gets these attributes as far as the system allows, and never powers that another owner gave.
        `before` is the digest of the bytes it must still have at `commit`, None where there must be none.
        """
        temporary = temporary_beside(path)
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
