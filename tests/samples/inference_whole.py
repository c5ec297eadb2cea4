"""Suite `inference`, second part: chat answers in one piece, text completions, reranking, model lists."""

from __future__ import annotations

from tests.samples.builder import Data, Recording, http, inference, streamed, whole
from tests.samples.openai_parts import (
    OLLAMA_SERVER,
    OLLAMA_URL,
    OPENAI_SERVER,
    OPENAI_URL,
    assistant,
    chat,
    completion,
    function_tool,
    listed_model,
    usage,
    user,
)

_CHAT_TESTS = "tests/integration/inference/test_travel_answers.py"
_TEXT_TESTS = "tests/integration/inference/test_text_completion.py"
_RERANK_TESTS = "tests/integration/inference/test_rerank_hotels.py"
_LIST_TESTS = "tests/integration/inference/test_model_list.py"
_COMPLETION_URL = "http://0.0.0.0:11434/v1/v1/completions"
_LLAMA = "llama3.2:3b"
# Two pixels, one blue and one orange.
_PICTURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAD0lEQVR42mPw"
    "mvDo6zJlAAxpA3uEjyScAAAAAElFTkSuQmCC"
)


def recordings() -> list[Recording]:
    """Every chat in one piece, text completion, reranking and model list of the suite."""
    return [
        _plain_text(),
        _coordinates(),
        _picture(),
        _tool_call(),
        _json_answer(),
        _completion(),
        _completion_stream(),
        _rerank(),
        *_model_lists(),
    ]


def _plain_text() -> Recording:
    messages = [{"role": "system", "content": "Answer in one short sentence."}, user("What is the Alfama?")]
    body = {"model": "gpt-4o-mini", "messages": messages, "stream": False}
    message = assistant("The Alfama is Lisbon's oldest quarter.", annotations=[])
    answer = chat("gpt-4o-mini-2024-07-18", OPENAI_SERVER, message, usage(25, 9))
    test_id = f"{_CHAT_TESTS}::test_short_answer[client-txt=openai/gpt-4o-mini-sight_01]"
    return inference(test_id, OPENAI_URL, body, whole(answer))


def _coordinates() -> Recording:
    # The hash takes decimals at five places, in numbers and in text; the file keeps all of them.
    body: Data = {"model": _LLAMA, "messages": [user("Which city lies at 48.856614, 2.3522219?")]}
    body |= {"stream": False, "temperature": 0.1234567890123, "top_p": 0.9}
    answer = chat(_LLAMA, OLLAMA_SERVER, assistant("Paris."), usage(42, 3))
    answer["__data__"]["time_info"] = {"queue_time": 3.8076e-05, "total_time": 0.020719528198242188}
    test_id = f"{_CHAT_TESTS}::test_coordinates[txt=ollama/llama3.2:3b]"
    return inference(test_id, OLLAMA_URL, body, whole(answer))


def _picture() -> Recording:
    parts = [
        {"type": "text", "text": "Which two colours has this flag?"},
        {"type": "image_url", "image_url": {"url": _PICTURE, "detail": "low"}},
    ]
    body = {"model": "gpt-4o", "messages": [user(parts)], "stream": False}
    message = assistant("Blue and orange.", annotations=[])
    answer = chat("gpt-4o-2024-08-06", OPENAI_SERVER, message, usage(98, 4))
    test_id = f"{_CHAT_TESTS}::TestPictures::test_flag_colours[txt=openai/gpt-4o]"
    return inference(test_id, OPENAI_URL, body, whole(answer))


def _tool_call() -> Recording:
    weather = function_tool("get_weather", "Current weather of a city.", city="The city's name")
    body: Data = {"model": _LLAMA, "messages": [user("Is it raining in Bergen or in Oslo?")]}
    body |= {"stream": False, "tool_choice": "required", "tools": [weather]}
    calls = [
        {
            "id": f"call_{call_id}",
            "function": {"arguments": f'{{"city":"{city}"}}', "name": "get_weather"},
            "type": "function",
            "index": index,
        }
        for index, (call_id, city) in enumerate([("r7n2bergen", "Bergen"), ("k4x9oslo", "Oslo")])
    ]
    message = assistant("", tool_calls=calls)
    answer = chat(_LLAMA, OLLAMA_SERVER, message, usage(176, 33), finish="tool_calls")
    test_id = f"{_CHAT_TESTS}::test_two_cities_at_once[txt=ollama/llama3.2:3b]"
    return inference(test_id, OLLAMA_URL, body, whole(answer))


def _json_answer() -> Recording:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city", "days"],
        "additionalProperties": False,
    }
    wanted = {"name": "trip", "schema": schema, "strict": True}
    body: Data = {"model": "gpt-4o-mini", "messages": [user("Three days in Ghent, as JSON.")]}
    body |= {"response_format": {"type": "json_schema", "json_schema": wanted}, "stream": False}
    message = assistant('{"city":"Ghent","days":3}', annotations=[])
    answer = chat("gpt-4o-mini-2024-07-18", OPENAI_SERVER, message, usage(61, 10))
    test_id = f"{_CHAT_TESTS}::test_trip_as_json[client-txt=openai/gpt-4o-mini]"
    return inference(test_id, OPENAI_URL, body, whole(answer))


def _completion() -> Recording:
    body = {"model": _LLAMA, "prompt": "The capital of Slovenia is", "stop": ["."], "stream": False}
    answer = completion(_LLAMA, " Ljubljana", finish="stop", counts=usage(31, 5))
    test_id = f"{_TEXT_TESTS}::test_capital[txt=ollama/llama3.2:3b-slovenia]"
    return inference(test_id, _COMPLETION_URL, body, whole(answer))


def _completion_stream() -> Recording:
    body = {"model": _LLAMA, "prompt": "Pack for a rainy", "max_tokens": 12, "stream": True}
    pieces = [" weekend", ": boots,", " a coat and", " a book"]
    chunks = [completion(_LLAMA, piece) for piece in pieces]
    chunks.append(completion(_LLAMA, ".", finish="length", counts=usage(29, 12)))
    test_id = f"{_TEXT_TESTS}::test_packing_stream[txt=ollama/llama3.2:3b]"
    return inference(test_id, _COMPLETION_URL, body, streamed(*chunks))


def _rerank() -> Recording:
    hotels = ["Seaside rooms, no lift.", "Central, quiet courtyard.", "Next to the airport."]
    model = "BAAI/bge-reranker-v2-m3"
    payload = {"model": model, "query": "a quiet hotel in the centre", "documents": hotels}
    ranked = ((1, 0.9612541198730469), (0, 0.08134765923023224), (2, 0.0021187067031860352))
    results = [
        {"index": index, "document": {"text": hotels[index]}, "relevance_score": score}
        for index, score in ranked
    ]
    body = {"id": "rerank-41c6b0e9d2", "model": model, "usage": {"total_tokens": 47}, "results": results}
    test_id = f"{_RERANK_TESTS}::test_quiet_hotel_first[rerank=vllm/{model}]"
    return http(test_id, "http://localhost:8000/v1/rerank", payload, whole(body))


def _model_lists() -> list[Recording]:
    # The path is exactly /v1/models, so the test id is null in the hash: both files share it.
    small = [listed_model("travel-mini", 1735689600, "vllm")]
    both = [*small, listed_model("travel-large", 1751328000, "vllm")]
    test_ids = [f"{_LIST_TESTS}::test_{name}" for name in ("lists_models", "new_model_appears")]
    return [
        inference(test_id, "http://localhost:8000/v1/models", {}, whole(models))
        for test_id, models in zip(test_ids, (small, both), strict=True)
    ]
