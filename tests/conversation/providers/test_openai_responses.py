"""OpenAI Responses: events and whole Response objects. What repeats itself is in test_output_items."""

from __future__ import annotations

import json

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Choice, Failure, ToolCall, Transcript
from recctl.support.jsonvalue import Json, JsonObject
from tests.make_samples import samples

CLASS = "openai.types.responses.response.Response"
COUNTS = {"input_tokens": 4, "output_tokens": 3, "total_tokens": 7}
CALL = ToolCall("call_a", "look", '{"x":1}')


def event(kind: str, **fields: Json) -> JsonObject:
    return {"type": f"response.{kind}", **fields}


def piece(text: str, output: int = 0, content: int = 0, kind: str = "output_text.delta") -> JsonObject:
    return event(kind, output_index=output, content_index=content, item_id=f"item_{output}", delta=text)


def message(*texts: str, item_id: str = "item_0") -> JsonObject:
    content = [{"type": "output_text", "text": text, "annotations": []} for text in texts]
    return {
        "type": "message",
        "id": item_id,
        "role": "assistant",
        "content": content,
        "status": "completed",
    }


def reasoning(*texts: str, key: str = "summary") -> JsonObject:
    return {
        "type": "reasoning",
        "id": "rs_1",
        key: [{"type": "summary_text", "text": text} for text in texts],
    }


def function_call(arguments: Json = '{"x":1}', call_id: str = "call_a", item_id: str = "fc_1") -> JsonObject:
    item = {"type": "function_call", "id": item_id, "call_id": call_id, "name": "look"}
    return {**item, "arguments": arguments}


def response(*output: Json, **fields: Json) -> JsonObject:
    return {"object": "response", "status": "completed", "error": None, "output": list(output), **fields}


def completed(*output: Json, **fields: Json) -> JsonObject:
    return event("completed", response=response(*output, **fields))


def answer(choice: Choice, usage: JsonObject | None = None) -> Transcript:
    return Transcript("openai-responses", (choice,), usage=usage)


def said(text: str, role: str | None = None, reason: str | None = None) -> Transcript:
    return answer(Choice(0, role, text, finish_reason=reason))


# ---- streamed text

