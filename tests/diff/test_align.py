"""Lists side by side: one item more is one item more."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.diff.align import Pair, align
from tests.samples.openai_parts import assistant, function_tool, user

Items = list[Any]

HELLO, FERRY, TRAIN = user("Hello there."), user("When does the ferry leave?"), user("And the last train?")
TOLD = assistant("The ferry leaves at nine in the morning.")
WEATHER = function_tool("get_weather", "The weather in a city.", city="Which city.")
WEATHER_ANEW = function_tool("get_weather", "Forecast, hour by hour.", place="Where", hours="How many")
TIDE = function_tool("get_tide", "The weather in a city.", city="Which city.")
ROUTE = function_tool("get_route", "The way from here to there.", start="From", end="To")

CASES: dict[str, tuple[Items, Items, list[Pair]]] = {
    "both empty": ([], [], []),
    "all new": ([], [1, 2], [(None, 0), (None, 1)]),
    "all gone": (["a", "b"], [], [(0, None), (1, None)]),
    "the same": ([HELLO, TOLD], [HELLO, TOLD], [(0, 0), (1, 1)]),
    "one in front": ([FERRY, TOLD], [HELLO, FERRY, TOLD], [(None, 0), (0, 1), (1, 2)]),
    "one between": ([FERRY, TRAIN], [FERRY, TOLD, TRAIN], [(0, 0), (None, 1), (1, 2)]),
    "one behind": ([FERRY, TOLD], [FERRY, TOLD, TRAIN], [(0, 0), (1, 1), (None, 2)]),
    "first gone": ([HELLO, FERRY, TOLD], [FERRY, TOLD], [(0, None), (1, 0), (2, 1)]),
    "a word changed": ([HELLO, FERRY], [HELLO, user("When does the bus leave?")], [(0, 0), (1, 1)]),
    "a word changed after one more": (
        [FERRY, TOLD],
        [HELLO, user("When does the bus leave?"), TOLD],
        [(None, 0), (0, 1), (1, 2)],
    ),
    "another role": ([user("Hello.")], [assistant("Hello.")], [(0, None), (None, 0)]),
    "another type": (
        [{"type": "text", "text": "Hello."}],
        [{"type": "input_text", "text": "Hello."}],
        [(0, None), (None, 0)],
    ),
    "a tool changed a lot": ([WEATHER, ROUTE], [WEATHER_ANEW, ROUTE], [(0, 0), (1, 1)]),
    "a tool renamed": ([WEATHER], [TIDE], [(0, None), (None, 0)]),
    "a changed tool after one more of the old text": (
        [WEATHER],
        [TIDE, WEATHER_ANEW],
        [(None, 0), (0, 1)],
    ),
    "the last tool moved to the front": (
        [WEATHER, TIDE, ROUTE],
        [ROUTE, WEATHER, TIDE],
        [(None, 0), (0, 1), (1, 2), (2, None)],
    ),
    "tools named at the top": (
        [{"name": "a", "input": 1}, {"name": "b", "input": 1}],
        [{"name": "b", "input": 2}],
        [(0, None), (1, 0)],
    ),
    "numbers pair by position": ([1, 2, 3], [1, 7.5, 3], [(0, 0), (1, 1), (2, 2)]),
    "one and one as a float": ([1, "x"], [1.0, "x"], [(0, 0), (1, 1)]),
    "true and one": ([True, "x"], [1, "x"], [(0, 0), (1, 1)]),
    "a number and its text": ([1], ["1"], [(0, None), (None, 0)]),
    "lists in lists": ([[1], [2, 3]], [[2, 3]], [(0, None), (1, 0)]),
}


@pytest.mark.parametrize("case", CASES)
def test_pairs(case: str) -> None:
    old, new, pairs = CASES[case]
    # Of what is in one list only, either may come first.
    assert sorted(align(old, new), key=str) == sorted(pairs, key=str)


@pytest.mark.parametrize("case", CASES)
def test_pairs_turn_round_with_the_lists(case: str) -> None:
    old, new, pairs = CASES[case]
    found = align(new, old)
    assert sorted(found, key=str) == sorted(((right, left) for left, right in pairs), key=str)


# ---- long lists, too long to weigh every pair

TEXTS = [f"The {number}th station on the way." for number in range(300)]


def test_one_changed_of_three_hundred() -> None:
    changed = [*TEXTS[:150], "Nothing like it", *TEXTS[151:]]
    assert align(TEXTS, changed) == [(index, index) for index in range(300)]


@pytest.mark.parametrize("place", [0, 1, 150, 299, 300])
def test_one_more_than_three_hundred(place: int) -> None:
    more = [*TEXTS[:place], "Nothing like it", *TEXTS[place:]]
    pairs = align(TEXTS, more)
    assert [pair for pair in pairs if None in pair] == [(None, place)]
    assert [pair for pair in pairs if None not in pair] == [
        (index, index + (index >= place)) for index in range(300)
    ]


def test_changes_at_both_ends_of_three_hundred() -> None:
    changed = ["Another start", *TEXTS[1:150], "One more", *TEXTS[150:-1], "Another end"]
    pairs = align(TEXTS, changed)
    assert [pair for pair in pairs if None in pair] == [(None, 150)]
    assert (pairs[0], pairs[-1]) == ((0, 0), (299, 300))


# ---- whatever the lists hold

_leaves = st.sampled_from([None, True, 1, 1.0, "red", "red boat", "blue boat", HELLO, TOLD, WEATHER, TIDE])
_lists = st.lists(st.one_of(_leaves, st.lists(_leaves, max_size=3)), max_size=8)


@given(_lists, _lists)
def test_every_item_is_there_once_and_in_order(old: Items, new: Items) -> None:
    pairs = align(old, new)
    assert [left for left, _ in pairs if left is not None] == list(range(len(old)))
    assert [right for _, right in pairs if right is not None] == list(range(len(new)))
    assert (None, None) not in pairs


@given(_lists, _lists)
def test_turned_round_lists_give_turned_round_pairs(old: Items, new: Items) -> None:
    paired = {pair for pair in align(old, new) if None not in pair}
    assert {(left, right) for right, left in align(new, old) if None not in (left, right)} == paired
