"""Ids of turns that the requests of other recordings hold: to change one could break a replay."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from recctl.catalog.find import find_default, recordings_in
from recctl.recordings.ref import Ref
from recctl.support.configuration import find_project
from recctl.support.errors import RecctlError, Warn, no_warning
from recctl.support.paths import absolute_path, current_directory


class TurnIds:
    """Ids that requests hold: those of the given files, of the files beside them, and of their projects.

    All requests below the default paths of a project are searched, whatever their test: an id may
    travel from one test to another. Nothing is searched or read before the first question. `warn`
    gets a line for whatever keeps the index from being used.
    """

    def __init__(self, files: Iterable[Path], warn: Warn = no_warning) -> None:
        self._files = tuple(files)
        self._warn = warn
        self._requests: _Requests | None = None

    def in_other_requests(self, values: set[str], ref: Ref) -> set[str]:
        """Return those of the values that the request of another recording holds. Raises RecctlError."""
        wanted = {value: json.dumps(value)[1:-1] for value in values if value}
        if not wanted:
            return set()
        if self._requests is None:
            self._requests = self._read()
        own = absolute_path(ref.path)
        return {value for value, text in wanted.items() if self._requests.hold(text, own)}

    def _read(self) -> _Requests:
        from recctl.catalog.request_texts import request_texts  # loads SQLite; few files have an id to change

        paths = sorted({*_beside(self._files), *_of_projects(self._files)})
        texts = request_texts(paths, self._warn)
        return _Requests(texts, "\n".join({part for text in texts.values() for part in text.split('"')}))


class _Requests(msgspec.Struct, frozen=True):
    """The JSON texts of requests by absolute path; and what is between quotes in any, once each.

    Most ids are in none of them, which the latter shows faster.
    """

    texts: dict[str, str]
    between_quotes: str

    def hold(self, wanted: str, own: str) -> bool:
        """Return whether a request holds a text, that of the file `own` left aside."""
        if '"' not in wanted and wanted not in self.between_quotes:
            return False
        return any(wanted in text for path, text in self.texts.items() if path != own)


def _beside(files: Iterable[Path]) -> Iterator[str]:
    """Yield the absolute paths of the files, and of those beside them."""
    paths = {absolute_path(path) for path in files}
    yield from paths
    for directory in {os.path.dirname(path) for path in paths}:
        yield from (os.path.join(directory, name) for name in recordings_in(directory))


def _of_projects(files: Iterable[Path]) -> Iterator[str]:
    """Yield the files below the default paths of the projects that the given files belong to.

    Raises RecctlError where the configuration of a project, which may set these paths, cannot be used.
    """
    searched = set()
    for start in sorted(_starts(files)):
        project = find_project(start)
        key = (project.root, project.settings.recordings)
        if key not in searched:
            searched.add(key)
            with suppress(RecctlError):  # nothing to search
                yield from map(absolute_path, find_default(start, os.environ).files)


def _starts(files: Iterable[Path]) -> set[Path]:
    """Return where to look for projects: the current directory for files below it, else their own."""
    directories = {os.path.dirname(absolute_path(path)) for path in files}
    try:
        here = current_directory()
    except RecctlError:  # it was removed
        here = None
    if here is None or Path(os.path.expanduser("~")).is_relative_to(here):
        return set(map(Path, directories))  # no project: / or /home, which would be searched for minutes
    return {here if Path(directory).is_relative_to(here) else Path(directory) for directory in directories}
