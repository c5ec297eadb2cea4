"""The journal: the old bytes of everything that recctl ever changes, kept until the change is long past.

It lies in the user's state directory, never in a repository. One entry is one run: `old` holds the
bytes of the files one after the other, `manifest.json` says what lies where, `manifest.copy` says it
again. An entry counts from the moment its directory has its number; before that nothing has been changed.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from recctl.edit.files import clear_leftovers, regular_file, why_untouchable
from recctl.edit.journal.entry import Entry, load_entry
from recctl.edit.journal.retention import Loss, Room, make_room
from recctl.edit.journal.writer import EntryWriter, drop, writing
from recctl.edit.plan import Edit, Rewrite, digest_of, patched
from recctl.edit.staging import CHANGED, Staged
from recctl.edit.undo import Restoring, refuse_unusable
from recctl.support.errors import RecctlError
from recctl.support.user_directories import STATE_VARIABLE, state_directory

LIMIT = 500_000_000  # bytes of all entries together; the newest is kept however large it is
_PATIENCE = 10.0  # seconds to wait for another run
_MOST_DIGITS = 15


class Outcome(msgspec.Struct, frozen=True):
    """What was done: the paths changed, those left alone with the reason, and the entry's number if any.

    `losses` are the entries that had to go although nothing else holds what they kept. `damaged` says that
    some of the skipped are so since their old bytes are not whole.
    """

    done: tuple[Path, ...]
    skipped: tuple[tuple[Path, str], ...]
    entry: int | None
    losses: tuple[Loss, ...] = ()
    damaged: bool = False


class Journal:
    """The entries of one user, within a limit of bytes.

    Raises RecctlError where its directory cannot be used.
    """

    def __init__(self, directory: Path | None = None, limit: int | None = None) -> None:
        self._directory = directory or journal_directory()
        self._limit = LIMIT if limit is None else limit

    def entries(self) -> list[Entry]:
        """All entries, the newest first; those that are damaged, or of a newer recctl, too."""
        try:
            numbers = self._numbers()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise RecctlError(
                f"the journal {self._directory} cannot be read: {error.strerror}",
                f"fix that, or name another directory with {STATE_VARIABLE}",
            ) from None
        return [load_entry(self._directory / str(number)) for number in sorted(numbers, reverse=True)]

    def apply(
        self, plan: Sequence[Edit], command: str, directories: Iterable[Path] = (), drop_old: bool = False
    ) -> Outcome:
        """Carry out a plan. Raises RecctlError, with nothing changed, where that is impossible.

        In `directories` temporary files that a killed run left are cleared away. Where room for the old
        bytes needs an entry to go that holds the only copy of files, that is an error without `drop_old`.
        """
        if not plan:
            self._tidy(directories)
            return Outcome((), (), None)
        with self._locked():
            clear_leftovers({*directories, *(edit.path.parent for edit in plan)})
            room = self._room(plan, drop_old)
            staged = Staged()
            with _all_or_nothing(staged), writing(self._next(), command) as writer:
                reasons = ((edit.path, _prepare(edit, writer, staged)) for edit in plan)
                skipped = [(path, reason) for path, reason in reasons if reason]
                entry = writer.seal()
            done, late = _commit(staged)
            leaving = room if entry is not None else Room()
            for old in (*leaving.useless, *(loss.entry for loss in leaving.losses)):
                drop(old)
        return Outcome(tuple(done), (*skipped, *late), entry, leaving.losses)

    def undo(self, entry: Entry, force: bool = False) -> Outcome:
        """Put back the files of an entry, but for those that changed since. Raises RecctlError.

        With `force` an entry is used of which nothing proves that it is right, and what is left of bytes
        that are damaged is laid beside the files.
        """
        refuse_unusable(entry, force)
        with self._locked():
            clear_leftovers({entry.place, *(Path(item.path).parent for item in entry.items)})
            entry.repair()
            restoring = Restoring(entry, force)
            with _all_or_nothing(restoring):
                restoring.stage()
            done, late = _commit(restoring.staged)
            if not restoring.skipped and not late and (force or not restoring.damaged):
                entry.mark_undone()
        back = tuple(path for path in done if path not in restoring.beside)
        skipped = (*restoring.damaged, *restoring.skipped, *late)
        return Outcome(back, skipped, entry.number, damaged=bool(restoring.damaged))

    def _numbers(self) -> list[int]:
        """The numbers of the entries. Raises OSError."""
        names = [name for name in os.listdir(self._directory) if name.isascii() and name.isdecimal()]
        return [int(name) for name in names if len(name) <= _MOST_DIGITS and str(int(name)) == name]

    def _next(self) -> Path:
        return self._directory / str(max(self._numbers(), default=0) + 1)

    def _room(self, plan: Sequence[Edit], drop_old: bool) -> Room:
        """What has to go for a plan. Raises RecctlError where that is a loss and nobody asked for it."""
        room = make_room(self.entries(), sum(_size(edit.path) for edit in plan), self._limit)
        if (refusal := room.refusal()) and not drop_old:
            raise RecctlError(
                f"the journal is full ({self._limit / 1e6:g} MB): {refusal}; nothing was changed",
                f"let it go with --drop-old, or name another directory with {STATE_VARIABLE}",
            )
        return room

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
                f"fix that, or name another directory with {STATE_VARIABLE}",
            ) from None
        try:
            _wait_for(handle)
            yield
        finally:
            os.close(handle)


def journal_directory() -> Path:
    """Return the directory of the journal. Raises RecctlError if there is none."""
    return state_directory() / "journal"


def _prepare(edit: Edit, writer: EntryWriter, staged: Staged) -> str | None:
    """Journal a file's old bytes and stage the new; the reason where the file is to be left alone."""
    current = regular_file(edit.path)
    if current is None:
        return why_untouchable(edit.path) or "cannot be read"
    data, attributes = current
    if digest_of(data) != edit.before:
        return CHANGED
    new = patched(data, edit.patches) if isinstance(edit, Rewrite) else None
    writer.add(edit.path, data, attributes, None if new is None else digest_of(new))
    staged.add(edit.path, new, attributes, before=edit.before)
    return None


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:  # it is going to be skipped
        return 0


@contextmanager
def _all_or_nothing(staged: Staged | Restoring) -> Iterator[None]:
    """Take back what was staged, whatever goes wrong. Raises RecctlError for what the system refuses."""
    try:
        yield
    except OSError as error:
        staged.discard()
        raise _impossible(error) from None
    except BaseException:
        staged.discard()
        raise


def _commit(staged: Staged) -> tuple[list[Path], list[tuple[Path, str]]]:
    try:
        return staged.commit()
    except OSError as error:
        staged.discard()
        why = f"stopped half-way: {error.filename or ''} {error.strerror}; each file is either old or new"
        raise RecctlError(why, "recctl undo puts back those that are new") from None
    except BaseException:
        staged.discard()
        raise


_HINTS = {
    errno.ENOSPC: "make room, then run it again",
    errno.EDQUOT: "make room, then run it again",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f), then run it again",
}


def _impossible(error: OSError) -> RecctlError:
    where = f"{error.filename}: " if error.filename else ""
    hint = _HINTS.get(error.errno or 0, "make room or fix the permissions, then run it again")
    return RecctlError(f"{where}cannot be written: {error.strerror or error}; nothing was changed", hint)


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
