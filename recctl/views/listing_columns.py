"""The columns of a listing on a terminal: one row per call, aligned over the whole listing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from recctl.recordings.header import Preview
from recctl.views.styled_lines import Style

_GAP = "  "
_MAX_ID_WIDTH = 25  # `rec-`, 12 digits, and 8 of a digest
_ANSWER = "answer"
_DROPPED_FIRST = ("provider", "endpoint", "chunks", _ANSWER, "model", "size")
_MIN_WIDTH = 4  # of a column, in characters
# The answer's least share of the width that fixed columns leave; smaller next to a column of tests.
_ANSWER_SHARE = 0.45
_ANSWER_SHARE_BESIDE_TEST = 0.25
_KIND_STYLES: dict[str, Style] = {
    "text": "plain",
    "tool": "tool",
    "error": "error",
    "unreadable": "error",
    "unknown": "warning",
}


class Row(msgspec.Struct, frozen=True):
    """What a row shows of a call; every text is already escaped (see `escaping.visible`)."""

    id: str
    test: str
    model: str
    provider: str
    endpoint: str
    chunks: str
    answer: Preview
    size: str


class Column(msgspec.Struct, frozen=True):
    """A column; `text` returns the text of a row in at most so many characters.

    A `fixed` column takes what it needs. The others share the rest; `handicap` makes one narrower than
    the others by so many characters.
    """

    name: str
    text: Callable[[Row, int], str]
    style: Style = "plain"
    fixed: bool = False
    right: bool = False
    handicap: int = 0


class Layout(msgspec.Struct, frozen=True):
    """The columns of one listing, each with its width."""

    columns: tuple[tuple[Column, int], ...]

    def head(self, color: bool) -> str:
        """Return the row with the names of the columns."""
        return self._joined(color, [(column.name, "dim") for column, _ in self.columns])

    def line(self, row: Row, color: bool) -> str:
        """Return the row of a call."""
        return self._joined(
            color,
            [
                (column.text(row, width), style_of(row.answer) if column.name == _ANSWER else column.style)
                for column, width in self.columns
            ],
        )

    def _joined(self, color: bool, texts: Sequence[tuple[str, Style]]) -> str:
        from recctl.views.terminal import fit, paint

        cells = [
            paint(text.rjust(width) if column.right else fit(text, width), style, color)
            for (column, width), (text, style) in zip(self.columns, texts, strict=True)
        ]
        return _GAP.join(cells).rstrip()


def style_of(answer: Preview) -> Style:
    """Return the style of a preview, by the kind of answer."""
    return _KIND_STYLES.get(answer.kind, "dim")


def layout_for(rows: Sequence[Row], shown: Collection[str], room: int, has_head: bool) -> Layout:
    """Return the columns of these names with widths that fit into `room`.

    A column that is empty in every row is left out; on a very narrow terminal, less important ones too.
    `has_head` makes columns as wide as their names.
    """
    texts = _Texts(rows, has_head)
    natural = {column.name: texts.widest(column, room) for column in _COLUMNS if column.name in shown}
    columns = _fitting({name: width for name, width in natural.items() if width}, room)
    fixed = sum(natural[column.name] for column in columns if column.fixed)
    left = max(room - fixed - (len(columns) - 1) * len(_GAP), 0)
    names = [column for column in columns if not column.fixed and column.name != _ANSWER]
    answers = any(column.name == _ANSWER for column in columns)
    share = _ANSWER_SHARE_BESIDE_TEST if "test" in shown else _ANSWER_SHARE
    widths = natural | texts.widths(names, left - int(left * share) if answers else left)
    widths[_ANSWER] = left - sum(widths[column.name] for column in names)
    return Layout(tuple((column, widths[column.name]) for column in columns))


class _Texts(msgspec.Struct, frozen=True):
    """The texts of all rows, and whether there is a row of column names above them."""

    rows: Sequence[Row]
    has_head: bool

    def widest(self, column: Column, room: int) -> int:
        """Return the width that a column needs if it may take up to `room`; 0 if it is empty."""
        from recctl.views.terminal import width_of

        widest = max(width_of(column.text(row, room)) for row in self.rows)
        is_named = self.has_head and column.name != _ANSWER
        return max(widest, len(column.name)) if widest and is_named else widest

    def widths(self, columns: Sequence[Column], room: int) -> dict[str, int]:
        """Return the width of each column: its share, and what shortened texts of others leave unused."""
        wanted = [self.widest(column, room) for column in columns]
        shares = _shrunk(wanted, [column.handicap for column in columns], room)
        used = [min(self.widest(column, share), share) for column, share in zip(columns, shares, strict=True)]
        spare = room - sum(used)
        widths = {}
        for column, width in zip(columns, used, strict=True):
            widths[column.name] = min(self.widest(column, width + spare), width + spare)
            spare -= widths[column.name] - width
        return widths


def _fitting(natural: Mapping[str, int], room: int) -> list[Column]:
    """Return the columns that fit, less important ones dropped first."""
    columns = [column for column in _COLUMNS if column.name in natural]
    for name in _DROPPED_FIRST:
        needed = sum(natural[column.name] if column.fixed else _MIN_WIDTH for column in columns)
        if needed + (len(columns) - 1) * len(_GAP) <= room:
            break
        columns = [column for column in columns if column.name != name]
    return columns


def _shrunk(wanted: Sequence[int], handicaps: Sequence[int], room: int) -> list[int]:
    """Return the wanted widths, with the widest made narrower until all fit."""
    widths = list(wanted)
    while sum(widths) > max(room, 0):
        weights = [
            width + handicap if width > _MIN_WIDTH else width
            for width, handicap in zip(widths, handicaps, strict=True)
        ]
        widths[weights.index(max(weights))] -= 1
    return widths


def _test(row: Row, width: int) -> str:
    """Return the name of the test function; most parameters only repeat the model."""
    from recctl.views.short_names import short_test

    return short_test(row.test.partition("[")[0], width)


def _model(row: Row, width: int) -> str:
    from recctl.views.short_names import short_model

    return short_model(row.model, width)


def _endpoint(row: Row, width: int) -> str:
    """Return the endpoint; `chat/completions` becomes `chat/…` if it is too long."""
    first, slash, _ = row.endpoint.partition("/")
    return row.endpoint if len(row.endpoint) <= width or not slash else f"{first}/…"


def _id(row: Row, width: int) -> str:
    from recctl.views.terminal import fit_middle

    return fit_middle(row.id, min(width, _MAX_ID_WIDTH))


_COLUMNS = (
    Column("id", _id, "id", fixed=True),
    Column("test", _test),
    Column("model", _model, "model"),
    Column("provider", lambda row, _: row.provider, "dim", handicap=4),
    Column("endpoint", _endpoint, "dim", handicap=4),
    Column("chunks", lambda row, _: row.chunks, "dim", fixed=True, right=True),
    Column(_ANSWER, lambda row, _: row.answer.text),
    Column("size", lambda row, _: row.size, "dim", fixed=True, right=True),
)
