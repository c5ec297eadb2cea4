"""What is wrong today and accepted: counts by path and code, so that only what is new is reported."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import msgspec

from recctl.check.rules.rule import Finding
from recctl.edit.staging import write_new
from recctl.support.errors import RecctlError
from recctl.support.jsonvalue import as_int, as_object
from recctl.support.paths import absolute_path

_KIND = "recctl baseline"
_VERSION = 1
_OTHER_VERSION = "a baseline of another version"

# How many findings of a code are accepted in a file, by path relative to the baseline.
Counts = dict[tuple[str, str], int]


def read_baseline(file: Path) -> Counts:
    """The accepted findings. Raises RecctlError where the file is none, or cannot be read."""
    hint = f"make one: recctl check --baseline {file} --write-baseline"
    try:
        held = as_object(json.loads(file.read_bytes()))
    except FileNotFoundError:
        raise RecctlError(f"{file}: there is no baseline", hint) from None
    except MemoryError:
        raise RecctlError(f"{file}: is too large to be a baseline", "name another file") from None
    except (OSError, ValueError, RecursionError) as error:
        raise RecctlError(f"{file}: cannot be read as a baseline: {error}", hint) from None
    if held.get("kind") != _KIND:
        raise RecctlError(f"{file}: is no baseline of recctl", "name another file")
    if held.get("version") != _VERSION:
        raise RecctlError(f"{file}: is {_OTHER_VERSION} of recctl", hint)
    return {
        (path, code): as_int(count) or 0
        for path, codes in as_object(held.get("accepted")).items()
        for code, count in as_object(codes).items()
    }


class Scope(msgspec.Struct, frozen=True):
    """What was looked at: the files, and the codes of the rules. Of the rest a run knows nothing."""

    files: Collection[Path]
    codes: Collection[str]


def write_baseline(file: Path, findings: Iterable[Finding], scope: Scope) -> None:
    """Accept these findings; what was accepted outside of the scope stays.

    Raises RecctlError, with nothing changed, where that is impossible. A file that is no baseline is
    not overwritten: it may be a recording.
    """
    held = _held(file)
    counted = {key: held[key] for key in held.keys() - _within(held, scope, file)}
    counted |= _counted(findings, file)
    accepted: dict[str, dict[str, int]] = {}
    for (path, code), count in sorted(counted.items()):
        accepted.setdefault(path, {})[code] = count
    text = json.dumps({"kind": _KIND, "version": _VERSION, "accepted": accepted}, indent=2)
    try:
        write_new(file, f"{text}\n".encode())
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise RecctlError(f"{file}: cannot be written: {why}") from None


def _held(file: Path) -> Counts:
    """What a file that is to be written anew accepts already."""
    if not os.path.lexists(file):
        return {}
    try:
        return read_baseline(file)
    except RecctlError as error:
        if _OTHER_VERSION in error.message:
            return {}
        raise RecctlError(f"{error.message}; it is left alone", "name another file") from None


def new_findings(
    findings: Sequence[Finding], accepted: Counts, file: Path, scope: Scope
) -> tuple[list[Finding], int]:
    """The findings that are not accepted, and how many accepted ones of the scope no longer occur.

    Where a file has more of a code than is accepted, all of that code are reported: nobody can say which
    of them is the new one.
    """
    counted = _counted(findings, file)
    keys = [_key(finding.path, finding.rule.code, file) for finding in findings]
    fresh = [one for one, key in zip(findings, keys, strict=True) if counted[key] > accepted.get(key, 0)]
    looked_at = _within(accepted, scope, file)
    return fresh, sum(max(accepted[key] - counted[key], 0) for key in looked_at)


def _within(accepted: Counts, scope: Scope, file: Path) -> set[tuple[str, str]]:
    """What a run with this scope would find if it were still so, and what is of files that are not there."""
    looked_at = {_relative(path, file) for path in scope.files}
    base = os.path.dirname(absolute_path(file))
    return {
        (path, code)
        for path, code in accepted
        if (path in looked_at and code in scope.codes) or not os.path.lexists(os.path.join(base, path))
    }


def _counted(findings: Iterable[Finding], file: Path) -> Counter[tuple[str, str]]:
    return Counter(_key(finding.path, finding.rule.code, file) for finding in findings)


def _key(path: Path, code: str, file: Path) -> tuple[str, str]:
    return _relative(path, file), code


def _relative(path: Path, file: Path) -> str:
    relative = os.path.relpath(absolute_path(path), os.path.dirname(absolute_path(file)))
    return os.fsencode(relative).decode("utf-8", "backslashreplace").replace(os.sep, "/")
