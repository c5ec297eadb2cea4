"""The plan of `check --fix`: the fixes of all findings in a file, one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from pathlib import Path

from recctl.check.rules.rule import Finding, Fix
from recctl.edit.plan import Patch, Rewrite, digest_of
from recctl.recordings.recording import parse, read
from recctl.support.errors import Unreadable


def plan_fixes(findings: Iterable[Finding]) -> Iterator[Rewrite]:
    """Yield one rewrite per file that fixes its fixable findings.

    A file that disappeared since the check, or is no recording any more, is left out.
    """
    fixes: dict[Path, list[Fix]] = defaultdict(list)
    for finding in findings:
        if finding.fix is not None:
            fixes[finding.path].append(finding.fix)
    for path, of_file in fixes.items():
        try:
            raw = read(path)
            parse(path, raw)
        except Unreadable:
            continue
        fixed = reduce(lambda data, fix: fix(data), of_file, raw)
        if fixed != raw:
            yield Rewrite(path, digest_of(raw), (Patch(0, len(raw), fixed),))
