"""What two sequences have in common, in time that grows with their length and not with its square."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple, TypeAlias

# Estimated steps of difflib, whose worst case is the cube of the length: in one stretch, and in all.
_MOST_STEPS = 15_000_000
_ALL_STEPS = 60_000_000
_WIDTH_GROWTH = 4
# Items that together may occur once only in either sequence, and so anchor a match.
_WIDTHS = tuple(_WIDTH_GROWTH**power for power in range(4))
_MANY = 64  # items to each anchor, at most, where there are many
_DEEPEST = 6  # anchors found between anchors

# Where a stretch begins and ends in the left sequence, then in the right one.
Stretch: TypeAlias = tuple[int, int, int, int]


class Block(NamedTuple):
    """A stretch of items that both sequences have: where it begins in each, and how long it is."""

    left: int
    right: int
    size: int


class Matcher:
    """Matches sequences; all that one matcher is given share its bound on the work.

    What is left over when the bound is reached counts as having nothing in common; `complete` is
    False then.
    """

    def __init__(self) -> None:
        self._steps = _ALL_STEPS
        self.complete = True

    def blocks(self, left: Sequence[Hashable], right: Sequence[Hashable]) -> list[Block]:
        """The blocks in order; none overlaps or touches another in both sequences.

        Short sequences are matched as difflib does it. In longer ones what occurs once in each
        comes first (a patience diff), and difflib matches what lies between.
        """
        numbers: dict[Hashable, int] = {}
        rows = [numbers.setdefault(item, len(numbers)) for item in left]
        columns = [numbers.setdefault(item, len(numbers)) for item in right]
        return list(_joined(sorted(self._found(rows, columns))))

    def gaps(self, left: Sequence[Hashable], right: Sequence[Hashable]) -> Iterator[tuple[Stretch, Block]]:
        """Each stretch without a match, perhaps empty, with the block after it; the last block is empty."""
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
            anchors = _anchors(left, right) if depth < _DEEPEST else []
            self.complete = self.complete and bool(anchors)
            yield from (Block(i + a, j + b, size) for a, b, size in anchors)
            pending += [(gap, depth + 1) for gap in _between(anchors, (i, i_end, j, j_end))]

    def _is_affordable(self, left: list[int], right: list[int]) -> bool:
        """Whether difflib may match two stretches; if so, their estimated cost counts."""
        mine, yours = Counter(left), Counter(right)
        equal = sum(count * yours[item] for item, count in mine.items())
        steps = (len(left) + len(right) + equal) * min(len(left), len(right), equal)
        if steps > min(_MOST_STEPS, self._steps):
            return False
        self._steps -= steps
        return True


def _ends(rows: list[int], columns: list[int], whole: Stretch) -> tuple[Block, Block, Stretch]:
    """The items that a stretch begins and ends with on both sides, and what lies between."""
    i, i_end, j, j_end = whole
    shortest = min(i_end - i, j_end - j)
    head = next((at for at in range(shortest) if rows[i + at] != columns[j + at]), shortest)
    shortest -= head
    tail = next((at for at in range(shortest) if rows[i_end - 1 - at] != columns[j_end - 1 - at]), shortest)
    inner = i + head, i_end - tail, j + head, j_end - tail
    return Block(i, j, head), Block(inner[1], inner[3], tail), inner


def _anchors(left: list[int], right: list[int]) -> list[Block]:
    """Items, or runs of them, that occur once on either side, as many as stand in the same order.

    Of the widths the first that gives many, else the one that gives most.
    """
    best: list[Block] = []
    mine, yours = left, right
    for width in _WIDTHS:
        if width > 1:
            mine, yours = _longer_runs(mine, width), _longer_runs(yours, width)
            if set(mine).isdisjoint(yours):
                break  # then no longer run is in both
        found = [
            Block(i, j, width)
            for i, j in _rising(_once_in_both(mine, yours))
            if left[i : i + width] == right[j : j + width]  # runs are told by their hashes
        ]
        best = max(best, list(_apart(found)), key=len)
        if len(best) * _MANY >= len(left):
            break
    return best


def _longer_runs(runs: list[int], width: int) -> list[int]:
    """Hash the run of some width at each item, from the runs of a quarter of it."""
    part = width // _WIDTH_GROWTH
    return list(map(hash, zip(*(runs[part * number :] for number in range(_WIDTH_GROWTH)), strict=False)))


def _once_in_both(left: list[int], right: list[int]) -> list[tuple[int, int]]:
    """Return where the runs stand that occur once in either sequence, in the order of the left one."""
    mine, yours = Counter(left), Counter(right)
    once = {run for run, count in mine.items() if count == 1 and yours.get(run) == 1}
    where = {run: at for at, run in enumerate(right) if run in once}
    return [(at, where[run]) for at, run in enumerate(left) if run in once]


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of some pairs, sorted by their first, whose second rises too."""
    lasts: list[int] = []  # the smallest second that ends a row of this length
    chain: list[int] = []  # and which pair that is
    before: list[int] = []
    for number, (_, second) in enumerate(pairs):
        length = bisect_left(lasts, second)
        before.append(chain[length - 1] if length else -1)
        lasts[length : length + 1], chain[length : length + 1] = [second], [number]
    found = []
    at = chain[-1] if chain else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _apart(blocks: list[Block]) -> Iterator[Block]:
    """Blocks in order without those that overlap the one before."""
    i = j = 0
    for block in blocks:
        if block.left >= i and block.right >= j:
            yield block
            i, j = block.left + block.size, block.right + block.size


def _between(blocks: list[Block], whole: Stretch) -> Iterator[Stretch]:
    """What lies between blocks, which are counted from where the whole begins."""
    if not blocks:
        return
    start_i, i_end, start_j, j_end = whole
    i, j = start_i, start_j
    for block in blocks:
        yield i, start_i + block.left, j, start_j + block.right
        i, j = start_i + block.left + block.size, start_j + block.right + block.size
    yield i, i_end, j, j_end


def _joined(blocks: list[Block]) -> Iterator[Block]:
    """Blocks in order, those that touch made one, without empty ones."""
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
