"""`diff` of two states: the review of a re-recording, the most severe first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recctl.catalog.preview import preview
from recctl.conversation.answer import answer
from recctl.diff.changes import Change, Path, format_path
from recctl.diff.response_change import QUIET, SEVERITY, ResponseChange
from recctl.diff.review import STATUSES, Entry, NameChange, Status, TestReview, counts
from recctl.views.changes import change_lines, short_value
from recctl.views.escaping import one_line, plural
from recctl.views.styled_lines import BLANK, Line, Span, Style, line, styled

_ANSWERS: dict[ResponseChange, str] = {
    "same": "same answer",
    "volatile": "same answer but for ids and times",
    "type": "same answer but for its type",
    "text": "other words",
    "tool_calls": "other tool calls",
    "finish_reason": "other finish reason",
    "error": "error changed",
    "other": "other answer",
}
_NAMES: dict[NameChange, str] = {
    "broken": "request changed, name did not: no replay finds it",
    "still broken": "request changed, name did not, nor did it fit before: no replay finds it",
    "repaired": "its name fits its request again",
}
_WRONG_NAME = "its name is not the hash of its request: no replay finds it"
_LIVES = {True: "its test is still there", False: "its test is gone", None: ""}
_STYLES: dict[Status, Style] = {
    "edited": "error",
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
            yield from _entry(entry, long)


def _entry(entry: Entry, long: bool) -> Iterator[Line]:
    names = [recording.summary.name.reference for recording in (entry.old, entry.new) if recording]
    name = " → ".join(dict.fromkeys(one_line(name) for name in names))
    lead = Span(f"{entry.status}  ", _STYLES[entry.status]), Span(name, "id")
    yield line(*lead, *(Span(f"  {span.text}", span.style) for span in _facts(entry)), indent=1)
    for change in (*entry.changes, *(entry.recorded if long else ())):
        # The heading says which test it is now; where its name did not follow, that is the matter.
        if change.path != ("test_id",) or entry.status == "edited":
            yield from change_lines(change, indent=2)


def _facts(entry: Entry) -> Iterator[Span]:
    """What happened to a recording in a few words: to its name, its answer, its test."""
    if entry.name:
        words = _NAMES[entry.name] if entry.status in ("edited", "rerecorded") else _WRONG_NAME
        yield Span(words, "error" if entry.dead else "dim")
    if entry.response:
        severe = entry.response in ("error", "tool_calls", "finish_reason")
        yield Span(_answer(entry), "error" if severe else "dim")
    if lives := _LIVES[entry.test_lives]:
        yield Span(lives, "warning" if entry.test_lives else "dim")
    alone = entry.new or entry.old
    if entry.response is None and alone is not None:
        yield Span(one_line(preview(answer(alone)).text), "dim")


def _answer(entry: Entry) -> str:
    if entry.response == "error" and entry.old and entry.new:
        if entry.new.header.failed and not entry.old.header.failed:
            return "the answer became an error"
        if entry.old.header.failed and not entry.new.header.failed:
            return "the error became an answer"
    if entry.status == "moved" and entry.response == "volatile":
        return _ANSWERS["same"]  # the id in it follows the name
    words = _ANSWERS[entry.response] if entry.response else ""
    return f"{words}: {_first(entry.recorded)}" if entry.recorded else words


def _first(changes: Sequence[Change]) -> str:
    """The first difference between two responses as recorded, and how many more there are."""
    change, *others = changes
    place = one_line(_place(change.path))
    old, new = short_value(change.old), short_value(change.new)
    what = f"{place} {change.op}" if change.op != "changed" else f"{place}: {old} → {new}"
    return what + (f", and {plural(len(others), 'place')} more" if others else "")


def _place(path: Path) -> str:
    """A path of a response in words: `usage.total_tokens of chunk 3`."""
    inner = path[1:]
    if inner[:1] != ("body",):
        return format_path(inner)
    number = inner[1] if len(inner) > 1 and isinstance(inner[1], int) else None
    rest = inner[1:] if number is None else inner[2:]
    within = format_path(rest[1:] if rest[:1] == ("__data__",) else rest) or "all"
    if number is None:
        return within
    return f"chunk {number}" if within == "all" else f"{within} of chunk {number}"


def review_totals(tests: Sequence[TestReview]) -> str:
    """`3 tests: 2 rerecorded, 1 moved (1 error, 2 other words); 4 quiet not listed`"""
    if not tests:
        return "no recording changed"
    counted = counts(tests)
    statuses = ", ".join(f"{counted[status]:,} {status}" for status in STATUSES if counted[status])
    kinds = [(kind, counted[f"response:{kind}"]) for kind in SEVERITY if kind not in QUIET]
    answers = ", ".join(f"{count:,} {_ANSWERS[kind]}" for kind, count in kinds if count)
    quiet = sum(entry.quiet for test in tests for entry in test.entries)
    dead = sum(entry.dead for test in tests for entry in test.entries)
    more = f"; {dead:,} no replay finds" if dead else ""
    more += f"; {quiet:,} quiet, see --long" if quiet else ""
    noun = "test" if len(tests) == 1 else "tests"
    return f"{len(tests):,} {noun}: {statuses}{f' ({answers})' if answers else ''}{more}"
