"""Styled lines, of which pages for people are made, independent of where they are printed.

Named tuples because even `recctl --version` imports this, and msgspec would slow it down.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Style: TypeAlias = Literal[
    "plain",
    "dim",
    "bold",
    "id",
    "role",
    "name",
    "model",
    "tool",
    "error",
    "warning",
    "reasoning",
    "heading",
    "added",
    "removed",
]


class Span(NamedTuple):
    """Text in one style, already escaped (see `escaping.visible`)."""

    text: str
    style: Style = "plain"


class Line(NamedTuple):
    """One line, or a paragraph whose text contains line breaks; `indent` is in steps of two blanks.

    `lead` comes before the first row, and further rows align with the text after it. `is_title` makes
    it the heading of a section. A line with `nowrap` is never wrapped; `max_rows` limits the rows of
    others, 0 for any number.
    """

    spans: tuple[Span, ...] = ()
    indent: int = 0
    lead: Span | None = None
    is_title: bool = False
    nowrap: bool = False
    max_rows: int = 0


def line(*parts: str | Span, indent: int = 0, lead: Span | None = None) -> Line:
    """Return a line of strings and spans."""
    return Line(tuple(Span(part) if isinstance(part, str) else part for part in parts), indent, lead)


def styled(text: str, style: Style, indent: int = 0) -> Line:
    """Return a line in one style."""
    return Line((Span(text, style),), indent)


BLANK = Line()
INDENT = "  "


def plain_text(lines: list[Line]) -> str:
    """Return a page without styles, as it is piped: complete, nothing wrapped or cut."""
    out = []
    for each in lines:
        lead = each.lead.text if each.lead else ""
        first, *rest = "".join(span.text for span in each.spans).split("\n")
        margin = INDENT * each.indent
        out.append((margin + lead + first).rstrip())
        out += [(margin + " " * len(lead) + part).rstrip() for part in rest]
    return "".join(f"{text}\n" for text in out)
