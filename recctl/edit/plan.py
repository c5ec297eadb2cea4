"""Edits: what a command is going to do to files. A plan is a list of them; the dry run prints it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

import msgspec


class Patch(msgspec.Struct, frozen=True):
    """Bytes `start` up to `end` of a file become `new`."""

    start: int
    end: int
    new: bytes


class Rewrite(msgspec.Struct, frozen=True, tag="rewrite"):
    """A file gets other bytes. `before` is the digest of the bytes that it must still have."""

    path: Path
    before: str
    patches: tuple[Patch, ...]


class Removal(msgspec.Struct, frozen=True, tag="removal"):
    """A file is removed. `before` is the digest of the bytes that it must still have."""

    path: Path
    before: str


Edit: TypeAlias = Rewrite | Removal


def digest_of(data: bytes) -> str:
    """Return the digest by which a file is recognized as unchanged."""
    return hashlib.sha256(data).hexdigest()


def patched(data: bytes, patches: Iterable[Patch]) -> bytes:
    """Return the bytes with each patch applied; patches are in order and do not overlap."""
    parts: list[bytes] = []
    position = 0
    for patch in patches:
        parts += [data[position : patch.start], patch.new]
        position = patch.end
    return b"".join([*parts, data[position:]])
