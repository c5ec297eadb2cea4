"""Progress on a terminal, for work that turns out to be long."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from recctl.views import output

T = TypeVar("T")

_PATIENCE = 0.5  # seconds after which it is worth telling
_STEP = 0.1  # seconds between two redraws


def progress(items: Iterable[T], what: str, total: int) -> Iterator[T]:
    """The items as they are; on a terminal a line on stderr counts them, past about half a second."""
    if not output.stderr_is_terminal():
        yield from items
        return
    due = time.monotonic() + _PATIENCE
    drawn = False
    try:
        for number, item in enumerate(items):
            if time.monotonic() >= due:
                output.draw_status(f"{what} {number:,} of {total:,}")
                drawn = True
                due = time.monotonic() + _STEP
            yield item
    finally:
        if drawn:
            output.draw_status("")
