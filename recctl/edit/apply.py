"""Carry out a plan so that nothing can be lost.

The old bytes of all files go into the journal; the new bytes of all files are written to temporary files
beside them; only then each file gets its new bytes or its new name. What fails before the last step leaves
every file as it was. A kill during it leaves each path as it was or as planned, and `undo` goes back.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from recctl.edit.file_attributes import Attributes
from recctl.edit.files import RegularFile, clear_leftovers, is_temporary, regular_file, why_untouchable
from recctl.edit.journal.retention import Loss
from recctl.edit.journal.store import Journal
from recctl.edit.journal.writer import EntryWriter
from recctl.edit.plan import (
    Edit,
    Located,
    Rename,
    Rewrite,
    digest_of,
    grouped,
    located,
    location_of,
    patched,
)
from recctl.edit.staging import CHANGED, Change, Committed, Skipped, Staged
from recctl.support.errors import RecctlError
from recctl.support.paths import display_path


class Outcome(msgspec.Struct, frozen=True):
    """What was done: the files changed, those left alone, and the number of the entry if there is one.

    `removed` are files that an undo removed because a rename had made them. `losses` are the entries dropped
    from the journal although nothing else holds what they kept. `damaged` says that an undo left files alone
    because their old bytes are damaged.
    """

    done: tuple[Path, ...]
    skipped: tuple[Skipped, ...]
    entry: int | None
    removed: tuple[Path, ...] = ()
    losses: tuple[Loss, ...] = ()
    damaged: bool = False


def apply_plan(
    journal: Journal,
    plan: Sequence[Edit],
    command: str,
    directories: Iterable[Path] = (),
    drop_old: bool = False,
) -> Outcome:
    """Carry out a plan. Raises RecctlError, with nothing changed, where that is impossible.

    Temporary files that a killed run left in `directories` are removed. Where the journal is full and only
    an entry with the only copy of files can make room, that is an error without `drop_old`.
    """
    if not plan:
        journal.clear_leftovers(directories)
        return Outcome((), (), None)
    once, doubled = _split_duplicates(located(plan))
    groups = grouped(once)
    with journal.locked():
        clear_leftovers({*directories, *(location.parent for one in once for location in one.locations)})
        to_drop = journal.to_drop(sum(_size(one.location) for one in once), drop_old)
        staged = Staged()
        with all_or_nothing(staged), journal.writing(command) as writer:
            skipped = [reason for group in groups for reason in _prepare(group, writer, staged)]
            entry = writer.seal(staged.made)
        committed = commit(staged)
        losses = journal.drop(to_drop) if entry is not None else ()
    left = {location_of(one.path) for one in (*skipped, *committed.skipped)}
    done = tuple(one.edit.path for one in once if one.location not in left)
    return Outcome(done, (*doubled, *skipped, *committed.skipped), entry, losses=losses)


def _split_duplicates(plan: Iterable[Located]) -> tuple[list[Located], list[Skipped]]:
    """Leave out the second edit of a file that was given twice, through a link to its directory perhaps."""
    once: list[Located] = []
    skipped: list[Skipped] = []
    first: dict[Path, Located] = {}
    for one in plan:
        earlier = first.setdefault(one.location, one)
        if earlier is one or one.target is not None or earlier.target is not None:
            once.append(one)
        else:
            name = display_path(earlier.edit.path)
            skipped.append(Skipped(one.edit.path, f"is the same file as {name}, and edited already"))
    return once, skipped


def _prepare(group: Sequence[Located], writer: EntryWriter, staged: Staged) -> list[Skipped]:
    """Journal and stage a group of edits, or return why its files are left alone."""
    olds: dict[Path, RegularFile] = {}
    skipped: list[Skipped] = []
    leaving = {one.location for one in group}
    for one in group:
        current = regular_file(one.edit.path)
        reason = _obstacle(one, current, leaving)
        if current is None or reason is not None:
            skipped.append(Skipped(one.edit.path, reason or "cannot be read"))
        else:
            olds[one.location] = current
    skipped = skipped or _make_directories(group, staged)
    if skipped:
        named = {one.path for one in skipped}
        because = f"left alone, because {display_path(skipped[0].path)} is"
        return [*skipped, *(Skipped(one.edit.path, because) for one in group if one.edit.path not in named)]
    changes = list(_changes(group, olds))
    for change in changes:
        writer.add(change.location, change.old, change.after, change.source)
    staged.add(*(change.staged() for change in changes))
    return []


def _make_directories(group: Sequence[Located], staged: Staged) -> list[Skipped]:
    """Make the missing directories of targets; return the renames for which that is impossible."""
    return [
        Skipped(edit.path, f"cannot be renamed: {display_path(edit.target.parent)} is not a directory")
        for edit in (one.edit for one in group)
        if isinstance(edit, Rename) and not staged.make_directory(edit.target.parent)
    ]


class _PathChange(msgspec.Struct, frozen=True):
    """What one path was and is to become; `source` is the location of the file that is renamed to it."""

    location: Path
    path: Path
    old: RegularFile | None
    new: bytes | None
    attributes: Attributes
    source: Path | None = None

    @property
    def after(self) -> str | None:
        """The digest of the new bytes."""
        return None if self.new is None else digest_of(self.new)

    def staged(self) -> Change:
        """Return the change to stage."""
        before = None if self.old is None else digest_of(self.old.data)
        return Change(self.path, before, self.new, self.attributes)


def _changes(group: Sequence[Located], olds: dict[Path, RegularFile]) -> Iterator[_PathChange]:
    """Yield what becomes of each path of a group, in the order in which it has to be done.

    Of a chain of renames the last comes first, so that each file has its new name before its old one goes.
    """
    renamed_to = {one.target: one for one in group if one.target is not None}
    sources = {one.location for one in renamed_to.values()}
    at = next(at for at in [*renamed_to, group[0].location] if at not in sources)
    while one := renamed_to.pop(at, None):
        yield from _renamed(one, olds)
        at = one.location
    for one in group:
        if one.location == at:
            edit, old = one.edit, olds[at]
            new = patched(old.data, edit.patches) if isinstance(edit, Rewrite) else None
            yield _PathChange(at, edit.path, old, new, old.attributes)


def _renamed(one: Located, olds: dict[Path, RegularFile]) -> Iterator[_PathChange]:
    """Yield what becomes of the path that a file is renamed to; nothing where that has been done."""
    if isinstance(one.edit, Rename) and one.target is not None:
        old, replaced = olds[one.location], olds.get(one.target)
        new = patched(old.data, one.edit.patches)
        if replaced is not None or not _has(one.edit.target, new):
            yield _PathChange(one.target, one.edit.target, replaced, new, old.attributes, one.location)


def _has(path: Path, data: bytes) -> bool:
    """Return whether a file has these bytes: a run that was killed has renamed it already."""
    held = regular_file(path)
    return held is not None and held.data == data


def _obstacle(one: Located, current: RegularFile | None, leaving: Collection[Path]) -> str | None:
    """Return why an edit cannot be made; None where it can."""
    edit = one.edit
    if current is None:
        return why_untouchable(edit.path) or "cannot be read"
    if digest_of(current.data) != edit.before:
        return CHANGED
    if not isinstance(edit, Rename) or one.target in leaving or not os.path.lexists(edit.target):
        return None
    target = display_path(edit.target)
    if os.path.exists(edit.target) and os.path.samefile(edit.path, edit.target):
        return f"is the same file as {target}; rename it to another name first"
    if _has(edit.target, patched(current.data, edit.patches)):
        return None
    return f"cannot be renamed: {target} already exists"


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:  # it is going to be skipped
        return 0


@contextmanager
def all_or_nothing(staged: Staged) -> Iterator[None]:
    """Take back what was staged, whatever goes wrong. Raises RecctlError for an OSError."""
    try:
        yield
    except OSError as error:
        staged.discard()
        raise _not_writable(error) from None
    except BaseException:
        staged.discard()
        raise


def commit(staged: Staged) -> Committed:
    """Commit what is staged. Raises RecctlError where it stops half-way."""
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
    errno.ENOSPC: "free some space, then run it again",
    errno.EDQUOT: "free some space, then run it again",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f), then run it again",
}


def _not_writable(error: OSError) -> RecctlError:
    named = None if error.filename is None else Path(error.filename)
    path = named.parent if named and is_temporary(named.name) else named
    where = f"{display_path(path)}: " if path else ""
    hint = _HINTS.get(error.errno or 0, "free some space or fix the permissions, then run it again")
    return RecctlError(f"{where}cannot be written: {error.strerror or error}; nothing was changed", hint)
