"""Two JSON documents compared: what changed, where, in which order."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.diff.changes import Path, changes, format_path
from tests.diff.applying import applied, spelled
from tests.samples.builder import Data
from tests.samples.openai_parts import assistant, function_tool, user

Json = Any
Told = tuple[str, str, Json, Json]

HELLO, FERRY, TOLD = user("Hello."), user("When does the ferry leave?"), assistant("At nine.")
WEATHER = function_tool("get_weather", "The weather.", city="Which city.")
TIDE = function_tool("get_tide", "The tide.", harbour="Which harbour.")


def told(old: Json, new: Json) -> list[Told]:
    """The changes as rows: path, op, old, new."""
    return [(format_path(each.path), each.op, each.old, each.new) for each in changes(old, new)]


def calling(*calls: tuple[str, str]) -> Data:
    """A message of the model with tool calls."""
    made = [{"id": f"call_{name}", "function": {"name": name, "arguments": text}} for name, text in calls]
    return {"role": "assistant", "content": None, "tool_calls": made}


# ---- what counts as different

LEAVES: dict[str, tuple[Json, Json]] = {
    "one and one as a float": (1, 1.0),
    "true and one": (True, 1),
    "false and zero": (False, 0),
    "null and false": (None, False),
    "digits far behind": (0.1, 0.10000001),
    "the sign of zero": (-0.0, 0.0),
    "a number and its text": (1, "1"),
    "nothing in it": ("", None),
    "an empty list and object": ([], {}),
    "an empty list and null": ([], None),
    "nan and null": (float("nan"), None),
    "nan and infinity": (float("nan"), float("inf")),
    "integers past 64 bits": (2**80, 2**80 + 1),
    "a letter composed or not": ("\u00e9", "e\u0301"),
    "blanks": ("a b", "a  b"),
    "lone surrogates": ("\ud800", "\ud801"),
}


INSIDES: dict[str, Callable[[Json], Json]] = {
    "an object": lambda leaf: {"k": leaf},
    "an object in a list": lambda leaf: [{"k": leaf}],
    "nothing": lambda leaf: leaf,
}


@pytest.mark.parametrize("case", LEAVES)
@pytest.mark.parametrize("inside", INSIDES)
def test_leaves_that_differ(case: str, inside: str) -> None:
    old, new = (INSIDES[inside](leaf) for leaf in LEAVES[case])
    (found,) = changes(old, new)
    spellings = tuple(spelled(leaf) for leaf in LEAVES[case])
    assert (found.op, spelled(found.old), spelled(found.new)) == ("changed", *spellings)


@pytest.mark.parametrize("case", LEAVES)
def test_items_that_differ(case: str) -> None:
    """Items of one type are one item changed, others one that went and one that came."""
    old, new = LEAVES[case]
    found = changes(["x", old], ["x", new])
    numbers = isinstance(old, int | float) and isinstance(new, int | float)
    if numbers or type(old) is type(new):
        assert [(each.op, each.path) for each in found] == [("changed", (1,))]
    else:
        assert sorted((each.op, each.path) for each in found) == [("added", (1,)), ("removed", (1,))]


SAME: dict[str, tuple[Json, Json]] = {
    "nan": ({"k": float("nan")}, {"k": float("nan")}),
    "infinity": ([1e400, -1e400], [float("inf"), float("-inf")]),
    "keys in another order": ({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"d": 3, "c": 2}, "a": 1}),
    "items with keys in another order": ([{"a": 1, "b": 2}, 3], [{"b": 2, "a": 1}, 3]),
    "two orders of keys in turn": (
        [{"a": 1, "b": 2}, {"b": 2, "a": 1}] * 2,
        [{"b": 2, "a": 1}, {"a": 1, "b": 2}] * 2,
    ),
    "nothing": ({}, {}),
}


@pytest.mark.parametrize("case", SAME)
def test_documents_of_one_json_text_do_not_differ(case: str) -> None:
    old, new = SAME[case]
    assert spelled(old) == spelled(new)
    assert changes(old, new) == []


# ---- requests

REQUESTS: dict[str, tuple[Json, Json, list[Told]]] = {
    "an inserted message": (
        {"messages": [FERRY, TOLD]},
        {"messages": [HELLO, FERRY, TOLD]},
        [("messages[0]", "added", None, HELLO)],
    ),
    "a message between": (
        {"messages": [FERRY, HELLO]},
        {"messages": [FERRY, TOLD, HELLO]},
        [("messages[1]", "added", None, TOLD)],
    ),
    "a removed message": (
        {"messages": [HELLO, FERRY, TOLD]},
        {"messages": [HELLO, TOLD]},
        [("messages[1]", "removed", FERRY, None)],
    ),
    "a word": (
        {"messages": [HELLO, FERRY]},
        {"messages": [HELLO, user("When does the bus leave?")]},
        [("messages[1].content", "changed", FERRY["content"], "When does the bus leave?")],
    ),
    "another role": (
        {"messages": [user("Hello.")]},
        {"messages": [assistant("Hello.")]},
        [
            ("messages[0]", "removed", user("Hello."), None),
            ("messages[0]", "added", None, assistant("Hello.")),
        ],
    ),
    "arguments of a call": (
        {"messages": [FERRY, calling(("tide", "{}"), ("route", '{"to": "Aran"}'))]},
        {"messages": [FERRY, calling(("tide", "{}"), ("route", '{"to": "Bere"}'))]},
        [
            (
                "messages[1].tool_calls[1].function.arguments",
                "changed",
                '{"to": "Aran"}',
                '{"to": "Bere"}',
            )
        ],
    ),
    "one call more": (
        {"messages": [calling(("route", "{}"))]},
        {"messages": [calling(("tide", "{}"), ("route", "{}"))]},
        [("messages[0].tool_calls[0]", "added", None, calling(("tide", "{}"))["tool_calls"][0])],
    ),
    "a tool's schema": (
        {"tools": [TIDE, WEATHER]},
        {"tools": [TIDE, function_tool("get_weather", "The weather.", town="Which city.")]},
        [
            (
                "tools[1].function.parameters.properties.town",
                "added",
                None,
                {"type": "string", "description": "Which city."},
            ),
            (
                "tools[1].function.parameters.properties.city",
                "removed",
                {"type": "string", "description": "Which city."},
                None,
            ),
            ("tools[1].function.parameters.required[0]", "changed", "city", "town"),
        ],
    ),
    "an option set to null": ({"seed": None}, {}, [("seed", "removed", None, None)]),
    "the whole document": (1, "x", [("", "changed", 1, "x")]),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_requests(case: str) -> None:
    old, new, expected = REQUESTS[case]
    found = told(old, new)
    assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_a_moved_tool_leaves_one_place_and_comes_to_another() -> None:
    found = told({"tools": [WEATHER, TIDE, HELLO]}, {"tools": [HELLO, WEATHER, TIDE]})
    assert found == [("tools[0]", "added", None, HELLO), ("tools[2]", "removed", HELLO, None)]


def test_inputs_of_three_hundred_texts() -> None:
    texts = [f"The {number}th station." for number in range(300)]
    changed, more = [*texts], [*texts]
    changed[123] = "Another text"
    more.insert(123, "Another text")
    assert told(texts, changed) == [("[123]", "changed", texts[123], "Another text")]
    assert told(texts, more) == [("[123]", "added", None, "Another text")]


# ---- paths and their order

PATHS: dict[str, tuple[Path, str]] = {
    "the whole": ((), ""),
    "keys and positions": (("body", "messages", 1, "content"), "body.messages[1].content"),
    "dashes and digits": (("x-y", "_z1"), "x-y._z1"),
    "a blank": (("a b", "c"), '["a b"].c'),
    "empty": (("a", ""), 'a[""]'),
    "a dot": (("a.b",), '["a.b"]'),
    "digits": (("a", "0"), 'a["0"]'),
    "a quote": (('a"b',), '["a\\"b"]'),
    "a line break": (("a\n",), '["a\\n"]'),
    "brackets": (("a[0]",), '["a[0]"]'),
    "position first": ((0, "a"), "[0].a"),
}


@pytest.mark.parametrize("case", PATHS)
def test_paths_as_text(case: str) -> None:
    path, text = PATHS[case]
    assert format_path(path) == text


def test_changes_come_in_reading_order() -> None:
    old = {"z": 1, "list": [*range(12)], "a": {"y": 1, "b": 1}, "gone": 0}
    new = {"z": 2, "new": 0, "list": [*range(2), 20, *range(3, 11), 20], "a": {"y": 2, "b": 2}}
    paths = ["z", "new", "list[2]", "list[11]", "a.y", "a.b", "gone"]
    assert [path for path, *_ in told(old, new)] == paths


def test_a_key_that_comes_first_is_told_first() -> None:
    assert [path for path, *_ in told({"a": 1}, {"new": 1, "a": 2})] == ["new", "a"]


# ---- any two documents

_few = st.recursive(
    st.sampled_from([None, True, 1, 1.0, -0.0, 0.0, "", "red boat", "blue boat", "red ship"]),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["role", "name", "type", "content", "a b"]), inner, max_size=4)
    ),
    max_leaves=25,
)
_any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)
# Of few words, so that most pairs have much in common; and of anything.
_pairs = st.tuples(_few, _few) | st.tuples(_any, _any)


@given(_few | _any)
def test_a_document_does_not_differ_from_itself(document: Json) -> None:
    assert changes(document, copy.deepcopy(document)) == []


@pytest.mark.promise("The changes of a diff make the new document of the old")
@given(_pairs)
def test_the_changes_make_the_new_document_of_the_old(pair: tuple[Json, Json]) -> None:
    old, new = pair
    assert spelled(applied(old, changes(old, new))) == spelled(new)


@given(_pairs)
def test_documents_that_differ_have_changes(pair: tuple[Json, Json]) -> None:
    old, new = pair
    assert bool(changes(old, new)) == (spelled(old) != spelled(new))


@given(_pairs)
def test_added_and_removed_change_places_with_the_documents(pair: tuple[Json, Json]) -> None:
    there, back = changes(*pair), changes(*reversed(pair))
    swapped = {"added": "removed", "removed": "added", "changed": "changed"}
    forth = Counter((swapped[each.op], spelled(each.new), spelled(each.old)) for each in there)
    assert forth == Counter((each.op, spelled(each.old), spelled(each.new)) for each in back)


@given(_pairs)
def test_no_two_changes_are_in_one_place(pair: tuple[Json, Json]) -> None:
    found = changes(*pair)
    # Additions count by the new list's positions, all else by the old one's.
    places = [(each.op == "added", format_path(each.path)) for each in found]
    assert len(places) == len(set(places))
    assert len(found) == len({(each.op == "added", each.path) for each in found})


@given(_pairs)
def test_no_change_is_inside_another(pair: tuple[Json, Json]) -> None:
    paths = [each.path for each in changes(*pair) if each.op != "added"]
    inside = [(one, two) for one in paths for two in paths if one != two and two[: len(one)] == one]
    assert inside == []
