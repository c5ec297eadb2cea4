"""What every test of prune gets: a journal of its own, and no pytest settings of the user."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def state(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory that RECCTL_STATE_DIR names; the journal lies in it."""
    directory = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("RECCTL_STATE_DIR", str(directory))
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "VIRTUAL_ENV", "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)
    # Plugins that happen to be installed beside this pytest make the ones it starts four times as slow.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return directory
