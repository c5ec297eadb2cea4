"""`recctl diff` with a request alone on either side: a body, or an object with its method, url and body."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.diff.repository import TEST, ferry
from tests.helpers import Result, chat, put, run
from tests.samples import openai_parts
from tests.samples.builder import Recording, http, inference, request_hash, tool, typed, whole

CHAT = ferry().document["request"]
ENVELOPE = {"method": "POST", "url": CHAT["url"]}
TAKEN = "Not given, so assumed to be the same: {}."
MODELS = whole([openai_parts.listed_model("gpt-4o", 1, "system")])
MESSAGES = http(TEST, "https://x/v1/messages", {"model": "m", "messages": []}, whole(None))
FOUND = tool(TEST, "search", "find", {"query": "Aran"}, whole(typed("x", content="Found.")))


def write(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def told(result: Result) -> list[tuple[str, str]]:
    return [(change["op"], change["path"]) for change in json.loads(result.out)["changes"]]


# The recording, what is given alone, what differs, and what the request alone does not say.
FORMS: dict[str, tuple[Recording, Any, list[tuple[str, str]], str]] = {
    "the same body": (ferry(), CHAT["body"], [], "method, url, test_id"),
    "a body": (ferry(), {**CHAT["body"], "seed": 1}, [("added", "body.seed")], "method, url, test_id"),
    "another model": (
        ferry(),
        {**CHAT["body"], "model": "gpt-5"},
        [("changed", "model"), ("changed", "body.model")],
        "method, url, test_id",
    ),
    "method, url and body": (ferry(), {**ENVELOPE, "body": CHAT["body"]}, [], "test_id"),
    "another url": (
        ferry(),
        {"method": "POST", "url": "https://x/v1/v1/more", "body": CHAT["body"]},
        [("changed", "url")],
        "test_id",
    ),
    "with its test": (ferry(), {**ENVELOPE, "body": CHAT["body"], "test_id": TEST}, [], ""),
    "of no test": (
        ferry(),
        {**ENVELOPE, "body": CHAT["body"], "test_id": None},
        [("changed", "test_id")],
        "",
    ),
    "as it stands in a recording": (ferry(), CHAT, [], "test_id"),
    "a recording without its answer": (ferry(), {"test_id": TEST, "request": CHAT}, [], ""),
    "the body of a payload": (
        MESSAGES,
        {"model": "m", "messages": [], "top_k": 1},
        [("added", "payload.top_k")],
        "method, url, test_id",
    ),
    "a tool's arguments": (FOUND, {"query": "Bere"}, [("changed", "kwargs.query")], "test_id"),
    "a tool and its arguments": (
        FOUND,
        {"provider": "search", "tool_name": "find", "kwargs": {"query": "Bere"}},
        [("changed", "kwargs.query")],
        "test_id",
    ),
    "a request without a body": (
        inference(TEST, "https://x/v1/v1/models", {}, MODELS),
        {"method": "POST", "url": "https://x/v1/v1/models"},
        [],
        "test_id",
    ),
}


@pytest.mark.parametrize("case", FORMS)
def test_a_recording_and_a_request_alone(tmp_path: Path, case: str) -> None:
    recording, given, changes, taken = FORMS[case]
    path, alone = put(tmp_path / "recordings", recording), write(tmp_path / "req.json", given)
    assert told(run("diff", path, alone, "--json")) == changes
    swapped = {"added": "removed", "changed": "changed"}
    assert told(run("diff", alone, path, "--json")) == [(swapped[op], place) for op, place in changes]
    result = run("diff", path, alone)
    assert (result.code, result.err) == (1 if changes else 0, "")
    assert (TAKEN.format(taken) in result.out) == bool(taken)
    assert ("Not given" in result.out) == bool(taken)


@pytest.mark.parametrize("case", FORMS)
def test_the_hash_is_that_of_the_completed_request(tmp_path: Path, case: str) -> None:
    """What the verdict says, computed by the tests' own builder."""
    recording, given, _, _ = FORMS[case]
    path, alone = put(tmp_path / "recordings", recording), write(tmp_path / "req.json", given)
    found = json.loads(run("diff", path, alone, "--json").out)
    request = {**recording.document["request"]}
    inner = given.get("request", given)
    envelope = inner if {"url", "tool_name"} & inner.keys() else {}
    key = next(key for key in ("body", "payload", "kwargs") if key in request)
    request |= {name: envelope[name] for name in ("method", "url", "test_id") if name in envelope}
    request[key] = envelope.get(key, request[key]) if envelope else inner
    test_id = given.get("test_id", TEST) if "test_id" in given else recording.document["test_id"]
    same = request_hash(test_id, request) in recording.path
    assert found["same_hash"] == same


