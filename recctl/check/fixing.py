"""A plan that fixes what `check` found, as far as that needs no decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from recctl.catalog.turn_ids import TurnIds
from recctl.check.rules.ids import FOREIGN_ID, NOT_NORMALIZED, is_rec_id
from recctl.check.rules.rule import Finding
from recctl.check.rules.upkeep import FORMAT
from recctl.edit.normalize import ValueChange, normalization, rewrite_of
from recctl.edit.plan import Patch, Rewrite, digest_of, patched
from recctl.recordings.ogx.canonical import canonicalized
from recctl.recordings.ogx.hash_rules import NEWEST, HashRule
from recctl.recordings.recording import parse, read
from recctl.support.errors import Unreadable


def fixes(findings: Iterable[Finding], files: Iterable[Path], rule: HashRule = NEWEST) -> list[Rewrite]:
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


def _fix(path: Path, codes: set[str], turn_ids: TurnIds, rule: HashRule) -> Rewrite | None:
    raw = read(path)
    parse(path, raw)  # it may have changed since it was checked, into what is no recording
    edit = None
    if found := normalization(path, raw, turn_ids, rule=rule):
        edit = rewrite_of(path, raw, (change for change in found.changes if _code_of(change) in codes))
    if FORMAT.code not in codes:
        return edit
    anew = canonicalized(patched(raw, edit.patches) if edit else raw)
    return edit if anew is None else Rewrite(path, digest_of(raw), (Patch(0, len(raw), anew),))


def _code_of(change: ValueChange) -> str:
    own = str(change.path[-1])
    foreign = own == "id" and isinstance(change.old, str) and is_rec_id(change.old)
    return FOREIGN_ID.code if foreign else NOT_NORMALIZED.code
