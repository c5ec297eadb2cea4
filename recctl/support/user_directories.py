"""The directories for state and caches of the current user, on every platform."""

from __future__ import annotations

from pathlib import Path


def user_state() -> Path:
    """Return the directory for state. Raises RuntimeError if the user has no home."""
    import platformdirs  # few runs need it

    return _known(platformdirs.user_state_path("recctl"))


def user_cache() -> Path:
    """Return the directory for caches. Raises RuntimeError if the user has no home."""
    import platformdirs

    return _known(platformdirs.user_cache_path("recctl", appauthor=False))


def _known(path: Path) -> Path:
    # Without HOME and a user name older releases return a path below a directory called `~`.
    if not path.is_absolute():
        raise RuntimeError("could not determine home directory")
    return path
