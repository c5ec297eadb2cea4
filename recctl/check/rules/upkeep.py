"""RC4: recordings that nobody needs, or that cost more than they have to."""

from __future__ import annotations

import os
from collections.abc import Iterator

from recctl.check.context import Subject
from recctl.check.facts import Seen
from recctl.check.rules.chain import is_reachable
from recctl.check.rules.rule import Note, Rule
from recctl.check.same_test import Siblings
from recctl.suite.liveness import liveness_of
from recctl.support.paths import absolute_path

_KILO = 1000
_NEAR = 0.1  # of a file's size
_MANY_DUPLICATES = "differ from another recording only in ids and times"


def _test_gone(subject: Subject) -> Iterator[Note]:
    judgement = liveness_of(subject.summary, subject.settings.tests)
    if judgement.status == "stale":
        yield Note(f"stale: {judgement.reason}")


TEST_GONE = Rule(
    "RC401",
    "test-gone",
    "error",
    meaning="The test that made the recording does not exist any more: its file does not exist, or is there "
    "and neither defines it nor holds anything that could make it. What may be inherited, generated or "
    "renamed is not judged.",
    why="The test was deleted or renamed. Its recordings are never replayed again; if it was renamed, the "
    "new name has none yet.",
    fix="recctl prune removes them. If the test was renamed, record it again under its new name.",
    needs_all=False,
    look=_test_gone,
)


def _near_duplicate(seen: Seen, siblings: Siblings) -> Iterator[Note]:
    beside = (other for other in siblings.of_test(seen) if _is_comparable(seen, other))
    alike = [other for other in beside if siblings.are_alike(seen, other)]
    if not alike:
        return
    kept = min([seen, *alike], key=lambda one: _order(one, siblings))
    if kept is not seen:
        yield Note(f"it differs from {kept.path.name} only in ids and times", many=_MANY_DUPLICATES)


def _is_comparable(one: Seen, other: Seen) -> bool:
    """Whether two may be near-duplicates, cheaply: they lie together and are shaped alike.

    Of two that are both dead RC101 or RC102 has said all there is.
    """
    return (
        one.place == other.place
        and not (one.is_dead and other.is_dead)
        # Ids and times have about the same length each time.
        and abs(one.summary.size - other.summary.size) <= _NEAR * max(one.summary.size, other.summary.size)
        and os.path.dirname(absolute_path(one.path)) == os.path.dirname(absolute_path(other.path))
    )


def _order(seen: Seen, siblings: Siblings) -> tuple[bool, bool, str]:
    """The more likely a replay finds a recording, the earlier: by its name, then by what it carries on."""
    return (
        seen.is_dead,
        not seen.is_dead and not is_reachable(seen, siblings),
        seen.path.name,
    )


NEAR_DUPLICATE = Rule(
    "RC402",
    "near-duplicate",
    "warning",
    meaning="Another recording of the same test differs from this one only in what changes at each run: ids, "
    "times, fingerprints. Of a pair the one that a replay is less likely to find is reported, never the live "
    "one of a live and a dead one; of two that are equally likely the second by name.",
    why="Usually the test was recorded twice and its request holds something that changes, so that the first "
    "recording stayed behind, dead.",
    fix="recctl diff A B shows what differs. Where RC101, RC102 or RC301 is reported too, delete this one; "
    "else see which of the two the test asks for. Then make the request stable.",
    needs_all=False,
    look_around=_near_duplicate,
)


def _too_large(subject: Subject) -> Iterator[Note]:
    limit = subject.settings.max_size
    if len(subject.raw) > limit * _KILO:
        message = f"it has {len(subject.raw) / _KILO:,.0f} kB, more than {limit:,}"
        yield Note(message, many=f"have more than {limit:,} kB")


TOO_LARGE = Rule(
    "RC403",
    "too-large",
    "warning",
    meaning="The file is larger than the limit, 1,000 kB unless [tool.recctl.check] max-size says otherwise.",
    why="Every clone carries it for ever, and reviews and editors choke on it. Often it is an image or a "
    "batch of embeddings that a smaller one would stand for.",
    fix="Record the test with less data, or raise max-size.",
    needs_all=False,
    look=_too_large,
)


def _format(subject: Subject) -> Iterator[Note]:
    # A document with a key twice is another rule's: to write it anew would lose the first.
    if not subject.is_canonical and not subject.duplicate_keys:
        which = f"not formatted as the recorder does it: {_what_differs(subject.raw)}"
        yield Note(f"it is {which}", many=f"are {which}")


def _what_differs(raw: bytes) -> str:
    if not raw.isascii():
        return "characters outside ASCII are not escaped"
    if b"\r\n" in raw:
        return "lines end in CRLF"
    if not raw.endswith(b"}\n"):
        return "no single line break at the end"
    return "indentation, escapes or numbers differ"


FORMAT = Rule(
    "RC404",
    "format",
    "warning",
    meaning="The bytes of the file are not those that the recorder writes for the same document: JSON "
    "indented by two, ASCII only, numbers as Python writes them, one line break at the end.",
    why="The next tool that writes the file changes lines that nobody meant to change, and reviewers have to "
    "read them.",
    fix="recctl check --fix. Keep formatters away from recordings.",
    fixable=True,
    look=_format,
)

RULES = (TEST_GONE, NEAR_DUPLICATE, TOO_LARGE, FORMAT)
