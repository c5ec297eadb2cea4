"""Suite `responses`, beside the seed: a file search, recorded exceptions, the Responses API itself."""

from __future__ import annotations

from typing import Any

from tests.samples.builder import Data, Recording, failed, inference, streamed, typed, whole
from tests.samples.openai_parts import (
    OPENAI_URL,
    WITH_USAGE,
    delta,
    first_delta,
    function_tool,
    openai_chunks,
    user,
)

_SEARCH_TESTS = "tests/integration/responses/test_guide_search.py"
_ERROR_TESTS = "tests/integration/responses/test_travel_errors.py"
_API_TESTS = "tests/integration/responses/test_responses_api.py"
_RESPONSES_URL = "https://api.openai.com/v1/v1/responses"
_EVENTS = "openai.types.responses"
_RESPONSE = f"{_EVENTS}.response.Response"
_DOCUMENT_ID = "5d0c7e1a-93b4-4f6e-8a27-c1b90e6f4d58"
_CALL_ID = "call_Gu1deSearchAlfama3Kd"


def recordings() -> list[Recording]:
    """Every recording of the suite but the seed and the Gemini ones."""
    return [_file_search(), _refused_request(), _broken_stream(), _plain_response(), _handmade_events()]


# ---- chat completions behind the Responses API


def _file_search() -> Recording:
    # Score, attributes and both ids change from run to run; the hash must not see them.
    found = (
        f"[1] document_id: {_DOCUMENT_ID}, score: 0.7312904596328735, "
        f"attributes: {{'filename': 'lisbon_guide.txt', 'token_count': 14.0}} (cite as <|{_DOCUMENT_ID}|>)\n"
        "Tram 28 crosses the Alfama.\n"
    )
    function = {"name": "knowledge_search", "arguments": '{"query":"tram Alfama"}'}
    call = {"index": 0, "id": _CALL_ID, "type": "function", "function": function}
    content = [{"type": "text", "text": text} for text in ("Found 1 passage:\n", found)]
    messages = [
        user("Which tram crosses the Alfama?"),
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": _CALL_ID, "content": content},
    ]
    search = function_tool("knowledge_search", "Searches the travel guides.", query="What to search for")
    body = {"model": "gpt-4o", "messages": messages, "stream": True, "tools": [search]}
    choices = [first_delta(), delta("Tram 28 "), delta(f"<|{_DOCUMENT_ID}|>."), delta(finish="stop")]
    chunks = openai_chunks("gpt-4o-2024-08-06", choices)
    test_id = (
        f"{_SEARCH_TESTS}::test_cites_the_guide[client-txt=openai/gpt-4o:emb=openai/text-embedding-3-small]"
    )
    return inference(test_id, OPENAI_URL, body, streamed(*chunks))


def _refused_request() -> Recording:
    reason = {
        "message": "Invalid image: the file is empty.",
        "type": "invalid_request_error",
        "param": None,
        "code": "invalid_image",
    }
    error = {
        "category": "provider_sdk",
        "provider": "openai",
        "type": "BadRequestError",
        "message": f"Error code: 400 - {{'error': {reason}}}",
        "status_code": 400,
        "body": reason,
    }
    parts = [
        {"type": "text", "text": "Where is this?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,", "detail": "auto"}},
    ]
    body = {"model": "gpt-4o", "messages": [user(parts)], **WITH_USAGE}
    test_id = f"{_ERROR_TESTS}::TestTravelErrors::test_empty_picture[txt=openai/gpt-4o]"
    provider = {"openai_sdk_version": "2.30.0"}
    return inference(test_id, OPENAI_URL, body, failed(error), provider=provider)


def _broken_stream() -> Recording:
    error: Data = {"category": "provider_sdk", "provider": "openai", "type": "APIError"}
    error |= {"message": "The server had an error while streaming.", "status_code": None, "body": None}
    chunks = openai_chunks("gpt-4o-2024-08-06", [first_delta(), delta("Take the"), delta(" night")])
    body = {"model": "gpt-4o", "messages": [user("How do I get from Paris to Nice?")], **WITH_USAGE}
    test_id = f"{_ERROR_TESTS}::TestTravelErrors::test_stream_breaks_off[txt=openai/gpt-4o]"
    provider = {"openai_sdk_version": "2.30.0"}
    return inference(test_id, OPENAI_URL, body, failed(error, *chunks), provider=provider)


# ---- the Responses API itself: made by hand after its documentation, none was ever found recorded


