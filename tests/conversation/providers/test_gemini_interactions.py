"""Gemini Interactions: event streams as raw lines, and whole interactions."""

from __future__ import annotations

import json

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Choice, Failure, ToolCall, Transcript
from recctl.support.jsonvalue import Json, JsonObject

COUNTS = {"total_input_tokens": 2, "total_output_tokens": 10, "total_tokens": 12}


def event(kind: str, **fields: Json) -> list[str]:
    return [f"event: {kind}", f"data: {json.dumps({**fields, 'event_type': kind})}", ""]


def start(kind: str, index: int = 0, **fields: Json) -> list[str]:
    return event("content.start", index=index, content={"type": kind, **fields})


def delta(kind: str, index: int = 0, **fields: Json) -> list[str]:
    return event("content.delta", index=index, delta={"type": kind, **fields})


def said(text: str, index: int = 0) -> list[str]:
    return delta("text", index, text=text)


def interaction(*outputs: Json, **fields: Json) -> JsonObject:
    body = {"id": "v1_x", "object": "interaction", "role": "model", "status": "completed", **fields}
    return {**body, "outputs": list(outputs)} if outputs else body


def complete(*outputs: Json, **fields: Json) -> list[str]:
    return event("interaction.complete", interaction=interaction(*outputs, **fields))


def text(words: str) -> JsonObject:
    return {"type": "text", "text": words}


def function_call(arguments: Json, call_id: str | None = "call_a") -> JsonObject:
    return {"type": "function_call", "id": call_id, "name": "look", "arguments": arguments}


def answer(choice: Choice, usage: JsonObject | None = None) -> Transcript:
    return Transcript("gemini-interactions", (choice,), usage)


OPENING = [
    *event("interaction.start", interaction=interaction(status="in_progress")),
    *event("interaction.status_update", status="in_progress"),
]
HELLO = [*start("text"), *said("Hi"), *said(" there!"), *event("content.stop", index=0)]
DONE = ["event: done", "data: [DONE]", ""]
STREAM = [*OPENING, *HELLO, *complete(usage=COUNTS), *DONE]
HI_THERE = answer(Choice(0, "model", "Hi there!", finish_reason="completed"), COUNTS)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(STREAM, HI_THERE, id="as recorded"),
        pytest.param([line for line in STREAM if line], HI_THERE, id="without the blank lines"),
        pytest.param(STREAM[:-4], HI_THERE, id="cut before the last blank line and the end"),
        pytest.param([f"{line}\r" for line in STREAM], HI_THERE, id="carriage returns kept"),
        pytest.param([f"{line}\r\n" for line in STREAM], HI_THERE, id="line ends kept"),
        pytest.param(["\r\n".join(STREAM)], HI_THERE, id="everything in one item"),
        pytest.param(
            [*HELLO, *complete(text("Hi there!"), usage=COUNTS)], HI_THERE, id="outputs repeat the deltas"
        ),
        pytest.param(complete(text("Hi there!"), usage=COUNTS), HI_THERE, id="outputs alone"),
        pytest.param(
            [*said("c", 1), *said("a", 0), *said("d", 1), *said("b", 0)],
            answer(Choice(0, text="abcd")),
            id="joined by index, not by arrival",
        ),
        pytest.param(
            [*said("a"), *delta("text"), *delta("text", text=None), *said("b")],
            answer(Choice(0, text="ab")),
            id="text null or missing",
        ),
        pytest.param(
            [*start("text", text="a"), *said("b")],
            answer(Choice(0, text="ab")),
            id="text begun in content.start",
        ),
        pytest.param(
            [*start("thought"), *delta("thought_signature", signature="x"), *said("a", 1)],
            answer(Choice(0, text="a")),
            id="signature of a thought is no text",
        ),
        pytest.param(
            [
                *delta("thought_summary", content=text("Why")),
                *delta("thought_summary", content=text(" not")),
                *said("Yes.", 1),
            ],
            answer(Choice(0, text="Yes.", reasoning="Why not")),
            id="thought summary",
        ),
    ],
)
def test_streamed_text(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(event("content.delta", index=0, delta=function_call({"x": 1})), id="in a delta"),
        pytest.param(event("content.start", index=0, content=function_call({"x": 1})), id="in content.start"),
        pytest.param(
            [
                *event("content.start", index=0, content={"type": "function_call"}),
                *event("content.delta", index=0, delta=function_call({"x": 1})),
                *complete(function_call({"x": 1}), status=None),
            ],
            id="start, delta and outputs",
        ),
        pytest.param(complete(function_call({"x": 1}), status=None), id="outputs alone"),
    ],
)
def test_streamed_function_call(body: Json) -> None:
    assert assemble(body).choices[0].tool_calls == (ToolCall("call_a", "look", '{"x": 1}'),)


