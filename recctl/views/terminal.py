"""Render pages for a terminal: colours, wrapping, columns, the pager. The only importer of rich."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from rich.cells import cell_len, set_cell_size
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style as RichStyle
from rich.text import Text

from recctl.views.styled_lines import INDENT, Line, Span, Style
from recctl.views.terminal_info import TerminalInfo

_MIN_WIDTH = 10  # columns for text, however deep it is indented

# Only the sixteen colours of the terminal's theme: readable on dark and light backgrounds.
_STYLES: dict[Style, str] = {
    "plain": "",
    "dim": "dim",
    "bold": "bold",
    "id": "cyan",
    "role": "bold blue",
    "name": "bold",
    "model": "green",
    "tool": "magenta",
    "error": "red",
    "warning": "yellow",
    "reasoning": "dim italic",
    "heading": "bold",
    "added": "green",
    "removed": "red",
}


def render(lines: Iterable[Line], info: TerminalInfo) -> str:
    """Return a page as text with escape sequences, wrapped if stdout is a terminal."""
    width = info.width if info.is_terminal else None
    return "".join(f"{text}\n" for each in lines for text in _render_line(each, width, info.color))


def _render_line(each: Line, width: int | None, color: bool) -> Iterator[str]:
    if each.is_title and width is not None:
        yield _rule(each, width, color)
        return
    lead = each.lead or Span("")
    margin = INDENT * each.indent
    hanging = margin + " " * cell_len(lead.text)
    room = None if width is None or each.nowrap else max(width - len(hanging), _MIN_WIDTH)
    rows = _rows(each.spans, room, color, each.max_rows)
    yield (margin + paint(lead.text, lead.style, color) + next(rows)).rstrip(" ")
    for row in rows:
        yield (hanging + row).rstrip(" ")


def _rule(each: Line, width: int, color: bool) -> str:
    title = "".join(span.text for span in each.spans)
    rest = "─" * max(width - cell_len(title) - 4, 0)
    return _paint((Span("── ", "dim"), Span(title, "heading"), Span(f" {rest}", "dim")), color)


def _rows(spans: Sequence[Span], room: int | None, color: bool, max_rows: int = 0) -> Iterator[str]:
    """Yield spans as rows of at most `room` columns, wrapped between words; long words are split.

    What does not fit into `max_rows` rows is cut off with an ellipsis, unless that is 0.
    """
    has_breaks = any("\n" in span.text or "\t" in span.text for span in spans)
    if not has_breaks and (room is None or sum(cell_len(span.text) for span in spans) <= room):
        yield _paint(spans, color)
        return
    text = Text.assemble(*((span.text, _STYLES[span.style]) for span in spans), end="")
    text.expand_tabs(4)
    console = _console(color)
    for row in (
        text.split("\n", allow_blank=True) if room is None else _wrapped(text, room, console, max_rows)
    ):
        row.rstrip()
        yield "".join(
            segment.style.render(segment.text, color_system=_color_system(color))
            if segment.style
            else segment.text
            for segment in row.render(console)
        )


def _wrapped(text: Text, room: int, console: Console, max_rows: int) -> list[Text]:
    rows = list(text.wrap(console, room, overflow="fold"))
    if 0 < max_rows < len(rows):
        del rows[max_rows:]
        rows[-1].rstrip()
        rows[-1].truncate(room - 1)
        rows[-1].append("…")
    return rows


def _paint(spans: Iterable[Span], color: bool) -> str:
    return "".join(paint(span.text, span.style, color) for span in spans)


def paint(text: str, style: Style, color: bool) -> str:
    """Return a text in the style's escape sequences, unchanged without colour."""
    if not color or style == "plain" or not text:
        return text
    return _rich_style(style).render(text, color_system=ColorSystem.STANDARD)


@cache
def _rich_style(style: Style) -> RichStyle:
    return RichStyle.parse(_STYLES[style])


@cache
def _console(color: bool) -> Console:
    return Console(
        color_system="standard" if color else None, force_terminal=color, markup=False, highlight=False
    )


def _color_system(color: bool) -> ColorSystem | None:
    return ColorSystem.STANDARD if color else None


def width_of(text: str) -> int:
    """Return how many columns a text takes on a terminal."""
    return cell_len(text)


def fit(text: str, width: int) -> str:
    """Return a text in exactly `width` columns: padded, or cut at its end with an ellipsis."""
    taken = cell_len(text)
    if taken <= width:
        return text + " " * (width - taken)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width) if width > 0 else ""


def fit_middle(text: str, width: int) -> str:
    """Return a text in at most `width` columns, cut in its middle if it is longer."""
    if cell_len(text) <= width:
        return text
    head = (width - 1) // 2
    return set_cell_size(text, head) + "…" + _last_columns(text, width - 1 - head)


def _last_columns(text: str, width: int) -> str:
    start = len(text)
    # Measured as a whole: a combining mark or selector changes the width of the character before it.
    while start and cell_len(text[start - 1 :]) <= width:
        start -= 1
    while start < len(text) and not cell_len(text[start]):
        start += 1  # marks of a character that is cut off
    return text[start:]


def page_through(text: str) -> bool:
    """Show a text in the program that PAGER names; return False if there is none or it cannot start."""
    try:
        command = shlex.split(os.environ.get("PAGER", ""))
    except ValueError:  # an unclosed quote
        return False
    if not command or command == ["cat"]:
        return False
    # The defaults of git and gh for less: quit if it fits, keep colours, do not clear the screen.
    environment = {"LESS": "FRX", **os.environ}
    try:
        with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as pager:
            try:
                pager.communicate(text.encode("utf-8", "backslashreplace"))
            except KeyboardInterrupt:
                pager.wait()
    except OSError:
        return False
    return True
