"""Read an entry of the journal: a directory with the old bytes of one run's files and two manifests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from recctl.edit.files import regular_file
from recctl.edit.journal.manifest import COPY, MANIFEST, BadItem, Item, Manifest, Reading, read_manifest
from recctl.edit.plan import digest_of
from recctl.edit.staging import write_new

OLD = "old"
_UNDONE = "undone"
_STRIPPED = "has lost its checksum"
_READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class DamagedBytes(Exception):
    """The journal's copy of a file is damaged; `left` are the bytes that are there."""

    def __init__(self, why: str, left: bytes) -> None:
        super().__init__(why)
        self.why = why
        self.left = left


class Entry(msgspec.Struct, frozen=True):
    """One run: which command, in which directory, when, and the paths it changed.

    `path` is the entry's own directory, `size` the number of bytes kept. `problem` says why it cannot be used
    at all, or only by force (`is_forcible`); `faults` what is wrong with one of its manifests while the other
    is good; `bad` has the items that cannot be used. `is_newer` says that a newer recctl wrote it.
    """

    number: int
    path: Path
    size: int
    manifest: Manifest = Manifest("", "", "", ())
    faults: tuple[str, ...] = ()
    problem: str | None = None
    is_newer: bool = False

    @property
    def command(self) -> str:
        """The command of the run."""
        return self.manifest.command

    @property
    def items(self) -> tuple[Item, ...]:
        """The paths it changed."""
        return self.manifest.items

    @property
    def bad(self) -> tuple[BadItem, ...]:
        """The items that cannot be used."""
        return self.manifest.bad

    @property
    def files(self) -> int:
        """The number of files that it keeps."""
        return sum(item.before is not None for item in self.items) + len(self.bad)

    @property
    def undone(self) -> bool:
        """Whether its files have been put back."""
        return os.path.lexists(self.path / _UNDONE)

    @property
    def is_forcible(self) -> bool:
        """Whether there are items to use, though nothing proves that they are right."""
        return bool(self.items)

    @property
    def hint(self) -> str:
        """What to do about its problem; empty where nothing can be done, or nothing needs to be."""
        if self.is_newer:
            return "upgrade recctl to undo it"
        if self.problem is not None and self.is_forcible:
            return f"recctl undo {self.number} --force uses what its manifest still says"
        return ""

    @property
    def is_without_bytes(self) -> bool:
        """Whether the file of the old bytes is missing."""
        return not os.path.lexists(self.path / OLD)

    def mark_undone(self) -> None:
        """Note that its files have been put back."""
        with suppress(OSError):  # the next undo finds nothing to do, and notes it
            (self.path / _UNDONE).touch(mode=0o600)

    def old_bytes(self, item: Item) -> bytes:
        """Return the bytes that a file had. Raises DamagedBytes."""
        if item.offset > self.size:
            raise DamagedBytes("begins beyond the end of all bytes", b"")
        try:
            with open(os.open(self.path / OLD, _READING), "rb") as file:
                file.seek(item.offset)
                data = file.read(min(item.size, self.size - item.offset))
        except OSError as error:
            raise DamagedBytes(f"cannot be read: {error.strerror}", b"") from None
        if digest_of(data) != item.before:
            raise DamagedBytes("is cut short" if len(data) < item.size else "does not match its digest", data)
        return data

    def repair(self) -> None:
        """Replace a damaged manifest by the good one."""
        if self.faults and self.problem is None:
            raw = next(
                raw for name in (MANIFEST, COPY) if (raw := _bytes(self.path / name)) and _is_proven(raw)
            )
            for name in (MANIFEST, COPY):
                if _bytes(self.path / name) != raw:
                    with suppress(OSError):
                        write_new(self.path / name, raw, 0o600)

    def damages(self) -> Iterator[str]:
        """Yield everything that is wrong with it, in words; reads all of its bytes."""
        if self.problem is not None:
            yield self.problem
        yield from self.faults
        yield from (f"{one.path}: {one.why}" for one in self.bad)
        if self.is_without_bytes:
            yield f"{OLD} is missing"
            return
        for item in self.items:
            try:
                if item.before is not None:
                    self.old_bytes(item)
            except DamagedBytes as damage:
                yield f"{item.path}: its copy {damage.why}"
        yield from (f"{path}: its bytes overlap with those of another file" for path in _overlapping(self))


def load_entry(path: Path) -> Entry:
    """Return the entry in a directory whose name is a number, whatever state it is in."""
    number, size = int(path.name), _size(path / OLD)
    manifest, copy = (_reading(path / name) for name in (MANIFEST, COPY))
    named = ((MANIFEST, manifest), (COPY, copy))
    good = next((one for _, one in named if one.state == "proven"), None)
    if good is not None and good.manifest is not None:
        faults = tuple(f"{name} {one.why}" for name, one in named if one.state != "proven")
        return Entry(number, path, size, good.manifest, faults)
    newer = next((one for _, one in named if one.state == "newer"), None)
    if newer is not None:
        return Entry(number, path, size, problem=newer.why, is_newer=True)
    if manifest.state == "plain" and copy.state == "missing" and manifest.manifest is not None:
        return Entry(number, path, size, manifest.manifest)
    problem = "is damaged: " + ", ".join(f"{name} {one.why or _STRIPPED}" for name, one in named)
    held = manifest.manifest or copy.manifest
    return Entry(number, path, size, held or Manifest("", "", "", ()), problem=problem)


def _reading(path: Path) -> Reading:
    raw = _bytes(path)
    if raw is not None:
        return read_manifest(raw)
    return Reading("damaged", "cannot be read") if os.path.lexists(path) else Reading("missing", "is missing")


def _bytes(path: Path) -> bytes | None:
    held = regular_file(path)
    return None if held is None else held.data


def _is_proven(raw: bytes) -> bool:
    return read_manifest(raw).state == "proven"


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _overlapping(entry: Entry) -> Iterator[str]:
    """Yield the paths of files whose bytes begin before those of the file before end."""
    end = 0
    for item in sorted(entry.items, key=lambda item: (item.offset, item.size)):
        if item.size and item.offset < end:
            yield item.path
        end = max(end, item.offset + item.size)
