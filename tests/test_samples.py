"""The sample recordings are what their script writes, well formed, and cover every shape."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.make_samples import SAMPLES_DIR, SEED, recorded_paths, samples, write_samples
from tests.samples.builder import (
    OLD_DIRECTORY,
    Data,
    file_name,
    normalised,
    old_request_hash,
    request_hash,
    stable_body,
    stable_text,
)

SEED_SHA256 = "b92a7a35e7a31643781609fc94192ebf3201b8959d665d9d7d74dd75569c5254"
DEAD_TESTS = {
    "tests/integration/agents/test_old_planner.py::test_plan_weekend",
    "tests/integration/inference/test_travel_chat.py::test_ferry_times",
}
GENERATED = samples()
PATHS = sorted([*GENERATED, SEED])
DOCUMENTS: dict[str, Data] = {path: json.loads(content) for path, content in GENERATED.items()}
each_path = pytest.mark.parametrize("path", PATHS)


# ---- the files and their bytes


def test_generated_files_are_the_files_on_disk() -> None:
    assert recorded_paths(SAMPLES_DIR) == set(PATHS)


@pytest.mark.parametrize("path", sorted(GENERATED))
def test_generated_bytes_are_the_bytes_on_disk(path: str) -> None:
    assert (SAMPLES_DIR / path).read_bytes() == GENERATED[path]


def test_writing_elsewhere_gives_the_same_files(tmp_path: Path) -> None:
    assert write_samples(tmp_path) == len(GENERATED)
    assert recorded_paths(tmp_path) == set(GENERATED)
    assert all((tmp_path / path).read_bytes() == content for path, content in GENERATED.items())


def test_the_seed_is_untouched() -> None:
    assert hashlib.sha256((SAMPLES_DIR / SEED).read_bytes()).hexdigest() == SEED_SHA256


@each_path
def test_bytes_are_what_the_standard_library_dumps(path: str) -> None:
    content = (SAMPLES_DIR / path).read_bytes()
    assert content == (json.dumps(json.loads(content), indent=2) + "\n").encode("ascii")


@pytest.mark.parametrize("path", sorted(GENERATED))
def test_samples_are_small(path: str) -> None:
    assert len(GENERATED[path]) < 8500


# ---- names and ids


@each_path
def test_name_fits_the_request(path: str) -> None:
    document = json.loads((SAMPLES_DIR / path).read_bytes())
    assert PurePosixPath(path).name == _expected_name(path, document)


@each_path
def test_response_is_normalised_already(path: str) -> None:
    response = json.loads((SAMPLES_DIR / path).read_bytes())["response"]
    digest = PurePosixPath(path).stem.removeprefix("models-")
    assert response == normalised(response, digest)


@pytest.mark.parametrize(
    ("text", "stable"),
    [
        ("at 48.856614, 2.35", "at 48.85661, 2.35"),
        ("score: -1.5e-07.", "score: __NORMALIZED__."),
        ("a, attributes: {'k': 1.0} b", "a b"),
        ("<|5d0c7e1a-93b4-4f6e-8a27-c1b90e6f4d58|>", "<|__NORMALIZED__|>"),
        ("<|file-123|>", "<|file-123|>"),
    ],
)
def test_hash_sees_only_the_stable_part_of_a_text(text: str, stable: str) -> None:
    assert stable_text(text) == stable


@pytest.mark.parametrize(
    ("body", "bedrock", "stable"),
    [
        ({"extra_body": {"project_id": "p", "a": 0.123456}}, False, {"extra_body": {"a": 0.12346}}),
        ({"deep": {"extra_body": {"project_id": "p"}}}, False, {"deep": {"extra_body": {"project_id": "p"}}}),
        ({"list": [{"extra_query": {"project_id": "p"}}]}, False, {"list": [{"extra_query": {}}]}),
        ({"stream_options": {}}, False, {"stream_options": {}}),
        ({"stream_options": {}, "n": [{"stream_options": 1}]}, True, {"n": [{"stream_options": 1}]}),
    ],
)
def test_hash_sees_only_the_stable_part_of_a_body(body: Data, bedrock: bool, stable: Data) -> None:
    assert stable_body(body, bedrock=bedrock) == stable


def _expected_name(path: str, document: Data) -> str:
    if path.startswith(OLD_DIRECTORY):
        return f"{old_request_hash(document['request'])[:12]}.json"
    digest = request_hash(document["test_id"], document["request"])
    return file_name(document["request"], document["response"], digest)


# ---- what the samples cover

OPENAI, OLLAMA = "openai.types.", "ollama._types."
WIRE_FORMATS = {
    "OpenAI chat chunk": (f"{OPENAI}chat.chat_completion_chunk.ChatCompletionChunk", True),
    "OpenAI chat completion": (f"{OPENAI}chat.chat_completion.ChatCompletion", False),
    "OpenAI completion": (f"{OPENAI}completion.Completion", False),
    "OpenAI completion chunk": (f"{OPENAI}completion.Completion", True),
    "OpenAI Responses events": (f"{OPENAI}responses.response_text_delta_event.ResponseTextDeltaEvent", True),
    "OpenAI Responses": (f"{OPENAI}responses.response.Response", False),
    "Ollama generate": (f"{OLLAMA}GenerateResponse", False),
    "Ollama generate chunk": (f"{OLLAMA}GenerateResponse", True),
    "Ollama chat": (f"{OLLAMA}ChatResponse", False),
    "Ollama chat chunk": (f"{OLLAMA}ChatResponse", True),
    "Gemini generateContent": ("{candidates}", False),
    "Gemini generateContent chunk": ("{candidates}", True),
    "Gemini Interactions": ("{outputs}", False),
    "Gemini Interactions lines": ("event: content.delta", True),
    "Anthropic Messages": ("{stop_reason}", False),
    "Anthropic Messages lines": ("event: content_block_delta", True),
    "OpenAI embeddings": (f"{OPENAI}create_embedding_response.CreateEmbeddingResponse", False),
    "Ollama embeddings": (f"{OLLAMA}EmbedResponse", False),
    "OpenAI model list": (f"{OPENAI}model.Model", False),
    "Ollama ps": (f"{OLLAMA}ProcessResponse", False),
    "Ollama tags": (f"{OLLAMA}ListResponse", False),
    "Ollama pull": (f"{OLLAMA}ProgressResponse", False),
    "Ollama pull chunk": (f"{OLLAMA}ProgressResponse", True),
    "tool result": ("ogx_api.tools.ToolInvocationResult", False),
    "rerank": ("{results}", False),
}
REQUEST_KINDS = {
    "inference": ["method", "url", "headers", "body", "endpoint", "model"],
    "inference with metadata": ["method", "url", "headers", "body", "endpoint", "model", "provider_metadata"],
    "tool": ["test_id", "provider", "tool_name", "kwargs"],
    "http": ["test_id", "url", "method", "payload"],
    "file": ["test_id", "provider", "api", "file_id"],
}
DOCUMENT_SHAPES = {
    "newest": ["test_id", "request", "response", "id_normalization_mapping"],
    "without a mapping": ["test_id", "request", "response"],
    "oldest": ["request", "response"],
}


@pytest.mark.parametrize("row", WIRE_FORMATS)
def test_wire_format_is_covered(row: str) -> None:
    label, streaming = WIRE_FORMATS[row]
    responses = [document["response"] for document in DOCUMENTS.values()]
    assert any(item["is_streaming"] is streaming and label in _labels(item["body"]) for item in responses)


@pytest.mark.parametrize("kind", REQUEST_KINDS)
def test_request_kind_is_covered(kind: str) -> None:
    assert REQUEST_KINDS[kind] in [list(document["request"]) for document in DOCUMENTS.values()]


@pytest.mark.parametrize("shape", DOCUMENT_SHAPES)
def test_document_shape_is_covered(shape: str) -> None:
    assert DOCUMENT_SHAPES[shape] in [list(document) for document in DOCUMENTS.values()]


def _labels(body: object) -> set[str]:
    """What marks a body: class labels, the keys of plain dicts in braces, the event lines."""
    items = body if isinstance(body, list) else [body]
    dicts = [item for item in items if isinstance(item, dict)]
    keys = {f"{{{key}}}" for item in dicts if "__type__" not in item for key in item}
    return (
        keys
        | {item.get("__type__", "") for item in dicts}
        | {item for item in items if isinstance(item, str)}
    )


# ---- oddities: each is a question about one document, and some sample has to answer yes


def _chunks(document: Data) -> list[Data]:
    body = document["response"]["body"]
    items = body if isinstance(body, list) else [body]
    return [item["__data__"] for item in items if isinstance(item, dict) and "__data__" in item]


def _choices(document: Data) -> Iterator[Data]:
    for chunk in _chunks(document):
        yield from chunk.get("choices", [])


def _deltas(document: Data) -> list[Data]:
    return [choice["delta"] for choice in _choices(document) if "delta" in choice]


def _is_interleaved(document: Data) -> bool:
    indexes = [choice["index"] for choice in _choices(document)]
    return sorted(indexes) != indexes and len(set(indexes)) > 1


def _mapped_id_is_in_response(document: Data) -> bool:
    originals = document.get("id_normalization_mapping", {}).values()
    return any(original in json.dumps(document["response"]) for original in originals)


def _has_partial_exception(document: Data) -> bool:
    response = document["response"]
    return bool(response.get("is_exception") and response["is_streaming"] and response["body"])


def _has_whole_exception(document: Data) -> bool:
    response = document["response"]
    return bool(response.get("is_exception") and response["body"] is None)


def _sends(text: str) -> Callable[[Data], bool]:
    return lambda document: text in json.dumps(document["request"])


def _answers(text: str) -> Callable[[Data], bool]:
    return lambda document: text in json.dumps(document["response"])


def _has_delta(field: str) -> Callable[[Data], bool]:
    return lambda document: any(delta.get(field) for delta in _deltas(document))


def _tool_content(kind: type) -> Callable[[Data], bool]:
    return lambda document: any(isinstance(chunk.get("content"), kind) for chunk in _chunks(document))


ODDITIES: dict[str, Callable[[Data], bool]] = {
    "usage in a last chunk without choices": lambda d: any(
        chunk.get("usage") and chunk["choices"] == [] for chunk in _chunks(d) if "choices" in chunk
    ),
    "usage in every chunk": lambda d: len(_deltas(d)) > 1 and all(chunk.get("usage") for chunk in _chunks(d)),
    "no usage at all": lambda d: bool(_deltas(d)) and not any(chunk.get("usage") for chunk in _chunks(d)),
    "tool call in pieces": lambda d: any(
        call["id"] is None for delta in _deltas(d) for call in delta["tool_calls"] or []
    ),
    "interleaved choices": _is_interleaved,
    "reasoning_content": _has_delta("reasoning_content"),
    "reasoning": _has_delta("reasoning"),
    "refusal": _has_delta("refusal"),
    "function_call": _has_delta("function_call"),
    "logprobs": lambda d: any(choice.get("logprobs") for choice in _choices(d)),
    "empty object": lambda d: any(chunk.get("object") == "" for chunk in _chunks(d)),
    "picture in the request": _sends("data:image/png;base64,iVBOR"),
    "response_format": _sends('"response_format"'),
    "several whole tool calls": lambda d: any(
        len(choice.get("message", {}).get("tool_calls") or []) > 1 for choice in _choices(d)
    ),
    "Responses reasoning": _answers('"response.reasoning_summary_text.delta"'),
    "Responses function call": _answers('"response.function_call_arguments.done"'),
    "Ollama thinking": lambda d: any((chunk.get("message") or {}).get("thinking") for chunk in _chunks(d)),
    "Ollama tool call": lambda d: any((chunk.get("message") or {}).get("tool_calls") for chunk in _chunks(d)),
    "Gemini thought": _answers('"thought": true'),
    "Gemini function call": _answers('"function_call": {"args"'),
    "Interactions function call": _answers('"type": "function_call", "id"'),
    "recorded 400": lambda d: d["response"].get("status") == 400,
    "Anthropic thinking": _answers("thinking_delta"),
    "Anthropic tool use": _answers("input_json_delta"),
    "base64 embedding": _answers('"embedding": "'),
    "two float embeddings": lambda d: any(len(chunk.get("data", [])) == 2 for chunk in _chunks(d)),
    "tool result as text": _tool_content(str),
    "tool result in parts": _tool_content(list),
    "tool error": lambda d: any(chunk.get("error_message") for chunk in _chunks(d)),
    "whole exception": _has_whole_exception,
    "partial exception": _has_partial_exception,
    "mapped id": _mapped_id_is_in_response,
    "emoji": _answers("\\ud83c"),
    "combining accent": _answers("\\u0301"),
    "file search scores": _sends("score: 0.7312904596328735"),
    "many digits": _sends("0.1234567890123"),
}


@pytest.mark.parametrize("oddity", ODDITIES)
def test_oddity_is_covered(oddity: str) -> None:
    assert any(ODDITIES[oddity](document) for document in DOCUMENTS.values())


def test_a_call_is_answered_by_a_later_request_of_the_same_test() -> None:
    calls = {
        (document["test_id"], call["id"])
        for document in DOCUMENTS.values()
        for delta in _deltas(document)
        for call in delta["tool_calls"] or []
        if call["id"] is not None
    }
    assert any(
        (document.get("test_id"), message.get("tool_call_id")) in calls
        for document in DOCUMENTS.values()
        for message in document["request"].get("body", {}).get("messages", [])
    )


def test_two_model_lists_share_a_hash() -> None:
    middles = [name.split("-")[1] for name in map(_stem, GENERATED) if name.startswith("models-")]
    assert len(middles) == len(set(middles)) + 1


def _stem(path: str) -> str:
    return PurePosixPath(path).stem


# ---- the tests that the samples name


def test_every_named_test_is_in_the_source_but_the_dead_ones() -> None:
    named = {document.get("test_id") for document in DOCUMENTS.values()}
    named.add(json.loads((SAMPLES_DIR / SEED).read_bytes())["test_id"])
    plain = {test_id.partition("[")[0] for test_id in named if test_id is not None}
    assert plain - _tests_in_source() == DEAD_TESTS


def test_one_dead_test_lost_its_function_and_one_its_file() -> None:
    files = [(SAMPLES_DIR / test_id.partition("::")[0]).exists() for test_id in sorted(DEAD_TESTS)]
    assert files == [False, True]


def _tests_in_source() -> set[str]:
    found = set()
    for path in SAMPLES_DIR.glob("tests/integration/**/test_*.py"):
        module = path.relative_to(SAMPLES_DIR).as_posix()
        found |= {f"{module}::{name}" for name in _test_names(ast.parse(path.read_text("utf-8")).body)}
    return found


def _test_names(body: list[ast.stmt]) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            yield statement.name
        elif isinstance(statement, ast.ClassDef):
            yield from (f"{statement.name}::{name}" for name in _test_names(statement.body))
