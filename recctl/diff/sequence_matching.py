"""Find the blocks that two sequences have in common, in about linear time.

Small stretches are left to difflib, whose worst case is cubic; longer ones are split at anchors first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, TypeAlias

# Estimated steps of difflib that are allowed: in one stretch, and in all.
_MAX_STEPS = 15_000_000
_MAX_STEPS_IN_ALL = 60_000_000
_WIDTH_GROWTH = 4
# Lengths of runs that are tried as anchors: runs of items that occur once in either sequence.
_WIDTHS = tuple(_WIDTH_GROWTH**power for power in range(4))
_ENOUGH = 64  # items per anchor: with no more than these, no longer runs are tried
_MAX_DEPTH = 6  # how often stretches between anchors are split at anchors again

# Start and end of a stretch in the left sequence, then in the right one.
Stretch: TypeAlias = tuple[int, int, int, int]


class Block(NamedTuple):
    """A run of items that both sequences have: where it begins in each, and its length."""

    left: int
    right: int
    size: int


class Matcher:
    """Matches sequences within a budget that all calls share.

    What remains when the budget is used up counts as having nothing in common; then `complete` is
    False.
    """

    def __init__(self) -> None:
        self._steps_left = _MAX_STEPS_IN_ALL
        self.complete = True

    def blocks(self, left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Block]:
        """Return the blocks in order; no two overlap, or touch in both sequences.

        Short sequences are matched by difflib. In longer ones, items that occur once in each are
        matched first (a patience diff), and difflib matches what lies between.
        """
        numbers: dict[Hashable, int] = {}
        rows = [numbers.setdefault(item, len(numbers)) for item in left]
        columns = [numbers.setdefault(item, len(numbers)) for item in right]
        return list(_joined(sorted(self._found(rows, columns))))

    def gaps(self, left: Sequence[Hashable], right: Sequence[Hashable]) -> Iterator[tuple[Stretch, Block]]:
        """Yield each stretch without a match, perhaps empty, and the block after it, last an empty one."""
        i = j = 0
        for block in [*self.blocks(left, right), Block(len(left), len(right), 0)]:
            yield (i, block.left, j, block.right), block
            i, j = block.left + block.size, block.right + block.size

    def _found(self, rows: list[int], columns: list[int]) -> Iterator[Block]:
        pending: list[tuple[Stretch, int]] = [((0, len(rows), 0, len(columns)), 0)]
        while pending:
            whole, depth = pending.pop()
            head, tail, (i, i_end, j, j_end) = _ends(rows, columns, whole)
            yield from (head, tail)
            if i == i_end or j == j_end:
                continue
            left, right = rows[i:i_end], columns[j:j_end]
            if self._is_affordable(left, right):
                for a, b, size in SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks():
                    yield Block(i + a, j + b, size)
                continue
            anchors = _anchors(left, right) if depth < _MAX_DEPTH else []
            self.complete = self.complete and bool(anchors)
            yield from (Block(i + a, j + b, size) for a, b, size in anchors)
            pending += [(gap, depth + 1) for gap in _between(anchors, (i, i_end, j, j_end))]

    def _is_affordable(self, left: list[int], right: list[int]) -> bool:
        """Return whether the budget allows difflib to match two stretches; if so, charge their cost."""
        left_counts, right_counts = Counter(left), Counter(right)
        equal = sum(count * right_counts[item] for item, count in left_counts.items())
        steps = (len(left) + len(right) + equal) * min(len(left), len(right), equal)
        if steps > min(_MAX_STEPS, self._steps_left):
            return False
        self._steps_left -= steps
        return True


def _ends(rows: list[int], columns: list[int], whole: Stretch) -> tuple[Block, Block, Stretch]:
    """Return the common start and end of both sides of a stretch, and what lies between."""
    i, i_end, j, j_end = whole
    shortest = min(i_end - i, j_end - j)
    head = next((at for at in range(shortest) if rows[i + at] != columns[j + at]), shortest)
    shortest -= head
    tail = next((at for at in range(shortest) if rows[i_end - 1 - at] != columns[j_end - 1 - at]), shortest)
    inner = i + head, i_end - tail, j + head, j_end - tail
    return Block(i, j, head), Block(inner[1], inner[3], tail), inner


def _anchors(left: list[int], right: list[int]) -> list[Block]:
    """Return the most items, or runs of items, that occur once on either side and in the same order.

    Takes the first length of runs that gives enough anchors, else the one that gives the most.
    """
    best: list[Block] = []
    left_runs, right_runs = left, right
    for width in _WIDTHS:
        if width > 1:
            left_runs, right_runs = _longer_runs(left_runs, width), _longer_runs(right_runs, width)
            if set(left_runs).isdisjoint(right_runs):
                break  # nor can any longer run be in both
        found = [
            Block(i, j, width)
            for i, j in _rising(_once_in_both(left_runs, right_runs))
            if left[i : i + width] == right[j : j + width]  # hashes may collide
        ]
        best = max(best, list(_apart(found)), key=len)
        if len(best) * _ENOUGH >= len(left):
            break
    return best


def _longer_runs(runs: list[int], width: int) -> list[int]:
    """Return a hash of the run of this width at each item, from the hashes of runs of a quarter of it."""
    part = width // _WIDTH_GROWTH
    return list(map(hash, zip(*(runs[part * number :] for number in range(_WIDTH_GROWTH)), strict=False)))


def _once_in_both(left: list[int], right: list[int]) -> list[tuple[int, int]]:
    """Return the positions of runs that occur once in either sequence, in the order of the left one."""
    left_counts, right_counts = Counter(left), Counter(right)
    once = {run for run, count in left_counts.items() if count == 1 and right_counts.get(run) == 1}
    in_right = {run: at for at, run in enumerate(right) if run in once}
    return [(at, in_right[run]) for at, run in enumerate(left) if run in once]


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest list of pairs, sorted by their first, whose second rises too."""
    lasts: list[int] = []  # by length, the smallest second that ends a rising list of that length
    ends: list[int] = []  # and the number of its pair
    before: list[int] = []
    for number, (_, second) in enumerate(pairs):
        length = bisect_left(lasts, second)
        before.append(ends[length - 1] if length else -1)
        lasts[length : length + 1], ends[length : length + 1] = [second], [number]
    found = []
    at = ends[-1] if ends else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _apart(blocks: list[Block]) -> Iterator[Block]:
    """Yield blocks in order without those that overlap the one before."""
    i = j = 0
    for block in blocks:
        if block.left >= i and block.right >= j:
            yield block
            i, j = block.left + block.size, block.right + block.size


def _between(blocks: list[Block], whole: Stretch) -> Iterator[Stretch]:
    """Yield the stretches between blocks, whose positions count from the start of the whole."""
    if not blocks:
        return
    start_i, i_end, start_j, j_end = whole
    i, j = start_i, start_j
    for block in blocks:
        yield i, start_i + block.left, j, start_j + block.right
        i, j = start_i + block.left + block.size, start_j + block.right + block.size
    yield i, i_end, j, j_end


def _joined(blocks: list[Block]) -> Iterator[Block]:
    """Yield blocks in order, adjacent ones joined, empty ones dropped."""
    last = Block(0, 0, 0)
    for block in blocks:
        if block.size and (block.left, block.right) == (last.left + last.size, last.right + last.size):
            last = Block(last.left, last.right, last.size + block.size)
        elif block.size:
            if last.size:
                yield last
            last = block
    if last.size:
        yield last
