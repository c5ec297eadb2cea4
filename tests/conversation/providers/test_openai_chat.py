"""OpenAI chat: streams and whole completions, with the oddities of the servers that imitate them."""

from __future__ import annotations

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Choice, ToolCall, Transcript
from recctl.support.jsonvalue import Json, JsonObject

CHUNK = "openai.types.chat.chat_completion_chunk.ChatCompletionChunk"
WHOLE = "openai.types.chat.chat_completion.ChatCompletion"
COUNTS = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
MORE_COUNTS = {"prompt_tokens": 5, "completion_tokens": 9, "total_tokens": 14}

TOKEN = {"token": "a", "logprob": -0.1, "bytes": [97], "top_logprobs": []}


def chunk(*choices: Json, **fields: Json) -> JsonObject:
    data = {"id": "rec-1", "object": "chat.completion.chunk", "choices": list(choices), **fields}
    return {"__type__": CHUNK, "__data__": data}


def odd_chunk(**data: Json) -> JsonObject:
    return {"__type__": CHUNK, "__data__": data}


def delta(content: Json = None, *, index: int = 0, finish: str | None = None, **fields: Json) -> JsonObject:
    return {"index": index, "delta": {"content": content, **fields}, "finish_reason": finish}


def call(
    arguments: Json = None, call_id: str | None = None, name: str | None = None, index: int = 0
) -> JsonObject:
    return {"index": index, "id": call_id, "function": {"name": name, "arguments": arguments}}


def calling(*calls: JsonObject, index: int = 0) -> JsonObject:
    return chunk(delta(index=index, tool_calls=list(calls)))


def whole(*choices: Json, **fields: Json) -> JsonObject:
    data = {"id": "rec-1", "object": "chat.completion", "choices": list(choices), **fields}
    return {"__type__": WHOLE, "__data__": data}


def message(content: Json = None, *, index: int = 0, finish: str | None = None, **fields: Json) -> JsonObject:
    return {
        "index": index,
        "finish_reason": finish,
        "message": {"role": "assistant", "content": content, **fields},
    }


def answer(*choices: Choice, usage: JsonObject | None = None) -> Transcript:
    return Transcript("openai-chat", choices, usage=usage)


def said(text: str, role: str | None = None, reason: str | None = None) -> Transcript:
    return answer(Choice(0, role, text, finish_reason=reason))


def called(*calls: ToolCall) -> Transcript:
    return answer(Choice(0, tool_calls=calls))


