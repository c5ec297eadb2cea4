"""`recctl cache`: the index of earlier runs."""

from __future__ import annotations

from typing import Annotated

import typer

from recctl.catalog import index_database
from recctl.cli.exit_codes import SUCCESS
from recctl.support.errors import RecctlError
from recctl.support.paths import display_path
from recctl.views import output
from recctl.views.escaping import one_line
from recctl.views.styled_lines import Span, line, styled
from recctl.views.units import format_size, plural


def cache(
    clear: Annotated[
        bool,
        typer.Option(
            "--clear",
            help="Remove the index; the next run rebuilds it.",
        ),
    ] = False,
) -> None:
    """Where is the index that makes listings fast, and how big is it?

    The index holds what recctl ls shows of each recording, and is checked against the files on every
    run. --no-cache, or RECCTL_NO_CACHE=1, turns it off.

    Examples:

      recctl cache

      recctl cache --clear
    """
    directory = index_database.index_directory()
    if clear:
        try:
            freed = index_database.clear()
        except OSError as error:
            raise RecctlError(f"{directory}: cannot be cleared: {error.strerror or error}") from None
        output.print_stderr(f"removed {format_size(freed)}")
        raise typer.Exit(SUCCESS)
    found = list(index_database.databases())
    lines = [line(Span(one_line(display_path(directory)), "heading"))]
    for database in found:
        count = "cannot be read" if database.files is None else plural(database.files, "recording")
        lines.append(
            line(f"{one_line(database.path.name)}  {format_size(database.size):>9}  {count}", indent=1)
        )
    if not found:
        lines.append(styled("no index yet", "dim", indent=1))
    output.write_page(lines)
