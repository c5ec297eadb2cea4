"""RC202 to RC204: what an answer holds."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.check.context import Subject
from recctl.check.predicates import ends, says_something
from recctl.check.rules.rule import Note, Rule
from recctl.conversation.providers.formats import UNKNOWN
from recctl.recordings.summary import Summary

_MANY_ERRORS = "record an error that the test probably does not expect"
_DOUBT = {
    "no": "and its test does not look as if it expected one",
    "unknown": "which its test may not expect",
}


def _recorded_error(subject: Subject) -> Iterator[Note]:
    summary = subject.summary
    if not summary.header.failed:
        return
    from recctl.suite.expectations import expects_failure  # few recordings failed

    expected = expects_failure(summary)
    if expected != "yes":
        doubt = _DOUBT[expected] if summary.header.test_id else "and names no test that could expect it"
        yield Note(f"it records {_what_failed(summary)}, {doubt}", many=_MANY_ERRORS)


def _what_failed(summary: Summary) -> str:
    status = f" {summary.header.status}" if summary.header.status else ""
    if summary.header.exception:
        return f"the exception {summary.header.exception}{status}"
    return f"the HTTP error{status}" if summary.header.kind != "tool" else "a tool's error"


RECORDED_ERROR = Rule(
    "RC202",
    "recorded-error",
    "warning",
    meaning="The answer is an HTTP error, an exception of the provider's library, or a tool's error, and "
    "the test does not accept one, as far as its name and its source show: it catches none, checks none, and "
    "is not expected to fail.",
    why="Answers from somebody's trial and error (a wrong key, a model that was not there) stay behind, and "
    "are replayed for ever.",
    fix="Look at it with recctl show. If the test does not need it, delete it; else record it again.",
    needs_all=False,
    look=_recorded_error,
)


def _no_end(subject: Subject) -> Iterator[Note]:
    summary = subject.summary
    if not summary.header.streaming or summary.header.failed or ends(subject.recording):
        return
    transcript = subject.transcript
    if transcript.choices and not all(choice.finish_reason for choice in transcript.choices):
        message = f"its stream breaks off after {summary.header.chunks} chunks, without a finish reason"
        yield Note(message, many="hold a stream that breaks off without a finish reason")


NO_END = Rule(
    "RC203",
    "no-end",
    "warning",
    meaning="The answer was streamed, and no chunk says that it is finished.",
    why="The recording was cut: by a time-out, a lost connection, or a recorder that was stopped. What is "
    "replayed is half an answer.",
    fix="Record the test again. If the test stops reading on purpose, ignore the code for that file.",
    look=_no_end,
)


def _empty(subject: Subject) -> Iterator[Note]:
    if subject.summary.header.failed or subject.summary.header.kind in ("tool", "file"):
        return
    if says_something(subject.recording):
        return
    transcript = subject.transcript
    said = any(c.text or c.reasoning or c.refusal or c.tool_calls for c in transcript.choices)
    vectors = transcript.embeddings is not None and transcript.embeddings.count > 0
    if said or vectors or transcript.models is not None or transcript.type in (UNKNOWN, "ollama-pull"):
        return
    yield Note("its answer is empty: no text, no tool call, nothing else", many="hold an empty answer")


EMPTY = Rule(
    "RC204",
    "empty-answer",
    "warning",
    meaning="The answer holds no text, no reasoning, no tool call, no embedding and no model list.",
    why="A test that replays it checks nothing. Often the token limit was too low, or a filter stepped in.",
    fix="Look at the finish reason with recctl show, and record the test again.",
    look=_empty,
)

RULES = (RECORDED_ERROR, NO_END, EMPTY)
