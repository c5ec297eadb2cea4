"""The baseline: accepted findings, counted by path and rule, so that `check` reports only new ones."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from recctl.check.rules.rule import Finding
from recctl.edit.staging import write_new
from recctl.support.errors import RecctlError
from recctl.support.jsonvalue import JsonObject, as_int, as_object
from recctl.support.paths import absolute_path

_KIND = "recctl baseline"
_VERSION = 1


class _OtherVersion(RecctlError):
    """The baseline has a version that this recctl does not read."""


class Key(NamedTuple):
    """What accepted findings are counted by: a path relative to the baseline's directory, and a code."""

    path: str
    code: str


class Scope(msgspec.Struct, frozen=True):
    """The files that were checked and the codes of the rules; a run knows nothing about any others."""

    files: Collection[Path]
    codes: Collection[str]


class Baseline:
    """The findings that a file accepts: how many of each rule in each recording."""

    def __init__(self, file: Path, accepted: Mapping[Key, int]) -> None:
        self._file = file
        self._directory = os.path.dirname(absolute_path(file))
        self._accepted = Counter(accepted)

    @classmethod
    def read(cls, file: Path) -> Baseline:
        """Read a baseline. Raises RecctlError if the file is not one, or cannot be read."""
        accepted = as_object(_read_document(file).get("accepted"))
        return cls(
            file,
            {
                Key(path, code): as_int(count) or 0
                for path, codes in accepted.items()
                for code, count in as_object(codes).items()
            },
        )

    @classmethod
    def read_to_replace(cls, file: Path) -> Baseline:
        """Read a baseline that is going to be written; it is empty if the file does not exist.

        Raises RecctlError for any other file than a baseline: it may be a recording.
        """
        if not os.path.lexists(file):
            return cls(file, {})
        try:
            return cls.read(file)
        except _OtherVersion:
            return cls(file, {})
        except RecctlError as error:
            raise RecctlError(f"{error.message}; not overwritten", "name another file") from None

    def new(self, findings: Sequence[Finding]) -> list[Finding]:
        """Return the findings that are not accepted.

        If a file has more findings of a rule than are accepted, all of them are new: which one was added is
        unknown.
        """
        found = self._count(findings)
        return [one for one in findings if found[self._key(one)] > self._accepted[self._key(one)]]

    def past(self, findings: Iterable[Finding], scope: Scope) -> int:
        """Return how many accepted findings of the scope do not occur any more."""
        found = self._count(findings)
        return sum(max(self._accepted[key] - found[key], 0) for key in self._in_scope(scope))

    def replace(self, findings: Iterable[Finding], scope: Scope) -> None:
        """Accept these findings, keep what is accepted outside of the scope, and write the file.

        Raises RecctlError, with nothing changed, if that is impossible.
        """
        kept = self._accepted.keys() - self._in_scope(scope)
        counts = {**{key: self._accepted[key] for key in kept}, **self._count(findings)}
        accepted: dict[str, dict[str, int]] = {}
        for key, count in sorted(counts.items()):
            accepted.setdefault(key.path, {})[key.code] = count
        text = json.dumps({"kind": _KIND, "version": _VERSION, "accepted": accepted}, indent=2)
        try:
            write_new(self._file, f"{text}\n".encode())
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise RecctlError(f"{self._file}: cannot be written: {why}") from None

    def _in_scope(self, scope: Scope) -> set[Key]:
        """Return the accepted keys that a run with this scope checks; files that do not exist count too."""
        checked = {self._relative(path) for path in scope.files}
        return {
            key
            for key in self._accepted
            if (key.path in checked and key.code in scope.codes)
            or not os.path.lexists(os.path.join(self._directory, key.path))
        }

    def _count(self, findings: Iterable[Finding]) -> Counter[Key]:
        return Counter(map(self._key, findings))

    def _key(self, finding: Finding) -> Key:
        return Key(self._relative(finding.path), finding.rule.code)

    def _relative(self, path: Path) -> str:
        relative = os.path.relpath(absolute_path(path), self._directory)
        return os.fsencode(relative).decode("utf-8", "backslashreplace").replace(os.sep, "/")


def _read_document(file: Path) -> JsonObject:
    hint = f"create it: recctl check --baseline {file} --write-baseline"
    try:
        document = as_object(json.loads(file.read_bytes()))
    except FileNotFoundError:
        raise RecctlError(f"{file}: no such file", hint) from None
    except MemoryError:
        raise RecctlError(f"{file}: is too large to be a baseline", "name another file") from None
    except (OSError, ValueError, RecursionError) as error:
        raise RecctlError(f"{file}: cannot be read as a baseline: {error}", hint) from None
    if document.get("kind") != _KIND:
        raise RecctlError(f"{file}: is not a baseline of recctl", "name another file")
    if document.get("version") != _VERSION:
        raise _OtherVersion(f"{file}: is a baseline of another version of recctl", hint)
    return document
