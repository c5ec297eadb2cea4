"""Several processes work on many items, no result depends on them, and none is left behind."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import islice
from mmap import mmap
from multiprocessing import active_children, get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from recctl.catalog.find import find
from recctl.catalog.scan import scan
from recctl.check.context import Settings
from recctl.check.engine import Item, check_files
from recctl.check.rules.rule import Finding
from recctl.check.selection import selected
from recctl.recordings.ogx.hash_rules import NEWEST
from recctl.recordings.summary import Summary
from recctl.support.errors import NotARecording, Unreadable
from recctl.support.processes import parallel_map, workers_for
from tests.edit.processes import wait_until
from tests.edit.trees import lay_out
from tests.helpers import HANGS_AFTER, ROOT, chat, few, put, run

WORKERS = [1, 2, 5]
MOST_AHEAD = 700  # results for each worker, at most, that are computed before they are asked for


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    before = _children()
    yield
    assert active_children() == []
    assert _children() == before


def _children() -> set[str]:
    """Return the ids of this process's children, ended ones not waited for too; none outside Linux."""
    return {pid for file in Path("/proc/self/task").glob("*/children") for pid in file.read_text().split()}


def in_workers(action: Callable[[int], object]) -> Callable[[int], int]:
    """Work that squares a number, and does something before where it is not this process that works."""
    here = os.getpid()

    def work(number: int) -> int:
        if os.getpid() != here:
            action(number)
        return number * number

    return work


# ---- what is computed, and by whom


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("count", [0, 1, 2, 3, 50, 2000])
def test_results_come_in_the_order_of_the_items(count: int, workers: int) -> None:
    assert list(parallel_map(str, range(count), workers)) == [str(number) for number in range(count)]


@pytest.mark.parametrize("workers", WORKERS)
def test_so_many_processes_work_at_the_same_time(workers: int) -> None:
    """Each waits, at its first item, until all have one; this process is one of them."""
    barrier = get_context("fork").Barrier(workers)
    met: list[int] = []

    def work(_: int) -> int:
        if not met:
            met.append(barrier.wait(HANGS_AFTER))
        return os.getpid()

    pids = set(parallel_map(work, range(1000), workers))
    assert (len(pids), os.getpid() in pids) == (workers, True)


@pytest.mark.parametrize(("count", "expected"), [(0, 1), (99, 1), (100, 2), (249, 4), (10_000, 7)])
def test_one_process_for_each_core_if_there_is_enough_to_do(
    count: int, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recctl.support.processes.cores", lambda: 7)
    assert workers_for(count, 100) == expected


def test_large_results_pass() -> None:
    """Larger than what a pipe holds."""
    sizes = [len(result) for result in parallel_map(lambda _: "x" * 300_000, range(100), 3)]
    assert sizes == [300_000] * 100


def test_results_may_be_what_other_formats_cannot_hold() -> None:
    odd = ["\ud800", 10**400, float("inf"), None, Path("\udce9")]
    assert list(parallel_map(lambda number: odd[number % 5], range(500), 3)) == odd * 100


def test_results_may_be_errors() -> None:
    def work(number: int) -> Unreadable:
        return NotARecording(Path(str(number)), "is none", "look at it")

    errors = list(parallel_map(work, range(200), 3))
    assert {(type(one), one.message, one.hint) for one in errors} == {
        (NotARecording, "is none", "look at it")
    }
    assert [str(one.path) for one in errors] == [str(number) for number in range(200)]


def test_few_results_are_computed_before_they_are_asked_for() -> None:
    computed = mmap(-1, 50_000)

    def work(number: int) -> int:
        computed[number] = 1
        return number

    results = parallel_map(work, range(50_000), 3)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert 0 < computed[:].count(b"\1") <= 2 * MOST_AHEAD


def test_threads_are_not_forked() -> None:
    """A worker could wait for a lock that no thread of its own will release."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    pids = set(parallel_map(lambda _: os.getpid(), range(1000), 3))
    done.set()
    thread.join()
    assert pids == {os.getpid()}


# ---- workers that fail


def die(number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_later(number: int) -> None:
    if number == 55:
        die(number)


def fail(number: int) -> None:
    raise TimeoutError


def die_in_the_middle_of_a_result(number: int) -> None:
    """All that is written to a pipe of this process ends after two bytes, and so does the process."""

    def send(self: Connection, data: bytes) -> None:
        os.write(self.fileno(), data[:2])
        die(number)

    Connection._send = send  # type: ignore[attr-defined]


@pytest.mark.parametrize("action", few([die, die_later, die_in_the_middle_of_a_result, fail], 2))
def test_what_workers_fail_to_deliver_is_computed_here(action: Callable[[int], object]) -> None:
    assert list(parallel_map(in_workers(action), range(500), 3)) == [number**2 for number in range(500)]


def test_a_result_that_cannot_be_pickled_is_computed_here() -> None:
    def work(number: int) -> Callable[[], int]:
        return lambda: number

    assert [result() for result in parallel_map(work, range(200), 3)] == list(range(200))


@pytest.mark.parametrize("workers", WORKERS)
def test_an_error_is_raised_after_the_results_before_it(workers: int) -> None:
    def work(number: int) -> int:
        if number >= 321:
            raise ValueError(number)
        return number

    results = parallel_map(work, range(500), workers)
    assert list(islice(results, 321)) == list(range(321))
    with pytest.raises(ValueError, match=r"^321$"):
        next(results)


# ---- limits of the system


@pytest.mark.parametrize("allowed", [0, 1])
def test_where_processes_cannot_be_started_this_one_does_it_all(
    allowed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []
    fork = os.fork

    def limited() -> int:
        if len(started) == allowed:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        started.append(0)
        return fork()

    monkeypatch.setattr(os, "fork", limited)
    assert set(parallel_map(lambda _: os.getpid(), range(500), 3)) == {os.getpid()}
    assert len(started) == allowed


LIMITED = """
import os, resource, sys, tokenize
from recctl.support.processes import parallel_map
list(parallel_map(str, range(100), 3))  # later on Python's files may be out of reach
user = 100_000 + os.getpid()  # nobody else's processes count
os.setgid(user)
os.setuid(user)
resource.setrlimit(resource.{limit}, ({most}, {most}))
print(len(set(parallel_map(lambda number: (os.getpid(), number)[1], range(500), 3))))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize(
    ("limit", "most"),
    [
        *few((("RLIMIT_NPROC", most) for most in range(1, 9)), 3),
        *few((("RLIMIT_NOFILE", most) for most in range(4, 24, 2)), 4),
    ],
)
def test_below_any_limit_nothing_is_missing_or_printed(limit: str, most: int) -> None:
    """Whichever process, thread or pipe is the first that cannot be had."""
    assert run_script(LIMITED.format(limit=limit, most=most)) == (0, "500\n", "")


def run_script(script: str) -> tuple[int, str, str]:
    """The exit code, stdout and stderr of a script, complete when all of its processes have ended."""
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, text=True, timeout=HANGS_AFTER)
    return done.returncode, done.stdout, done.stderr


