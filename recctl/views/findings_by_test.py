"""Findings on a terminal, grouped by test file and test; those that recordings share on one line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from recctl.catalog.references import shortest_references
from recctl.check.rules.rule import Finding
from recctl.recordings.ref import Ref, display_ref
from recctl.support.paths import display_path
from recctl.views import terminal
from recctl.views.escaping import one_line
from recctl.views.findings import SEVERITIES, group_by, group_same
from recctl.views.styled_lines import BLANK, INDENT, Line, Span, line
from recctl.views.units import plural

_MAX_ROWS = 2  # rows per finding, unless the terminal is narrow
_NARROW = 60  # columns below which a terminal is narrow


def findings_by_test_page(
    findings: Sequence[Finding], files: Iterable[Path], width: int, long: bool
) -> Iterator[Line]:
    """Yield findings by test file and test, each with a reference; equal ones of recordings on one line.

    With `long` each finding has its own line with its path. References are unique among `files`.
    """
    view = _View(width, files, long)
    for heading, of_file in group_by(findings, _file_or_directory).items():
        yield view.heading(heading, 0)
        for test, of_test in sorted(group_by(of_file, _test).items()):
            if test:
                yield view.heading(test, 1)
            ordered = sorted(of_test, key=lambda one: one.rule.code)
            for group in ([one] for one in ordered) if long else group_same(ordered):
                yield from view.lines(group, 2 if test else 1)
        yield BLANK


def _file_or_directory(finding: Finding) -> str:
    """Return the test file, or the recording's directory if it names no test."""
    if finding.test_id is None:
        return os.path.join(display_path(finding.path.parent), "")
    return finding.test_id.partition("::")[0]


def _test(finding: Finding) -> str:
    return (finding.test_id or "").partition("::")[2]


class _View:
    """How findings are shown: in how many columns, with paths or references."""

    def __init__(self, width: int, files: Iterable[Path], long: bool) -> None:
        self._references = shortest_references(() if long else map(Ref, files))
        self._width = width
        self._long = long
        self._max_rows = 0 if long or width < _NARROW else _MAX_ROWS

    def heading(self, text: str, indent: int) -> Line:
        """Return a heading of one row, cut in its middle unless everything is shown in full."""
        room = self._width - len(INDENT) * indent
        shown = one_line(text) if self._long else terminal.fit_middle(one_line(text), room)
        return line(Span(shown, "bold" if indent else "heading"), indent=indent)._replace(nowrap=self._long)

    def lines(self, group: Sequence[Finding], indent: int) -> Iterator[Line]:
        """Yield the lines of findings with one message; a label longer than half a row gets its own row."""
        first = group[0]
        lead = Span(f"{first.rule.code} ", SEVERITIES[first.rule.severity])
        fix = Span("  --fix" * any(finding.fixable for finding in group), "dim")
        room = self._width - len(INDENT) * indent - len(lead.text)
        if len(group) > 1:
            spans = self._joined(group, room - len(fix.text))
            yield line(*spans, fix, indent=indent, lead=lead)._replace(max_rows=self._max_rows)
            return
        label, message = Span(self._label(first), "id"), one_line(first.message)
        if not self._long and 2 * terminal.width_of(label.text) < room:
            yield line(label, "  ", message, fix, indent=indent, lead=lead)._replace(max_rows=self._max_rows)
            return
        yield line(label, indent=indent, lead=lead)._replace(nowrap=True)
        below = line(message, fix, indent=indent, lead=Span(" " * len(lead.text)))
        yield below._replace(max_rows=max(self._max_rows - 1, 0))

    def _label(self, finding: Finding) -> str:
        """Return what other commands take: a reference or path; below its directory, the file name."""
        path = finding.path
        reference = self._references.get(finding.ref, "")
        if reference == path.stem or (finding.test_id is None and reference == str(finding.ref)):
            return one_line(path.name)
        is_path = reference in ("", str(finding.ref))
        return one_line(display_ref(finding.ref) if is_path else reference)

    def _joined(self, group: Sequence[Finding], room: int) -> list[Span]:
        """Return the message that recordings share, and as many references as fit."""
        first = group[0]
        names = list(dict.fromkeys(map(self._label, group)))
        count = plural(len(names), "recording")
        said, message = first.group_message, first.message
        lead, close = (f"{count} {said}", "") if said else (f"{message} ({count}", ")")
        short = [name for name in names if 2 * terminal.width_of(name) < room]
        while short:
            rest = len(names) - len(short)
            end = f" and {rest:,} more{close}" if rest else close
            if not self._max_rows or _rows(f"{lead}: {', '.join(short)}{end}", room) <= self._max_rows:
                ids = [part for name in short for part in (Span(name, "id"), Span(", "))]
                return [Span(f"{one_line(lead)}: "), *ids[:-1], Span(end)]
            short.pop()
        return [Span(f"{one_line(lead)}{close}; --long lists them")]


def _rows(text: str, room: int) -> int:
    """Return how many rows a text takes if wrapped between words."""
    rows, taken = 1, 0
    for width in map(terminal.width_of, text.split(" ")):
        if taken and taken + 1 + width > room:
            rows, taken = rows + 1, 0
        taken += width + bool(taken)
    return rows
