"""The project a command runs in: its root, and what its pyproject.toml says under `[tool.recctl]`."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from recctl.errors import RecctlError


@dataclass(frozen=True, slots=True)
class Project:
    """`root` is the git top level, else the current directory.

    `recordings` are the configured directories, None where nothing is configured.
    """

    root: Path
    recordings: tuple[Path, ...] | None


def find_project(start: Path) -> Project:
    """The project around a directory. Raises RecctlError for a pyproject.toml that cannot be used."""
    parents = (start, *start.parents)
    # os.path says no where it may not look; pathlib would raise.
    top = next((parent for parent in parents if os.path.exists(parent / ".git")), None)
    nearest = next((path for parent in parents if os.path.isfile(path := parent / "pyproject.toml")), None)
    return Project(top or start, None if nearest is None else _recordings(nearest))


def _recordings(pyproject: Path) -> tuple[Path, ...] | None:
    """`[tool.recctl] recordings`: a directory or a list of them, relative to the file's own."""
    try:
        tool = tomllib.loads(pyproject.read_text("utf-8")).get("tool", {})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RecctlError(f"{pyproject}: cannot be used: {error}", "mend it, or name a directory") from None
    own = tool.get("recctl", {}) if isinstance(tool, dict) else None
    if not isinstance(own, dict):
        raise RecctlError(f"{pyproject}: [tool.recctl] must be a table", "mend it, or name a directory")
    value = own.get("recordings")
    if value is None:
        return None
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise RecctlError(
            f"{pyproject}: [tool.recctl] recordings must be a directory or a list of directories, as strings",
            'for example: recordings = ["tests/recordings"]',
        )
    return tuple(pyproject.parent / name for name in names)