def test_two_bodies(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{seed}.json", {**CHAT["body"], "seed": seed}) for seed in (1, 2)]
    result = run("diff", *paths)
    assert (result.code, result.err) == (1, "")
    assert result.out.splitlines()[-3:] == [
        "~ body.seed  1 → 2",
        "",
        "Without a url there is no hash: give an object with method, url and body.",
    ]
    assert json.loads(run("diff", *paths, "--json").out)["same_hash"] is None


def test_a_body_and_a_request_with_its_url(tmp_path: Path) -> None:
    body = write(tmp_path / "body.json", {**CHAT["body"], "seed": 1})
    whole_one = write(tmp_path / "req.json", {**ENVELOPE, "body": CHAT["body"]})
    result = run("diff", body, whole_one)
    assert "Not the same hash: body differs." in result.out
    assert TAKEN.format("method, url") in result.out


def test_from_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, ferry())
    for args in ((path, "-"), ("-", path)):
        sent = json.dumps({**CHAT["body"], "seed": 1}).encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(sent)))
        assert [place for _, place in told(run("diff", *args, "--json"))] == ["body.seed"]


NOT_REQUESTS: dict[str, tuple[str, str]] = {
    "an array": ("[]", "is JSON but no recording: it holds an array"),
    "an answer": ('{"response": {}}', 'it has no "request" object'),
    "nothing": ("", "is empty"),
    "cut short": ("{", "is cut short"),
    "too deep": ('{"a":' * 300 + "1" + "}" * 300, "is nested too deeply"),
    "far too deep": ('{"a":' * 30_000 + "1" + "}" * 30_000, "is nested too deeply"),
}


@pytest.mark.parametrize("case", NOT_REQUESTS)
def test_what_is_no_request(tmp_path: Path, case: str) -> None:
    text, message = NOT_REQUESTS[case]
    (tmp_path / "req.json").write_text(text)
    result = run("diff", put(tmp_path / "recordings", ferry()), tmp_path / "req.json")
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert message in result.err


@pytest.mark.parametrize("part", ["response", "all"])
def test_a_request_alone_has_no_answer(tmp_path: Path, part: str) -> None:
    alone = write(tmp_path / "req.json", CHAT["body"])
    result = run("diff", put(tmp_path / "recordings", ferry()), alone, "--part", part)
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith("req.json has no answer to compare; --part request\n")


# ---- what is nearest to it


@pytest.mark.parametrize("given", [CHAT["body"], {**ENVELOPE, "body": CHAT["body"]}], ids=["body", "request"])
def test_the_nearest_recording_to_a_request_alone(tmp_path: Path, given: Any) -> None:
    near = put(tmp_path / "recordings", ferry(prompt="When does the bus leave?"))
    put(tmp_path / "recordings", ferry(prompt="A poem about the rain, please.", seed=7))
    put(tmp_path / "recordings", inference(TEST, "https://x/v1/v1/models", {}, MODELS))
    result = run("diff", write(tmp_path / "req.json", given), "--dir", tmp_path / "recordings", "--json")
    found = json.loads(result.out)
    assert (result.code, found["b"]["hash"]) == (1, near.stem)
    assert [(each["differences"], each["distance"] < 0.5) for each in found["siblings"][:1]] == [(1, True)]


ALONE: dict[str, Recording] = {
    "a model list of its test": inference(TEST, "https://x/v1/v1/models", {"model": "gpt-4o"}, MODELS),
    "an embedding of its test": inference(
        TEST, "https://x/v1/v1/embeddings", {"model": "gpt-4o", "input": ["Aran"]}, whole(None)
    ),
    "a guard of its test": inference(
        TEST, "https://x/v1/v1/moderations", {"model": "gpt-4o", "input": "Aran"}, whole(None)
    ),
    "a tool call of its test": FOUND,
}


@pytest.mark.parametrize("case", ALONE)
@pytest.mark.parametrize("given", ["a recording", "a body"])
def test_nothing_near(tmp_path: Path, case: str, given: str) -> None:
    put(tmp_path / "recordings", ALONE[case])
    alone = write(tmp_path / "req.json", CHAT["body"])
    wanted = put(tmp_path / "recordings", ferry()) if given == "a recording" else alone
    name = f"rec-{wanted.stem[:12]}" if given == "a recording" else str(alone)
    result = run("diff", wanted, "--dir", tmp_path / "recordings")
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"recctl: nothing to compare {name} with: ")
    assert result.err.endswith(f"name a recording: recctl diff {name} REF\n")


def test_a_chat_of_another_provider_in_the_same_test_is_near(tmp_path: Path) -> None:
    wanted = put(tmp_path, ferry())
    asked = {"model": "llama", "messages": CHAT["body"]["messages"]}
    near = put(tmp_path, inference(TEST, "http://localhost:11434/api/chat", asked, whole(None)))
    put(tmp_path, chat("At nine.", test_id="t.py::test_other", prompt=CHAT["body"]["messages"][0]["content"]))
    found = json.loads(run("diff", wanted, "--dir", tmp_path, "--json").out)
    assert (found["b"]["hash"], found["siblings"][0]["same"]) == (near.stem, "test")
