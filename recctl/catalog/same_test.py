"""Which recordings belong to one test: those given, and those that lie beside them.

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
from recctl.support.errors import Unreadable
from recctl.support.paths import absolute_path

# The test id is the first thing that a recorder writes, so that few bytes of a file tell it. Where it
# is null or empty the request may name the test, as those of tools and of http do: then all is read.
_HEAD = re.compile(rb'\{\s*"test_id":\s*("(?:[^"\\]|\\.)+")\s*,\s*"request"')
_HEAD_BYTES = 1024


class Families:
    """The recordings of each test, found when first asked for; made for the files that a command looks at.

    Recordings that name no test are one family a directory.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = {absolute_path(path): path for path in files}
        self._known: dict[str, str | None] = {}
        self._families: dict[str, dict[str, Path]] | None = None

    def learn(self, path: Path, test_id: str | None) -> None:
        """The test of a file that was read anyway."""
        self._known[absolute_path(path)] = test_id

    def of(self, path: Path, test_id: str | None) -> list[Path]:
        """The recordings of the test that a recording belongs to, without itself, in order of their paths.

        A given file comes as the path it was given by, others as absolute paths.
        """
        if self._families is None:
            self._families = self._grouped()
        place = absolute_path(path)
        family = self._families.get(_key(place, test_id), {})
        return [other for there, other in family.items() if there != place]

    def _grouped(self) -> dict[str, dict[str, Path]]:
        families: dict[str, dict[str, Path]] = defaultdict(dict)
        for place, path in sorted(self._everyone().items()):
            try:
                test_id = self._known[place] if place in self._known else test_id_of(path)
            except Unreadable:
                continue
            families[_key(place, test_id)][place] = path
        return families

    def _everyone(self) -> dict[str, Path]:
        directories = {os.path.dirname(place) for place in self._files}
        beside = (
            os.path.join(directory, name) for directory in directories for name in recordings_in(directory)
        )
        return {place: Path(place) for place in beside} | self._files


def test_id_of(path: Path) -> str | None:
    """The test that a recording names, from the beginning of its file where that tells. Raises Unreadable."""
    try:
        with open(path, "rb", buffering=0) as file:
            head = _HEAD.match(file.read(_HEAD_BYTES))
        if head:
            return str(json.loads(head[1]))
    except (OSError, ValueError):
        pass
    return summarize(path, read(path)).header.test_id


def _key(place: str, test_id: str | None) -> str:
    # A path has a slash in front, a test id none.
    return os.path.dirname(place) if test_id is None else test_id
