"""The journal: the old bytes of everything that recctl ever changes, kept until the change is long past.

It lies in the user's state directory, never in a repository. One entry is one run: `old` holds the
bytes of the files one after the other, `manifest.json` says what lies where. An entry counts from
the moment its directory has its number; before that nothing has been changed.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from recctl.edits import (
    CHANGED,
    Edit,
    Staged,
    clear_leftovers,
    digest_of,
    patched,
    regular_file,
    sync_directory,
    why_untouchable,
)
from recctl.errors import RecctlError
from recctl.journal_entry import Entry, Item, load_entry

DIRECTORY_VARIABLE = "RECCTL_STATE_DIR"
_LIMIT = 500_000_000  # bytes of all entries together; the oldest go first, the newest never
_PATIENCE = 10.0  # seconds to wait for another run
_UNFINISHED = "unfinished"


class Outcome(msgspec.Struct, frozen=True):
    """What was done: the paths changed, those left alone with the reason, and the entry's number if any."""

    done: tuple[Path, ...]
    skipped: tuple[tuple[Path, str], ...]
    entry: int | None


class Journal:
    """The entries of one user. Raises RecctlError where its directory cannot be used."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory or journal_directory()

    def entries(self) -> list[Entry]:
        """All entries, the newest first; what cannot be read is passed over."""
        try:
            names = [name for name in os.listdir(self._directory) if name.isdecimal()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise RecctlError(
                f"the journal {self._directory} cannot be read: {error.strerror}",
                f"mend that, or name another directory with {DIRECTORY_VARIABLE}",
            ) from None
        found = (load_entry(self._directory / name) for name in names)
        return sorted((entry for entry in found if entry), key=lambda entry: -entry.number)

    def apply(self, plan: Sequence[Edit], command: str, directories: Iterable[Path] = ()) -> Outcome:
        """Carry out a plan. Raises RecctlError, with nothing changed, where that is impossible.

        In `directories` temporary files that a killed run left are cleared away.
        """
        if not plan:
            self._tidy(directories)
            return Outcome((), (), None)
        with self._locked():
            clear_leftovers({*directories, *(edit.path.parent for edit in plan)})
            staged = Staged()
            try:
                with self._writing(command) as writer:
                    reasons = ((edit.path, _prepare(edit, writer, staged)) for edit in plan)
                    skipped = [(path, reason) for path, reason in reasons if reason]
                    entry = writer.seal()
            except OSError as error:
                staged.discard()
                raise _impossible(error) from None
            except BaseException:
                staged.discard()
                raise
            done, late = _commit(staged)
            self._trim()
        return Outcome(tuple(done), (*skipped, *late), entry)

    def undo(self, entry: Entry) -> Outcome:
        """Put back the files of an entry, but for those that changed since. Raises RecctlError."""
        with self._locked():
            places = [Path(item.path) for item in entry.items]
            clear_leftovers({place.parent for place in places})
            staged, made = Staged(), list[Path]()
            try:
                reasons = (
                    (place, _put_back(entry, item, place, staged, made))
                    for item, place in zip(entry.items, places, strict=True)
                )
                skipped = [(place, reason) for place, reason in reasons if reason]
            except BaseException as error:
                staged.discard()
                _remove_directories(made)
                if isinstance(error, OSError):
                    raise _impossible(error) from None
                raise
            done, late = _commit(staged)
            if not skipped and not late:
                entry.mark_undone()
        return Outcome(tuple(done), (*skipped, *late), entry.number)

    def _tidy(self, directories: Iterable[Path]) -> None:
        """Clear away what a killed run left, if one may have been and nothing forbids it."""
        if os.path.isdir(self._directory):
            with suppress(RecctlError), self._locked():
                clear_leftovers(set(directories))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Alone among all runs of this user: another one is waited for, but not for ever."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise RecctlError(
                f"the journal {self._directory} cannot be written: {error.strerror}; nothing was changed",
                f"mend that, or name another directory with {DIRECTORY_VARIABLE}",
            ) from None
        try:
            _wait_for(handle)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def _writing(self, command: str) -> Iterator[_Writer]:
        unfinished = self._directory / _UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        number = max((int(name) for name in os.listdir(self._directory) if name.isdecimal()), default=0) + 1
        handle = os.open(unfinished / "old", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            try:
                yield _Writer(file, unfinished, self._directory / str(number), command)
            finally:
                # Sealing renames it; what is left is of no use.
                shutil.rmtree(unfinished, ignore_errors=True)

    def _trim(self) -> None:
        kept = 0
        for position, entry in enumerate(self.entries()):
            kept += entry.size
            if position and kept > _LIMIT:
                shutil.rmtree(entry.place, ignore_errors=True)


class _Writer:
    """An entry being written."""

    def __init__(self, file: BinaryIO, unfinished: Path, place: Path, command: str) -> None:
        self._file, self._unfinished, self._place, self._command = file, unfinished, place, command
        self._items: list[Item] = []

    def add(self, path: Path, data: bytes, mode: int, after: str | None) -> None:
        """Keep the old bytes of a file."""
        offset = self._file.tell()
        self._file.write(data)
        # Without links: should a directory become one, undo must not follow it to another place.
        place = os.path.join(os.path.realpath(path.parent), path.name)
        self._items.append(Item(place, offset, len(data), mode, digest_of(data), after))

    def seal(self) -> int | None:
        """Make the entry count, on the disk for good; its number, None if it would be empty."""
        if not self._items:
            return None
        self._file.flush()
        os.fsync(self._file.fileno())
        manifest = {
            "command": self._command,
            "directory": os.getcwd(),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "items": [msgspec.structs.asdict(item) for item in self._items],
        }
        handle = os.open(self._unfinished / "manifest.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(json.dumps(manifest).encode("ascii"))
            file.flush()
            os.fsync(handle)
        self._unfinished.rename(self._place)
        sync_directory(self._place.parent)
        return int(self._place.name)


def journal_directory() -> Path:
    """Where the journal lies: RECCTL_STATE_DIR, else the platform's directory for state."""
    if named := os.environ.get(DIRECTORY_VARIABLE):
        return Path(named) / "journal"
    import platformdirs

    try:
        return platformdirs.user_state_path("recctl") / "journal"
    except RuntimeError as error:  # neither HOME nor a name for the user
        raise RecctlError(
            f"there is no place for the journal: {error}; nothing was changed",
            f"name a directory with {DIRECTORY_VARIABLE}",
        ) from None


