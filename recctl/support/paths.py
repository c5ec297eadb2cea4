"""Paths as people and programs are shown them."""

from __future__ import annotations

import os
from pathlib import Path

from recctl.support.errors import RecctlError


def absolute_path(path: Path) -> str:
    """The path from the root, without `.` and `..`; as it is where the current directory is gone."""
    text = os.fspath(path)
    # Asked for every file of a listing, some times over: joining is dear.
    if text.startswith(os.sep):
        return os.path.normpath(text)
    here = _here()
    return os.path.normpath(f"{here.rstrip(os.sep)}{os.sep}{text}" if here else text)


def display_path(path: Path) -> str:
    """The path in posix form, relative to the current directory when below it, else absolute.

    One that begins with a dash gets `./` in front, so that no command takes it for an option. Bytes of a name
    that are no UTF-8 become `\\xNN`.
    """
    plain = os.path.normpath(path)
    if not plain.startswith((os.sep, os.pardir, "-")) and plain.isascii():
        return plain.replace(os.sep, "/")  # below the current directory as it is
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
    """Whether there is surely nothing at a path, not even a link that leads nowhere."""
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):  # it may be there
        pass
    return False


def current_directory() -> Path:
    """The current directory. Raises RecctlError where it was removed."""
    try:
        return Path.cwd()
    except OSError:
        raise RecctlError("the current directory does not exist any more", "change to another one") from None
