"""The recordings that a command is about: what the user's paths name, else those of the project."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from recctl.catalog.find import Found, find, find_default, united
from recctl.catalog.test_paths import TestPath, parse_test_path, recordings_of
from recctl.recordings.summary import Summary
from recctl.support.configuration import NO_CACHE_VARIABLE, find_project
from recctl.support.errors import RecctlError, separate
from recctl.support.paths import current_directory, display_path
from recctl.views.progress import progress


def search(given: Iterable[str | Path] | None) -> Found:
    """Return the files that a user's paths name, else those of the project.

    Directories are searched; a test file or a test id stands for its recordings. Raises RecctlError
    where there are none.
    """
    named = [os.fspath(path) for path in given or ()]
    if not named:
        return find_default(current_directory(), os.environ)
    tests = [test for text in named if (test := parse_test_path(text))]
    paths = [Path(text) for text in named if not parse_test_path(text)]
    found = find(paths)
    if tests:
        found = united(found, _of_tests(tests))
    if not found.files and not found.problems:
        raise RecctlError(
            f"no recordings in {', '.join(display_path(path) for path in paths)}",
            "recordings are .json files, usually in directories named recordings",
        )
    return found


def _of_tests(tests: Sequence[TestPath]) -> Found:
    """The recordings of tests among those of the project. Raises RecctlError for a test without any."""
    from recctl.catalog.scan import scan

    everything = [_around(test) for test in tests]
    every = everything[0] if len(everything) == 1 else united(*everything)
    found = scan(every.files, use_index=use_index(False))
    summaries, problems = separate(progress(found, "reading recordings", len(every.files)))
    unreadable = [problem.path for problem in problems]
    for test in tests:
        if not recordings_of([test], summaries, unreadable):
            raise _without_recordings(test, summaries)
    return Found(tuple(recordings_of(tests, summaries, unreadable)), every.problems)


def _around(test: TestPath) -> Found:
    """The recordings of the project that a test file is in, if it is in another than the current one."""
    here = current_directory()
    root = find_project(here).root
    outside = os.path.isfile(test.location) and not Path(test.location).is_relative_to(root)
    return find_default(Path(test.location).parent if outside else here, os.environ)


def _without_recordings(test: TestPath, summaries: Sequence[Summary]) -> RecctlError:
    from recctl.catalog.query import nearest_tests

    wanted = f"{test.file}::{test.inner}" if test.inner else test.file
    near = nearest_tests(wanted, (summary.header.test_id for summary in summaries if summary.header.test_id))
    hint = f"near it: {', '.join(near)}" if near else "recctl ls lists all recordings"
    return RecctlError(f"no recordings of {wanted} among {len(summaries):,}", hint)


def use_index(no_cache: bool) -> bool:
    """Whether the index of earlier runs may be used."""
    return not no_cache and not os.environ.get(NO_CACHE_VARIABLE)
