"""What the commands that change files share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from recctl.commands.common import DONE, report
from recctl.edits import Edit
from recctl.errors import Unreadable
from recctl.journal import Journal, Outcome

WriteOption = Annotated[bool, typer.Option("--write", help="Do it; without this it is only shown.")]


def carry_out(plan: Sequence[Edit], command: str) -> int:
    """Apply a plan, and say which files were left alone; the exit code that follows from them."""
    return tell_skipped(Journal().apply(plan, command)) if plan else DONE


def tell_skipped(outcome: Outcome) -> int:
    """Say which files were left alone and why; the exit code that follows from them."""
    return report(Unreadable(path, why) for path, why in outcome.skipped)
