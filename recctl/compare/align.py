"""Two lists laid side by side, so that one item more is one item more and not a change of all after it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TypeAlias

from recctl.jsonvalue import Json, as_object, as_str

# Positions of an item in the old and in the new list; None where it is in one only.
Pair: TypeAlias = tuple[int | None, int | None]

_SAME = 2.0  # worth more than any likeness: what is equal stays together
_NAMED = 1.5  # tools of one name, however much of them changed
_ALIKE = 0.1  # two items of one sort with no word in common: rather changed than replaced
_MOST_CELLS = 10_000  # pairs of items weighed one by one; longer lists are matched by equality first
_WORD = re.compile(r"\w+|[^\w\s]")


def align(old: Sequence[Json], new: Sequence[Json]) -> list[Pair]:
    """The items of two lists in pairs, in reading order; every item of either occurs once.

    Equal items pair first, then tools of one name, then those of one role or type that have most
    words in common. Turning the lists round turns the pairs round.
    """
    left, right = [spelled(item) for item in old], [spelled(item) for item in new]
    if left > right:
        # Ties could fall either way: always deciding them from one side makes it symmetric.
        return [(mine, yours) for yours, mine in _align(new, old, right, left)]
    return _align(old, new, left, right)


def spelled(value: Json) -> str:
    """A value as its JSON text, keys sorted: equal exactly where it is hashed alike."""
    return json.dumps(value, sort_keys=True)


def _align(old: Sequence[Json], new: Sequence[Json], left: list[str], right: list[str]) -> list[Pair]:
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and left[-1 - end] == right[-1 - end]:
        end += 1
    middle_old, middle_new = range(start, len(left) - end), range(start, len(right) - end)
    if len(middle_old) * len(middle_new) <= _MOST_CELLS:
        likeness = [
            [
                _SAME if left[i] == right[j] else _likeness(old[i], new[j], left[i], right[j])
                for j in middle_new
            ]
            for i in middle_old
        ]
        middle = _best_pairs(likeness, middle_old, middle_new)
    else:
        middle = _equal_pairs(left, right, middle_old, middle_new)
    head: list[Pair] = [(index, index) for index in range(start)]
    tail: list[Pair] = [(len(left) - back, len(right) - back) for back in range(end, 0, -1)]
    return head + middle + tail


def _best_pairs(likeness: Sequence[Sequence[float]], rows: range, columns: range) -> list[Pair]:
    """The alignment with the greatest likeness in all (Needleman and Wunsch, gaps cost nothing)."""
    best = [[0.0] * (len(columns) + 1) for _ in range(len(rows) + 1)]
    for i in range(len(rows) - 1, -1, -1):
        for j in range(len(columns) - 1, -1, -1):
            paired = best[i + 1][j + 1] + likeness[i][j] if likeness[i][j] else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs: list[Pair] = []
    i = j = 0
    while i < len(rows) and j < len(columns):
        if likeness[i][j] and best[i][j] == best[i + 1][j + 1] + likeness[i][j]:
            pairs.append((rows[i], columns[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((rows[i], None))
            i += 1
        else:
            pairs.append((None, columns[j]))
            j += 1
    return pairs + [(row, None) for row in rows[i:]] + [(None, column) for column in columns[j:]]


def _equal_pairs(left: list[str], right: list[str], rows: range, columns: range) -> list[Pair]:
    """For long lists: equal items pair, and what lies between them pairs by position."""
    matcher = SequenceMatcher(
        None, left[rows.start : rows.stop], right[columns.start : columns.stop], autojunk=False
    )
    pairs: list[Pair] = []
    for _, i, i_end, j, j_end in matcher.get_opcodes():
        shared = min(i_end - i, j_end - j)
        pairs += [(rows[i + step], columns[j + step]) for step in range(shared)]
        pairs += [(rows[step], None) for step in range(i + shared, i_end)]
        pairs += [(None, columns[step]) for step in range(j + shared, j_end)]
    return pairs


def _likeness(old: Json, new: Json, left: str, right: str) -> float:
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
    return _ALIKE + (1 - _ALIKE) * overlap(left, right)


def _name(item: Json) -> str | None:
    """The name of a tool or a tool call."""
    fields = as_object(item)
    return as_str(fields.get("name")) or as_str(as_object(fields.get("function")).get("name"))


def overlap(left: str, right: str) -> float:
    """The share of words that two texts have in common, 0 to 1, repeated words counted."""
    mine, yours = _words(left), _words(right)
    every = (mine | yours).total()
    return (mine & yours).total() / every if every else 1.0


@lru_cache(maxsize=4096)
def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text))