DELTAS = [piece("Let me"), piece(" look.")]
TEXT_DONE = event("output_text.done", output_index=0, content_index=0, item_id="item_0", text="Let me look.")
PART = {"type": "output_text", "text": "Let me look.", "annotations": []}
PART_DONE = event("content_part.done", output_index=0, content_index=0, item_id="item_0", part=PART)
ITEM_ADDED = event("output_item.added", output_index=0, item={**message(), "status": "in_progress"})
ITEM_DONE = event("output_item.done", output_index=0, item=message("Let me look."))
COMPLETED = completed(message("Let me look."), usage=COUNTS)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(DELTAS, said("Let me look."), id="deltas"),
        pytest.param([*DELTAS, TEXT_DONE], said("Let me look."), id="text.done repeats the deltas"),
        pytest.param([*DELTAS, PART_DONE], said("Let me look."), id="part.done repeats the deltas"),
        pytest.param(
            [ITEM_ADDED, *DELTAS, ITEM_DONE],
            said("Let me look.", "assistant"),
            id="item.done repeats the deltas",
        ),
        pytest.param(
            [*DELTAS, COMPLETED],
            answer(Choice(0, "assistant", "Let me look.", finish_reason="completed"), COUNTS),
            id="completed repeats the deltas",
        ),
        pytest.param(
            [ITEM_ADDED, *DELTAS, TEXT_DONE, PART_DONE, ITEM_DONE, COMPLETED],
            answer(Choice(0, "assistant", "Let me look.", finish_reason="completed"), COUNTS),
            id="everything",
        ),
        pytest.param([TEXT_DONE], said("Let me look."), id="only text.done"),
        pytest.param([ITEM_DONE], said("Let me look.", "assistant"), id="only item.done"),
        pytest.param(
            [COMPLETED],
            answer(Choice(0, "assistant", "Let me look.", finish_reason="completed"), COUNTS),
            id="only completed",
        ),
        pytest.param(
            [TEXT_DONE, ITEM_DONE, COMPLETED],
            answer(Choice(0, "assistant", "Let me look.", finish_reason="completed"), COUNTS),
            id="only done events and completed",
        ),
        pytest.param(
            [piece("c", 1), piece("a", 0, 0), piece("d", 1), piece("b", 0, 1)],
            said("abcd"),
            id="parts joined by index, not by arrival",
        ),
        pytest.param(
            [event("output_text.delta", delta="a"), event("output_text.delta", delta=None)],
            said("a"),
            id="no indexes, delta null",
        ),
        pytest.param(
            [event("created", response=response(status="in_progress")), event("in_progress"), *DELTAS],
            said("Let me look."),
            id="events without words",
        ),
    ],
)
def test_streamed_text(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


def test_an_item_left_out_of_the_completed_response_doubles_nothing() -> None:
    """Some servers leave the reasoning out at the end, so positions there are no output indexes."""
    body = [
        piece("Why", 0, kind="reasoning_text.delta"),
        piece("Hi", 1),
        event("output_item.added", output_index=2, item=function_call("")),
        event("function_call_arguments.delta", output_index=2, item_id="fc_1", delta='{"x":1}'),
        completed(message("Hi", item_id="item_1"), function_call()),
    ]
    expected = Choice(0, "assistant", "Hi", "Why", tool_calls=(CALL,), finish_reason="completed")
    assert assemble(body) == answer(expected)


def test_the_sample_stream_says_everything_once() -> None:
    content = next(content for content in samples().values() if b"test_handmade_responses_stream" in content)
    choice = assemble(json.loads(content)["response"]["body"]).choices[0]
    assert (choice.text, choice.reasoning) == ("Let me look.", "Asking the forecast.")
    assert [call.arguments for call in choice.tool_calls] == ['{"city":"Faro"}']


# ---- reasoning and refusals


@pytest.mark.parametrize(
    "kind", ["reasoning", "reasoning_text", "reasoning_summary", "reasoning_summary_text"]
)
def test_reasoning_under_each_event_name(kind: str) -> None:
    body = [piece("Why", kind=f"{kind}.delta"), piece(" not", kind=f"{kind}.delta"), piece("Yes.", 1)]
    assert assemble(body) == answer(Choice(0, text="Yes.", reasoning="Why not"))


@pytest.mark.parametrize("kind", ["reasoning_text", "reasoning_summary_text"])
def test_reasoning_done_repeats_the_deltas(kind: str) -> None:
    place = {"output_index": 0, "summary_index": 0}
    deltas = [event(f"{kind}.delta", **place, delta=text) for text in ("Why", " not")]
    done = event(f"{kind}.done", **place, text="Why not")
    for body in ([*deltas, done], [done]):
        assert assemble(body) == answer(Choice(0, reasoning="Why not"))


@pytest.mark.parametrize("key", ["summary", "content"])
def test_reasoning_item_is_read_whole(key: str) -> None:
    body = [event("output_item.done", output_index=0, item=reasoning("Why", " not", key=key))]
    assert assemble(body) == answer(Choice(0, reasoning="Why not"))


def test_summary_parts_are_joined_by_index_and_not_repeated_by_the_item() -> None:
    def part(index: int, text: str) -> JsonObject:
        return event("reasoning_summary_text.delta", output_index=0, summary_index=index, delta=text)

    done = event("output_item.done", output_index=0, item=reasoning("ab", "cd"))
    body = [part(0, "a"), part(0, "b"), part(1, "c"), part(1, "d"), done]
    assert assemble(body) == answer(Choice(0, reasoning="abcd"))


def test_refusal_in_pieces_and_whole() -> None:
    deltas = [piece("I can", kind="refusal.delta"), piece("not.", kind="refusal.delta")]
    done = event("refusal.done", output_index=0, content_index=0, refusal="I cannot.")
    part = {"type": "refusal", "refusal": "I cannot."}
    item = event("output_item.done", output_index=0, item={"type": "message", "content": [part]})
    for body in (deltas, [*deltas, done, item], [done], [item]):
        assert assemble(body) == answer(Choice(0, refusal="I cannot."))


# ---- tool calls

ADDED = event("output_item.added", output_index=1, item=function_call(""))
CALL_DELTAS = [
    event("function_call_arguments.delta", output_index=1, item_id="fc_1", delta=text)
    for text in ('{"x"', ":1}")
]
ARGUMENTS_DONE = event(
    "function_call_arguments.done", output_index=1, item_id="fc_1", name="look", arguments='{"x":1}'
)
CALL_DONE = event("output_item.done", output_index=1, item=function_call())


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([ADDED, *CALL_DELTAS], id="deltas"),
        pytest.param([ADDED, *CALL_DELTAS, ARGUMENTS_DONE], id="arguments.done repeats the deltas"),
        pytest.param([ADDED, *CALL_DELTAS, ARGUMENTS_DONE, CALL_DONE], id="item.done repeats the deltas"),
        pytest.param([*CALL_DELTAS, CALL_DONE], id="id and name only at the end"),
        pytest.param([ADDED, ARGUMENTS_DONE], id="arguments only in arguments.done"),
        pytest.param([ADDED, CALL_DONE], id="arguments only in item.done"),
        pytest.param([CALL_DONE], id="only item.done"),
        pytest.param([CALL_DONE, event("output_text.delta", output_index=0, delta="")], id="then no words"),
    ],
)
def test_streamed_call(body: Json) -> None:
    assert assemble(body) == answer(Choice(0, tool_calls=(CALL,)))


