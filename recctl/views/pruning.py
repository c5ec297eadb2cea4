"""`recctl prune`: the recordings to remove, by test, and why others are kept."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from recctl.edit.apply import Outcome
from recctl.edit.prune import Pruning, Stale
from recctl.recordings.ref import display_ref
from recctl.support.jsonvalue import JsonObject
from recctl.support.paths import display_path
from recctl.views.escaping import one_line
from recctl.views.styled_lines import BLANK, Line, Span, line, styled
from recctl.views.units import format_size, plural


def pruning_page(pruning: Pruning) -> Iterator[Line]:
    """Yield recordings that git has unchanged, by test, then those that it has not, then why others stay."""
    in_git = [stale for stale in pruning.remove if stale.git in ("unchanged", None)]
    not_in_git = [stale for stale in pruning.remove if stale not in in_git]
    yield from _by_test(in_git)
    if not_in_git:
        if in_git:
            yield BLANK
        yield styled("Not committed to git as they are; only recctl undo can restore these:", "warning")
        yield from _by_test(not_in_git)
    if pruning.unjudged:
        if pruning.remove:
            yield BLANK
        yield styled("Kept, because it is unknown whether their tests exist:", "dim")
        for reason, count in sorted(pruning.unjudged.items(), key=lambda pair: -pair[1]):
            yield line(Span(f"{count:>6,}  {one_line(reason)}", "dim"))


def _by_test(stale: list[Stale]) -> Iterator[Line]:
    ordered = sorted(stale, key=lambda one: (one.summary.header.test_id or "", str(one.summary.path)))
    for test_id, group in groupby(ordered, key=lambda one: one.summary.header.test_id):
        files = list(group)
        size = format_size(sum(one.summary.size for one in files))
        yield line(Span(one_line(test_id or ""), "heading"))
        yield line(
            Span(f"{plural(len(files), 'file')}, {size}: {one_line(files[0].reason)}", "dim"), indent=1
        )
        if files[0].renamed_to:
            yield line(Span(f"renamed to {one_line(files[0].renamed_to)}?", "warning"), indent=1)
        for one in files:
            state = "" if one.git in ("unchanged", None) else f"  {one.git}"
            yield line(
                Span(one_line(display_ref(one.summary.ref)), "removed"), Span(state, "warning"), indent=2
            )


def pruning_totals(pruning: Pruning, outcome: Outcome | None) -> str:
    """Return `160 recordings of 72 tests to remove, 1.2 MB; 208 live, 90 not judged` and what to do.

    `outcome` is None in a dry run.
    """
    rest = f"{pruning.keep:,} live, {sum(pruning.unjudged.values()):,} not judged"
    if not pruning.remove:
        return f"nothing to remove; {rest}"
    removed = list(pruning.remove)
    if outcome is None:
        did, after = "to remove", "" if pruning.refused else "; --write removes them"
    else:
        done = set(outcome.done)
        if not done:
            return f"nothing removed; {rest}"
        removed = [one for one in removed if one.summary.path in done]
        did, after = "removed", "; recctl undo restores them"
    tests = plural(len({one.summary.header.test_id for one in removed}), "test")
    size = format_size(sum(one.summary.size for one in removed))
    return f"{plural(len(removed), 'recording')} of {tests} {did}, {size}; {rest}{after}"


def pruning_object(pruning: Pruning) -> JsonObject:
    """Return the keys of `prune --json`; `git` is null outside a repository."""
    return {
        "remove": [
            {
                "path": display_path(stale.summary.path),
                "test_id": stale.summary.header.test_id,
                "reason": stale.reason,
                "size": stale.summary.size,
                "git": stale.git,
                "renamed_to": stale.renamed_to,
            }
            for stale in pruning.remove
        ],
        "keep": pruning.keep,
        "unjudged": sum(pruning.unjudged.values()),
        "refused": pruning.refused,
    }
