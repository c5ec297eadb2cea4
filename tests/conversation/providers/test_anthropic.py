"""Anthropic Messages: event streams in every spelling of their lines, and whole messages."""

from __future__ import annotations

import json

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Choice, Failure, ToolCall, Transcript
from recctl.support.jsonvalue import Json, JsonObject

CALL = ToolCall("toolu_a", "look", '{"x":1}')


def event(kind: str, **fields: Json) -> list[str]:
    return [f"event: {kind}", f"data: {json.dumps({'type': kind, **fields})}", ""]


def start(block: JsonObject, index: int = 0) -> list[str]:
    return event("content_block_start", index=index, content_block=block)


def delta(kind: str, index: int = 0, **fields: Json) -> list[str]:
    return event("content_block_delta", index=index, delta={"type": kind, **fields})


def said(text: str, index: int = 0) -> list[str]:
    return delta("text_delta", index, text=text)


def arguments(text: str, index: int = 0) -> list[str]:
    return delta("input_json_delta", index, partial_json=text)


def message(*content: Json, **fields: Json) -> JsonObject:
    return {"type": "message", "id": "msg_1", "role": "assistant", "content": list(content), **fields}


def text_block(text: str) -> JsonObject:
    return {"type": "text", "text": text}


def tool_use(given: Json, call_id: str = "toolu_a", kind: str = "tool_use") -> JsonObject:
    return {"type": kind, "id": call_id, "name": "look", "input": given}


def answer(choice: Choice, usage: JsonObject | None = None) -> Transcript:
    return Transcript("anthropic-messages", (choice,), usage)


def called(*calls: ToolCall) -> Transcript:
    return answer(Choice(0, tool_calls=calls))


# ---- text, and how the lines of a stream may be spelled

STREAM = [
    *event("message_start", message=message(usage={"input_tokens": 7, "output_tokens": 1})),
    *event("ping"),
    *start(text_block("")),
    *said("Hi"),
    *said(" there!"),
    *event("content_block_stop", index=0),
    *event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 9}),
    *event("message_stop"),
]
HI_THERE = answer(
    Choice(0, "assistant", "Hi there!", finish_reason="end_turn"), {"input_tokens": 7, "output_tokens": 9}
)


def without_names(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("event:")]


