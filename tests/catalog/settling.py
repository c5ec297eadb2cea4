"""Waiting until the index may keep what it read."""

from __future__ import annotations

from pathlib import Path

from recctl.catalog.index import Stamp, now
from tests.edit.processes import wait_until


def wait_until_settled(directory: Path) -> None:
    """Wait until no file below has changed so recently that its times would not show another change."""
    paths = [path for path in directory.rglob("*") if path.is_file()]
    wait_until(lambda: all(Stamp.of(path.stat()).is_settled(now()) for path in paths))
