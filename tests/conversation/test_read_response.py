"""How a wire format is found, and what becomes of bodies that are no answer."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from recctl.catalog.preview import preview
from recctl.conversation.answer import answer
from recctl.conversation.providers.formats import FORMATS
from recctl.conversation.read_response import assemble
from recctl.conversation.request.conversation import conversation
from recctl.conversation.transcript import Failure, Transcript
from recctl.recordings.recording import parse
from recctl.support.jsonvalue import Json, JsonObject
from tests.make_samples import samples

ROWS = [row.name for row in FORMATS]

# The least that tells a format by its keys alone.
SHAPES: dict[str, list[Json]] = {
    "openai-chat": [{"choices": [{"delta": {}}]}, {"choices": [{"message": {}}]}],
    "openai-completion": [{"choices": [{"text": ""}]}],
    "openai-responses": [{"object": "response"}, {"type": "response.created"}],
    "anthropic-messages": [
        {"type": "message", "content": []},
        {"type": "message_start"},
        {"type": "ping"},
        ["event: ping", 'data: {"type": "ping"}'],
    ],
    "anthropic-completion": [
        {"type": "completion", "completion": ""},
        {"completion": "", "stop_reason": None},
        ["event: ping", 'data: {"type": "ping"}', "", 'data: {"type": "completion", "completion": ""}'],
    ],
    "bedrock-converse": [
        {"output": {"message": {}}},
        {"messageStart": {"role": "assistant"}},
        {"contentBlockDelta": {}},
    ],
    "gemini-interactions": [
        {"object": "interaction"},
        {"event_type": "content.delta"},
        ['data: {"event_type": "interaction.start"}'],
        {"event_type": "step.delta"},
        {"status": "completed", "steps": [{"type": "model_output"}]},
    ],
    "gemini-generate": [{"candidates": []}, {"usage_metadata": {}}, {"usageMetadata": {}}],
    "ollama-generate": [{"response": "", "done": False}],
    "ollama-chat": [{"message": {}, "done": False}],
    "ollama-pull": [{"status": "success"}, {"status": "pulling", "digest": None, "total": 5}],
    "embeddings": [
        {"data": [{"embedding": []}]},
        {"embeddings": []},
        {"embedding": []},
        {"embedding": {"values": []}, "usageMetadata": {"promptTokenCount": 3}},
        {"embeddings": [{"values": []}], "usage_metadata": {}},
        {"predictions": [{"embeddings": {"values": []}}]},
    ],
    "models": [{"object": "model"}, {"models": []}, {"data": [{"object": "model"}]}],
    "tool-result": [{"content": "", "error_message": None}],
    "file-chunks": [{"chunks": [{"content": "", "chunk_id": "a"}]}],
    "rerank": [{"results": [{"relevance_score": 0.5}]}, {"rankings": [{"logit": 1}]}],
}


def labelled(label: Json, data: Json) -> JsonObject:
    return {"__type__": label, "__data__": data}


# ---- every row


def test_every_row_has_its_shapes_here() -> None:
    assert list(SHAPES) == ROWS


@pytest.mark.parametrize("name", ROWS)
def test_every_row_has_a_sample_recording(name: str) -> None:
    bodies = [json.loads(content)["response"].get("body") for content in samples().values()]
    assert name in {assemble(body).type for body in bodies}


def test_no_class_name_belongs_to_two_rows() -> None:
    classes = [name for row in FORMATS for name in row.classes]
    assert len(classes) == len(set(classes))


# ---- detection


@pytest.mark.parametrize(
    ("name", "body"), [(name, body) for name, bodies in SHAPES.items() for body in bodies]
)
def test_by_shape(name: str, body: Json) -> None:
    assert assemble(body).type == name
    assert assemble([labelled("somebody.Elses", body)] if isinstance(body, dict) else body).type == name


@pytest.mark.parametrize(
    ("name", "label"), [(row.name, label) for row in FORMATS for label in sorted(row.classes)]
)
@pytest.mark.parametrize("module", ["", "some.module."])
def test_by_class_name(name: str, label: str, module: str) -> None:
    library, dot, own = label.rpartition(".")
    # A class that several libraries have is told by its own.
    full = f"{library}.{module}{own}" if dot else f"{module}{label}"
    assert assemble([labelled(full, {})]).type == name


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            {"name": "cachedContents/x", "model": "m", "usageMetadata": {"totalTokenCount": 5}},
            id="a cached content of Gemini",
        ),
        pytest.param({"name": "batches/x", "done": True, "response": {"@type": "x"}}, id="a batch of Gemini"),
        pytest.param({"models": [{"modelArn": "arn:x"}], "status": "ACTIVE"}, id="an inference profile"),
        pytest.param({"status": "completed", "steps": 5}, id="steps of something else"),
        pytest.param({"completion": {"text": "Hi"}, "stop_reason": None}, id="a completion that is no text"),
        pytest.param({"chunks": [{"id": 1}]}, id="chunks of something else"),
    ],
)
def test_what_only_resembles_an_answer_is_unknown(body: Json) -> None:
    assert assemble(body) == Transcript("unknown", body=body)


def test_the_class_name_outweighs_the_shape() -> None:
    body = [labelled("openai.Completion", {"choices": [{"delta": {}, "text": "Hi"}]})]
    transcript = assemble(body)
    assert (transcript.type, transcript.choices[0].text) == ("openai-completion", "Hi")


def test_one_known_item_tells_the_format_of_all() -> None:
    body: Json = [
        None,
        "",
        {"odd": 1},
        labelled("x.Y", {}),
        {"choices": []},
        {"choices": [{"delta": {"content": "a"}}]},
    ]
    transcript = assemble(body)
    assert (transcript.type, transcript.choices[0].text) == ("openai-chat", "a")


@pytest.mark.parametrize(
    "label", [None, 5, ["ChatCompletion"], {}, "", ".", "ChatCompletion.", "chatcompletion"]
)
def test_an_odd_label_is_no_class_name(label: Json) -> None:
    assert assemble(labelled(label, {"odd": 1})).type == "unknown"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"choices": [{"index": 0, "delta": {"content": "Hi"}}]}, id="chat"),
        pytest.param({"choices": [{"index": 0, "text": "Hi"}]}, id="completion"),
        pytest.param(
            {"type": "response.output_text.delta", "output_index": 0, "delta": "Hi"}, id="responses"
        ),
        pytest.param({"candidates": [{"content": {"parts": [{"text": "Hi"}]}}]}, id="gemini"),
    ],
)
def test_raw_event_lines_of_a_format_recorded_as_objects_are_read_or_kept(data: JsonObject) -> None:
    body = [f"data: {json.dumps(data)}", "", "data: [DONE]", ""]
    transcript = assemble(body)
    assert transcript.body == body or [choice.text for choice in transcript.choices] == ["Hi"]


# ---- what is no answer


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(labelled("x.Y", {"odd": 1}), id="unknown class"),
        pytest.param([labelled("x.Y", {"odd": 1}), labelled("x.Y", {})], id="unknown classes"),
        pytest.param(labelled("x.Y", None), id="unknown class, data null"),
        pytest.param({"odd": 1}, id="plain object"),
        pytest.param({}, id="empty object"),
        pytest.param([{}], id="list of an empty object"),
        pytest.param("words", id="string"),
        pytest.param("", id="empty string"),
        pytest.param(["event: x", "data: 5", ""], id="events without objects"),
        pytest.param([[1], None, 5], id="list of anything"),
        pytest.param(0, id="number"),
        pytest.param(False, id="false"),
        pytest.param({"error": None}, id="error null"),
        pytest.param({"error": {}}, id="error empty"),
        pytest.param({"error": ""}, id="error without words"),
    ],
)
def test_an_unknown_body_is_kept_raw(body: Json) -> None:
    assert assemble(body) == Transcript("unknown", body=body)


@pytest.mark.parametrize("body", [None, []], ids=["null", "no items"])
def test_an_empty_body(body: Json) -> None:
    assert assemble(body) == Transcript("empty")


# ---- errors where an answer should be

OPENAI_ERROR = {"error": {"message": "No.", "type": "invalid_request_error", "param": None, "code": "bad"}}
GEMINI_ERROR = {"error": {"code": 404, "message": "No.", "status": "NOT_FOUND"}}
ANTHROPIC_ERROR = {"type": "error", "error": {"type": "overloaded_error", "message": "No."}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"error": "No."}, Failure(None, "No."), id="a string"),
        pytest.param({"error": {"message": "No."}}, Failure(None, "No."), id="only a message"),
        pytest.param({"error": {"type": "t"}}, Failure("t", None), id="only a type"),
        pytest.param(OPENAI_ERROR, Failure("invalid_request_error", "No."), id="OpenAI"),
        pytest.param(
            {"error": {"code": "bad", "message": "No."}}, Failure("bad", "No."), id="code as a word"
        ),
        pytest.param(GEMINI_ERROR, Failure("NOT_FOUND", "No.", 404), id="Gemini"),
        pytest.param(ANTHROPIC_ERROR, Failure("overloaded_error", "No."), id="Anthropic"),
        pytest.param({"error": ["No."]}, Failure(None, None), id="a list"),
        pytest.param({"error": 5}, Failure(None, None), id="a number"),
    ],
)
def test_an_error_alone(body: JsonObject, expected: Failure) -> None:
    failure = Failure(expected.type, expected.message, expected.status, body=body)
    ways: list[Json] = [body, [body], labelled("x.Y", body), [f"data: {json.dumps(body)}", ""]]
    assert [assemble(way) for way in ways] == [Transcript("error", error=failure)] * len(ways)


@pytest.mark.parametrize(
    ("known", "error_item"),
    [
        pytest.param({"choices": [{"delta": {"content": "Hi"}}]}, OPENAI_ERROR, id="chat"),
        pytest.param({"candidates": [{"content": {"parts": [{"text": "Hi"}]}}]}, GEMINI_ERROR, id="gemini"),
        pytest.param({"response": "Hi", "done": False}, {"error": "No."}, id="ollama"),
    ],
)
def test_an_error_in_a_stream_keeps_the_words_around_it(known: JsonObject, error_item: JsonObject) -> None:
    for body in ([known, error_item], [error_item, known]):
        transcript = assemble(body)
        failure = transcript.error or Failure(None, None)
        assert (transcript.choices[0].text, failure.message, failure.body) == ("Hi", "No.", error_item)


def test_the_first_error_counts() -> None:
    failure = assemble([{"error": "first"}, {"error": "second"}]).error
    assert failure == Failure(None, "first", body={"error": "first"})


def test_a_response_object_without_error_is_none() -> None:
    assert assemble({"object": "response", "error": None, "output": []}).error is None


# ---- labels are never imported


@pytest.mark.parametrize("name", ["Marker", "ChatCompletion", "Message"])
def test_a_label_is_never_imported(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "recctl_sentinel_of_the_tests"
    (tmp_path / f"{module}.py").write_text(f"class {name}:\n    pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    body = labelled(f"{module}.{name}", {"choices": [], "odd": {"__type__": f"{module}.{name}"}})
    document = {"request": {"body": body}, "response": {"body": [body], "is_streaming": True}}
    recording = parse(Path("x.json"), json.dumps(document).encode())
    preview(answer(recording))
    conversation(recording)
    assert importlib.util.find_spec(module) is not None  # it could have been imported
    assert module not in sys.modules