def _plain_response() -> Recording:
    body = {"model": "gpt-4o-mini", "input": "Which currency has Denmark?", "stream": False}
    answer = typed(_RESPONSE, **_response([_message("msg_krone1", "The Danish krone.")], _counts(14, 6, 0)))
    test_id = f"{_API_TESTS}::test_handmade_plain_response[txt=openai/gpt-4o-mini]"
    return inference(test_id, _RESPONSES_URL, body, whole(answer))


def _handmade_events() -> Recording:
    tool = {
        "type": "function",
        "name": "get_forecast",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        "strict": True,
    }
    body = {"model": "gpt-4o-mini", "input": "Weather in Faro?", "tools": [tool], "stream": True}
    events = [*_opening(), *_text_events(), *_call_events(), _closing()]
    for number, event in enumerate(events):
        event["__data__"]["sequence_number"] = number
    test_id = f"{_API_TESTS}::test_handmade_responses_stream[txt=openai/gpt-4o-mini]"
    return inference(test_id, _RESPONSES_URL, body, streamed(*events))


def _opening() -> list[Data]:
    place = {"item_id": "rs_faro1", "output_index": 0, "summary_index": 0}
    return [
        _event("created", response=_response([], None, status="in_progress")),
        _event("output_item.added", item=_thought(), output_index=0),
        _event("reasoning_summary_text.delta", **place, delta="Asking the"),
        _event("reasoning_summary_text.delta", **place, delta=" forecast."),
    ]


def _text_events() -> list[Data]:
    message = _message("msg_faro1", "")
    started = {**message, "content": [], "status": "in_progress"}
    place = {"item_id": "msg_faro1", "output_index": 1, "content_index": 0, "logprobs": []}
    return [
        _event("output_item.added", item=started, output_index=1),
        _event("output_text.delta", **place, delta="Let me"),
        _event("output_text.delta", **place, delta=" look."),
        _event("output_item.done", item=_message("msg_faro1", "Let me look."), output_index=1),
    ]


def _call_events() -> list[Data]:
    place = {"item_id": "fc_faro1", "output_index": 2}
    return [
        _event("output_item.added", item=_call("", "in_progress"), output_index=2),
        _event("function_call_arguments.delta", **place, delta='{"city":'),
        _event("function_call_arguments.delta", **place, delta='"Faro"}'),
        _event("function_call_arguments.done", **place, name="get_forecast", arguments='{"city":"Faro"}'),
        _event("output_item.done", item=_call('{"city":"Faro"}', "completed"), output_index=2),
    ]


def _closing() -> Data:
    # The thought keeps its summary in the real thing; left out here to keep the file small.
    output = [_message("msg_faro1", "Let me look."), _call('{"city":"Faro"}', "completed")]
    return _event("completed", response=_response(output, _counts(58, 31, 8)))


def _event(kind: str, **data: Any) -> Data:
    # response.output_text.delta is the one event whose class is named otherwise.
    words = "text.delta" if kind == "output_text.delta" else kind
    module = "response_" + words.replace(".", "_") + "_event"
    name = "".join(word.capitalize() for word in module.split("_"))
    return typed(f"{_EVENTS}.{module}.{name}", **data, sequence_number=0, type=f"response.{kind}")


def _response(output: list[Data], counts: Data | None, *, status: str = "completed") -> Data:
    return {
        "id": "resp_68f0a1b2c3",
        "created_at": 1760600000.0,
        "error": None,
        "model": "gpt-4o-mini-2024-07-18",
        "object": "response",
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "status": status,
        "usage": counts,
    }


def _thought() -> Data:
    return {"id": "rs_faro1", "summary": [], "type": "reasoning", "status": None}


def _message(item_id: str, text: str) -> Data:
    content = [{"annotations": [], "text": text, "type": "output_text", "logprobs": []}]
    return {"id": item_id, "content": content, "role": "assistant", "status": "completed", "type": "message"}


def _call(arguments: str, status: str) -> Data:
    call_id = "call_ForecastFaro5Zp"
    return {
        "arguments": arguments,
        "call_id": call_id,
        "name": "get_forecast",
        "type": "function_call",
        "id": "fc_faro1",
        "status": status,
    }


def _counts(prompt: int, answer: int, thinking: int) -> Data:
    return {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": answer,
        "output_tokens_details": {"reasoning_tokens": thinking},
        "total_tokens": prompt + answer,
    }
