"""The columns of a listing on a terminal: one row a call, aligned over the whole listing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from recctl.recordings.header import Preview
from recctl.views.styled_lines import Style

_GAP = "  "
_ID_WIDTH = 20  # of what is no `rec-` and 12 digits
_ANSWER = "answer"
_MATTER_LESS = ("provider", "endpoint", "chunks", _ANSWER, "model", "size")
_LEAST = 4  # columns below which a name says nothing
# Of what the columns of fixed width leave the answer has at least this; less beside names of tests.
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
    """What a row shows of a call; every text is safe already (see `safe.visible`)."""

    id: str
    test: str
    model: str
    provider: str
    endpoint: str
    chunks: str
    answer: Preview
    size: str


class Column(msgspec.Struct, frozen=True):
    """A column: `text` gives that of a row in at most so many columns of the screen.

    A `fixed` one takes what it needs. The others share the rest, where one that `yields` gets so
    many columns less.
    """

    name: str
    text: Callable[[Row, int], str]
    style: Style = "plain"
    fixed: bool = False
    right: bool = False
    yields: int = 0


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


def laid_out(rows: Sequence[Row], shown: Collection[str], room: int, headed: bool) -> Layout:
    """Return the columns of these names with widths that fill `room` at most.

    Left out is a column that is empty in every row, and on a very narrow screen what matters less.
    `headed` leaves room for the names of the columns.
    """
    texts = _Texts(rows, headed)
    natural = {column.name: texts.widest(column, room) for column in _COLUMNS if column.name in shown}
    columns = _fitting({name: width for name, width in natural.items() if width}, room)
    fixed = sum(natural[column.name] for column in columns if column.fixed)
    left = max(room - fixed - (len(columns) - 1) * len(_GAP), 0)
    names = [column for column in columns if not column.fixed and column.name != _ANSWER]
    answers = any(column.name == _ANSWER for column in columns)
    share = _ANSWER_SHARE_BESIDE_TEST if "test" in shown else _ANSWER_SHARE
    widths = natural | texts.shared(names, left - int(left * share) if answers else left)
    widths[_ANSWER] = left - sum(widths[column.name] for column in names)
    return Layout(tuple((column, widths[column.name]) for column in columns))


class _Texts(msgspec.Struct, frozen=True):
    """The texts of all rows, and whether the names of the columns stand above them."""

    rows: Sequence[Row]
    headed: bool

    def widest(self, column: Column, room: int) -> int:
        """The columns that a column takes where it may take so many; 0 where it is empty."""
        from recctl.views.terminal import width_of

        widest = max(width_of(column.text(row, room)) for row in self.rows)
        is_named = self.headed and column.name != _ANSWER
        return max(widest, len(column.name)) if widest and is_named else widest

    def shared(self, columns: Sequence[Column], room: int) -> dict[str, int]:
        """The width of each column: its share, less what its shortened texts leave to those before it."""
        wanted = [self.widest(column, room) for column in columns]
        shares = _shares(wanted, [column.yields for column in columns], room)
        used = [min(self.widest(column, share), share) for column, share in zip(columns, shares, strict=True)]
        spare = room - sum(used)
        widths = {}
        for column, width in zip(columns, used, strict=True):
            widths[column.name] = min(self.widest(column, width + spare), width + spare)
            spare -= widths[column.name] - width
        return widths


def _fitting(natural: Mapping[str, int], room: int) -> list[Column]:
    """The columns that have room, those that matter less left out where there is too little."""
    columns = [column for column in _COLUMNS if column.name in natural]
    for name in _MATTER_LESS:
        needed = sum(natural[column.name] if column.fixed else _LEAST for column in columns)
        if needed + (len(columns) - 1) * len(_GAP) <= room:
            break
        columns = [column for column in columns if column.name != name]
    return columns


def _shares(wanted: Sequence[int], yields: Sequence[int], room: int) -> list[int]:
    """The widths wanted, the widest made narrower until all fit."""
    widths = list(wanted)
    while sum(widths) > max(room, 0):
        weights = [
            width + less if width > _LEAST else width for width, less in zip(widths, yields, strict=True)
        ]
        widths[weights.index(max(weights))] -= 1
    return widths


def _test(row: Row, width: int) -> str:
    """The name of the function alone: of the parameters most repeat the model."""
    from recctl.views.short_names import short_test

    return short_test(row.test.partition("[")[0], width)


def _model(row: Row, width: int) -> str:
    from recctl.views.short_names import short_model

    return short_model(row.model, width)


def _endpoint(row: Row, width: int) -> str:
    """The endpoint, `chat/…` for `chat/completions` where that is too long."""
    first, slash, _ = row.endpoint.partition("/")
    return row.endpoint if len(row.endpoint) <= width or not slash else f"{first}/…"


def _id(row: Row, width: int) -> str:
    from recctl.views.terminal import fit_middle

    return fit_middle(row.id, min(width, _ID_WIDTH))


_COLUMNS = (
    Column("id", _id, "id", fixed=True),
    Column("test", _test),
    Column("model", _model, "model"),
    Column("provider", lambda row, _: row.provider, "dim", yields=4),
    Column("endpoint", _endpoint, "dim", yields=4),
    Column("chunks", lambda row, _: row.chunks, "dim", fixed=True, right=True),
    Column(_ANSWER, lambda row, _: row.answer.text),
    Column("size", lambda row, _: row.size, "dim", fixed=True, right=True),
)