# ---- an early end


def test_ctrl_c_does_not_wait_for_workers() -> None:
    """Each of them would go on for ever."""
    here, begun = os.getpid(), mmap(-1, 1)

    def work(number: int) -> None:
        if os.getpid() == here:
            wait_until(lambda: begun[0] == 1)
            raise KeyboardInterrupt
        begun[0] = 1
        while True:
            signal.pause()

    with pytest.raises(KeyboardInterrupt):
        list(parallel_map(work, range(1000), 3))


ENDED = """
import os, signal
from recctl.support.processes import parallel_map
results = parallel_map(str, range(100_000), 5)
next(results)
os.kill({whom}, signal.{signal})
list(results)
"""


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT"])
def test_no_worker_outlives_its_parent(name: str) -> None:
    """Each holds the pipes that are read here to their end."""
    code, _, err = run_script(ENDED.format(whom="os.getpid()", signal=name))
    assert code == -getattr(signal, name)
    assert err.endswith("KeyboardInterrupt\n" if name == "SIGINT" else "")


# ---- commands


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Recordings to normalize, an id to keep, odd texts and numbers, and what is no recording."""
    lay_out(tmp_path, 40)
    place = tmp_path / "tests/suite0/recordings"
    put(place, chat(prompt="Go on from chatcmpl-000001.", test_id="tests/a.py::test_turn"))
    put(place, chat(test_id="tests/a.py::test_\ud800"))
    put(place, chat(test_id="tests/a.py::test_large", seed=10**1000))
    (place / "bad.json").write_text("{")
    (place / "list.json").write_text("[]")
    return tmp_path


@pytest.mark.parametrize("workers", WORKERS)
def test_a_scan_is_the_same(mixed: Path, workers: int) -> None:
    def scanned(workers: int) -> list[Summary | str]:
        found = scan(find([mixed]).files, use_index=False, workers=workers)
        return [one if isinstance(one, Summary) else f"{one.path}: {one}" for one in found]

    parallel = scanned(workers)
    assert parallel == scanned(1)
    assert sum(isinstance(one, str) for one in parallel) == 2


@pytest.mark.parametrize("workers", WORKERS)
def test_a_check_is_the_same(mixed: Path, workers: int) -> None:
    def shown(item: Item) -> tuple[object, ...]:
        if isinstance(item, Finding):  # two fixes are never equal
            return item.rule.code, item.path, item.test_id, item.message, item.line, item.fix is None
        return type(item), str(item)

    def checked(workers: int) -> list[list[tuple[object, ...]]]:
        found = check_files(files, selected(["ALL"], []), Settings(NEWEST, 1000, workers=workers))
        return [[shown(item) for item in of_file] for of_file in found]

    files = find([mixed]).files
    assert checked(workers) == checked(1)


COMMANDS = ["ls --json --no-cache", "ls --json", "check", "normalize --json", "normalize --json --volatile"]


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize("command", few(COMMANDS, 2))
def test_a_command_prints_the_same(
    mixed: Path, command: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    serial = run(*command.split(), mixed)
    assert serial.data.count(b"\n") > 40
    monkeypatch.setattr("recctl.support.processes.workers_for", lambda *_: workers)
    assert run(*command.split(), mixed) == serial
