"""Findings of `recctl check`: by file, as counts, as JSON; and the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from recctl.check.rules.rule import Finding, Rule, Severity
from recctl.recordings.ref import display_ref
from recctl.support.jsonvalue import JsonObject
from recctl.support.paths import display_path
from recctl.views.escaping import one_line
from recctl.views.styled_lines import BLANK, Line, Span, Style, line
from recctl.views.units import plural

SEVERITIES: dict[Severity, Style] = {"error": "error", "warning": "warning"}


def findings_page(findings: Sequence[Finding]) -> Iterator[Line]:
    """Yield the findings of each file, one line each, by code: the form for a pipe."""
    for ref, group in groupby(findings, key=lambda finding: finding.ref):
        of_file = list(group)
        yield line(Span(one_line(display_ref(ref)), "id"))
        if of_file[0].test_id is not None:
            yield line(Span(one_line(of_file[0].test_id), "dim"), indent=1)
        for one in of_file:
            lead = Span(f"{one.rule.code} ", SEVERITIES[one.rule.severity])
            yield line(one_line(one.message), Span("  --fix" * one.fixable, "dim"), indent=1, lead=lead)
        yield BLANK


def group_by(findings: Iterable[Finding], key: Callable[[Finding], str]) -> dict[str, list[Finding]]:
    """Return findings grouped by a key, in their order."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(key(finding), []).append(finding)
    return groups


def group_same(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Yield the findings of a test in groups: those of several recordings with one message together."""
    for group in group_by(
        findings, lambda one: f"{one.rule.code} {one.group_message or one.message}"
    ).values():
        if len({finding.ref for finding in group}) == 1:
            yield from ([finding] for finding in group)
        else:
            yield group


def counts_page(findings: Sequence[Finding]) -> Iterator[Line]:
    """Yield how many findings each code has."""
    for code, count in sorted(Counter(finding.rule.code for finding in findings).items()):
        yield _counted(count, next(finding.rule for finding in findings if finding.rule.code == code))


def _counted(count: int, rule: Rule) -> Line:
    severity = Span(rule.severity, SEVERITIES[rule.severity])
    return line(f"{count:>6,}  {rule.code}  {rule.name:<16}", severity)


def statistics_page(findings: Sequence[Finding]) -> Iterator[Line]:
    """Yield how many findings each code has, then each directory, the most first."""
    rules = {finding.rule.code: finding.rule for finding in findings}
    for code, count in _most_first(finding.rule.code for finding in findings):
        yield _counted(count, rules[code])
    yield BLANK
    for directory, count in _most_first(display_path(finding.path.parent) for finding in findings):
        yield line(f"{count:>6,}  ", Span(one_line(directory), "id"))._replace(nowrap=True)


def _most_first(values: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0]))


def findings_totals(findings: Sequence[Finding], files: int) -> str:
    """Return `15 errors and 57 warnings in 60 of 458 recordings` and what to do about them."""
    errors = sum(finding.rule.severity == "error" for finding in findings)
    warnings = len(findings) - errors
    counts = [plural(errors, "error")] * bool(errors) + [plural(warnings, "warning")] * bool(warnings)
    affected = len({finding.ref for finding in findings})
    fixable = sum(finding.fixable for finding in findings)
    fix = f"; {fixable:,} fixable with --fix" if fixable else ""
    explain = f"; recctl rule {findings[0].rule.code} explains" if findings else ""
    return f"{' and '.join(counts)} in {affected:,} of {plural(files, 'recording')}{fix}{explain}"


def finding_object(finding: Finding) -> JsonObject:
    """Return the keys of `check --format json`."""
    return {
        "code": finding.rule.code,
        "severity": finding.rule.severity,
        "path": display_path(finding.path),
        "test_id": finding.test_id,
        "message": finding.message,
        "fixable": finding.fixable,
    }


def rules_page(rules: Sequence[Rule]) -> Iterator[Line]:
    """Yield a line per rule: code, name, severity, and the first sentence of its meaning."""
    for rule in rules:
        severity = Span(f"{rule.severity:<9}", SEVERITIES[rule.severity])
        lead = Span(f"{rule.code}  ", "id")
        fix = Span("  --fix" * rule.fixable, "dim")
        yield line(f"{rule.name:<16}", severity, first_sentence(rule.meaning), fix, lead=lead)


def first_sentence(text: str) -> str:
    """Return the first sentence of a rule's meaning, up to a colon."""
    return text.partition(". ")[0].rstrip(".").partition(":")[0]


def rule_page(rule: Rule) -> Iterator[Line]:
    """Yield everything about a rule."""
    fix = "; recctl check --fix fixes it" if rule.fixable else ""
    yield line(Span(f"{rule.code} {rule.name}", "heading"), f"  {rule.severity}{fix}")
    for title, text in (("what", rule.meaning), ("why", rule.why), ("fix", rule.how_to_fix)):
        yield BLANK
        yield line(text, lead=Span(f"{title:<6}", "bold"))
