"""Carry out a plan of edits, for the commands that change files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from recctl.cli.reporting import print_notes, report_problems
from recctl.edit import apply
from recctl.edit.apply import Outcome
from recctl.edit.journal.store import Journal
from recctl.edit.plan import Edit
from recctl.support.errors import Unreadable
from recctl.views.journal import loss_line


@contextmanager
def survive_closed_pipe(write: bool) -> Iterator[None]:
    """Print the plan inside this: with --write, still apply changes if stdout is closed (`| head`)."""
    try:
        yield
    except SystemExit:
        if not write:
            raise


def apply_plan(plan: Sequence[Edit], command: str, files: Sequence[Path], drop_old: bool = False) -> Outcome:
    """Apply a plan and print which journal entries were dropped to make room for it.

    `files` are those that the command was given; the journal records their directories.
    Raises RecctlError, with nothing changed, if the plan cannot be applied.
    """
    outcome = apply.apply_plan(Journal(), plan, command, {path.parent for path in files}, drop_old)
    print_notes(loss_line(loss) for loss in outcome.losses)
    return outcome


def report_skipped(outcome: Outcome) -> int:
    """Print which files were left alone and why; return the exit code that follows."""
    return report_problems(Unreadable(one.path, one.reason) for one in outcome.skipped)
