"""RC202 to RC204: errors and missing parts in answers."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.check.context import Context
from recctl.check.predicates import surely_ends, surely_has_content
from recctl.check.rules.rule import Rule, Violation
from recctl.conversation.providers.formats import UNKNOWN
from recctl.recordings.summary import Summary

_DOUBTS = {
    "no": "which its test does not seem to expect",
    "unknown": "which its test may not expect",
}


def _recorded_error(context: Context) -> Iterator[Violation]:
    summary = context.summary
    if not summary.header.failed:
        return
    from recctl.suite.expectations import expects_failure  # few recordings failed

    expected = expects_failure(summary)
    if expected != "yes":
        doubt = _DOUBTS[expected] if summary.header.test_id else "and names no test that could expect it"
        message = f"it records {_what_failed(summary)}, {doubt}"
        yield Violation(message, group_message="record an error that the test probably does not expect")


def _what_failed(summary: Summary) -> str:
    status = f" {summary.header.status}" if summary.header.status else ""
    if summary.header.exception:
        return f"the exception {summary.header.exception}{status}"
    return f"the HTTP error{status}" if summary.header.kind != "tool" else "an error of a tool"


RECORDED_ERROR = Rule(
    "RC202",
    "recorded-error",
    "warning",
    meaning="The answer is an HTTP error, an exception of the provider's library, or an error of a tool, and "
    "the test does not seem to expect one, judging by its name and source: it catches none, checks none, and "
    "is not expected to fail.",
    why="Answers to failed attempts (a wrong key, a missing model) are left over, and are replayed for ever.",
    how_to_fix="Look at it with recctl show. If the test does not need it, delete it; else record it again.",
    needs_document=False,
    check=_recorded_error,
)


def _no_end(context: Context) -> Iterator[Violation]:
    summary = context.summary
    if not summary.header.streaming or summary.header.failed or surely_ends(context.recording):
        return
    transcript = context.transcript
    if transcript.choices and not all(choice.finish_reason for choice in transcript.choices):
        message = f"its stream breaks off after {summary.header.chunks} chunks, without a finish reason"
        yield Violation(message, group_message="hold a stream that breaks off without a finish reason")


NO_END = Rule(
    "RC203",
    "no-end",
    "warning",
    meaning="The answer was streamed, and no chunk has a finish reason.",
    why="The recording was cut off: by a time-out, a lost connection, or a recorder that was stopped. A "
    "replay gets half an answer.",
    how_to_fix="Record the test again. If the test stops reading on purpose, ignore the code for that file.",
    check=_no_end,
)


def _empty(context: Context) -> Iterator[Violation]:
    if context.summary.header.failed or context.summary.header.kind in ("tool", "file"):
        return
    if surely_has_content(context.recording):
        return
    transcript = context.transcript
    has_choice = any(c.text or c.reasoning or c.refusal or c.tool_calls for c in transcript.choices)
    has_vectors = transcript.embeddings is not None and transcript.embeddings.count > 0
    has_other = transcript.models is not None or transcript.type in (UNKNOWN, "ollama-pull")
    if not (has_choice or has_vectors or has_other):
        message = "its answer is empty: no text, no tool call, nothing else"
        yield Violation(message, group_message="hold an empty answer")


EMPTY = Rule(
    "RC204",
    "empty-answer",
    "warning",
    meaning="The answer holds no text, no reasoning, no tool call, no embedding and no model list.",
    why="A test that replays it checks nothing. Often the token limit was too low, or a content filter "
    "intervened.",
    how_to_fix="Look at the finish reason with recctl show, and record the test again.",
    check=_empty,
)

RULES = (RECORDED_ERROR, NO_END, EMPTY)
