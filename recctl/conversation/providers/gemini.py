"""Gemini generateContent, with the SDK's names (snake case) and those of the wire (camel case)."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.content_parts import arguments_text
from recctl.conversation.delta import CallPart, Delta, Failed, Finish, Logprobs, Opened, Piece, Usage
from recctl.conversation.sse import item_by_item
from recctl.conversation.transcript import Failure
from recctl.support.jsonvalue import Json, JsonObject, as_int, as_list, as_object, as_str

_KEYS = ("candidates", "prompt_feedback", "promptFeedback")
# Keys of other resources of this API that count tokens too: embeddings, cached contents, files, batches.
_KEYS_OF_OTHERS = ("name", "embedding", "embeddings", "predictions", "totalTokens", "total_tokens")
# Finish reasons by number, the same in all of Google's APIs.
_REASONS = {1: "STOP", 2: "MAX_TOKENS", 3: "SAFETY", 4: "RECITATION", 5: "OTHER"}


def looks_like(data: JsonObject) -> bool:
    """Return whether data has candidates, or the keys of a chunk without candidates."""
    if any(key in data for key in _KEYS):
        return True
    counts = "usage_metadata" in data or "usageMetadata" in data
    return counts and not any(key in data for key in _KEYS_OF_OTHERS)


def _read_chunk(data: JsonObject) -> Iterator[Delta]:
    for position, item in enumerate(as_list(data.get("candidates"))):
        candidate = as_object(item)
        number = as_int(candidate.get("index"))
        yield from _read_candidate(candidate, position if number is None else number)
    feedback = as_object(either(data, "prompt_feedback", "promptFeedback"))
    if reason := as_str(either(feedback, "block_reason", "blockReason")):
        message = as_str(either(feedback, "block_reason_message", "blockReasonMessage"))
        yield Failed(Failure(reason, message or "the prompt was blocked", body=feedback))
    if usage := as_object(either(data, "usage_metadata", "usageMetadata")):
        yield Usage(usage)


def _read_candidate(candidate: JsonObject, index: int) -> Iterator[Delta]:
    content = as_object(candidate.get("content"))
    yield Opened(as_str(content.get("role")), index)
    for part in map(as_object, as_list(content.get("parts"))):
        if text := as_str(part.get("text")):
            yield Piece(text, "reasoning" if part.get("thought") is True else "text", index)
        if call := as_object(either(part, "function_call", "functionCall")):
            # A call without arguments lacks `args`.
            arguments = arguments_text(call.get("args") or {})
            yield CallPart(as_str(call.get("id")), as_str(call.get("name")), arguments, index)
    if reason := _reason(either(candidate, "finish_reason", "finishReason")):
        yield Finish(reason, index)
    if logprobs := as_object(either(candidate, "logprobs_result", "logprobsResult")):
        yield Logprobs(logprobs, index)


def _reason(value: Json) -> str | None:
    """Return the name of a finish reason; some clients print its number."""
    number = as_int(value)
    return as_str(value) if number is None else _REASONS.get(number, str(number) if number else None)


def either(data: JsonObject, snake: str, camel: str) -> Json:
    """Return the value of a field under the SDK's name, else under that of the wire."""
    return data[snake] if data.get(snake) is not None else data.get(camel)


read = item_by_item(_read_chunk)
