"""However a text is cut into chunks, and whatever stands where: it assembles, and never raises."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Choice, Failure, ToolCall, Transcript
from recctl.support.jsonvalue import Json, JsonObject
from tests.helpers import examples, few

# ---- how each streamed format carries the pieces of a text


@dataclass(frozen=True)
class Carrier:
    """A format: the items that carry a text in pieces, and where the text is found again."""

    items: Callable[[Sequence[str]], list[Json]]
    found: Callable[[Choice], str | None] = lambda choice: choice.text
    events: bool = False


def arguments_of(choice: Choice) -> str:
    (call,) = choice.tool_calls
    return call.arguments


def reasoning_of(choice: Choice) -> str | None:
    return choice.reasoning


def refusal_of(choice: Choice) -> str | None:
    return choice.refusal


def chat(delta: JsonObject) -> JsonObject:
    data = {"choices": [{"index": 0, "delta": delta}]}
    return {"__type__": "openai.types.chat.chat_completion_chunk.ChatCompletionChunk", "__data__": data}


def chat_text(pieces: Sequence[str]) -> list[Json]:
    return [chat({"content": piece}) for piece in pieces]


def chat_parts(pieces: Sequence[str]) -> list[Json]:
    return [chat({"content": [{"type": "text", "text": piece}]}) for piece in pieces]


def chat_reasoning(pieces: Sequence[str]) -> list[Json]:
    return [chat({"reasoning_content": piece, "reasoning": piece}) for piece in pieces]


def chat_refusal(pieces: Sequence[str]) -> list[Json]:
    return [chat({"refusal": piece}) for piece in pieces]


def chat_arguments(pieces: Sequence[str]) -> list[Json]:
    calls = [{"index": 0, "id": "call_a", "function": {"name": "look", "arguments": ""}}]
    calls += [{"index": 0, "id": None, "function": {"arguments": piece}} for piece in pieces]
    return [chat({"tool_calls": [call]}) for call in calls]


def chat_function(pieces: Sequence[str]) -> list[Json]:
    parts = [{"name": "look", "arguments": ""}, *({"arguments": piece} for piece in pieces)]
    return [chat({"function_call": part}) for part in parts]


def completion(pieces: Sequence[str]) -> list[Json]:
    return [{"choices": [{"index": 0, "text": piece}]} for piece in pieces]


def responses_text(pieces: Sequence[str]) -> list[Json]:
    place = {"output_index": 0, "content_index": 0}
    deltas = [{"type": "response.output_text.delta", **place, "delta": piece} for piece in pieces]
    content = [{"type": "output_text", "text": "".join(pieces)}]
    output = [{"type": "message", "role": "assistant", "content": content}]
    return [
        *deltas,
        {"type": "response.output_text.done", **place, "text": "".join(pieces)},
        {"type": "response.output_item.done", "output_index": 0, "item": output[0]},
        {"type": "response.completed", "response": {"object": "response", "output": output}},
    ]


def responses_reasoning(pieces: Sequence[str]) -> list[Json]:
    kind, place = "response.reasoning_summary_text", {"output_index": 0, "summary_index": 0}
    deltas = [{"type": f"{kind}.delta", **place, "delta": piece} for piece in pieces]
    return [*deltas, {"type": f"{kind}.done", **place, "text": "".join(pieces)}]


def responses_arguments(pieces: Sequence[str]) -> list[Json]:
    kind, item = "response.function_call_arguments", {"type": "function_call", "call_id": "call_a"}
    whole = {**item, "name": "look", "arguments": "".join(pieces)}
    return [
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "arguments": ""}},
        *({"type": f"{kind}.delta", "output_index": 0, "delta": piece} for piece in pieces),
        {"type": f"{kind}.done", "output_index": 0, "arguments": "".join(pieces)},
        {"type": "response.output_item.done", "output_index": 0, "item": whole},
    ]


def ollama_generate(pieces: Sequence[str]) -> list[Json]:
    return [{"response": piece, "done": False} for piece in pieces]


def ollama_generate_thinking(pieces: Sequence[str]) -> list[Json]:
    return [{"response": "", "thinking": piece, "done": False} for piece in pieces]


def ollama_chat(pieces: Sequence[str]) -> list[Json]:
    return [{"message": {"role": "assistant", "content": piece}, "done": False} for piece in pieces]


def ollama_chat_thinking(pieces: Sequence[str]) -> list[Json]:
    return [{"message": {"content": "", "thinking": piece}, "done": False} for piece in pieces]


def gemini(pieces: Sequence[str]) -> list[Json]:
    return [{"candidates": [{"content": {"parts": [{"text": piece}]}}]} for piece in pieces]


def gemini_thoughts(pieces: Sequence[str]) -> list[Json]:
    parts = [[{"text": piece, "thought": True}, {"text": ""}] for piece in pieces]
    return [{"candidates": [{"content": {"parts": some}}]} for some in parts]


def interactions(pieces: Sequence[str]) -> list[Json]:
    deltas = [
        {"event_type": "content.delta", "index": 0, "delta": {"type": "text", "text": piece}}
        for piece in pieces
    ]
    outputs = [{"type": "text", "text": "".join(pieces)}]
    whole = {"object": "interaction", "outputs": outputs}
    return [*deltas, {"event_type": "interaction.complete", "interaction": whole}]


def interactions_thoughts(pieces: Sequence[str]) -> list[Json]:
    contents = [{"type": "text", "text": piece} for piece in pieces]
    deltas = [{"type": "thought_summary", "content": content} for content in contents]
    return [{"event_type": "content.delta", "index": 0, "delta": delta} for delta in deltas]


def anthropic(kind: str, field: str, block: JsonObject) -> Callable[[Sequence[str]], list[Json]]:
    def items(pieces: Sequence[str]) -> list[Json]:
        deltas = [{"type": kind, field: piece} for piece in pieces]
        return [
            {"type": "message_start", "message": {"type": "message", "role": "assistant", "content": []}},
            {"type": "content_block_start", "index": 0, "content_block": block},
            *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
        ]

    return items


TOOL_USE = {"type": "tool_use", "id": "toolu_a", "name": "look", "input": {}}
anthropic_text = anthropic("text_delta", "text", {"type": "text", "text": ""})
anthropic_thinking = anthropic("thinking_delta", "thinking", {"type": "thinking", "thinking": ""})
anthropic_input = anthropic("input_json_delta", "partial_json", TOOL_USE)

CARRIERS = {
    "chat": Carrier(chat_text),
    "chat, content as parts": Carrier(chat_parts),
    "chat reasoning": Carrier(chat_reasoning, reasoning_of),
    "chat refusal": Carrier(chat_refusal, refusal_of),
    "chat arguments": Carrier(chat_arguments, arguments_of),
    "chat function_call": Carrier(chat_function, arguments_of),
    "completion": Carrier(completion),
    "Responses": Carrier(responses_text),
    "Responses reasoning": Carrier(responses_reasoning, reasoning_of),
    "Responses arguments": Carrier(responses_arguments, arguments_of),
    "Ollama generate": Carrier(ollama_generate),
    "Ollama generate thinking": Carrier(ollama_generate_thinking, reasoning_of),
    "Ollama chat": Carrier(ollama_chat),
    "Ollama chat thinking": Carrier(ollama_chat_thinking, reasoning_of),
    "Gemini": Carrier(gemini),
    "Gemini thoughts": Carrier(gemini_thoughts, reasoning_of),
    "Interactions": Carrier(interactions, events=True),
    "Interactions thoughts": Carrier(interactions_thoughts, reasoning_of, events=True),
    "Anthropic": Carrier(anthropic_text, events=True),
    "Anthropic thinking": Carrier(anthropic_thinking, reasoning_of, events=True),
    "Anthropic input": Carrier(anthropic_input, arguments_of, events=True),
}


def event_lines(events: Sequence[Json], *, ascii_only: bool = True) -> list[Json]:
    """The events as the raw lines that a recorder keeps."""
    kinds = [
        event.get("type", event.get("event_type")) if isinstance(event, dict) else "" for event in events
    ]
    data = [json.dumps(event, ensure_ascii=ascii_only) for event in events]
    return [
        line
        for kind, text in zip(kinds, data, strict=True)
        for line in (f"event: {kind}", f"data: {text}", "")
    ]


# ---- texts in pieces

# What a careless join, strip or line split would spoil: composed emoji, combining marks, CJK, every line end.
PITFALLS = [
    "👩‍👩‍👧",
    "🇯🇵",
    "e\u0301",
    "京都",
    "한국",
    "אב",
    '"',
    "\\",
    "'",
    "{",
    "}",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
]
PITFALLS += ["\u2028", "\u0085", "\x00", "\x1b[31m", "\ufeff", "data: ", "[DONE]", "\\u00e9", "event: x\n\n"]
texts = st.lists(st.sampled_from(PITFALLS) | st.characters(exclude_categories=["Cs"]), max_size=24).map(
    "".join
)


@st.composite
def texts_in_pieces(draw: st.DrawFn) -> list[str]:
    text = draw(texts)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@pytest.mark.promise("The assembled answer is what its chunks say")
@pytest.mark.parametrize("name", CARRIERS)
@given(pieces=texts_in_pieces(), ascii_only=st.booleans())
@example(pieces=["e", "\u0301", "", "👩", "\u200d", "👩"], ascii_only=False)
@examples(20)
def test_a_text_cut_anywhere_assembles(name: str, pieces: list[str], ascii_only: bool) -> None:
    carrier = CARRIERS[name]
    items = carrier.items(pieces)
    body = event_lines(items, ascii_only=ascii_only) if carrier.events else items
    (choice,) = assemble(body).choices
    assert (carrier.found(choice) or "") == "".join(pieces)


# ---- anything anywhere

Place = tuple[str | int, ...]

# Words that lead a reader further in, so that odd values meet every branch.
KEYS = (
    "choices delta message content text type index id function name arguments tool_calls usage error code "
    "parts candidates args item output input summary thinking value data embedding status object __type__ "
    "__data__"
)
WORDS = (
    "text message function_call tool_use thinking reasoning response model error message_start "
    "response.completed"
)
keys = st.sampled_from(KEYS.split()) | st.text(max_size=3)
atoms = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**64, -(2**63) - 1, 10**400])
    | st.floats()
    | st.sampled_from(WORDS.split())
    | st.text(max_size=4)
    | st.sampled_from(["", "\ud800", "data: {", "data: 5\n\n"])
)
json_values: st.SearchStrategy[Json] = st.recursive(
    atoms, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=8
)


# One of each kind of value, for the loops that try them all; the strategy above tries many more.
ODD_VALUES: list[Json] = [None, True, 0, -1, 10**400, 1.5, float("nan"), "", "x", "\ud800", "data: 5\n\n"]
ODD_VALUES += [
    [],
    [None],
    ["x"],
    [[]],
    [{}],
    {},
    {"x": 1},
    {"type": []},
    {"text": {"text": [1]}},
    {"__type__": []},
]


def places(value: Json, here: Place = ()) -> Iterator[Place]:
    """Every place in a value, that of the value itself first."""
    yield here
    if isinstance(value, dict | list):
        children = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in children:
            yield from places(item, (*here, key))


def put(value: Json, place: Place, new: Json) -> Json:
    """A copy of the value with something else at one place."""
    if not place:
        return new
    changed = copy.copy(value)
    changed[place[0]] = put(value[place[0]], place[1:], new)
    return changed


BODIES: dict[str, Json] = {name: carrier.items(["Hi", " there"]) for name, carrier in CARRIERS.items()}
BODIES |= {
    "chat, whole": {
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": [{"type": "text", "text": "Hi"}, {"thinking": [{"text": "Why"}]}],
                    "tool_calls": [
                        {"id": "call_a", "index": 0, "function": {"name": "f", "arguments": "{}"}}
                    ],
                    "function_call": {"name": "f", "arguments": "{}"},
                },
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 1},
    },
    "Responses, whole": {
        "object": "response",
        "output": [
            {"type": "reasoning", "summary": [{"text": "Why"}]},
            {"type": "message", "role": "assistant", "content": [{"text": "Hi"}, {"refusal": "No."}]},
            {"type": "function_call", "call_id": "call_a", "name": "f", "arguments": "{}"},
        ],
        "error": {"code": "c", "message": "m"},
        "incomplete_details": {"reason": "r"},
        "usage": {"input_tokens": 1},
    },
    "Anthropic, whole": {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": "Hi"}, {"type": "thinking", "thinking": "Why"}, TOOL_USE],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1},
    },
    "Interactions, whole": {
        "object": "interaction",
        "role": "model",
        "outputs": [
            {"type": "thought", "summary": [{"type": "text", "text": "Why"}]},
            {"type": "function_call", "id": "call_a", "name": "f", "arguments": {"x": 1}},
        ],
        "status": "completed",
        "usage": {"total_tokens": 1},
    },
    "Gemini, whole": {
        "candidates": [
            {
                "content": {"role": "model", "parts": [{"function_call": {"name": "f", "args": {"x": 1}}}]},
                "index": 0,
            }
        ],
        "prompt_feedback": {"block_reason": "SAFETY", "block_reason_message": "m"},
        "usage_metadata": {"total_token_count": 1},
    },
    "Ollama, whole": {
        "message": {"content": "Hi", "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1}}}]},
        "done": True,
        "done_reason": "stop",
        "eval_count": 1,
    },
    "pull": [{"status": "pulling", "digest": None}, {"status": "success"}],
    "embeddings": {
        "data": [{"embedding": [0.5, 1]}, {"embedding": "AAAAPw=="}],
        "usage": {"total_tokens": 1},
    },
    "Ollama embeddings": {"embeddings": [[0.5, 1]], "prompt_eval_count": 1},
    "models": [{"object": "model", "id": "a"}, {"models": [{"model": "a", "name": "b"}]}],
    "tool result": {"content": [{"text": "Hi"}], "error_message": "m", "error_code": 1, "metadata": {"k": 1}},
    "rerank": {"results": [{"index": 0, "relevance_score": 0.5}], "usage": {"total_tokens": 1}},
    "error": {"error": {"message": "m", "type": "t", "code": 1}},
    "unknown": {"__type__": "x.Y", "__data__": {"odd": 1}},
}


def is_text(value: object) -> bool:
    return value is None or (isinstance(value, str) and value != "")


def is_sound_call(call: ToolCall) -> bool:
    return is_text(call.id) and is_text(call.name) and isinstance(call.arguments, str)


def is_sound_choice(choice: Choice) -> bool:
    texts = (choice.role, choice.text or None, choice.reasoning, choice.refusal, choice.finish_reason)
    return (
        isinstance(choice.text, str)
        and all(map(is_text, texts))
        and all(map(is_sound_call, choice.tool_calls))
    )


def is_sound_failure(failure: Failure | None) -> bool:
    return failure is None or (
        is_text(failure.type) and is_text(failure.message) and isinstance(failure.status, int | None)
    )


def is_sound(transcript: Transcript) -> bool:
    """Every field has the type it is declared with, whatever stood in the body."""
    return (
        all(map(is_sound_choice, transcript.choices))
        and isinstance(transcript.usage, dict | None)
        and all(map(is_text, transcript.models or ()))
        and is_sound_failure(transcript.error)
        and [choice.index for choice in transcript.choices]
        == sorted({choice.index for choice in transcript.choices})
    )


@pytest.mark.parametrize("name", few(BODIES, 10))
def test_odd_values_at_every_place_never_raise(name: str) -> None:
    body = BODIES[name]
    changed = [put(body, place, odd) for place in places(body) for odd in ODD_VALUES]
    as_events = [event_lines(items) for items in changed if isinstance(items, list)]
    assert [odd for odd in changed + as_events if not is_sound(assemble(odd))] == []


@pytest.mark.parametrize("name", few(BODIES, 10))
@given(data=st.data(), new=json_values, events=st.booleans())
@examples(25)
def test_anything_anywhere_never_raises(name: str, data: st.DataObject, new: Json, events: bool) -> None:
    body = BODIES[name]
    changed = put(body, data.draw(st.sampled_from(list(places(body)))), new)
    if events and isinstance(changed, list):
        changed = event_lines(changed)
    assert is_sound(assemble(changed))


@given(body=json_values)
@example(body={"type": []})
@example(body={"type": {}, "event_type": [], "object": {}, "choices": [[]]})
@examples(100)
def test_any_json_never_raises(body: Json) -> None:
    assert is_sound(assemble(body))


@given(
    lines=st.lists(texts | st.sampled_from(["", "data: {", "data:", "event", ":", "event: x"]), max_size=6)
)
@examples(100)
def test_any_lines_never_raise(lines: list[str]) -> None:
    assert is_sound(assemble(lines))


def nested(depth: int, leaf: Json) -> Json:
    for _ in range(depth):
        leaf = [leaf]
    return leaf


@pytest.mark.parametrize(
    "around",
    [
        pytest.param(lambda deep: {"choices": [{"delta": {"content": deep}}]}, id="chat content"),
        pytest.param(
            lambda deep: {"choices": [{"delta": {"content": [{"text": deep}]}}]}, id="text of a part"
        ),
        pytest.param(
            lambda deep: {"choices": [{"delta": {"tool_calls": [{"function": {"arguments": deep}}]}}]},
            id="arguments",
        ),
        pytest.param(
            lambda deep: {"object": "response", "output": [{"type": "reasoning", "summary": [deep]}]},
            id="Responses summary",
        ),
        pytest.param(
            lambda deep: {"object": "interaction", "outputs": [{"type": "text", "text": deep}]},
            id="Interactions text",
        ),
        pytest.param(lambda deep: {"content": [{"text": deep}], "error_message": None}, id="tool result"),
        pytest.param(lambda deep: {"odd": deep}, id="unknown"),
    ],
)
def test_what_json_can_read_is_never_nested_too_deeply(around: Callable[[Json], Json]) -> None:
    body = json.loads(json.dumps(around(nested(600, "Hi"))))
    assert is_sound(assemble(body))
