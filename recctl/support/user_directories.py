"""The directories for state and caches of the current user, on every platform."""

from __future__ import annotations

import os
from pathlib import Path

from recctl.support.errors import RecctlError

STATE_VARIABLE = "RECCTL_STATE_DIR"
CACHE_VARIABLE = "RECCTL_CACHE_DIR"


def state_directory() -> Path:
    """Return RECCTL_STATE_DIR, else the user's directory for state. Raises RecctlError without a home."""
    return _directory(STATE_VARIABLE)


def cache_directory() -> Path:
    """Return RECCTL_CACHE_DIR, else the user's directory for caches. Raises RecctlError without a home."""
    return _directory(CACHE_VARIABLE)


def _directory(variable: str) -> Path:
    if named := os.environ.get(variable):
        return Path(named)
    import platformdirs  # few runs need it

    own = platformdirs.PlatformDirs("recctl", appauthor=False)
    try:
        path = own.user_state_path if variable == STATE_VARIABLE else own.user_cache_path
    except RuntimeError:
        path = Path()
    # Without HOME and a user name older releases return a path below a directory called `~`.
    if not path.is_absolute():
        raise RecctlError("there is no home directory", f"name a directory with {variable}")
    return path
