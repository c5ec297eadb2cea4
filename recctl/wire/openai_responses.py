"""OpenAI Responses: the event stream and the whole Response object.

Written from the published API; no real recording of it has been found yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from recctl.jsonvalue import Json, JsonObject, as_int, as_list, as_object, as_str
from recctl.transcript import Failure
from recctl.wire.content import arguments_text, text_of
from recctl.wire.delta import (
    Block,
    CallPart,
    Delta,
    Failed,
    Finish,
    Opened,
    Piece,
    Usage,
    Voice,
)
from recctl.wire.sse import data_of

# Event type → whose words its `delta` (or, at the end, its repeated whole) carries.
_PARTS: dict[str, Voice] = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "refusal",
    "response.reasoning.delta": "reasoning",
    "response.reasoning_text.delta": "reasoning",
    "response.reasoning_summary.delta": "reasoning",
    "response.reasoning_summary_text.delta": "reasoning",
}
_WHOLES: dict[str, tuple[Voice, str]] = {
    "response.output_text.done": ("text", "text"),
    "response.refusal.done": ("refusal", "refusal"),
    "response.reasoning_text.done": ("reasoning", "text"),
    "response.reasoning_summary_text.done": ("reasoning", "text"),
}
_ENDS = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})


def looks_like(data: JsonObject) -> bool:
    """A `response.…` event, or the Response object itself."""
    kind = data.get("type")
    return data.get("object") == "response" or (isinstance(kind, str) and kind.startswith("response."))


# Ids of output items → their positions in the stream. The response that ends a stream may leave
# some items out, so that its own positions are others.
Places: TypeAlias = dict[str, int]


def read(items: Sequence[Json]) -> Iterator[tuple[int, Delta]]:
    """Each delta with the position of its item: the events of a stream, or the one response."""
    places: Places = {}
    for position, data in data_of(items):
        _note_place(data, places)
        for delta in _read(data, places):
            yield position, delta


def _note_place(data: JsonObject, places: Places) -> None:
    item_id = as_str(data.get("item_id")) or as_str(as_object(data.get("item")).get("id"))
    if item_id and as_int(data.get("output_index")) is not None:
        places[item_id] = _output_index(data)


def _read(data: JsonObject, places: Places) -> Iterator[Delta]:
    kind = as_str(data.get("type")) or ""
    if data.get("object") == "response":
        yield from _read_response(data, places)
    elif kind in _PARTS:
        yield Piece(as_str(data.get("delta")) or "", _PARTS[kind], block=_block(data))
    elif kind in _WHOLES:
        voice, key = _WHOLES[kind]
        yield Piece(as_str(data.get(key)) or "", voice, block=_block(data), whole=True)
    elif kind in ("response.function_call_arguments.delta", "response.custom_tool_call_input.delta"):
        yield CallPart(arguments=arguments_text(data.get("delta")), slot=_output_index(data))
    elif kind == "response.function_call_arguments.done":
        arguments = arguments_text(data.get("arguments"))
        yield CallPart(
            name=as_str(data.get("name")), arguments=arguments, slot=_output_index(data), whole=True
        )
    elif kind in ("response.output_item.added", "response.output_item.done"):
        yield from _read_item(as_object(data.get("item")), _output_index(data))
    elif kind in _ENDS:
        yield from _read_response(as_object(data.get("response")), places)


def _read_response(response: JsonObject, places: Places) -> Iterator[Delta]:
    for position, item in enumerate(map(as_object, as_list(response.get("output")))):
        place = places.get(as_str(item.get("id")) or "", position)
        yield from _read_item(item, place)
    if error := as_object(response.get("error")):
        yield Failed(_failure(error))
    incomplete = as_object(response.get("incomplete_details"))
    if reason := as_str(incomplete.get("reason")) or as_str(response.get("status")):
        yield Finish(reason)
    if usage := as_object(response.get("usage")):
        yield Usage(usage)


def _read_item(item: JsonObject, position: int) -> Iterator[Delta]:
    """One output item, whole: in a stream it comes after its parts and repeats them."""
    kind = item.get("type")
    if kind == "message":
        yield Opened(as_str(item.get("role")))
        for number, part in enumerate(map(as_object, as_list(item.get("content")))):
            yield from _wholes(part, (position, number))
    elif kind == "reasoning":
        for number, part in enumerate(as_list(item.get("summary")) or as_list(item.get("content"))):
            yield Piece(text_of(part), "reasoning", block=(position, number), whole=True)
    elif kind in ("function_call", "custom_tool_call", "mcp_call"):
        call_id = as_str(item.get("call_id")) or as_str(item.get("id"))
        arguments = arguments_text(item.get("arguments", item.get("input")))
        yield CallPart(call_id, as_str(item.get("name")), arguments, slot=position, whole=True)


def _wholes(part: JsonObject, block: Block) -> Iterator[Delta]:
    for key, voice in (("text", "text"), ("refusal", "refusal")):
        if said := as_str(part.get(key)):
            yield Piece(said, "refusal" if voice == "refusal" else "text", block=block, whole=True)


def _output_index(data: JsonObject) -> int:
    return as_int(data.get("output_index")) or 0


def _block(data: JsonObject) -> Block:
    inner = as_int(data.get("content_index"))
    if inner is None:
        inner = as_int(data.get("summary_index"))
    return (_output_index(data), inner or 0)


def _failure(error: Json) -> Failure:
    fields = as_object(error)
    return Failure(as_str(fields.get("code")), as_str(fields.get("message")), body=error)
