"""`recctl prune`: recordings of tests that are gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand

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
)
from recctl.edit import prune as question
from recctl.edit.plan import digest_of
from recctl.recordings.recording import read, summarize
from recctl.suite.liveness import LivenessSource
from recctl.support.configuration import find_project
from recctl.support.errors import RecctlError, Unreadable
from recctl.support.git import Repository, find_repository
from recctl.support.paths import current_directory
from recctl.views import output
from recctl.views.escaping import one_line, plural
from recctl.views.progress import progress
from recctl.views.pruning import pruning_object, pruning_page, pruning_totals

_REST = "pytest arguments"


class PruneCommand(TyperCommand):
    """A command whose arguments after `--` are kept apart: they are for pytest."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Take off what comes after `--`, then parse as usual."""
        own, rest = (args[: args.index("--")], args[args.index("--") + 1 :]) if "--" in args else (args, [])
        ctx.meta[_REST] = rest
        return super().parse_args(ctx, own)


COMMAND_CLASS = PruneCommand


def prune(
    context: typer.Context,
    paths: PathsArgument = None,
    tests: Annotated[
        list[str] | None,
        typer.Option(
            "--tests", metavar="FILE|-", help="Live test ids, one a line; may be given several times."
        ),
    ] = None,
    collect: Annotated[
        bool, typer.Option("--collect", help="Ask the project's own pytest; arguments after -- go to it.")
    ] = False,
    exact: Annotated[
        bool,
        typer.Option("--exact", help="The collection is the whole truth, parameters and environment too."),
    ] = False,
    python: Annotated[
        str | None, typer.Option(metavar="PROGRAM", help="The interpreter for --collect.")
    ] = None,
    write: WriteOption = False,
    max_share: Annotated[
        float,
        typer.Option(
            min=0, max=100, metavar="PERCENT", help="Refuse to remove more than this of those judged."
        ),
    ] = 50,
    drop_old: DropOldOption = False,
    as_json: JsonOption = False,
) -> None:
    """Which of these files are dead weight, and can I remove them without fear?

    Removes the recordings of tests that are gone.
    Without --tests or --collect the test files themselves are read, and what they do not tell is
    kept. recctl undo brings everything back.

    Examples:

      recctl prune

      recctl prune --collect --write -- tests/integration -m "not slow"
    """
    arguments: list[str] = context.meta[_REST]
    if arguments and not collect:
        raise RecctlError(
            "arguments after -- are for pytest", "give --collect as well, or write a path as ./PATH"
        )
    if exact and not collect:
        raise RecctlError("--exact is about a collection", "give --collect as well")
    found = search(paths)
    truth = _truth(tests or (), collect, python, arguments, exact=exact)
    problems: list[Unreadable] = [*found.problems]
    answered = question.prune(_recordings(found.files, problems), truth, max_share, _repository(found.files))
    with though_unread(write):
        if as_json:
            from recctl.views.as_json import encode

            output.write_json(encode(pruning_object(answered)))
        else:
            output.write_page(list(pruning_page(answered)))
    code = report(problems)
    if answered.refused:
        output.say(pruning_totals(answered, None))
        raise RecctlError(
            f"{answered.refused}; nothing was removed", "if that is right, insist: --max-share 100"
        )
    outcome = None
    if write:
        outcome = carry_out([stale.removal() for stale in answered.remove], "prune", found.files, drop_old)
        code = max(code, tell_skipped(outcome))
    output.say(pruning_totals(answered, outcome))
    raise typer.Exit(TROUBLE if code else FINDINGS if answered.remove else DONE)


def _truth(
    tests: Sequence[str], collect: bool, python: str | None, arguments: list[str], *, exact: bool
) -> LivenessSource:
    """The source of truth that the options name. Raises RecctlError where it tells nothing."""
    from recctl.suite import collect as collected
    from recctl.suite import id_lists, source
    from recctl.suite import pytest_settings as configuration

    ids = id_lists.listed_tests(tests) if tests else frozenset()
    if collect:
        here = current_directory()
        root = configuration.pytest_directory(here, find_project(here).root)
        interpreter = python or collected.active_python()
        collection = collected.collect(root, interpreter, arguments)
        output.say(f"{plural(len(collection.ids), 'test')} collected by {one_line(interpreter)}")
        return collected.liveness_by_collection(collection, ids, exact)
    return id_lists.liveness_by_list(ids) if tests else source.LivenessBySource()


def _recordings(files: Sequence[Path], problems: list[Unreadable]) -> Iterator[question.Candidate]:
    """Each recording with the digest of its bytes; what cannot be read is a problem, and stays."""
    for path in progress(files, "reading recordings", len(files)):
        try:
            raw = read(path)
            yield question.Candidate(summarize(path, raw), digest_of(raw))
        except Unreadable as error:
            problems.append(error)


def _repository(files: Sequence[Path]) -> Repository | None:
    """The repository that the recordings are in; prune works without one."""
    try:
        return find_repository(files[0].parent) if files else None
    except RecctlError:
        return None
