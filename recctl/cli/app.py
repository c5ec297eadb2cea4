"""The Typer app: every command by name, loaded when it is asked for, and the options of recctl itself."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from recctl import __version__
from recctl.views import output

# In the order of `recctl --help`. Each is a module of recctl.cli.commands with a function of its name.
COMMANDS = ("ls", "show", "diff", "check", "rule", "hash", "normalize", "prune", "undo", "cache", "help")
_SETTINGS = {"help_option_names": ["-h", "--help"]}
_PLAIN: dict[str, Any] = {
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
        module = import_module(f"recctl.cli.commands.{cmd_name}")
        alone = typer.Typer(add_completion=False, **_PLAIN)
        function = getattr(module, cmd_name)
        kind = getattr(module, "COMMAND_CLASS", None)
        alone.command(cmd_name, cls=kind, help=help_text(function.__doc__))(function)
        return get_command(alone)


def help_text(docstring: str | None) -> str:
    """Return a command's docstring as its help: each paragraph on one line, for the screen to wrap.

    Indented paragraphs are examples. They stay lines of their own, behind markup that shows nothing:
    typer takes away indentation that all lines share.
    """
    paragraphs = inspect.cleandoc(docstring or "").split("\n\n")
    joined = (
        _EXAMPLE + " ".join(text.split()) if text.startswith(" ") else " ".join(text.split())
        for text in paragraphs
    )
    return "\n\n".join(joined).replace(f"\n\n{_EXAMPLE}", f"\n{_EXAMPLE}")


_EXAMPLE = "[not bold]  [/not bold]"

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
