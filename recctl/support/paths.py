"""Paths as they are printed, absolute or relative to the current directory."""

from __future__ import annotations

import os
from pathlib import Path

from recctl.support.errors import RecctlError


def absolute_path(path: Path) -> str:
    """Return the absolute path, without `.` and `..`; the path itself if there is no current directory."""
    text = os.fspath(path)
    # Called for every file of a listing, several times: joining is expensive.
    if text.startswith(os.sep):
        return os.path.normpath(text)
    here = _here()
    return os.path.normpath(f"{here.rstrip(os.sep)}{os.sep}{text}" if here else text)


def display_path(path: Path) -> str:
    """Return the path with slashes, relative to the current directory if below it, else absolute.

    A path that begins with a dash gets a `./`, so that it can be passed to commands. Bytes that are not UTF-8
    are escaped as by backslashreplace.
    """
    plain = os.path.normpath(path)
    if not plain.startswith((os.sep, os.pardir, "-")) and plain.isascii():
        return plain.replace(os.sep, "/")  # already relative to the current directory
    absolute, here = absolute_path(path), _here()
    below = here.rstrip(os.sep) + os.sep
    shown = absolute[len(below) :] if here and absolute.startswith(below) else absolute
    shown = shown.replace(os.sep, "/")
    shown = f"./{shown}" if shown.startswith("-") else shown
    return shown if shown.isascii() else os.fsencode(shown).decode("utf-8", "backslashreplace")


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:  # it was removed
        return ""


def is_missing(path: Path) -> bool:
    """Return whether there is certainly nothing at a path, not even a broken link."""
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):  # it may exist
        pass
    return False


def current_directory() -> Path:
    """Return the current directory. Raises RecctlError if it was removed."""
    try:
        return Path.cwd()
    except OSError:
        raise RecctlError("the current directory does not exist any more", "change to another one") from None
