"""`recctl undo`: restore the files of a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from recctl.cli.apply import report_skipped
from recctl.cli.exit_codes import ERROR, SUCCESS
from recctl.cli.options import forbid_together
from recctl.cli.reporting import report_problems
from recctl.edit.apply import Outcome
from recctl.edit.journal.entry import Entry
from recctl.edit.journal.store import Journal
from recctl.edit.undo import undo_entry
from recctl.support.errors import RecctlError, Unreadable
from recctl.support.paths import display_path
from recctl.views import output
from recctl.views.escaping import one_line
from recctl.views.journal import journal_page
from recctl.views.units import plural


def undo(
    entry: Annotated[
        int | None,
        typer.Argument(metavar="[ENTRY]", help="The number of a journal entry; by default, the last one."),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List what can be undone.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Verify every byte in the journal.")] = False,
    long: Annotated[bool, typer.Option("--long", help="List every restored file.")] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Use a damaged entry; write what is left of damaged files beside the originals."
        ),
    ] = False,
) -> None:
    """How do I get my files back? Undo what prune, normalize or check --fix changed, byte for byte.

    A file that has changed since is left alone and reported; so is one whose old bytes are damaged.

    Examples:

      recctl undo

      recctl undo --list
    """
    forbid_together(list=listing, check=check, force=force)
    journal = Journal()
    if listing:
        output.write_page(list(journal_page(journal.entries())))
        raise typer.Exit(SUCCESS)
    if check:
        raise typer.Exit(_verify(journal.entries()))
    chosen = _chosen(journal, entry)
    outcome = undo_entry(journal, chosen, force)
    if long:
        output.write_text("".join(f"{one_line(display_path(path))}\n" for path in outcome.done))
    report_skipped(outcome)
    output.print_stderr(_summary(chosen, outcome, long))
    if outcome.damaged and not force:
        output.print_stderr(
            f"recctl undo {chosen.number} --force writes what is left of damaged files beside them"
        )
    raise typer.Exit(ERROR if outcome.skipped else SUCCESS)


def _summary(entry: Entry, outcome: Outcome, long: bool) -> str:
    """Return `6 files of prune restored; --long lists them`."""
    command = f" of {one_line(entry.command)}" if outcome.done else ""
    removed = f", {plural(len(outcome.removed), 'new file')} removed" if outcome.removed else ""
    left = f", {plural(len(outcome.skipped), 'file')} left alone" if outcome.skipped else ""
    hint = "; --long lists them" if outcome.done and not long else ""
    return f"{plural(len(outcome.done), 'file')}{command} restored{removed}{left}{hint}"


def _verify(entries: Sequence[Entry]) -> int:
    """Report what is wrong with each entry; return the exit code."""
    damaged = 0
    for entry in reversed(entries):
        problems = [Unreadable(entry.path, f"{one}") for one in entry.damages()]
        damaged += bool(problems)
        report_problems(problems)
    state = f"{damaged:,} damaged" if damaged else "all intact"
    output.print_stderr(f"{len(entries):,} {'entry' if len(entries) == 1 else 'entries'}, {state}")
    return ERROR if damaged else SUCCESS


def _chosen(journal: Journal, number: int | None) -> Entry:
    """Return the entry to undo. Raises RecctlError if there is none."""
    entries = journal.entries()
    if number is None:
        last = next((entry for entry in entries if not entry.undone), None)
        if last is None:
            raise RecctlError("nothing to undo", "see: recctl undo --list")
        return last
    chosen = next((entry for entry in entries if entry.number == number), None)
    if chosen is None:
        raise RecctlError(f"no entry {number}", "see: recctl undo --list")
    return chosen
