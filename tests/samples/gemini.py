"""Gemini: generateContent (in suite `responses`, through Vertex) and Interactions (their own suite)."""

from __future__ import annotations

from typing import Any

from tests.samples.builder import Data, Recording, http, inference, sse, streamed, whole

_CONTENT_TESTS = "tests/integration/responses/test_gemini_travel.py"
_INTERACTION_TESTS = "tests/integration/interactions/test_travel_interactions.py"
_INTERACTIONS_URL = "https://generativelanguage.googleapis.com/v1beta/interactions"
_VERTEX_MODEL = "publishers/google/models/gemini-2.5-flash"
_LITE = "gemini-2.5-flash-lite"
_PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "The city's name"}},
    "required": ["city"],
}


def recordings() -> list[Recording]:
    """Every recording of a Gemini API."""
    return [
        _content_stream(),
        _content_with_call(),
        _interaction_stream(),
        _step_stream(),
        _interaction_with_call(),
        _refused_interaction(),
    ]


# ---- generateContent


def _content_stream() -> Recording:
    chunks = [
        _content([{"text": "Winter nights are long there.", "thought": True}]),
        _content([{"text": "Come in"}]),
        _content([{"text": " February, for the lights."}], finish="STOP", counts=_content_counts(9, 8, 6)),
    ]
    body = _content_request("When is Tromso at its best?", {"thinking_config": {"include_thoughts": True}})
    test_id = f"{_CONTENT_TESTS}::TestGeminiTravel::test_best_season[txt=vertexai/{_VERTEX_MODEL}]"
    return inference(
        test_id,
        "vertexai:///generate_content_stream",
        body,
        streamed(*chunks),
        provider={"provider": "vertexai"},
    )


def _content_with_call() -> Recording:
    call = {"function_call": {"args": {"city": "Bodo"}, "name": "get_weather"}}
    answer = _content([call], finish="STOP", counts=_content_counts(31, 5, 0))
    answer["candidates"][0]["avg_logprobs"] = -0.0038224027957767248
    answer["automatic_function_calling_history"] = []
    tool = {"function_declarations": [{"name": "get_weather", "parameters": _PARAMETERS}]}
    body = _content_request("Weather in Bodo?", {"temperature": 0.2, "tools": [tool]})
    test_id = f"{_CONTENT_TESTS}::TestGeminiTravel::test_asks_the_tool[client-txt=vertexai/{_VERTEX_MODEL}]"
    return inference(
        test_id, "vertexai:///generate_content", body, whole(answer), provider={"provider": "vertexai"}
    )


def _content_request(text: str, config: Data) -> Data:
    return {
        "model": _VERTEX_MODEL,
        "contents": [{"role": "user", "parts": [{"text": text}]}],
        "config": config,
    }


def _content(parts: list[Data], *, finish: str | None = None, counts: Data | None = None) -> Data:
    candidate: Data = {"content": {"parts": parts, "role": "model"}}
    if finish is not None:
        candidate["finish_reason"] = finish
    # Time, id and date are volatile, and the recorder leaves them as they came.
    headers = {
        "Content-Type": "text/event-stream",
        "Date": "Tue, 14 Apr 2026 08:02:51 GMT",
        "Transfer-Encoding": "chunked",
    }
    return {
        "sdk_http_response": {"headers": headers},
        "candidates": [candidate],
        "create_time": "2026-04-14T08:02:50.318204Z",
        "model_version": "gemini-2.5-flash",
        "response_id": "q7TzabcTr0mso4PvTravel",
        "usage_metadata": {**(counts or {}), "traffic_type": "ON_DEMAND"},
    }


def _content_counts(prompt: int, answer: int, thoughts: int) -> Data:
    counts: Data = {"candidates_token_count": answer, "prompt_token_count": prompt}
    if thoughts:
        counts["thoughts_token_count"] = thoughts
    return {**counts, "total_token_count": prompt + answer + thoughts}


# ---- Interactions


def _interaction_stream() -> Recording:
    opened = {**_interaction("in_progress"), "object": "interaction", "model": _LITE}
    lines = [
        *_event("interaction.start", interaction=opened),
        *_event("interaction.status_update", interaction_id=opened["id"], status="in_progress"),
        *_event("content.start", index=0, content={"type": "thought"}),
        *_event("content.delta", index=0, delta={"signature": "dHJhdmVs", "type": "thought_signature"}),
        *_event("content.stop", index=0),
        *_event("content.start", index=1, content={"type": "text"}),
        *_event("content.delta", index=1, delta={"text": "Rent a bike", "type": "text"}),
        *_event("content.delta", index=1, delta={"text": " in Utrecht.", "type": "text"}),
        *_event("content.stop", index=1),
        *_event("interaction.complete", interaction=_completed("completed", 8, 7)),
        *sse("done", "[DONE]"),
    ]
    payload = {"model": _LITE, "input": "One tip for Utrecht?", "stream": True}
    test_id = f"{_INTERACTION_TESTS}::test_streamed_tip[txt=gemini/{_LITE}]"
    return http(test_id, _INTERACTIONS_URL, payload, streamed(*lines), status=None)


