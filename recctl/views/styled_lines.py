"""A page of styled lines: what the human views are made of, before it is known where they go.

Named tuples, since `recctl --version` comes by here, and must not wait for msgspec.
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
    """Characters in one style. The text is safe already (see `safe.visible`)."""

    text: str
    style: Style = "plain"


class Line(NamedTuple):
    """One line, or a paragraph whose text holds line breaks; `indent` is in steps of two blanks.

    `lead` stands before the first row, and what follows is aligned behind it. `title` makes the
    line the heading of a section. A `whole` line is never wrapped; `most` are the rows that it may take,
    0 for any number.
    """

    spans: tuple[Span, ...] = ()
    indent: int = 0
    lead: Span | None = None
    title: bool = False
    whole: bool = False
    most: int = 0


def line(*parts: str | Span, indent: int = 0, lead: Span | None = None) -> Line:
    """A line from strings and spans."""
    return Line(tuple(Span(part) if isinstance(part, str) else part for part in parts), indent, lead)


def styled(text: str, style: Style, indent: int = 0) -> Line:
    """A line in one style."""
    return Line((Span(text, style),), indent)


BLANK = Line()
INDENT = "  "


def plain_text(lines: list[Line]) -> str:
    """The page without styles or wrapping, as it is piped: stable, complete, nothing cut."""
    out = []
    for each in lines:
        lead = each.lead.text if each.lead else ""
        first, *rest = "".join(span.text for span in each.spans).split("\n")
        margin = INDENT * each.indent
        out.append((margin + lead + first).rstrip())
        out += [(margin + " " * len(lead) + part).rstrip() for part in rest]
    return "".join(f"{text}\n" for text in out)
