"""Find the recordings of tests given as `tests/a/test_b.py` or `tests/a/test_b.py::TestC::test_d[e]`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from recctl.recordings.ogx.filename import DIRECTORY
from recctl.recordings.summary import Summary
from recctl.support.paths import absolute_path

_SEPARATOR = "::"


class TestPath(msgspec.Struct, frozen=True):
    """A test file (`inner` is empty), or what is inside one: a class, a test with or without parameters.

    `file` is as it was given, `location` absolute. The file need not exist: then it is the beginning
    of a test id, as `ls` prints it, whatever the current directory.
    """

    file: str
    location: str
    inner: str

    def selects(self, summary: Summary) -> bool:
        """Return whether a recording is of one of these tests."""
        file, _, inner = (summary.header.test_id or "").partition(_SEPARATOR)
        return bool(file) and self._names(inner) and self._is_at(file, absolute_path(summary.path))

    def _names(self, inner: str) -> bool:
        return (
            not self.inner or inner == self.inner or inner.startswith((f"{self.inner}[", f"{self.inner}::"))
        )

    def _is_at(self, file: str, recording: str) -> bool:
        if f"{os.sep}{self.location}".endswith(f"{os.sep}{file}"):
            root = self.location[: -len(file)].rstrip(os.sep)
            if _lies_with(recording, root, file):
                return True
        # Compared as text where there is no such path from here.
        return file == self.file and not os.path.exists(self.location)


def _lies_with(recording: str, root: str, file: str) -> bool:
    """Return whether a recording belongs to a test file of this root, not to one of another package."""
    first, slash, _ = file.partition("/")
    if slash:
        # Beside the tests, or else apart from all tests.
        return recording.startswith(f"{root}/{first}/") or first not in Path(recording).parts
    parents = (os.fspath(parent) for parent in Path(recording).parents)
    nearest = next((parent for parent in parents if os.path.isfile(os.path.join(parent, file))), root)
    return nearest == (root or os.sep)


def parse_test_path(text: str) -> TestPath | None:
    """Return the tests that an argument names; None where it is another path."""
    file, _, inner = text.partition(_SEPARATOR)
    if not file.endswith(".py") or os.path.isdir(text) or (inner and os.path.exists(text)):
        return None
    normal = os.path.normpath(file)
    return TestPath(normal.replace(os.sep, "/"), absolute_path(Path(normal)), inner)


def recordings_of(test: TestPath, summaries: Iterable[Summary], unreadable: Iterable[Path]) -> list[Path]:
    """Return the files that hold the recordings of a test path.

    Unreadable files count too, where they are in the directory of recordings beside the test file, so
    that they are reported.
    """
    found = [summary.path for summary in summaries if test.selects(summary)]
    beside = os.path.join(os.path.dirname(test.location), DIRECTORY)
    return found + [path for path in unreadable if os.path.dirname(absolute_path(path)) == beside]
