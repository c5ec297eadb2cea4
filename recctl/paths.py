"""Paths as people and programs are shown them."""

from __future__ import annotations

import os
from pathlib import Path


def display_path(path: Path) -> str:
    """The path in posix form, relative to the current directory when below it, else absolute.

    Bytes of a name that are no UTF-8 become `\\xNN`.
    """
    absolute = os.path.abspath(path)
    here = os.getcwd()
    below = here.rstrip(os.sep) + os.sep
    shown = absolute[len(below) :] if absolute.startswith(below) else absolute
    return os.fsencode(shown).decode("utf-8", "backslashreplace").replace(os.sep, "/")
