"""`diff` of two states: the review of a re-recording, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recctl.answer import answer
from recctl.compare.review import GRAVITY, STATUSES, Entry, ResponseChange, Status, TestReview, counts
from recctl.preview import preview
from recctl.render.difference import change_lines
from recctl.render.page import BLANK, Line, Span, Style, line, styled
from recctl.render.safe import one_line

_ANSWERS: dict[ResponseChange, str] = {
    "same": "same answer",
    "volatile": "same answer but for ids and times",
    "text": "other words",
    "tool_calls": "other tool calls",
    "finish_reason": "other finish reason",
    "error": "error changed",
    "other": "other answer",
}
_STYLES: dict[Status, Style] = {
    "rerecorded": "warning",
    "moved": "model",
    "added": "added",
    "removed": "removed",
    "volatile": "dim",
}


def review_page(tests: Sequence[TestReview], long: bool) -> Iterator[Line]:
    """By test: each recording that changed, and how. Quiet ones only with `long`, else counted at the end."""
    shown = 0
    for test in tests:
        entries = [entry for entry in test.entries if long or not entry.quiet]
        if not entries:
            continue
        if shown:
            yield BLANK
        shown += 1
        yield styled(one_line(test.test_id or "outside any test"), "heading")
        for entry in entries:
            yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[Line]:
    names = [recording.summary.name.reference for recording in (entry.old, entry.new) if recording]
    name = " → ".join(dict.fromkeys(one_line(name) for name in names))
    parts = [Span(f"{entry.status}  ", _STYLES[entry.status]), Span(name, "id")]
    if entry.response:
        grave = entry.response in ("error", "tool_calls", "finish_reason")
        parts.append(Span(f"  {_answer(entry)}", "error" if grave else "dim"))
    alone = entry.new or entry.old
    if entry.response is None and alone is not None:
        parts.append(Span(f"  {one_line(preview(answer(alone)).text)}", "dim"))
    yield line(*parts, indent=1)
    for change in entry.changes:
        if change.path != ("test_id",):
            yield from change_lines(change, indent=2)


def _answer(entry: Entry) -> str:
    if entry.response == "error" and entry.old and entry.new:
        if entry.new.summary.failed and not entry.old.summary.failed:
            return "the answer became an error"
        if entry.old.summary.failed and not entry.new.summary.failed:
            return "the error became an answer"
    if entry.status == "moved" and entry.response == "volatile":
        return _ANSWERS["same"]  # the id in it follows the name
    return _ANSWERS[entry.response] if entry.response else ""


def review_totals(tests: Sequence[TestReview]) -> str:
    """`3 tests: 2 rerecorded, 1 moved (1 error, 2 other words); 4 quiet not listed`"""
    if not tests:
        return "no recording changed"
    counted = counts(tests)
    statuses = ", ".join(f"{counted[status]:,} {status}" for status in STATUSES if counted[status])
    kinds = [(kind, counted[f"response:{kind}"]) for kind in GRAVITY if kind not in ("same", "volatile")]
    answers = ", ".join(f"{count:,} {_ANSWERS[kind]}" for kind, count in kinds if count)
    quiet = sum(entry.quiet for test in tests for entry in test.entries)
    more = f"; {quiet:,} quiet, see --long" if quiet else ""
    noun = "test" if len(tests) == 1 else "tests"
    return f"{len(tests):,} {noun}: {statuses}{f' ({answers})' if answers else ''}{more}"
