"""A large tree of real recordings, which RECCTL_CORPUS names, read a second way and compared.

What the answers say is gathered here from the raw JSON in a few lines a format, on purpose without
the program's own readers.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import pytest

from recctl.catalog.preview import preview, summarize_with_preview
from recctl.conversation.answer import answer
from recctl.conversation.request.conversation import conversation
from recctl.conversation.transcript import ToolCall, Transcript
from recctl.recordings.ogx.outline import read_outline
from recctl.recordings.recording import load, parse, summarize
from recctl.recordings.ref import Ref
from recctl.support.jsonvalue import Json, JsonObject

CORPUS = os.environ.get("RECCTL_CORPUS")

pytestmark = pytest.mark.skipif(not CORPUS, reason="RECCTL_CORPUS names no directory of real recordings")


@cache
def documents() -> dict[Path, JsonObject]:
    """Every recording of the corpus as the standard library reads it."""
    paths = [Path(directory, name) for directory, _, names in os.walk(CORPUS or "") for name in sorted(names)]
    contents = {path: json.loads(path.read_bytes()) for path in paths if path.suffix == ".json"}
    objects = {path: content for path, content in contents.items() if isinstance(content, dict)}
    return {path: content for path, content in objects.items() if {"request", "response"} <= content.keys()}


def streamed() -> dict[Path, JsonObject]:
    return {path: document for path, document in documents().items() if document["response"]["is_streaming"]}


def whole() -> dict[Path, JsonObject]:
    return {path: document for path, document in documents().items() if path not in streamed()}


# ---- summaries


def test_every_recording_is_summarised_alike_both_ways() -> None:
    summaries = {path: summarize(path, path.read_bytes()) for path in documents()}
    assert summaries
    assert [path for path, summary in summaries.items() if summary != load(Ref(path)).summary] == []


def test_every_recording_is_read_the_fast_way() -> None:
    """Else the agreement above would compare the slow way with itself."""
    urls = {path: read_outline(path.read_bytes()).request.url for path in documents()}
    assert urls == {path: document["request"].get("url") for path, document in documents().items()}


def test_counts_are_those_of_the_files() -> None:
    summaries = {path: summarize(path, path.read_bytes()) for path in documents()}
    assert sum(summary.header.streaming for summary in summaries.values()) == len(streamed()) > 0
    chunks = {path: len(document["response"]["body"]) for path, document in streamed().items()}
    assert {path: summaries[path].header.chunks for path in streamed()} == chunks
    assert {path: summary.size for path, summary in summaries.items()} == {
        path: path.stat().st_size for path in documents()
    }


def test_every_name_is_taken_apart() -> None:
    names = {path: summarize(path, path.read_bytes()).name for path in documents()}
    assert [path for path, name in names.items() if name.hash is None or name.hash not in path.name] == []


# ---- what the answers say, gathered here

# The texts of the choices, and the calls: name and arguments, a string or an object.
Told = tuple[dict[int, str], list[tuple[str | None, Json]]]


def chat_stream(chunks: list[Json]) -> Told:
    texts: dict[int, str] = defaultdict(str)
    calls: dict[object, list[str]] = {}
    for choice in (choice for chunk in chunks for choice in chunk["choices"]):
        texts[choice["index"]] += choice["delta"].get("content") or ""
        for call in choice["delta"].get("tool_calls") or []:
            key = call["id"] or [*calls][-1]
            known = calls.setdefault(key, ["", ""])
            known[0] = call["function"].get("name") or known[0]
            known[1] += call["function"].get("arguments") or ""
    return dict(texts), [(name, arguments) for name, arguments in calls.values()]


def chat(items: list[Json]) -> Told:
    (body,) = items
    texts = {choice["index"]: choice["message"]["content"] or "" for choice in body["choices"]}
    calls = [call for choice in body["choices"] for call in choice["message"].get("tool_calls") or []]
    return texts, [(call["function"]["name"], call["function"]["arguments"]) for call in calls]


def completion(items: list[Json]) -> Told:
    texts: dict[int, str] = defaultdict(str)
    for choice in (choice for item in items for choice in item["choices"]):
        texts[choice["index"]] += choice["text"]
    return dict(texts), []


def ollama_generate(items: list[Json]) -> Told:
    return {0: "".join(item["response"] for item in items)}, []


def ollama_chat(items: list[Json]) -> Told:
    messages = [item["message"] for item in items]
    calls = [call["function"] for message in messages for call in message.get("tool_calls") or []]
    text = "".join(message["content"] or "" for message in messages)
    return {0: text}, [(call["name"], call["arguments"]) for call in calls]


def gemini(items: list[Json]) -> Told:
    contents = [candidate["content"] or {} for item in items for candidate in item.get("candidates") or []]
    parts = [part for content in contents for part in content.get("parts") or []]
    text = "".join(part.get("text") or "" for part in parts if not part.get("thought"))
    calls = [part["function_call"] for part in parts if part.get("function_call")]
    return {0: text}, [(call["name"], call.get("args") or {}) for call in calls]


def event_data(lines: list[Json]) -> list[JsonObject]:
    return [json.loads(line[len("data: ") :]) for line in lines if line.startswith("data: {")]


def by_index(pieces: Iterable[tuple[int, str]]) -> str:
    blocks: dict[int, str] = defaultdict(str)
    for index, piece in pieces:
        blocks[index] += piece
    return "".join(blocks[index] for index in sorted(blocks))


def interaction_stream(lines: list[Json]) -> Told:
    deltas = [event for event in event_data(lines) if event["event_type"] == "content.delta"]
    texts = [(event["index"], event["delta"]["text"]) for event in deltas if event["delta"]["type"] == "text"]
    calls = [event["delta"] for event in deltas if event["delta"]["type"] == "function_call"]
    return {0: by_index(texts)}, [(call["name"], call["arguments"]) for call in calls]


def interaction(items: list[Json]) -> Told:
    outputs = items[0]["outputs"]
    text = "".join(output["text"] for output in outputs if output["type"] == "text")
    calls = [output for output in outputs if output["type"] == "function_call"]
    return {0: text}, [(call["name"], call["arguments"]) for call in calls]


def anthropic_stream(lines: list[Json]) -> Told:
    events = event_data(lines)
    deltas = [(event["index"], event["delta"]) for event in events if event["type"] == "content_block_delta"]
    starts = [event for event in events if event["type"] == "content_block_start"]
    names = {start["index"]: start["content_block"].get("name") for start in starts}
    inputs: dict[int, str] = defaultdict(str)
    for index, delta in deltas:
        inputs[index] += delta.get("partial_json", "")
    calls = [(name, inputs[index]) for index, name in names.items() if name]
    return {0: by_index((index, delta.get("text", "")) for index, delta in deltas)}, calls


def anthropic(items: list[Json]) -> Told:
    content = items[0]["content"]
    text = "".join(block["text"] for block in content if block["type"] == "text")
    return {0: text}, [(block["name"], block["input"]) for block in content if block["type"] == "tool_use"]


def tool_result(items: list[Json]) -> Told:
    content = items[0]["content"]
    text = content if isinstance(content, str) else "".join(part["text"] for part in content or [])
    return {0: text}, []


def silent(items: list[Json]) -> Told:
    return {}, []


STREAMS: dict[str, Callable[[list[Json]], Told]] = {
    "ChatCompletionChunk": chat_stream,
    "Completion": completion,
    "GenerateResponse": ollama_generate,
    "ChatResponse": ollama_chat,
    "candidates": gemini,
    "interaction.start": interaction_stream,
    "message_start": anthropic_stream,
}
WHOLES: dict[str, Callable[[list[Json]], Told]] = {
    "ChatCompletion": chat,
    "Completion": completion,
    "GenerateResponse": ollama_generate,
    "ChatResponse": ollama_chat,
    "candidates": gemini,
    "outputs": interaction,
    "stop_reason": anthropic,
    "ToolInvocationResult": tool_result,
    "error": silent,
    **dict.fromkeys(
        ("CreateEmbeddingResponse", "EmbedResponse", "Model", "ProcessResponse", "ListResponse"), silent
    ),
}


def items_of(document: JsonObject) -> list[Json]:
    body = document["response"]["body"]
    return body if isinstance(body, list) else [] if body is None else [body]


def told(document: JsonObject, readers: dict[str, Callable[[list[Json]], Told]]) -> Told:
    """What the answer says, by the one reader whose mark its first item bears."""
    items = items_of(document)
    if not items:
        return {}, []
    first = items[0]
    if isinstance(first, str):
        marks = {first.removeprefix("event: ")}
    else:
        marks = {first["__type__"].rpartition(".")[2]} if "__type__" in first else set(first)
    (read,) = [reader for mark, reader in readers.items() if mark in marks]
    return read([item.get("__data__", item) if isinstance(item, dict) else item for item in items])


def agrees(call: ToolCall, expected: tuple[str | None, Json]) -> bool:
    name, arguments = expected
    given = call.arguments if isinstance(arguments, str) else json.loads(call.arguments)
    return (call.name, given) == (name, arguments)


def says(transcript: Transcript, expected: Told) -> bool:
    texts, calls = expected
    found = [call for choice in transcript.choices for call in choice.tool_calls]
    return (
        {choice.index: choice.text for choice in transcript.choices} == texts
        and len(found) == len(calls)
        and all(map(agrees, found, calls))
    )


@pytest.mark.promise("The assembled answer is what its chunks say")
def test_every_stream_says_what_its_chunks_say() -> None:
    expected = {path: told(document, STREAMS) for path, document in streamed().items()}
    assert len(expected) == len(streamed()) > 0
    assert [path for path, said in expected.items() if not says(answer(load(Ref(path))), said)] == []


def test_every_whole_answer_says_what_its_body_says() -> None:
    expected = {path: told(document, WHOLES) for path, document in whole().items()}
    assert len(expected) == len(documents()) - len(streamed()) > 0
    assert [path for path, said in expected.items() if not says(answer(load(Ref(path))), said)] == []


def test_no_answer_is_of_an_unknown_type() -> None:
    types = {path: answer(load(Ref(path))).type for path in documents()}
    assert {path for path, kind in types.items() if kind in ("unknown", "error", "empty")} == {
        path
        for path, document in documents().items()
        if document["response"]["body"] is None or "error" in document["response"]["body"]
    }


# ---- what has no words


def test_embeddings_are_counted() -> None:
    expected = {}
    for path, document in whole().items():
        data = next((item.get("__data__") for item in items_of(document)), None) or {}
        vectors = data.get("embeddings") or [item.get("embedding") for item in data.get("data", [])]
        if vectors and isinstance(vectors[0], list):
            expected[path] = (len(vectors), len(vectors[0]))
    found = {path: answer(load(Ref(path))).embeddings for path in expected}
    assert {path: said and (said.count, said.dimensions) for path, said in found.items()} == expected != {}


def test_models_are_named() -> None:
    expected: dict[Path, tuple[str, ...]] = {}
    for path, document in whole().items():
        items = [item["__data__"] for item in items_of(document) if "__data__" in item]
        listed = [model for item in items for model in item.get("models", [])]
        listed += [item for item in items if item.get("object") == "model"]
        if listed:
            expected[path] = tuple(model.get("id") or model["model"] for model in listed)
    assert {path: answer(load(Ref(path))).models for path in expected} == expected != {}


# ---- the rest of what is shown


def test_the_fast_preview_says_what_the_whole_answer_says() -> None:
    fast = {path: summarize_with_preview(path, path.read_bytes()).header.preview for path in documents()}
    assert [path for path, said in fast.items() if said != preview(answer(load(Ref(path))))] == []


def test_turns_are_the_messages_of_the_request() -> None:
    expected = {}
    for path, document in documents().items():
        body = document["request"].get("body") or document["request"].get("payload") or {}
        lists = [body.get(key) for key in ("messages", "input", "contents")]
        found = next((each for each in lists if isinstance(each, list)), [])
        expected[path] = len(found) if all(isinstance(message, dict) for message in found) else 0
    assert {path: summarize(path, path.read_bytes()).header.turns for path in expected} == expected
    assert {load(Ref(path)).header.turns == turns for path, turns in expected.items()} == {True}


def test_every_message_of_a_chat_is_in_its_conversation() -> None:
    chats = {
        path: (document["request"].get("body") or {}).get("messages")
        for path, document in documents().items()
    }
    roles = {path: [message["role"] for message in messages] for path, messages in chats.items() if messages}
    found = {path: conversation(parse(path, path.read_bytes())) for path in roles}
    assert {path: [message.role for message in said.messages] for path, said in found.items()} == roles != {}
