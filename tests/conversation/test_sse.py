"""Server-sent events whose empty lines were dropped: data that is JSON by itself ends an event."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from hypothesis import example, given
from hypothesis import strategies as st

from recctl.conversation.sse import events

lines = st.sampled_from(
    [
        *("", "data:", "data: ", "event: a", "data: {}", "data: []", "data: 1", 'data: "x"', "data: [DONE]"),
        *("data: {", "data: }", 'data: "a": 1', 'data: {"a": "', 'data: "}', "data: [", "data: ]", "data: x"),
        *('data: "\\\\"', 'data: {"a": "\\\\"', 'data: {"a": "}"}', "data: NaN", "data:  ", "data: ,"),
    ]
)


def expected(items: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    """The events, found by trying whether all data so far is JSON before each further line of data."""
    name, data = None, list[str]()
    for item in items:
        field, _, value = item.partition(":")
        if data and (not item or field == "event" or (field == "data" and is_json("\n".join(data)))):
            yield name, "\n".join(data)
            name, data = None, []
        if field == "event":
            name = value.removeprefix(" ")
        elif field == "data":
            data.append(value.removeprefix(" "))
    if data:
        yield name, "\n".join(data)


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@given(st.lists(lines, max_size=12))
@example(["data: {", 'data: "a": "}"', "data: }", "data: {}"])
@example(["data:", "data: {}", "data: 1"])
def test_events_end_where_their_data_is_json(items: list[str]) -> None:
    found = [(event.name, event.data) for event in events(items)]
    assert found == list(expected(items))
