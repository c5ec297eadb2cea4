"""Work on many items in several processes: how many of them, and the results in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")


def cores() -> int:
    """Return the number of cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS
        return os.cpu_count() or 1


def workers_for(count: int, at_least: int) -> int:
    """Return the number of processes for `count` items: one per core, but a single one below `at_least`."""
    return cores() if count >= at_least else 1


def parallel_map(
    work: Callable[[S], T], items: Sequence[S], workers: int | None = None, at_least: int = 0
) -> Iterator[T]:
    """Yield `work(item)` for each item, in order, computed by `workers` processes, this one among them.

    By default there is one for each core, or this one alone for fewer items than `at_least`. `work` must be
    free of side effects; its results are pickled, `work` and the items are not. No result depends on
    another process: what one fails to deliver is computed here.
    """
    workers = workers or workers_for(len(items), at_least)
    if min(workers, len(items)) > 1:
        from recctl.support.process_pool import Job, Pool  # loads multiprocessing, in 10 ms

        yield from Pool(Job(work, items), workers - 1).results()
    else:
        yield from map(work, items)
