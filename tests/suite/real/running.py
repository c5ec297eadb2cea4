"""Lays projects out on disk, runs their tests with real pytest, and records what ran."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

from tests.helpers import HANGS_AFTER, chat, put
from tests.suite.real.environments import python_of
from tests.suite.real.project import Project

_PLUGIN = "project_node_ids"
# What gives an item another id. pytest 9.2 keeps the id parsed, and under another name.
_NODE_ID, _NODE_ID_OF_9 = re.compile(rb"item\._nodeid = (.+)"), rb"item._id = item._id.parse(\1)"


@dataclass(frozen=True)
class Ran:
    """A test that ran and passed: its node id, and the file that it lies in."""

    test_id: str
    file: Path


@dataclass(frozen=True)
class Bench:
    """A directory to work in, and the interpreter that has the wanted pytest."""

    directory: Path
    version: str
    python: Path

    @classmethod
    def of(cls, directory: Path, version: str) -> Bench:
        """Return a bench for a version of pytest whose environment was made."""
        python = python_of(version)
        if python is None:
            raise FileNotFoundError(f"no environment for pytest {version}")
        directory.mkdir(parents=True, exist_ok=True)
        copyfile(Path(__file__).with_name("recorder.py"), directory / f"{_PLUGIN}.py")
        return cls(directory, version, python)


def lay_out(project: Project, bench: Bench, name: str, *, removed: bool = False) -> Path:
    """Write a project's files in a new directory and return its root; `removed` takes its test out."""
    root = bench.directory / name / project.below
    files: dict[str, bytes | None] = {path: project.bytes_of(path) for path in project.files}
    if removed:
        files |= project.without_test()
    for path, data in files.items():
        if data is not None:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data if bench.version == "8" else _NODE_ID.sub(_NODE_ID_OF_9, data))
    for path, target in project.links.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).symlink_to(target)
    return root


def environment(project: Project, root: Path) -> dict[str, str]:
    """Return the variables that make a project's pytest have its plugins, as if these were installed."""
    plugins = {"PYTEST_PLUGINS": ",".join(project.plugins)} if project.plugins else {}
    autoload = {} if project.autoload else {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return {**plugins, **autoload, "PYTHONHASHSEED": "0", "PYTHONPATH": str(root / "site")}


def own_environment(project: Project, root: Path) -> dict[str, str]:
    """Return the variables that the project's own runs have besides."""
    return {name: value.format(root=root) for name, value in project.env.items()}


def run_tests(project: Project, root: Path, bench: Bench) -> list[Ran]:
    """Run a project's tests and return those that passed. Raises AssertionError unless all of them do."""
    report = bench.directory / "node_ids"
    report.write_bytes(b"")
    done = _pytest(project, root, bench, ["-p", _PLUGIN], {"PROJECT_NODE_IDS": str(report)})
    assert done.returncode == 0, f"{project.name}: its tests fail:\n{done.stdout}"
    rows = [json.loads(line) for line in report.read_text("ascii").splitlines()]
    found = {test_id: Ran(test_id, Path(file)) for test_id, file in rows}
    assert found, f"{project.name}: no test ran:\n{done.stdout}"
    return [*found.values()]


def list_tests(project: Project, root: Path, bench: Bench) -> str:
    """Return what `pytest --collect-only -q` prints."""
    return _pytest(project, root, bench, ["--collect-only", "-q"], {}).stdout


def _pytest(
    project: Project, root: Path, bench: Bench, options: Iterable[str], variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    own = {**environment(project, root), **own_environment(project, root), **variables}
    own["PYTHONPATH"] = os.pathsep.join((str(bench.directory), own["PYTHONPATH"]))
    return subprocess.run(
        [bench.python, "-m", "pytest", *options, *project.args],
        cwd=root / project.cwd,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | own,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=HANGS_AFTER,
        check=False,
    )


def record(project: Project, root: Path, tests: Iterable[Ran]) -> dict[str, Path]:
    """Write a recording of each test beside its file, and return them by the test's id."""
    paths = {}
    for test in tests:
        place = root / project.recordings if project.recordings else test.file.parent / "recordings"
        paths[test.test_id] = put(place, chat(test_id=test.test_id, prompt=test.test_id))
    return paths


def commit(root: Path) -> None:
    """Make a project a git repository in which everything is committed."""
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    git(root, *identity, "commit", "--quiet", "--message", "Add all")


def git(root: Path, *args: str) -> None:
    """Run git in a directory. Raises CalledProcessError."""
    subprocess.run(["git", *args], cwd=root, check=True, capture_output=True, timeout=HANGS_AFTER)
