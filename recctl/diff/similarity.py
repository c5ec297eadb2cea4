"""Similarity of texts and of JSON values: the share of words that they have in common."""

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
_MAX_WORDS = 128  # words kept per value: up to here similarity is exact, beyond it an estimate


class Fingerprint(NamedTuple):
    """The smallest hashes of a value's words (a bottom-k sketch).

    Because the hashes are the smallest, two values keep the same words of those that they share.
    `limit` is the largest hash up to which every word is included.
    """

    hashes: frozenset[int]
    ordered: tuple[int, ...]
    limit: float


def word_counts(text: str) -> Counter[str]:
    """Return how often each word and each other sign occurs in a text."""
    return Counter(_WORD.findall(text))


def text_similarity(left: Counter[str], right: Counter[str]) -> float:
    """Return the share of words that two texts have in common, 0 to 1, repetitions included."""
    few, many = sorted((left, right), key=len)
    common = sum(min(count, many[word]) for word, count in few.items() if word in many)
    total = left.total() + right.total() - common
    return common / total if total else 1.0


def similarity(left: Fingerprint, right: Fingerprint) -> float:
    """Return the share of distinct words that two values have in common, 0 to 1."""
    limit = min(left.limit, right.limit)
    common = len(left.hashes & right.hashes)
    total = bisect_right(left.ordered, limit) + bisect_right(right.ordered, limit) - common
    return common / total if total else 1.0


def fingerprint(text: str) -> Fingerprint:
    """Return the fingerprint of a text."""
    return _smallest(crc32(word.encode("utf-8", "surrogatepass")) for word in set(_WORD.findall(text)))


class Fingerprints:
    """The fingerprints of JSON values, each computed once, from those of the values inside it."""

    def __init__(self) -> None:
        self._cache: dict[int, tuple[Json, Fingerprint]] = {}

    def of(self, value: Json) -> Fingerprint:
        """Return the fingerprint of a value, keys of objects included."""
        if not isinstance(value, dict | list):
            return fingerprint(value if isinstance(value, str) else repr(value))
        cached = self._cache.get(id(value))
        if cached is None:
            keys = [fingerprint(key) for key in value] if isinstance(value, dict) else []
            items = value.values() if isinstance(value, dict) else value
            inner = (*keys, *(self.of(item) for item in items))
            every: set[int] = set().union(*(each.hashes for each in inner))
            # Keep the value, so that no other object can get its id.
            cached = self._cache[id(value)] = value, _smallest(every)
        return cached[1]


def _smallest(hashes: Iterable[int]) -> Fingerprint:
    found = set(hashes)
    ordered = tuple(sorted(found) if len(found) <= _MAX_WORDS else nsmallest(_MAX_WORDS, found))
    return Fingerprint(frozenset(ordered), ordered, inf if len(found) <= _MAX_WORDS else ordered[-1])
