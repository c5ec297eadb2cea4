"""Findings as GitHub shows them: annotations of a workflow step, and a table in its summary.

Only the first ten annotations of each level show for a step; the table holds them all. Both formats
are escaped by the rules of GitHub's workflow commands and of Markdown: what a recording holds can
neither end an annotation nor make a link.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence

from recctl.paths import absolute_path, display_path
from recctl.render.findings import findings_totals
from recctl.render.safe import one_line, plural
from recctl.rules.rule import Finding

SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
_WORKSPACE = "GITHUB_WORKSPACE"
# A step's summary may have a megabyte.
_MOST_ROWS = 1000
_MOST_BYTES = 900_000
_MOST_CHARACTERS = 1000  # of a message
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~@&:/.$-])")


def annotated(findings: Sequence[Finding], environ: Mapping[str, str]) -> str:
    """A workflow command for each finding, the errors first."""
    ordered = sorted(findings, key=lambda finding: finding.rule.severity)
    return "".join(f"{_annotation(finding, environ)}\n" for finding in ordered)


def _annotation(finding: Finding, environ: Mapping[str, str]) -> str:
    rule = finding.rule
    place = f"file={_property(_path_in_workspace(finding, environ))},line={finding.line or 1}"
    title = _property(f"{rule.code} {rule.name}")
    return f"::{rule.severity} {place},title={title}::{_data(one_line(finding.message))}"


def _path_in_workspace(finding: Finding, environ: Mapping[str, str]) -> str:
    """The path from the top of the checkout, which is what GitHub wants, else as it is shown."""
    workspace, place = environ.get(_WORKSPACE, "").rstrip("/"), absolute_path(finding.path)
    shown = display_path(finding.path)
    inside = bool(workspace) and place.startswith(f"{workspace}/")
    if not inside:
        return one_line(shown)
    return one_line(os.fsencode(place[len(workspace) + 1 :]).decode("utf-8", "backslashreplace"))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary_table(findings: Sequence[Finding], files: int) -> str:
    """Markdown for the summary of the step: a table of all findings, as far as there is room."""
    if not findings:
        return f"### recctl check\n\n{plural(files, 'recording')}, nothing found.\n"
    ordered = sorted(findings, key=lambda finding: finding.rule.severity)
    rows: list[str] = []
    for row in map(_row, ordered[:_MOST_ROWS]):
        if sum(map(len, rows)) + len(row) > _MOST_BYTES:
            break
        rows.append(row)
    left = len(ordered) - len(rows)
    more = f"\n{left:,} more are not shown.\n" if left else ""
    head = "| code | severity | file | what |\n|---|---|---|---|\n"
    totals = _markdown(findings_totals(findings, files))
    return f"### recctl check\n\n{totals}\n\n{head}{''.join(rows)}{more}"


def _row(finding: Finding) -> str:
    cells: Iterable[str] = (
        finding.rule.code,
        finding.rule.severity,
        _markdown(one_line(display_path(finding.path))),
        _markdown(one_line(finding.message[:_MOST_CHARACTERS])),
    )
    return f"| {' | '.join(cells)} |\n"


def _markdown(text: str) -> str:
    """Text that Markdown shows as it is; `:`, `/`, `@` and `-` too, of which it makes links by itself."""
    return _MARKDOWN.sub(lambda sign: f"&#{ord(sign[0])};", text)
