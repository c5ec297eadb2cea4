"""`recctl diff`: what differs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recctl.catalog.references import Library
from recctl.catalog.scan import scan
from recctl.cli import completers
from recctl.cli.options import (
    DONE,
    FINDINGS,
    TROUBLE,
    DirOption,
    JsonOption,
    NoCacheOption,
    report,
    search,
    tell,
    use_index,
)
from recctl.cli.rule_in_force import RecorderOption, hash_rule, project_rule
from recctl.diff.bare_request import Given, completed, read_given
from recctl.diff.comparison import Part, compare
from recctl.recordings.recording import Recording, parse, read
from recctl.recordings.ref import display_ref
from recctl.recordings.summary import Summary
from recctl.support.configuration import find_project
from recctl.support.errors import RecctlError, separate
from recctl.support.paths import current_directory
from recctl.views import output

if TYPE_CHECKING:
    from recctl.diff.nearest import Sibling
    from recctl.support.git import Repository


def diff(
    context: typer.Context,
    references: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[A [B]]",
            help="Recordings, as show takes them, or files with a request alone, - for stdin. "
            "Of a review: the directories, recordings or tests to limit it to.",
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
        str | None, typer.Option(metavar="TEXT", help="Review the tests with this in their id, as ls does.")
    ] = None,
    part: Annotated[Part, typer.Option(help="What to compare of two recordings.")] = "request",
    long: Annotated[bool, typer.Option("--long", help="List the quiet cases too, in full.")] = False,
    recorder: RecorderOption = None,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
    directories: DirOption = None,
) -> None:
    """What differs between these two requests? What did this re-recording change?

    A B compares two recordings; A alone its nearest sibling, which it names. Either may be a file
    with a request alone: a body, or an object with method, url and body. Without them it reviews
    the recordings of the working tree against git HEAD, or two revisions.

    Examples:

      recctl diff rec-ab7d61e2daa7 --part all

      recctl diff --rev main..HEAD tests/integration/agents
    """
    named = references or []
    if rev is not None or test is not None or all(map(_limits_a_review, named)):
        if recorder is not None:
            raise RecctlError("--recorder goes with recordings", "a review compares them by their names")
        if part != "request":
            raise RecctlError("--part goes with recordings", "a review shows requests and answers both")
        raise typer.Exit(_review(rev, named, test, long, as_json, directories))
    if len(named) > 2:
        raise RecctlError(f"{len(named)} recordings given", "diff compares two")
    rule = hash_rule(find_project(current_directory()), recorder, context)
    library = Library(lambda: search(directories))
    problems: list[RecctlError] = []
    old, new, siblings, taken = _pair(named, library, no_cache, problems)
    if part != "request":
        _refuse_without_answer(old, new)
    compared = compare(old, new, part, rule)
    if as_json:
        from recctl.views.as_json import encode
        from recctl.views.diff_json import comparison_object

        output.write_json(encode(comparison_object(compared, siblings)))
    else:
        from recctl.views.comparison import comparison_page

        output.write_page(list(comparison_page(compared, siblings, taken)))
    if report([*library.problems(), *problems]):
        raise typer.Exit(TROUBLE)
    raise typer.Exit(DONE if compared.equal else FINDINGS)


def _limits_a_review(argument: str) -> bool:
    """Whether an argument can only limit a review: a directory, a test file or a test id."""
    from recctl.diff.review_filter import is_test

    return os.path.isdir(argument) or is_test(argument)


def _pair(
    named: list[str], library: Library, no_cache: bool, problems: list[RecctlError]
) -> tuple[Recording, Recording, list[Sibling], tuple[str, ...]]:
    """The two to compare, the siblings if one is chosen, and what a request alone took from the other."""
    if named.count("-") > 1:
        raise RecctlError("- is given twice", "stdin can be read once; name a file")
    first, *rest = [_side(reference, library) for reference in named]
    if rest:
        old, new, taken = _completed(first, rest[0])
        return old, new, [], taken
    wanted = first if isinstance(first, Recording) else completed(first, None)[0]
    siblings = _siblings(wanted, named[0], library, no_cache, problems)
    old, new, taken = _completed(first, siblings[0].recording)
    return old, new, siblings, taken


def _completed(
    first: Recording | Given, second: Recording | Given
) -> tuple[Recording, Recording, tuple[str, ...]]:
    """Two sides as recordings: what one does not say is as the other has it."""
    plain = second if isinstance(second, Recording) else completed(second, None)[0]
    old, taken = (first, ()) if isinstance(first, Recording) else completed(first, plain)
    new, also = (second, ()) if isinstance(second, Recording) else completed(second, old)
    return old, new, (*taken, *also)


def _side(reference: str, library: Library) -> Recording | Given:
    """The recording, or the request alone, that an argument names. Raises RecctlError."""
    if reference == "-":
        path, raw = Path(reference), _from_stdin()
    else:
        path = library.resolve(reference).path
        raw = read(path)
    return read_given(path, raw) or parse(path, raw)


def _from_stdin() -> bytes:
    if sys.stdin is None:
        raise RecctlError("stdin is closed", "name a file")
    return sys.stdin.buffer.read()


def _refuse_without_answer(*sides: Recording) -> None:
    for side in sides:
        if not side.response:
            raise RecctlError(f"{display_ref(side.ref)} has no answer to compare", "--part request")


def _siblings(
    wanted: Recording, reference: str, library: Library, no_cache: bool, problems: list[RecctlError]
) -> list[Sibling]:
    """The nearest siblings. Raises RecctlError where there is none."""
    from recctl.diff.nearest import nearest

    warnings: list[str] = []
    summaries, unreadable = separate(
        scan(library.files(), use_index=use_index(no_cache), warn=warnings.append)
    )
    found = nearest(wanted, summaries)
    problems += unreadable
    tell(warnings)
    if not found:
        name = wanted.summary.name.reference if wanted.response else reference
        raise RecctlError(
            f"nothing near {name}: no such request of its test, nor of its endpoint and model",
            f"name one: recctl diff {name} REF",
        )
    return found


def _review(
    rev: str | None,
    named: list[str],
    test: str | None,
    long: bool,
    as_json: bool,
    directories: list[Path] | None,
) -> int:
    from recctl.diff.review import limited, review
    from recctl.diff.review_filter import limits_of, problems_of, wanted_of
    from recctl.diff.revisions import between, in_working_tree
    from recctl.support.git import find_repository

    project = find_project(current_directory())
    repository = find_repository(current_directory())
    limits = limits_of(named)
    below = limits.below or tuple(directories or project.recordings or ())
    states = in_working_tree(repository, below) if rev is None else between(repository, rev, below)
    wanted = wanted_of(limits, states, test)
    lives = _test_lives_in(repository, states.head)
    rule = project_rule(project)
    tests = review(states.old, states.new, states.renamed, rule, lives)
    tests = limited(tests, wanted)
    if as_json:
        from recctl.views.as_json import encode
        from recctl.views.diff_json import review_object

        output.write_json(encode(review_object(states, tests)))
    else:
        from recctl.views.review import review_page, review_totals

        output.write_page(list(review_page(tests, long)))
        output.say(review_totals(tests))
    if report(problems_of(limits, states)):
        return TROUBLE
    return FINDINGS if tests else DONE


def _test_lives_in(repository: Repository, head: str) -> Callable[[Summary], bool | None]:
    """Whether the test of a recording is there in a state, as far as the test files tell.

    Those of another state than the working tree are not read: nothing is known of it then.
    """
    from recctl.diff.revisions import WORKING_TREE
    from recctl.diff.source_match import has_sources_of
    from recctl.suite.source import LivenessBySource

    judge = LivenessBySource()

    @lru_cache(maxsize=1)
    def is_here() -> bool:
        return head == WORKING_TREE or has_sources_of(repository, head)

    def lives(summary: Summary) -> bool | None:
        if summary.header.test_id is None or not is_here():
            return None
        return {"live": True, "stale": False}.get(judge(summary).status)

    return lives
