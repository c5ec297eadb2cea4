"""Findings for GitHub: annotations of a workflow step, and a job summary by rule and test.

GitHub shows ten errors and ten warnings per step (and fifty per job), so only those are printed, and a
notice counts the rest; the summary lists them. Text is escaped by the rules of GitHub's workflow commands and
of Markdown: nothing in a recording can end an annotation or make a link.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence

from recctl.check.rules.rule import Finding
from recctl.recordings.ogx.filename import parse_filename
from recctl.support.paths import absolute_path, display_path
from recctl.views.escaping import one_line
from recctl.views.findings import findings_totals, group_by, group_same
from recctl.views.units import plural

SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
_WORKSPACE = "GITHUB_WORKSPACE"
_MAX_PER_SEVERITY = 10  # annotations that GitHub shows per step
_MAX_BYTES = 60_000  # of a summary: GitHub accepts more, nobody reads it
_MAX_CHARACTERS = 1000  # of a cell
_MAX_NAMES = 10  # recordings named in a row
_SEVERITIES = ("error", "warning")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~@&:/.$-])")


def workflow_commands(findings: Sequence[Finding], environ: Mapping[str, str]) -> str:
    """Return a workflow command per finding that GitHub shows, errors first, and one for how many more."""
    groups = [[one for one in findings if one.rule.severity == severity] for severity in _SEVERITIES]
    lines = [_annotation(one, environ) for group in groups for one in group[:_MAX_PER_SEVERITY]]
    more = [
        plural(len(group) - _MAX_PER_SEVERITY, f"more {severity}")
        for severity, group in zip(_SEVERITIES, groups, strict=True)
        if len(group) > _MAX_PER_SEVERITY
    ]
    if more:
        hint = "see the job summary" if environ.get(SUMMARY_VARIABLE) else "not shown here"
        lines.append(f"::notice title=recctl check::{' and '.join(more)}; {hint}")
    return "".join(f"{text}\n" for text in lines)


def _annotation(finding: Finding, environ: Mapping[str, str]) -> str:
    rule = finding.rule
    location = f"file={_property(_path_in_workspace(finding, environ))},line={finding.line or 1}"
    title = _property(f"{rule.code} {rule.name}")
    return f"::{rule.severity} {location},title={title}::{_data(one_line(finding.message))}"


def _path_in_workspace(finding: Finding, environ: Mapping[str, str]) -> str:
    """Return a path relative to the checkout, as GitHub expects; outside of it, as displayed."""
    workspace, path = environ.get(_WORKSPACE, "").rstrip("/"), absolute_path(finding.path)
    if not (workspace and path.startswith(f"{workspace}/")):
        return one_line(display_path(finding.path))
    return one_line(os.fsencode(path[len(workspace) + 1 :]).decode("utf-8", "backslashreplace"))


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary_table(findings: Sequence[Finding], files: int) -> str:
    """Return Markdown for a job summary, below 60 kB: the counts, then the findings by rule and test.

    Errors come first; findings that do not fit are counted.
    """
    if not findings:
        return f"### recctl check\n\n{plural(files, 'recording')}, nothing found.\n"
    by_rule = group_by(sorted(findings, key=_order), lambda one: one.rule.code)
    parts = [f"### recctl check\n\n{_markdown(findings_totals(findings, files))}\n\n", _overview(by_rule)]
    room = _MAX_BYTES - sum(map(_size, parts)) - _size(_omitted(len(findings)))
    left = len(findings)
    for text, count in _sections(by_rule):
        room -= _size(text)
        if room < 0:
            parts.append(_omitted(left))
            break
        parts.append(text)
        left -= count
    return "".join(parts)


def _order(finding: Finding) -> tuple[int, str, str]:
    return _SEVERITIES.index(finding.rule.severity), finding.rule.code, _test(finding)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))


def _overview(by_rule: Mapping[str, Sequence[Finding]]) -> str:
    rows = (
        f"| {code} {of_rule[0].rule.name} | {of_rule[0].rule.severity} | {len(of_rule):,} |\n"
        for code, of_rule in by_rule.items()
    )
    return f"| rule | severity | findings |\n|---|---|---|\n{''.join(rows)}"


def _omitted(count: int) -> str:
    return f"\n{plural(count, 'more finding')} not shown here.\n"


def _sections(by_rule: Mapping[str, Sequence[Finding]]) -> Iterator[tuple[str, int]]:
    """Yield rows, the first of each rule with its heading, and how many findings each stands for."""
    for code, of_rule in by_rule.items():
        head = f"\n#### {code} {of_rule[0].rule.name}\n\n| test | recordings | what |\n|---|---|---|\n"
        for of_test in group_by(of_rule, _test).values():
            for group in group_same(of_test):
                yield head + _row(group), len(group)
                head = ""


def _test(finding: Finding) -> str:
    return finding.test_id or display_path(finding.path.parent)


def _row(group: Sequence[Finding]) -> str:
    first = group[0]
    names = list(dict.fromkeys(map(_name, group)))
    more = f" and {len(names) - _MAX_NAMES:,} more" * (len(names) > _MAX_NAMES)
    is_group = len(names) > 1 and first.group_message
    what = f"{plural(len(names), 'recording')} {first.group_message}" if is_group else first.message
    cells = (_test(first), ", ".join(names[:_MAX_NAMES]) + more, what)
    return f"| {' | '.join(_markdown(one_line(cell[:_MAX_CHARACTERS])) for cell in cells)} |\n"


def _name(finding: Finding) -> str:
    """Return the id of a recording, else its path."""
    return parse_filename(finding.path.name).id or display_path(finding.path)


def _markdown(text: str) -> str:
    """Return text escaped for Markdown, including `:`, `/`, `@` and `-`, of which GitHub makes links."""
    return _MARKDOWN.sub(lambda sign: f"&#{ord(sign[0])};", text)
