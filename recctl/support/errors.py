"""Expected errors, which are reported in one line: what, where, why, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

T = TypeVar("T")
# Gets a line on what went wrong where the command goes on as well without it.
Warn: TypeAlias = Callable[[str], None]


def no_warning(_line: str) -> None:
    """Ignore a warning."""


class RecctlError(Exception):
    """An expected error, reported in one line; `hint` says what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Unreadable(RecctlError):
    """A file or directory that cannot be read as recordings."""

    def __init__(self, path: Path, why: str, hint: str = "") -> None:
        super().__init__(why, hint)
        self.path = path

    def __reduce__(self) -> tuple[type[Unreadable], tuple[Path, str, str]]:
        return type(self), (self.path, self.message, self.hint)


def separate(found: Iterable[T | Unreadable]) -> tuple[list[T], list[Unreadable]]:
    """Return what was found, and what could not be read, each in its order."""
    readable: list[T] = []
    problems: list[Unreadable] = []
    for one in found:
        if isinstance(one, Unreadable):
            problems.append(one)
        else:
            readable.append(one)
    return readable, problems


class NotARecording(Unreadable):
    """A file that holds JSON, but no recorded call."""


class NoSuchReference(RecctlError):
    """A reference that matches no recording."""


class AmbiguousReference(RecctlError):
    """A reference that matches several recordings; `matches` holds `(reference, path)` of each."""

    def __init__(self, message: str, hint: str, matches: Sequence[tuple[str, Path]]) -> None:
        super().__init__(message, hint)
        self.matches = tuple(matches)
