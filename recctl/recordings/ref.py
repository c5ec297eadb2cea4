"""The identity of a recorded call: a file, and which call of it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from recctl.support.paths import display_path


class Ref(msgspec.Struct, frozen=True, order=True, gc=False):
    """A recorded call: the file that holds it, and its number there, from 1.

    `item` is None in a file that holds one call. All refs of one file have an item, or none has.
    """

    path: Path
    item: int | None = None

    def __str__(self) -> str:
        return str(self.path) if self.item is None else f"{self.path}#{self.item}"


def display_ref(ref: Ref) -> str:
    """Return a ref as users see it and may give it back: its path as `display_path` shows it, its item."""
    shown = display_path(ref.path)
    return shown if ref.item is None else f"{shown}#{ref.item}"
