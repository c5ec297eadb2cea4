"""`recctl normalize`: the values to normalize, by file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from recctl.diff.changes import format_path
from recctl.edit.apply import Outcome
from recctl.edit.normalize import Normalization, ValueChange
from recctl.support.jsonvalue import JsonObject
from recctl.support.paths import display_path
from recctl.views.escaping import one_line
from recctl.views.styled_lines import Line, Span, line, styled
from recctl.views.units import plural


def normalization_page(planned: Sequence[Normalization]) -> Iterator[Line]:
    """Yield a line per file with its fields and counts, and a line per id that is kept."""
    for one in planned:
        if one.changes:
            fields = Counter(_field(change) for change in one.changes)
            counts = ", ".join(f"{one_line(name)} {count}" for name, count in fields.items())
            yield line(Span(one_line(display_path(one.path)), "id"), f"  {counts}")
        for kept in one.kept:
            why = f"{format_path(kept.path)} stays {kept.old}: the request of another recording contains it"
            yield styled(f"{one_line(display_path(one.path))}  {one_line(why)}", "warning")


def _field(change: ValueChange) -> str:
    return str(next(part for part in reversed(change.path) if isinstance(part, str)))


def normalization_totals(planned: Sequence[Normalization], files: int, outcome: Outcome | None) -> str:
    """Return `3 of 458 recordings to normalize, 12 values` and what to do; `outcome` is None in a dry run."""
    due = [one for one in planned if one.changes]
    kept = sum(len(one.kept) for one in planned)
    more = f", {plural(kept, 'id')} kept" if kept else ""
    if not due:
        return f"{plural(files, 'recording')}, nothing to normalize{more}"
    if outcome is None:
        did, after = "to normalize", "; --write normalizes them"
    else:
        done = set(outcome.done)
        if not done:
            return f"nothing normalized of {plural(files, 'recording')}{more}"
        due = [one for one in due if one.path in done]
        did, after = "normalized", "; recctl undo restores them"
    values = sum(len(one.changes) for one in due)
    return f"{len(due):,} of {plural(files, 'recording')} {did}, {plural(values, 'value')}{more}{after}"


def normalization_object(one: Normalization) -> JsonObject:
    """Return the keys of `normalize --json`; `kept` has the ids that stay as they are."""
    return {
        "path": display_path(one.path),
        "changes": [_change_object(change) for change in one.changes],
        "kept": [_change_object(change) for change in one.kept],
    }


def _change_object(change: ValueChange) -> JsonObject:
    return {"path": format_path(change.path), "old": change.old, "new": change.new}
