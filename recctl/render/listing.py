"""`ls`: a table on a terminal, a line of tab-separated fields for each recording in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from recctl.brief import Brief, brief_of
from recctl.paths import display_path
from recctl.render.page import Span, Style
from recctl.render.safe import format_size, one_line
from recctl.summary import Summary

_GAP = "  "
_ONE_ROW_FROM = 160  # columns; below that a recording takes two rows
_SORT_STYLES: dict[str, Style] = {
    "text": "plain",
    "tool": "tool",
    "error": "error",
    "unreadable": "error",
    "unknown": "warning",
}


def tab_separated(summaries: Iterable[Summary], long: bool) -> Iterator[str]:
    """Lines for a pipe: id, test, model, endpoint, chunks, answer, size in bytes, path; nothing is cut.

    With `long` follow kind, provider, method, url and status. A field without a value is empty.
    """
    for summary in summaries:
        answer = brief_of(summary)
        fields: list[object] = [
            summary.name.id or summary.name.stem,
            summary.test_id,
            summary.model,
            summary.endpoint,
            summary.chunks,
            answer.words,
            summary.size,
            display_path(summary.path),
        ]
        if long:
            fields += [summary.kind, summary.provider, summary.method, summary.url, summary.status]
        yield "\t".join("" if field is None else one_line(str(field)) for field in fields)


class _Row(msgspec.Struct, frozen=True):
    id: str
    test: str
    model: str
    endpoint: str
    chunks: str
    answer: Brief
    size: str
    again: bool  # the same test as in the row above


def table(summaries: Sequence[Summary], width: int, color: bool, long: bool) -> Iterator[str]:
    """Lines for a terminal, none wider than `width` unless `long`, which cuts nothing but the answer."""
    rows = list(_rows(summaries, long))
    if not rows:
        return
    if long:
        yield from _long_rows(rows, summaries, color)
    elif width >= _ONE_ROW_FROM:
        yield from _single_rows(rows, width, color)
    else:
        yield from _double_rows(rows, width, color)


def _rows(summaries: Sequence[Summary], long: bool) -> Iterator[_Row]:
    from recctl.render.testid import short_endpoint

    above: str | None = None
    for summary in summaries:
        endpoint = one_line(summary.endpoint or "")
        yield _Row(
            id=one_line(summary.name.id or summary.name.stem),
            test=one_line(summary.test_id or ""),
            model=one_line(summary.model or ""),
            endpoint=endpoint if long else short_endpoint(endpoint),
            chunks="" if summary.chunks is None else str(summary.chunks),
            answer=_safe(brief_of(summary)),
            size=format_size(summary.size),
            again=summary.test_id is not None and summary.test_id == above,
        )
        above = summary.test_id


def _safe(answer: Brief) -> Brief:
    return Brief(answer.sort, one_line(answer.words))


def _widest(values: Iterable[str], least: int, most: int) -> int:
    from recctl.render.terminal import width_of

    return max(least, min(most, max(map(width_of, values))))


def _single_rows(rows: Sequence[_Row], width: int, color: bool) -> Iterator[str]:
    from recctl.render.terminal import fit
    from recctl.render.testid import short_model, short_test

    id_width = _widest((row.id for row in rows), 2, 16)
    model_width = _widest((row.model for row in rows), 5, width // 9)
    endpoint_width = _widest((row.endpoint for row in rows), 8, width // 9)
    size_width = _widest((row.size for row in rows), 4, 9)
    rest = width - id_width - model_width - endpoint_width - size_width - 6 - 6 * len(_GAP)
    natural = _widest((short_test(row.test, rest) for row in rows), 4, rest)
    test_width = min(natural, rest * 3 // 5)
    answer_width = rest - test_width
    yield _cells(
        color,
        *(
            (text, "dim")
            for text in (fit("id", id_width), fit("test", test_width), fit("model", model_width))
        ),
        *((text, "dim") for text in (fit("endpoint", endpoint_width), "chunks", fit("answer", answer_width))),
        ("size".rjust(size_width), "dim"),
    )
    for row in rows:
        yield _cells(
            color,
            (fit(row.id, id_width), "id"),
            (fit(short_test(row.test, test_width), test_width), "dim" if row.again else "plain"),
            (fit(short_model(row.model, model_width), model_width), "model"),
            (fit(row.endpoint, endpoint_width), "plain"),
            (row.chunks.rjust(6), "dim"),
            (fit(row.answer.words, answer_width), _SORT_STYLES.get(row.answer.sort, "dim")),
            (row.size.rjust(size_width), "dim"),
        )


def _double_rows(rows: Sequence[_Row], width: int, color: bool) -> Iterator[str]:
    """Two rows a recording: what it belongs to, then what it is."""
    from recctl.render.terminal import fit
    from recctl.render.testid import short_model, short_test

    id_width = _widest((row.id for row in rows), 2, 16)
    size_width = _widest((row.size for row in rows), 4, 9)
    test_width = max(width - id_width - size_width - 2 * len(_GAP), 4)
    model_width = _widest((short_model(row.model, width // 4) for row in rows), 5, width // 4)
    endpoint_width = _widest((row.endpoint for row in rows), 8, width // 5)
    answer_width = max(width - model_width - endpoint_width - 6 - 4 * len(_GAP), 4)
    size_head = "size".rjust(size_width)
    yield _cells(color, (fit("id", id_width), "dim"), (fit("test", test_width), "dim"), (size_head, "dim"))
    head = (fit("model", model_width), fit("endpoint", endpoint_width), "chunks", "answer")
    yield _GAP + _cells(color, *((text, "dim") for text in head))
    for row in rows:
        yield _cells(
            color,
            (fit(row.id, id_width), "id"),
            (fit(short_test(row.test, test_width), test_width), "dim" if row.again else "plain"),
            (row.size.rjust(size_width), "dim"),
        )
        yield _GAP + _cells(
            color,
            (fit(short_model(row.model, model_width), model_width), "model"),
            (fit(row.endpoint, endpoint_width), "plain"),
            (row.chunks.rjust(6), "dim"),
            (fit(row.answer.words, answer_width).rstrip(), _SORT_STYLES.get(row.answer.sort, "dim")),
        )


def _long_rows(rows: Sequence[_Row], summaries: Sequence[Summary], color: bool) -> Iterator[str]:
    """A small block a recording, everything in full."""
    for row, summary in zip(rows, summaries, strict=True):
        status = "" if summary.status is None else f"status {summary.status}"
        chunks = f"{row.chunks} chunks" if row.chunks else ""
        facts = (row.endpoint, summary.kind, summary.provider, summary.method, status, chunks, row.size)
        yield _cells(
            color, (row.id, "id"), (row.model, "model"), (", ".join(one_line(f) for f in facts if f), "plain")
        )
        if row.test:
            yield _GAP + row.test
        yield _GAP + _cells(color, (one_line(display_path(summary.path)), "dim"))
        yield _GAP + _cells(color, (row.answer.words, _SORT_STYLES.get(row.answer.sort, "dim")))


def _cells(color: bool, *cells: tuple[str, Style]) -> str:
    from recctl.render.terminal import paint

    spans = [Span(text, style) for text, style in cells if text]
    return _GAP.join(paint(span.text, span.style, color) for span in spans).rstrip()
