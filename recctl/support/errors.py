"""What can go wrong and is said to the user in one line: what, where, why, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar, cast


class RecctlError(Exception):
    """An expected failure, told in one line; `hint` says what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Unreadable(RecctlError):
    """A file or directory that cannot be read as recordings; `path` is where."""

    def __init__(self, path: Path, why: str, hint: str = "") -> None:
        super().__init__(why, hint)
        self.path = path


class NotARecording(Unreadable):
    """A file that holds JSON, but no recorded call."""


class NoSuchReference(RecctlError):
    """A reference that fits no recording."""


class AmbiguousReference(RecctlError):
    """A reference that fits several recordings; `matches` holds `(reference, path)` of each."""

    def __init__(self, message: str, hint: str, matches: Sequence[tuple[str, Path]]) -> None:
        super().__init__(message, hint)
        self.matches = tuple(matches)


T = TypeVar("T")
E = TypeVar("E", bound=RecctlError)


def separate(results: Iterable[T | E], problem: type[E]) -> tuple[list[T], list[E]]:
    """Return the values and the problems among results, each in order; `problem` is the type of problems."""
    values: list[T] = []
    problems: list[E] = []
    for result in results:
        if isinstance(result, problem):
            problems.append(result)
        else:
            values.append(cast(T, result))
    return values, problems
