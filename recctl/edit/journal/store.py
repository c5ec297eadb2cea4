"""The journal of a user: a directory of entries, in the user's state directory, never in a repository.

An entry is one run: `old` holds the bytes of the files one after the other, `manifest.json` says which file
they are of, and `manifest.copy` is a second copy of that. An entry counts from the moment its directory is
renamed to its number; before that nothing has been changed.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from recctl.edit.files import clear_leftovers
from recctl.edit.journal.entry import Entry, load_entry
from recctl.edit.journal.retention import EntriesToDrop, Loss, entries_to_drop
from recctl.edit.journal.writer import EntryWriter, drop, writing
from recctl.support.errors import RecctlError
from recctl.support.user_directories import user_state

DIRECTORY_VARIABLE = "RECCTL_STATE_DIR"
LIMIT = 500_000_000  # bytes of all entries together; the newest is kept however large it is
_PATIENCE = 10.0  # seconds to wait for another run
_MOST_DIGITS = 15


class Journal:
    """The entries of one user, within a limit of bytes.

    Raises RecctlError where its directory cannot be used.
    """

    def __init__(self, directory: Path | None = None, limit: int | None = None) -> None:
        self._directory = directory or journal_directory()
        self._limit = LIMIT if limit is None else limit

    def entries(self) -> list[Entry]:
        """Return all entries, the newest first; those that are damaged, or of a newer recctl, too."""
        try:
            numbers = self._numbers()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise RecctlError(
                f"the journal {self._directory} cannot be read: {error.strerror}",
                f"fix that, or name another directory with {DIRECTORY_VARIABLE}",
            ) from None
        return [load_entry(self._directory / str(number)) for number in sorted(numbers, reverse=True)]

    def _numbers(self) -> list[int]:
        """Return the numbers of the entries. Raises OSError."""
        names = [name for name in os.listdir(self._directory) if name.isascii() and name.isdecimal()]
        return [int(name) for name in names if len(name) <= _MOST_DIGITS and str(int(name)) == name]

    def writing(self, command: str) -> AbstractContextManager[EntryWriter]:
        """Write the next entry; nothing is left of one that was not sealed. Call it under the lock."""
        return writing(self._directory / str(max(self._numbers(), default=0) + 1), command)

    def to_drop(self, incoming: int, drop_old: bool) -> EntriesToDrop:
        """Choose the entries to drop for so many new bytes; with `drop_old` only copies too.

        Raises RecctlError where only copies would have to go.
        """
        chosen = entries_to_drop(self.entries(), incoming, self._limit)
        if (refusal := chosen.refusal()) and not drop_old:
            raise RecctlError(
                f"the journal is full ({self._limit / 1e6:g} MB): {refusal}; nothing was changed",
                f"drop them with --drop-old, or name another directory with {DIRECTORY_VARIABLE}",
            )
        return chosen

    def drop(self, chosen: EntriesToDrop) -> tuple[Loss, ...]:
        """Drop the chosen entries; return those that held the only copy of files."""
        for entry in (*chosen.useless, *(loss.entry for loss in chosen.losses)):
            drop(entry)
        return chosen.losses

    def clear_leftovers(self, directories: Iterable[Path]) -> None:
        """Remove what a killed run left in directories, if the journal is there and can be locked."""
        if os.path.isdir(self._directory):
            with suppress(RecctlError), self.locked():
                clear_leftovers(set(directories))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of the journal; raise RecctlError where another run holds it for too long."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise RecctlError(
                f"the journal {self._directory} cannot be written: {error.strerror}; nothing was changed",
                f"fix that, or name another directory with {DIRECTORY_VARIABLE}",
            ) from None
        try:
            _wait_for(handle)
            yield
        finally:
            os.close(handle)


def journal_directory() -> Path:
    """Return the directory of the journal: below RECCTL_STATE_DIR or the platform's state directory."""
    if named := os.environ.get(DIRECTORY_VARIABLE):
        return Path(named) / "journal"
    try:
        return user_state() / "journal"
    except RuntimeError as error:  # neither HOME nor a name for the user
        raise RecctlError(
            f"there is no directory for the journal: {error}; nothing was changed",
            f"name a directory with {DIRECTORY_VARIABLE}",
        ) from None


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
