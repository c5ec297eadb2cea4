"""Which ids of answers the requests of other recordings carry on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from recctl.catalog.find import find_default, recordings_in
from recctl.support.configuration import find_project
from recctl.support.errors import RecctlError
from recctl.support.paths import absolute_path, current_directory


class Chains:
    """Which ids requests carry on; changing one of those could break a replay.

    Asked are the requests of the given files, of those that lie beside them, and of all below the default
    paths of their project, whatever their test: a value may travel from one test to another. Nothing is
    searched or read before the first question. `notes` fills with what there is to say of the index.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = tuple(files)
        self.notes: list[str] = []

    def carried(self, values: set[str], path: Path) -> set[str]:
        """Return those of the values that another recording has in its request. Raises RecctlError."""
        here = absolute_path(path)
        return {value for value in values if value and self._is_carried(json.dumps(value)[1:-1], here)}

    def _is_carried(self, wanted: str, here: str) -> bool:
        if '"' not in wanted and wanted not in self._pieces:
            return False
        return any(wanted in text for path, text in self._texts.items() if path != here)

    @cached_property
    def _texts(self) -> dict[str, str]:
        from recctl.catalog.request_texts import (
            RequestTexts,  # loads SQLite; few files have an id that is due
        )

        texts = RequestTexts(sorted({*_given(self._files), *_of_projects(self._files)}))
        found = texts.read()
        self.notes += texts.notes
        return found

    @cached_property
    def _pieces(self) -> str:
        """What stands between the quotes of all requests, once each: most ids stand in none of them."""
        return "\n".join({piece for text in self._texts.values() for piece in text.split('"')})


def _given(files: Iterable[Path]) -> Iterator[str]:
    """The files, and those that lie beside them."""
    places = {absolute_path(path) for path in files}
    yield from places
    for directory in {os.path.dirname(place) for place in places}:
        yield from (os.path.join(directory, name) for name in recordings_in(directory))


def _of_projects(files: Iterable[Path]) -> Iterator[str]:
    """The files below the default paths of the projects that the given files belong to.

    Raises RecctlError where a project's configuration, which may say where they are, cannot be used.
    """
    searched = set()
    for start in sorted(_starts(files)):
        project = find_project(start)
        key = (project.root, project.recordings)
        if key not in searched:
            searched.add(key)
            with suppress(RecctlError):  # nothing to search
                yield from map(absolute_path, find_default(start, os.environ).files)


def _starts(files: Iterable[Path]) -> set[Path]:
    """From where projects are searched: the current directory for the files below it, else their own."""
    directories = {os.path.dirname(absolute_path(path)) for path in files}
    try:
        here = current_directory()
    except RecctlError:  # it was removed
        here = None
    if here is None or Path(os.path.expanduser("~")).is_relative_to(here):
        return set(map(Path, directories))  # no project: / or /home, which would be searched for minutes
    return {here if Path(directory).is_relative_to(here) else Path(directory) for directory in directories}
