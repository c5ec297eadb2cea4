"""Files and directories that cannot be read, must not be opened, or go away: named, and nothing hangs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from recctl.catalog.find import find
from recctl.catalog.scan import scan
from recctl.support.errors import separate
from tests.helpers import (
    HANGS_AFTER,
    SAMPLES,
    Result,
    chat,
    environment,
    few,
    problems,
    put,
    run_process,
    sample,
)

# ---- FIFOs and devices: opening them would wait for ever, so a process of its own tries


@pytest.mark.parametrize(
    "args",
    [["ls", "pipe.json"], ["ls", "pipe.json", "good.json"], ["show", "./pipe.json"], ["ls", "/dev/zero"]],
    ids=["ls", "ls with a good one", "show", "device"],
)
def test_fifo_or_device_is_named_and_not_opened(mixed: Path, args: list[str]) -> None:
    os.mkfifo(mixed / "pipe.json")
    result = run_process(*args, cwd=mixed)
    (line,) = problems(result)
    assert (result.code, "good" in result.out) == (2, "good.json" in args)
    assert "is neither a file nor a directory" in line or "is not a regular file" in line


def test_fifo_in_a_tree_is_not_opened(mixed: Path) -> None:
    os.mkfifo(mixed / "pipe.json")
    result = run_process("ls", ".", "--ids", cwd=mixed)
    assert (result.code, result.out) == (0, "good\n")


def test_fifo_where_configuration_is_expected_is_not_opened(mixed: Path) -> None:
    (mixed / ".git").mkdir()
    os.mkfifo(mixed / "pyproject.toml")
    os.mkfifo(mixed / "recordings")
    result = run_process("ls", cwd=mixed)
    assert (result.code, len(problems(result))) == (2, 1)


# ---- permissions: root may read all, so a process that gives its rights up tries

UNPRIVILEGED = """
import importlib, os, pkgutil, sys
import recctl
for module in pkgutil.walk_packages(recctl.__path__, "recctl."):
    importlib.import_module(module.name)  # while it may still read its own files
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
sys.exit(sys.modules["recctl.__main__"].main(sys.argv[1:]))
"""


def run_unprivileged(*args: str, cwd: Path) -> Result:
    """Run recctl as somebody whom file modes bind, in a directory that he may enter."""
    cwd.chmod(0o755)
    command = [sys.executable, "-c", UNPRIVILEGED, *args]
    # Coverage could not write what it measured.
    env = environment({"COVERAGE_PROCESS_CONFIG": None})
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, timeout=HANGS_AFTER)
    return Result(done.returncode, done.stdout, done.stderr.decode())


@pytest.mark.parametrize("args", [["ls", ".", "--ids"], ["ls", "good.json", "locked.json", "--ids"]])
def test_file_without_permission_is_named(mixed: Path, args: list[str]) -> None:
    put(mixed / "locked.json", chat()).chmod(0)
    result = run_unprivileged(*args, cwd=mixed)
    line = "recctl: locked.json: permission denied; chmod u+r locked.json"
    assert (result.code, result.out, problems(result)) == (2, "good\n", [line])


def test_shown_file_without_permission_is_named(mixed: Path) -> None:
    put(mixed / "locked.json", chat()).chmod(0)
    result = run_unprivileged("show", "--text", "./locked.json", "./good.json", cwd=mixed)
    line = "recctl: locked.json: permission denied; chmod u+r locked.json\n"
    assert result == Result(2, b"Hello.", line)


@pytest.fixture
def open_project() -> Iterator[Path]:
    """A project that everybody may reach: pytest's own directories are closed to others."""
    with tempfile.TemporaryDirectory() as directory:
        project = Path(directory)
        project.chmod(0o755)
        (project / ".git").mkdir()
        put(project / "recordings/one.json", chat())
        put(project / "tests/recordings/two.json", chat())
        yield project
        (project / "tests").chmod(0o755)
        (project / "tests/recordings").chmod(0o755)


@pytest.mark.parametrize("named", few([["."], []], 1), ids=["named", "by default"])
@pytest.mark.parametrize("locked", ["tests", "tests/recordings"], ids=["above", "itself"])
def test_directory_without_permission_is_named(open_project: Path, named: list[str], locked: str) -> None:
    (open_project / locked).chmod(0)
    result = run_unprivileged("ls", *named, "--ids", cwd=open_project)
    line = f"recctl: {locked}: cannot be searched: Permission denied"
    assert (result.code, result.out.count("one"), problems(result)) == (2, 1, [line])


def test_current_directory_in_one_that_may_not_be_searched_is_no_bug(open_project: Path) -> None:
    """As when a container's user is put into a directory below somebody's home."""
    (open_project / "tests").chmod(0)
    inside = open_project / "tests/recordings"
    assert run_unprivileged("ls", ".", "--ids", cwd=inside).out == "two\n"
    result = run_unprivileged("ls", "--ids", cwd=inside)
    assert "a bug in recctl" not in result.err


# ---- what goes away meanwhile


def test_file_that_goes_away_between_search_and_reading_is_named(mixed: Path) -> None:
    found = find([mixed])
    shutil.rmtree(mixed)
    summaries, problems = separate(scan(found.files))
    assert (len(found.files), summaries, len(problems)) == (1, [], 1)
    assert (problems[0].path, problems[0].message) == (
        mixed / "good.json",
        "no such file or directory",
    )


def test_directory_that_goes_away_between_two_searches_is_named(mixed: Path) -> None:
    def roots() -> list[Path]:
        for path in (mixed, mixed / "below", mixed.parent / "other"):
            path.mkdir(exist_ok=True)
        return [mixed, mixed / "below"]

    first, below = roots()
    shutil.rmtree(below)
    found = find([first, below])
    assert [path.name for path in found.files] == ["good.json"]
    assert [problem.path for problem in found.problems] == [below]


@pytest.mark.parametrize(
    ("args", "code"),
    [(["ls"], 2), (["show", "ab7d"], 2), (["ls", SAMPLES], 0), (["show", "--json", sample("ab7d")], 0)],
    ids=["ls", "show", "ls elsewhere", "show elsewhere"],
)
def test_current_directory_that_is_gone_is_no_bug(tmp_path: Path, args: list[str], code: int) -> None:
    (tmp_path / "gone").mkdir()
    script = "import os; os.rmdir(os.getcwd()); from recctl.__main__ import run; run()"
    command = [sys.executable, "-c", script, *args]
    done = subprocess.run(command, cwd=tmp_path / "gone", capture_output=True, timeout=HANGS_AFTER)
    assert "a bug in recctl" not in done.stderr.decode()
    assert (done.returncode, done.stderr.count(b"\n")) == (code, 0 if "--json" in args else 1)
