"""`recctl help`: how a command is used."""

from __future__ import annotations

from typing import Annotated

import typer

from recctl.cli import completers


def help(  # noqa: A001 - the command's name
    context: typer.Context,
    command: Annotated[
        str | None,
        typer.Argument(
            metavar="[COMMAND]", help="A command; without, all.", autocompletion=completers.command_names
        ),
    ] = None,
) -> None:
    """How is this command used? The same as recctl COMMAND --help.

    Examples:

      recctl help

      recctl help ls
    """
    app, top = context.find_root().command, context.find_root()
    app.main([*([command] if command else []), "--help"], prog_name=top.info_name, standalone_mode=False)
