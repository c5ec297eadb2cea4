"""Anthropic Messages: the event stream and the whole message."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.content_parts import arguments_text
from recctl.conversation.delta import CallPart, Delta, Finish, Opened, Piece, Usage
from recctl.conversation.sse import item_by_item
from recctl.support.jsonvalue import JsonObject, as_int, as_list, as_object, as_str

_EVENTS = frozenset(
    {
        "message_start",
        "message_delta",
        "message_stop",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "ping",
    }
)


def looks_like(data: JsonObject) -> bool:
    """Return whether data is a message, or an event of its stream."""
    return as_str(data.get("type")) in _EVENTS or (data.get("type") == "message" and "content" in data)


def _read(data: JsonObject) -> Iterator[Delta]:
    kind = data.get("type")
    block = as_int(data.get("index")) or 0
    if kind == "message":
        yield from _read_message(data)
    elif kind == "message_start":
        yield from _read_message(as_object(data.get("message")))
    elif kind == "content_block_start":
        yield from _read_block(as_object(data.get("content_block")), block, starts=True)
    elif kind == "content_block_delta":
        yield from _read_delta(as_object(data.get("delta")), block)
    elif kind == "message_delta":
        yield from _ending(as_object(data.get("delta")))
        yield from _usage(data)


def _read_message(message: JsonObject) -> Iterator[Delta]:
    yield Opened(as_str(message.get("role")))
    content = message.get("content")
    if isinstance(content, str):
        yield Piece(content)
    for block, part in enumerate(as_list(content)):
        yield from _read_block(as_object(part), block)
    yield from _ending(message)
    yield from _usage(message)


def _read_block(part: JsonObject, block: int, starts: bool = False) -> Iterator[Delta]:
    kind = as_str(part.get("type")) or ""
    if kind == "text":
        yield Piece(as_str(part.get("text")) or "", "text", block=(block,))
    elif kind == "thinking":
        yield Piece(as_str(part.get("thinking")) or "", "reasoning", block=(block,))
    elif kind.endswith("tool_use"):
        arguments_sent = part.get("input")
        # At the start of a streamed block `input` is a placeholder; the deltas bring the real one.
        arguments = "" if starts and not arguments_sent else arguments_text(arguments_sent)
        yield CallPart(as_str(part.get("id")), as_str(part.get("name")), arguments, slot=block)


def _read_delta(delta: JsonObject, block: int) -> Iterator[Delta]:
    kind = delta.get("type")
    if kind == "text_delta":
        yield Piece(as_str(delta.get("text")) or "", "text", block=(block,))
    elif kind == "thinking_delta":
        yield Piece(as_str(delta.get("thinking")) or "", "reasoning", block=(block,))
    elif kind == "input_json_delta":
        yield CallPart(arguments=as_str(delta.get("partial_json")) or "", slot=block)


def _ending(fields: JsonObject) -> Iterator[Delta]:
    if reason := as_str(fields.get("stop_reason")):
        yield Finish(reason)


def _usage(fields: JsonObject) -> Iterator[Delta]:
    # The first event has the input's count, the last one the output's.
    if usage := as_object(fields.get("usage")):
        yield Usage(usage, merge=True)


read = item_by_item(_read)
