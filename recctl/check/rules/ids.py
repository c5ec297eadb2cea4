"""RC103 and RC201: ids and times in an answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from functools import partial

from recctl.check.facts import Facts, Unnormalized
from recctl.check.related import Related
from recctl.check.rules.rule import Rule, Violation
from recctl.edit.normalize import ValueChange, changes_in, in_order, patches_for
from recctl.edit.plan import patched

_REC_ID = re.compile(r"rec-[0-9a-f]{12}")


def _is_rec_id(id_: str | None) -> bool:
    """Return whether an id is one that the recorder writes for a recording, be it this one or another."""
    return id_ is not None and _REC_ID.fullmatch(id_) is not None


def _to_change(facts: Facts, related: Related, *, foreign: bool) -> list[Unnormalized]:
    """Return what RC103 (`foreign`) or RC201 reports: ids that other recordings hold stay as they are."""
    return [
        one
        for one in facts.unnormalized
        if _is_rec_id(one.id) == foreign and not (one.id is not None and related.is_referenced(one.id, facts))
    ]


def _normalized(raw: bytes, facts: Facts, related: Related, *, foreign: bool, ids: Collection[str]) -> bytes:
    """Return the bytes with these ids normalized, and unless `foreign` with the times and durations too."""

    def is_wanted(change: ValueChange) -> bool:
        return change.old in ids if change.is_id else not foreign

    changes = changes_in(facts.path, raw, rule=related.settings.hash_rule)
    return patched(raw, in_order(patches_for(raw, [change for change in changes if is_wanted(change)])))


def _foreign_id(facts: Facts, related: Related) -> Iterator[Violation]:
    ids = [one.id for one in _to_change(facts, related, foreign=True) if one.id is not None]
    if ids:
        yield Violation(
            f"its response holds {ids[0]}, the id of another recording",
            group_message="hold the id of another recording in their response",
            fix=partial(_normalized, facts=facts, related=related, foreign=True, ids=frozenset(ids)),
        )


FOREIGN_ID = Rule(
    "RC103",
    "foreign-id",
    "warning",
    meaning="The id in the response is that of another recording: rec- and twelve digits that are not those "
    "of the file's name.",
    why="The file was copied or renamed and its content was not. The id leads to another recording, "
    "or to none.",
    how_to_fix="recctl check --fix writes the id that belongs to the name, unless the request of another "
    "recording holds the old one.",
    fixable=True,
    needs_document=False,
    check_related=_foreign_id,
)


def _not_normalized(facts: Facts, related: Related) -> Iterator[Violation]:
    found = _to_change(facts, related, foreign=False)
    fields: Counter[str] = Counter()
    for one in found:
        fields[one.field] += one.count
    if fields:
        counts = ", ".join(f"{field} {count}" for field, count in fields.items())
        ids = {one.id for one in found if one.id is not None}
        yield Violation(
            f"ids or times are not normalized: {counts}",
            group_message="hold ids or times that are not normalized",
            fix=partial(_normalized, facts=facts, related=related, foreign=False, ids=ids),
        )


NOT_NORMALIZED = Rule(
    "RC201",
    "not-normalized",
    "error",
    meaning="An id, a time or a duration in the response is not normalized as the recorder does it.",
    why="Such values change each time the test is recorded. They make noise in every diff, and hide what "
    "really changed.",
    how_to_fix="recctl check --fix, or recctl normalize --write. The pre-commit hook recctl-normalize does "
    "it at each commit.",
    fixable=True,
    needs_document=False,
    check_related=_not_normalized,
)

RULES = (FOREIGN_ID, NOT_NORMALIZED)
