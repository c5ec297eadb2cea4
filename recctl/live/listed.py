"""Live tests from lists: one node id a line."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from recctl.errors import RecctlError, Unreadable
from recctl.live.judgement import LIVE, Judge, stale

STDIN = "-"
_HINT = "write one test id a line, as pytest --collect-only -q prints them"


def listed_tests(sources: Iterable[str]) -> frozenset[str]:
    """The test ids in files, or on stdin for `-`.

    Raises RecctlError for a list that is empty or unreadable.
    """
    ids: set[str] = set()
    for source in sources:
        lines = {line.strip("\r\n") for line in _text(source).split("\n")}
        found = {line for line in lines if "::" in line}
        if not found:
            raise RecctlError(f"{source}: no test ids in it: nothing would be live", _HINT)
        ids |= found
    return frozenset(ids)


def by_list(ids: frozenset[str]) -> Judge:
    """Whoever is not listed is gone."""
    return lambda summary: LIVE if summary.test_id in ids else stale("its test is not in the list")


def _text(source: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if source == STDIN else Path(source).read_bytes()
        return raw.decode().removeprefix("\ufeff")
    except (OSError, AttributeError) as error:  # stdin may be closed
        raise Unreadable(
            Path(source), f"cannot be read: {getattr(error, 'strerror', None) or error}", _HINT
        ) from None
    except UnicodeDecodeError:
        raise Unreadable(Path(source), "is not UTF-8", _HINT) from None
