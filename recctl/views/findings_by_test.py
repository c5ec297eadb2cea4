"""What `check` found, for a terminal: the file and the test once, and a line for what recordings share."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from recctl.catalog.references import shortest_references
from recctl.check.rules.rule import Finding
from recctl.recordings.ref import Ref, display_ref
from recctl.support.paths import display_path
from recctl.views import terminal
from recctl.views.escaping import one_line, plural
from recctl.views.findings import SEVERITIES, grouped, shared
from recctl.views.styled_lines import BLANK, INDENT, Line, Span, line

_MOST_ROWS = 2  # of a finding, where the screen is not narrow
_NARROW = 60  # columns


def screen_page(findings: Sequence[Finding], files: Iterable[Path], width: int, long: bool) -> Iterator[Line]:
    """The findings by test file and test, each with a reference; those of several recordings in one line.

    With `long` each has a line with its path. `files` are those among which a reference has to be unique.
    """
    view = _View(width, files, long)
    for place, of_place in grouped(findings, _place).items():
        yield view.heading(place, 0)
        for test, of_test in sorted(grouped(of_place, _test).items()):
            if test:
                yield view.heading(test, 1)
            ordered = sorted(of_test, key=lambda one: one.rule.code)
            for group in ([one] for one in ordered) if long else shared(ordered):
                yield from view.lines(group, 2 if test else 1)
        yield BLANK


def _place(finding: Finding) -> str:
    """The test file, or the directory of what names no test."""
    if finding.test_id is None:
        return os.path.join(display_path(finding.path.parent), "")
    return finding.test_id.partition("::")[0]


def _test(finding: Finding) -> str:
    return (finding.test_id or "").partition("::")[2]


class _View:
    """How findings are shown: on so many columns, with paths or by reference."""

    def __init__(self, width: int, files: Iterable[Path], long: bool) -> None:
        self._references = shortest_references(() if long else map(Ref, files))
        self._width = width
        self._long = long
        self._most = 0 if long or width < _NARROW else _MOST_ROWS

    def heading(self, text: str, indent: int) -> Line:
        """A heading of one row, cut in its middle; whole where everything is."""
        room = self._width - len(INDENT) * indent
        shown = one_line(text) if self._long else terminal.fit_middle(one_line(text), room)
        return line(Span(shown, "bold" if indent else "heading"), indent=indent)._replace(whole=self._long)

    def lines(self, group: Sequence[Finding], indent: int) -> Iterator[Line]:
        """The lines of findings that say the same; a label of half a row or more has a row of its own."""
        first = group[0]
        lead = Span(f"{first.rule.code} ", SEVERITIES[first.rule.severity])
        fix = Span("  --fix" * any(finding.fixable for finding in group), "dim")
        room = self._width - len(INDENT) * indent - len(lead.text)
        if len(group) > 1:
            spans = self._together(group, room - len(fix.text))
            yield line(*spans, fix, indent=indent, lead=lead)._replace(most=self._most)
            return
        label, message = Span(self._label(first), "id"), one_line(first.message)
        if not self._long and 2 * terminal.width_of(label.text) < room:
            yield line(label, "  ", message, fix, indent=indent, lead=lead)._replace(most=self._most)
            return
        yield line(label, indent=indent, lead=lead)._replace(whole=True)
        below = line(message, fix, indent=indent, lead=Span(" " * len(lead.text)))
        yield below._replace(most=max(self._most - 1, 0))

    def _label(self, finding: Finding) -> str:
        """What other commands take: a reference, else the path; the name alone below its directory."""
        path = finding.path
        reference = self._references.get(finding.ref, "")
        if reference == path.stem or (finding.test_id is None and reference == str(finding.ref)):
            return one_line(path.name)
        is_path = reference in ("", str(finding.ref))
        return one_line(display_ref(finding.ref) if is_path else reference)

    def _together(self, group: Sequence[Finding], room: int) -> list[Span]:
        """What several recordings share, and as many of their references as there is room for."""
        first = group[0]
        names = list(dict.fromkeys(map(self._label, group)))
        count = plural(len(names), "recording")
        said, message = first.group_message, first.message
        lead, close = (f"{count} {said}", "") if said else (f"{message} ({count}", ")")
        short = [name for name in names if 2 * terminal.width_of(name) < room]
        while short:
            rest = len(names) - len(short)
            end = f" and {rest:,} more{close}" if rest else close
            if not self._most or _rows(f"{lead}: {', '.join(short)}{end}", room) <= self._most:
                ids = [part for name in short for part in (Span(name, "id"), Span(", "))]
                return [Span(f"{one_line(lead)}: "), *ids[:-1], Span(end)]
            short.pop()
        return [Span(f"{one_line(lead)}{close}; --long lists them")]


def _rows(text: str, room: int) -> int:
    """How many rows a text takes that is broken between words."""
    rows, taken = 1, 0
    for width in map(terminal.width_of, text.split(" ")):
        if taken and taken + 1 + width > room:
            rows, taken = rows + 1, 0
        taken += width + bool(taken)
    return rows
