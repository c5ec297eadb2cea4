"""Bedrock Converse: the events of its stream as objects with one key each, and the whole answer."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.content_parts import arguments_text
from recctl.conversation.delta import CallPart, Delta, Finish, Opened, Piece, Usage
from recctl.conversation.sse import item_by_item
from recctl.support.jsonvalue import JsonObject, as_int, as_list, as_object, as_str

_EVENTS = ("messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop")


def looks_like(data: JsonObject) -> bool:
    """Return whether data is an answer with a message in `output`, or an event of the stream."""
    return "message" in as_object(data.get("output")) or any(
        isinstance(data.get(key), dict) for key in _EVENTS
    )


def _read(data: JsonObject) -> Iterator[Delta]:
    if "output" in data:
        yield from _read_message(as_object(as_object(data["output"]).get("message")))
    if started := as_object(data.get("messageStart")):
        yield Opened(as_str(started.get("role")))
    for key, inner in (("contentBlockStart", "start"), ("contentBlockDelta", "delta")):
        if event := as_object(data.get(key)):
            yield from _read_block(as_object(event.get(inner)), as_int(event.get("contentBlockIndex")) or 0)
    for ending in (data, as_object(data.get("messageStop"))):
        if reason := as_str(ending.get("stopReason")):
            yield Finish(reason)
    for counted in (data, as_object(data.get("metadata"))):
        if usage := as_object(counted.get("usage")):
            yield Usage(usage)


def _read_message(message: JsonObject) -> Iterator[Delta]:
    yield Opened(as_str(message.get("role")))
    for number, block in enumerate(map(as_object, as_list(message.get("content")))):
        yield from _read_block(block, number)


def _read_block(block: JsonObject, number: int) -> Iterator[Delta]:
    """Yield a block of content, or what an event adds to one; a complete block nests reasoning deeper."""
    if text := as_str(block.get("text")):
        yield Piece(text, block=(number,))
    thought = as_object(block.get("reasoningContent"))
    if text := as_str(thought.get("text")) or as_str(as_object(thought.get("reasoningText")).get("text")):
        yield Piece(text, "reasoning", block=(number,))
    if call := as_object(block.get("toolUse")):
        arguments = arguments_text(call.get("input"))
        yield CallPart(as_str(call.get("toolUseId")), as_str(call.get("name")), arguments, slot=number)


read = item_by_item(_read)
