"""The Typer app: every command, and the options of recctl itself."""

from __future__ import annotations

from typing import Annotated

import typer

from recctl import __version__
from recctl.commands.diff import diff
from recctl.commands.ls import ls
from recctl.commands.normalize import normalize
from recctl.commands.prune import PruneCommand, prune
from recctl.commands.show import show
from recctl.commands.undo import undo
from recctl.render import output

app = typer.Typer(
    name="recctl",
    help="Recordings of LLM API calls, readable and manageable.",
    add_completion=False,  # it would write to the user's shell start files
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(ls)
app.command()(show)
app.command()(diff)
app.command()(normalize)
app.command(cls=PruneCommand)(prune)
app.command()(undo)


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