def _step_stream() -> Recording:
    # The API's second version: steps instead of outputs, and the end repeats nothing.
    done = {**_completed("requires_action", 55, 21), "object": "interaction"}
    del done["role"]
    call = {"type": "function_call", "id": "gv5k8r1t", "name": "get_weather", "arguments": {}}
    lines = [
        *_event("interaction.created", interaction={**_interaction("in_progress"), "object": "interaction"}),
        *_event("interaction.status_update", interaction_id=done["id"], status="in_progress"),
        *_event("step.start", index=0, step={"type": "thought"}),
        *_step_delta(0, "thought_summary", content={"type": "text", "text": "The forecast tells."}),
        *_step_delta(0, "thought_signature", signature="dHJhdmVs"),
        *_event("step.stop", index=0),
        *_event("step.start", index=1, step={"type": "model_output"}),
        *_step_delta(1, "text", text="One moment,"),
        *_step_delta(1, "text", text=" I will look."),
        *_event("step.stop", index=1),
        *_event("step.start", index=2, step=call),
        *_step_delta(2, "arguments_delta", arguments='{"city": '),
        *_step_delta(2, "arguments_delta", arguments='"Gent"}'),
        *_event("step.stop", index=2),
        *_event("interaction.completed", interaction=done),
        *sse("done", "[DONE]"),
    ]
    tool = {"type": "function", "name": "get_weather", "parameters": _PARAMETERS}
    payload = {"model": _LITE, "input": "Weather in Gent?", "tools": [tool], "stream": True}
    test_id = f"{_INTERACTION_TESTS}::test_streamed_weather[txt=gemini/{_LITE}]"
    return http(test_id, _INTERACTIONS_URL, payload, streamed(*lines), status=None)


def _step_delta(index: int, kind: str, **fields: Any) -> list[str]:
    return _event("step.delta", index=index, delta={"type": kind, **fields})


def _interaction_with_call() -> Recording:
    outputs = [
        {"signature": "dHJhdmVs", "type": "thought"},
        {"name": "get_weather", "arguments": {"city": "Utrecht"}, "type": "function_call", "id": "u7w3x9qd"},
    ]
    done = _completed("requires_action", 51, 14)
    body = {"id": done.pop("id"), "status": done.pop("status"), "outputs": outputs, **done}
    tool = {"type": "function", "name": "get_weather", "parameters": _PARAMETERS}
    payload = {"model": _LITE, "input": "Weather in Utrecht?", "tools": [tool], "stream": False}
    test_id = f"{_INTERACTION_TESTS}::test_asks_for_weather[txt=gemini/{_LITE}]"
    return http(test_id, _INTERACTIONS_URL, payload, whole(body))


def _refused_interaction() -> Recording:
    # An answer of this kind often stays behind from a first try with a wrong request.
    tool = {"type": "function", "declaration": {"name": "get_weather", "parameters": _PARAMETERS}}
    payload = {"model": _LITE, "input": "Weather in Utrecht?", "tools": [tool], "stream": False}
    error = {"message": "tools[0]: no such field: 'declaration'", "code": "invalid_request"}
    test_id = f"{_INTERACTION_TESTS}::test_asks_for_weather[txt=gemini/{_LITE}]"
    return http(test_id, _INTERACTIONS_URL, payload, whole({"error": error}), status=400)


def _event(kind: str, **data: Any) -> list[str]:
    return sse(kind, {**data, "event_type": kind})


def _interaction(status: str) -> Data:
    return {"id": "v1_VXRyZWNodFRyYXZlbA", "status": status}


def _completed(status: str, prompt: int, answer: int) -> Data:
    counts = {
        "total_tokens": prompt + answer,
        "total_input_tokens": prompt,
        "input_tokens_by_modality": [{"modality": "text", "tokens": prompt}],
        "total_cached_tokens": 0,
        "total_output_tokens": answer,
        "total_tool_use_tokens": 0,
        "total_thought_tokens": 0,
    }
    times = {"created": "2026-04-16T07:41:09Z", "updated": "2026-04-16T07:41:09Z"}
    tail = {"service_tier": "standard", "object": "interaction", "model": _LITE}
    return {**_interaction(status), "usage": counts, "role": "model", **times, **tail}
