"""Paths as people and programs are shown them."""

from __future__ import annotations

import os
from pathlib import Path

from recctl.errors import RecctlError


def absolute_path(path: Path) -> str:
    """The path from the root, without `.` and `..`; as it is where the current directory is gone."""
    return os.path.normpath(os.path.join(_here(), path))


def display_path(path: Path) -> str:
    """The path in posix form, relative to the current directory when below it, else absolute.

    Bytes of a name that are no UTF-8 become `\\xNN`.
    """
    absolute, here = absolute_path(path), _here()
    below = here.rstrip(os.sep) + os.sep
    shown = absolute[len(below) :] if here and absolute.startswith(below) else absolute
    return os.fsencode(shown).decode("utf-8", "backslashreplace").replace(os.sep, "/")


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return ""


def current_directory() -> Path:
    """The current directory. Raises RecctlError where it was removed."""
    try:
        return Path.cwd()
    except OSError:
        raise RecctlError("the current directory is gone", "change to one that exists") from None
