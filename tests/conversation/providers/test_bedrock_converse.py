"""Bedrock Converse: whole answers, and the events of streams as objects."""

from __future__ import annotations

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Choice, ToolCall, Transcript
from recctl.support.jsonvalue import Json, JsonObject

COUNTS = {"inputTokens": 9, "outputTokens": 4, "totalTokens": 13}
CALL = {"toolUseId": "tooluse_a", "name": "look", "input": {"x": 1}}


def whole(*content: Json, **fields: Json) -> JsonObject:
    return {"output": {"message": {"role": "assistant", "content": list(content)}}, **fields}


def delta(block: int, **said: Json) -> JsonObject:
    return {"contentBlockDelta": {"contentBlockIndex": block, "delta": said}}


def answer(choice: Choice, usage: JsonObject | None = None) -> Transcript:
    return Transcript("bedrock-converse", (choice,), usage)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            whole({"text": "Hi"}, {"text": " there."}, stopReason="end_turn", usage=COUNTS),
            answer(Choice(0, "assistant", "Hi there.", finish_reason="end_turn"), COUNTS),
            id="text",
        ),
        pytest.param(
            whole(
                {"reasoningContent": {"reasoningText": {"text": "Why", "signature": "x"}}}, {"text": "Yes."}
            ),
            answer(Choice(0, "assistant", "Yes.", "Why")),
            id="reasoning",
        ),
        pytest.param(
            whole({"toolUse": CALL}, {"toolUse": {**CALL, "toolUseId": "tooluse_b"}}, stopReason="tool_use"),
            answer(
                Choice(
                    0,
                    "assistant",
                    tool_calls=(
                        ToolCall("tooluse_a", "look", '{"x": 1}'),
                        ToolCall("tooluse_b", "look", '{"x": 1}'),
                    ),
                    finish_reason="tool_use",
                )
            ),
            id="two calls",
        ),
        pytest.param(
            [
                {"messageStart": {"role": "assistant"}},
                delta(0, reasoningContent={"text": "Wh"}),
                delta(0, reasoningContent={"text": "y"}),
                delta(0, reasoningContent={"signature": "x"}),
                {"contentBlockStop": {"contentBlockIndex": 0}},
                delta(1, text="Ye"),
                delta(1, text="s."),
                {
                    "contentBlockStart": {
                        "contentBlockIndex": 2,
                        "start": {"toolUse": {**CALL, "input": None}},
                    }
                },
                delta(2, toolUse={"input": '{"x"'}),
                delta(2, toolUse={"input": ": 1}"}),
                {"messageStop": {"stopReason": "tool_use"}},
                {"metadata": {"usage": COUNTS, "metrics": {"latencyMs": 5}}},
            ],
            answer(
                Choice(
                    0,
                    "assistant",
                    "Yes.",
                    "Why",
                    None,
                    (ToolCall("tooluse_a", "look", '{"x": 1}'),),
                    "tool_use",
                ),
                COUNTS,
            ),
            id="stream",
        ),
    ],
)
def test_converse(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected
