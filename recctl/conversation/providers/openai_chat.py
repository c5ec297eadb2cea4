"""OpenAI chat completions, streamed or whole, and the many servers that imitate them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from recctl.conversation.content_parts import arguments_text, logprobs_of, pieces_of_content
from recctl.conversation.delta import LATEST, CallPart, Delta, Finish, Opened, Piece, Usage
from recctl.conversation.sse import item_by_item
from recctl.support.jsonvalue import JsonObject, as_int, as_list, as_object, as_str


def looks_like(data: JsonObject) -> bool:
    """Return whether data has choices with a message or a delta."""
    return any(
        "delta" in choice or "message" in choice for choice in map(as_object, as_list(data.get("choices")))
    )


def _read_chunk(data: JsonObject) -> Iterator[Delta]:
    for position, item in enumerate(as_list(data.get("choices"))):
        choice = as_object(item)
        index = as_int(choice.get("index"))
        yield from _read_choice(choice, position if index is None else index)
    if usage := as_object(data.get("usage")):
        yield Usage(usage)


def _read_choice(choice: JsonObject, index: int) -> Iterator[Delta]:
    streamed = isinstance(choice.get("delta"), dict)
    message = as_object(choice["delta"] if streamed else choice.get("message"))
    yield Opened(as_str(message.get("role")), index)
    # Servers use one key or the other; those that send both repeat the text.
    reasoning = as_str(message.get("reasoning_content")) or as_str(message.get("reasoning"))
    if reasoning:
        yield Piece(reasoning, "reasoning", index)
    has_text = False
    for piece in pieces_of_content(message.get("content"), index):
        has_text = has_text or piece.voice == "text"
        yield piece
    if not has_text and (legacy := as_str(choice.get("text"))):
        # One server sends its last chunk with the text field of a completion.
        yield Piece(legacy, "text", index)
    if refusal := as_str(message.get("refusal")):
        yield Piece(refusal, "refusal", index)
    yield from _read_calls(message, index, streamed)
    yield from logprobs_of(choice.get("logprobs"), index)
    if reason := as_str(choice.get("finish_reason")):
        yield Finish(reason, index)


def _read_calls(message: JsonObject, index: int, streamed: bool) -> Iterator[Delta]:
    for call in map(as_object, as_list(message.get("tool_calls"))):
        # Only parts of a stream are joined by index; in a complete message each is a call.
        slot = _slot(call) if streamed else None
        yield _call_part(as_str(call.get("id")), call.get("function") or call.get("custom"), index, slot)
    if legacy := as_object(message.get("function_call")):
        yield _call_part(None, legacy, index, "function_call")


def _slot(call: JsonObject) -> Hashable:
    number = as_int(call.get("index"))
    return number if number is not None else as_str(call.get("id")) or LATEST


def _call_part(call_id: str | None, function: object, index: int, slot: Hashable) -> CallPart:
    spec = as_object(function)
    arguments = spec.get("arguments", spec.get("input"))
    return CallPart(call_id, as_str(spec.get("name")), arguments_text(arguments), index, slot)


read = item_by_item(_read_chunk)
