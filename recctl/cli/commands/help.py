"""`recctl help`: the help of a command."""

from __future__ import annotations

from typing import Annotated

import typer

from recctl.cli import completers


def help(  # noqa: A001 - the command's name
    context: typer.Context,
    command: Annotated[
        str | None,
        typer.Argument(
            metavar="[COMMAND]",
            help="A command; all commands if left out.",
            autocompletion=completers.command_names,
        ),
    ] = None,
) -> None:
    """How do I use this command? Prints the same as recctl COMMAND --help.

    Examples:

      recctl help

      recctl help ls
    """
    root = context.find_root()
    arguments = [command, "--help"] if command else ["--help"]
    root.command.main(arguments, prog_name=root.info_name, standalone_mode=False)
