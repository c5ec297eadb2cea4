"""What the tests of `diff` start from: an empty git repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.diff.repository import Repository, new_repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository without a commit."""
    return new_repository(tmp_path / "repository")
