"""The entry of the pre-commit hooks: recctl, with no file name taken for an option.

pre-commit appends a project's `args` to a hook's entry, and the names of files to these, so that no `--` in
the entry can stand between the two. It gives files that exist, by paths from the top of the repository: one
that begins with a dash is told from an option by being there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from recctl.__main__ import main

_OWN_OPTIONS = {"normalize": ["--write"]}


def as_files(arguments: Iterable[str]) -> list[str]:
    """Return the arguments, with `./` before each that begins with a dash and names a file.

    An option of that name is lost then. That hides nothing: the file is looked at instead, and its name is
    no hash, which is an error.
    """
    return [f"./{word}" if word.startswith("-") and _is_file(word) else word for word in arguments]


def _is_file(word: str) -> bool:
    return os.path.lexists(word) and not os.path.isdir(word)


def run() -> None:
    """Run as the console script, with a command of recctl, the project's options, and files."""
    command, given = sys.argv[1:2], sys.argv[2:]
    own = [option for name in command for option in _OWN_OPTIONS.get(name, [])]
    sys.exit(main([*command, *own, *as_files(given)]))
