"""What is planned, and what the journal holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from recctl.diff.changes import format_path
from recctl.edit.apply import Outcome
from recctl.edit.journal.entry import Entry
from recctl.edit.journal.retention import Loss
from recctl.edit.normalize import Normalization, ValueChange
from recctl.support.jsonvalue import JsonObject
from recctl.support.paths import display_path
from recctl.views.escaping import format_size, one_line, plural
from recctl.views.styled_lines import Line, Span, line, styled


def normalization_page(planned: Sequence[Normalization]) -> Iterator[Line]:
    """A line a file: which fields, how often; and the ids that stay."""
    for one in planned:
        if one.changes:
            fields = Counter(_field(change) for change in one.changes)
            told = ", ".join(f"{one_line(name)} {count}" for name, count in fields.items())
            yield line(Span(one_line(display_path(one.path)), "id"), f"  {told}")
        for kept in one.kept:
            why = f"{format_path(kept.path)} stays {kept.old}: the request of another recording carries it"
            yield styled(f"{one_line(display_path(one.path))}  {one_line(why)}", "warning")


def _field(change: ValueChange) -> str:
    return str(next(part for part in reversed(change.path) if isinstance(part, str)))


def normalization_totals(planned: Sequence[Normalization], files: int, outcome: Outcome | None) -> str:
    """`3 of 458 recordings to normalize, 12 values` and what to do about it; None where nothing was tried."""
    due = [one for one in planned if one.changes]
    kept = sum(len(one.kept) for one in planned)
    more = f", {plural(kept, 'id')} kept" if kept else ""
    if not due:
        return f"{plural(files, 'recording')}, nothing to normalize{more}"
    if outcome is None:
        did, after = "to normalize", "; --write does it"
    else:
        done = set(outcome.done)
        if not done:
            return f"nothing normalized of {plural(files, 'recording')}{more}"
        due = [one for one in due if one.path in done]
        did, after = "normalized", "; recctl undo takes it back"
    values = sum(len(one.changes) for one in due)
    return f"{len(due):,} of {plural(files, 'recording')} {did}, {plural(values, 'value')}{more}{after}"


def normalization_object(one: Normalization) -> JsonObject:
    """The keys of `normalize --json`; `kept` has the ids that stay."""
    return {
        "path": display_path(one.path),
        "changes": [_change_object(change) for change in one.changes],
        "kept": [_change_object(change) for change in one.kept],
    }


def _change_object(change: ValueChange) -> JsonObject:
    return {"path": format_path(change.path), "old": change.old, "new": change.new}


def journal_page(entries: Sequence[Entry]) -> Iterator[Line]:
    """A line an entry, the newest first; what is damaged, or of a newer recctl, says so and where it is."""
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
        yield styled("nothing has been changed yet", "dim")


def _damage(entry: Entry) -> str:
    """What is wrong with an entry at first sight, and where it lies; nothing for most."""
    bad = f"{plural(len(entry.bad), 'file')} damaged" if entry.bad else ""
    lost = "damaged: the old bytes are missing" if entry.is_without_bytes else ""
    parts = [text for text in (entry.problem, *entry.faults, bad, lost) if text]
    hint = f"; {entry.hint}" if entry.hint else ""
    return f"  {', '.join(parts)}{hint}  {display_path(entry.path)}" if parts else ""


def loss_line(loss: Loss) -> str:
    """What went with an entry that had to go."""
    kept = (
        "its files cannot be listed"
        if loss.files is None
        else f"with the only copy of {plural(loss.files, 'file')}"
    )
    return f"entry {loss.entry.number} of {loss.entry.manifest.created or 'unknown time'} was dropped, {kept}"
