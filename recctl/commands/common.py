"""What commands share: exit codes, options, and how problems on the way are told."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from recctl.config import NO_CACHE_VARIABLE
from recctl.errors import RecctlError
from recctl.paths import current_directory, display_path
from recctl.render import output
from recctl.render.problems import say_problem
from recctl.store import Found, find, find_default

DONE = 0
FINDINGS = 1
TROUBLE = 2

DirOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--dir", metavar="DIR", help="Look for references here instead; may be given several times."
    ),
]
PathsArgument = Annotated[
    list[Path] | None,
    # readable: whether a file can be read is said file by file, so that it does not hide the others.
    typer.Argument(metavar="[PATH]...", help="Directories to search, or files.", readable=False),
]
NoCacheOption = Annotated[bool, typer.Option("--no-cache", help="Do without the index of earlier runs.")]
DropOldOption = Annotated[
    bool,
    typer.Option("--drop-old", help="If the journal is full, let go of only copies of files that it holds."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def search(given: Iterable[Path] | None) -> Found:
    """The files below the paths a user gave, else of the project. Raises RecctlError where there are none."""
    roots = tuple(given or ())
    if not roots:
        return find_default(current_directory(), os.environ)
    found = find(roots)
    if not found.files and not found.problems:
        raise RecctlError(
            f"no recordings in {', '.join(display_path(root) for root in roots)}",
            "recordings are .json files, usually in directories named recordings",
        )
    return found


def use_index(no_cache: bool) -> bool:
    """Whether the index of earlier runs may be used."""
    return not no_cache and not os.environ.get(NO_CACHE_VARIABLE)


def tell(notes: Iterable[str]) -> None:
    """Say each note on stderr; none of them changes the exit code."""
    for note in notes:
        output.say(f"recctl: {note}")


def refuse_together(**options: bool) -> None:
    """Raise a usage error when more than one of these options is set; names are given with underscores."""
    chosen = [f"--{name.replace('_', '-')}" for name, is_set in options.items() if is_set]
    if len(chosen) > 1:
        raise RecctlError(f"{' and '.join(chosen)} do not go together", "give one of them")


def report(problems: Iterable[RecctlError]) -> int:
    """Say each problem on stderr; the exit code that follows from them."""
    code = DONE
    for problem in problems:
        code = TROUBLE
        say_problem(problem)
    return code
