"""Options and arguments that several commands share: one meaning, one name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recctl.cli import completers
from recctl.support.errors import RecctlError

DirOption = Annotated[
    list[Path] | None,
    typer.Option("--dir", metavar="DIR", help="Search this directory instead of the project; repeatable."),
]
PathsArgument = Annotated[
    list[str] | None,  # not Path, which would collapse the slashes of `http://` in a test id's parameters
    typer.Argument(
        metavar="[PATH]...",
        help="Directories, recordings, test files or test ids; by default, the project's recordings.",
        autocompletion=completers.paths,
    ),
]
NoCacheOption = Annotated[
    bool, typer.Option("--no-cache", help="Read every file; neither use nor write the index.")
]
DropOldOption = Annotated[
    bool,
    typer.Option(
        "--drop-old",
        help="If the journal is full, drop its oldest entries even if they hold the only copy of a file.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
WriteOption = Annotated[
    bool, typer.Option("--write", help="Write the changes; without it, only show what would change.")
]


def forbid_together(**options: bool) -> None:
    """Raise RecctlError if more than one of these options is set; `_` in a name stands for `-`."""
    chosen = [f"--{name.replace('_', '-')}" for name, is_set in options.items() if is_set]
    if len(chosen) > 1:
        raise RecctlError(f"{' and '.join(chosen)} cannot be combined", "give one of them")
