"""Which recordings a review is limited to: paths, references, test files, test ids."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from recctl.catalog.query import Query
from recctl.catalog.references import resolve
from recctl.diff.revisions import States
from recctl.recordings.ogx.filename import SUFFIX
from recctl.recordings.recording import Recording
from recctl.suite.roots import project_root
from recctl.support.errors import Unreadable

Wanted: TypeAlias = Callable[[Recording], bool]

_REFERENCE = re.compile(r"(?:(?:rec-)?[0-9a-f]{4,64}(?:\.json)?|models-.*?)(?:#\d+)?", re.IGNORECASE)


class Limits(msgspec.Struct, frozen=True):
    """What a user limits a review to; a recording is wanted that fits any of the three."""

    paths: tuple[Path, ...] = ()
    tests: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def below(self) -> tuple[Path, ...]:
        """The only paths that need be looked at; () for all."""
        return () if self.tests or self.references else self.paths


def limits_of(given: Sequence[str]) -> Limits:
    """What arguments name: a test id or test file, a path, there or not, or else a reference."""
    tests = tuple(text for text in given if is_test(text))
    references = tuple(text for text in given if text not in tests and _is_reference(text))
    paths = tuple(Path(text) for text in given if text not in (*tests, *references))
    return Limits(paths, tests, references)


def is_test(text: str) -> bool:
    """Whether an argument is a test id or a test file."""
    return "::" in text or text.endswith(".py")


def _is_reference(text: str) -> bool:
    return not os.path.lexists(text) and _REFERENCE.fullmatch(text) is not None


def wanted_of(limits: Limits, states: States, test: str | None) -> Wanted:
    """Whether a recording fits the limits, and a test as `ls --test` takes it.

    Raises AmbiguousReference, and NoSuchReference where neither state has a reference.
    """
    by_stem = {path.stem: path for path in states.paths}
    stems = {resolve(each, list(by_stem.values())).path.stem for each in limits.references}
    roots = [path.resolve() for path in limits.paths]
    of_tests = [_of_test(each) for each in limits.tests]
    query = Query(test=test)

    def wanted(recording: Recording) -> bool:
        if test is not None and not query.select([recording.summary]):
            return False
        if not (stems or roots or of_tests):
            return True
        path = recording.summary.path.resolve()
        return (
            recording.summary.name.stem in stems
            or any(path.is_relative_to(root) for root in roots)
            or any(fits(recording) for fits in of_tests)
        )

    return wanted


def problems_of(limits: Limits, states: States) -> list[Unreadable]:
    """The unreadable files that may be among what is wanted: with references alone, those they name."""
    if limits.paths or limits.tests or not limits.references:
        return list(states.problems)
    named = (each.partition("#")[0].lower() for each in limits.references)
    stems = tuple(each.removesuffix(SUFFIX).removeprefix("rec-") for each in named)
    return [problem for problem in states.problems if problem.path.stem.startswith(stems)]


def _of_test(given: str) -> Wanted:
    file, _, names = given.partition("::")
    place = Path(file).resolve()

    def wanted(recording: Recording) -> bool:
        its_file, _, its_names = (recording.header.test_id or "").partition("::")
        if not its_file or not (its_file == file or _lies_at(recording, its_file, place)):
            return False
        return names in ("", its_names) or its_names.startswith((f"{names}::", f"{names}["))

    return wanted


def _lies_at(recording: Recording, test_file: str, place: Path) -> bool:
    root = project_root(recording.summary.path, test_file)
    return root is not None and (root / test_file).resolve() == place
