"""Ollama's own API: generate, chat and pull."""

from __future__ import annotations

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Choice, Failure, ToolCall, Transcript
from recctl.support.jsonvalue import Json, JsonObject

COUNTS = {"prompt_eval_count": 31, "eval_count": 8}


def generate(response: Json = "", **fields: Json) -> JsonObject:
    data = {"model": "llama3.2:3b", "done": False, "response": response, "context": None, **fields}
    return {"__type__": "ollama._types.GenerateResponse", "__data__": data}


def chat(content: Json = "", **fields: Json) -> JsonObject:
    keys = ("thinking", "tool_calls", "role", "images")
    message = {"role": "assistant", "content": content}
    message |= {key: fields.pop(key) for key in keys if key in fields}
    data = {"model": "llama3.2:3b", "done": False, "message": message, **fields}
    return {"__type__": "ollama._types.ChatResponse", "__data__": data}


def progress(status: Json, **fields: Json) -> JsonObject:
    return {"__type__": "ollama._types.ProgressResponse", "__data__": {"status": status, **fields}}


def tool_call(arguments: Json, name: str = "look") -> JsonObject:
    return {"function": {"name": name, "arguments": arguments}}


# ---- generate


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            [generate("The "), generate("Tisza."), generate("", done=True, done_reason="stop", **COUNTS)],
            Transcript("ollama-generate", (Choice(0, text="The Tisza.", finish_reason="stop"),), COUNTS),
            id="pieces, counts at the end",
        ),
        pytest.param(
            [generate(thinking="Too"), generate(thinking=" easy."), generate("No.", thinking=None)],
            Transcript("ollama-generate", (Choice(0, text="No.", reasoning="Too easy."),)),
            id="thinking",
        ),
        pytest.param(
            [generate(None), generate("a", eval_count=None), {**generate(), "__data__": {"done": True}}],
            Transcript("ollama-generate", (Choice(0, text="a"),)),
            id="response null or missing, counts null or missing",
        ),
        pytest.param(
            [generate("a", eval_count=1), generate("b", eval_count=2)],
            Transcript("ollama-generate", (Choice(0, text="ab"),), {"eval_count": 2}),
            id="cumulative count",
        ),
        pytest.param(
            generate("safe", done=True, done_reason="stop", **COUNTS),
            Transcript("ollama-generate", (Choice(0, text="safe", finish_reason="stop"),), COUNTS),
            id="whole",
        ),
        pytest.param(
            generate("a", prompt_eval_count=0, eval_count=1),
            Transcript("ollama-generate", (Choice(0, text="a"),), {"prompt_eval_count": 0, "eval_count": 1}),
            id="a count of zero is a count",
        ),
    ],
)
def test_generate(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


# ---- chat


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            [chat("Take "), chat("one."), chat("", done=True, done_reason="stop", **COUNTS)],
            Transcript("ollama-chat", (Choice(0, "assistant", "Take one.", finish_reason="stop"),), COUNTS),
            id="pieces, counts at the end",
        ),
        pytest.param(
            [chat("", thinking="Often"), chat(None, thinking=" wet."), chat("Yes.")],
            Transcript("ollama-chat", (Choice(0, "assistant", "Yes.", "Often wet."),)),
            id="thinking",
        ),
        pytest.param(
            [chat(tool_calls=[tool_call({"x": 1}), tool_call({"x": "é"})]), chat(done=True)],
            Transcript(
                "ollama-chat",
                (
                    Choice(
                        0,
                        "assistant",
                        tool_calls=(
                            ToolCall(None, "look", '{"x": 1}'),
                            ToolCall(None, "look", '{"x": "é"}'),
                        ),
                    ),
                ),
            ),
            id="two whole calls in a chunk",
        ),
        pytest.param(
            [chat(tool_calls=[tool_call({})]), chat(tool_calls=[tool_call({})])],
            Transcript(
                "ollama-chat", (Choice(0, "assistant", tool_calls=(ToolCall(None, "look", "{}"),) * 2),)
            ),
            id="the same call twice is two calls",
        ),
        pytest.param(
            [{**chat(), "__data__": {"done": False, "message": None}}, chat("a", role=None, tool_calls=None)],
            Transcript("ollama-chat", (Choice(0, text="a"),)),
            id="message, role and calls null",
        ),
        pytest.param(
            chat("Inchydoney.", done=True, done_reason="stop", **COUNTS),
            Transcript("ollama-chat", (Choice(0, "assistant", "Inchydoney.", finish_reason="stop"),), COUNTS),
            id="whole",
        ),
    ],
)
def test_chat(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


def test_an_error_that_ends_a_stream_keeps_the_words_before_it() -> None:
    error = {"error": "model runner has stopped"}
    expected = Transcript(
        "ollama-chat",
        (Choice(0, "assistant", "Take"),),
        error=Failure(None, "model runner has stopped", body=error),
    )
    assert assemble([chat("Take"), error]) == expected


# ---- pull


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(
            [
                progress("pulling manifest", digest=None),
                progress("pulling 797b", digest="sha256:797b", total=2, completed=1),
                progress("success", digest=None),
            ],
            "success",
            id="streamed: the last status",
        ),
        pytest.param(progress("success"), "success", id="whole"),
        pytest.param({"status": "success"}, "success", id="plain object"),
        pytest.param([progress("success"), progress(None)], "success", id="status null at the end"),
    ],
)
def test_pull_says_how_it_ended(body: Json, reason: str) -> None:
    assert assemble(body) == Transcript("ollama-pull", (Choice(0, finish_reason=reason),))


def test_logprobs_of_all_chunks_are_joined() -> None:
    tokens = [{"token": "a", "logprob": -0.5}, {"token": "b", "logprob": -1.5}]
    for make in (generate, chat):
        body = [make("x", logprobs=[token]) for token in tokens]
        assert assemble(body).choices[0].logprobs == {"content": tokens}
