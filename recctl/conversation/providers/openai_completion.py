"""OpenAI's older text completions, streamed or whole."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.content_parts import logprobs_of
from recctl.conversation.delta import Delta, Finish, Opened, Piece, Usage
from recctl.conversation.sse import item_by_item
from recctl.support.jsonvalue import JsonObject, as_int, as_list, as_object, as_str


def looks_like(data: JsonObject) -> bool:
    """Return whether data has choices with only a text."""
    return any("text" in as_object(choice) for choice in as_list(data.get("choices")))


def _read_chunk(data: JsonObject) -> Iterator[Delta]:
    for position, item in enumerate(as_list(data.get("choices"))):
        choice = as_object(item)
        number = as_int(choice.get("index"))
        index = position if number is None else number
        yield Opened(None, index)
        if text := as_str(choice.get("text")):
            yield Piece(text, "text", index)
        yield from logprobs_of(choice.get("logprobs"), index)
        if reason := as_str(choice.get("finish_reason")):
            yield Finish(reason, index)
    if usage := as_object(data.get("usage")):
        yield Usage(usage)


read = item_by_item(_read_chunk)
