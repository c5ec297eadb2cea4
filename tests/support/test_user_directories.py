"""Where recctl keeps its state and caches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recctl.support.user_directories import cache_directory, state_directory

CASES = [(state_directory, "RECCTL_STATE_DIR"), (cache_directory, "RECCTL_CACHE_DIR")]


@pytest.mark.parametrize(("directory", "variable"), CASES)
def test_a_variable_names_it(
    directory: Callable[[], Path], variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "/somewhere/else")
    assert directory() == Path("/somewhere/else")


@pytest.mark.parametrize(("directory", "variable"), CASES)
def test_without_one_it_is_below_home(
    directory: Callable[[], Path], variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in (variable, "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert (directory().is_relative_to(tmp_path), directory().name) == (True, "recctl")
