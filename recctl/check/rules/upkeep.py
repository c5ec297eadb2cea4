"""RC4: recordings that nobody needs, or that cost more than they have to."""

from __future__ import annotations

import os
from collections.abc import Iterator

from recctl.check.context import Context
from recctl.check.facts import Facts
from recctl.check.related import Related
from recctl.check.rules.rule import Rule, Violation
from recctl.check.rules.turns import is_reachable
from recctl.recordings.ogx.canonical import canonicalized
from recctl.suite.liveness import liveness_of
from recctl.support.paths import absolute_path

_KILO = 1000
_SIZE_TOLERANCE = 0.1  # of the larger file


def _test_gone(context: Context) -> Iterator[Violation]:
    liveness = liveness_of(context.summary, context.settings.tests)
    if liveness.status == "stale":
        yield Violation(f"stale: {liveness.reason}")


TEST_GONE = Rule(
    "RC401",
    "test-gone",
    "error",
    meaning="The test that made the recording does not exist any more: its file does not exist, or exists "
    "and neither defines the test nor holds anything that could make it. Tests that may be inherited, "
    "generated or renamed are not reported.",
    why="The test was deleted or renamed. Its recordings are never replayed again; if it was renamed, the "
    "new name has none yet.",
    how_to_fix="recctl prune removes them. If the test was renamed, record it again under its new name.",
    needs_document=False,
    check=_test_gone,
)


def _near_duplicate(facts: Facts, related: Related) -> Iterator[Violation]:
    similar = (other for other in related.of_same_test(facts) if _is_similar(facts, other))
    duplicates = [other for other in similar if related.are_near_duplicates(facts, other)]
    if not duplicates:
        return
    best = min([facts, *duplicates], key=lambda one: _order(one, related))
    if best is not facts:
        message = f"it differs from {best.path.name} only in ids and times"
        yield Violation(message, group_message="differ from another recording only in ids and times")


def _is_similar(one: Facts, other: Facts) -> bool:
    """Return whether two may be near-duplicates by what is cheap to compare: shape, size and directory.

    Two that are both dead are left to RC101 and RC102.
    """
    return (
        one.shape == other.shape
        and not (one.is_dead and other.is_dead)
        # Ids and times have about the same length each time.
        and abs(one.summary.size - other.summary.size)
        <= _SIZE_TOLERANCE * max(one.summary.size, other.summary.size)
        and os.path.dirname(absolute_path(one.path)) == os.path.dirname(absolute_path(other.path))
    )


def _order(facts: Facts, related: Related) -> tuple[bool, bool, str]:
    """Return a sort key: first what a replay is most likely to find, by its name, then by its turn links."""
    is_unreachable = not facts.is_dead and not is_reachable(facts, related)
    return facts.is_dead, is_unreachable, facts.path.name


NEAR_DUPLICATE = Rule(
    "RC402",
    "near-duplicate",
    "warning",
    meaning="Another recording of the same test differs from this one only in what changes in each run: ids, "
    "times, fingerprints. Of a pair the one that a replay is less likely to find is reported, never the live "
    "one of a live and a dead one; of two that are equally likely the second by name.",
    why="Usually the test was recorded twice and its request holds something that changes, so that the first "
    "recording is left over, dead.",
    how_to_fix="recctl diff A B shows what differs. If RC101, RC102 or RC301 is reported too, delete this "
    "one; else find out which of the two the test asks for. Then make the request stable.",
    needs_document=False,
    check_related=_near_duplicate,
)


def _too_large(context: Context) -> Iterator[Violation]:
    limit = context.settings.max_size
    if len(context.raw) > limit * _KILO:
        message = f"its size is {len(context.raw) / _KILO:,.0f} kB, the limit is {limit:,} kB"
        yield Violation(message, group_message=f"are larger than {limit:,} kB")


TOO_LARGE = Rule(
    "RC403",
    "too-large",
    "warning",
    meaning="The file is larger than the limit, 1,000 kB unless [tool.recctl.check] max-size says otherwise.",
    why="Every clone keeps it for ever, and reviews and editors are slow with it. Often it is an image or a "
    "batch of embeddings, and a smaller one would do.",
    how_to_fix="Record the test with less data, or raise max-size.",
    needs_document=False,
    check=_too_large,
)


def _format(context: Context) -> Iterator[Violation]:
    # With a duplicate key the file is RC002's: formatting it would lose the first value.
    if not context.is_canonical and not context.duplicate_keys:
        what = f"not formatted as the recorder does it: {_what_differs(context.raw)}"
        yield Violation(f"it is {what}", group_message=f"are {what}", fix=_formatted)


def _what_differs(raw: bytes) -> str:
    if not raw.isascii():
        return "characters outside ASCII are not escaped"
    if b"\r\n" in raw:
        return "lines end in CRLF"
    if not raw.endswith(b"}\n"):
        return "no single line break at the end"
    return "indentation, escapes or numbers differ"


def _formatted(raw: bytes) -> bytes:
    return canonicalized(raw) or raw  # None if other bytes would mean something else


FORMAT = Rule(
    "RC404",
    "format",
    "warning",
    meaning="The bytes of the file are not those that the recorder writes for the same document: JSON "
    "indented by two, ASCII only, numbers as Python writes them, one line break at the end.",
    why="The next tool that writes the file changes lines that nobody meant to change, and reviewers have to "
    "read them.",
    how_to_fix="recctl check --fix. Exclude recordings from code formatters.",
    fixable=True,
    check=_format,
)

RULES = (TEST_GONE, NEAR_DUPLICATE, TOO_LARGE, FORMAT)