# ---- text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            [chunk(delta("", role="assistant")), chunk(delta("Bon")), chunk(delta("jour", finish="stop"))],
            said("Bonjour", "assistant", "stop"),
            id="role first, finish last",
        ),
        pytest.param(
            [chunk(delta("Bon", role="assistant")), chunk(delta("jour", role="assistant"))],
            said("Bonjour", "assistant"),
            id="role repeated",
        ),
        pytest.param(
            [chunk(delta("a")), chunk(delta(None)), chunk({"index": 0, "delta": {}}), chunk(delta("b"))],
            said("ab"),
            id="content null or missing",
        ),
        pytest.param(
            [chunk(delta("a", finish="stop")), chunk(delta("", finish=None))],
            said("a", reason="stop"),
            id="null finish_reason after the reason",
        ),
        pytest.param(
            [chunk(delta(["a", {"type": "text", "text": "b"}])), chunk(delta([{"text": "c"}, 5, None]))],
            said("abc"),
            id="content as parts",
        ),
        pytest.param(
            [chunk({"delta": {"content": "a"}}), chunk({"index": None, "delta": {"content": "b"}})],
            said("ab"),
            id="choice without index",
        ),
        pytest.param(
            [chunk({"index": 0, "delta": None}), chunk({"index": 0}), chunk(None), chunk(delta("a"))],
            said("a"),
            id="delta null or missing",
        ),
        pytest.param(
            [odd_chunk(), odd_chunk(choices=None), chunk(), odd_chunk(choices={}), chunk(delta("a"))],
            said("a"),
            id="chunks without choices",
        ),
        pytest.param(
            [chunk(delta("a"), object=""), chunk(delta("b"), object=None)], said("ab"), id="empty object"
        ),
        pytest.param(
            [chunk(delta("a")), chunk({"index": 0, "delta": {"content": None}, "text": "b"})],
            said("ab"),
            id="text of a completion in a chat chunk",
        ),
        pytest.param(
            [chunk({**delta("a"), "text": "a"})], said("a"), id="text repeats the content of its chunk"
        ),
        pytest.param(
            [chunk({**delta("a"), "logprobs": {"content": [TOKEN]}})],
            Transcript("openai-chat", (Choice(0, text="a", logprobs={"content": [TOKEN]}),)),
            id="logprobs are no text",
        ),
        pytest.param(
            [chunk({"index": 0, "message": {"role": "assistant", "content": "a"}, "delta": None})],
            said("a", "assistant"),
            id="message in a chunk",
        ),
    ],
)
def test_streamed_text(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


def test_interleaved_choices_are_kept_apart_and_in_order() -> None:
    body = [
        chunk(delta("x", index=1, role="assistant")),
        chunk(delta("a", index=0, role="assistant")),
        chunk(delta("y", index=1), delta("b", index=0)),
        chunk(delta(index=0, finish="stop")),
        chunk(delta(index=1, finish="length")),
    ]
    first = Choice(0, "assistant", "ab", finish_reason="stop")
    second = Choice(1, "assistant", "xy", finish_reason="length")
    assert assemble(body) == answer(first, second)


def test_choices_without_index_are_told_apart_by_position() -> None:
    body = [chunk({"delta": {"content": "a"}}, {"delta": {"content": "x"}})] * 2
    assert assemble(body) == answer(Choice(0, text="aa"), Choice(1, text="xx"))


# ---- reasoning and refusals


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            [chunk(delta(reasoning="Why")), chunk(delta(reasoning=" not")), chunk(delta("Yes."))],
            Choice(0, text="Yes.", reasoning="Why not"),
            id="reasoning",
        ),
        pytest.param(
            [chunk(delta(reasoning_content="Why")), chunk(delta("Yes.", reasoning_content=None))],
            Choice(0, text="Yes.", reasoning="Why"),
            id="reasoning_content",
        ),
        pytest.param(
            [chunk(delta(reasoning="Why", reasoning_content="Why"))],
            Choice(0, reasoning="Why"),
            id="both with the same text",
        ),
        pytest.param(
            [chunk(delta(reasoning="Why", reasoning_content="")), chunk(delta(reasoning_content=" not"))],
            Choice(0, reasoning="Why not"),
            id="one, then the other",
        ),
        pytest.param(
            [
                chunk(delta([{"type": "thinking", "thinking": [{"type": "text", "text": "Why"}]}])),
                chunk(delta([{"type": "text", "text": "Yes."}])),
            ],
            Choice(0, text="Yes.", reasoning="Why"),
            id="thinking as a part of the content",
        ),
        pytest.param(
            [chunk(delta(refusal="I")), chunk(delta("", refusal=" cannot")), chunk(delta(refusal=None))],
            Choice(0, refusal="I cannot"),
            id="refusal",
        ),
        pytest.param(
            [chunk(delta([{"type": "refusal", "refusal": "No."}]))],
            Choice(0, refusal="No."),
            id="refusal as a part of the content",
        ),
    ],
)
def test_streamed_reasoning_and_refusal(body: Json, expected: Choice) -> None:
    assert assemble(body) == answer(expected)


# ---- usage


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param([chunk(delta("a")), chunk(usage=COUNTS)], COUNTS, id="in a last chunk"),
        pytest.param(
            [chunk(delta("a"), usage=COUNTS), chunk(usage=MORE_COUNTS)], MORE_COUNTS, id="cumulative"
        ),
        pytest.param([chunk(delta("a"), usage=COUNTS), chunk(usage=None)], COUNTS, id="null after counts"),
        pytest.param([chunk(delta("a"), usage=COUNTS), chunk(usage={})], COUNTS, id="empty after counts"),
        pytest.param([chunk(delta("a"), usage=None), chunk(delta("b"))], None, id="absent"),
    ],
)
def test_usage_of_a_stream(body: Json, expected: JsonObject | None) -> None:
    assert assemble(body).usage == expected


