"""Suite `messages`: Anthropic's Messages API, streamed and plain."""

from __future__ import annotations

from typing import Any

from tests.samples.builder import Data, Recording, http, sse, streamed, whole
from tests.samples.openai_parts import user

_TESTS = "tests/integration/messages/test_travel_messages.py"
_ANTHROPIC_URL = "https://api.anthropic.com/v1/messages"
_COMPLETE_URL = "https://api.anthropic.com/v1/complete"
_CONVERSE_URL = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/amazon.nova-lite-v1:0/converse"
_OLLAMA_URL = "http://0.0.0.0:11434/v1/messages"
_CLAUDE = "claude-sonnet-4-20250514"
_TOOL = {
    "name": "find_train",
    "description": "Finds a train.",
    "input_schema": {
        "type": "object",
        "properties": {"start": {"type": "string"}, "end": {"type": "string"}},
        "required": ["start", "end"],
    },
}


def recordings() -> list[Recording]:
    """Every recording of the suite."""
    return [_stream(), _plain(), _plain_tool_use(), _text_completion_stream(), _converse()]


def _stream() -> Recording:
    payload: Data = {"model": _CLAUDE, "messages": [user("Find a train from Turin to Lyon.")]}
    payload |= {"max_tokens": 256, "thinking": {"type": "enabled", "budget_tokens": 128}}
    payload |= {"tools": [_TOOL], "stream": True}
    start = {**_message("msg_01TurinLyonTravel", _CLAUDE, []), "stop_reason": None}
    start["usage"] = {"input_tokens": 402, "output_tokens": 3}
    stop = {"stop_reason": "tool_use", "stop_sequence": None}
    lines = [
        *_event("message_start", message=start),
        *_thinking_block(["A train search", " needs both ends."]),
        *_text_block(["I will", " look it up."]),
        *_call_block(["", '{"start": "Turin"', ', "end": "Lyon"}']),
        *_event("message_delta", delta=stop, usage={"output_tokens": 71}),
        *_event("message_stop"),
    ]
    test_id = f"{_TESTS}::TestTravelMessages::test_streamed_train_search[txt=anthropic/{_CLAUDE}]"
    return http(test_id, _ANTHROPIC_URL, payload, streamed(*lines), status=None)


def _plain() -> Recording:
    payload: Data = {"model": _CLAUDE, "messages": [user("Which side of the road in Malta?")]}
    payload |= {"max_tokens": 64, "system": "Answer in two words.", "stream": False}
    body = _message("msg_01MaltaLeftSide", _CLAUDE, [{"type": "text", "text": "The left."}])
    body |= {"stop_reason": "end_turn", "stop_sequence": None}
    body["usage"] = {"input_tokens": 23, "output_tokens": 6}
    test_id = f"{_TESTS}::TestTravelMessages::test_road_side[txt=anthropic/{_CLAUDE}]"
    return http(test_id, _ANTHROPIC_URL, payload, whole(body))


def _plain_tool_use() -> Recording:
    # Ollama speaks the same API; its bodies have no stop_sequence.
    model = "gpt-oss:20b"
    payload: Data = {"model": model, "messages": [user("Find a train from Brno to Linz.")]}
    payload |= {"max_tokens": 128, "tools": [_TOOL], "tool_choice": {"type": "any"}, "stream": False}
    content: list[Data] = [
        {"type": "thinking", "thinking": "Use the tool."},
        {
            "type": "tool_use",
            "id": "call_brno2linz",
            "name": "find_train",
            "input": {"start": "Brno", "end": "Linz"},
        },
    ]
    body = _message("msg_4f8b2d61c0aa", model, content)
    body |= {"stop_reason": "tool_use", "usage": {"input_tokens": 151, "output_tokens": 38}}
    test_id = f"{_TESTS}::test_local_train_search[txt=ollama/gpt-oss:20b]"
    return http(test_id, _OLLAMA_URL, payload, whole(body))


def _text_completion_stream() -> Recording:
    # The API before Messages.
    model = "claude-2.1"
    payload: Data = {"model": model, "prompt": "\n\nHuman: Best month for Oslo?\n\nAssistant:"}
    payload |= {"max_tokens_to_sample": 32, "stream": True}
    base = {"id": "compl_01OsloTravel", "model": model}
    pieces = [(" June,", None), (" when nights", None), (" are bright.", None), ("", "stop_sequence")]
    lines = _event("ping")
    for text, reason in pieces:
        lines += _event(
            "completion", **base, completion=text, stop_reason=reason, stop=None, log_id="compl_01Oslo"
        )
    test_id = f"{_TESTS}::test_old_completion[txt=anthropic/{model}]"
    return http(test_id, _COMPLETE_URL, payload, streamed(*lines), status=None)


def _converse() -> Recording:
    model = "amazon.nova-lite-v1:0"
    spec = {"name": "find_train", "inputSchema": {"json": _TOOL["input_schema"]}}
    payload: Data = {
        "messages": [{"role": "user", "content": [{"text": "Find a train from Bari to Lecce."}]}]
    }
    payload |= {"system": [{"text": "Use the tool."}], "inferenceConfig": {"maxTokens": 64}}
    payload |= {"toolConfig": {"tools": [{"toolSpec": spec}]}}
    use = {"toolUseId": "tooluse_BariLecce", "name": "find_train", "input": {"start": "Bari", "end": "Lecce"}}
    content: list[Data] = [{"text": "I will look."}, {"toolUse": use}]
    body: Data = {
        "metrics": {"latencyMs": 412},
        "output": {"message": {"role": "assistant", "content": content}},
    }
    body |= {"stopReason": "tool_use", "usage": {"inputTokens": 118, "outputTokens": 24, "totalTokens": 142}}
    test_id = f"{_TESTS}::test_converse_train_search[txt=bedrock/{model}]"
    return http(test_id, _CONVERSE_URL, payload, whole(body))


def _message(message_id: str, model: str, content: list[Data]) -> Data:
    return {"id": message_id, "type": "message", "role": "assistant", "model": model, "content": content}


def _thinking_block(pieces: list[str]) -> list[str]:
    return _block(0, {"type": "thinking", "thinking": ""}, "thinking_delta", "thinking", pieces)


def _text_block(pieces: list[str]) -> list[str]:
    return _block(1, {"type": "text", "text": ""}, "text_delta", "text", pieces)


def _call_block(pieces: list[str]) -> list[str]:
    opening = {"type": "tool_use", "id": "toolu_01FindTrain8", "name": "find_train", "input": {}}
    return _block(2, opening, "input_json_delta", "partial_json", pieces)


def _block(index: int, opening: Data, kind: str, field: str, pieces: list[str]) -> list[str]:
    lines = _event("content_block_start", index=index, content_block=opening)
    for piece in pieces:
        lines += _event("content_block_delta", index=index, delta={"type": kind, field: piece})
    return lines + _event("content_block_stop", index=index)


def _event(kind: str, **data: Any) -> list[str]:
    return sse(kind, {"type": kind, **data})
