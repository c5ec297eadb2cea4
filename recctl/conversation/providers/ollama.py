"""Ollama's own API: generate and chat, streamed or whole, and the progress of a pull."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.content_parts import arguments_text, logprobs_of
from recctl.conversation.delta import CallPart, Delta, Finish, Opened, Piece, Usage
from recctl.conversation.sse import item_by_item
from recctl.support.jsonvalue import JsonObject, as_list, as_object, as_str


def looks_like_generate(data: JsonObject) -> bool:
    """Return whether data has a `response` text and `done`."""
    return isinstance(data.get("response"), str) and "done" in data


def looks_like_chat(data: JsonObject) -> bool:
    """Return whether data has a `message` and `done`."""
    return "message" in data and "done" in data


def looks_like_pull(data: JsonObject) -> bool:
    """Return whether data is a `status` line of a download."""
    return isinstance(data.get("status"), str) and ("digest" in data or set(data) == {"status"})


def _read_generate(data: JsonObject) -> Iterator[Delta]:
    yield Opened()
    if thinking := as_str(data.get("thinking")):
        yield Piece(thinking, "reasoning")
    if text := as_str(data.get("response")):
        yield Piece(text)
    yield from _ending(data)


def _read_chat(data: JsonObject) -> Iterator[Delta]:
    message = as_object(data.get("message"))
    yield Opened(as_str(message.get("role")))
    if thinking := as_str(message.get("thinking")):
        yield Piece(thinking, "reasoning")
    if text := as_str(message.get("content")):
        yield Piece(text)
    for call in map(as_object, as_list(message.get("tool_calls"))):
        function = as_object(call.get("function"))
        arguments = arguments_text(function.get("arguments"))
        yield CallPart(as_str(call.get("id")), as_str(function.get("name")), arguments)
    yield from _ending(data)


def _read_pull(data: JsonObject) -> Iterator[Delta]:
    if status := as_str(data.get("status")):
        yield Finish(status)


def _ending(data: JsonObject) -> Iterator[Delta]:
    yield from logprobs_of(data.get("logprobs"))
    if reason := as_str(data.get("done_reason")):
        yield Finish(reason)
    if usage := counts(data):
        yield Usage(usage)


def counts(data: JsonObject) -> JsonObject:
    """Return Ollama's token counts, which only the last chunk has; else {}."""
    names = ("prompt_eval_count", "eval_count")
    return {name: data[name] for name in names if data.get(name) is not None}


read_generate = item_by_item(_read_generate)
read_chat = item_by_item(_read_chat)
read_pull = item_by_item(_read_pull)
