"""What stdout is: its size, and whether it is a terminal and takes colour."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple, TextIO


class Screen(NamedTuple):
    """What stdout is: a terminal or not, whether to colour, and how many columns it has."""

    terminal: bool
    color: bool
    width: int
    height: int


def screen() -> Screen:
    """What stdout is, by NO_COLOR, FORCE_COLOR, TERM, COLUMNS and the stream itself.

    NO_COLOR wins over FORCE_COLOR; each counts when it is set to anything but nothing.
    """
    import shutil  # dear to load, and many commands never ask

    terminal = is_terminal(sys.stdout)
    size = shutil.get_terminal_size()
    if os.environ.get("NO_COLOR"):
        color = False
    elif os.environ.get("FORCE_COLOR"):
        color = True
    else:
        color = terminal and os.environ.get("TERM") not in ("dumb", "")
    return Screen(terminal, color, max(size.columns, 20), max(size.lines, 1))


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is a terminal; a closed one is not."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
