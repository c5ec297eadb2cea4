"""A plan that mends what `check` found, as far as it can be mended without a person."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from recctl.canonical import spelled
from recctl.edits import Edit, Patch, digest_of, patched
from recctl.errors import Unreadable
from recctl.families import Families
from recctl.normalize import Chains, normalization
from recctl.recording import read
from recctl.rules.ids import FOREIGN_ID, NOT_NORMALIZED
from recctl.rules.rule import Finding
from recctl.rules.upkeep import FORMAT


def fixes(findings: Iterable[Finding], files: Iterable[Path]) -> list[Edit]:
    """The changes that mend the fixable findings, a plan; `files` are those that the command was given."""
    wanted: dict[Path, set[str]] = defaultdict(set)
    for finding in findings:
        if finding.fixable:
            wanted[finding.path].add(finding.rule.code)
    chains = Chains(Families(files))
    planned = []
    for path, codes in wanted.items():
        try:
            edit = _fix(path, codes, chains)
        except Unreadable:  # gone meanwhile
            continue
        if edit is not None:
            planned.append(edit)
    return planned


def _fix(path: Path, codes: set[str], chains: Chains) -> Edit | None:
    raw = read(path)
    edit = None
    if codes & {NOT_NORMALIZED.code, FOREIGN_ID.code}:
        found = normalization(path, raw, chains)
        edit = found.edit() if found else None
    if FORMAT.code not in codes:
        return edit
    evened = patched(raw, edit.patches or ()) if edit else raw
    return Edit(path, digest_of(raw), (Patch(0, len(raw), spelled(json.loads(evened))),))