def in_several_data_lines(lines: list[str], end: str = "") -> list[str]:
    """Each event's data broken at its commas, where JSON allows a line break."""
    return [f"{part}{end}" for line in lines for part in line.replace(", ", ",\ndata: ").split("\n")]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(STREAM, id="as recorded"),
        pytest.param([line for line in STREAM if line], id="without the blank lines"),
        pytest.param(without_names(STREAM), id="without the event names"),
        pytest.param(STREAM[:-1], id="last blank line missing"),
        pytest.param([*STREAM, "data: [DONE]", ""], id="[DONE] at the end"),
        pytest.param([line.replace(": ", ":", 1) for line in STREAM], id="no blank after the colon"),
        pytest.param(in_several_data_lines(STREAM), id="several data lines in one event"),
        pytest.param(in_several_data_lines(STREAM, "\r\n"), id="several data lines, each with its line end"),
        pytest.param([f"{line}\r" for line in STREAM], id="carriage returns kept"),
        pytest.param([f"{line}\n" for line in STREAM], id="line feeds kept"),
        pytest.param([f"{line}\r\n" for line in STREAM], id="line ends kept"),
        pytest.param(["\r\n".join(STREAM)], id="everything in one item"),
        pytest.param("\n".join(STREAM), id="everything in one string"),
        pytest.param(
            ["\n".join(STREAM[at : at + 3]) for at in range(0, len(STREAM), 3)], id="one item an event"
        ),
        pytest.param([": comment", "id: 1", "retry: 10", *STREAM], id="other fields and comments"),
        pytest.param(["", "", *STREAM, ""], id="more blank lines"),
        pytest.param([json.loads(line[6:]) for line in STREAM if line[:5] == "data:"], id="parsed events"),
    ],
)
def test_a_stream_in_every_spelling(body: Json) -> None:
    assert assemble(body) == HI_THERE


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            [*said("c", 1), *said("a", 0), *said("d", 1), *said("b", 0)],
            answer(Choice(0, text="abcd")),
            id="blocks joined by index, not by arrival",
        ),
        pytest.param(
            [*start(text_block("a")), *said("b")], answer(Choice(0, text="ab")), id="text begun at the start"
        ),
        pytest.param(
            [*said("a"), *delta("text_delta"), *delta("text_delta", text=None), *said("b")],
            answer(Choice(0, text="ab")),
            id="text null or missing",
        ),
        pytest.param(
            [
                *start({"type": "thinking", "thinking": ""}),
                *delta("thinking_delta", thinking="Why"),
                *delta("thinking_delta", thinking=" not"),
                *delta("signature_delta", signature="x"),
                *start(text_block(""), 1),
                *said("Yes.", 1),
            ],
            answer(Choice(0, text="Yes.", reasoning="Why not")),
            id="thinking",
        ),
        pytest.param(
            ["event: content_block_delta", "data: {not json", "", *said("a")],
            answer(Choice(0, text="a")),
            id="event that is no JSON",
        ),
        pytest.param(
            ["data: [" * 5000, "", *said("a")], answer(Choice(0, text="a")), id="event nested too deeply"
        ),
    ],
)
def test_streamed_text(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


# ---- tool use


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            [*start(tool_use({})), *arguments(""), *arguments('{"x"'), *arguments(":1}")],
            called(CALL),
            id="in pieces after an empty input",
        ),
        pytest.param(
            [*start(tool_use({"x": 1}))], called(ToolCall("toolu_a", "look", '{"x": 1}')), id="whole"
        ),
        pytest.param(
            [*start(tool_use(None)), *arguments('{"x":1}')], called(CALL), id="input null at the start"
        ),
        pytest.param(
            [
                *start(tool_use({})),
                *start(tool_use({}, "toolu_b"), 1),
                *arguments('{"x"', 1),
                *arguments('{"x"', 0),
                *arguments(":2}", 1),
                *arguments(":1}", 0),
            ],
            called(CALL, ToolCall("toolu_b", "look", '{"x":2}')),
            id="interleaved by index",
        ),
        pytest.param(
            [*start(tool_use({}, kind="server_tool_use")), *arguments('{"x":1}')],
            called(CALL),
            id="the server's own tool",
        ),
    ],
)
def test_streamed_tool_use(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


def test_a_text_block_and_a_call_share_no_index() -> None:
    body = [*start(text_block("")), *start(tool_use({}), 1), *arguments('{"x":1}', 1), *said("Look:", 0)]
    assert assemble(body) == answer(Choice(0, text="Look:", tool_calls=(CALL,)))


# ---- usage


def usage_events(first: Json, last: Json) -> list[str]:
    return [*event("message_start", message=message(usage=first)), *event("message_delta", usage=last)]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        pytest.param(
            {"input_tokens": 7, "output_tokens": 1},
            {"output_tokens": 9},
            {"input_tokens": 7, "output_tokens": 9},
            id="merged, the later count wins",
        ),
        pytest.param({"input_tokens": 7}, None, {"input_tokens": 7}, id="only at the start"),
        pytest.param(None, {"output_tokens": 9}, {"output_tokens": 9}, id="only at the end"),
        pytest.param(
            {"input_tokens": 7},
            {"input_tokens": None, "output_tokens": 9},
            {"input_tokens": 7, "output_tokens": 9},
            id="null at the end erases nothing",
        ),
        pytest.param(None, None, None, id="absent"),
    ],
)
def test_usage_of_a_stream(first: Json, last: Json, expected: JsonObject | None) -> None:
    assert assemble(usage_events(first, last)).usage == expected


# ---- errors


def test_an_error_event_keeps_the_words_before_it() -> None:
    error = {"type": "overloaded_error", "message": "Overloaded"}
    transcript = assemble([*said("Hi"), *event("error", error=error)])
    failure = Failure("overloaded_error", "Overloaded", body={"type": "error", "error": error})
    assert transcript == Transcript("anthropic-messages", (Choice(0, text="Hi"),), error=failure)


# ---- whole


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            message(text_block("The left."), stop_reason="end_turn", usage={"output_tokens": 6}),
            answer(Choice(0, "assistant", "The left.", finish_reason="end_turn"), {"output_tokens": 6}),
            id="text",
        ),
        pytest.param(
            message({"type": "thinking", "thinking": "Why"}, text_block("a"), text_block("b")),
            answer(Choice(0, "assistant", "ab", "Why")),
            id="thinking and two texts",
        ),
        pytest.param(
            message(tool_use({"x": 1}), tool_use({}, "toolu_b"), stop_reason="tool_use"),
            answer(
                Choice(
                    0,
                    "assistant",
                    tool_calls=(ToolCall("toolu_a", "look", '{"x": 1}'), ToolCall("toolu_b", "look", "{}")),
                    finish_reason="tool_use",
                )
            ),
            id="two calls",
        ),
        pytest.param({**message(), "content": "Hi"}, answer(Choice(0, "assistant", "Hi")), id="plain string"),
        pytest.param({"type": "message", "content": None}, answer(Choice(0)), id="content null"),
        pytest.param(
            message(None, 5, {"type": "redacted_thinking", "data": "x"}, {"type": "text"}),
            answer(Choice(0, "assistant")),
            id="blocks without words",
        ),
        pytest.param(
            {"__type__": "anthropic.types.message.Message", "__data__": message(text_block("Hi"))},
            answer(Choice(0, "assistant", "Hi")),
            id="by class name",
        ),
    ],
)
def test_whole_message(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected
