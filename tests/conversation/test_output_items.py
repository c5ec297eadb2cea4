"""Streams of Responses that repeat themselves, consistently or not: every word counts once.

One answer of six items, sent in deltas, ends of parts, ends of items and the last response, is changed
in the ways in which real servers differ. What comes out must be what the last response says.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import combinations

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import ToolCall
from recctl.support.jsonvalue import Json, JsonObject

Events = list[JsonObject]


def text(words: str) -> JsonObject:
    return {"type": "output_text", "text": words, "annotations": []}


def thought(words: str) -> JsonObject:
    return {"type": "summary_text", "text": words}


OUTPUT: list[JsonObject] = [
    {"type": "reasoning", "id": "rs_1", "summary": [thought("Asking"), thought(" first.")]},
    {"type": "web_search_call", "id": "ws_1", "status": "completed"},
    {"type": "message", "id": "msg_1", "role": "assistant", "content": [text("Rain, "), text("then sun.")]},
    {"type": "message", "id": "msg_2", "role": "assistant", "content": [text("Rain, ")]},
    {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "look", "arguments": '{"x": 1}'},
    {"type": "function_call", "id": "fc_2", "call_id": "call_2", "name": "look", "arguments": '{"x": 1}'},
]
CALLS = (ToolCall("call_1", "look", '{"x": 1}'), ToolCall("call_2", "look", '{"x": 1}'))


def parts(item: JsonObject, index: int) -> Iterator[JsonObject]:
    """The events between the start and the end of an item."""
    place = {"output_index": index, "item_id": item["id"]}
    kinds = {
        "summary": ("reasoning_summary_text", "summary_index"),
        "content": ("output_text", "content_index"),
    }
    for key, (kind, counter) in kinds.items():
        for number, part in enumerate(item.get(key, [])):
            at = {**place, counter: number}
            half = len(part["text"]) // 2
            yield {"type": f"response.{kind}.delta", **at, "delta": part["text"][:half]}
            yield {"type": f"response.{kind}.delta", **at, "delta": part["text"][half:]}
            yield {"type": f"response.{kind}.done", **at, "text": part["text"]}
            yield {"type": "response.content_part.done", **at, "part": part}
    if "arguments" in item:
        for piece in (item["arguments"][:3], item["arguments"][3:]):
            yield {"type": "response.function_call_arguments.delta", **place, "delta": piece}
        yield {"type": "response.function_call_arguments.done", **place, "arguments": item["arguments"]}


def events() -> Events:
    stream: Events = [{"type": "response.created", "response": {"object": "response", "output": []}}]
    for index, item in enumerate(OUTPUT):
        empty = {
            key: type(value)() if key in ("summary", "content", "arguments") else value
            for key, value in item.items()
        }
        stream.append({"type": "response.output_item.added", "output_index": index, "item": empty})
        stream += parts(item, index)
        stream.append({"type": "response.output_item.done", "output_index": index, "item": item})
    stream.append(
        {
            "type": "response.completed",
            "response": {"object": "response", "status": "completed", "output": OUTPUT},
        }
    )
    return [copy.deepcopy(event) for event in stream]  # each its own: changes touch one event


def items_of(event: JsonObject) -> list[JsonObject]:
    return [*([event["item"]] if "item" in event else []), *event.get("response", {}).get("output", [])]


# ---- what servers do otherwise


def parts_from_one(stream: Events) -> Events:
    """Deltas count the parts from 1, the end from 0."""
    return [
        {**event, "content_index": event["content_index"] + 1} if "content_index" in event else event
        for event in stream
    ]


def items_from_one(stream: Events) -> Events:
    return [
        {**event, "output_index": event["output_index"] + 1} if "output_index" in event else event
        for event in stream
    ]


def one_index_for_deltas(stream: Events) -> Events:
    return [
        event if "item" in event or "output_index" not in event else {**event, "output_index": 0}
        for event in stream
    ]


def one_index_for_everything(stream: Events) -> Events:
    return [{**event, "output_index": 0} if "output_index" in event else event for event in stream]


def other_ids_in_each_event(stream: Events) -> Events:
    for number, event in enumerate(stream):
        if "item_id" in event:
            event["item_id"] = f"{event['item_id']}-{number}"
        for item in items_of(event):
            item["id"] = f"{item['id']}-{number}"
    return stream


def no_ids(stream: Events) -> Events:
    for event in stream:
        event.pop("item_id", None)
        for item in items_of(event):
            del item["id"]
    return stream


def one_id_for_all(stream: Events) -> Events:
    for event in stream:
        if "item_id" in event:
            event["item_id"] = "msg"
        for item in items_of(event):
            item["id"] = "msg"
    return stream


def no_reasoning_at_the_end(stream: Events) -> Events:
    stream[-1]["response"]["output"] = [
        item for item in stream[-1]["response"]["output"] if item["type"] != "reasoning"
    ]
    return stream


def without(*endings: str) -> Callable[[Events], Events]:
    return lambda stream: [event for event in stream if not event["type"].endswith(endings)]


CHANGES: dict[str, Callable[[Events], Events]] = {
    "as it should be": lambda stream: stream,
    "parts counted from 1": parts_from_one,
    "items counted from 1": items_from_one,
    "one index for all deltas": one_index_for_deltas,
    "one index for everything": one_index_for_everything,
    "other ids in each event": other_ids_in_each_event,
    "no ids": no_ids,
    "one id for all": one_id_for_all,
    "no reasoning at the end": no_reasoning_at_the_end,
    "no starts": without(".added"),
    "no deltas": without(".delta"),
    "no ends of parts": without("text.done", "arguments.done", "part.done"),
    "no ends of items": without("item.done"),
    "no end": without(".completed"),
}
# Together these leave no way to know which item a piece belongs to, or leave words out.
HOPELESS = [
    {"one index for all deltas", "no starts"},
]


@pytest.mark.parametrize(
    "names",
    [(name,) for name in CHANGES]
    + [pair for pair in combinations(list(CHANGES)[1:], 2) if set(pair) not in HOPELESS],
    ids=" and ".join,
)
def test_every_word_counts_once(names: tuple[str, ...]) -> None:
    stream = events()
    for name in names:
        stream = CHANGES[name](stream)
    (choice,) = assemble(stream).choices
    assert (choice.text, choice.reasoning) == ("Rain, then sun.Rain, ", "Asking first.")
    assert choice.tool_calls == CALLS


@pytest.mark.parametrize("end", ["text.done", "content_part.done", "item.done", ".completed"])
@pytest.mark.parametrize("cut", [1, 4, 6])
def test_the_end_brings_what_the_deltas_left_out(end: str, cut: int) -> None:
    message = {**OUTPUT[2], "content": [text("Rain, then sun.")]}
    all_events = [
        {
            "type": "response.output_text.delta",
            "output_index": 0,
            "content_index": 1,
            "delta": "Rain, then sun."[:cut],
        },
        {
            "type": "response.output_text.done",
            "output_index": 0,
            "content_index": 0,
            "text": "Rain, then sun.",
        },
        {
            "type": "response.content_part.done",
            "output_index": 0,
            "content_index": 0,
            "part": message["content"][0],
        },
        {"type": "response.output_item.done", "output_index": 0, "item": message},
        {"type": "response.completed", "response": {"object": "response", "output": [message]}},
    ]
    stream: list[Json] = [event for event in all_events if event["type"].endswith((".delta", end))]
    assert [choice.text for choice in assemble(stream).choices] == ["Rain, then sun."]


def test_where_the_end_differs_the_words_of_the_stream_stand() -> None:
    message = {**OUTPUT[2], "content": [text("rain.")]}
    stream: list[Json] = [
        {"type": "response.output_text.delta", "output_index": 0, "content_index": 0, "delta": "Rain. "},
        {"type": "response.completed", "response": {"object": "response", "output": [message]}},
    ]
    assert [choice.text for choice in assemble(stream).choices] == ["Rain. "]


# ---- one thing at a time


def delta(words: str, number: int = 0, **place: Json) -> JsonObject:
    return {"type": "response.output_text.delta", "content_index": number, "delta": words, **place}


def done(words: str, number: int = 0) -> JsonObject:
    return {"type": "response.output_text.done", "output_index": 0, "content_index": number, "text": words}


def message(*texts: str) -> JsonObject:
    return {"type": "message", "role": "assistant", "content": [text(each) for each in texts]}


def last(*output: JsonObject) -> JsonObject:
    return {"type": "response.completed", "response": {"object": "response", "output": list(output)}}


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        pytest.param(
            [delta("Rain."), delta(" Sun."), last(message("Rain."), message(" Sun."))],
            "Rain. Sun.",
            id="deltas without indexes or ids, two messages at the end",
        ),
        pytest.param(
            [done("Ha. ", 0), done("Ha. ", 1)],
            "Ha. Ha. ",
            id="the same words twice, without deltas",
        ),
        pytest.param(
            [delta("then sun.", 2), last(message("Rain, ", "then sun."))],
            "Rain, then sun.",
            id="a part lost, the other under another number",
        ),
        pytest.param(
            [delta("then ", 2), delta("sun.", 3), last(message("Rain, ", "then ", "sun."))],
            "Rain, then sun.",
            id="a part lost, the others under other numbers",
        ),
        pytest.param(
            [delta("then", 2), last(message("Rain, then sun."))],
            "then",
            id="the beginning lost: the stream stands",
        ),
        pytest.param(
            [
                delta("Rain", output_index=0),
                delta("Rain, then sun.", output_index=1),
                last(message("Rain, then sun.")),
            ],
            "RainRain, then sun.",
            id="the end leaves a message out",
        ),
        pytest.param(
            [delta("Rain, ", output_index=1), last(message("Rain, then sun."))],
            "Rain, then sun.",
            id="cut deltas at another index",
        ),
    ],
)
def test_words(stream: list[Json], words: str) -> None:
    assert [choice.text for choice in assemble(stream).choices] == [words]
