"""`recctl ls`: what is recorded here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from recctl.catalog.find import Found
from recctl.catalog.query import Query, SortKey, near_values
from recctl.catalog.references import shortest_references
from recctl.catalog.scan import scan
from recctl.cli import completers
from recctl.cli.options import (
    JsonOption,
    NoCacheOption,
    PathsArgument,
    refuse_together,
    report,
    search,
    tell,
    use_index,
)
from recctl.recordings.header import Kind
from recctl.recordings.ref import Ref
from recctl.recordings.summary import Summary
from recctl.support.errors import RecctlError, separate
from recctl.views import output
from recctl.views.escaping import format_size, plural
from recctl.views.progress import progress
from recctl.views.terminal_info import screen


def ls(
    paths: PathsArgument = None,
    test: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Test ids with this in it.", autocompletion=completers.test_texts),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Models with this in the name.", autocompletion=completers.models),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Endpoints with this in it.", autocompletion=completers.endpoints),
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="Providers with this in the name.", autocompletion=completers.providers
        ),
    ] = None,
    kind: Annotated[Kind | None, typer.Option(metavar="KIND", help="inference, tool, http or file.")] = None,
    streaming: Annotated[
        bool | None, typer.Option("--streaming/--no-streaming", help="Only streamed answers, or none.")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Only recorded errors and exceptions.")] = False,
    sort: Annotated[
        SortKey,
        typer.Option(
            metavar="KEY",
            help="By test, id, path, model, endpoint, provider, chunks or size; unknown values come last.",
        ),
    ] = "test",
    reverse: Annotated[bool, typer.Option("--reverse", help="Sort the other way round.")] = False,
    limit: Annotated[int | None, typer.Option(min=0, metavar="N", help="Show the first N at most.")] = None,
    long: Annotated[bool, typer.Option("--long", help="Show everything in full.")] = False,
    ids: Annotated[
        bool, typer.Option("--ids", help="Print references only, one a line, as show takes them.")
    ] = False,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """What is recorded here, and what did the model answer? List the recordings.

    TEXT matches any part, in any case. With *, ? or [ in it, it is a glob on the whole value; for --test
    only * and ? are wild, and what stands after any :: or / may match as well.

    Examples:

      recctl ls --test streaming --model gpt-4o

      recctl ls tests/integration --errors --json
    """
    refuse_together(ids=ids, json=as_json)
    refuse_together(ids=ids, long=long)
    refuse_together(json=as_json, long=long)
    query = Query(
        test=test,
        model=model,
        endpoint=endpoint,
        provider=provider,
        kind=kind,
        streaming=streaming,
        errors=errors,
        sort=sort,
        reverse=reverse,
    )
    try:
        found = search(paths)
    except RecctlError:
        if as_json:
            output.write_json(b"[]\n")  # a document all the same
        raise
    warnings: list[str] = []
    scanned = scan(found.files, use_index=use_index(no_cache), warn=warnings.append)
    summaries, unreadable = separate(progress(scanned, "reading recordings", len(found.files)))
    fitting = query.select(summaries)
    shown = fitting[:limit]
    if ids:
        _print_ids(shown, found)
    elif as_json:
        from recctl.views.as_json import encode_all, summary_object

        output.write_json_pieces(encode_all(map(summary_object, shown)))
    else:
        _print_lines(shown, long, by_test=sort == "test")
    code = report([*found.problems, *unreadable])
    tell(warnings)
    if found.files:
        output.say(_totals(summaries, fitting, shown, len(unreadable)))
    if not fitting:
        tell(_what_is_near(query, summaries))
    raise typer.Exit(code)


def _what_is_near(query: Query, summaries: list[Summary]) -> Iterator[str]:
    """A line for each filter that fits no recording: what would fit."""
    for name, near in near_values(query, summaries).items():
        what = f"no {'test id' if name == 'test' else name} matches '{getattr(query, name)}'"
        yield f"{what}; near it: {', '.join(near)}" if near else what


def _print_ids(shown: list[Summary], found: Found) -> None:
    references = shortest_references(map(Ref, found.files))
    output.write_names(references[summary.ref] for summary in shown)


def _print_lines(shown: list[Summary], long: bool, *, by_test: bool) -> None:
    from recctl.views import listing

    shown_on = screen()
    if not shown_on.terminal:
        output.write_lines(listing.tab_separated(shown, long))
    elif long:
        output.write_lines(listing.long_blocks(shown, shown_on.color))
    else:
        output.write_lines(listing.table(shown, shown_on.width, shown_on.color, by_test=by_test))


def _totals(summaries: list[Summary], fitting: list[Summary], shown: list[Summary], unreadable: int) -> str:
    """`12 of 458 recordings, 3 tests, 2 models, 1.2 MB; 1 unreadable`"""
    count = plural(len(fitting), "recording")
    if len(fitting) < len(summaries):
        count = f"{len(fitting):,} of {plural(len(summaries), 'recording')}"
    tests = len({summary.header.test_id for summary in fitting if summary.header.test_id})
    models = len({summary.header.model for summary in fitting if summary.header.model})
    size = format_size(sum(summary.size for summary in fitting))
    parts = [count, plural(tests, "test"), plural(models, "model"), size]
    more = f"; the first {len(shown):,} shown" if len(shown) < len(fitting) else ""
    bad = f"; {unreadable:,} unreadable" if unreadable else ""
    return ", ".join(parts) + more + bad
