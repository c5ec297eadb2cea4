"""One entry of the journal: a directory with the old bytes of one run's files and two manifests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from recctl.edit.files import regular_file
from recctl.edit.journal.manifest import COPY, MANIFEST, BadItem, Item, Reading, read_manifest
from recctl.edit.plan import digest_of
from recctl.edit.staging import write_new

OLD = "old"
_UNDONE = "undone"
_STRIPPED = "has lost its checksum"
_READING = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class DamagedBytes(Exception):
    """The journal's copy of a file is not what it was; `left` are the bytes that are there."""

    def __init__(self, why: str, left: bytes) -> None:
        super().__init__(why)
        self.why = why
        self.left = left


class Entry(msgspec.Struct, frozen=True):
    """One run: which command, in which directory, when, and the files it changed.

    `problem` says why it cannot be used at all, or only by force (`is_forcible`); `faults` what is wrong
    with its manifests though another tells the same, and `bad` has the items that are of no use. `size`
    are the bytes kept.
    """

    number: int
    place: Path
    size: int
    command: str = ""
    directory: str = ""
    created: str = ""
    items: tuple[Item, ...] = ()
    bad: tuple[BadItem, ...] = ()
    faults: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def undone(self) -> bool:
        """Whether its files are back already."""
        return os.path.lexists(self.place / _UNDONE)

    @property
    def is_forcible(self) -> bool:
        """Whether it says something all the same, though nothing proves that it is right."""
        return bool(self.items)

    @property
    def is_without_bytes(self) -> bool:
        """Whether the file of the old bytes is not there at all."""
        return not os.path.lexists(self.place / OLD)

    def mark_undone(self) -> None:
        """Note that its files are back."""
        with suppress(OSError):  # they are; the next undo finds nothing to do, and notes it
            (self.place / _UNDONE).touch(mode=0o600)

    def old_bytes(self, item: Item) -> bytes:
        """The bytes a file had. Raises DamagedBytes where they are not there as they were."""
        if item.offset > self.size:
            raise DamagedBytes("is said to lie beyond the end of all bytes", b"")
        try:
            with open(os.open(self.place / OLD, _READING), "rb") as file:
                file.seek(item.offset)
                data = file.read(min(item.size, self.size - item.offset))
        except OSError as error:
            raise DamagedBytes(f"cannot be read: {error.strerror}", b"") from None
        if digest_of(data) != item.before:
            why = "is cut short" if len(data) < item.size else "has other bytes than it noted"
            raise DamagedBytes(why, data)
        return data

    def repair(self) -> None:
        """Write manifests anew that are damaged, from the one that is proven."""
        if self.faults and self.problem is None:
            raw = next(
                raw for name in (MANIFEST, COPY) if (raw := _bytes(self.place / name)) and _is_proven(raw)
            )
            for name in (MANIFEST, COPY):
                if _bytes(self.place / name) != raw:
                    with suppress(OSError):
                        write_new(self.place / name, raw, 0o600)

    def damages(self) -> Iterator[str]:
        """Everything that is wrong with it, in words; reads all of its bytes."""
        if self.problem is not None:
            yield self.problem
        yield from self.faults
        yield from (f"{one.path}: {one.why}" for one in self.bad)
        if self.is_without_bytes:
            yield f"{OLD} is missing"
            return
        for item in self.items:
            try:
                self.old_bytes(item)
            except DamagedBytes as damage:
                yield f"{item.path}: its copy {damage.why}"
        yield from (f"{path}: its bytes overlap with those of another file" for path in _overlapping(self))


def load_entry(place: Path) -> Entry:
    """The entry in a directory whose name is a number, whatever state it is in."""
    number, size = int(place.name), _size(place / OLD)
    manifest, copy = (_reading(place / name) for name in (MANIFEST, COPY))
    faults: tuple[str, ...] = ()
    problem = None
    chosen = next((one for one in (manifest, copy) if one.state == "proven"), None)
    if chosen is not None:
        both = ((MANIFEST, manifest), (COPY, copy))
        faults = tuple(f"{name} {one.why}" for name, one in both if one.state != "proven")
    elif "newer" in (manifest.state, copy.state):
        newer = manifest if manifest.state == "newer" else copy
        return Entry(number, place, size, problem=newer.why)
    elif manifest.state == "plain" and copy.state == "missing":
        chosen = manifest
    else:
        problem = f"is damaged: {MANIFEST} {manifest.why or _STRIPPED}, {COPY} {copy.why or _STRIPPED}"
        chosen = manifest if manifest.manifest is not None else copy
    held = chosen.manifest
    if held is None:
        return Entry(number, place, size, problem=problem)
    named = (held.command, held.directory, held.created)
    return Entry(number, place, size, *named, held.items, held.bad, faults, problem)


def _reading(path: Path) -> Reading:
    raw = _bytes(path)
    if raw is not None:
        return read_manifest(raw)
    return Reading("damaged", "cannot be read") if os.path.lexists(path) else Reading("missing", "is missing")


def _bytes(path: Path) -> bytes | None:
    held = regular_file(path)
    return None if held is None else held[0]


def _is_proven(raw: bytes) -> bool:
    return read_manifest(raw).state == "proven"


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def _overlapping(entry: Entry) -> Iterator[str]:
    """The paths of files whose bytes begin before those of the file before end."""
    end = 0
    for item in sorted(entry.items, key=lambda item: (item.offset, item.size)):
        if item.size and item.offset < end:
            yield item.path
        end = max(end, item.offset + item.size)
