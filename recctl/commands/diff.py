"""`recctl diff`: what differs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recctl.commands import completion
from recctl.commands.common import (
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
from recctl.compare.requests import Part, compare
from recctl.config import find_project
from recctl.errors import RecctlError
from recctl.hash_rules import rule_since
from recctl.paths import current_directory
from recctl.recording import Recording, load
from recctl.render import output
from recctl.scan import Scan
from recctl.store import Library

if TYPE_CHECKING:
    from recctl.compare.siblings import Sibling


def diff(
    references: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[A [B]]",
            help="Recordings to compare, as show takes them.",
            autocompletion=completion.references,
        ),
    ] = None,
    rev: Annotated[
        str | None,
        typer.Option("--rev", metavar="BASE[..HEAD]", help="Compare two states of the repository."),
    ] = None,
    part: Annotated[Part, typer.Option(help="What to compare of two recordings.")] = "request",
    long: Annotated[bool, typer.Option("--long", help="List the quiet cases too, in full.")] = False,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
    directories: DirOption = None,
) -> None:
    """What differs between these two requests? What did this re-recording change?

    A B compares two recordings; A alone its nearest sibling, which it names. Without either it
    reviews the recordings of the working tree against git HEAD, or two revisions.

    Examples:

      recctl diff rec-ab7d61e2daa7 --part all

      recctl diff --rev main..HEAD
    """
    named = references or []
    if len(named) > 2:
        raise RecctlError(f"{len(named)} recordings given", "diff compares two")
    if named and rev is not None:
        raise RecctlError("--rev does not go with recordings", "give one or the other")
    if not named:
        if part != "request":
            raise RecctlError("--part goes with recordings", "a review shows requests and answers both")
        raise typer.Exit(_review(rev, long, as_json, directories))
    library = Library(lambda: search(directories))
    old = load(library.resolve(named[0]))
    siblings: list[Sibling] = []
    problems: list[RecctlError] = []
    if len(named) == 1:
        siblings = _siblings(old, library, no_cache, problems)
    new = siblings[0].recording if siblings else load(library.resolve(named[1]))
    compared = compare(old, new, part, rule_since(find_project(current_directory()).hash_rule))
    if as_json:
        from recctl.render.as_json import encode
        from recctl.render.diff_json import comparison_object

        output.write_json(encode(comparison_object(compared, siblings)))
    else:
        from recctl.render.comparison import comparison_page

        output.write_page(list(comparison_page(compared, siblings)))
    if report([*library.problems, *problems]):
        raise typer.Exit(TROUBLE)
    raise typer.Exit(DONE if compared.equal else FINDINGS)


def _siblings(
    wanted: Recording, library: Library, no_cache: bool, problems: list[RecctlError]
) -> list[Sibling]:
    """The nearest siblings. Raises RecctlError where there is none."""
    from recctl.compare.siblings import nearest

    scan = Scan(library.files, use_index(no_cache))
    found = nearest(wanted, scan)
    problems += scan.problems
    tell(scan.notes)
    if not found:
        name = wanted.summary.name.reference
        raise RecctlError(
            f"{name} has no sibling: no other recording of its test, or of its endpoint and model",
            f"name one: recctl diff {name} REF",
        )
    return found


def _review(rev: str | None, long: bool, as_json: bool, directories: list[Path] | None) -> int:
    from recctl.compare.review import review
    from recctl.compare.states import between, in_working_tree
    from recctl.git import find_repository

    repository = find_repository(current_directory())
    below = tuple(directories or find_project(current_directory()).recordings or ())
    states = in_working_tree(repository, below) if rev is None else between(repository, rev, below)
    tests = review(states.old, states.new, states.renamed)
    if as_json:
        from recctl.render.as_json import encode
        from recctl.render.diff_json import review_object

        output.write_json(encode(review_object(states, tests)))
    else:
        from recctl.render.review import review_page, review_totals

        output.write_page(list(review_page(tests, long)))
        output.say(review_totals(tests))
    if report(states.problems):
        return TROUBLE
    return FINDINGS if tests else DONE
