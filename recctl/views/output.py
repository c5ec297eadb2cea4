"""Where output goes: stdout for data, stderr for everything else. The only place that writes to either."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, TextIO

from recctl.support.errors import RecctlError
from recctl.views.escaping import one_line, visible
from recctl.views.styled_lines import Line, plain_text
from recctl.views.terminal_info import Screen, is_terminal, screen

# Decoration that a terminal without UTF-8 cannot show, and what stands for it, one for one so
# that columns stay where they are.
_ASCII_DECORATION = str.maketrans({"─": "-", "…": "~", "·": "-", "→": ">"})

_PORTION = 100  # lines written at once


def stderr_is_terminal() -> bool:
    """Whether progress may be drawn."""
    return is_terminal(sys.stderr)


def write_bytes(data: bytes) -> None:
    """Data on stdout, exactly. Raises RecctlError where stdout takes no more; a closed pipe ends quietly."""
    if sys.stdout is None:
        raise RecctlError("stdout is closed", "give it somewhere to write to")
    try:
        sys.stdout.flush()
        rest = memoryview(data)
        while rest:
            # Unbuffered, it may take less than all.
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _stop_quietly()
    except OSError as error:
        raise cannot_write(error) from None


def cannot_write(error: OSError) -> RecctlError:
    """What to raise where stdout takes no more; what it still holds is let go."""
    _discard(sys.stdout)
    return RecctlError(f"cannot write the output: {error.strerror or error}")


def write_text(text: str) -> None:
    """Text on stdout, in its encoding; what that cannot hold is written as an escape."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        data = text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        data = text.translate(_ASCII_DECORATION).encode(
            "ascii" if encoding == "ascii" else encoding, "backslashreplace"
        )
    write_bytes(data)


def write_exact(text: str) -> None:
    """Text that must arrive as it is: UTF-8 in a pipe; made safe, and ending a line, on a terminal."""
    if screen().terminal:
        safe = visible(text)
        write_text(safe if safe.endswith("\n") or not safe else f"{safe}\n")
    else:
        write_bytes(text.encode("utf-8", "backslashreplace"))


def write_file(data: bytes) -> None:
    """A file's bytes: exactly in a pipe; as text, made safe, on a terminal."""
    if screen().terminal:
        write_exact(data.decode("utf-8", "backslashreplace"))
    else:
        write_bytes(data)


def write_json(data: bytes) -> None:
    """A JSON document: exactly in a pipe; on a terminal with escapes for what could steer it."""
    if not screen().terminal:
        write_bytes(data)
        return
    text = data.decode()
    write_text(text if visible(text) == text else "".join(map(_json_escaped, text)))


def write_json_pieces(pieces: Iterable[bytes]) -> None:
    """A JSON document that comes in pieces, as `write_json` writes a whole one."""
    if screen().terminal:
        write_json(b"".join(pieces))
        return
    for piece in pieces:
        write_bytes(piece)


def _json_escaped(char: str) -> str:
    return char if visible(char) == char else json.dumps(char)[1:-1]


def write_names(names: Iterable[str]) -> None:
    """Names of files or references, a line each: their own bytes in a pipe, made safe on a terminal."""
    if screen().terminal:
        write_text("".join(f"{one_line(name)}\n" for name in names))
    else:
        write_bytes(b"".join(os.fsencode(name) + b"\n" for name in names))


def flush() -> None:
    """Write what others left in stdout's buffer, as help does. Raises RecctlError as `write_bytes`."""
    if sys.stdout is not None and not sys.stdout.closed:
        write_bytes(b"")


def write_lines(lines: Iterable[str]) -> None:
    """Lines as they become ready: to the pager on a terminal that has one, else in portions."""
    shown = screen()
    if shown.terminal and os.environ.get("PAGER"):
        _write_long("".join(f"{text}\n" for text in lines), shown)
        return
    waiting: list[str] = []
    for text in lines:
        waiting.append(f"{text}\n")
        if len(waiting) >= _PORTION:
            write_text("".join(waiting))
            waiting.clear()
    write_text("".join(waiting))


def write_page(lines: list[Line]) -> None:
    """A page: wrapped, coloured and perhaps paged on a terminal, plain and complete in a pipe."""
    shown = screen()
    if not shown.terminal and not shown.color:
        write_text(plain_text(lines))
        return
    from recctl.views import terminal

    _write_long(terminal.render(lines, shown), shown)


def _write_long(text: str, shown: Screen) -> None:
    from recctl.views import terminal

    if not (shown.terminal and text.count("\n") >= shown.height and terminal.page_through(text)):
        write_text(text)


def append(file: Path, text: str) -> None:
    """Text at the end of a file that somebody else collects. Raises RecctlError."""
    try:
        with open(file, "a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
    except OSError as error:
        raise RecctlError(f"{file}: cannot be written: {error.strerror or error}") from None


def say(message: str) -> None:
    """One line on stderr."""
    _to_stderr(f"{one_line(message)}\n")


def draw_status(text: str) -> None:
    """Replace the line the cursor is on, on stderr; only for terminals. An empty text clears it."""
    _to_stderr(f"\r\x1b[2K{one_line(text)}")


def _to_stderr(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        _discard(sys.stderr)  # nobody reads it; the exit code still tells


def _stop_quietly() -> NoReturn:
    """The reader has gone (`| head`): that is no error."""
    _discard(sys.stdout)
    raise SystemExit(0)


def _discard(stream: TextIO) -> None:
    """Let what a stream still holds go nowhere: Python writes it once more at exit, and would complain."""
    with suppress(OSError, ValueError):
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, stream.fileno())
        os.close(devnull)
