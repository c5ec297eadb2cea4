"""`recctl prune`: remove recordings of tests that no longer exist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand

from recctl.cli.apply import apply_plan, report_skipped, survive_closed_pipe
from recctl.cli.exit_codes import ERROR, FINDINGS, SUCCESS
from recctl.cli.options import DropOldOption, JsonOption, PathsArgument, WriteOption
from recctl.cli.path_arguments import find_recordings
from recctl.cli.reporting import report_problems
from recctl.edit.plan import digest_of
from recctl.edit.prune import Candidate
from recctl.edit.prune import prune as plan_prune
from recctl.recordings.recording import read, summarize
from recctl.suite.liveness import LivenessSource
from recctl.support.configuration import find_project
from recctl.support.errors import RecctlError, Unreadable, separate
from recctl.support.git import Repository, find_repository
from recctl.support.paths import current_directory
from recctl.views import output
from recctl.views.escaping import one_line
from recctl.views.progress import progress
from recctl.views.pruning import pruning_object, pruning_page, pruning_totals
from recctl.views.units import plural

_PYTEST_ARGUMENTS = "pytest arguments"


class PruneCommand(TyperCommand):
    """A command that keeps its arguments after `--` apart: they are for pytest."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Store what comes after `--` in `ctx.meta`, then parse the rest."""
        own, rest = (args[: args.index("--")], args[args.index("--") + 1 :]) if "--" in args else (args, [])
        ctx.meta[_PYTEST_ARGUMENTS] = rest
        return super().parse_args(ctx, own)


COMMAND_CLASS = PruneCommand


def prune(
    context: typer.Context,
    paths: PathsArgument = None,
    tests: Annotated[
        list[str] | None,
        typer.Option(
            "--tests", metavar="FILE|-", help="The ids of all live tests, one per line; repeatable."
        ),
    ] = None,
    collect: Annotated[
        bool,
        typer.Option(
            "--collect",
            help="Collect the tests with the project's pytest, which gets the arguments after --.",
        ),
    ] = False,
    exact: Annotated[
        bool,
        typer.Option(
            "--exact",
            help="Trust the collection fully, even where parameters or tests depend on the environment.",
        ),
    ] = False,
    python: Annotated[
        str | None, typer.Option(metavar="PROGRAM", help="The Python interpreter for --collect.")
    ] = None,
    write: WriteOption = False,
    max_share: Annotated[
        float,
        typer.Option(
            min=0,
            max=100,
            metavar="PERCENT",
            help="Refuse to remove a larger share of the judged recordings.",
        ),
    ] = 50,
    drop_old: DropOldOption = False,
    as_json: JsonOption = False,
) -> None:
    """Which of these files are dead weight, and can I remove them without fear?

    Removes recordings of tests that no longer exist. Without --tests or --collect, reads the test
    files; a recording stays unless they show that its test no longer exists. recctl undo restores everything.

    Examples:

      recctl prune

      recctl prune --collect --write -- tests/integration -m "not slow"
    """
    arguments: list[str] = context.meta[_PYTEST_ARGUMENTS]
    if arguments and not collect:
        raise RecctlError("arguments after -- are for pytest", "add --collect, or write a path as ./PATH")
    if exact and not collect:
        raise RecctlError("--exact needs --collect", "add --collect")
    found = find_recordings(paths)
    judge = _judge(tests or (), collect, python, arguments, exact=exact)
    recordings, problems = separate(_recordings(found.files))
    pruning = plan_prune(recordings, judge, max_share, _repository(found.files))
    with survive_closed_pipe(write):
        if as_json:
            from recctl.views.as_json import encode

            output.write_json(encode(pruning_object(pruning)))
        else:
            output.write_page(list(pruning_page(pruning)))
    code = report_problems([*found.problems, *problems])
    if pruning.refused:
        output.print_stderr(pruning_totals(pruning, None))
        raise RecctlError(f"{pruning.refused}; nothing was removed", "to remove them anyway: --max-share 100")
    outcome = None
    if write:
        outcome = apply_plan([stale.removal() for stale in pruning.remove], "prune", found.files, drop_old)
        code = max(code, report_skipped(outcome))
    output.print_stderr(pruning_totals(pruning, outcome))
    raise typer.Exit(ERROR if code else FINDINGS if pruning.remove else SUCCESS)


def _judge(
    tests: Sequence[str], collect: bool, python: str | None, arguments: list[str], *, exact: bool
) -> LivenessSource:
    """Return what decides whether a test is live, as the options say.

    Raises RecctlError if it knows no tests at all.
    """
    from recctl.suite import collect as collected
    from recctl.suite import id_lists, source
    from recctl.suite import pytest_settings as configuration

    ids = id_lists.listed_tests(tests) if tests else frozenset()
    if collect:
        here = current_directory()
        root = configuration.pytest_directory(here, find_project(here).root)
        interpreter = python or collected.active_python()
        collection = collected.collect(root, interpreter, arguments)
        output.print_stderr(f"{plural(len(collection.ids), 'test')} collected by {one_line(interpreter)}")
        return collected.liveness_by_collection(collection, ids, exact)
    return id_lists.liveness_by_list(ids) if tests else source.LivenessBySource()


def _recordings(files: Sequence[Path]) -> Iterator[Candidate | Unreadable]:
    """Yield each recording with the digest of its bytes, or why it cannot be read: then it stays."""
    for path in progress(files, "reading recordings", len(files)):
        try:
            raw = read(path)
            yield Candidate(summarize(path, raw), digest_of(raw))
        except Unreadable as error:
            yield error


def _repository(files: Sequence[Path]) -> Repository | None:
    """Return the repository of the recordings; prune works without one."""
    try:
        return find_repository(files[0].parent) if files else None
    except RecctlError:
        return None
