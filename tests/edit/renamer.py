"""A program that renames recordings by a plan, as commands do that are built on renames.

    python -m tests.edit.renamer PLAN

The plan is a JSON array of moves. A file that is not there as planned is left out, as a command does that
looks again after a run that was killed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from recctl.edit.apply import apply_plan
from recctl.edit.journal.store import Journal
from recctl.edit.plan import Edit, Patch, Removal, Rename, digest_of
from recctl.support.errors import RecctlError


class Move(msgspec.Struct, frozen=True):
    """A file that is renamed and gets new bytes; it is removed if there is no target."""

    path: str
    target: str | None
    old: bytes
    new: bytes


def write_plan(path: Path, moves: Sequence[Move]) -> None:
    """Write the file that the program reads."""
    path.write_bytes(msgspec.json.encode(moves))


def main(arguments: Sequence[str]) -> int:
    """Carry out a plan: 0 when all was done, 2 when files were left alone or nothing could be done."""
    moves = msgspec.json.decode(Path(arguments[0]).read_bytes(), type=list[Move])
    try:
        outcome = apply_plan(Journal(), [edit_of(move) for move in moves if _is_due(move)], "rename")
    except RecctlError as error:
        sys.stderr.write(f"recctl: {error.message}; {error.hint}\n")
        return 2
    sys.stderr.writelines(f"recctl: {one.path}: {one.reason}\n" for one in outcome.skipped)
    return 2 if outcome.skipped else 0


def edit_of(move: Move) -> Edit:
    """Return the edit that makes a move."""
    path, before = Path(move.path), digest_of(move.old)
    if move.target is None:
        return Removal(path, before)
    patches = () if move.new == move.old else (Patch(0, len(move.old), move.new),)
    return Rename(path, before, Path(move.target), patches)


def _is_due(move: Move) -> bool:
    path = Path(move.path)
    return path.exists() and path.read_bytes() == move.old


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
