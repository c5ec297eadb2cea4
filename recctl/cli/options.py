"""What commands share: exit codes, options, and how problems on the way are told."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from recctl.cli import completers
from recctl.cli.path_arguments import search as search
from recctl.cli.path_arguments import use_index as use_index
from recctl.support.errors import RecctlError
from recctl.views import output
from recctl.views.problems import say_problem

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
    list[str] | None,  # not Path, which would change parameters in test ids: http:// to http:/
    typer.Argument(
        metavar="[PATH]...",
        help="Directories to search, recordings, test files or test ids.",
        autocompletion=completers.paths,
    ),
]
NoCacheOption = Annotated[bool, typer.Option("--no-cache", help="Do without the index of earlier runs.")]
DropOldOption = Annotated[
    bool,
    typer.Option("--drop-old", help="If the journal is full, let go of only copies of files that it holds."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


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