def _prepare(edit: Edit, writer: _Writer, staged: Staged) -> str | None:
    """Journal a file's old bytes and stage the new; the reason where the file is to be left alone."""
    current = regular_file(edit.path)
    if current is None:
        return why_untouchable(edit.path) or "cannot be read"
    data, mode = current
    if digest_of(data) != edit.before:
        return CHANGED
    new = None if edit.patches is None else patched(data, edit.patches)
    writer.add(edit.path, data, mode, None if new is None else digest_of(new))
    staged.add(edit.path, new, mode, before=edit.before)
    return None


def _put_back(entry: Entry, item: Item, place: Path, staged: Staged, made: list[Path]) -> str | None:
    """Stage the old bytes of a file; the reason where it is to be left alone.

    Directories that have to be made first are added to `made`.
    """
    if os.path.realpath(place.parent) != os.fspath(place.parent):
        return "lay in a directory that is a symbolic link now, and is left alone"
    current = regular_file(place)
    now = None if current is None else digest_of(current[0])
    if now == item.before:
        return None  # never changed, or put back already
    if now != item.after or (current is None and os.path.lexists(place)):
        return "changed since and is left alone"
    missing = [above for above in (place.parent, *place.parent.parents) if not above.exists()]
    try:
        for directory in reversed(missing):
            directory.mkdir()
            made.append(directory)
    except (FileExistsError, NotADirectoryError):
        return "cannot be put back: something else is in the place of its directory"
    staged.add(place, entry.old_bytes(item), item.mode, before=item.after)
    return None


def _remove_directories(made: Sequence[Path]) -> None:
    for directory in reversed(made):
        with suppress(OSError):
            directory.rmdir()


def _commit(staged: Staged) -> tuple[list[Path], list[tuple[Path, str]]]:
    try:
        return staged.commit()
    except OSError as error:
        staged.discard()
        why = f"stopped half-way: {error.filename or ''} {error.strerror}; each file is either old or new"
        raise RecctlError(why, "recctl undo puts back those that are new") from None


def _impossible(error: OSError) -> RecctlError:
    where = f"{error.filename}: " if error.filename else ""
    return RecctlError(
        f"{where}cannot be written: {error.strerror or error}; nothing was changed",
        "make room or mend the permissions, then run it again",
    )


def _wait_for(handle: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > until:
                raise RecctlError(
                    "another recctl is changing recordings; nothing was changed",
                    "run it again when that is done",
                ) from None
            time.sleep(0.05)
        else:
            return
