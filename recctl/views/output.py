"""Write to stdout (data) and stderr (everything else). The only module that writes to either."""

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
from recctl.views.terminal_info import TerminalInfo, is_terminal, terminal_info

# Decoration that a terminal without UTF-8 cannot show, replaced one for one to keep the columns.
_ASCII_DECORATION = str.maketrans({"─": "-", "…": "~", "·": "-", "→": ">"})

_BATCH = 100  # lines written at once


def stderr_is_terminal() -> bool:
    """Return whether progress may be drawn."""
    return is_terminal(sys.stderr)


def write_bytes(data: bytes) -> None:
    """Write bytes to stdout. Raises RecctlError if that fails; a closed pipe exits with 0."""
    if sys.stdout is None:
        raise RecctlError("stdout is closed", "redirect it to a file")
    try:
        sys.stdout.flush()
        rest = memoryview(data)
        while rest:
            # Unbuffered (python -u), write may take only a part.
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _exit_silently()
    except OSError as error:
        raise cannot_write(error) from None


def cannot_write(error: OSError) -> RecctlError:
    """Return the error to raise if writing to stdout fails, and discard what is still buffered."""
    _discard(sys.stdout)
    return RecctlError(f"cannot write the output: {error.strerror or error}")


def write_text(text: str) -> None:
    """Write text to stdout in its encoding; what that cannot encode becomes escapes."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        data = text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        data = text.translate(_ASCII_DECORATION).encode(
            "ascii" if encoding == "ascii" else encoding, "backslashreplace"
        )
    write_bytes(data)


def write_exact(text: str) -> None:
    """Write text unchanged as UTF-8 to a pipe; escaped and with a final line break to a terminal."""
    if terminal_info().is_terminal:
        safe = visible(text)
        write_text(safe if safe.endswith("\n") or not safe else f"{safe}\n")
    else:
        write_bytes(text.encode("utf-8", "backslashreplace"))


def write_file(data: bytes) -> None:
    """Write a file's bytes unchanged to a pipe; as escaped text to a terminal."""
    if terminal_info().is_terminal:
        write_exact(data.decode("utf-8", "backslashreplace"))
    else:
        write_bytes(data)


def write_json(data: bytes) -> None:
    """Write a JSON document unchanged to a pipe; to a terminal with JSON escapes for control characters."""
    if not terminal_info().is_terminal:
        write_bytes(data)
        return
    text = data.decode()
    write_text(text if visible(text) == text else "".join(map(_json_escaped, text)))


def write_json_pieces(pieces: Iterable[bytes]) -> None:
    """Write a JSON document given in pieces, as `write_json` does."""
    if terminal_info().is_terminal:
        write_json(b"".join(pieces))
        return
    for piece in pieces:
        write_bytes(piece)


def _json_escaped(char: str) -> str:
    return char if visible(char) == char else json.dumps(char)[1:-1]


def write_names(names: Iterable[str]) -> None:
    """Write file names or references, one per line: their bytes to a pipe, escaped to a terminal."""
    if terminal_info().is_terminal:
        write_text("".join(f"{one_line(name)}\n" for name in names))
    else:
        write_bytes(b"".join(os.fsencode(name) + b"\n" for name in names))


def flush() -> None:
    """Flush what others wrote to stdout, as typer does for help. Raises RecctlError as `write_bytes`."""
    if sys.stdout is not None and not sys.stdout.closed:
        write_bytes(b"")


def write_lines(lines: Iterable[str]) -> None:
    """Write lines in batches as they come, or all at once to the pager if stdout is a terminal."""
    info = terminal_info()
    if info.is_terminal and os.environ.get("PAGER"):
        _write_long("".join(f"{text}\n" for text in lines), info)
        return
    batch: list[str] = []
    for text in lines:
        batch.append(f"{text}\n")
        if len(batch) >= _BATCH:
            write_text("".join(batch))
            batch.clear()
    write_text("".join(batch))


def write_page(lines: list[Line]) -> None:
    """Write a page: wrapped, coloured and perhaps paged to a terminal, plain and complete to a pipe."""
    info = terminal_info()
    if not info.is_terminal and not info.color:
        write_text(plain_text(lines))
        return
    from recctl.views import terminal

    _write_long(terminal.render(lines, info), info)


def _write_long(text: str, info: TerminalInfo) -> None:
    from recctl.views import terminal

    if not (info.is_terminal and text.count("\n") >= info.height and terminal.page_through(text)):
        write_text(text)


def append(file: Path, text: str) -> None:
    """Append text to a file, such as GitHub's job summary. Raises RecctlError."""
    try:
        with open(file, "a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
    except OSError as error:
        raise RecctlError(f"{file}: cannot be written: {error.strerror or error}") from None


def print_stderr(message: str) -> None:
    """Write one line to stderr."""
    _to_stderr(f"{one_line(message)}\n")


def draw_status(text: str) -> None:
    """Replace the current line of stderr, which must be a terminal; an empty text clears it."""
    _to_stderr(f"\r\x1b[2K{one_line(text)}")


def _to_stderr(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        _discard(sys.stderr)  # nobody reads it; the exit code still counts


def _exit_silently() -> NoReturn:
    """Exit with 0: the reader of a pipe has closed it (`| head`), which is no error."""
    _discard(sys.stdout)
    raise SystemExit(0)


def _discard(stream: TextIO) -> None:
    """Discard what a stream has buffered: Python would flush it at exit, fail and print that."""
    with suppress(OSError, ValueError):
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, stream.fileno())
        os.close(devnull)
