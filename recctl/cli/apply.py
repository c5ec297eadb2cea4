"""What the commands that change files share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from recctl.cli.options import report, tell
from recctl.edit.apply import Outcome, apply_plan
from recctl.edit.journal.store import Journal
from recctl.edit.plan import Edit
from recctl.support.errors import Unreadable
from recctl.views.normalization import loss_line

WriteOption = Annotated[bool, typer.Option("--write", help="Do it; without this it is only shown.")]


@contextmanager
def though_unread(write: bool) -> Iterator[None]:
    """Print inside this: what is to be written is done though the reader of the output has gone."""
    try:
        yield
    except SystemExit:
        if not write:
            raise


def carry_out(plan: Sequence[Edit], command: str, files: Sequence[Path], drop_old: bool = False) -> Outcome:
    """Apply a plan made for these files, and say which entries had to go for it.

    Raises RecctlError, with nothing changed, where that is impossible.
    """
    outcome = apply_plan(Journal(), plan, command, {path.parent for path in files}, drop_old)
    tell(loss_line(loss) for loss in outcome.losses)
    return outcome


def tell_skipped(outcome: Outcome) -> int:
    """Say which files were left alone and why; the exit code that follows from them."""
    return report(Unreadable(one.path, one.reason) for one in outcome.skipped)
