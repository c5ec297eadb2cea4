"""Suite `agents`: a streamed tool call and the request that follows it, a mapped id, a lost test file."""

from __future__ import annotations

from tests.samples.builder import Data, Recording, inference, streamed, whole, with_mapping
from tests.samples.openai_parts import (
    OLLAMA_SERVER,
    OLLAMA_URL,
    OPENAI_SERVER,
    OPENAI_URL,
    WITH_USAGE,
    assistant,
    call_delta,
    chat,
    chat_chunk,
    delta,
    first_delta,
    function_tool,
    openai_chunks,
    usage,
    user,
)

_TESTS = "tests/integration/agents/test_trip_agent.py"
_CHAIN = f"{_TESTS}::TestTripAgent::test_forecast_then_pack[txt=openai/gpt-4o]"
_CALL_ID = "call_Tr1pF0recastBergen7Q2x"
_FORECAST = function_tool("get_forecast", "Forecast for a city.", city="The city", day="The weekday")
_QUESTION = user("What do I pack for Bergen on Saturday?")
_SNAPSHOT = "gpt-4o-2024-08-06"


def recordings() -> list[Recording]:
    """Every recording of the suite."""
    return [_call_in_pieces(), _answer_after_the_call(), _saved_plan(), _test_file_that_is_gone()]


def _call_in_pieces() -> Recording:
    # Only the first piece names the call.
    pieces = [call_delta("", call_id=_CALL_ID, name="get_forecast")]
    pieces += [call_delta(text) for text in ('{"city":"', "Bergen", '","day":"', 'Saturday"}')]
    choices = [
        first_delta(None, tool_calls=[pieces[0]]),
        *(delta(tool_calls=[piece]) for piece in pieces[1:]),
        delta(finish="tool_calls"),
    ]
    body = {"model": "gpt-4o", "messages": [_QUESTION], **WITH_USAGE, "tools": [_FORECAST]}
    return inference(_CHAIN, OPENAI_URL, body, streamed(*openai_chunks(_SNAPSHOT, choices, usage(62, 20))))


def _answer_after_the_call() -> Recording:
    # This request carries the id of the call before: it must never be changed there.
    function = {"name": "get_forecast", "arguments": '{"city":"Bergen","day":"Saturday"}'}
    call = {"index": 0, "id": _CALL_ID, "type": "function", "function": function}
    messages = [
        _QUESTION,
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": _CALL_ID, "content": "11 C, heavy rain until noon"},
    ]
    choices = [first_delta(), delta("A rain coat and"), delta(" dry socks."), delta(finish="stop")]
    body = {"model": "gpt-4o", "messages": messages, **WITH_USAGE, "tools": [_FORECAST]}
    return inference(_CHAIN, OPENAI_URL, body, streamed(*openai_chunks(_SNAPSHOT, choices, usage(98, 9))))


def _saved_plan() -> Recording:
    # The server invented the plan's id; a reader is to see the first form instead of the second.
    text = "Saved as plan_9c41f7e2a0b3. Ask for plan_9c41f7e2a0b3 to see it again."
    body = {"model": "gpt-4o", "messages": [user("Save my weekend in Ghent.")], "stream": False}
    answer = chat(_SNAPSHOT, OPENAI_SERVER, assistant(text, annotations=[]), usage(14, 24))
    test_id = f"{_TESTS}::test_saved_plan[client-txt=openai/gpt-4o]"
    recording = inference(test_id, OPENAI_URL, body, whole(answer))
    return with_mapping(recording, {"plan_000000000001": "plan_9c41f7e2a0b3"})


def _test_file_that_is_gone() -> Recording:
    # There is no test_old_planner.py: this recording is dead.
    model = "llama3.2:3b"
    body: Data = {"model": model, "messages": [user("Plan a weekend in Graz.")], "max_tokens": 20}
    body |= {"stream": True, "temperature": 0.0001}
    choices = [first_delta("Saturday: the"), first_delta(" clock tower."), first_delta("", finish="stop")]
    chunks = [chat_chunk(model, OLLAMA_SERVER, choice) for choice in choices]
    test_id = "tests/integration/agents/test_old_planner.py::test_plan_weekend[txt=ollama/llama3.2:3b]"
    return inference(test_id, OLLAMA_URL, body, streamed(*chunks))
