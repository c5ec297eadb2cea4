"""`recctl diff` of two states: the review of a re-recording, the most severe change first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recctl.catalog.preview import preview
from recctl.conversation.answer import answer
from recctl.diff.changes import Change, Path, format_path
from recctl.diff.response_change import INSIGNIFICANT, SEVERITY, ResponseChange
from recctl.diff.review import (
    STATUSES,
    NameChange,
    ReviewedRecording,
    ReviewedTest,
    Status,
    count_responses,
    count_statuses,
)
from recctl.views.changes import change_lines, short_value
from recctl.views.escaping import one_line
from recctl.views.styled_lines import BLANK, Line, Span, Style, line, styled
from recctl.views.units import plural

_ANSWERS: dict[ResponseChange, str] = {
    "same": "same answer",
    "volatile": "same answer except ids and times",
    "type": "same answer except its type",
    "text": "text changed",
    "tool_calls": "tool calls changed",
    "finish_reason": "finish reason changed",
    "error": "error changed",
    "other": "answer changed",
}
_NAMES: dict[NameChange, str] = {
    "broken": "request changed, name did not: no replay finds it",
    "still broken": "request changed, name did not, and did not fit before: no replay finds it",
    "repaired": "its name fits its request again",
}
_WRONG_NAME = "its name is not the hash of its request: no replay finds it"
_TEST = {True: "its test still exists", False: "its test no longer exists", None: ""}
_STYLES: dict[Status, Style] = {
    "edited": "error",
    "rerecorded": "warning",
    "moved": "model",
    "added": "added",
    "removed": "removed",
    "volatile": "dim",
}


def review_page(tests: Sequence[ReviewedTest], long: bool) -> Iterator[Line]:
    """Yield by test each recording that changed, and how; insignificant changes only with `long`."""
    is_first = True
    for test in tests:
        recordings = [one for one in test.recordings if long or not one.insignificant]
        if not recordings:
            continue
        if not is_first:
            yield BLANK
        is_first = False
        yield styled(one_line(test.test_id or "outside any test"), "heading")
        for one in recordings:
            yield from _recording(one, long)


def _recording(one: ReviewedRecording, long: bool) -> Iterator[Line]:
    names = [recording.summary.name.reference for recording in (one.old, one.new) if recording]
    name = " → ".join(dict.fromkeys(one_line(name) for name in names))
    lead = Span(f"{one.status}  ", _STYLES[one.status]), Span(name, "id")
    yield line(*lead, *(Span(f"  {span.text}", span.style) for span in _facts(one)), indent=1)
    for change in (*one.changes, *(one.recorded if long else ())):
        # The heading names its test; a changed test id matters only if the file name did not follow it.
        if change.path != ("test_id",) or one.status == "edited":
            yield from change_lines(change, indent=2)


def _facts(one: ReviewedRecording) -> Iterator[Span]:
    """Yield what happened to a recording's name, to its answer and to its test, in a few words."""
    if one.name:
        words = _NAMES[one.name] if one.status in ("edited", "rerecorded") else _WRONG_NAME
        yield Span(words, "error" if one.dead else "dim")
    if one.response:
        severe = one.response in ("error", "tool_calls", "finish_reason")
        yield Span(_answer(one), "error" if severe else "dim")
    if test := _TEST[one.test_exists]:
        yield Span(test, "warning" if one.test_exists else "dim")
    only = one.new or one.old
    if one.response is None and only is not None:
        yield Span(one_line(preview(answer(only)).text), "dim")


def _answer(one: ReviewedRecording) -> str:
    if one.response == "error" and one.old and one.new:
        if one.new.header.failed and not one.old.header.failed:
            return "the answer became an error"
        if one.old.header.failed and not one.new.header.failed:
            return "the error became an answer"
    if one.status == "moved" and one.response == "volatile":
        return _ANSWERS["same"]  # its id is the file name's, which changed
    words = _ANSWERS[one.response] if one.response else ""
    return f"{words}: {_first(one.recorded)}" if one.recorded else words


def _first(changes: Sequence[Change]) -> str:
    """Return the first difference between two responses as recorded, and how many more there are."""
    change, *others = changes
    where = one_line(_location(change.path))
    old, new = short_value(change.old), short_value(change.new)
    what = f"{where} {change.op}" if change.op != "changed" else f"{where}: {old} → {new}"
    return what + (f", and {plural(len(others), 'place')} more" if others else "")


def _location(path: Path) -> str:
    """Return a path in a response in words: `usage.total_tokens of chunk 3`."""
    inner = path[1:]
    if inner[:1] != ("body",):
        return format_path(inner)
    number = inner[1] if len(inner) > 1 and isinstance(inner[1], int) else None
    rest = inner[1:] if number is None else inner[2:]
    within = format_path(rest[1:] if rest[:1] == ("__data__",) else rest) or "all"
    if number is None:
        return within
    return f"chunk {number}" if within == "all" else f"{within} of chunk {number}"


def review_totals(tests: Sequence[ReviewedTest]) -> str:
    """Return `3 tests: 2 rerecorded, 1 moved (1 error changed); 4 insignificant, see --long`."""
    if not tests:
        return "no recording changed"
    by_status, by_response = count_statuses(tests), count_responses(tests)
    statuses = ", ".join(f"{by_status[status]:,} {status}" for status in STATUSES if by_status[status])
    kinds = [kind for kind in SEVERITY if kind not in INSIGNIFICANT and by_response[kind]]
    answers = ", ".join(f"{by_response[kind]:,} {_ANSWERS[kind]}" for kind in kinds)
    recordings = [one for test in tests for one in test.recordings]
    dead = sum(one.dead for one in recordings)
    insignificant = sum(one.insignificant for one in recordings)
    more = f"; {dead:,} that no replay finds" if dead else ""
    more += f"; {insignificant:,} insignificant, see --long" if insignificant else ""
    return f"{plural(len(tests), 'test')}: {statuses}{f' ({answers})' if answers else ''}{more}"
