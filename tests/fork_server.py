"""Start recctl by forking a process that has imported it: `python -m tests.fork_server FD`.

Starting Python and importing recctl takes most of the time of a short run. This process does it once, then
forks for each request that comes on the socket FD: the arguments, environment and directory as JSON, with
the three standard streams and a socket for the answer as file descriptors. It answers with the process id of
the run at once, and with what `os.waitpid` says of it in the end. `tests.forks` is its client.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import pkgutil
import signal
import socket
import sys
import traceback
from typing import Any

# What recctl imports when it needs it.
_LIBRARIES = ("rich.console", "rich.markup", "rich.progress", "rich.table", "rich.text", "orjson", "deepdiff")


def serve(requests: socket.socket) -> None:
    """Answer requests until the client has gone."""
    while True:
        length, files, _, _ = socket.recv_fds(requests, 4, 4)
        if not length:
            return
        request = json.loads(_received(requests, int.from_bytes(length, "big")))
        if os.fork() == 0:
            requests.close()
            os._exit(_attend(request, files))
        for file in files:
            os.close(file)
        _reap()


def _received(requests: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        data += requests.recv(length - len(data))
    return data


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _attend(request: dict[str, Any], files: list[int]) -> int:
    """Fork the run itself, and report on it."""
    *streams, answers = files
    pid = os.fork()
    if pid == 0:
        os.close(answers)
        os._exit(_run(request, streams))
    for file in streams:
        os.close(file)
    with socket.socket(fileno=answers) as answer, contextlib.suppress(BrokenPipeError):
        answer.sendall(f"{pid}\n".encode())
        answer.sendall(f"{os.waitpid(pid, 0)[1]}\n".encode())
    return 0


def _run(request: dict[str, Any], streams: list[int]) -> int:
    """Make this process what Python would be at the start of recctl, and run it."""
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["directory"])
    sys.argv = ["recctl", *request["arguments"]]
    sys.stdin, sys.stdout, sys.stderr = _opened(0, "r"), _opened(1, "w"), _opened(2, "w")
    gc.enable()
    code = _exit_code()
    atexit._run_exitfuncs()
    return code


def _opened(number: int, mode: str) -> io.TextIOWrapper:
    """Return a standard stream with the encoding that Python chose for this one's."""
    like = (sys.__stdin__, sys.__stdout__, sys.__stderr__)[number]
    assert isinstance(like, io.TextIOWrapper)
    stream = open(number, mode, encoding=like.encoding, errors=like.errors, closefd=False)  # noqa: SIM115
    assert isinstance(stream, io.TextIOWrapper)
    if number == 2:
        stream.reconfigure(line_buffering=True)
    return stream


def _exit_code() -> int:
    from recctl.__main__ import run

    try:
        run()
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 0
    except BaseException:
        traceback.print_exc()
        code = 1
    else:
        code = 0
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return 120
    return code


def main() -> None:
    """Import whatever a run may need, then serve."""
    import recctl

    if os.fork():  # the tests that count their own children must not find this process
        os._exit(0)
    for module in pkgutil.walk_packages(recctl.__path__, "recctl."):
        if not module.name.endswith(("__main__", "_script", "_plugin")):
            importlib.import_module(module.name)
    for name in ("recctl.__main__", *_LIBRARIES):
        importlib.import_module(name)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.disable()
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
