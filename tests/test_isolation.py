"""No test can reach what is the user's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers import run

SETTINGS = ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"]


@pytest.mark.parametrize("name", SETTINGS)
def test_home_and_its_parts_are_temporary(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert Path(os.environ[name]).is_relative_to(tmp_path_factory.getbasetemp())
    assert Path.home() == Path(os.environ["HOME"])


def test_every_test_has_a_home_of_its_own() -> None:
    assert list(Path.home().iterdir()) == []
    (Path.home() / "left behind").touch()


def test_even_when_one_leaves_something_behind() -> None:
    test_every_test_has_a_home_of_its_own()


def test_settings_of_the_user_are_gone() -> None:
    assert [name for name in os.environ if name.startswith("RECCTL_")] == []
    assert {"NO_COLOR", "FORCE_COLOR", "PAGER", "COLUMNS", "TERM"} & os.environ.keys() == set()


def test_a_child_process_has_the_same_home() -> None:
    command = [sys.executable, "-c", "from pathlib import Path; print(Path.home())"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{Path.home()}\n"


def test_running_in_process_leaves_no_trace(tmp_path: Path) -> None:
    before = (os.getcwd(), dict(os.environ), sys.stdout, sys.stderr)
    assert run("--version", cwd=tmp_path, env={"RECCTL_RECORDINGS": "x", "HOME": None}).code == 0
    assert (os.getcwd(), dict(os.environ), sys.stdout, sys.stderr) == before
