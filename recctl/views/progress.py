"""Progress on a terminal, for work that takes long."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from recctl.views import output

T = TypeVar("T")

_DELAY = 0.5  # seconds before progress is shown
_INTERVAL = 0.1  # seconds between two updates


def progress(items: Iterable[T], what: str, total: int) -> Iterator[T]:
    """Yield items unchanged; on a terminal, after half a second, count them on a line of stderr."""
    if not output.stderr_is_terminal():
        yield from items
        return
    due = time.monotonic() + _DELAY
    drawn = False
    try:
        for number, item in enumerate(items):
            if time.monotonic() >= due:
                output.draw_status(f"{what} {number:,} of {total:,}")
                drawn = True
                due = time.monotonic() + _INTERVAL
            yield item
    finally:
        if drawn:
            output.draw_status("")
