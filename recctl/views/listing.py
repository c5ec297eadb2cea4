"""`recctl ls`: grouped by test on a terminal, one line of tab-separated fields per recording in a pipe."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import msgspec

from recctl.recordings.header import Preview
from recctl.recordings.ref import Ref, display_ref
from recctl.recordings.summary import Summary
from recctl.support.paths import display_path
from recctl.views.escaping import one_line
from recctl.views.listing_columns import Layout, Row, layout_for, style_of
from recctl.views.styled_lines import Span, Style
from recctl.views.units import format_size, plural

_GAP = "  "
# Terminal widths from which a listing has a row of column names, and from which rows that name their test
# have room for the answer and for the endpoint.
_MIN_WIDTH_HEAD = 80
_MIN_WIDTH_ANSWER = 100
_MIN_WIDTH_ENDPOINT = 120
_NO_TEST = "no test"
_MIN_DIGITS = 2  # of a digest: one would look like a number


def tab_separated(summaries: Iterable[Summary], long: bool) -> Iterator[str]:
    """Yield lines for a pipe: id, test, model, endpoint, chunks, answer, size in bytes, path, kind, provider.

    With `long` also method, url and status. Nothing is cut; a field without a value is empty.
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


def table(
    summaries: Sequence[Summary],
    width: int,
    color: bool,
    *,
    by_test: bool,
    ids: Mapping[Ref, str] | None = None,
) -> Iterator[str]:
    """Yield lines for a terminal, none wider than `width`.

    `by_test` groups summaries sorted by test: each file and test once, with a row per call. Otherwise
    each row names its test. `ids` replaces the ids of some recordings, as `distinct_ids` gives them.
    """
    rows = [_row(summary, ids or {}) for summary in summaries]
    if rows:
        yield from _grouped(rows, width, color) if by_test else _flat(rows, width, color)


def distinct_ids(summaries: Iterable[Summary]) -> dict[Ref, str]:
    """Return ids with part of the digest, `rec-0f7ee7578f21-3e`, for model lists that share an id.

    As many digits as tell them apart. Recordings whose id is unique are left out.
    """
    by_id: dict[str | None, list[Summary]] = {}
    for summary in summaries:
        name = summary.name
        if name.digest:
            by_id.setdefault(name.id, []).append(summary)
    ids: dict[Ref, str] = {}
    for same_id in by_id.values():
        digests = {summary.name.digest or "" for summary in same_id}
        if len(digests) > 1:
            digits = next(
                n for n in range(_MIN_DIGITS, 9) if len({each[:n] for each in digests}) == len(digests)
            )
            ids |= {each.ref: f"{each.name.id}-{(each.name.digest or '')[:digits]}" for each in same_id}
    return ids


def _row(summary: Summary, ids: Mapping[Ref, str]) -> Row:
    from recctl.views.short_names import short_endpoint

    header, name = summary.header, summary.name
    return Row(
        id=one_line(ids.get(summary.ref) or name.id or name.stem),
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


def _columns(rows: Iterable[Row], *more: str) -> Collection[str]:
    return {"id", "model", "chunks", "size", *more, *(["provider"] if _needs_provider(rows) else [])}


def _needs_provider(rows: Iterable[Row]) -> bool:
    """Return whether a test calls one model and endpoint of several providers."""
    providers: dict[tuple[str, ...], str] = {}
    return any(
        providers.setdefault((row.test, row.model, row.endpoint), row.provider) != row.provider
        for row in rows
    )


# ---- sorted by another key


def _flat(rows: Sequence[Row], width: int, color: bool) -> Iterator[str]:
    more = [
        "test",
        *(["answer"] * (width >= _MIN_WIDTH_ANSWER)),
        *(["endpoint"] * (width >= _MIN_WIDTH_ENDPOINT)),
    ]
    layout = layout_for(rows, _columns(rows, *more), width, width >= _MIN_WIDTH_HEAD)
    if width >= _MIN_WIDTH_HEAD:
        yield layout.head(color)
    for row in rows:
        yield layout.line(row, color)


# ---- grouped by test


class _Page(msgspec.Struct, frozen=True):
    """What all lines of a grouped listing have in common."""

    layout: Layout
    indent: str
    width: int
    color: bool


def _grouped(rows: Sequence[Row], width: int, color: bool) -> Iterator[str]:
    has_head = width >= _MIN_WIDTH_HEAD
    indent = _GAP * (2 if has_head else 1)
    layout = layout_for(rows, _columns(rows, "endpoint", "answer"), width - len(indent), has_head)
    page = _Page(layout, indent, width, color)
    if has_head:
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
    """Yield the heading of a test, its parameters dim, and a row per call."""
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


def long_blocks(
    summaries: Iterable[Summary], color: bool, ids: Mapping[Ref, str] | None = None
) -> Iterator[str]:
    """Yield a small block per recording: every field in full, of the answer one line."""
    for summary in summaries:
        header = summary.header
        row, answer = _row(summary, ids or {}), _preview(summary)
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
