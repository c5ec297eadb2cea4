"""Asks recctl about a project in every way it offers, and compares the answers with the tests that ran."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.helpers import HANGS_AFTER, MODULE, ROOT, Env, Result, run
from tests.helpers import environment as variables
from tests.suite.projects import WITHOUT_PRIVILEGES
from tests.suite.real.project import Project
from tests.suite.real.running import (
    Bench,
    commit,
    environment,
    lay_out,
    list_tests,
    own_environment,
    record,
    run_tests,
)

WAYS = ("source", "RC401", "collect", "list")
_ANSWERED = (0, 1)


@dataclass
class Answers:
    """What recctl called stale, by way; `refusals` says why it gave no answer to one."""

    stale: dict[str, set[str]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)


@dataclass
class Removal:
    """What became of the recordings of a removed test: those gone in truth, and the ways that found all."""

    gone: set[str]
    found: set[str]
    wrong: dict[str, set[str]]
    reasons: list[str]
    refusals: dict[str, str]


def can_drop_override() -> bool:
    """Whether this machine has the program that takes root's right to search any directory."""
    return shutil.which("setpriv") is not None


def examine(project: Project, bench: Bench) -> tuple[set[str], Answers]:
    """Run a project and ask about it as it is; return its live tests, and what was called stale."""
    root = lay_out(project, bench, "live")
    tests = run_tests(project, root, bench)
    count = len(record(project, root, tests))
    _settle(project, root)
    listed = bench.directory / "listed.txt"
    listed.write_text(list_tests(project, root, bench), "utf-8")
    asked: Mapping[str, Sequence[str | Path]] = {
        "source": ["prune", "--json"],
        "RC401": ["check", "--select", "RC401", "--format", "json"],
        "collect": ["prune", "--collect", "--json", "--python", bench.python],
        "list": ["prune", "--json", "--tests", listed],
    }
    answers = Answers()
    for way, args in asked.items():
        if way != "list" or project.listed:
            _ask(project, root, way, args, answers, count)
    return {test.test_id for test in tests}, answers


def examine_removal(project: Project, bench: Bench) -> Removal:
    """Record a project's tests, remove one, run the rest, and ask which is gone."""
    before = run_tests(project, lay_out(project, bench, "before"), bench)
    root = lay_out(project, bench, "after", removed=True)
    live = {test.test_id for test in run_tests(project, root, bench)}
    moved = [
        type(test)(test.test_id, root / test.file.relative_to(bench.directory / "before" / project.below))
        for test in before
    ]
    paths = record(project, root, moved)
    gone = set(paths) - live
    assert gone, f"{project.name}: nothing is gone"
    _settle(project, root)
    answers = Answers()
    collect: list[str | Path] = ["prune", "--collect", "--json", "--python", bench.python]
    _ask(project, root, "source", ["prune", "--json"], answers, len(paths))
    _ask(project, root, "RC401", ["check", "--select", "RC401", "--format", "json"], answers, len(paths))
    own = own_environment(project, root)
    rest = ["--", *project.args]
    _ask(project, root, "exact", [*collect, "--exact", *rest], answers, len(paths), own)
    found = {way for way, stale in answers.stale.items() if gone <= stale}
    wrong = {way: stale & live for way, stale in answers.stale.items() if stale & live}
    reasons = [] if "source" in found else _reasons(project, root, [paths[test_id] for test_id in gone])
    return Removal(gone, found, wrong, reasons, answers.refusals)


def _settle(project: Project, root: Path) -> None:
    if project.git:
        commit(root)
    if project.after:
        project.after(root)


def _ask(
    project: Project,
    root: Path,
    way: str,
    args: Sequence[str | Path],
    answers: Answers,
    count: int,
    more: Mapping[str, str] | None = None,
) -> None:
    """Add the answer to a question; one that was not about all recordings is no answer."""
    result = _recctl(project, root, args, more or {})
    answer = _json(result)
    if answer is None:
        answers.refusals[way] = result.err.strip() or f"exit code {result.code}"
        return
    rows = answer if way == "RC401" else answer["remove"]
    answers.stale[way] = {row["test_id"] for row in rows}
    # check does not say how many it saw; it looks where prune does.
    seen = count if way == "RC401" else len(rows) + answer["keep"] + answer["unjudged"]
    assert seen == count, f"{project.name}, {way}: {count} recordings, and recctl saw {seen}: {result.err}"


def _json(result: Result) -> Any:
    if result.code not in _ANSWERED and not result.data:
        return None
    return json.loads(result.data)


def _recctl(project: Project, root: Path, args: Sequence[str | Path], more: Mapping[str, str]) -> Result:
    # Nothing of the pytest that runs this test; and only a collection sees which plugins are installed.
    env: dict[str, str | None] = {name: None for name in os.environ if name.startswith("PYTEST_")}
    env |= {**(environment(project, root) if "--collect" in args else {}), **more}
    cwd = root / (project.asked_from or project.cwd)
    return _run_as_plain_root(args, cwd, env) if project.without_override else run(*args, cwd=cwd, env=env)


def _run_as_plain_root(args: Sequence[str | Path], cwd: Path, env: Env) -> Result:
    command = [*WITHOUT_PRIVILEGES, *MODULE, *map(str, args)]
    env = {**env, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), env.get("PYTHONPATH"))))}
    done = subprocess.run(
        command, cwd=cwd, env=variables(env), capture_output=True, timeout=HANGS_AFTER, check=False
    )
    return Result(done.returncode, done.stdout, done.stderr.decode())


def _reasons(project: Project, root: Path, paths: Sequence[Path]) -> list[str]:
    """Return the reasons that prune prints for recordings that it keeps."""
    page = _recctl(project, root, ["prune", *paths], {}).out
    _, _, kept = page.partition("Kept, because it is unknown whether their tests exist:")
    return [" ".join(line.split()[1:]) for line in kept.splitlines() if line.strip()]
