"""Input on stdin, for arguments that take `-`."""

from __future__ import annotations

import sys

from recctl.support.errors import RecctlError


def read_stdin(hint: str) -> bytes:
    """Return all bytes of stdin. Raises RecctlError with the hint where it is closed."""
    if sys.stdin is None:
        raise RecctlError("stdin is closed", hint)
    return sys.stdin.buffer.read()