# ---- tool calls


A, B = ToolCall("call_a", "look", '{"x":1}'), ToolCall("call_b", "look", '{"x":2}')


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            [calling(call("", "call_a", "look")), calling(call('{"x"')), calling(call(":1}"))],
            [A],
            id="id and name in the first delta only",
        ),
        pytest.param(
            [calling(call('{"x"', "call_a", "look")), calling(call(":1}", "call_a"))],
            [A],
            id="id repeated",
        ),
        pytest.param(
            [calling(call('{"x"', "call_a", "look")), calling(call(":1}", "call_a", "look"))],
            [A],
            id="id and name repeated",
        ),
        pytest.param(
            [calling(call('{"x"', "call_a", "look")), calling(call(":1}", None, "look"))],
            [A],
            id="name repeated without id",
        ),
        pytest.param(
            [calling(call(None, "call_a", "lo")), calling(call('{"x":1}', None, "ok"))],
            [A],
            id="name in two pieces",
        ),
        pytest.param(
            [calling(call('{"x":1}', "call_a", "look")), calling(call('{"x":2}', "call_b", "look"))],
            [A, B],
            id="new id at the same index",
        ),
        pytest.param(
            [
                calling(call('{"x"', "call_a", "look"), call('{"x"', "call_b", "look")),
                calling(call(":2}", "call_b")),
            ],
            [ToolCall("call_a", "look", '{"x"'), B],
            id="two ids at one index in one delta",
        ),
        pytest.param(
            [
                calling(call('{"x":1}', "call_a", "look")),
                calling(call('{"x"', "call_b", "look")),
                calling(call(":2}")),
            ],
            [A, B],
            id="pieces after a new id belong to the new call",
        ),
        pytest.param(
            [
                calling(call('{"x"', "call_a", "look", 0), call('{"x"', "call_b", "look", 1)),
                calling(call(":2}", index=1), call(":1}", index=0)),
            ],
            [A, B],
            id="two indexes interleaved",
        ),
        pytest.param(
            [calling({"id": "call_a", "function": {"name": "look", "arguments": '{"x":1}'}})],
            [A],
            id="whole call without index",
        ),
        pytest.param(
            [
                calling({"id": "call_a", "function": {"name": "look", "arguments": '{"x":1}'}}),
                calling({"id": "call_b", "function": {"name": "look", "arguments": '{"x":2}'}}),
            ],
            [A, B],
            id="two whole calls without index",
        ),
        pytest.param(
            [
                calling({"id": "call_a", "function": {"name": "look", "arguments": '{"x"'}}),
                calling({"function": {"arguments": ":1}"}}),
            ],
            [A],
            id="later piece without index and id",
        ),
        pytest.param(
            [calling({"index": 0, "id": "call_a", "function": {"name": "look", "arguments": {"x": 1}}})],
            [ToolCall("call_a", "look", '{"x": 1}')],
            id="arguments as an object",
        ),
        pytest.param(
            [calling(call(None, "call_a", "look")), calling({"index": 0}), calling(call(None))],
            [ToolCall("call_a", "look", "")],
            id="arguments null or missing",
        ),
        pytest.param(
            [calling({"index": 0, "id": "call_a", "custom": {"name": "look", "input": "1"}})],
            [ToolCall("call_a", "look", "1")],
            id="custom tool",
        ),
    ],
)
def test_streamed_tool_calls(body: Json, expected: list[ToolCall]) -> None:
    assert assemble(body) == called(*expected)


def test_tool_calls_of_two_choices_are_kept_apart() -> None:
    body = [calling(call('{"x":1}', "call_a", "look")), calling(call('{"x":2}', "call_b", "look"), index=1)]
    assert assemble(body) == answer(Choice(0, tool_calls=(A,)), Choice(1, tool_calls=(B,)))


def test_streamed_legacy_function_call_is_one_call_without_id() -> None:
    body = [
        chunk(delta(function_call={"name": "look", "arguments": ""})),
        chunk(delta(function_call={"arguments": '{"x"'})),
        chunk(delta(function_call={"name": None, "arguments": ":1}"}, finish="function_call")),
    ]
    calls = (ToolCall(None, "look", '{"x":1}'),)
    assert assemble(body) == answer(Choice(0, tool_calls=calls, finish_reason="function_call"))


