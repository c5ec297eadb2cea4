"""Gemini generateContent, in the SDK's snake case and the wire's camel case."""

from __future__ import annotations

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Choice, Failure, ToolCall, Transcript
from recctl.support.jsonvalue import Json, JsonObject

COUNTS = {"prompt_token_count": 9, "candidates_token_count": 8, "total_token_count": 17}
CAMEL_COUNTS = {"promptTokenCount": 9, "candidatesTokenCount": 8, "totalTokenCount": 17}


def candidate(*parts: Json, finish: str | None = None, **fields: Json) -> JsonObject:
    content = {"role": "model", "parts": list(parts)}
    return {"content": content, "finish_reason": finish, "index": None, **fields}


def chunk(*parts: Json, finish: str | None = None, counts: JsonObject | None = None) -> JsonObject:
    return {"candidates": [candidate(*parts, finish=finish)], "usage_metadata": counts}


def text(said: str, **fields: Json) -> JsonObject:
    return {"text": said, **fields}


def calls(name: str | None, **fields: Json) -> JsonObject:
    return {"function_call": {"name": name, **fields}}


def answer(choice: Choice, usage: JsonObject | None = None) -> Transcript:
    return Transcript("gemini-generate", (choice,), usage)


def called(*calls: ToolCall) -> Transcript:
    return answer(Choice(0, "model", tool_calls=calls))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            [chunk(text("Come in")), chunk(text(" June."), finish="STOP", counts=COUNTS)],
            answer(Choice(0, "model", "Come in June.", finish_reason="STOP"), COUNTS),
            id="pieces",
        ),
        pytest.param(
            [chunk(text("a"), text("b")), chunk(text("c"))],
            answer(Choice(0, "model", "abc")),
            id="several parts",
        ),
        pytest.param(
            [chunk(text("Long nights.", thought=True)), chunk(text("June.", thought=None))],
            answer(Choice(0, "model", "June.", "Long nights.")),
            id="thought parts",
        ),
        pytest.param(
            [chunk(text("a"), counts={"total_token_count": 1}), chunk(text("b"), counts=COUNTS)],
            answer(Choice(0, "model", "ab"), COUNTS),
            id="cumulative usage",
        ),
        pytest.param(
            [chunk(text("a")), {"candidates": None, "usage_metadata": COUNTS}, {"candidates": []}],
            answer(Choice(0, "model", "a"), COUNTS),
            id="chunks without candidates",
        ),
        pytest.param(
            [chunk(text("a")), {"candidates": [{"content": None, "finish_reason": "MAX_TOKENS"}]}],
            answer(Choice(0, "model", "a", finish_reason="MAX_TOKENS")),
            id="content null",
        ),
        pytest.param(
            [
                {"candidates": [{"content": {"parts": None, "role": None}}]},
                chunk(None, {"thought_signature": "x"}),
            ],
            answer(Choice(0, "model")),
            id="parts null or without text",
        ),
        pytest.param(
            {"candidates": [candidate(text("b"), index=1), candidate(text("a"), index=0)]},
            Transcript("gemini-generate", (Choice(0, "model", "a"), Choice(1, "model", "b"))),
            id="two candidates, whole",
        ),
        pytest.param(
            {"candidates": [candidate(text("a")), candidate(text("b"))]},
            Transcript("gemini-generate", (Choice(0, "model", "a"), Choice(1, "model", "b"))),
            id="two candidates without index",
        ),
    ],
)
def test_text(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            chunk(calls("look", args={"x": 1})), called(ToolCall(None, "look", '{"x": 1}')), id="without id"
        ),
        pytest.param(
            chunk(calls("look", args={"x": 1}, id="call_a")),
            called(ToolCall("call_a", "look", '{"x": 1}')),
            id="with id",
        ),
        pytest.param(
            [chunk(calls("look", args={"x": 1})), chunk(calls("look", args={"x": 2}))],
            called(ToolCall(None, "look", '{"x": 1}'), ToolCall(None, "look", '{"x": 2}')),
            id="two in two chunks",
        ),
        pytest.param(
            chunk(calls("a", args=None), calls("b")),
            called(ToolCall(None, "a", "{}"), ToolCall(None, "b", "{}")),
            id="arguments null or left out",
        ),
    ],
)
def test_function_calls(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


def test_camel_case_of_the_wire() -> None:
    call = {"functionCall": {"name": "look", "args": {"x": 1}}}
    content = {"role": "model", "parts": [text("Why", thought=True), text("Hi"), call]}
    body = [
        {
            "candidates": [{"content": content, "finishReason": "STOP", "index": 0}],
            "usageMetadata": CAMEL_COUNTS,
        }
    ]
    calls = (ToolCall(None, "look", '{"x": 1}'),)
    assert assemble(body) == answer(Choice(0, "model", "Hi", "Why", None, calls, "STOP"), CAMEL_COUNTS)


def test_the_class_name_of_the_sdk_is_known() -> None:
    label = "google.genai.types.GenerateContentResponse"
    body = {"__type__": label, "__data__": {"candidates": [candidate(text("Hi"))]}}
    assert assemble(body) == answer(Choice(0, "model", "Hi"))


SNAKE_FEEDBACK = {"block_reason": "SAFETY", "block_reason_message": "Not that."}
CAMEL_FEEDBACK = {"blockReason": "SAFETY", "blockReasonMessage": "Not that."}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param({"prompt_feedback": SNAKE_FEEDBACK, "candidates": None}, "Not that.", id="snake case"),
        pytest.param({"promptFeedback": CAMEL_FEEDBACK, "usageMetadata": {}}, "Not that.", id="camel case"),
        pytest.param({"promptFeedback": CAMEL_FEEDBACK}, "Not that.", id="camel case and nothing else"),
        pytest.param(
            [{"prompt_feedback": {"block_reason": "SAFETY"}}], "the prompt was blocked", id="no message"
        ),
    ],
)
def test_blocked_prompt_is_an_error(body: Json, message: str) -> None:
    transcript = assemble(body)
    failure = transcript.error or Failure(None, None)
    assert (transcript.type, failure.type, failure.message) == ("gemini-generate", "SAFETY", message)


def test_feedback_without_a_reason_is_no_error() -> None:
    body = {**chunk(text("Hi")), "prompt_feedback": {"block_reason": None, "safety_ratings": []}}
    assert assemble(body) == answer(Choice(0, "model", "Hi"))


@pytest.mark.parametrize(
    ("number", "reason"), [(1, "STOP"), (2, "MAX_TOKENS"), (3, "SAFETY"), (0, None), (99, "99"), (True, None)]
)
def test_a_finish_reason_given_by_its_number(number: Json, reason: str | None) -> None:
    body = {"candidates": [{"finishReason": number, "content": {"parts": [{"text": "a"}]}}]}
    assert assemble(body).choices[0].finish_reason == reason


def test_logprobs_of_all_chunks_are_joined_in_their_own_form() -> None:
    def told(token: str) -> JsonObject:
        chosen = [{"token": token, "logProbability": -0.5}]
        return {"chosenCandidates": chosen, "topCandidates": [{"candidates": chosen}]}

    body = [{"candidates": [{"logprobsResult": told(token)}]} for token in "ab"]
    found = assemble(body).choices[0].logprobs
    assert found is not None
    assert [entry["token"] for entry in found["chosenCandidates"]] == ["a", "b"]
    assert len(found["topCandidates"]) == 2
