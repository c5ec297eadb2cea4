"""Edits: what a command is going to do to files. A plan is a list of them; the dry run prints it.

An edit carries the digest of the bytes that it was planned for. A file that has other bytes when the plan is
carried out is left alone.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from recctl.support.errors import RecctlError
from recctl.support.paths import display_path


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


class Rename(msgspec.Struct, frozen=True, tag="rename"):
    """A file moves to `target`, with other bytes where there are patches.

    `before` is the digest of the bytes that it must still have. Nothing may be at the target, unless the
    plan removes or renames that file too. Directories of the target that are missing are made.
    """

    path: Path
    before: str
    target: Path
    patches: tuple[Patch, ...] = ()


Edit: TypeAlias = Rewrite | Removal | Rename


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


class Located(msgspec.Struct, frozen=True):
    """An edit with the locations that it changes; `target` is that of a rename."""

    edit: Edit
    location: Path
    target: Path | None

    @property
    def locations(self) -> tuple[Path, ...]:
        """All locations that it changes."""
        return (self.location,) if self.target is None else (self.location, self.target)


def location_of(path: Path) -> Path:
    """Return a path with the links of its directory resolved; a link at the path itself stays one."""
    return Path(os.path.realpath(path.parent), path.name)


def located(plan: Iterable[Edit]) -> Iterator[Located]:
    """Yield the edits of a plan with their locations; each directory is resolved once."""
    directories: dict[Path, Path] = {}

    def locate(path: Path) -> Path:
        if path.parent not in directories:
            directories[path.parent] = location_of(path).parent
        return directories[path.parent] / path.name

    for edit in plan:
        yield Located(edit, locate(edit.path), locate(edit.target) if isinstance(edit, Rename) else None)


def grouped(plan: Iterable[Located]) -> list[list[Located]]:
    """Group the edits that share a location, as renames in a chain do; a group is done whole or not at all.

    Raises RecctlError where edits contradict each other.
    """
    group_at: dict[Path, list[Located]] = {}
    groups: dict[int, list[Located]] = {}
    for one in plan:
        joined = {id(group): group for at in one.locations if (group := group_at.get(at)) is not None}
        group = [*(earlier for group in joined.values() for earlier in group), one]
        for old in joined:
            del groups[old]
        groups[id(group)] = group
        group_at.update((at, group) for member in group for at in member.locations)
    for group in groups.values():
        _require_consistent(group)
    return list(groups.values())


def _require_consistent(group: Sequence[Located]) -> None:
    """Raise RecctlError where a file would be edited twice, or two files would get one name."""
    leaving: dict[Path, Edit] = {}
    arriving: dict[Path, Path] = {}
    for one in group:
        path = display_path(one.edit.path)
        if one.location in leaving:
            raise _contradiction(f"{path} would be edited twice")
        leaving[one.location] = one.edit
        if one.target == one.location:
            raise _contradiction(f"{path} would be renamed to itself")
        if one.target in arriving:
            names = f"{display_path(arriving[one.target])} and {path}"
            raise _contradiction(f"{names} would both be renamed to {display_path(one.target)}")
        if one.target is not None:
            arriving[one.target] = one.edit.path
    if arriving and all(isinstance(leaving.get(target), Rename) for target in arriving):
        names = ", ".join(display_path(source) for source in arriving.values())
        raise RecctlError(
            f"{names} would exchange names; nothing was changed", "rename one of them to another name first"
        )
    for target, source in arriving.items():
        if isinstance(leaving.get(target), Rewrite):
            what = f"{display_path(target)} would be rewritten and replaced by {display_path(source)}"
            raise _contradiction(what)


def _contradiction(what: str) -> RecctlError:
    return RecctlError(f"{what}; nothing was changed", "do it in two steps")
