"""RC0: files that are not recordings, or that different readers understand differently."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.check.context import Context
from recctl.check.rules.rule import Rule, Violation
from recctl.conversation.providers.formats import UNKNOWN, by_class

# Reported by the engine.
NOT_JSON = Rule(
    "RC001",
    "not-json",
    "error",
    meaning="The file is not UTF-8, not JSON, empty, or cut short.",
    why="A replay fails on it with a parser's message, often far from the test that needs it. Usual causes "
    "are a merge conflict left in the file, a recorder that was killed, or an editor.",
    how_to_fix="Restore it from git (git checkout -- FILE), or delete it and record it again.",
)


def _unknown_kind(context: Context) -> Iterator[Violation]:
    if context.summary.header.kind is None:
        yield Violation("its request is of no known kind")


# Reported by the engine too.
NOT_A_RECORDING = Rule(
    "RC003",
    "not-a-recording",
    "error",
    meaning="The file is JSON, but not a recorded call: it has no request or response object, its request "
    "is of no known kind, or it is nested deeper than any recording.",
    why="Nothing replays it. It does not belong among recordings, or is one that was damaged.",
    how_to_fix="Move it out of the directory of recordings, or list it under per-path-ignores.",
    check=_unknown_kind,
)


def _duplicate_keys(context: Context) -> Iterator[Violation]:
    for key in context.duplicate_keys:
        message = f"{key} is a duplicate key in one object; parsers keep the last value"
        yield Violation(message, context.line_of(key))


DUPLICATE_KEYS = Rule(
    "RC002",
    "duplicate-keys",
    "error",
    meaning="An object in the file has the same key more than once.",
    why="Parsers silently keep the last value, while people may read another one. Merges that keep both "
    "sides do this.",
    how_to_fix="Decide which value is right, delete the other line, and check again: the hash may have "
    "changed.",
    check=_duplicate_keys,
)


def _unknown_format(context: Context) -> Iterator[Violation]:
    # If the class name is unknown only the assembled answer shows the format.
    if by_class(context.items) is None and context.transcript.type == UNKNOWN:
        what = "response in no wire format that recctl knows"
        yield Violation(f"it holds a {what}", group_message=f"hold a {what}")


UNKNOWN_FORMAT = Rule(
    "RC004",
    "unknown-format",
    "warning",
    meaning="The response body is in none of the wire formats that recctl reads.",
    why="The answer cannot be assembled, compared, or checked for its end. The cause is a provider that "
    "recctl does not know, or a damaged body.",
    how_to_fix="Look at it with recctl show --raw. For a new provider, report it to recctl with a sample.",
    check=_unknown_format,
)

RULES = (NOT_JSON, DUPLICATE_KEYS, NOT_A_RECORDING, UNKNOWN_FORMAT)
