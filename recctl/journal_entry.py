"""What the journal keeps of one run."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from recctl.edits import digest_of
from recctl.errors import RecctlError

_UNDONE = "undone"


class Item(msgspec.Struct, frozen=True):
    """One file of an entry: where its old bytes lie, and the digests of old and new (None: removed)."""

    path: str
    offset: int
    size: int
    mode: int
    before: str
    after: str | None


class _Manifest(msgspec.Struct, frozen=True):
    """What `manifest.json` holds."""

    command: str
    directory: str
    created: str
    items: tuple[Item, ...]


class Entry(msgspec.Struct, frozen=True):
    """One run: which command, in which directory, when, and the files it changed."""

    number: int
    command: str
    directory: str
    created: str
    items: tuple[Item, ...]
    place: Path

    @property
    def size(self) -> int:
        """Bytes kept."""
        return sum(item.size for item in self.items)

    @property
    def undone(self) -> bool:
        """Whether its files are back already."""
        return (self.place / _UNDONE).exists()

    def mark_undone(self) -> None:
        """Note that its files are back."""
        (self.place / _UNDONE).touch(mode=0o600)

    def old_bytes(self, item: Item) -> bytes:
        """The bytes a file had. Raises RecctlError where the journal is damaged."""
        with (self.place / "old").open("rb") as file:
            file.seek(item.offset)
            data = file.read(item.size)
        if digest_of(data) != item.before:
            raise RecctlError(f"{self.place} is damaged: it has other bytes of {item.path} than it noted")
        return data


def load_entry(place: Path) -> Entry | None:
    """The entry in a directory; None where there is none that can be read."""
    try:
        manifest = json.loads((place / "manifest.json").read_bytes())
        held = msgspec.convert(manifest, _Manifest)
        if any("\0" in item.path for item in held.items):
            return None
        return Entry(int(place.name), held.command, held.directory, held.created, held.items, place)
    except (OSError, ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return None
