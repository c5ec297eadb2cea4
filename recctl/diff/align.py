"""Align two lists, so that an inserted item is one addition and not a change of all that follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from recctl.diff.sequence_matching import Matcher, Stretch
from recctl.diff.similarity import Fingerprints, similarity
from recctl.diff.value_digests import Digests
from recctl.support.jsonvalue import Json, as_object, as_str

# Positions of an item in the old and in the new list; None if it is in only one.
Pair: TypeAlias = tuple[int | None, int | None]

# Scores of a pair of items. The alignment with the highest sum wins.
_EQUAL = 2.0  # more than any similarity: equal items stay together
_SAME_NAME = 1.5  # tools of one name, however much of them changed
_SAME_TYPE = 0.1  # no word in common, but of one type: changed rather than replaced
_MAX_PAIRS = 10_000  # pairs of items that are scored for two lists
_MAX_PAIRS_IN_ALL = 100_000  # the same, for all lists of two documents


class Aligner:
    """Aligns the lists of two documents; digests and fingerprints are computed once per value."""

    def __init__(self) -> None:
        self.digests = Digests()
        self._fingerprints = Fingerprints()
        self._matcher = Matcher()
        self._pairs_left = _MAX_PAIRS_IN_ALL

    def align(self, old: Sequence[Json], new: Sequence[Json]) -> list[Pair]:
        """Return the items of two lists in pairs, in reading order; every item occurs exactly once.

        Equal items pair first, then tools of one name, then items of one role or type with the most
        words in common. Swapping the lists swaps the pairs. In lists too long to score every pair,
        items between equal ones pair by position.
        """
        left, right = list(map(self.digests.of, old)), list(map(self.digests.of, new))
        if left > right:
            # Ties are broken from one side, always the same one: the result is symmetric.
            return [(old_at, new_at) for new_at, old_at in self._pairs(new, old, right, left)]
        return list(self._pairs(old, new, left, right))

    def _pairs(
        self, old: Sequence[Json], new: Sequence[Json], left: list[bytes], right: list[bytes]
    ) -> Iterator[Pair]:
        start = _same_start(left, right)
        end = _same_start(left[start:][::-1], right[start:][::-1])
        middle = start, len(left) - end, start, len(right) - end
        yield from zip(range(start), range(start), strict=True)
        if self._may_score(middle):
            yield from self._scored(old, new, left, right, middle)
        else:
            yield from self._between_equal(old, new, left, right, middle)
        yield from zip(range(len(left) - end, len(left)), range(len(right) - end, len(right)), strict=True)

    def _may_score(self, stretch: Stretch) -> bool:
        i, i_end, j, j_end = stretch
        return (i_end - i) * (j_end - j) <= min(_MAX_PAIRS, self._pairs_left)

    def _between_equal(
        self, old: Sequence[Json], new: Sequence[Json], left: list[bytes], right: list[bytes], whole: Stretch
    ) -> Iterator[Pair]:
        """Pair equal items first; between them score every pair, if they are not too many."""
        start, end, start_right, end_right = whole
        found = self._matcher.gaps(left[start:end], right[start_right:end_right])
        for (i, i_end, j, j_end), block in found:
            gap = start + i, start + i_end, start_right + j, start_right + j_end
            may_score = self._may_score(gap)
            yield from self._scored(old, new, left, right, gap) if may_score else _by_position(gap)
            yield from ((start + block.left + at, start_right + block.right + at) for at in range(block.size))

    def _scored(
        self, old: Sequence[Json], new: Sequence[Json], left: list[bytes], right: list[bytes], within: Stretch
    ) -> Iterator[Pair]:
        i, i_end, j, j_end = within
        rows, columns = range(i, i_end), range(j, j_end)
        self._pairs_left -= len(rows) * len(columns)
        is_only_pair = len(rows) * len(columns) == 1
        scores = [
            [
                _EQUAL if left[row] == right[column] else self._score(old[row], new[column], is_only_pair)
                for column in columns
            ]
            for row in rows
        ]
        yield from _best_pairs(scores, rows, columns)

    def _score(self, old: Json, new: Json, is_only_pair: bool) -> float:
        """Return how likely two different items are one item changed: 0 for not at all, at most 1.5."""
        if isinstance(old, dict) and isinstance(new, dict):
            names = _name(old), _name(new)
            if any(names):
                return _SAME_NAME if names[0] == names[1] else 0.0
            if any(old.get(key) != new.get(key) for key in ("role", "type")):
                return 0.0
        elif isinstance(old, bool | int | float) and isinstance(new, bool | int | float):
            return _SAME_TYPE
        elif type(old) is not type(new):
            return 0.0
        if is_only_pair:  # no need to compare
            return _SAME_TYPE
        common = similarity(self._fingerprints.of(old), self._fingerprints.of(new))
        return _SAME_TYPE + (1 - _SAME_TYPE) * common


def align(old: Sequence[Json], new: Sequence[Json]) -> list[Pair]:
    """Return the items of two lists in pairs; see `Aligner.align`."""
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


def _best_pairs(scores: Sequence[Sequence[float]], rows: range, columns: range) -> Iterator[Pair]:
    """Yield the alignment with the highest sum of scores (Needleman and Wunsch, gaps cost nothing)."""
    best = [[0.0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    for i in range(len(rows) - 1, -1, -1):
        for j in range(len(columns) - 1, -1, -1):
            paired = best[i + 1][j + 1] + scores[i][j] if scores[i][j] else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(rows) and j < len(columns):
        if scores[i][j] and best[i][j] == best[i + 1][j + 1] + scores[i][j]:
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
    """Return the name of a tool or a tool call."""
    fields = as_object(item)
    return as_str(fields.get("name")) or as_str(as_object(fields.get("function")).get("name"))
