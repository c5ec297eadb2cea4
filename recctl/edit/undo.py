"""The files of an entry put back as they were, but for those that changed since, and damaged ones."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from recctl.edit.file_attributes import Attributes
from recctl.edit.files import regular_file
from recctl.edit.journal.entry import OLD, DamagedBytes, Entry
from recctl.edit.journal.manifest import MANIFEST, Item
from recctl.edit.plan import digest_of
from recctl.edit.staging import Staged
from recctl.support.errors import RecctlError

DAMAGED_SUFFIX = ".damaged"
_PERMISSIONS = 0o777
_MOST_NAME = 255  # bytes of a name


class Restoring:
    """What is staged to put an entry's files back, with what stands in the way of others.

    `skipped` are files left alone; `damaged` those whose old bytes are not whole. With `force` what is left
    of these is laid beside them (`beside`), never over what is there.
    """

    def __init__(self, entry: Entry, force: bool) -> None:
        self.staged = Staged()
        self.skipped: list[tuple[Path, str]] = []
        self.damaged: list[tuple[Path, str]] = []
        self.beside: set[Path] = set()
        self._entry = entry
        self._force = force
        self._made: list[Path] = []
        # What another user wrote decides over no owner and no set-uid.
        self._is_own = _owner(entry.place) in (None, os.geteuid())

    def stage(self) -> None:
        """Stage everything. Raises OSError; then `discard` takes back what was made."""
        manifest = self._entry.place / MANIFEST
        self.damaged += [(manifest, f"the item of {bad.path} {bad.why}") for bad in self._entry.bad]
        first_of: dict[str, Item] = {}
        for item in self._entry.items:  # a file that was given through two links was journaled twice
            first_of.setdefault(item.path, item)
        for path, item in ((Path(name), item) for name, item in first_of.items()):
            try:
                reason = self._stage(item, path)
            except DamagedBytes as damage:
                self.damaged.append(
                    (path, f"the journal's copy {damage.why}{self._lay_beside(path, damage)}")
                )
            else:
                if reason:
                    self.skipped.append((path, reason))

    def discard(self) -> None:
        """Remove everything that was staged, and the directories made for it."""
        self.staged.discard()
        for directory in reversed(self._made):
            with suppress(OSError):
                directory.rmdir()

    def _stage(self, item: Item, path: Path) -> str | None:
        """Stage a file's old bytes; the reason where it is to be left alone. Raises DamagedBytes."""
        if os.path.realpath(path.parent) != os.fspath(path.parent):
            return "lay in a directory that is a symbolic link now, and is left alone"
        current = regular_file(path)
        now = None if current is None else digest_of(current[0])
        if now == item.before:
            return None  # never changed, or put back already
        if now != item.after or (current is None and os.path.lexists(path)):
            return "changed since and is left alone"
        data = self._entry.old_bytes(item)
        if not self._make_directory(path.parent):
            return "cannot be put back: something else is in the place of its directory"
        self.staged.add(path, data, self._attributes(item, current and current[1]), before=item.after)
        return None

    def _attributes(self, item: Item, current: Attributes | None) -> Attributes:
        """The attributes to give: those kept; for an entry without, or another user's, the file's own."""
        if self._is_own and item.uid is not None:
            return item.attributes
        mode = item.mode if self._is_own else item.mode & _PERMISSIONS
        own = current or Attributes(mode)
        return Attributes(mode, own.uid, own.gid, own.xattrs)

    def _lay_beside(self, path: Path, damage: DamagedBytes) -> str:
        """Stage what is left of a file's bytes beside it, if that is wanted; what there is to say of it."""
        if not damage.left:
            return "; nothing is left of its bytes"
        if not self._force:
            return ""
        beside = path.with_name(f"{path.name}{DAMAGED_SUFFIX}")
        held = regular_file(beside)
        if held is not None and held[0] == damage.left:
            return f"; what is left of its bytes is in {beside.name}"
        if os.path.lexists(beside) or len(os.fsencode(beside.name)) > _MOST_NAME:
            return f"; what is left of its bytes finds no room: {beside.name} cannot be made"
        if not self._make_directory(path.parent):
            return "; what is left of its bytes finds no room: its directory cannot be made"
        self.staged.add(beside, damage.left, Attributes(0o600), before=None)
        self.beside.add(beside)
        return f"; what is left of its bytes is in {beside.name}"

    def _make_directory(self, directory: Path) -> bool:
        """Make a directory and those above it that are missing; no where something else is in its place."""
        missing = [above for above in (directory, *directory.parents) if not above.exists()]
        try:
            for above in reversed(missing):
                above.mkdir()
                self._made.append(above)
        except (FileExistsError, NotADirectoryError):
            return False
        return True


def refuse_unusable(entry: Entry, force: bool) -> None:
    """Raise RecctlError for an entry that cannot be undone at all, or only by force."""
    where = f"entry {entry.number} in {entry.place}"
    if entry.problem is not None and not (force and entry.is_forcible):
        by_force = f"recctl undo {entry.number} --force goes by what it still says"
        hint = by_force if entry.is_forcible else "recctl undo --list shows the others, by their numbers"
        raise RecctlError(f"{where} {entry.problem}; nothing was changed", hint)
    if entry.is_without_bytes:
        hint = "the old bytes are lost, unless a backup or git has them"
        raise RecctlError(f"{where} is damaged: {OLD} is missing; nothing was changed", hint)


def _owner(path: Path) -> int | None:
    try:
        return path.lstat().st_uid
    except OSError:
        return None