def test_empty_arguments_at_the_start_are_no_part_of_the_real_ones() -> None:
    body = [
        *event("content.start", index=0, content=function_call({})),
        *event("content.delta", index=0, delta=function_call({"x": 1})),
    ]
    assert assemble(body).choices[0].tool_calls == (ToolCall("call_a", "look", '{"x": 1}'),)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(interaction(text("Hi there!"), usage=COUNTS), HI_THERE, id="text"),
        pytest.param(
            interaction(text("a"), text("b"), role=None, status=None),
            answer(Choice(0, text="ab")),
            id="two outputs, role and status null",
        ),
        pytest.param(
            interaction({"type": "thought", "summary": [text("Why")]}, text("Yes.")),
            answer(Choice(0, "model", "Yes.", "Why", finish_reason="completed")),
            id="thought",
        ),
        pytest.param(
            interaction(function_call({"x": 1}), function_call({"x": 2}, "call_b"), status="requires_action"),
            answer(
                Choice(
                    0,
                    "model",
                    tool_calls=(
                        ToolCall("call_a", "look", '{"x": 1}'),
                        ToolCall("call_b", "look", '{"x": 2}'),
                    ),
                    finish_reason="requires_action",
                )
            ),
            id="two function calls",
        ),
        pytest.param(
            interaction(function_call({"x": 1}, None), function_call({"x": 1}, None), status=None),
            answer(Choice(0, "model", tool_calls=(ToolCall(None, "look", '{"x": 1}'),) * 2)),
            id="the same call twice is two calls",
        ),
        pytest.param(
            {"__type__": "google.genai.interactions.Interaction", "__data__": interaction(text("Hi there!"))},
            answer(Choice(0, "model", "Hi there!", finish_reason="completed")),
            id="by class name",
        ),
        pytest.param(
            {"object": "interaction", "outputs": None}, answer(Choice(0)), id="outputs null, role missing"
        ),
        pytest.param(
            interaction(None, 5, {"type": "image", "data": "iVBOR"}, {"type": "text"}),
            answer(Choice(0, "model", finish_reason="completed")),
            id="outputs without words",
        ),
    ],
)
def test_whole(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


def test_an_error_event_keeps_the_words_before_it() -> None:
    error = {"message": "Overloaded", "code": "unavailable"}
    body = [*said("Hi"), *event("error", error=error)]
    failure = Failure("unavailable", "Overloaded", body={"error": error, "event_type": "error"})
    assert assemble(body) == Transcript("gemini-interactions", (Choice(0, text="Hi"),), error=failure)


# ---- the second version: steps


def step(kind: str, **fields: Json) -> JsonObject:
    return {"type": kind, **fields}


def starts(index: int, kind: str, **fields: Json) -> list[str]:
    return event("step.start", index=index, step=step(kind, **fields))


def adds(index: int, kind: str, **fields: Json) -> list[str]:
    return event("step.delta", index=index, delta={"type": kind, **fields})


def completed(*steps: Json, **fields: Json) -> list[str]:
    done: JsonObject = {"id": "v1_x", "status": "completed", **fields}
    return event("interaction.completed", interaction={**done, "steps": list(steps)} if steps else done)


CREATED = event(
    "interaction.created", interaction={"id": "v1_x", "status": "in_progress", "object": "interaction"}
)
STEPS = [
    *starts(0, "thought"),
    *adds(0, "thought_summary", content=text("Wh")),
    *adds(0, "thought_summary", content=text("y")),
    *adds(0, "thought_signature", signature="x"),
    *event("step.stop", index=0),
    *starts(1, "model_output"),
    *adds(1, "text", text="Hi"),
    *adds(1, "text_annotation_delta", annotations=[]),
    *adds(1, "text", text=" there!"),
    *event("step.stop", index=1),
    *starts(2, "function_call", id="call_a", name="look", arguments={}),
    *adds(2, "arguments_delta", arguments='{"x"'),
    *adds(2, "arguments_delta", arguments=": 1}"),
    *event("step.stop", index=2),
]
WHOLE_STEPS = [
    step("user_input", content=[text("What?")]),
    step("thought", signature="x", summary=[text("Wh"), text("y")]),
    step("google_search_call", id="s", arguments={"queries": ["x"]}),
    step("model_output", content=[text("Hi"), {"type": "image", "data": "iVBOR"}, text(" there!")]),
    function_call({"x": 1}),
]
CALLED = ToolCall("call_a", "look", '{"x": 1}')


def stepped(reason: str | None = None, usage: JsonObject | None = None) -> Transcript:
    return answer(Choice(0, None, "Hi there!", "Why", None, (CALLED,), reason), usage)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param([*CREATED, *STEPS], stepped(), id="cut before the end"),
        pytest.param(
            [*CREATED, *STEPS, *completed(usage=COUNTS), *DONE],
            stepped("completed", COUNTS),
            id="as streamed",
        ),
        pytest.param(
            [*CREATED, *STEPS, *completed(*WHOLE_STEPS)], stepped("completed"), id="the end repeats the steps"
        ),
        pytest.param(
            [*CREATED, *STEPS, *completed(*WHOLE_STEPS[1:])], stepped("completed"), id="without the user's"
        ),
        pytest.param([*CREATED, *completed(*WHOLE_STEPS)], stepped("completed"), id="the end alone"),
        pytest.param(
            [*STEPS, *event("interaction.status_update", status="requires_action", usage=COUNTS)],
            stepped("requires_action", COUNTS),
            id="the end told by the status",
        ),
        pytest.param(
            {"id": "v1_x", "status": "completed", "steps": WHOLE_STEPS}, stepped("completed"), id="whole"
        ),
        pytest.param(
            [*starts(0, "model_output", content=[text("Hi")]), *adds(0, "text", text=" there!")],
            answer(Choice(0, text="Hi there!")),
            id="text begun at the start",
        ),
        pytest.param(
            [*starts(0, "function_call", **function_call({"x": 1})), *completed(function_call({"x": 1}))],
            answer(Choice(0, tool_calls=(CALLED,), finish_reason="completed")),
            id="arguments at the start",
        ),
        pytest.param(
            [*starts(0, "function_call", **function_call({})), *completed(function_call({}))],
            answer(Choice(0, tool_calls=(ToolCall("call_a", "look", "{}"),), finish_reason="completed")),
            id="no arguments at all",
        ),
        pytest.param(
            [
                *CREATED,
                *adds(0, "text", text="a"),
                *completed(status="requires_continuation"),
                *CREATED,
                *adds(0, "text", text="b"),
                *completed(),
            ],
            answer(Choice(0, text="ab", finish_reason="completed")),
            id="continued by a second interaction",
        ),
    ],
)
def test_steps(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


def test_a_call_of_an_mcp_server_is_a_call() -> None:
    call = step("mcp_server_tool_call", id="m", name="ask", server_name="wiki", arguments={"q": 1})
    expected = (ToolCall("m", "ask", '{"q": 1}'),)
    for body in ({"status": "completed", "steps": [call]}, event("step.delta", index=0, delta=call)):
        assert assemble(body).choices[0].tool_calls == expected


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"errors": [{"code": "unavailable", "message": "Oh"}]}, id="of the interaction"),
        pytest.param(
            {"steps": [step("model_output", error={"code": "unavailable", "message": "Oh"})]}, id="of a step"
        ),
    ],
)
def test_a_failed_interaction_says_why(fields: JsonObject) -> None:
    done = event("interaction.completed", interaction={"id": "v1_x", "status": "failed", **fields})
    transcript = assemble([*CREATED, *done])
    assert transcript.error == Failure("unavailable", "Oh", body={"code": "unavailable", "message": "Oh"})
    assert transcript.choices[0].finish_reason == "failed"


def test_an_interaction_that_only_began_has_no_finish_reason() -> None:
    assert assemble([*OPENING, *HELLO]).choices[0].finish_reason is None
