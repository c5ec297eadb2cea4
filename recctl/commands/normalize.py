"""`recctl normalize`: ids and times evened out."""

from __future__ import annotations

from typing import Annotated

import typer

from recctl.commands.changing import WriteOption, carry_out, tell_skipped, though_unread
from recctl.commands.common import (
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
from recctl.commands.hashing import project_rule
from recctl.config import find_project
from recctl.normalize import Normalizer
from recctl.paths import current_directory
from recctl.render import output
from recctl.render.plans import normalization_object, normalization_page, normalization_totals
from recctl.render.progress import progress


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
    normalizer = Normalizer(found.files, volatile, project_rule(find_project(current_directory())))
    planned = list(progress(normalizer, "reading recordings", len(found.files)))
    with though_unread(write):
        if as_json:
            from recctl.render.as_json import encode

            output.write_json(encode([normalization_object(one) for one in planned]))
        else:
            output.write_page(list(normalization_page(planned)))
    tell(normalizer.notes)
    code = report([*found.problems, *normalizer.problems])
    due = [one for one in planned if one.due]
    outcome = None
    if write:
        outcome = carry_out([one.edit() for one in due], "normalize", found.files, drop_old)
        code = max(code, tell_skipped(outcome))
    output.say(normalization_totals(planned, len(found.files), outcome))
    raise typer.Exit(TROUBLE if code else FINDINGS if due else DONE)
