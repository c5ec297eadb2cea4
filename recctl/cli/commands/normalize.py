"""`recctl normalize`: ids and times evened out."""

from __future__ import annotations

from typing import Annotated

import typer

from recctl.catalog.turn_ids import TurnIds
from recctl.cli.apply import WriteOption, carry_out, tell_skipped, though_unread
from recctl.cli.options import (
    DONE,
    FINDINGS,
    TROUBLE,
    DropOldOption,
    JsonOption,
    PathsArgument,
    report,
    search,
    tell,
)
from recctl.cli.rule_in_force import project_rule
from recctl.edit.normalize import Normalization, normalizations
from recctl.support.configuration import find_project
from recctl.support.errors import Unreadable
from recctl.support.paths import current_directory
from recctl.views import output
from recctl.views.normalization import normalization_object, normalization_page, normalization_totals
from recctl.views.progress import progress


def normalize(
    paths: PathsArgument = None,
    write: WriteOption = False,
    volatile: Annotated[
        bool, typer.Option("--volatile", help="Even out what the recorder itself leaves alone, too.")
    ] = False,
    drop_old: DropOldOption = False,
    as_json: JsonOption = False,
) -> None:
    """Keep ids and timestamps from making noise in every commit. Even them out as the recorder does.

    Only the bytes of the values change. Exits 1 when something is, or was, due.

    Examples:

      recctl normalize

      recctl normalize tests/integration/responses --volatile --write
    """
    found = search(paths)
    notes: list[str] = []
    turn_ids = TurnIds(found.files, notes.append)
    rule = project_rule(find_project(current_directory()))
    results = list(
        progress(
            normalizations(found.files, turn_ids, volatile, rule), "reading recordings", len(found.files)
        )
    )
    planned = [one for one in results if isinstance(one, Normalization)]
    with though_unread(write):
        if as_json:
            from recctl.views.as_json import encode

            output.write_json(encode([normalization_object(one) for one in planned]))
        else:
            output.write_page(list(normalization_page(planned)))
    tell(notes)
    code = report([*found.problems, *(one for one in results if isinstance(one, Unreadable))])
    due = [one for one in planned if one.changes]
    outcome = None
    if write:
        outcome = carry_out([one.rewrite() for one in due], "normalize", found.files, drop_old)
        code = max(code, tell_skipped(outcome))
    output.say(normalization_totals(planned, len(found.files), outcome))
    raise typer.Exit(TROUBLE if code else FINDINGS if due else DONE)
