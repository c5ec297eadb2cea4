"""The Typer app: every command by name, loaded when it is asked for, and the options of recctl itself."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from recctl import __version__
from recctl.render import output

# In the order of `recctl --help`. Each is a module of recctl.commands with a function of its name.
COMMANDS = ("ls", "show", "diff", "check", "rule", "hash", "normalize", "prune", "undo", "cache")
_SETTINGS = {"help_option_names": ["-h", "--help"]}
_PLAIN: dict[str, Any] = {
    "add_completion": False,  # it would write to the user's shell start files
    "pretty_exceptions_enable": False,
    "context_settings": _SETTINGS,
}


class CommandsOnDemand(TyperGroup):
    """Loads only the command that runs: a hook pays for what it uses."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """The names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        """The command of this name, None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"recctl.commands.{cmd_name}")
        alone = typer.Typer(**_PLAIN)
        alone.command(cmd_name, cls=getattr(module, "COMMAND_CLASS", None))(getattr(module, cmd_name))
        return get_command(alone)


app = typer.Typer(
    name="recctl",
    help="Recordings of LLM API calls, readable and manageable.",
    cls=CommandsOnDemand,
    invoke_without_command=True,
    **_PLAIN,
)


def _version(wanted: bool) -> None:
    if wanted:
        output.write_text(f"recctl {__version__}\n")
        raise typer.Exit


@app.callback()
def recctl(
    context: typer.Context,
    _: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Recordings of LLM API calls, readable and manageable."""
    if context.invoked_subcommand is None:
        output.write_text(context.get_help() + "\n")
