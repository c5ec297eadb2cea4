"""recctl in forked processes: with no start-up, a kill or a race hits the work itself."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, NoReturn

from recctl.__main__ import main
from tests.helpers import HANGS_AFTER, MODULE, Result, environment

NOBODY = 65534
# What recctl imports only when it comes to it.
_LATE = [
    *(f"recctl.cli.commands.{name}" for name in ("normalize", "prune", "undo")),
    *(f"recctl.suite.{name}" for name in ("collect", "id_lists", "pytest_settings", "source")),
    "recctl.catalog.request_texts",
]
_BROKEN = 70  # the exit code of a child that did not get as far as recctl


@dataclass(frozen=True)
class Forked:
    """A process that runs recctl."""

    pid: int
    out: BinaryIO
    err: BinaryIO

    def wait(self) -> Result:
        """Return what it left behind when it ended; the exit code is minus the signal that ended it."""
        with self.out, self.err:
            out, err = self.out.read(), self.err.read()
        _, status = os.waitpid(self.pid, 0)
        return Result(os.waitstatus_to_exitcode(status), out, err.decode())

    def kill(self) -> Result:
        """End it at once, if it has not ended by itself."""
        os.kill(self.pid, signal.SIGKILL)
        return self.wait()


def fork(
    *args: str | Path,
    cwd: Path | None = None,
    first: Callable[[], object] | None = None,
    program: Callable[[list[str]], int] = main,
) -> Forked:
    """Start recctl, or another program, in a process of its own; `first` is called there before.

    It must not write more than a pipe holds (64 kB) before `wait` is called.
    """
    out, err = os.pipe(), os.pipe()
    pid = os.fork()
    for reader, writer in (out, err):
        os.close(writer if pid else reader)
    if not pid:
        _become(program, [str(arg) for arg in args], cwd, first, out[1], err[1])
    return Forked(pid, os.fdopen(out[0], "rb"), os.fdopen(err[0], "rb"))


def run_as_nobody(*args: str | Path, cwd: Path) -> Result:
    """Run recctl without root's rights over every file: as this user, or where that is root, as nobody."""
    return fork(*args, cwd=cwd, first=_drop_rights if os.geteuid() == 0 else None).wait()


@contextmanager
def held_lock(state: Path) -> Iterator[None]:
    """Hold the journal's lock as another run would."""
    (state / "journal").mkdir(parents=True, exist_ok=True)
    with (state / "journal/lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def planned(*args: str | Path, cwd: Path | None = None) -> subprocess.Popen[bytes]:
    """Start recctl as a program of its own, and come back when it has printed what it is going to do."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [*MODULE, *map(str, args)], cwd=cwd, stdout=pipe, stderr=pipe, env=environment(None)
    )
    assert process.stdout is not None
    assert process.stdout.readline().endswith(b"\n"), "it has no plan"
    return process


def ended(process: subprocess.Popen[bytes]) -> Result:
    """Return what a process of its own left behind."""
    out, err = process.communicate(timeout=HANGS_AFTER)
    return Result(process.returncode, out, err.decode())


def wait_until(is_so: Callable[[], bool]) -> None:
    """Look again and again, without a pause, until something is so."""
    end = time.monotonic() + HANGS_AFTER
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError("what was waited for has not come")


def _become(
    program: Callable[[list[str]], int],
    args: list[str],
    cwd: Path | None,
    first: Callable[[], object] | None,
    out: int,
    err: int,
) -> NoReturn:
    code = _BROKEN
    signal.alarm(HANGS_AFTER)  # whatever becomes of the tests, it does not stay for ever
    try:
        sys.stdout, sys.stderr = os.fdopen(out, "w", encoding="utf-8"), os.fdopen(err, "w", encoding="utf-8")
        os.chdir(cwd or Path.cwd())
        if first:
            first()
        code = program(args)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _drop_rights() -> None:
    for name in _LATE:
        import_module(name)  # afterwards Python's own files may be out of reach
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
