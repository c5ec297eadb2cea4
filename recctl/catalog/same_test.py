"""Recordings of the same test: among those given, and those beside them.

A hook names only what a commit changes; what the other recordings of a test hold matters all the same.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from recctl.catalog.find import recordings_in
from recctl.recordings.recording import read, summarize
from recctl.recordings.ref import Ref
from recctl.support.errors import Unreadable
from recctl.support.paths import absolute_path

# A recorder writes the test id first, so that the beginning of a file is enough. Where it is null or
# empty the request may name the test, as those of tools and of http do: then the whole file is read.
_BEGINNING = re.compile(rb'\{\s*"test_id":\s*("(?:[^"\\]|\\.)+")\s*,\s*"request"')
_BEGINNING_BYTES = 1024


class SameTest:
    """The recordings of each test, searched at the first question among the given files and those beside.

    Recordings that name no test count as of one test where they are in one directory.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = {absolute_path(path): path for path in files}
        self._test_ids: dict[str, str | None] = {}
        self._by_test: dict[str, dict[str, Ref]] | None = None

    def add(self, ref: Ref, test_id: str | None) -> None:
        """Note the test of a recording that was read, so that it need not be read again."""
        self._test_ids[absolute_path(ref.path)] = test_id

    def others(self, ref: Ref, test_id: str | None) -> list[Ref]:
        """Return the other recordings of the test that a recording belongs to, in order of their paths.

        A given file keeps the path that it was given by; the paths of others are absolute.
        """
        if self._by_test is None:
            self._by_test = self._search()
        own = absolute_path(ref.path)
        found = self._by_test.get(_key(own, test_id), {})
        return [other for location, other in found.items() if location != own]

    def _search(self) -> dict[str, dict[str, Ref]]:
        by_test: dict[str, dict[str, Ref]] = defaultdict(dict)
        for location, path in sorted(self._candidates().items()):
            try:
                known = location in self._test_ids
                test_id = self._test_ids[location] if known else test_id_of(path)
            except Unreadable:
                continue
            by_test[_key(location, test_id)][location] = Ref(path)
        return by_test

    def _candidates(self) -> dict[str, Path]:
        directories = {os.path.dirname(location) for location in self._files}
        beside = (
            os.path.join(directory, name) for directory in directories for name in recordings_in(directory)
        )
        return {location: Path(location) for location in beside} | self._files


def test_id_of(path: Path) -> str | None:
    """Return the test that a file names, from its first bytes where they are enough. Raises Unreadable."""
    try:
        with open(path, "rb", buffering=0) as file:
            found = _BEGINNING.match(file.read(_BEGINNING_BYTES))
        if found:
            return str(json.loads(found[1]))
    except (OSError, ValueError):
        pass
    return summarize(path, read(path)).header.test_id


def _key(location: str, test_id: str | None) -> str:
    # A path has a slash in front, a test id none.
    return os.path.dirname(location) if test_id is None else test_id
