"""How much two texts or two JSON values have in common, by their words."""

from __future__ import annotations

import re
from binascii import crc32
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest
from math import inf
from typing import NamedTuple

from recctl.support.jsonvalue import Json

_WORD = re.compile(r"\w+|[^\w\s]")
_MOST = 128  # words kept of a value: with fewer the share is exact, with more an estimate


class Sample(NamedTuple):
    """Words of a value as numbers, the smallest of them: of any two values the same words are kept.

    `limit` is the largest number up to which all are there.
    """

    numbers: frozenset[int]
    ordered: tuple[int, ...]
    limit: float


def words(text: str) -> Counter[str]:
    """The words and signs of a text, counted."""
    return Counter(_WORD.findall(text))


def overlap(mine: Counter[str], yours: Counter[str]) -> float:
    """The share of words that two texts have in common, 0 to 1, repeated words counted."""
    few, many = sorted((mine, yours), key=len)
    common = sum(min(count, many[word]) for word, count in few.items() if word in many)
    every = mine.total() + yours.total() - common
    return common / every if every else 1.0


def share(mine: Sample, yours: Sample) -> float:
    """The share of words that two values have in common, 0 to 1, each word once."""
    limit = min(mine.limit, yours.limit)
    common = len(mine.numbers & yours.numbers)
    every = bisect_right(mine.ordered, limit) + bisect_right(yours.ordered, limit) - common
    return common / every if every else 1.0


def sample(text: str) -> Sample:
    """The words of a text to weigh it by."""
    return _smallest(crc32(word.encode("utf-8", "surrogatepass")) for word in set(_WORD.findall(text)))


class Samples:
    """The samples of JSON values, each computed once, from the samples of what is in it."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Json, Sample]] = {}

    def of(self, value: Json) -> Sample:
        """The words of a value to weigh it by, keys of objects included."""
        if not isinstance(value, dict | list):
            return sample(value if isinstance(value, str) else repr(value))
        known = self._known.get(id(value))
        if known is None:
            keys = [sample(key) for key in value] if isinstance(value, dict) else []
            items = value.values() if isinstance(value, dict) else value
            inner = (*keys, *(self.of(item) for item in items))
            every: set[int] = set().union(*(each.numbers for each in inner))
            # The value is kept, so that no other one gets its id.
            known = self._known[id(value)] = value, _smallest(every)
        return known[1]


def _smallest(numbers: Iterable[int]) -> Sample:
    found = set(numbers)
    ordered = tuple(sorted(found) if len(found) <= _MOST else nsmallest(_MOST, found))
    return Sample(frozenset(ordered), ordered, inf if len(found) <= _MOST else ordered[-1])
