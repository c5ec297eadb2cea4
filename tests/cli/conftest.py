"""What several tests of the commands start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.listing import Item, listed
from tests.helpers import SAMPLES, chat, put


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A directory with one good recording, to which a test adds a bad one."""
    put(tmp_path / "mixed/good.json", chat())
    return tmp_path / "mixed"


@pytest.fixture(scope="session")
def everything() -> list[Item]:
    """What `ls --json` says of all samples, by test."""
    return listed(SAMPLES)
