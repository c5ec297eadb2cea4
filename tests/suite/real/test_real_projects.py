"""No live test of a real project is called stale; and a test that was really removed is found.

Needs `python -m tests.suite.real.environments` once. Each project is one that pytest really runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.suite.real.asking import can_drop_override, examine, examine_removal
from tests.suite.real.cases import PROJECTS
from tests.suite.real.environments import VERSIONS, python_of
from tests.suite.real.project import Project
from tests.suite.real.running import Bench

REMOVED = tuple(project for project in PROJECTS if project.cut)


def each(projects: Sequence[Project]) -> Iterator[object]:
    """Every project with every pytest that it can be run with."""
    for project in projects:
        for version in project.versions:
            yield pytest.param(project, version, id=f"{project.name}, pytest {version}")


def bench_for(project: Project, version: str, directory: Path) -> Bench:
    if python_of(version) is None:
        pytest.skip(f"no environment for pytest {version}: python -m tests.suite.real.environments")
    if project.without_override and not can_drop_override():
        pytest.skip("no setpriv: root may search every directory")
    return Bench.of(directory, version)


@pytest.mark.promise("No live test is called stale")
def test_there_are_projects_enough() -> None:
    names = [project.name for project in PROJECTS]
    assert len(names) == len(set(names)) >= 100
    for version in VERSIONS:
        assert sum(version in project.versions for project in PROJECTS) >= 100
        removed = [project.by_source for project in REMOVED if version in project.versions]
        assert (len(removed) >= 40, sum(removed) >= 30) == (True, True)


@pytest.mark.promise("No live test is called stale")
@pytest.mark.slow
@pytest.mark.parametrize(("project", "version"), [*each(PROJECTS)])
def test_no_live_test_is_called_stale(tmp_path: Path, project: Project, version: str) -> None:
    _, answers = examine(project, bench_for(project, version, tmp_path))
    assert {way: stale for way, stale in answers.stale.items() if stale} == {}
    assert {"source", "RC401"} <= set(answers.stale), answers.refusals


@pytest.mark.promise("No live test is called stale")
@pytest.mark.slow
@pytest.mark.parametrize(("project", "version"), [*each(REMOVED)])
def test_a_removed_test_is_found(tmp_path: Path, project: Project, version: str) -> None:
    removal = examine_removal(project, bench_for(project, version, tmp_path))
    assert removal.wrong == {}
    assert "exact" in removal.found, removal.refusals
    assert not project.by_source or {"source", "RC401"} <= removal.found, removal.reasons
