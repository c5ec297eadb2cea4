"""What every test of changes gets: a journal of its own."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory that RECCTL_STATE_DIR names; the journal lies in it."""
    directory = tmp_path / "state"
    monkeypatch.setenv("RECCTL_STATE_DIR", str(directory))
    return directory
