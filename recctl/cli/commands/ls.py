"""`recctl ls`: list recordings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from recctl.catalog.find import Found
from recctl.catalog.query import Query, SortKey, near_values
from recctl.catalog.references import shortest_references
from recctl.catalog.scan import scan
from recctl.cli import completers
from recctl.cli.options import JsonOption, NoCacheOption, PathsArgument, forbid_together
from recctl.cli.path_arguments import find_recordings, use_index
from recctl.cli.reporting import print_notes, report_problems
from recctl.recordings.header import Kind
from recctl.recordings.ref import Ref
from recctl.recordings.summary import Summary
from recctl.support.errors import RecctlError, separate
from recctl.views import output
from recctl.views.progress import progress
from recctl.views.terminal_info import terminal_info
from recctl.views.units import format_size, plural


def ls(
    paths: PathsArgument = None,
    test: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Only test ids that match.", autocompletion=completers.test_texts),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Only models that match.", autocompletion=completers.models),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Only endpoints that match.", autocompletion=completers.endpoints),
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Only providers that match.", autocompletion=completers.providers),
    ] = None,
    kind: Annotated[
        Kind | None, typer.Option(metavar="KIND", help="Only this kind: inference, tool, http or file.")
    ] = None,
    streaming: Annotated[
        bool | None, typer.Option("--streaming/--no-streaming", help="Only streamed answers, or only others.")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Only recorded errors and exceptions.")] = False,
    sort: Annotated[
        SortKey,
        typer.Option(
            metavar="KEY",
            help="test, id, path, model, endpoint, provider, chunks or size; unknown values come last.",
        ),
    ] = "test",
    reverse: Annotated[bool, typer.Option("--reverse", help="Reverse the order.")] = False,
    limit: Annotated[int | None, typer.Option(min=0, metavar="N", help="Show at most the first N.")] = None,
    long: Annotated[bool, typer.Option("--long", help="Show every field, nothing cut.")] = False,
    ids: Annotated[
        bool, typer.Option("--ids", help="Print only references, one per line, as for recctl show.")
    ] = False,
    no_cache: NoCacheOption = False,
    as_json: JsonOption = False,
) -> None:
    """What is recorded here, and what did the model answer? List recordings.

    TEXT matches as a substring, ignoring case. With *, ? or [ it is a glob on the whole value; for
    --test only * and ? are wildcards, and the part after any :: or / may match as well.

    Examples:

      recctl ls --test streaming --model gpt-4o

      recctl ls tests/integration --errors --json
    """
    forbid_together(ids=ids, json=as_json)
    forbid_together(ids=ids, long=long)
    forbid_together(json=as_json, long=long)
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
        found = find_recordings(paths)
    except RecctlError:
        if as_json:
            output.write_json(b"[]\n")  # still a valid document
        raise
    warnings: list[str] = []
    scanned = scan(found.files, use_index=use_index(no_cache), warn=warnings.append)
    summaries, unreadable = separate(progress(scanned, "reading recordings", len(found.files)))
    matching = query.select(summaries)
    shown = matching[:limit]
    if ids:
        _print_ids(shown, found)
    elif as_json:
        from recctl.views.as_json import encode_all, summary_object

        output.write_json_pieces(encode_all(map(summary_object, shown)))
    else:
        _print_lines(shown, summaries, long, by_test=sort == "test")
    code = report_problems([*found.problems, *unreadable])
    print_notes(warnings)
    if found.files:
        output.print_stderr(_totals(summaries, matching, shown, len(unreadable)))
    if not matching:
        print_notes(_similar_values(query, summaries))
    raise typer.Exit(code)


def _similar_values(query: Query, summaries: list[Summary]) -> Iterator[str]:
    """Yield a line for each filter that matches no recording, with similar values that do."""
    for name, near in near_values(query, summaries).items():
        what = f"no {'test id' if name == 'test' else name} matches '{getattr(query, name)}'"
        yield f"{what}; similar: {', '.join(near)}" if near else what


def _print_ids(shown: list[Summary], found: Found) -> None:
    references = shortest_references(map(Ref, found.files))
    output.write_names(references[summary.ref] for summary in shown)


def _print_lines(shown: list[Summary], summaries: list[Summary], long: bool, *, by_test: bool) -> None:
    from recctl.views import listing

    info = terminal_info()
    if not info.is_terminal:
        output.write_lines(listing.tab_separated(shown, long))
        return
    ids = listing.distinct_ids(summaries)
    if long:
        output.write_lines(listing.long_blocks(shown, info.color, ids))
    else:
        output.write_lines(listing.table(shown, info.width, info.color, by_test=by_test, ids=ids))


def _totals(summaries: list[Summary], matching: list[Summary], shown: list[Summary], unreadable: int) -> str:
    """Return `12 of 458 recordings, 3 tests, 2 models, 1.2 MB; 1 unreadable`."""
    count = plural(len(matching), "recording")
    if len(matching) < len(summaries):
        count = f"{len(matching):,} of {plural(len(summaries), 'recording')}"
    tests = len({summary.header.test_id for summary in matching if summary.header.test_id})
    models = len({summary.header.model for summary in matching if summary.header.model})
    size = format_size(sum(summary.size for summary in matching))
    parts = [count, plural(tests, "test"), plural(models, "model"), size]
    more = f"; first {len(shown):,} shown" if len(shown) < len(matching) else ""
    bad = f"; {unreadable:,} unreadable" if unreadable else ""
    return ", ".join(parts) + more + bad
