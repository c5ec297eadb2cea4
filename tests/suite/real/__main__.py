"""Print what recctl says of every project beside what is true: `python -m tests.suite.real [NAME…]`.

The projects whose names contain one of the words, or all; every one with each pytest it can be run with.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.helpers import isolate
from tests.suite.real.asking import WAYS, Answers, Removal, examine, examine_removal
from tests.suite.real.cases import PROJECTS
from tests.suite.real.running import Bench

_FOREIGN = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONPATH", "VIRTUAL_ENV")
_PROCESSES = 2


class _Job(NamedTuple):
    """A project by its number, the pytest, and where to work."""

    number: int
    version: str
    scratch: Path

    def title(self) -> str:
        return f"{PROJECTS[self.number].name:<46}{self.version:>7}"

    def bench(self, kind: str) -> Bench:
        return Bench.of(self.scratch / kind / f"{self.number}-{self.version}", self.version)


class _Row(NamedTuple):
    """A line of the table, and what it adds to the totals."""

    text: str
    counts: dict[str, int]


def main(words: Sequence[str]) -> None:
    """Examine the chosen projects, as they are and with a test removed, and print tables and totals."""
    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        isolate(patch, Path(scratch, "home"))
        patch.setenv("RECCTL_STATE_DIR", str(Path(scratch, "state")))
        for name in _FOREIGN:
            patch.delenv(name, raising=False)
        jobs = [
            _Job(number, version, Path(scratch))
            for number, project in enumerate(PROJECTS)
            for version in project.versions
            if not words or any(word in project.name for word in words)
        ]
        with ProcessPoolExecutor(_PROCESSES) as pool:
            live, removed = pool.map(_live, jobs), pool.map(_removal, [j for j in jobs if _is_cut(j)])
            columns = "".join(f"{way:>9}" for way in WAYS)
            _print_table(f"{'project':<46}{'pytest':>7}{'ids':>5}{columns}   wrong, or no answer", live)
            _print_table(
                f"{'a test removed':<46}{'pytest':>7}{'gone':>5}{'source':>9}{'exact':>9}   unjudged", removed
            )


def _is_cut(job: _Job) -> bool:
    return bool(PROJECTS[job.number].cut)


def _print_table(head: str, rows: Iterator[_Row]) -> None:
    totals: Counter[str] = Counter()
    sys.stdout.write(f"{head}\n")
    for row in rows:
        totals.update(row.counts)
        sys.stdout.write(f"{row.text}\n")
        sys.stdout.flush()
    sys.stdout.write("".join(f"  {number:>5}  {name}\n" for name, number in totals.items()) + "\n")


def _live(job: _Job) -> _Row:
    try:
        ids, answers = examine(PROJECTS[job.number], job.bench("live"))
    except Exception as error:
        return _broken(job, error)
    wrong = {f"wrong by {way}": bool(answers.stale.get(way)) for way in WAYS}
    counts = {"runs": 1, "ids": len(ids), **wrong, "wrong in any way": any(answers.stale.values())}
    counts |= {f"no answer by {way}": 1 for way in answers.refusals}
    cells = (f"{len(answers.stale[way]) if way in answers.stale else '-':>9}" for way in WAYS)
    return _Row(f"{job.title()}{len(ids):>5}{''.join(cells)}   {_remarks(answers)}", counts)


def _remarks(answers: Answers) -> str:
    wrong = sorted(set().union(*answers.stale.values()))
    refused = [f"{way}: {why.splitlines()[-1]}" for way, why in answers.refusals.items()]
    return "; ".join([*wrong[:2], *refused])


def _removal(job: _Job) -> _Row:
    project = PROJECTS[job.number]
    try:
        removal = examine_removal(project, job.bench("removed"))
    except Exception as error:
        return _broken(job, error)
    counts = {"runs": 1, "expected by source": project.by_source, "live called stale": bool(removal.wrong)}
    counts |= {f"found by {way}": way in removal.found for way in ("source", "RC401", "exact")}
    cells = (f"{'found' if way in removal.found else '-':>9}" for way in ("source", "exact"))
    remarks = _removal_remarks(removal, project.by_source)
    return _Row(f"{job.title()}{len(removal.gone):>5}{''.join(cells)}   {remarks}", counts)


def _removal_remarks(removal: Removal, by_source: bool) -> str:
    unlike = ["EXPECTED TO BE FOUND"] if by_source and "source" not in removal.found else []
    wrong = [f"WRONG by {way}: {', '.join(sorted(ids))}" for way, ids in removal.wrong.items()]
    return "; ".join([*removal.reasons, *unlike, *wrong])


def _broken(job: _Job, error: Exception) -> _Row:
    return _Row(f"{job.title()} BROKEN {type(error).__name__}: {error}", {"broken": 1})


if __name__ == "__main__":
    main(sys.argv[1:])
