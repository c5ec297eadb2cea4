"""Work on a second core: blocks of a long job are done in turns, by this process and by a copy of it.

Made for reading thousands of small files. The copy is a fork, so that nothing is loaded twice; the
two share nothing afterwards but a pipe.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, TypeVar

S = TypeVar("S")
T = TypeVar("T")

_LENGTH_BYTES = 8
_TWO = 2


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def blocks_of(items: Sequence[S], length: int) -> list[Sequence[S]]:
    """Items in blocks of a length, the last one shorter."""
    return [items[start : start + length] for start in range(0, len(items), length)]


def in_two(blocks: Sequence[T], work: Callable[[T], bytes]) -> Iterator[bytes]:
    """The result of each block, in order; every other one comes from a second process.

    What that one fails to deliver is done here: a result never depends on it. `work` must not
    change anything but its result.
    """
    if cores() < _TWO:
        yield from map(work, blocks)
        return
    reader, writer = os.pipe()
    # Ctrl-C has to find either no second process, or one that is ended below; there it is not heard.
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        child = os.fork()
    except OSError:  # no more processes are allowed
        os.close(reader)
        os.close(writer)
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)
        yield from map(work, blocks)
        return
    if not child:
        _work_in_child(reader, writer, blocks, work)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, heard)
            for number, block in enumerate(blocks):
                answer = _receive(answers) if number % 2 else None
                yield work(block) if answer is None else answer
        finally:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _work_in_child(reader: int, writer: int, blocks: Sequence[T], work: Callable[[T], bytes]) -> None:
    """Never returns: nothing of what the parent would do at its end may be done twice."""
    try:
        os.close(reader)
        with os.fdopen(writer, "wb") as answers:
            for block in blocks[1::2]:
                answer = work(block)
                answers.write(len(answer).to_bytes(_LENGTH_BYTES, "big") + answer)
                answers.flush()
    except BaseException:  # noqa: S110 - the parent sees that something is missing, and does it itself
        pass
    finally:
        os._exit(0)


def _receive(answers: BinaryIO) -> bytes | None:
    """The next answer; None where there is none any more."""
    head = answers.read(_LENGTH_BYTES)
    if len(head) < _LENGTH_BYTES:
        return None
    size = int.from_bytes(head, "big")
    answer = answers.read(size)
    return answer if len(answer) == size else None
