"""Ways to run recctl in tests: in this process, as a process of its own, and on a real terminal."""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from recctl.__main__ import main
from tests.forks import Fork, can_fork, start
from tests.samples import openai_parts
from tests.samples.builder import Data, Recording, inference, streamed, whole

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_recordings"
SEED_TEXT = "Goodbye! If you need anything else, feel free to reach out. Have a great day!"
MODULE = (sys.executable, "-m", "recctl")
# Nothing here takes seconds: past this a process hangs, and the test says so instead of waiting on.
HANGS_AFTER = 60

# What a user's environment may hold that changes how recctl looks or where it searches.
_FOREIGN = ("RECCTL_", "GIT_", "LC_", "LANG", "PYTHONUNBUFFERED", "PYTHONIOENCODING", "PYTHONUTF8")
_LOOKS = ("NO_COLOR", "FORCE_COLOR", "PAGER", "LESS", "COLUMNS", "LINES", "TERM")
_XDG = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")

# Read before the tests take the variable away.
FUZZ = float(os.environ.get("RECCTL_FUZZ") or 1)

Env = Mapping[str, str | None]


@dataclass(frozen=True)
class Result:
    """What a run left behind: the exit code, the bytes on stdout, the text on stderr."""

    code: int
    data: bytes
    err: str

    @property
    def out(self) -> str:
        """Stdout as text; it has to be UTF-8."""
        return self.data.decode()


def problems(result: Result) -> list[str]:
    """Return the problems that a run reports on stderr, without totals and matches."""
    return [line for line in result.err.splitlines() if line.startswith("recctl: ")]


