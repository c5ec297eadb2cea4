"""Ask the project's own recorder for the hash of a request, which is what its replay looks for.

Runs the project's code, so only where the user named an interpreter. A short script goes to that
interpreter, in its isolated mode and in the root directory, so that it imports what is installed
there, not what is in some directory. One process answers all requests, a line each.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NoReturn

import msgspec

from recctl.recordings.ogx.hash_releases import rule_of_release
from recctl.recordings.ogx.hash_rules import NEWEST, Asked, HashRule
from recctl.support.errors import RecctlError

_SCRIPT = Path(__file__).with_name("recorder_script.py")
# An import of a whole project takes seconds on a busy machine; a hash takes milliseconds.
_START_SECONDS = 180.0
_ANSWER_SECONDS = 60.0
_PIECE = 65_536
_MOST_NOISE = 1_000_000  # bytes that are no answer
_DIGITS = 64
_DEBUGGING = ("OGX_TEST_DEBUG", "LLAMA_STACK_TEST_DEBUG")
_PARTS = ("method", "url", "payload", "provider", "tool_name", "kwargs")


class Found(msgspec.Struct, frozen=True):
    """What the script found: the recorder's module, its package and version, and the digits of its names."""

    module: str = ""
    release: tuple[str, str] | None = None
    digits: int = _DIGITS
    error: str | None = None


class _Answer(msgspec.Struct, frozen=True):
    hash: str | None
    error: str | None = None


class Recorder:
    """A recorder in a process of its own; close it, or use it in a `with` statement."""

    def __init__(self, python: str) -> None:
        """Start the recorder that is installed for an interpreter. Raises RecctlError."""
        self.python = _interpreter(python)
        self.errors: list[str] = []  # what it raised for single requests
        self._buffer = bytearray()
        self._noise = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        mark = f"recctl-{secrets.token_hex(8)} "
        try:
            self._process = self._start(mark)
        except OSError as error:
            self._noise.close()
            raise _failure(python, f"cannot be run: {error.strerror or error}") from None
        try:
            self.found = self._first_line(mark)
        except BaseException:
            self.close()
            raise

    @property
    def name(self) -> str:
        """The release, as "ogx 1.5.0", else the module."""
        return " ".join(self.found.release or ()) or self.found.module

    def hash(self, asked: Asked) -> str | None:
        """Return the hash the recorder gives a request; None where it gives none.

        Raises RecctlError where the recorder does not answer.
        """
        if asked.kind not in ("inference", "tool", "http"):
            return None
        parts = {key: asked.request.get(key) for key in _PARTS}
        question = {**parts, "kind": asked.kind, "test_id": asked.hashed_test_id, "body": asked.body}
        line = self._exchange(json.dumps(question).encode() + b"\n", _ANSWER_SECONDS)
        try:
            answer = msgspec.json.decode(line, type=_Answer)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self._raise(f"answers what is no hash: {_shown(line)}")
        if answer.error is not None:
            self.errors.append(answer.error)
        if answer.hash is not None and not _is_hash(answer.hash):
            self._raise(f"answers what is no hash: {_shown(answer.hash.encode())}")
        return answer.hash

    def close(self) -> None:
        """End the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.kill()
        self._process.wait()
        self._noise.close()

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self, mark: str) -> subprocess.Popen[bytes]:
        environment = {key: value for key, value in os.environ.items() if key not in _DEBUGGING}
        process = subprocess.Popen(
            [self.python, "-I", "-c", _SCRIPT.read_text("utf-8"), mark],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._noise,
            cwd=os.sep,
            env=environment,
            bufsize=0,
        )
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        os.set_blocking(process.stdin.fileno(), False)
        return process

    def _first_line(self, mark: str) -> Found:
        """Return what the script found, after skipping what is printed when Python starts."""
        noise = 0
        while not (line := self._exchange(b"", _START_SECONDS)).startswith(mark.encode()):
            noise += len(line)
            if noise > _MOST_NOISE:
                self._raise("prints something else than the answers of a recorder")
        found = msgspec.json.decode(line[len(mark) :], type=Found)
        if found.error is not None:
            raise _failure(self.python, found.error)
        return found

    def _exchange(self, question: bytes, seconds: float) -> bytes:
        """Send a line, receive one. Raises RecctlError."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None  # noqa: S101, PT018 - they are pipes
        unsent, end = memoryview(question), time.monotonic() + seconds
        while unsent or b"\n" not in self._buffer:
            left = max(end - time.monotonic(), 0)
            readable, writable, _ = select.select([stdout], [stdin] if unsent else [], [], left)
            if not readable and not writable:
                self._raise(f"does not answer within {seconds:.0f} seconds")
            try:
                if writable:
                    unsent = unsent[os.write(stdin.fileno(), unsent[:_PIECE]) :]
                piece = os.read(stdout.fileno(), _PIECE) if readable else None
            except BrokenPipeError:
                piece = b""
            if piece == b"":
                self._raise(self._end())
            self._buffer += piece or b""
            if len(self._buffer) > _MOST_NOISE:
                self._raise("prints something else than the answers of a recorder")
        line, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer = bytearray(rest)
        return line

    def _end(self) -> str:
        """Return how the process ended, with the last line that it printed."""
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return "closed its output without an answer"
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        self._noise.seek(max(self._noise.seek(0, os.SEEK_END) - _PIECE, 0))
        words = self._noise.read().strip().splitlines()
        return f"{how}: {_shown(words[-1])}" if words else how

    def _raise(self, why: str) -> NoReturn:
        raise _failure(self.python, why)


