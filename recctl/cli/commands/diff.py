"""`recctl diff`: what differs between two recordings, or between two states of the repository."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from recctl.catalog.references import Library
from recctl.catalog.scan import scan
from recctl.cli import completers
from recctl.cli.exit_codes import ERROR, FINDINGS, SUCCESS
from recctl.cli.options import DirOption, JsonOption, NoCacheOption
from recctl.cli.path_arguments import find_recordings, use_index
from recctl.cli.reporting import print_notes, report_problems
from recctl.cli.rule_in_force import RecorderOption, hash_rule, project_rule
from recctl.cli.stdin import read_stdin
from recctl.diff.bare_request import BareRequest, complete, read_bare_request
from recctl.diff.comparison import Part, compare
from recctl.recordings.recording import Recording, parse, read
from recctl.recordings.ref import display_ref
from recctl.recordings.summary import Summary
from recctl.support.configuration import find_project
from recctl.support.errors import RecctlError, separate
from recctl.support.paths import current_directory
from recctl.views import output

if TYPE_CHECKING:
    from recctl.diff.nearest import Neighbor
    from recctl.support.git import Repository


def diff(
    context: typer.Context,
    references: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[A [B]]",
            help="Recordings, as for recctl show; or files with only a request, - for stdin. "
            "For a review: the directories, recordings or tests to limit it to.",
            autocompletion=completers.references,
        ),
    ] = None,
    rev: Annotated[
        str | None,
        typer.Option(
            "--rev",
            metavar="BASE[..HEAD]",
            help="Compare two states of the repository; X^! is what the commit X changed.",
        ),
    ] = None,
    test: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Review only tests with TEXT in their id, as for recctl ls."),
    ] = None,
    part: Annotated[Part, typer.Option(help="What to compare of two recordings.")] = "request",
    long: Annotated[
        bool, typer.Option("--long", help="In a review, list changes of no consequence too.")
    ] = False,
    recorder: RecorderOption = None,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
    directories: DirOption = None,
) -> None:
    """What differs between these two requests? What did this re-recording change?

    With A and B, compares two recordings; with A alone, compares it with the nearest recording.
    Either may be a file with only a request: a body, or an object with method, url and body.
    With neither, reviews the recordings of the working tree against git HEAD, or with --rev two
    revisions.

    Examples:

      recctl diff rec-ab7d61e2daa7 --part all

      recctl diff --rev main..HEAD tests/integration/agents
    """
    arguments = references or []
    if rev is not None or test is not None or all(map(_limits_a_review, arguments)):
        _forbid_options_of_comparison(recorder, part)
        raise typer.Exit(_review(rev, arguments, test, long, as_json, directories))
    if len(arguments) > 2:
        raise RecctlError(f"{len(arguments)} recordings given", "diff compares two")
    rule = hash_rule(find_project(current_directory()), recorder, context)
    library = Library(lambda: find_recordings(directories))
    problems: list[RecctlError] = []
    sides = _sides(arguments, library, no_cache, problems)
    if part != "request":
        _require_responses(sides.old, sides.new)
    compared = compare(sides.old, sides.new, part, rule)
    if as_json:
        from recctl.views.as_json import encode
        from recctl.views.diff_json import comparison_object

        output.write_json(encode(comparison_object(compared, sides.neighbors)))
    else:
        from recctl.views.comparison import comparison_page

        output.write_page(list(comparison_page(compared, sides.neighbors, sides.assumed)))
    if report_problems([*library.problems(), *problems]):
        raise typer.Exit(ERROR)
    raise typer.Exit(SUCCESS if compared.equal else FINDINGS)


def _limits_a_review(argument: str) -> bool:
    """Return whether an argument can only limit a review: a directory, a test file or a test id."""
    from recctl.diff.review_filter import is_test

    return os.path.isdir(argument) or is_test(argument)


def _forbid_options_of_comparison(recorder: str | None, part: Part) -> None:
    """Raise RecctlError for options that a review has no use for."""
    if recorder is not None:
        raise RecctlError("--recorder needs recordings to compare", "a review compares hashes by file name")
    if part != "request":
        raise RecctlError("--part needs recordings to compare", "a review shows requests and answers both")


class _Sides(msgspec.Struct, frozen=True):
    """Two recordings to compare.

    `neighbors` are the nearest recordings of the old one where the new one was chosen from them.
    `assumed` names what a bare request leaves out and was taken from the other side.
    """

    old: Recording
    new: Recording
    assumed: tuple[str, ...]
    neighbors: Sequence[Neighbor] = ()


def _sides(arguments: list[str], library: Library, no_cache: bool, problems: list[RecctlError]) -> _Sides:
    """Return what to compare; unreadable files met on the way are added to `problems`."""
    if arguments.count("-") > 1:
        raise RecctlError("- is given twice", "stdin can be read once; name a file")
    first, *others = [_side(argument, library) for argument in arguments]
    if others:
        return _completed(first, others[0])
    wanted = first if isinstance(first, Recording) else complete(first, None).recording
    neighbors = _neighbors(wanted, arguments[0], library, no_cache, problems)
    sides = _completed(first, neighbors[0].recording)
    return msgspec.structs.replace(sides, neighbors=neighbors)


def _side(argument: str, library: Library) -> Recording | BareRequest:
    """Return the recording or bare request that an argument names. Raises RecctlError."""
    if argument == "-":
        path, raw = Path(argument), read_stdin("name a file")
    else:
        path = library.resolve(argument).path
        raw = read(path)
    return read_bare_request(path, raw) or parse(path, raw)


def _completed(first: Recording | BareRequest, second: Recording | BareRequest) -> _Sides:
    """Return both sides as recordings; what one leaves out is taken from the other."""
    other = second if isinstance(second, Recording) else complete(second, None).recording
    old = complete(first, other)
    new = complete(second, old.recording)
    return _Sides(old.recording, new.recording, (*old.assumed, *new.assumed))


def _require_responses(*sides: Recording) -> None:
    for side in sides:
        if not side.response:
            raise RecctlError(f"{display_ref(side.ref)} has no answer to compare", "--part request")


def _neighbors(
    wanted: Recording, argument: str, library: Library, no_cache: bool, problems: list[RecctlError]
) -> Sequence[Neighbor]:
    """Return the nearest recordings, nearest first. Raises RecctlError if there is none."""
    from recctl.diff.nearest import nearest

    warnings: list[str] = []
    scanned = scan(library.files(), use_index=use_index(no_cache), warn=warnings.append)
    summaries, unreadable = separate(scanned)
    found = nearest(wanted, summaries)
    problems += unreadable
    print_notes(warnings)
    if not found:
        name = wanted.summary.name.reference if wanted.response else argument
        raise RecctlError(
            f"nothing to compare {name} with: no similar request of its test, nor of its endpoint and model",
            f"name a recording: recctl diff {name} REF",
        )
    return found


def _review(
    rev: str | None,
    arguments: list[str],
    test: str | None,
    long: bool,
    as_json: bool,
    directories: list[Path] | None,
) -> int:
    """Review two states of the repository; return the exit code."""
    from recctl.diff.review import only_wanted, review
    from recctl.diff.review_filter import parse_filter
    from recctl.diff.revisions import read_revisions, read_working_tree
    from recctl.support.git import find_repository

    project = find_project(current_directory())
    repository = find_repository(current_directory())
    limits = parse_filter(arguments)
    below = limits.below or tuple(directories or project.settings.recordings or ())
    states = read_working_tree(repository, below) if rev is None else read_revisions(repository, rev, below)
    wanted = limits.wanted(states, test)
    test_exists = _test_exists_in(repository, states.head)
    tests = review(states.old, states.new, states.renamed, project_rule(project), test_exists)
    tests = only_wanted(tests, wanted)
    if as_json:
        from recctl.views.as_json import encode
        from recctl.views.diff_json import review_object

        output.write_json(encode(review_object(states, tests)))
    else:
        from recctl.views.review import review_page, review_totals

        output.write_page(list(review_page(tests, long)))
        output.print_stderr(review_totals(tests))
    if report_problems(limits.problems(states)):
        return ERROR
    return FINDINGS if tests else SUCCESS


def _test_exists_in(repository: Repository, head: str) -> Callable[[Summary], bool | None]:
    """Return a function that says whether a recording's test exists in a state, None if unknown.

    Only the test files of the working tree are read: of another state nothing is known unless its
    test files are the same.
    """
    from recctl.diff.revisions import WORKING_TREE
    from recctl.diff.source_match import sources_match
    from recctl.suite.source import LivenessBySource

    judge = LivenessBySource()

    @cache
    def has_same_sources() -> bool:
        return head == WORKING_TREE or sources_match(repository, head)

    def test_exists(summary: Summary) -> bool | None:
        if summary.header.test_id is None or not has_same_sources():
            return None
        return {"live": True, "stale": False}.get(judge(summary).status)

    return test_exists