def test_two_calls_interleaved_by_output_index() -> None:
    def arguments(index: int, text: str) -> JsonObject:
        return event("function_call_arguments.delta", output_index=index, delta=text)

    body = [
        event("output_item.added", output_index=0, item=function_call("")),
        event("output_item.added", output_index=1, item=function_call("", "call_b", "fc_2")),
        arguments(1, '{"x"'),
        arguments(0, '{"x"'),
        arguments(1, ":2}"),
        arguments(0, ":1}"),
        completed(function_call(), function_call('{"x":2}', "call_b", "fc_2")),
    ]
    calls = (CALL, ToolCall("call_b", "look", '{"x":2}'))
    assert assemble(body) == answer(Choice(0, tool_calls=calls, finish_reason="completed"))


def test_custom_tool_call_in_pieces() -> None:
    item = {"type": "custom_tool_call", "call_id": "call_a", "name": "look", "input": ""}
    body = [event("output_item.added", output_index=0, item=item)]
    body += [event("custom_tool_call_input.delta", output_index=0, delta=text) for text in ("1", "2")]
    body += [event("output_item.done", output_index=0, item={**item, "input": "12"})]
    assert assemble(body) == answer(Choice(0, tool_calls=(ToolCall("call_a", "look", "12"),)))


# ---- how it ends


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            [piece("a"), event("incomplete", response=response(status="incomplete"))],
            said("a", reason="incomplete"),
            id="incomplete",
        ),
        pytest.param(
            [
                piece("a"),
                event("incomplete", response=response(incomplete_details={"reason": "max_output_tokens"})),
            ],
            said("a", reason="max_output_tokens"),
            id="incomplete for a reason",
        ),
        pytest.param(
            [event("failed", response=response(status="failed", error={"code": "boom", "message": "Oh"}))],
            Transcript(
                "openai-responses",
                (Choice(0, finish_reason="failed"),),
                error=Failure("boom", "Oh", body={"code": "boom", "message": "Oh"}),
            ),
            id="failed",
        ),
        pytest.param(
            [piece("a"), {"type": "error", "code": "boom", "message": "Oh", "param": None}],
            Transcript(
                "openai-responses",
                (Choice(0, text="a"),),
                error=Failure(
                    "boom", "Oh", body={"type": "error", "code": "boom", "message": "Oh", "param": None}
                ),
            ),
            id="error event",
        ),
    ],
)
def test_end_of_a_stream(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


# ---- whole


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            response(message("Hi"), usage=COUNTS),
            answer(Choice(0, "assistant", "Hi", finish_reason="completed"), COUNTS),
            id="text",
        ),
        pytest.param(
            {"__type__": CLASS, "__data__": response(message("a", "b"), message("c"))},
            said("abc", "assistant", "completed"),
            id="several parts and messages",
        ),
        pytest.param(
            response(reasoning("Why"), message("Yes."), function_call()),
            answer(Choice(0, "assistant", "Yes.", "Why", None, (CALL,), "completed")),
            id="reasoning, text and call",
        ),
        pytest.param(
            response(function_call({"x": 1})),
            answer(
                Choice(0, tool_calls=(ToolCall("call_a", "look", '{"x": 1}'),), finish_reason="completed")
            ),
            id="arguments as an object",
        ),
        pytest.param(
            {"object": "response"}, Transcript("openai-responses"), id="nothing but the object's name"
        ),
        pytest.param(
            response(None, 5, {"type": "web_search_call", "id": "ws_1"}, {"type": "message"}),
            said("", reason="completed"),
            id="items without words",
        ),
    ],
)
def test_whole_response(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


# ---- reasoning in two forms, other calls, log probabilities


def test_a_summary_and_the_thoughts_themselves_are_both_shown() -> None:
    deltas = [
        event("reasoning_text.delta", output_index=0, content_index=0, delta="Long."),
        event("reasoning_summary_text.delta", output_index=0, summary_index=0, delta="Short. "),
    ]
    item = {**reasoning("Short. "), "content": [{"type": "reasoning_text", "text": "Long."}]}
    for body in ([*deltas, completed(item)], response(item)):
        assert assemble(body).choices[0].reasoning == "Short. Long."


def test_thoughts_that_are_their_own_summary_are_shown_once() -> None:
    item = {**reasoning("Why"), "content": [{"type": "reasoning_text", "text": "Why"}]}
    assert assemble(response(item)).choices[0].reasoning == "Why"


@pytest.mark.parametrize(
    ("item", "name", "arguments"),
    [
        pytest.param(
            {"type": "computer_call", "action": {"type": "click"}},
            "computer",
            '{"type": "click"}',
            id="computer",
        ),
        pytest.param(
            {"type": "local_shell_call", "action": {"command": ["ls"]}},
            "local_shell",
            '{"command": ["ls"]}',
            id="shell",
        ),
        pytest.param({"type": "mcp_call", "name": "ask", "arguments": "{}"}, "ask", "{}", id="MCP"),
        pytest.param({"type": "function_call", "arguments": "{}"}, None, "{}", id="function without a name"),
    ],
)
def test_calls_that_others_answer(item: JsonObject, name: str | None, arguments: str) -> None:
    expected = (ToolCall("call_a", name, arguments),)
    assert assemble(response({**item, "id": "x", "call_id": "call_a"})).choices[0].tool_calls == expected


@pytest.mark.parametrize("kind", ["mcp_call_arguments", "mcp_call.arguments"])
def test_arguments_of_an_mcp_call_in_pieces(kind: str) -> None:
    item = {"type": "mcp_call", "id": "mcp_1", "name": "ask"}
    body = [event("output_item.added", output_index=0, item={**item, "arguments": ""})]
    body += [event(f"{kind}.delta", output_index=0, item_id="mcp_1", delta=text) for text in ('{"x"', ": 1}")]
    body += [event(f"{kind}.done", output_index=0, item_id="mcp_1", arguments='{"x": 1}')]
    body += [completed({**item, "arguments": '{"x": 1}'})]
    assert assemble(body).choices[0].tool_calls == (ToolCall("mcp_1", "ask", '{"x": 1}'),)


def test_logprobs_count_once() -> None:
    tokens: list[JsonObject] = [{"token": "Let", "logprob": -0.5}, {"token": " me", "logprob": -0.1}]
    deltas = [{**piece(token["token"]), "logprobs": [token]} for token in tokens]
    done = event("output_text.done", output_index=0, content_index=0, text="Let me", logprobs=tokens)
    whole = message("Let me")
    whole["content"][0]["logprobs"] = tokens
    for body in (
        [*deltas, done, completed(whole)],
        [done, completed(whole)],
        [completed(whole)],
        response(whole),
    ):
        assert assemble(body).choices[0].logprobs == {"content": tokens}
    assert assemble([piece("a") | {"logprobs": []}]).choices[0].logprobs is None
