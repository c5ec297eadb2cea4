"""The directories of a user's state and caches: the one place that asks platformdirs."""

from __future__ import annotations

from pathlib import Path


def user_state() -> Path:
    """Return the user's directory for state. Raises RuntimeError where there is no home."""
    import platformdirs  # few runs need it

    return _known(platformdirs.user_state_path("recctl"))


def user_cache() -> Path:
    """Return the user's directory for caches. Raises RuntimeError where there is no home."""
    import platformdirs

    return _known(platformdirs.user_cache_path("recctl", appauthor=False))


def _known(path: Path) -> Path:
    # With neither HOME nor a name for the user older releases give a path below a directory called `~`.
    if not path.is_absolute():
        raise RuntimeError("could not determine home directory")
    return path