# ---- whole completions


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            whole(message("Hi", finish="stop"), usage=COUNTS),
            answer(Choice(0, "assistant", "Hi", finish_reason="stop"), usage=COUNTS),
            id="text",
        ),
        pytest.param(
            whole(message("b", index=1), message("a", index=0)),
            answer(Choice(0, "assistant", "a"), Choice(1, "assistant", "b")),
            id="two choices",
        ),
        pytest.param(
            whole({"message": {"content": "a"}}, {"message": {"content": "b"}}),
            answer(Choice(0, text="a"), Choice(1, text="b")),
            id="choices without index and role",
        ),
        pytest.param(
            whole(message([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}])),
            said("ab", "assistant"),
            id="content as parts",
        ),
        pytest.param(
            whole(message("Yes.", reasoning="Why", reasoning_content="Why")),
            answer(Choice(0, "assistant", "Yes.", "Why")),
            id="reasoning under both names",
        ),
        pytest.param(
            whole(message(refusal="No.")), answer(Choice(0, "assistant", refusal="No.")), id="refusal"
        ),
        pytest.param(
            whole(message(tool_calls=[call('{"x":1}', "call_a", "look"), call('{"x":2}', "call_b", "look")])),
            answer(Choice(0, "assistant", tool_calls=(A, B))),
            id="two calls that both say index 0",
        ),
        pytest.param(
            whole(message(tool_calls=[call("1", None, "look"), call("2", None, "look")])),
            answer(
                Choice(0, "assistant", tool_calls=(ToolCall(None, "look", "1"), ToolCall(None, "look", "2")))
            ),
            id="two calls without ids",
        ),
        pytest.param(
            whole(message(tool_calls=None, function_call={"name": "look", "arguments": "{}"})),
            answer(Choice(0, "assistant", tool_calls=(ToolCall(None, "look", "{}"),))),
            id="legacy function_call",
        ),
        pytest.param(
            {"__type__": WHOLE, "__data__": {"choices": [{"message": None}]}},
            answer(Choice(0)),
            id="message null",
        ),
        pytest.param({"__type__": WHOLE, "__data__": {}}, answer(), id="nothing but the class"),
    ],
)
def test_whole_completion(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


# ---- log probabilities

OTHER = {"token": "b", "logprob": -2.5, "bytes": [98], "top_logprobs": [{"token": "c", "logprob": -3.0}]}


@pytest.mark.parametrize(
    ("sent", "joined"),
    [
        pytest.param(
            [{"content": [TOKEN], "refusal": None}, None, {"content": [OTHER, TOKEN], "refusal": None}],
            {"content": [TOKEN, OTHER, TOKEN], "refusal": None},
            id="of a text",
        ),
        pytest.param(
            [{"content": None, "refusal": [TOKEN]}, {"content": None, "refusal": [OTHER]}],
            {"content": None, "refusal": [TOKEN, OTHER]},
            id="of a refusal",
        ),
        pytest.param([[TOKEN], [OTHER]], {"content": [TOKEN, OTHER]}, id="bare lists"),
        pytest.param(
            [{"tokens": ["a"], "token_logprobs": [-0.1]}, {"tokens": ["b"], "token_logprobs": [None]}],
            {"tokens": ["a", "b"], "token_logprobs": [-0.1, None]},
            id="in columns",
        ),
        pytest.param([{"content": [], "refusal": None}, {"content": None}, {}, 0, "x"], None, id="none"),
    ],
)
def test_logprobs_of_all_chunks_are_joined(sent: list[Json], joined: JsonObject | None) -> None:
    body = [chunk({**delta("x"), "logprobs": each}) for each in sent]
    assert assemble(body).choices[0].logprobs == joined


def test_logprobs_belong_to_their_choice() -> None:
    body = [chunk({**delta("x"), "index": index, "logprobs": {"content": [TOKEN]}}) for index in (0, 1, 1)]
    assert [choice.logprobs for choice in assemble(body).choices] == [
        {"content": [TOKEN]},
        {"content": [TOKEN, TOKEN]},
    ]
