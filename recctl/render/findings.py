"""What `check` found: by file for people, as JSON, and for GitHub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from recctl.jsonvalue import JsonObject
from recctl.paths import display_path
from recctl.render.page import BLANK, Line, Span, Style, line
from recctl.render.safe import one_line, plural
from recctl.rules.rule import Finding, Rule, Severity

_STYLES: dict[Severity, Style] = {"error": "error", "warning": "warning"}


def findings_page(findings: Sequence[Finding]) -> Iterator[Line]:
    """The findings of each file, in order of their codes; at the end how many there are of each code."""
    for path, group in groupby(findings, key=lambda finding: finding.path):
        of_file = list(group)
        yield line(Span(one_line(display_path(path)), "id"))
        if of_file[0].test_id is not None:
            yield line(Span(one_line(of_file[0].test_id), "dim"), indent=1)
        for one in of_file:
            lead = Span(f"{one.rule.code} ", _STYLES[one.rule.severity])
            yield line(one_line(one.message), Span("  --fix" * one.fixable, "dim"), indent=1, lead=lead)
        yield BLANK
    yield from _counts(Counter(finding.rule.code for finding in findings), findings)


def _counts(counts: Counter[str], findings: Sequence[Finding]) -> Iterator[Line]:
    rules = {finding.rule.code: finding.rule for finding in findings}
    for code, count in sorted(counts.items()):
        rule = rules[code]
        yield line(f"{count:>6,}  {code}  {rule.name:<16}", Span(rule.severity, _STYLES[rule.severity]))


def findings_totals(findings: Sequence[Finding], files: int) -> str:
    """`15 errors and 57 warnings in 60 of 458 recordings` and what to do about them."""
    grave = sum(finding.rule.severity == "error" for finding in findings)
    counts = [plural(grave, "error")] * bool(grave) + [plural(len(findings) - grave, "warning")] * (
        len(findings) > grave
    )
    concerned = len({finding.path for finding in findings})
    fixable = sum(finding.fixable for finding in findings)
    fix = f"; --fix mends {fixable:,}" if fixable else ""
    explain = f"; recctl rule {findings[0].rule.code} explains" if findings else ""
    return f"{' and '.join(counts)} in {concerned:,} of {plural(files, 'recording')}{fix}{explain}"


def finding_object(finding: Finding) -> JsonObject:
    """The keys of `check --format json`."""
    return {
        "code": finding.rule.code,
        "severity": finding.rule.severity,
        "path": display_path(finding.path),
        "test_id": finding.test_id,
        "message": finding.message,
        "fixable": finding.fixable,
    }


def rules_page(rules: Sequence[Rule]) -> Iterator[Line]:
    """A line a rule: code, name, severity, and the first sentence of what it means."""
    for rule in rules:
        severity = Span(f"{rule.severity:<9}", _STYLES[rule.severity])
        lead = Span(f"{rule.code}  ", "id")
        fix = Span("  --fix" * rule.fixable, "dim")
        yield line(f"{rule.name:<16}", severity, first_sentence(rule.meaning), fix, lead=lead)


def first_sentence(text: str) -> str:
    """The first sentence of a rule's meaning, without what follows a colon."""
    return text.partition(". ")[0].rstrip(".").partition(":")[0]


def rule_page(rule: Rule) -> Iterator[Line]:
    """All there is to know of a rule."""
    fix = "; recctl check --fix mends it" if rule.fixable else ""
    yield line(Span(f"{rule.code} {rule.name}", "heading"), f"  {rule.severity}{fix}")
    for title, text in (("what", rule.meaning), ("why", rule.why), ("mend", rule.mend)):
        yield BLANK
        yield line(text, lead=Span(f"{title:<6}", "bold"))
