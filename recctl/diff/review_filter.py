"""The filter of a review: paths, references, test files and test ids that limit it."""

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

Predicate: TypeAlias = Callable[[Recording], bool]

_REFERENCE = re.compile(
    r"(?:(?:rec-)?[0-9a-f]{4,64}(?:-[0-9a-f]{1,8})?(?:\.json)?|models-.*?)(?:#\d+)?", re.IGNORECASE
)


class ReviewFilter(msgspec.Struct, frozen=True):
    """What limits a review: a recording passes that matches any path, test or reference."""

    paths: tuple[Path, ...] = ()
    tests: tuple[str, ...] = ()
    references: tuple[str, ...] = ()

    @property
    def below(self) -> tuple[Path, ...]:
        """Return the only paths whose recordings can pass, none for all."""
        return () if self.tests or self.references else self.paths

    def wanted(self, states: States, test: str | None) -> Predicate:
        """Return whether a recording passes the filter and matches `test` as in `ls --test`, as a predicate.

        Raises AmbiguousReference, and NoSuchReference for a reference that neither state has.
        """
        query = Query(test=test)
        matches = self._matches(states)

        def wanted(recording: Recording) -> bool:
            if test is not None and not query.select([recording.summary]):
                return False
            return not matches or any(match(recording) for match in matches)

        return wanted

    def problems(self, states: States) -> list[Unreadable]:
        """Return the unreadable files that may pass the filter.

        With only references, those are the files that they name.
        """
        if self.paths or self.tests or not self.references:
            return list(states.problems)
        names = (each.partition("#")[0].lower() for each in self.references)
        stems = tuple(name.removesuffix(SUFFIX).removeprefix("rec-") for name in names)
        return [problem for problem in states.problems if problem.path.stem.startswith(stems)]

    def _matches(self, states: States) -> list[Predicate]:
        matches = [_in_test(test) for test in self.tests]
        if self.references:
            paths = list({path.stem: path for path in states.paths}.values())
            stems = {resolve(each, paths).path.stem for each in self.references}
            matches.append(lambda recording: recording.summary.name.stem in stems)
        if self.paths:
            roots = [path.resolve() for path in self.paths]
            matches.append(lambda recording: _is_below(recording.ref.path.resolve(), roots))
        return matches


def parse_filter(arguments: Sequence[str]) -> ReviewFilter:
    """Return what arguments name: a test id or test file, a path that need not exist, or a reference."""
    tests = tuple(text for text in arguments if is_test(text))
    references = tuple(text for text in arguments if text not in tests and _is_reference(text))
    paths = tuple(Path(text) for text in arguments if text not in (*tests, *references))
    return ReviewFilter(paths, tests, references)


def is_test(text: str) -> bool:
    """Return whether an argument is a test id or a test file."""
    return "::" in text or text.endswith(".py")


def _is_reference(text: str) -> bool:
    return not os.path.lexists(text) and _REFERENCE.fullmatch(text) is not None


def _is_below(path: Path, roots: Sequence[Path]) -> bool:
    return any(path.is_relative_to(root) for root in roots)


def _in_test(argument: str) -> Predicate:
    """Return whether a recording is of a test file, or of a test, class or module in it."""
    file, _, names = argument.partition("::")
    location = Path(file).resolve()

    def in_test(recording: Recording) -> bool:
        own_file, _, own_names = (recording.header.test_id or "").partition("::")
        if not own_file or not (own_file == file or _is_at(recording, own_file, location)):
            return False
        return names in ("", own_names) or own_names.startswith((f"{names}::", f"{names}["))

    return in_test


def _is_at(recording: Recording, test_file: str, location: Path) -> bool:
    root = project_root(recording.ref.path, test_file)
    return root is not None and (root / test_file).resolve() == location
