"""Streams of one choice in every wire format, from the pieces of their text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from tests.samples import ollama_parts, openai_parts
from tests.samples.builder import Data, Recording, http, inference, sse, streamed, typed

TEST = "tests/a/test_chat.py::test_one"
ANTHROPIC = "https://api.anthropic.com/v1/messages"
INTERACTIONS = "https://generativelanguage.googleapis.com/v1beta/interactions"

Pieces: TypeAlias = Sequence[str]


def _chat(pieces: Pieces, end: str | None) -> Recording:
    choices = [openai_parts.delta(piece) for piece in pieces] + [openai_parts.delta(finish=end)] * bool(end)
    return chat_chunks(*([choice] for choice in choices))


def _reasoning(pieces: Pieces, end: str | None) -> Recording:
    choices = [openai_parts.delta(reasoning_content=piece) for piece in pieces]
    return chat_chunks(*([choice] for choice in [*choices, openai_parts.delta(finish=end)]))


def _arguments(pieces: Pieces, end: str | None) -> Recording:
    texts = ['{"note": "', *(json.dumps(piece)[1:-1] for piece in pieces), '"}']
    calls = [openai_parts.call_delta("", call_id="call_9mQx4Lw2", name="note")]
    calls += [openai_parts.call_delta(text) for text in texts]
    choices = [openai_parts.delta(tool_calls=[call]) for call in calls]
    return chat_chunks(*([choice] for choice in [*choices, openai_parts.delta(finish=end)]))


def chat_chunks(*chunks: Sequence[Data], prompt: str = "Hi.", test_id: str | None = TEST) -> Recording:
    """Return a streamed chat; each chunk is given by its choices."""
    items = [openai_parts.chat_chunk("gpt-4o", {}, *choices) for choices in chunks]
    body = {"model": "gpt-4o", "messages": [openai_parts.user(prompt)], "stream": True}
    return inference(test_id, openai_parts.OPENAI_URL, body, streamed(*items))


def _completion(pieces: Pieces, end: str | None) -> Recording:
    items = [openai_parts.completion("babbage", piece) for piece in pieces]
    items += [openai_parts.completion("babbage", "", finish=end)] * bool(end)
    url = openai_parts.OPENAI_URL.replace("chat/", "")
    return inference(TEST, url, {"model": "babbage", "prompt": "Hi."}, streamed(*items))


def _ollama_generate(pieces: Pieces, end: str | None) -> Recording:
    items = [ollama_parts.generate("phi", piece) for piece in pieces]
    items += [ollama_parts.generate("phi", "", (1, 2))] * bool(end)
    return inference(
        TEST, f"{ollama_parts.SERVER}/api/generate", {"model": "phi", "prompt": "Hi."}, streamed(*items)
    )


def _ollama_chat(pieces: Pieces, end: str | None) -> Recording:
    items = [ollama_parts.chat("phi", piece) for piece in pieces]
    items += [ollama_parts.chat("phi", "", (1, 2))] * bool(end)
    body = {"model": "phi", "messages": [openai_parts.user("Hi.")]}
    return inference(TEST, f"{ollama_parts.SERVER}/api/chat", body, streamed(*items))


def _gemini(pieces: Pieces, end: str | None) -> Recording:
    items: list[Data] = [
        {"candidates": [{"content": {"parts": [{"text": piece}], "role": "model"}}], "usage_metadata": {}}
        for piece in pieces
    ]
    if end:
        items[-1]["candidates"][0]["finish_reason"] = end
    body = {"model": "gemini", "contents": [{"role": "user", "parts": [{"text": "Hi."}]}]}
    return inference(TEST, "vertexai:///generate_content_stream", body, streamed(*items))


def _anthropic(pieces: Pieces, end: str | None) -> Recording:
    block: Data = {"type": "text", "text": ""}
    return _anthropic_lines(block, [{"type": "text_delta", "text": piece} for piece in pieces], end)


def _anthropic_call(pieces: Pieces, end: str | None) -> Recording:
    texts = ['{"note": "', *(json.dumps(piece)[1:-1] for piece in pieces), '"}']
    block = {"type": "tool_use", "id": "toolu_01Note", "name": "note", "input": {}}
    return _anthropic_lines(
        block, [{"type": "input_json_delta", "partial_json": text} for text in texts], end
    )


def _anthropic_lines(block: Data, deltas: list[Data], end: str | None) -> Recording:
    message = {"id": "msg_01", "type": "message", "role": "assistant", "model": "claude", "content": []}
    lines = sse("message_start", {"type": "message_start", "message": message})
    lines += sse("content_block_start", {"type": "content_block_start", "index": 0, "content_block": block})
    for delta in deltas:
        lines += sse("content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta})
    if end:
        lines += sse("message_delta", {"type": "message_delta", "delta": {"stop_reason": end}, "usage": {}})
        lines += sse("message_stop", {"type": "message_stop"})
    payload = {"model": "claude", "messages": [openai_parts.user("Hi.")], "stream": True}
    return http(TEST, ANTHROPIC, payload, streamed(*lines), status=None)


def _responses(pieces: Pieces, end: str | None) -> Recording:
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    items = [_event("output_text.delta", **place, delta=piece) for piece in pieces]
    if end:
        response = {"id": "resp_1", "object": "response", "output": [], "status": "completed"}
        items.append(_event("completed", response=response))
    body = {"model": "gpt-4o", "input": "Hi.", "stream": True}
    return inference(TEST, "https://api.openai.com/v1/v1/responses", body, streamed(*items))


def _event(kind: str, **data: Any) -> Data:
    return typed("openai.types.responses.ResponseEvent", **data, type=f"response.{kind}")


def _interaction(pieces: Pieces, end: str | None) -> Recording:
    opened = {"id": "v1_x", "status": "in_progress", "object": "interaction"}
    lines = sse("interaction.start", {"interaction": opened, "event_type": "interaction.start"})
    for piece in pieces:
        delta = {"text": piece, "type": "text"}
        lines += sse("content.delta", {"index": 0, "delta": delta, "event_type": "content.delta"})
    if end:
        done = {**opened, "status": "completed", "role": "model"}
        lines += sse("interaction.complete", {"interaction": done, "event_type": "interaction.complete"})
    return http(TEST, INTERACTIONS, {"model": "gemini", "input": "Hi."}, streamed(*lines), status=None)


# Streams of one choice: from the pieces of its text, and the reason why it ends (None: it breaks off).
STREAMS: Mapping[str, Callable[[Pieces, str | None], Recording]] = {
    "OpenAI chat": _chat,
    "OpenAI chat, reasoning": _reasoning,
    "OpenAI chat, arguments of a call": _arguments,
    "OpenAI completion": _completion,
    "OpenAI Responses": _responses,
    "Ollama generate": _ollama_generate,
    "Ollama chat": _ollama_chat,
    "Gemini": _gemini,
    "Gemini Interactions": _interaction,
    "Anthropic": _anthropic,
    "Anthropic, arguments of a call": _anthropic_call,
}
