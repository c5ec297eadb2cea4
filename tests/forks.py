"""Runs of recctl as processes that are forked from one that has imported it, see `tests.fork_server`."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock

_ROOT = Path(__file__).resolve().parent.parent
# What Python looks at before recctl is imported.
_READ_BY_PYTHON = ("PYTHON", "LC_", "LANG")
_of_server: dict[str, str] = {}
_one_at_a_time = Lock()


class Fork:
    """A run; its process is the leader of a session of its own."""

    def __init__(self, answers: socket.socket) -> None:
        self._answers = answers.makefile("r")
        self.pid = int(self._answers.readline())

    def wait(self) -> int:
        """Wait for the end and return the exit code, of a signal minus its number."""
        with self._answers:
            return os.waitstatus_to_exitcode(int(self._answers.readline()))

    def kill(self) -> None:
        """Kill it and what it has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def can_fork(environment: Mapping[str, str]) -> bool:
    """Whether a fork is the same as a start of Python in this environment."""
    _server()
    return _read_by_python(environment) == _of_server


def _read_by_python(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in environment.items() if name.startswith(_READ_BY_PYTHON)}


def start(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    directory: Path,
    streams: Sequence[int],
    timeout: float,
) -> Fork:
    """Start a run with three standard streams. Waiting for it raises TimeoutError after some seconds."""
    request = json.dumps(
        {"arguments": arguments, "environment": dict(environment), "directory": str(directory)}
    ).encode()
    ours, its = socket.socketpair()
    with ours, its:
        ours.settimeout(timeout)
        server = _server()
        with _one_at_a_time:
            socket.send_fds(server, [len(request).to_bytes(4, "big")], [*streams, its.fileno()])
            server.sendall(request)
        its.close()
        return Fork(ours)


@cache
def _server() -> socket.socket:
    _of_server.update(_read_by_python(os.environ))
    ours, its = socket.socketpair()
    command = [sys.executable, "-m", "tests.fork_server", str(its.fileno())]
    process = subprocess.Popen(
        command, cwd=_ROOT, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
    )
    its.close()
    process.wait()  # it goes on in a fork, which is no child of this process
    atexit.register(ours.close)
    return ours