class RecorderRule(HashRule, frozen=True, kw_only=True):
    """The rule in force where a recorder was asked: hashes are the recorder's.

    The other fields are those of the rule of its release, since a recorder does not tell which `parts`
    it hashes. `replaces` is the rule in force without it. The sets hold hashes by that rule: of all
    requests, of those that the two hash differently, and of those among them that the rule of its
    release explains.
    """

    recorder: Recorder
    replaces: HashRule
    is_known: bool
    both: set[str] = msgspec.field(default_factory=set)
    differing: set[str] = msgspec.field(default_factory=set)
    explained: set[str] = msgspec.field(default_factory=set)

    def hash(self, asked: Asked) -> str | None:
        """Return the recorder's hash, and keep whether recctl's own differs. Raises RecctlError."""
        theirs, ours = self.recorder.hash(asked), self.replaces.hash(asked)
        if theirs is not None and ours is not None:
            self.both.add(ours)
            if theirs != ours:
                self.differing.add(ours)
                if self.is_known and super().hash(asked) == theirs:
                    self.explained.add(ours)
        return theirs


def rule_of_recorder(recorder: Recorder, replaces: HashRule) -> RecorderRule:
    """Return a rule with the hashes of a recorder; `replaces` is in force without it."""
    known = rule_of_release(*recorder.found.release) if recorder.found.release else None
    base = known or NEWEST
    fields = {**msgspec.structs.asdict(base), "digits": recorder.found.digits, "replaces": replaces}
    asks = f"{recorder.name} of {recorder.python}"
    return RecorderRule(**{**fields, "asks": asks}, recorder=recorder, is_known=known is not None)


def notes_on(rule: RecorderRule) -> Iterator[str]:
    """Yield a line on requests that recctl's own rule hashes differently, and one on those not answered."""
    recorder, known = rule.recorder, f"its release has the rule of {rule.since}"
    if rule.differing:
        count = f"{len(rule.differing):,} of {len(rule.both):,}"
        said = f"{recorder.name} and the rule of {rule.replaces.since} hash {count} requests differently"
        if rule.is_known and rule.explained == rule.differing:
            why = f'{known}, which agrees: [tool.recctl] hash-rule = "{rule.since}"'
        elif rule.is_known:
            why = f"{known}, which does not explain all: the installed recorder may have been changed"
        else:
            why = "recctl does not know its rule"
        yield f"{said}; recctl goes by the recorder; {why}"
    if recorder.errors:
        count = f"{len(recorder.errors):,} request{'' if len(recorder.errors) == 1 else 's'}"
        yield f"{recorder.name} cannot hash {count}: {recorder.errors[0]}"


def _interpreter(python: str) -> str:
    """Return the absolute path of an interpreter; links are not followed, virtual environments are such."""
    found = shutil.which(os.path.expanduser(python))
    if found is None:
        why = "is a directory" if os.path.isdir(python) else "is no program that can be run"
        raise _failure(python, why if os.path.exists(python) else "no such file or directory")
    return os.path.abspath(found)


def _failure(python: str, why: str) -> RecctlError:
    hint = "name the interpreter of an environment in which the project's recorder is installed"
    return RecctlError(f"--recorder {python}: {why}", hint)


def _is_hash(text: str) -> bool:
    return len(text) == _DIGITS and not set(text) - set("0123456789abcdef")


def _shown(line: bytes) -> str:
    return line[:200].decode("utf-8", "backslashreplace").strip()
