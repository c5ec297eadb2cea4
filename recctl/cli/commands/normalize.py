"""`recctl normalize`: replace ids and timestamps that change on every recording."""

from __future__ import annotations

from typing import Annotated

import typer

from recctl.catalog.turn_ids import TurnIds
from recctl.cli.apply import apply_plan, report_skipped, survive_closed_pipe
from recctl.cli.exit_codes import ERROR, FINDINGS, SUCCESS
from recctl.cli.options import DropOldOption, JsonOption, PathsArgument, WriteOption
from recctl.cli.path_arguments import find_recordings
from recctl.cli.reporting import print_notes, report_problems
from recctl.cli.rule_in_force import project_rule
from recctl.edit.normalize import normalizations
from recctl.support.configuration import find_project
from recctl.support.errors import separate
from recctl.support.paths import current_directory
from recctl.views import output
from recctl.views.normalization import normalization_object, normalization_page, normalization_totals
from recctl.views.progress import progress


def normalize(
    paths: PathsArgument = None,
    write: WriteOption = False,
    volatile: Annotated[
        bool, typer.Option("--volatile", help="Normalize more fields than the recorder does.")
    ] = False,
    drop_old: DropOldOption = False,
    as_json: JsonOption = False,
) -> None:
    """Keep ids and timestamps from making noise in every commit. Normalize them as the recorder does.

    Only the bytes of these values change. Exits with 1 if there is, or was, something to normalize.

    Examples:

      recctl normalize

      recctl normalize tests/integration/responses --volatile --write
    """
    found = find_recordings(paths)
    notes: list[str] = []
    turn_ids = TurnIds(found.files, notes.append)
    rule = project_rule(find_project(current_directory()))
    results = normalizations(found.files, turn_ids, volatile, rule)
    planned, unreadable = separate(progress(results, "reading recordings", len(found.files)))
    with survive_closed_pipe(write):
        if as_json:
            from recctl.views.as_json import encode

            output.write_json(encode([normalization_object(one) for one in planned]))
        else:
            output.write_page(list(normalization_page(planned)))
    print_notes(notes)
    code = report_problems([*found.problems, *unreadable])
    due = [one for one in planned if one.changes]
    outcome = None
    if write:
        outcome = apply_plan([one.rewrite() for one in due], "normalize", found.files, drop_old)
        code = max(code, report_skipped(outcome))
    output.print_stderr(normalization_totals(planned, len(found.files), outcome))
    raise typer.Exit(ERROR if code else FINDINGS if due else SUCCESS)
