"""Findings as GitHub shows them: annotations of a workflow step, and a summary of the job by rule and test.

GitHub shows ten errors and ten warnings of a step (and fifty of a job), so no more are printed, and a
notice counts the rest; the summary holds them. Both formats are escaped by the rules of GitHub's workflow
commands and of Markdown: what a recording holds can neither end an annotation nor make a link.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence

from recctl.check.rules.rule import Finding
from recctl.recordings.ogx.filename import parse_filename
from recctl.support.paths import absolute_path, display_path
from recctl.views.escaping import one_line, plural
from recctl.views.findings import findings_totals, grouped, shared

SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
_WORKSPACE = "GITHUB_WORKSPACE"
_MOST_OF_A_LEVEL = 10  # annotations that GitHub shows of a step
_MOST_BYTES = 60_000  # of a summary: GitHub takes more, people do not read it
_MOST_CHARACTERS = 1000  # of a cell
_MOST_NAMES = 10  # recordings named in a row
_SEVERITIES = ("error", "warning")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~@&:/.$-])")


def annotated(findings: Sequence[Finding], environ: Mapping[str, str]) -> str:
    """A workflow command for each finding that GitHub shows, the errors first, and one for how many more."""
    levels = [[one for one in findings if one.rule.severity == severity] for severity in _SEVERITIES]
    lines = [_annotation(one, environ) for of_level in levels for one in of_level[:_MOST_OF_A_LEVEL]]
    more = [
        plural(len(of_level) - _MOST_OF_A_LEVEL, f"more {severity}")
        for severity, of_level in zip(_SEVERITIES, levels, strict=True)
        if len(of_level) > _MOST_OF_A_LEVEL
    ]
    if more:
        place = "see the job summary" if environ.get(SUMMARY_VARIABLE) else "not shown here"
        lines.append(f"::notice title=recctl check::{' and '.join(more)}; {place}")
    return "".join(f"{text}\n" for text in lines)


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
    """Markdown for the summary of a step, below 60 kB: the counts, then what was found by rule and by test.

    Errors come first; what there is no room for is counted.
    """
    if not findings:
        return f"### recctl check\n\n{plural(files, 'recording')}, nothing found.\n"
    by_rule = grouped(sorted(findings, key=_order), lambda one: one.rule.code)
    parts = [f"### recctl check\n\n{_markdown(findings_totals(findings, files))}\n\n", _overview(by_rule)]
    room = _MOST_BYTES - sum(map(_size, parts)) - _size(_left_out(len(findings)))
    left = len(findings)
    for text, count in _sections(by_rule):
        room -= _size(text)
        if room < 0:
            parts.append(_left_out(left))
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


def _left_out(count: int) -> str:
    return f"\n{plural(count, 'more finding')} not shown here.\n"


def _sections(by_rule: Mapping[str, Sequence[Finding]]) -> Iterator[tuple[str, int]]:
    """Rows in order, the first of each rule with its heading, and how many findings each holds."""
    for code, of_rule in by_rule.items():
        head = f"\n#### {code} {of_rule[0].rule.name}\n\n| test | recordings | what |\n|---|---|---|\n"
        for of_test in grouped(of_rule, _test).values():
            for group in shared(of_test):
                yield head + _row(group), len(group)
                head = ""


def _test(finding: Finding) -> str:
    return finding.test_id or display_path(finding.path.parent)


def _row(group: Sequence[Finding]) -> str:
    first = group[0]
    names = list(dict.fromkeys(map(_name, group)))
    more = f" and {len(names) - _MOST_NAMES:,} more" * (len(names) > _MOST_NAMES)
    is_group = len(names) > 1 and first.group_message
    what = f"{plural(len(names), 'recording')} {first.group_message}" if is_group else first.message
    cells = (_test(first), ", ".join(names[:_MOST_NAMES]) + more, what)
    return f"| {' | '.join(_markdown(one_line(cell[:_MOST_CHARACTERS])) for cell in cells)} |\n"


def _name(finding: Finding) -> str:
    """The id of a recording, else its path."""
    return parse_filename(finding.path.name).id or display_path(finding.path)


def _markdown(text: str) -> str:
    """Text that Markdown shows as it is; `:`, `/`, `@` and `-` too, of which it makes links by itself."""
    return _MARKDOWN.sub(lambda sign: f"&#{ord(sign[0])};", text)
