"""RC0: files that are no recordings, or not ones that can be read in one way only."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.check.context import Subject
from recctl.check.rules.rule import Note, Rule
from recctl.conversation.providers.formats import UNKNOWN, by_class

NOT_JSON = Rule(
    "RC001",
    "not-json",
    "error",
    meaning="The file is not UTF-8, not JSON, empty, or cut short.",
    why="A replay fails on it with a parser's message, often far from the test that needs it. Usual causes "
    "are a merge conflict left in the file, a recorder that was killed, or an editor.",
    fix="Restore it from git (git checkout -- FILE), or delete it and record it again.",
)


def _no_kind(subject: Subject) -> Iterator[Note]:
    if subject.summary.header.kind is None:
        yield Note("its request is of no known kind")


NOT_A_RECORDING = Rule(
    "RC003",
    "not-a-recording",
    "error",
    meaning="The file is JSON, but not a recorded call: it has no request or response object, its request "
    "is of no known kind, or it is nested deeper than any recording.",
    why="Nothing replays it. Among recordings it is dead weight, or a recording that was damaged.",
    fix="Move it out of the directory of recordings, or list it under per-path-ignores.",
    look=_no_kind,
)


def _duplicate_keys(subject: Subject) -> Iterator[Note]:
    for key in subject.duplicate_keys:
        yield Note(f"{key} is a duplicate key in one object; readers keep the last", subject.line_of(key))


DUPLICATE_KEYS = Rule(
    "RC002",
    "duplicate-keys",
    "error",
    meaning="An object in the file holds the same key more than once.",
    why="Every parser keeps the last value and says nothing, so people and replay see different things. A "
    "merge that kept both sides does this.",
    fix="Decide which value is right, delete the other line, and check again: the hash may have changed.",
    look=_duplicate_keys,
)


def _unknown_format(subject: Subject) -> Iterator[Note]:
    # Without a known class name only putting it together tells.
    if by_class(subject.items) is None and subject.transcript.type == UNKNOWN:
        message = "the response is in no wire format that recctl knows"
        yield Note(message, many="hold a response in no wire format that recctl knows")


UNKNOWN_FORMAT = Rule(
    "RC004",
    "unknown-format",
    "warning",
    meaning="The response body fits none of the wire formats that recctl reads.",
    why="It cannot be put together, compared as an answer, or checked for an end. A new provider looks like "
    "this, and so does a body that was damaged.",
    fix="Look at it with recctl show --raw. For a new provider, report it to recctl with a sample.",
    look=_unknown_format,
)

RULES = (NOT_JSON, DUPLICATE_KEYS, NOT_A_RECORDING, UNKNOWN_FORMAT)
