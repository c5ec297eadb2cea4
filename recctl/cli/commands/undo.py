"""`recctl undo`: the last change taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from recctl.cli.apply import tell_skipped
from recctl.cli.options import DONE, TROUBLE, refuse_together, report
from recctl.edit.apply import Outcome
from recctl.edit.journal.entry import Entry
from recctl.edit.journal.store import Journal
from recctl.edit.undo import undo_entry
from recctl.support.errors import RecctlError, Unreadable
from recctl.support.paths import display_path
from recctl.views import output
from recctl.views.escaping import one_line, plural
from recctl.views.normalization import journal_page


def undo(
    entry: Annotated[
        int | None,
        typer.Argument(metavar="[ENTRY]", help="The number of an entry; the last if none is given."),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Show what can be undone.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Verify every byte that the journal holds.")] = False,
    long: Annotated[bool, typer.Option("--long", help="List every file that was restored.")] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Use a damaged entry, and lay what is left of damaged bytes beside the files."
        ),
    ] = False,
) -> None:
    """Take back what prune, normalize or check --fix changed: every file as it was, byte for byte.

    A file that changed since is left alone and named; so is one whose old bytes are damaged.

    Examples:

      recctl undo

      recctl undo --list
    """
    refuse_together(list=listing, check=check, force=force)
    journal = Journal()
    if listing:
        output.write_page(list(journal_page(journal.entries())))
        raise typer.Exit(DONE)
    if check:
        raise typer.Exit(_verify(journal.entries()))
    chosen = _chosen(journal, entry)
    outcome = undo_entry(journal, chosen, force)
    if long:
        output.write_text("".join(f"{one_line(display_path(path))}\n" for path in outcome.done))
    tell_skipped(outcome)
    output.say(_summary(chosen, outcome, long))
    if outcome.damaged and not force:
        output.say(f"recctl undo {chosen.number} --force lays what is left of damaged bytes beside the files")
    raise typer.Exit(TROUBLE if outcome.skipped else DONE)


def _summary(entry: Entry, outcome: Outcome, long: bool) -> str:
    """Return `6 files of prune restored; --long lists them`."""
    command = f" of {one_line(entry.command)}" if outcome.done else ""
    removed = f", {plural(len(outcome.removed), 'new file')} removed" if outcome.removed else ""
    left = f", {plural(len(outcome.skipped), 'file')} left alone" if outcome.skipped else ""
    hint = "; --long lists them" if outcome.done and not long else ""
    return f"{plural(len(outcome.done), 'file')}{command} restored{removed}{left}{hint}"


def _verify(entries: Sequence[Entry]) -> int:
    """Say what is wrong with each entry; the exit code that follows."""
    damaged = 0
    for entry in reversed(entries):
        problems = [Unreadable(entry.path, f"{one}") for one in entry.damages()]
        damaged += bool(problems)
        report(problems)
    state = f"{damaged:,} damaged" if damaged else "all whole"
    output.say(f"{len(entries):,} {'entry' if len(entries) == 1 else 'entries'}, {state}")
    return TROUBLE if damaged else DONE


def _chosen(journal: Journal, number: int | None) -> Entry:
    """The entry to undo. Raises RecctlError where there is none."""
    entries = journal.entries()
    if number is None:
        last = next((entry for entry in entries if not entry.undone), None)
        if last is None:
            raise RecctlError("there is nothing to undo", "recctl undo --list shows what there was")
        return last
    chosen = next((entry for entry in entries if entry.number == number), None)
    if chosen is None:
        raise RecctlError(f"there is no entry {number}", "recctl undo --list shows what there is")
    return chosen
