"""`prune`: what would go, by test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from recctl.edit.apply import Outcome
from recctl.edit.prune import Pruning, Stale
from recctl.recordings.ref import display_ref
from recctl.support.jsonvalue import JsonObject
from recctl.support.paths import display_path
from recctl.views.escaping import format_size, one_line, plural
from recctl.views.styled_lines import BLANK, Line, Span, line, styled


def pruning_page(answered: Pruning) -> Iterator[Line]:
    """What git holds unchanged, by test; then apart what it does not; then why others are not judged."""
    held = [stale for stale in answered.remove if stale.git in ("unchanged", None)]
    apart = [stale for stale in answered.remove if stale not in held]
    yield from _by_test(held)
    if apart:
        if held:
            yield BLANK
        yield styled("Not in git as they are; only undo brings these back:", "warning")
        yield from _by_test(apart)
    if answered.unjudged:
        if answered.remove:
            yield BLANK
        yield styled("Kept, because nothing tells:", "dim")
        for reason, count in sorted(answered.unjudged.items(), key=lambda pair: -pair[1]):
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


def pruning_totals(answered: Pruning, outcome: Outcome | None) -> str:
    """`160 recordings of 72 tests to remove, 1.2 MB; 208 live, 90 not judged` and what to do about it.

    `outcome` is None where nothing was tried.
    """
    rest = f"{answered.keep:,} live, {sum(answered.unjudged.values()):,} not judged"
    if not answered.remove:
        return f"nothing to remove; {rest}"
    removed = list(answered.remove)
    if outcome is None:
        did, after = "to remove", "" if answered.refused else "; --write does it"
    else:
        done = set(outcome.done)
        if not done:
            return f"nothing removed; {rest}"
        removed = [one for one in removed if one.summary.path in done]
        did, after = "removed", "; recctl undo brings them back"
    tests = plural(len({one.summary.header.test_id for one in removed}), "test")
    size = format_size(sum(one.summary.size for one in removed))
    return f"{plural(len(removed), 'recording')} of {tests} {did}, {size}; {rest}{after}"


def pruning_object(answered: Pruning) -> JsonObject:
    """The keys of `prune --json`; `git` is null outside a repository."""
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
            for stale in answered.remove
        ],
        "keep": answered.keep,
        "unjudged": sum(answered.unjudged.values()),
        "refused": answered.refused,
    }
