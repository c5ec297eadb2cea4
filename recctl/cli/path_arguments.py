"""The recordings that a command works on: those that PATH arguments name, else the project's."""

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


def find_recordings(arguments: Iterable[str | Path] | None) -> Found:
    """Return the files that PATH arguments name, else those of the project.

    Directories are searched; a test file or a test id stands for its recordings. Raises RecctlError
    if there are none.
    """
    names = [os.fspath(argument) for argument in arguments or ()]
    if not names:
        return find_default(current_directory(), os.environ)
    parsed = [(name, parse_test_path(name)) for name in names]
    tests = [test for _, test in parsed if test]
    paths = [Path(name) for name, test in parsed if not test]
    found = find(paths)
    if tests:
        found = united(found, _find_of_tests(tests))
    if not found.files and not found.problems:
        raise RecctlError(
            f"no recordings in {', '.join(display_path(path) for path in paths)}",
            "recordings are .json files, usually in directories named recordings",
        )
    return found


def _find_of_tests(tests: Sequence[TestPath]) -> Found:
    """Return the recordings of tests, perhaps with duplicates. Raises RecctlError for a test without any."""
    from recctl.catalog.scan import scan

    searched = [_find_around(test) for test in tests]
    candidates = searched[0] if len(searched) == 1 else united(*searched)
    scanned = scan(candidates.files, use_index=use_index(False))
    summaries, problems = separate(progress(scanned, "reading recordings", len(candidates.files)))
    unreadable = [problem.path for problem in problems]
    files: list[Path] = []
    for test in tests:
        of_test = recordings_of(test, summaries, unreadable)
        if not of_test:
            raise _no_recordings_of(test, summaries)
        files += of_test
    return Found(tuple(files), candidates.problems)


def _find_around(test: TestPath) -> Found:
    """Return the recordings of the test file's project, which need not be the current one."""
    here = current_directory()
    root = find_project(here).root
    is_outside = os.path.isfile(test.location) and not Path(test.location).is_relative_to(root)
    return find_default(Path(test.location).parent if is_outside else here, os.environ)


def _no_recordings_of(test: TestPath, summaries: Sequence[Summary]) -> RecctlError:
    from recctl.catalog.query import nearest_tests

    wanted = f"{test.file}::{test.inner}" if test.inner else test.file
    near = nearest_tests(wanted, (summary.header.test_id for summary in summaries if summary.header.test_id))
    hint = f"similar: {', '.join(near)}" if near else "recctl ls lists all recordings"
    return RecctlError(f"no recordings of {wanted} among {len(summaries):,}", hint)


def use_index(no_cache: bool) -> bool:
    """Return whether the index of earlier runs may be used."""
    return not no_cache and not os.environ.get(NO_CACHE_VARIABLE)
