"""What is wrong today and accepted: a file of counts by path and code, so that only what is new is told."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from recctl.edits import write_new
from recctl.errors import RecctlError
from recctl.jsonvalue import as_int, as_object
from recctl.paths import absolute_path
from recctl.rules.rule import Finding

_KIND = "recctl baseline"
_VERSION = 1

# How many findings of a code are accepted in a file, by path relative to the baseline.
Counts = dict[tuple[str, str], int]


def read_baseline(file: Path) -> Counts:
    """The accepted findings. Raises RecctlError where the file is none, or cannot be read."""
    hint = f"make one: recctl check --baseline {file} --write-baseline"
    try:
        held = as_object(json.loads(file.read_bytes()))
    except FileNotFoundError:
        raise RecctlError(f"{file}: there is no baseline", hint) from None
    except (OSError, ValueError, RecursionError) as error:
        raise RecctlError(f"{file}: cannot be read as a baseline: {error}", hint) from None
    if held.get("kind") != _KIND:
        raise RecctlError(f"{file}: is no baseline of recctl", "name another file")
    if held.get("version") != _VERSION:
        raise RecctlError(f"{file}: is a baseline of another version of recctl", hint)
    return {
        (path, code): as_int(count) or 0
        for path, codes in as_object(held.get("accepted")).items()
        for code, count in as_object(codes).items()
    }


def write_baseline(file: Path, findings: Iterable[Finding]) -> None:
    """Accept these findings. Raises RecctlError, with nothing changed, where that is impossible.

    A file that is no baseline is not overwritten: it may be a recording.
    """
    if file.exists():
        try:
            read_baseline(file)
        except RecctlError as error:
            if "another version" not in error.message:
                raise RecctlError(f"{error.message}; it is left alone", "name another file") from None
    accepted: dict[str, dict[str, int]] = {}
    for (path, code), count in sorted(_counted(findings, file).items()):
        accepted.setdefault(path, {})[code] = count
    text = json.dumps({"kind": _KIND, "version": _VERSION, "accepted": accepted}, indent=2)
    try:
        write_new(file, f"{text}\n".encode())
    except OSError as error:
        raise RecctlError(f"{file}: cannot be written: {error.strerror or error}") from None


def new_findings(findings: Sequence[Finding], accepted: Counts, file: Path) -> tuple[list[Finding], int]:
    """The findings that are not accepted, and how many accepted ones are there no more.

    Where a file has more of a code than is accepted, all of that code are told: nobody can say which
    of them is the new one.
    """
    counted = _counted(findings, file)
    keys = [_key(finding, file) for finding in findings]
    fresh = [one for one, key in zip(findings, keys, strict=True) if counted[key] > accepted.get(key, 0)]
    mended = sum(max(count - counted[key], 0) for key, count in accepted.items())
    return fresh, mended


def _counted(findings: Iterable[Finding], file: Path) -> Counter[tuple[str, str]]:
    return Counter(_key(finding, file) for finding in findings)


def _key(finding: Finding, file: Path) -> tuple[str, str]:
    base = os.path.dirname(absolute_path(file))
    relative = os.path.relpath(absolute_path(finding.path), base)
    return os.fsencode(relative).decode("utf-8", "backslashreplace").replace(os.sep, "/"), finding.rule.code
