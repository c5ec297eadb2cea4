"""Facts about stdout: whether it is a terminal, whether to use colour, and its size."""

from __future__ import annotations

import os
import sys
from typing import NamedTuple, TextIO


class TerminalInfo(NamedTuple):
    """Whether stdout is a terminal, whether to use colour, and its size in columns and rows."""

    is_terminal: bool
    color: bool
    width: int
    height: int


def terminal_info() -> TerminalInfo:
    """Return the facts about stdout, by NO_COLOR, FORCE_COLOR, TERM, COLUMNS and the stream itself.

    NO_COLOR wins over FORCE_COLOR; either counts unless it is empty.
    """
    import shutil  # expensive to import, and many commands never ask

    stdout_is_terminal = is_terminal(sys.stdout)
    size = shutil.get_terminal_size()
    if os.environ.get("NO_COLOR"):
        color = False
    elif os.environ.get("FORCE_COLOR"):
        color = True
    else:
        color = stdout_is_terminal and os.environ.get("TERM") not in ("dumb", "")
    return TerminalInfo(stdout_is_terminal, color, max(size.columns, 20), max(size.lines, 1))


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is a terminal; a closed one is not."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False
