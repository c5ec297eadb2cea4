"""A plan that fixes what `check` found, as far as that needs no decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec

from recctl.catalog.turn_ids import TurnIds
from recctl.check.rules.ids import FOREIGN_ID, NOT_NORMALIZED, is_rec_id
from recctl.check.rules.rule import Finding
from recctl.check.rules.upkeep import FORMAT
from recctl.edit.normalize import Due, normalization
from recctl.edit.plan import Edit, Patch, digest_of, patched
from recctl.recordings.ogx.canonical import respelled
from recctl.recordings.ogx.hash_rules import NEWEST, HashRule
from recctl.recordings.recording import parse, read
from recctl.support.errors import Unreadable


def fixes(findings: Iterable[Finding], files: Iterable[Path], rule: HashRule = NEWEST) -> list[Edit]:
    """The changes that fix the fixable findings, a plan; `files` are those that the command was given.

    `rule` is the one in force.
    """
    wanted: dict[Path, set[str]] = defaultdict(set)
    for finding in findings:
        if finding.fixable:
            wanted[finding.path].add(finding.rule.code)
    turn_ids = TurnIds(files)
    planned = []
    for path, codes in wanted.items():
        try:
            edit = _fix(path, codes, turn_ids, rule)
        except Unreadable:  # gone meanwhile
            continue
        if edit is not None:
            planned.append(edit)
    return planned


def _fix(path: Path, codes: set[str], turn_ids: TurnIds, rule: HashRule) -> Edit | None:
    raw = read(path)
    parse(path, raw)  # it may have changed since it was checked, into what is no recording
    edit = None
    if found := normalization(path, raw, turn_ids, rule=rule):
        due = tuple(due for due in found.due if _code_of(due) in codes)
        edit = msgspec.structs.replace(found, due=due).edit() if due else None
    if FORMAT.code not in codes:
        return edit
    anew = respelled(patched(raw, edit.patches or ()) if edit else raw)
    return edit if anew is None else Edit(path, digest_of(raw), (Patch(0, len(raw), anew),))


def _code_of(due: Due) -> str:
    own = str(due.path[-1])
    foreign = own == "id" and isinstance(due.old, str) and is_rec_id(due.old)
    return FOREIGN_ID.code if foreign else NOT_NORMALIZED.code
