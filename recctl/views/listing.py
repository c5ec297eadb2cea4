"""`ls`: grouped by test on a terminal, a line of tab-separated fields for each recording in a pipe."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

import msgspec

from recctl.recordings.header import Preview
from recctl.recordings.ref import display_ref
from recctl.recordings.summary import Summary
from recctl.support.paths import display_path
from recctl.views.escaping import format_size, one_line, plural
from recctl.views.listing_columns import Layout, Row, laid_out, style_of
from recctl.views.styled_lines import Span, Style

_GAP = "  "
_HEADED_FROM = 80  # columns; below that the names of the columns would take more room than what is in them
# Columns from which rows that name their tests have room for more than id, test, model, chunks and size.
_ANSWER_FROM = 100
_ENDPOINT_FROM = 120
_NO_TEST = "no test"


def tab_separated(summaries: Iterable[Summary], long: bool) -> Iterator[str]:
    """Lines for a pipe: id, test, model, endpoint, chunks, answer, size in bytes, path, kind, provider.

    With `long` follow method, url and status. Nothing is cut; a field without a value is empty.
    """
    for summary in summaries:
        header, name = summary.header, summary.name
        fields: list[object] = [
            name.id or name.stem,
            header.test_id,
            header.model,
            header.endpoint,
            header.chunks,
            _preview(summary).text,
            summary.size,
            display_path(summary.path),
            header.kind,
            header.provider,
        ]
        if long:
            fields += [header.method, header.url, header.status]
        yield "\t".join("" if field is None else one_line(str(field)) for field in fields)


def table(summaries: Sequence[Summary], width: int, color: bool, *, by_test: bool) -> Iterator[str]:
    """Lines for a terminal, none wider than `width`.

    `by_test` groups what comes sorted by test: the file and the test once, below them a row a call.
    Else each row names its test.
    """
    rows = [_row(summary) for summary in summaries]
    if rows:
        yield from _grouped(rows, width, color) if by_test else _flat(rows, width, color)


def _row(summary: Summary) -> Row:
    from recctl.views.short_names import short_endpoint

    header, name = summary.header, summary.name
    return Row(
        id=one_line(name.id or name.stem),
        test=one_line(header.test_id or ""),
        model=one_line(header.model or ""),
        provider=one_line(header.provider or ""),
        endpoint=short_endpoint(one_line(header.endpoint or "")),
        chunks="" if header.chunks is None else str(header.chunks),
        answer=_preview(summary),
        size=format_size(summary.size),
    )


def _preview(summary: Summary) -> Preview:
    preview = summary.header.preview or Preview("nothing", "")
    return Preview(preview.kind, one_line(preview.text))


def _shown(rows: Iterable[Row], *more: str) -> Collection[str]:
    return {"id", "model", "chunks", "size", *more, *(["provider"] if _look_alike(rows) else [])}


def _look_alike(rows: Iterable[Row]) -> bool:
    """Whether one test has the same model and endpoint from several providers."""
    providers: dict[tuple[str, ...], str] = {}
    return any(
        providers.setdefault((row.test, row.model, row.endpoint), row.provider) != row.provider
        for row in rows
    )


# ---- sorted by something else


def _flat(rows: Sequence[Row], width: int, color: bool) -> Iterator[str]:
    more = ["test", *(["answer"] * (width >= _ANSWER_FROM)), *(["endpoint"] * (width >= _ENDPOINT_FROM))]
    layout = laid_out(rows, _shown(rows, *more), width, width >= _HEADED_FROM)
    if width >= _HEADED_FROM:
        yield layout.head(color)
    for row in rows:
        yield layout.line(row, color)


# ---- by test


class _Page(msgspec.Struct, frozen=True):
    """What all lines of a grouped listing share."""

    layout: Layout
    indent: str
    width: int
    color: bool


def _grouped(rows: Sequence[Row], width: int, color: bool) -> Iterator[str]:
    headed = width >= _HEADED_FROM
    indent = _GAP * (2 if headed else 1)
    layout = laid_out(rows, _shown(rows, "endpoint", "answer"), width - len(indent), headed)
    page = _Page(layout, indent, width, color)
    if headed:
        yield indent + layout.head(color)
    for number, (file, of_file) in enumerate(groupby(rows, key=_file_of)):
        calls = list(of_file)
        if number:
            yield ""
        yield _file_heading(file, len(calls), page)
        for test, of_test in groupby(calls, key=lambda row: row.test):
            yield from _test(test.partition("::")[2], list(of_test), page)


def _file_of(row: Row) -> str:
    return row.test.partition("::")[0]


def _file_heading(file: str, calls: int, page: _Page) -> str:
    from recctl.views.terminal import fit_middle

    count = plural(calls, "call")
    shown = fit_middle(file or _NO_TEST, page.width - len(count) - len(_GAP))
    return _cells(page.color, (shown, "bold" if file else "dim"), (count, "dim"))


def _test(name: str, rows: Sequence[Row], page: _Page) -> Iterator[str]:
    """The heading of a test, its parameters dim, and a row a call."""
    from recctl.views.short_names import short_test
    from recctl.views.terminal import paint, width_of

    if name:
        count = plural(len(rows), "call")
        room = page.width - len(count) - 2 * len(_GAP)
        shown = name if width_of(name) <= room else short_test(name, room)
        bare, bracket, parameters = shown.partition("[")
        yield _GAP + bare + paint(f"{bracket}{parameters}{_GAP}{count}", "dim", page.color)
    for row in rows:
        yield page.indent + page.layout.line(row, page.color)


def long_blocks(summaries: Iterable[Summary], color: bool) -> Iterator[str]:
    """A small block a recording, everything in full but the answer."""
    for summary in summaries:
        row, answer, header = _row(summary), _preview(summary), summary.header
        status = "" if header.status is None else f"status {header.status}"
        chunks = f"{row.chunks} chunks" if row.chunks else ""
        facts = (header.endpoint, header.kind, header.provider, header.method, status, chunks, row.size)
        yield _cells(
            color, (row.id, "id"), (row.model, "model"), (", ".join(one_line(f) for f in facts if f), "plain")
        )
        if row.test:
            yield _GAP + row.test
        yield _GAP + _cells(color, (one_line(display_ref(summary.ref)), "dim"))
        yield _GAP + _cells(color, (answer.text, style_of(answer)))


def _cells(color: bool, *cells: tuple[str, Style]) -> str:
    from recctl.views.terminal import paint

    spans = [Span(text, style) for text, style in cells if text]
    return _GAP.join(paint(span.text, span.style, color) for span in spans).rstrip()
