"""The Typer app: every command by name, imported when it runs, and the options of recctl itself."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from recctl import __version__
from recctl.views import output

# Each command with its group, in the order of `recctl --help`. A command is a function of that name in the
# module of that name in recctl.cli.commands.
COMMANDS: dict[str, str] = {
    "ls": "Read",
    "show": "Read",
    "diff": "Compare",
    "hash": "Replay",
    "check": "Check",
    "rule": "Check",
    "normalize": "Change",
    "prune": "Change",
    "undo": "Change",
    "cache": "Other",
    "help": "Other",
}
_SETTINGS: dict[str, Any] = {
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


class LazyGroup(TyperGroup):
    """A group that imports only the command that runs: a pre-commit hook pays for each import."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        """Return the command of this name, None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"recctl.cli.commands.{cmd_name}")
        app_of_one = typer.Typer(add_completion=False, **_SETTINGS)
        function = getattr(module, cmd_name)
        app_of_one.command(
            cmd_name,
            cls=getattr(module, "COMMAND_CLASS", None),
            help=help_text(function.__doc__),
            rich_help_panel=COMMANDS[cmd_name],
        )(function)
        return get_command(app_of_one)


def help_text(docstring: str | None) -> str:
    """Return a command's docstring as its help: each paragraph on one line, for rich to wrap.

    Indented paragraphs are examples. They stay separate lines, and start with markup that prints
    nothing but two blanks: typer strips indentation that all lines share.
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
    cls=LazyGroup,
    invoke_without_command=True,
    **_SETTINGS,
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
    """List, read, compare, check and clean up recordings of LLM API calls."""
    if context.invoked_subcommand is None:
        output.write_text(context.get_help() + "\n")
