"""What .ci/run and the workflows run: sessions of noxfile.py, and README's commands."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.helpers import ROOT

WORKFLOW = ROOT / ".github/workflows/tests.yml"
CALLERS = (ROOT / ".ci/run", WORKFLOW, ROOT / "CONTRIBUTING.md")
# Read, not imported: nox's file changes the environment of the process that runs it.
NOXFILE = (ROOT / "noxfile.py").read_text()
PYTHONS: tuple[str, ...] = ast.literal_eval(NOXFILE.partition("\nPYTHONS = ")[2].partition("\n")[0])
SESSIONS = set(re.findall(r"^def ([a-z]\w*)\(session", NOXFILE, re.MULTILINE))


def jobs() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text())["jobs"]
    return found


@pytest.mark.parametrize("caller", CALLERS, ids=lambda path: path.name)
def test_every_session_that_is_run_is_there(caller: Path) -> None:
    named = re.findall(
        r"\bnox(?: --[\w-]+)* -s ((?:[a-z][\w.-]*(?: |$))+)", without_matrix(caller), re.MULTILINE
    )
    sessions = {name for names in named for name in names.split()}
    assert sessions
    assert sessions <= (SESSIONS - {"tests"}) | {f"tests-{version}" for version in PYTHONS}


def without_matrix(caller: Path) -> str:
    return caller.read_text().replace("${{ matrix.python }}", PYTHONS[0])


def test_the_workflow_runs_every_python_on_linux_and_macos() -> None:
    matrix = jobs()["tests"]["strategy"]["matrix"]
    assert tuple(matrix["python"]) == PYTHONS
    assert {system.partition("-")[0] for system in matrix["os"]} == {"ubuntu", "macos"}


def test_actions_are_pinned_by_major_version() -> None:
    used = [step["uses"] for job in jobs().values() for step in job["steps"] if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"actions/[\w-]+@v\d+", action)] == []
