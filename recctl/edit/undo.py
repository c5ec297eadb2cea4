"""Put the files of an entry back as they were, except for those that changed since, and damaged ones."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from recctl.edit.apply import Outcome, all_or_nothing, commit
from recctl.edit.file_attributes import Attributes
from recctl.edit.files import clear_leftovers, regular_file
from recctl.edit.journal.entry import OLD, DamagedBytes, Entry
from recctl.edit.journal.manifest import MANIFEST, Item
from recctl.edit.journal.store import Journal
from recctl.edit.plan import digest_of
from recctl.edit.staging import Change, Skipped, Staged
from recctl.support.errors import RecctlError
from recctl.support.paths import display_path

DAMAGED_SUFFIX = ".damaged"
_PERMISSIONS = 0o777
_MOST_NAME = 255  # bytes of a name


def undo_entry(journal: Journal, entry: Entry, force: bool = False) -> Outcome:
    """Put back the files of an entry, except for those that changed since. Raises RecctlError.

    Files that a rename made are removed, unless they changed since or their old name cannot be restored. With
    `force` an entry is used though its manifests are damaged, and what is left of damaged bytes is written
    beside the files.
    """
    _require_usable(entry, force)
    with journal.locked():
        clear_leftovers({entry.path, *(Path(item.path).parent for item in entry.items)})
        entry.repair()
        restoration = _Restoration(entry, force)
        with all_or_nothing(restoration.staged):
            restoration.stage()
        committed = commit(restoration.staged)
        restoration.remove_directories()
        skipped = (*restoration.skipped, *committed.skipped)
        if not skipped and (force or not restoration.damaged):
            entry.mark_undone()
    new_names = {Path(item.path) for item in entry.items if item.before is None}
    back = tuple(path for path in committed.done if path not in restoration.beside | new_names)
    return Outcome(
        back,
        (*restoration.damaged, *skipped),
        entry.number,
        removed=tuple(path for path in committed.done if path in new_names),
        damaged=bool(restoration.damaged),
    )


class _Step(msgspec.Struct, frozen=True):
    """What one item needs: a change, nothing, or to be left alone (`is_blocked`)."""

    item: Item
    change: Change | None = None
    is_blocked: bool = False


class _Restoration:
    """What is staged to put an entry's files back, and what is in the way of others.

    `skipped` are files left alone, `damaged` those whose old bytes are damaged. With `force` what is left of
    these is written beside them (`beside`), never over what is there.
    """

    def __init__(self, entry: Entry, force: bool) -> None:
        self.staged = Staged()
        self.skipped: list[Skipped] = []
        self.damaged: list[Skipped] = []
        self.beside: set[Path] = set()
        self._entry = entry
        self._force = force
        # A manifest that another user wrote must not decide about owners and set-uid.
        self._is_own = _owner(entry.path) in (None, os.geteuid())

    def stage(self) -> None:
        """Stage everything. Raises OSError; then the caller discards what was staged."""
        manifest = self._entry.path / MANIFEST
        self.damaged += [Skipped(manifest, f"the item of {bad.path} {bad.why}") for bad in self._entry.bad]
        first_of: dict[str, Item] = {}
        for item in self._entry.items:  # entries of earlier releases may have a file twice
            first_of.setdefault(item.path, item)
        for group in _groups(first_of.values()):
            steps = self._unblocked([self._step(item) for item in group])
            self.staged.add(*(step.change for step in steps if step.change is not None))

    def remove_directories(self) -> None:
        """Remove directories that the run made for new files, where they are empty again."""
        for directory in reversed(self._entry.manifest.made if self._is_own else ()):
            with suppress(OSError):  # it has other files by now
                Path(directory).rmdir()

    def _step(self, item: Item) -> _Step:
        """Return what an item needs, and note why it is left alone."""
        path = Path(item.path)
        try:
            change, reason = self._change(item, path)
        except DamagedBytes as damage:
            why = f"the journal's copy {damage.why}{self._keep_beside(path, damage)}"
            self.damaged.append(Skipped(path, why))
            return _Step(item, is_blocked=True)
        if reason:
            self.skipped.append(Skipped(path, reason))
        return _Step(item, change, is_blocked=reason is not None)

    def _unblocked(self, steps: Sequence[_Step]) -> list[_Step]:
        """Leave out the new names of files whose old names cannot be restored: they are all there is."""
        left: list[_Step] = []
        safe: set[str | None] = {None}  # no rename made it
        for step in steps:  # the old name of a file comes before the new one
            source = step.item.renamed_from
            if step.change is None or source in safe:
                left.append(step)
                if not step.is_blocked:
                    safe.add(step.item.path)
            else:
                reason = f"left alone, because {display_path(Path(source or ''))} cannot be put back"
                self.skipped.append(Skipped(Path(step.item.path), reason))
        return left

    def _change(self, item: Item, path: Path) -> tuple[Change | None, str | None]:
        """Return the change that undoes an item, or why it is left alone. Raises DamagedBytes."""
        if os.path.realpath(path.parent) != os.fspath(path.parent):
            return None, "its directory is a symbolic link now; left alone"
        current = regular_file(path)
        now = None if current is None else digest_of(current.data)
        is_absent = not os.path.lexists(path)
        if now == item.before and (now is not None or is_absent):
            return None, None  # never changed, or put back already
        if now != item.after or (current is None and not is_absent):
            return None, "has changed since; left alone"
        attributes = self._attributes(item, None if current is None else current.attributes)
        if item.before is None:
            return Change(path, now, None, attributes), None
        data = self._entry.old_bytes(item)
        if not self.staged.make_directory(path.parent):
            return None, f"cannot be put back: {display_path(path.parent)} is not a directory"
        return Change(path, item.after, data, attributes), None

    def _attributes(self, item: Item, current: Attributes | None) -> Attributes:
        """Return the attributes kept; for an entry without, or another user's, those that the file has."""
        if self._is_own and item.uid is not None:
            return item.attributes
        mode = item.mode if self._is_own else item.mode & _PERMISSIONS
        own = current or Attributes(mode)
        return Attributes(mode, own.uid, own.gid, own.xattrs)

    def _keep_beside(self, path: Path, damage: DamagedBytes) -> str:
        """Stage what is left of a file's bytes beside it, if that is wanted; return what to say of it."""
        if not damage.left:
            return "; nothing is left of its bytes"
        if not self._force:
            return ""
        beside = path.with_name(f"{path.name}{DAMAGED_SUFFIX}")
        held = regular_file(beside)
        if held is not None and held.data == damage.left:
            return f"; what is left of its bytes is in {beside.name}"
        if os.path.lexists(beside) or len(os.fsencode(beside.name)) > _MOST_NAME:
            return f"; what is left of its bytes was not written: {beside.name} cannot be made"
        if not self.staged.make_directory(path.parent):
            return "; what is left of its bytes was not written: its directory cannot be made"
        self.staged.add(Change(beside, None, damage.left, Attributes(0o600)))
        self.beside.add(beside)
        return f"; what is left of its bytes is in {beside.name}"


def _groups(items: Iterable[Item]) -> list[list[Item]]:
    """Group the paths that renames connect; a group is put back together, in the reverse order."""
    group_at: dict[str, list[Item]] = {}
    groups: list[list[Item]] = []
    for item in items:  # the new name of a file comes before the old one
        group = group_at.pop(item.path, None)
        if group is None:
            group = []
            groups.append(group)
        group.insert(0, item)
        if item.renamed_from is not None:
            group_at[item.renamed_from] = group
    return groups


def _require_usable(entry: Entry, force: bool) -> None:
    """Raise RecctlError for an entry that cannot be undone at all, or only by force."""
    where = f"entry {entry.number} in {entry.path}"
    if entry.problem is not None and not (force and entry.is_forcible):
        hint = entry.hint or "recctl undo --list shows the others, by their numbers"
        raise RecctlError(f"{where} {entry.problem}; nothing was changed", hint)
    if entry.is_without_bytes:
        hint = "the old bytes are lost, unless a backup or git has them"
        raise RecctlError(f"{where} is damaged: {OLD} is missing; nothing was changed", hint)


def _owner(path: Path) -> int | None:
    try:
        return path.lstat().st_uid
    except OSError:
        return None