def isolate(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Give this process and its children a home of their own, and none of the user's settings."""
    for name in [*os.environ]:
        if name.startswith(_FOREIGN) or name in _LOOKS:
            patch.delenv(name)
    patch.setenv("HOME", str(home))
    for name in _XDG:
        patch.setenv(name, str(home / name.lower()))


def run(*args: str | Path, cwd: Path | None = None, env: Env | None = None) -> Result:
    """Run recctl in this process, its output going to pipes as far as it can tell."""
    out, err = io.BytesIO(), io.BytesIO()
    with pytest.MonkeyPatch.context() as patch, _written_to(out, err):
        for name, value in (env or {}).items():
            patch.delenv(name, raising=False) if value is None else patch.setenv(name, value)
        patch.chdir(cwd or Path.cwd())
        code = main([str(arg) for arg in args])
    return Result(code, out.getvalue(), err.getvalue().decode())


@contextlib.contextmanager
def _written_to(out: io.BytesIO, err: io.BytesIO) -> Iterator[None]:
    """Text on stdout and stderr goes here, as UTF-8; so do bytes, which recctl writes past the text layer."""
    texts = [io.TextIOWrapper(stream, encoding="utf-8", newline="") for stream in (out, err)]
    with contextlib.redirect_stdout(texts[0]), contextlib.redirect_stderr(texts[1]):
        yield
    for text in texts:
        text.flush()
        text.detach()


def environment(env: Env | None) -> dict[str, str]:
    """Return the environment of this process with changes; None takes a variable away."""
    changed = {**os.environ, **(env or {})}
    return {name: value for name, value in changed.items() if value is not None}


def run_process(*args: str | Path, cwd: Path | None = None, env: Env | None = None, **more: Any) -> Result:
    """Run recctl as a process with pipes; `more` goes to `subprocess.run`.

    It is a fork of a process that has imported recctl where that is the same as a start of Python.
    """
    changed = environment(env)
    if not more and can_fork(changed):
        return _run_fork([*map(str, args)], changed, cwd or Path.cwd())
    given = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    command = [*MODULE, *map(str, args)]
    done = subprocess.run(command, cwd=cwd, env=changed, timeout=HANGS_AFTER, check=False, **given)
    return Result(done.returncode, done.stdout or b"", (done.stderr or b"").decode())


def _run_fork(args: Sequence[str], env: Mapping[str, str], cwd: Path) -> Result:
    (out, to_out), (err, to_err) = os.pipe(), os.pipe()
    with open(os.devnull, "rb") as stdin:
        try:
            fork = start(args, env, cwd, [stdin.fileno(), to_out, to_err], HANGS_AFTER)
        finally:
            os.close(to_out)
            os.close(to_err)
    with open(out, "rb", 0) as stdout, open(err, "rb", 0) as stderr, killed_in_the_end(fork):
        data, text = _read_all(stdout.fileno(), stderr.fileno())
        return Result(fork.wait(), data, text.decode())


def run_shell(script: str, *, cwd: Path | None = None, env: Env | None = None) -> Result:
    """Run a line of bash in which `recctl` is the program; exits as recctl does, even in a pipe."""
    exact = f'set -o pipefail; recctl() {{ "{sys.executable}" -m recctl "$@"; }}; {script}'
    done = subprocess.run(
        ["bash", "-c", exact], cwd=cwd, env=environment(env), capture_output=True, timeout=HANGS_AFTER
    )
    return Result(done.returncode, done.stdout, done.stderr.decode())


def run_in_terminal(
    *args: str | Path,
    columns: int = 80,
    rows: int = 24,
    cwd: Path | None = None,
    env: Env | None = None,
    program: Sequence[str] = MODULE,
) -> Result:
    """Run recctl on a terminal of this size; `data` is all that it wrote there, on stdout and stderr."""
    changed = environment({"TERM": "xterm-256color", **(env or {})})
    with _terminal(columns, rows) as (master, slave):
        if program is MODULE and can_fork(changed):
            process: Fork | Started = start(
                [*map(str, args)], changed, cwd or Path.cwd(), [slave] * 3, HANGS_AFTER
            )
        else:
            process = Started([*program, *map(str, args)], changed, cwd, slave)
        os.close(slave)
        with killed_in_the_end(process):
            (data,) = _read_all(master)
            return Result(process.wait(), data, "")


class Started:
    """A program that runs on a terminal."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], cwd: Path | None, slave: int) -> None:
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd=cwd, env=env, start_new_session=True
        )

    def wait(self) -> int:
        """Wait for the exit code."""
        return self._process.wait(HANGS_AFTER)

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()


@contextlib.contextmanager
def killed_in_the_end(process: Fork | Started) -> Iterator[None]:
    """Leave no process behind, whatever fails."""
    try:
        yield
    finally:
        process.kill()


@contextlib.contextmanager
def _terminal(columns: int, rows: int) -> Iterator[tuple[int, int]]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    settings = termios.tcgetattr(slave)
    settings[1] &= ~termios.OPOST  # what arrives is what was written: no \n made \r\n
    termios.tcsetattr(slave, termios.TCSANOW, settings)
    try:
        yield master, slave
    finally:
        os.close(master)


def _read_all(*ends: int) -> list[bytes]:
    """Read each of these to its end, all at the same time."""
    pieces: dict[int, list[bytes]] = {end: [] for end in ends}
    still = {*ends}
    deadline = time.monotonic() + HANGS_AFTER
    while still:
        ready, _, _ = select.select([*still], [], [], max(deadline - time.monotonic(), 0))
        if not ready:
            last = b"".join(piece for end in ends for piece in pieces[end])[-200:]
            raise TimeoutError(f"recctl hangs after writing {last!r}")
        for end in ready:
            try:
                piece = os.read(end, 65536)
            except OSError:  # Linux says EIO when the last writer has gone
                piece = b""
            pieces[end].append(piece)
            still -= set() if piece else {end}
    return [b"".join(pieces[end]) for end in ends]


def few(cases: Iterable[Any], number: int = 0, *, kept: Container[Any] = ()) -> list[Any]:
    """Return cases for `parametrize`: the first ones and those `kept` as they are, all others marked slow."""
    return [case if position < number or case in kept else _slow(case) for position, case in enumerate(cases)]


def _slow(case: Any) -> Any:
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=pytest.mark.slow)


def examples(number: int) -> settings:
    """Return hypothesis settings for so many examples; RECCTL_FUZZ=10 makes them ten times as many."""
    return settings(max_examples=max(1, int(number * FUZZ)))


# ---- recordings to run it on


def sample(start: str) -> Path:
    """Return the one sample recording whose file name starts so."""
    (path,) = SAMPLES.rglob(f"{start}*.json")
    return path


def document(path: Path) -> Data:
    """Return a recording as the standard library reads it."""
    content: Data = json.loads(path.read_bytes())
    return content


def chat(
    answer: str = "Hello.", *, test_id: str | None = None, model: str = "gpt-4o", **body: Any
) -> Recording:
    """Return a whole chat completion; `prompt` is what was asked, `body` the rest of the request."""
    said = openai_parts.chat(model, {}, openai_parts.assistant(answer), {})
    return inference(test_id, openai_parts.OPENAI_URL, _asked(model, body), whole(said))


def chat_stream(*pieces: str, test_id: str | None = None, model: str = "gpt-4o", **body: Any) -> Recording:
    """Return a recorded chat completion, streamed, a chunk for each piece."""
    chunks = [openai_parts.chat_chunk(model, {}, openai_parts.delta(piece)) for piece in pieces]
    return inference(
        test_id, openai_parts.OPENAI_URL, _asked(model, body) | {"stream": True}, streamed(*chunks)
    )


def _asked(model: str, body: Data) -> Data:
    prompt = body.pop("prompt", "Hi.")
    return {"model": model, "messages": [openai_parts.user(prompt)], **body}


def put(path: Path, recording: Recording) -> Path:
    """Write a recording: to this path if it ends in .json, else under its own name in this directory."""
    target = path if path.suffix == ".json" else path / Path(recording.path).name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(recording.to_bytes())
    return target
