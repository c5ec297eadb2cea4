"""The journal of changes, as `recctl undo --list` prints it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from recctl.edit.journal.entry import Entry
from recctl.edit.journal.retention import Loss
from recctl.support.paths import display_path
from recctl.views.escaping import one_line
from recctl.views.styled_lines import Line, Span, line, styled
from recctl.views.units import format_size, plural


def journal_page(entries: Sequence[Entry]) -> Iterator[Line]:
    """Yield a line per entry, the newest first; one that is damaged or of a newer recctl says so."""
    for entry in entries:
        ran_in = entry.manifest.directory
        about = f"{plural(entry.files, 'file')}  {format_size(entry.size)}"
        known = f"  {one_line(entry.manifest.created)}  {one_line(entry.command):<9}  {about}"
        where = f"  {one_line(display_path(Path(ran_in)))}" if ran_in else ""
        yield line(
            Span(f"{entry.number:>4}", "id"),
            f"{known}{where}" if entry.manifest.created else "",
            Span("  undone" if entry.undone else "", "dim"),
            Span(one_line(_damage(entry)), "warning"),
        )
    if not entries:
        yield styled("no changes yet", "dim")


def _damage(entry: Entry) -> str:
    """Return what is wrong with an entry and its path, if anything is; old bytes are not read for this."""
    bad = f"{plural(len(entry.bad), 'file')} damaged" if entry.bad else ""
    lost = "damaged: the old bytes are missing" if entry.is_without_bytes else ""
    parts = [text for text in (entry.problem, *entry.faults, bad, lost) if text]
    hint = f"; {entry.hint}" if entry.hint else ""
    return f"  {', '.join(parts)}{hint}  {display_path(entry.path)}" if parts else ""


def loss_line(loss: Loss) -> str:
    """Return what was lost with an entry that was dropped to make room."""
    kept = (
        "its files cannot be listed"
        if loss.files is None
        else f"with the only copy of {plural(loss.files, 'file')}"
    )
    return f"entry {loss.entry.number} of {loss.entry.manifest.created or 'unknown time'} was dropped, {kept}"
