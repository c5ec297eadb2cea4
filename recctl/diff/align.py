"""Two lists laid side by side, so that one item more is one item more and not a change of all after it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from recctl.diff.sequence_matching import Matcher, Stretch
from recctl.diff.similarity import Samples, share
from recctl.diff.value_digests import Digests
from recctl.support.jsonvalue import Json, as_object, as_str

# Positions of an item in the old and in the new list; None where it is in one only.
Pair: TypeAlias = tuple[int | None, int | None]

_SAME = 2.0  # worth more than any likeness: what is equal stays together
_NAMED = 1.5  # tools of one name, however much of them changed
_ALIKE = 0.1  # two items of one sort with no word in common: rather changed than replaced
_MOST_CELLS = 10_000  # pairs of items of two lists that are weighed one by one
_ALL_CELLS = 100_000  # the same, of all lists of two documents


class Aligner:
    """Aligns the lists of two documents; what is known of a value is computed once."""

    def __init__(self) -> None:
        self.digests = Digests()
        self._samples = Samples()
        self._matcher = Matcher()
        self._cells = _ALL_CELLS

    def align(self, old: Sequence[Json], new: Sequence[Json]) -> list[Pair]:
        """The items of two lists in pairs, in reading order; every item of either occurs once.

        Equal items pair first, then tools of one name, then those of one role or type that have most
        words in common. Turning the lists round turns the pairs round. In lists too long to weigh
        every pair, what lies between equal items pairs by position.
        """
        left, right = list(map(self.digests.of, old)), list(map(self.digests.of, new))
        if left > right:
            # Ties could fall either way: always deciding them from one side makes it symmetric.
            return [(mine, yours) for yours, mine in self._pairs(new, old, right, left)]
        return list(self._pairs(old, new, left, right))

    def _pairs(
        self, old: Sequence[Json], new: Sequence[Json], left: list[bytes], right: list[bytes]
    ) -> Iterator[Pair]:
        start = _same_start(left, right)
        end = _same_start(left[start:][::-1], right[start:][::-1])
        middle = start, len(left) - end, start, len(right) - end
        yield from zip(range(start), range(start), strict=True)
        if self._may_weigh(middle):
            yield from self._weighed(old, new, left, right, middle)
        else:
            yield from self._between_equal(old, new, left, right, middle)
        yield from zip(range(len(left) - end, len(left)), range(len(right) - end, len(right)), strict=True)

    def _may_weigh(self, stretch: Stretch) -> bool:
        i, i_end, j, j_end = stretch
        cells = (i_end - i) * (j_end - j)
        return cells <= min(_MOST_CELLS, self._cells)

    def _between_equal(
        self, old: Sequence[Json], new: Sequence[Json], left: list[bytes], right: list[bytes], whole: Stretch
    ) -> Iterator[Pair]:
        """Equal items first; of what lies between, every pair is weighed where that is not too much."""
        start, end, start_right, end_right = whole
        found = self._matcher.gaps(left[start:end], right[start_right:end_right])
        for (i, i_end, j, j_end), block in found:
            gap = start + i, start + i_end, start_right + j, start_right + j_end
            weigh = self._weighed(old, new, left, right, gap) if self._may_weigh(gap) else _by_position(gap)
            yield from weigh
            yield from ((start + block.left + at, start_right + block.right + at) for at in range(block.size))

    def _weighed(
        self, old: Sequence[Json], new: Sequence[Json], left: list[bytes], right: list[bytes], within: Stretch
    ) -> Iterator[Pair]:
        i, i_end, j, j_end = within
        rows, columns = range(i, i_end), range(j, j_end)
        self._cells -= len(rows) * len(columns)
        alone = len(rows) * len(columns) == 1  # nothing to choose from
        likeness = [
            [
                _SAME if left[row] == right[column] else self._likeness(old[row], new[column], alone)
                for column in columns
            ]
            for row in rows
        ]
        yield from _best_pairs(likeness, rows, columns)

    def _likeness(self, old: Json, new: Json, alone: bool) -> float:
        """How much two different items are one item changed: 0 for not at all, never above 1.5."""
        if isinstance(old, dict) and isinstance(new, dict):
            names = _name(old), _name(new)
            if any(names):
                return _NAMED if names[0] == names[1] else 0.0
            if any(old.get(key) != new.get(key) for key in ("role", "type")):
                return 0.0
        elif isinstance(old, bool | int | float) and isinstance(new, bool | int | float):
            return _ALIKE
        elif type(old) is not type(new):
            return 0.0
        if alone:
            return _ALIKE
        return _ALIKE + (1 - _ALIKE) * share(self._samples.of(old), self._samples.of(new))


def align(old: Sequence[Json], new: Sequence[Json]) -> list[Pair]:
    """The items of two lists in pairs; see `Aligner.align`."""
    return Aligner().align(old, new)


def _same_start(left: list[bytes], right: list[bytes]) -> int:
    shortest = min(len(left), len(right))
    return next((at for at in range(shortest) if left[at] != right[at]), shortest)


def _by_position(gap: Stretch) -> Iterator[Pair]:
    i, i_end, j, j_end = gap
    shared = min(i_end - i, j_end - j)
    yield from ((i + step, j + step) for step in range(shared))
    yield from ((step, None) for step in range(i + shared, i_end))
    yield from ((None, step) for step in range(j + shared, j_end))


def _best_pairs(likeness: Sequence[Sequence[float]], rows: range, columns: range) -> Iterator[Pair]:
    """The alignment with the greatest likeness in all (Needleman and Wunsch, gaps cost nothing)."""
    best = [[0.0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    for i in range(len(rows) - 1, -1, -1):
        for j in range(len(columns) - 1, -1, -1):
            paired = best[i + 1][j + 1] + likeness[i][j] if likeness[i][j] else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(rows) and j < len(columns):
        if likeness[i][j] and best[i][j] == best[i + 1][j + 1] + likeness[i][j]:
            yield rows[i], columns[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield rows[i], None
            i += 1
        else:
            yield None, columns[j]
            j += 1
    yield from ((row, None) for row in rows[i:])
    yield from ((None, column) for column in columns[j:])


def _name(item: Json) -> str | None:
    """The name of a tool or a tool call."""
    fields = as_object(item)
    return as_str(fields.get("name")) or as_str(as_object(fields.get("function")).get("name"))
