"""A function run on many items by this process and by forked workers, with no process left behind."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import suppress
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")
Block: TypeAlias = tuple[slice, Future[list[T]]]  # which items, and their results

# Forked workers have everything loaded and take 3 ms of processor time each; spawned ones, and the server of
# forkserver, take 65 ms each before they import recctl, in which time a process reads 500 files.
_START_METHOD = "fork"
_SHORTEST, _LONGEST = 10, 100  # items in a block; to hand one over takes 0.3 ms
_IN_FLIGHT = 2  # blocks for each worker: the one it works on, and the next
_AHEAD = 6  # blocks for each worker, finished ones included, that wait for their turn
_SECONDS = 1.0  # between two looks at whether what a result comes from is alive


class Job(Generic[T]):
    """What this process and its workers share: a function and the items to call it with."""

    def __init__(self, work: Callable[[Any], T], items: Sequence[Any]) -> None:
        self._work = work
        self._items = items

    def blocks(self, processes: int) -> Iterator[slice]:
        """Yield which items to work on at once: fewer towards the end, so that all processes end together."""
        start = 0
        while start < len(self._items):
            share = (len(self._items) - start) // (2 * processes)
            end = start + max(_SHORTEST, min(share, _LONGEST))
            yield slice(start, end)
            start = end

    def results(self, block: slice) -> Iterator[T]:
        """Yield the result of each item of a block."""
        return map(self._work, self._items[block])


class Pool(Generic[T]):
    """Workers for one job; what they fail to deliver is computed by this process."""

    def __init__(self, job: Job[T], workers: int) -> None:
        self._job = job
        self._workers = workers
        self._executor: ProcessPoolExecutor | None = None  # None while there are no workers
        self._other_children = set(active_children())
        self._other_threads = set(threading.enumerate())
        self._excepthook = threading.excepthook

    def results(self) -> Iterator[T]:
        """Yield the results in order; this process works too as long as the next one is not there."""
        todo, ahead = deque(self._job.blocks(self._workers + 1)), deque[Block[T]]()
        try:
            self._start()
            while todo or ahead:
                while todo and self._has_room(ahead):
                    ahead.append(self._submit(todo.popleft()))
                if todo and len(ahead) < self._workers * _AHEAD and not (ahead and ahead[0][1].done()):
                    ahead.append(self._run(todo.popleft()))
                else:
                    yield from self._receive(*ahead.popleft())
        finally:
            self._close()

    def _start(self) -> None:
        if len(self._other_threads) > 1:  # then a fork could deadlock
            return
        # Workers inherit the mask: Ctrl-C reaches none of them, and this process only when it can stop them.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        threading.excepthook = _ignore_lack_of_threads
        try:
            context = get_context(_START_METHOD)
            executor = ProcessPoolExecutor(self._workers, context, _adopt, (self._job,))
            executor.submit(os.getpid)  # starts the workers
            # Else, of a worker that is killed while it sends, the rest would be waited for without end.
            with suppress(AttributeError):  # not part of the executor's interface
                executor._result_queue._writer.close()  # type: ignore[attr-defined]
            self._executor = executor
        except (ImportError, OSError, RuntimeError):  # no semaphores, processes, files or threads to be had
            pass
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def _has_room(self, ahead: deque[Block[T]]) -> bool:
        in_flight = sum(not future.done() for _, future in ahead)
        return self._executor is not None and in_flight < self._workers * _IN_FLIGHT

    def _submit(self, block: slice) -> Block[T]:
        if self._executor:
            try:
                return block, self._executor.submit(_run, block)
            except RuntimeError:  # a worker was killed
                self._executor = None
        return self._run(block)

    def _run(self, block: slice) -> Block[T]:
        future = Future[list[T]]()
        try:
            future.set_result(list(self._job.results(block)))
        except Exception as error:  # raised again when it is this block's turn
            future.set_exception(error)
        return block, future

    def _receive(self, block: slice, future: Future[list[T]]) -> Iterator[T]:
        while not future.done() and self._threads():
            wait([future], _SECONDS)
            if not future.done() and len(self._processes()) < self._workers:
                self._kill()  # one was killed: the executor notices when it can receive from no other
        try:
            return iter(future.result(0))
        except Exception:  # the work failed, its result cannot be pickled, or a worker was killed
            return self._job.results(block)

    def _threads(self) -> list[threading.Thread]:
        """The thread that receives results; none where it could not start or, on Python 3.11, failed."""
        return [one for one in threading.enumerate() if not (one.daemon or one in self._other_threads)]

    def _processes(self) -> set[BaseProcess]:
        return set(active_children()) - self._other_children

    def _kill(self) -> None:
        for process in self._processes():
            process.kill()

    def _close(self) -> None:
        self._kill()
        for thread in self._threads():
            thread.join()
        for process in self._processes():  # where the executor could start only some
            process.join()
        threading.excepthook = self._excepthook


def _ignore_lack_of_threads(failed: threading.ExceptHookArgs) -> None:
    """Print nothing when the executor cannot start its second thread: then this process does it all."""
    if failed.exc_type is not RuntimeError:
        threading.__excepthook__(failed)


_job: Job[Any]  # in a worker: what it works on


def _adopt(job: Job[Any]) -> None:
    """Begin as a worker."""
    global _job
    _job = job
    try:
        threading.Thread(target=_exit_with_parent, daemon=True).start()
    except RuntimeError:
        os._exit(1)


def _exit_with_parent() -> None:
    """Exit when the parent is killed: nobody else would end a worker that waits for a block."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _run(block: slice) -> list[Any]:
    return list(_job.results(block))
