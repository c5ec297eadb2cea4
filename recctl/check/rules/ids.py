"""RC103 and RC201: ids and times in an answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from recctl.check.facts import Due, Seen
from recctl.check.related import Siblings
from recctl.check.rules.rule import Note, Rule

_REC_ID = re.compile(r"rec-[0-9a-f]{12}")


def is_rec_id(value: str) -> bool:
    """Whether an id is one that the recorder writes: of a recording, be it this one or another."""
    return _REC_ID.fullmatch(value) is not None


def _is_foreign(due: Due) -> bool:
    return due.id is not None and is_rec_id(due.id)


def _foreign_id(seen: Seen, siblings: Siblings) -> Iterator[Note]:
    for due in seen.due:
        if due.id is not None and _is_foreign(due) and not siblings.carried_on(due.id, seen):
            message = f"its response carries {due.id}, the id of another recording"
            yield Note(message, many="carry the id of another recording in their response")
            return


FOREIGN_ID = Rule(
    "RC103",
    "foreign-id",
    "warning",
    meaning="The id in the response is that of another recording: rec- and twelve digits that are not those "
    "of the file's name.",
    why="The file was copied or renamed and its content was not. Whoever follows the id arrives at another "
    "recording, or nowhere.",
    fix="recctl check --fix writes the id that belongs to the name, unless the request of another recording "
    "carries the old one.",
    fixable=True,
    needs_all=False,
    look_around=_foreign_id,
)


def _not_normalized(seen: Seen, siblings: Siblings) -> Iterator[Note]:
    fields: Counter[str] = Counter()
    for due in seen.due:
        if not _is_foreign(due) and not (due.id is not None and siblings.carried_on(due.id, seen)):
            fields[due.field] += due.count
    if fields:
        counts = ", ".join(f"{field} {count}" for field, count in fields.items())
        yield Note(
            f"ids or times are not normalized: {counts}", many="hold ids or times that are not normalized"
        )


NOT_NORMALIZED = Rule(
    "RC201",
    "not-normalized",
    "error",
    meaning="An id, a time or a duration in the response is not normalized as the recorder does it.",
    why="Such values change each time the test is recorded. They make noise in every diff, and hide what "
    "really changed.",
    fix="recctl check --fix, or recctl normalize --write. The hook recctl-normalize does it at each commit.",
    fixable=True,
    needs_all=False,
    look_around=_not_normalized,
)

RULES = (FOREIGN_ID, NOT_NORMALIZED)
