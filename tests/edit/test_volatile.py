"""normalize --volatile: what the recorder leaves alone, in each format, in events too."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.edit.serializer import Offsets, RandomSerializer, at, differing, spliced
from tests.edit.serializer import Path as Keys
from tests.edit.trees import tree_of
from tests.helpers import SAMPLES, document, few, put, run, sample
from tests.samples import openai_parts
from tests.samples.builder import Data, Recording, http, inference, sse, streamed, whole

TEST = "tests/a/test_all.py::test_one"
ANTHROPIC = "https://api.anthropic.com/v1/messages"
INTERACTIONS = "https://generativelanguage.googleapis.com/v1beta/interactions"


# ---- one recording of each format, made from a number that stands for the run


def _openai_stream(run_number: int) -> Recording:
    server = {"system_fingerprint": f"fp_{run_number}", "obfuscation": "x" * run_number}
    padded = {**openai_parts.delta("Hi"), "obfuscation": "y" * run_number}
    chunk = openai_parts.chat_chunk("gpt-4o", server, padded)
    return inference(TEST, openai_parts.OPENAI_URL, {"model": "gpt-4o"}, streamed(chunk, chunk))


def _openai_whole(run_number: int) -> Recording:
    server = {"system_fingerprint": f"fp_{run_number}"}
    answer = openai_parts.chat("gpt-4o", server, openai_parts.assistant("Hi"), {})
    return inference(TEST, openai_parts.OPENAI_URL, {"model": "gpt-4o"}, whole(answer))


def _gemini(date: str, stream: bool) -> Callable[[int], Recording]:
    def record(run_number: int) -> Recording:
        body = {
            "sdk_http_response": {"headers": {"Content-Type": "a", date: f"Tue, {run_number} Apr 2026"}},
            "candidates": [],
            "create_time": f"2026-04-14T08:02:50.{run_number}Z",
            "response_id": f"q7{run_number}",
        }
        response = streamed(body, body) if stream else whole(body)
        return inference(TEST, "vertexai:///generate_content", {"model": "m"}, response)

    return record


def _anthropic(run_number: int) -> Recording:
    content = [{"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}]
    body = {"id": f"msg_{run_number}", "type": "message", "role": "assistant", "content": content}
    return http(TEST, ANTHROPIC, {"model": "claude"}, whole(body))


def _anthropic_stream(run_number: int) -> Recording:
    message = {"id": f"msg_{run_number}", "type": "message", "role": "assistant", "content": []}
    block = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
    lines = sse("message_start", {"type": "message_start", "message": message})
    lines += sse("content_block_start", {"type": "content_block_start", "content_block": block})
    return http(TEST, ANTHROPIC, {"model": "claude", "stream": True}, streamed(*lines), status=None)


def _interaction(run_number: int) -> Data:
    time = f"2026-04-16T07:41:0{run_number}Z"
    outputs = [{"type": "function_call", "id": "u7w3", "name": "f", "arguments": {}}]
    return {
        "id": f"v1_{run_number}",
        "object": "interaction",
        "created": time,
        "updated": time,
        "outputs": outputs,
    }


def _interaction_whole(run_number: int) -> Recording:
    return http(TEST, INTERACTIONS, {"input": "Hi"}, whole(_interaction(run_number)))


def _interaction_stream(run_number: int) -> Recording:
    lines = sse(
        "interaction.start", {"interaction": _interaction(run_number), "event_type": "interaction.start"}
    )
    lines += sse("interaction.status_update", {"interaction_id": f"v1_{run_number}", "status": "in_progress"})
    lines += sse("done", "[DONE]")
    return http(TEST, INTERACTIONS, {"input": "Hi", "stream": True}, streamed(*lines), status=None)


FORMATS: dict[str, Callable[[int], Recording]] = {
    "OpenAI chat chunks": _openai_stream,
    "OpenAI chat completion": _openai_whole,
    "Gemini": _gemini("Date", stream=False),
    "Gemini chunks": _gemini("Date", stream=True),
    "Gemini, a lower-case header": _gemini("date", stream=False),
    "Anthropic Messages": _anthropic,
    "Anthropic Messages lines": _anthropic_stream,
    "Interactions": _interaction_whole,
    "Interactions lines": _interaction_stream,
}
# What each has to lose, as JSON paths without the indexes.
each_format = pytest.mark.parametrize("name", FORMATS)


@each_format
def test_two_runs_of_the_same_call_become_the_same_bytes(tmp_path: Path, name: str) -> None:
    paths = [put(tmp_path / str(number) / "recordings", FORMATS[name](number)) for number in (1, 2)]
    assert paths[0].name == paths[1].name
    assert paths[0].read_bytes() != paths[1].read_bytes()
    assert run("normalize", tmp_path, "--volatile", "--write").code == 1
    assert paths[0].read_bytes() == paths[1].read_bytes()
    before = tree_of(tmp_path)
    again = run("normalize", tmp_path, "--volatile", "--write")
    assert (again.code, again.out, tree_of(tmp_path)) == (0, "", before)


@each_format
def test_without_the_option_nothing_is_due(tmp_path: Path, name: str) -> None:
    path = put(tmp_path / "recordings", FORMATS[name](1))
    before = path.read_bytes()
    result = run("normalize", path, "--write")
    assert (result.code, result.out, path.read_bytes()) == (0, "", before)


@each_format
def test_only_what_two_runs_differ_in_is_changed(tmp_path: Path, name: str) -> None:
    one, other = (FORMATS[name](number).document for number in (1, 2))
    path = put(tmp_path / "recordings", FORMATS[name](1))
    run("normalize", path, "--volatile", "--write")
    after = _with_events_read(document(path))
    changed = set(differing(_with_events_read(one), after))
    assert changed == set(differing(_with_events_read(one), _with_events_read(other)))


@each_format
def test_ids_become_the_recordings_own(tmp_path: Path, name: str) -> None:
    path = put(tmp_path / "recordings", FORMATS[name](1))
    (item,) = json.loads(run("normalize", path, "--volatile", "--json").out)
    ids = {"id", "response_id", "interaction_id"}
    news = [change["new"] for change in item["changes"] if change["path"].rpartition(".")[2] in ids]
    assert set(news) <= {f"rec-{path.stem[:12]}"}


def _with_events_read(content: Data) -> Data:
    """The document with the data of each event parsed."""
    body = content["response"]["body"]
    items = [_event(item) for item in body] if isinstance(body, list) else body
    return {**content, "response": {**content["response"], "body": items}}


def _event(item: Any) -> Any:
    is_data = isinstance(item, str) and item.startswith("data: {")
    return {"data": json.loads(item[len("data: ") :])} if is_data else item


VALUES: dict[str, tuple[Recording, dict[str, list[Any]]]] = {
    "a chunk": (
        _openai_stream(1),
        {
            "response.body[0].__data__.obfuscation": ["x", ""],
            "response.body[0].__data__.choices[0].obfuscation": ["y", ""],
            "response.body[0].__data__.system_fingerprint": ["fp_1", None],
        },
    ),
}


@pytest.mark.parametrize("name", VALUES)
def test_values(tmp_path: Path, name: str) -> None:
    recording, expected = VALUES[name]
    path = put(tmp_path / "recordings", recording)
    (item,) = json.loads(run("normalize", path, "--volatile", "--json").out)
    changes = {change["path"]: [change["old"], change["new"]] for change in item["changes"]}
    assert expected.items() <= changes.items()


def test_the_time_of_a_listed_model_is_volatile_before_the_rule_of_2026_10_09(tmp_path: Path) -> None:
    models = [openai_parts.listed_model(name, 0, "system") for name in ("gpt-4o", "o3")]
    made = inference(None, "https://api.openai.com/v1/v1/models", {}, whole(models))
    for item in made.document["response"]["body"]:
        item["__data__"]["created"] = 1715367049
    path = put(tmp_path / "recordings", made)
    due = {f"response.body[{number}].__data__.created": [1715367049, 0] for number in (0, 1)}

    def changes(*options: str) -> Data:
        result = run("normalize", "recordings", "--json", *options, cwd=tmp_path)
        found = [change for item in json.loads(result.out) for change in item["changes"]]
        return {change["path"]: [change["old"], change["new"]] for change in found}

    assert changes() == changes("--volatile") == due
    for rule, is_due in {"ogx 1.4": False, "2026-06-17": False, "ogx 1.5": True}.items():
        (tmp_path / "pyproject.toml").write_text(f'[tool.recctl]\nhash-rule = "{rule}"\n')
        assert (changes(), changes("--volatile")) == (due if is_due else {}, due)
    assert run("normalize", "recordings", "--write", cwd=tmp_path).code == 1
    assert [item["__data__"]["created"] for item in document(path)["response"]["body"]] == [0, 0]


NAMELESS = {
    "Gemini": (_gemini("Date", stream=False), b"q71"),
    "Anthropic": (_anthropic, b"msg_1"),
    "Interactions lines": (_interaction_stream, b"v1_1"),
}


@pytest.mark.parametrize("name", NAMELESS)
def test_a_name_without_a_hash_keeps_ids(tmp_path: Path, name: str) -> None:
    record, answer_id = NAMELESS[name]
    path = put(tmp_path / "recordings/answer.json", record(1))
    count = path.read_bytes().count(answer_id)
    run("normalize", path, "--volatile", "--write")
    assert path.read_bytes().count(answer_id) == count > 0


def test_the_samples_lose_every_fingerprint_and_padding(tmp_path: Path) -> None:
    for path in SAMPLES.rglob("*.json"):
        target = tmp_path / path.relative_to(SAMPLES)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    assert run("normalize", tmp_path, "--volatile", "--write").code == 1
    whole_tree = b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))
    for gone in (b"fp_5a17c0ffee", b"v1_VXRyZWNo", b"msg_01Malta", b"q7TzabcTr0", b"2026-04-14T08"):
        assert gone not in whole_tree
    for stays in (b"call_brno2linz", b"toolu_01FindTrain8", b"u7w3x9qd"):
        assert stays in whole_tree
    assert run("normalize", tmp_path, "--volatile", "--write").code == 0


# ---- events: JSON inside a string of the document

EVENTS: dict[str, tuple[Data, Keys]] = {
    "message_start": (
        {"type": "message_start", "message": {"id": "@", "type": "message"}},
        ("message", "id"),
    ),
    "interaction": ({"interaction": {"object": "interaction", "id": "@"}}, ("interaction", "id")),
    "status": ({"interaction_id": "@", "status": "x"}, ("interaction_id",)),
}
odd_texts = st.text(st.sampled_from(['"', "\\", "/", "é", "🏔", "\n", "a", "{", "}", "\u2028"]), max_size=6)


@pytest.mark.promise("normalize changes only the bytes of its values")
@pytest.mark.parametrize("name", few(EVENTS, 1))
@given(
    old=odd_texts, more=odd_texts, seed=st.integers(0, 2**32 - 1), lead=st.sampled_from(["data:", "data: "])
)
def test_only_the_bytes_of_the_value_in_an_event_change(
    name: str, old: str, more: str, seed: int, lead: str
) -> None:
    content, keys = EVENTS[name]
    raw, place = _event_document(_with(content, keys, old) | {"more": more}, keys, lead, Random(seed))
    with TemporaryDirectory() as directory:
        path = Path(directory, "ab7d61e2daa7.json")
        path.write_bytes(raw)
        assert run("normalize", path, "--volatile", "--write").code == 1
        assert path.read_bytes() == spliced(raw, {place: b'\\"rec-ab7d61e2daa7\\"'})
        assert run("normalize", path, "--volatile", "--write").code == 0


def _event_document(event: Data, keys: Keys, lead: str, random: Random) -> tuple[bytes, Offsets]:
    """Return a recording of one event, serialized at random, and the offsets of the value at `keys`."""
    serializer = RandomSerializer(random)
    text = lead + serializer.document(event).decode()
    start, end = (len(lead) + len(part) for part in _up_to(serializer, keys, text[len(lead) :]))
    literal, starts = serializer.literal(text)
    before = b'{"request": {},\r\n"response": {"body": ["", '
    place = (len(before) + starts[start], len(before) + starts[end])
    return before + literal + b'], "is_streaming": true}}', place


def _up_to(serializer: RandomSerializer, keys: Keys, text: str) -> list[str]:
    """The text before a value, and the text up to its end: places are in bytes, literals in characters."""
    return [text.encode()[:place].decode() for place in serializer.spans[keys]]


def _with(content: Data, keys: Keys, value: Any) -> Data:
    changed: Data = json.loads(json.dumps(content))
    at(changed, keys[:-1])[keys[-1]] = value
    return changed


NO_EVENTS = {
    "no JSON": "data: [DONE",
    "an array": 'data: [{"id": "x", "type": "message"}]',
    "another field": 'event: {"interaction_id": "x"}',
    "a tool's id": 'data: {"type":"content_block_start","content_block":{"type":"tool_use","id":"toolu_1"}}',
    "two values": 'data: {"interaction_id": "x"} {}',
}


@pytest.mark.parametrize("name", NO_EVENTS)
def test_lines_that_are_left_alone(tmp_path: Path, name: str) -> None:
    recording = _interaction_stream(1)
    recording.document["response"]["body"] = [NO_EVENTS[name]]
    path = put(tmp_path / "recordings", recording)
    result = run("normalize", path, "--volatile", "--write")
    assert (result.code, result.err) == (0, "1 recording, nothing to normalize\n")
    assert path.read_bytes() == recording.to_bytes()


def test_dry_run_of_a_sample_names_the_fields(tmp_path: Path) -> None:
    target = tmp_path / sample("ab7d").name
    target.write_bytes(sample("ab7d").read_bytes())
    result = run("normalize", target.name, "--volatile", cwd=tmp_path)
    assert result.code == 1
    fields = {field.rpartition(" ")[0] for field in result.out.strip().split("  ")[1].split(", ")}
    assert fields == {"obfuscation", "system_fingerprint"}
    assert target.read_bytes() == sample("ab7d").read_bytes()
