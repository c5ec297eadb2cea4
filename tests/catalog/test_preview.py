"""Previews, and the fast path through streams and vectors that must say the same."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.catalog import fast_preview
from recctl.catalog.preview import preview, summarize_with_preview
from recctl.conversation.answer import answer
from recctl.conversation.transcript import Choice, Embeddings, Failure, ToolCall, Transcript
from recctl.recordings.header import Preview
from recctl.recordings.ogx.outline import read_partially
from recctl.recordings.recording import load, parse, summarize
from recctl.recordings.ref import Ref
from recctl.support.errors import NotARecording
from recctl.support.jsonvalue import Json, JsonObject, is_deep, is_deep_text
from tests.conversation.test_splitting import CARRIERS, event_lines, json_values, texts
from tests.helpers import SAMPLES, examples
from tests.hostile.fuzzing import ODD_VALUES, budget, places, with_value
from tests.make_samples import SAMPLES_DIR, recorded_paths

LOOK = ToolCall("call_a", "look", '{"x": 1, "city": "Café"}')


def said(text: str = "", **fields: Json) -> Transcript:
    return Transcript("openai-chat", (Choice(0, text=text, **fields),))


# ---- what comes first


@pytest.mark.parametrize(
    ("transcript", "expected"),
    [
        pytest.param(said("Hi"), Preview("text", "Hi"), id="text"),
        pytest.param(said(" a\n\n b\tc "), Preview("text", "a b c"), id="on one line"),
        pytest.param(said("x" * 500), Preview("text", "x" * 120), id="no more than a line needs"),
        pytest.param(said(refusal="No."), Preview("text", "No."), id="refusal"),
        pytest.param(said(reasoning="Why"), Preview("text", "Why"), id="reasoning alone"),
        pytest.param(said("Hi", reasoning="Why"), Preview("text", "Hi"), id="text before reasoning"),
        pytest.param(
            said("Hi", tool_calls=(LOOK,)), Preview("tool", 'look(x=1, city="Café")'), id="call before text"
        ),
        pytest.param(
            said(tool_calls=(LOOK, ToolCall(None, None, ""))),
            Preview("tool", 'look(x=1, city="Café"), ?()'),
            id="two calls",
        ),
        pytest.param(
            said(tool_calls=(ToolCall(None, "f", "{}"),)), Preview("tool", "f()"), id="no arguments"
        ),
        pytest.param(
            said(tool_calls=(ToolCall(None, "f", '{"x"'),)),
            Preview("tool", 'f({"x")'),
            id="arguments cut short",
        ),
        pytest.param(
            said(tool_calls=(ToolCall(None, "f", "[1]"),)), Preview("tool", "f([1])"), id="an array"
        ),
        pytest.param(
            Transcript("x", (Choice(0, text="Hi", tool_calls=(LOOK,)),), error=Failure("t", "m", 400)),
            Preview("error", "400 t m"),
            id="error before everything",
        ),
        pytest.param(Transcript("x", error=Failure(None, "m")), Preview("error", "m"), id="only a message"),
        pytest.param(
            Transcript("x", error=Failure(None, None)), Preview("error", ""), id="error without words"
        ),
        pytest.param(
            Transcript("x", (Choice(0), Choice(1, text="b"))), Preview("text", "b"), id="the first with words"
        ),
        pytest.param(
            Transcript("x", (Choice(0, text="a"), Choice(1, tool_calls=(LOOK,)))),
            Preview("tool", 'look(x=1, city="Café")'),
            id="call of the second choice",
        ),
        pytest.param(
            Transcript("x", embeddings=Embeddings(1, 384)),
            Preview("embedding", "1 embedding of 384"),
            id="one vector",
        ),
        pytest.param(
            Transcript("x", embeddings=Embeddings(2, None)),
            Preview("embedding", "2 embeddings"),
            id="of no known length",
        ),
        pytest.param(Transcript("x", models=("a", "b")), Preview("models", "2 models: a, b"), id="models"),
        pytest.param(Transcript("x", models=("a",)), Preview("models", "1 model: a"), id="one model"),
        pytest.param(Transcript("x", models=()), Preview("models", "0 models"), id="no models"),
        pytest.param(
            Transcript("unknown", body={}), Preview("unknown", "a format recctl does not know"), id="unknown"
        ),
        pytest.param(said(finish_reason="stop"), Preview("nothing", "no words, stop"), id="only an end"),
        pytest.param(Transcript("empty"), Preview("nothing", "no words"), id="nothing"),
    ],
)
def test_what_comes_first(transcript: Transcript, expected: Preview) -> None:
    assert preview(transcript) == expected


@given(arguments=st.text(max_size=20) | json_values.map(json.dumps), text=texts)
@examples(80)
def test_any_answer_has_a_preview_of_one_line(arguments: str, text: str) -> None:
    for transcript in (said(text), said(tool_calls=(ToolCall(None, "f", arguments),))):
        line = preview(transcript).text
        assert len(line) <= 120
        assert len(line.splitlines()) <= 1


def test_arguments_nested_too_deeply_are_shown_as_they_are() -> None:
    arguments = "[" * 5000
    assert preview(said(tool_calls=(ToolCall(None, "f", arguments),))).text == f"f({arguments}"[:120]


# ---- the fast path says what the whole answer says

# Long enough that a dozen fill a line: an event has three lines, and the fast path reads few.
WORDS = [f"quite-long-word-{number} " for number in range(60)]
CALL_DELTA = {"index": 0, "id": "call_a", "function": {"name": "look", "arguments": "{}"}}
ANTHROPIC_CALL = {"type": "tool_use", "id": "toolu_a", "name": "look", "input": {}}
GEMINI_CALL = {"name": "look", "args": {}}
RESPONSES_CALL = {"type": "function_call", "call_id": "call_a", "name": "look", "arguments": "{}"}


def chat(**delta: Json) -> JsonObject:
    return {"choices": [{"index": 0, "delta": delta}]}


def written(path: Path, body: Sequence[Json], **more: Json) -> Path:
    document = {"request": {}, "response": {"body": body, "is_streaming": True}, **more}
    path.write_text(json.dumps(document, indent=2))
    return path


def previews(path: Path) -> tuple[Preview, Preview]:
    """The preview by the fast path, where it is taken, and that of the whole answer."""
    raw = path.read_bytes()
    fast = summarize_with_preview(path, raw)
    assert fast.header.preview is not None
    # To look into the body first changes nothing else.
    assert summarize(path, raw).with_preview(fast.header.preview) == fast
    return fast.header.preview, preview(answer(load(Ref(path))))


@pytest.mark.parametrize("path", sorted(recorded_paths(SAMPLES_DIR)), ids=lambda path: Path(path).stem[:20])
def test_a_sample(path: str) -> None:
    short, whole = previews(SAMPLES_DIR / path)
    assert short == whole


LONG = {name: carrier.items(WORDS) for name, carrier in CARRIERS.items()}
LONG_BODIES: dict[str, Sequence[Json]] = {
    name: event_lines(items) if CARRIERS[name].events else items for name, items in LONG.items()
}


@pytest.mark.parametrize("name", LONG_BODIES)
def test_a_long_stream_of_each_format(name: str, tmp_path: Path) -> None:
    short, whole = previews(written(tmp_path / "x.json", LONG_BODIES[name]))
    assert "quite-long-word-0 quite-long-word-1 " in whole.text
    assert short == whole


def events(*data: JsonObject) -> list[Json]:
    return event_lines(data)


@pytest.mark.parametrize(
    ("name", "late", "sort"),
    [
        pytest.param("chat", [chat(tool_calls=[CALL_DELTA])], "tool", id="chat call"),
        pytest.param(
            "chat", [chat(function_call={"name": "f", "arguments": ""})], "tool", id="chat function_call"
        ),
        pytest.param("chat", [{"error": {"message": "Oh", "type": "t"}}], "error", id="chat error"),
        pytest.param("chat", [{"error": "Oh"}], "error", id="error as a string"),
        pytest.param("completion", [{"error": {"message": "Oh"}}], "error", id="completion error"),
        pytest.param(
            "Responses",
            [{"type": "response.output_item.done", "output_index": 1, "item": RESPONSES_CALL}],
            "tool",
            id="Responses call",
        ),
        pytest.param(
            "Responses",
            [{"type": "response.failed", "response": {"error": {"code": "c", "message": "Oh"}}}],
            "error",
            id="Responses failed",
        ),
        pytest.param(
            "Responses", [{"type": "error", "code": "c", "message": "Oh"}], "error", id="Responses error"
        ),
        pytest.param(
            "Ollama chat",
            [{"message": {"tool_calls": [{"function": {"name": "f", "arguments": {}}}]}, "done": True}],
            "tool",
            id="Ollama call",
        ),
        pytest.param("Ollama generate", [{"error": "Oh"}], "error", id="Ollama error"),
        pytest.param(
            "Gemini",
            [{"candidates": [{"content": {"parts": [{"function_call": GEMINI_CALL}]}}]}],
            "tool",
            id="Gemini call",
        ),
        pytest.param(
            "Gemini",
            [{"candidates": [{"content": {"parts": [{"functionCall": GEMINI_CALL}]}}]}],
            "tool",
            id="Gemini call, camel case",
        ),
        pytest.param(
            "Gemini",
            [{"candidates": [], "prompt_feedback": {"block_reason": "SAFETY"}}],
            "error",
            id="Gemini blocked",
        ),
        pytest.param(
            "Interactions",
            events({"event_type": "content.delta", "index": 1, "delta": {**RESPONSES_CALL, "id": "call_a"}}),
            "tool",
            id="Interactions call",
        ),
        pytest.param("Interactions", events({"error": {"message": "Oh"}}), "error", id="Interactions error"),
        pytest.param(
            "Anthropic",
            events({"type": "content_block_start", "index": 1, "content_block": ANTHROPIC_CALL}),
            "tool",
            id="Anthropic call",
        ),
        pytest.param(
            "Anthropic", events({"type": "error", "error": {"message": "Oh"}}), "error", id="Anthropic error"
        ),
    ],
)
def test_what_comes_late_in_a_long_stream_still_comes_first(
    name: str, late: list[Json], sort: str, tmp_path: Path
) -> None:
    short, whole = previews(written(tmp_path / "x.json", [*LONG_BODIES[name], *late]))
    assert whole.kind == sort
    assert short == whole


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            [*[chat(reasoning="why ")] * 60, *(chat(content=text) for text in WORDS)], id="thinks first"
        ),
        pytest.param([*[chat(content="")] * 60, chat(content="Hi")], id="begins late"),
        pytest.param([*[chat(content="\n ")] * 90, chat(content="Hi")], id="blanks first"),
        pytest.param([chat(content="a")] * 60, id="short words in many chunks"),
        pytest.param([chat(content="long " * 200)] * 60, id="more than a line in a chunk"),
        pytest.param([chat(content=" " * 600 + "Hi")] * 60, id="more blanks than are looked at"),
        pytest.param(
            [{"choices": [{"index": 1, "delta": {"content": text}}]} for text in WORDS]
            + [chat(content="first")],
            id="the second choice comes first",
        ),
        pytest.param([chat(content=text, tool_calls=None) for text in WORDS], id="calls null"),
        pytest.param([chat(content='"tool_calls": [ ')] * 60, id="text that looks like a call"),
        pytest.param(
            [
                {"type": "response.output_text.delta", "output_index": 1, "delta": "later " * 40},
                *[{"type": "response.in_progress"}] * 60,
                {"type": "response.output_text.delta", "output_index": 0, "delta": "first"},
            ],
            id="a block before the first comes later",
        ),
    ],
)
def test_the_fast_path_is_taken_only_where_it_holds(body: list[Json], tmp_path: Path) -> None:
    short, whole = previews(written(tmp_path / "x.json", body))
    assert short == whole


def test_ids_are_replaced_in_the_fast_path_too(tmp_path: Path) -> None:
    body = [chat(content=f"plan_17 {word}") for word in WORDS]
    path = written(tmp_path / "x.json", body, id_normalization_mapping={"plan_1": "plan_17"})
    short, whole = previews(path)
    assert whole.text.startswith("plan_1 quite-long-word-0 ")
    assert short == whole


def test_an_exception_after_a_long_stream_comes_first(tmp_path: Path) -> None:
    body = [chat(content=word) for word in WORDS]
    response = {
        "body": body,
        "is_streaming": True,
        "is_exception": True,
        "exception_data": {"type": "APIError"},
    }
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"request": {}, "response": response}))
    assert previews(path) == (Preview("error", "APIError"), Preview("error", "APIError"))


@pytest.mark.promise("Fast and full ways of reading give the same answer")
@given(
    words=st.lists(texts, min_size=30, max_size=90),
    name=st.sampled_from(
        ["chat", "completion", "Ollama chat", "Gemini", "Anthropic", "Interactions", "Responses"]
    ),
)
@examples(40)
def test_any_long_stream(words: list[str], name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    carrier = CARRIERS[name]
    items = carrier.items(words)
    path = tmp_path_factory.getbasetemp() / "any_long_stream.json"
    short, whole = previews(written(path, event_lines(items) if carrier.events else items))
    assert short == whole


# ---- whatever a body holds, both ways say the same

BULK = [
    path
    for path in SAMPLES.rglob("*.json")
    if fast_preview.read(read_partially(path.read_bytes()).response.body) is not None
]
ODD = (*ODD_VALUES, {"name": "f", "arguments": {"a": 1}}, {"index": 0, "id": "call_b"}, "[1]", 10**40)


def test_the_bulk_is_read_the_fast_way() -> None:
    labels = {
        label.rpartition(".")[2]
        for path in BULK
        for label in re.findall(r'"__type__": "([^"]*)"', path.read_text())
    }
    assert {
        "ChatCompletionChunk",
        "ChatCompletion",
        "CreateEmbeddingResponse",
        "EmbedResponse",
        "Model",
    } <= labels


@given(rnd=st.randoms(use_true_random=False))
@budget(150)
def test_a_body_with_odd_values_has_the_preview_of_the_whole_answer(
    rnd: Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    document = json.loads(rnd.choice(BULK).read_bytes())
    body = {"body": document["response"]["body"]}
    for _ in range(rnd.randint(1, 3)):
        place = rnd.choice(list(places(body)))
        body = with_value(body, place, copy.deepcopy(rnd.choice(ODD)))
    document["response"] |= body
    path = tmp_path_factory.getbasetemp() / "odd_body.json"
    path.write_text(json.dumps(document))
    fast, whole = previews(path)
    assert fast == whole


def test_a_body_nested_too_deeply_is_no_recording_by_a_bound_of_our_own(tmp_path: Path) -> None:
    path, depth = tmp_path / "x.json", 250
    path.write_text('{"request": {}, "response": {"body": {"a": ' + "[" * depth + "]" * depth + "}}}")
    for read in (summarize_with_preview, summarize, parse):
        with pytest.raises(NotARecording, match="is nested too deeply to be a recording"):
            read(path, path.read_bytes())


@given(depth=st.integers(1, 450), text=st.text('[]{}"\\a'), blanks=st.sampled_from((None, 2)))
def test_the_depth_of_a_text_is_that_of_its_value(depth: int, text: str, blanks: int | None) -> None:
    """Brackets, quotes and backslashes inside strings count for nothing."""
    value: Json = [text] * 100
    for level in range(depth):
        value = [text, {text: text, f"in{text}": value}] if level % 2 else [value, text]
    assert is_deep_text(json.dumps(value, indent=blanks).encode()) == is_deep(value)
