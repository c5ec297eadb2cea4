"""RC202 to RC204: recorded errors, streams without an end, empty answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from recctl.check.selection import selected
from tests.check.samples import ERROR, FILE, codes, found, project, refused, said, tool_answer
from tests.helpers import chat
from tests.samples import ollama_parts, openai_parts
from tests.samples.builder import Data, failed, http, inference, sse, streamed, tool, typed, whole
from tests.samples.streams import ANTHROPIC, STREAMS, TEST, chat_chunks

# ---- recorded errors

CATCH = "with pytest.raises(ValueError): ..."
SOURCES = {
    "pytest.raises": ("import pytest\ndef test_one():\n    with pytest.raises(ValueError): ...\n", True),
    "raises": ("from pytest import raises\ndef test_one():\n    with raises(ValueError): ...\n", True),
    "assertRaises": ("def test_one(self):\n    self.assertRaises(ValueError)\n", True),
    "xfail": ("import pytest\n@pytest.mark.xfail\ndef test_one(): ...\n", True),
    "xfail of the module": ("import pytest\npytestmark = pytest.mark.xfail\ndef test_one(): ...\n", True),
    "xfail of a parameter": (
        "@mark.parametrize('x', [pytest.param(1, marks=pytest.mark.xfail)])\ndef test_one(x): ...\n",
        True,
    ),
    "except": ("def test_one():\n    try: ...\n    except ValueError: ...\n", True),
    "suppress": ("def test_one():\n    with contextlib.suppress(Exception): ...\n", True),
    "gather": ("async def test_one():\n    await gather(*calls, return_exceptions=True)\n", True),
    "status code": ("def test_one(client):\n    assert client.get().status_code == 401\n", True),
    "one of two status codes": ("def test_one(c):\n    assert c.get().status_code in (200, 429)\n", True),
    "no success": ("def test_one(c):\n    assert c.get().status_code != 200\n", True),
    "a status from 400": ("def test_one(c):\n    assert c.get().status_code >= 400\n", True),
    "below 500": ("def test_one(c):\n    assert c.get().status_code < 500\n", True),
    "either end": ("def test_one(r):\n    assert r.status in ('completed', 'failed')\n", True),
    "an error is looked at": ("def test_one(r):\n    assert r.error is not None\n", True),
    "an error is compared": ("def test_one(r):\n    if r.error.code == 'x': return\n", True),
    "not ok": ("def test_one(r):\n    assert not r.ok\n", True),
    "its class": ("def test_one(r):\n    assert isinstance(r, BadRequestError)\n", True),
    "a parameter says so": ("def test_one(expected_error):\n    check(expected_error)\n", True),
    "a helper": (f"def expect():\n    {CATCH}\ndef test_one():\n    expect()\n", True),
    "a helper of a helper": (
        f"def b():\n    {CATCH}\ndef a():\n    b()\ndef test_one():\n    a()\n",
        True,
    ),
    "a fixture": (f"@fixture\ndef client():\n    {CATCH}\ndef test_one(client): ...\n", True),
    "helpers that call each other": ("def a(): b()\ndef b(): a()\ndef test_one(): a()\n", False),
    "async": ("import pytest\nasync def test_one():\n    with pytest.raises(ValueError): ...\n", True),
    "nothing": ("def test_one():\n    assert True\n", False),
    "only in another test": (
        "import pytest\ndef test_one(): ...\ndef test_two():\n    with pytest.raises(ValueError): ...\n",
        False,
    ),
    "a comment": ("def test_one():\n    pass  # pytest.raises(ValueError)\n", False),
    "a docstring": ("def test_one():\n    'It has an error.'\n", False),
    "no Python": ("def test_one(:\n", False),
    "success is asserted": ("def test_one(c):\n    assert c.get().status_code == 200\n", False),
    "successes are asserted": ("def test_one(c):\n    assert c.get().status_code in (200, 201)\n", False),
    "below 400": ("def test_one(c):\n    assert c.get().status_code < 400\n", False),
    "no error is asserted": ("def test_one(r):\n    assert r.error is None and not r.errors\n", False),
    "no error of several": ("def test_one(r):\n    assert r.errors == [] and len(r.text) > 1\n", False),
    "no failure is asserted": ("def test_one(r):\n    assert r.status != 'failed'\n", False),
    "no word of an error": ("def test_one(r):\n    assert 'error' not in r.text\n", False),
    "an except that fails": (
        "def test_one():\n    try: ...\n    except ValueError as e:\n        pytest.fail(f'{e}')\n",
        False,
    ),
    "an except that raises": (
        "def test_one():\n    try: ...\n    except ValueError as e:\n        log(e)\n        raise\n",
        False,
    ),
    "an error fails the test": ("def test_one(r):\n    if r.error:\n        pytest.fail('no')\n", False),
    "an error is raised": ("def test_one(r):\n    if r.x:\n        raise ValueError('no')\n", False),
    "an error is raised at last": (
        "def test_one(r):\n    if r.x: return\n    raise ValueError('no')\n",
        False,
    ),
    "an error is logged": ("def test_one():\n    log.error('x')\n", False),
    "a message of an assertion": ("def test_one(r):\n    assert r.text, r.error\n", False),
}


@pytest.mark.parametrize("name", SOURCES)
def test_whether_a_test_expects_an_error(name: str, tmp_path: Path) -> None:
    source, expects = SOURCES[name]
    assert (found(tmp_path, project(refused(), source=source), "RC202") == []) == expects


def test_a_method_is_looked_up_in_its_class(tmp_path: Path) -> None:
    source = (
        "import pytest\nclass TestA:\n    def test_one(self): ...\n"
        "class TestB:\n    def test_one(self):\n        with pytest.raises(ValueError): ...\n"
    )
    files = project(*(refused(f"{FILE}::Test{name}::test_one") for name in "AB"), source=source)
    (message,) = found(tmp_path, files, "RC202")
    assert "AuthenticationError" in message


INHERITED = {
    "in a base class": (
        "class Base:\n    def test_one(self):\n        {catch}\nclass TestA(Base): ...\n",
        True,
    ),
    "a mark of its class": ("@pytest.mark.xfail\nclass TestA:\n    def test_one(self): ...\n", True),
    "a mark in its class": ("class TestA:\n    pytestmark = xfail\n    def test_one(self): ...\n", True),
    "a base class that is its own": ("class TestA(TestA):\n    def test_one(self): ...\n", False),
    "another class": (
        "class TestA:\n    def test_one(self): ...\nclass B:\n    def test_one(self):\n        {catch}\n",
        False,
    ),
}


@pytest.mark.parametrize("name", INHERITED)
def test_whether_the_class_of_a_test_expects_an_error(name: str, tmp_path: Path) -> None:
    source, expects = INHERITED[name]
    files = project(refused(f"{FILE}::TestA::test_one"), source=source.format(catch=CATCH))
    assert (found(tmp_path, files, "RC202") == []) == expects


UNSEEN = {
    "there is no test file": None,
    "it cannot be parsed": "def test_one(:\n",
    "the test is imported": "from other import *\n",
}


@pytest.mark.parametrize("name", UNSEEN)
def test_without_a_source_the_message_is_less_sure(name: str, tmp_path: Path) -> None:
    source = UNSEEN[name]
    files = dict(project(refused(), source=source or ""))
    if source is None:
        del files[FILE]
    (message,) = found(tmp_path, files, "RC202")
    assert message.endswith(", which its test may not expect")


NAMES = {
    "test_error": True,
    "test_invalid_key": True,
    "test_returns_404": True,
    "test_one[wrong-key]": True,
    "TestErrors::test_one": True,
    "test_model_not_found": True,
    "test_one[txt=openai/gpt-4o]": False,
    "test_one[txt=vllm/Qwen3-0.6B]": False,
    "test_one[txt=together/meta-llama/Llama-3.1-405B-Instruct-Turbo]": False,
    "test_one[txt=ollama/llama3.1:405b]": False,
}


@pytest.mark.parametrize("name", NAMES)
def test_whether_a_name_speaks_of_an_error(name: str, tmp_path: Path) -> None:
    """The size of a model is no status."""
    files = {name: data for name, data in project(refused(f"{FILE}::{name}")).items() if name != FILE}
    assert (found(tmp_path, files, "RC202") == []) == NAMES[name]


def test_the_directory_of_a_test_does_not_count(tmp_path: Path) -> None:
    files = project(refused("tests/error_cases/test_chat.py::test_one"))
    assert len(found(tmp_path, files, "RC202")) == 1


STATUSES = {200: False, 302: False, 399: False, 400: True, 404: True, 429: True, 500: True, None: False}


@pytest.mark.parametrize("status", STATUSES)
def test_an_http_error_is_reported_by_its_status(status: int | None, tmp_path: Path) -> None:
    body: Data = {"type": "message", "role": "assistant", "content": []}
    messages = found(
        tmp_path, project(http(TEST, ANTHROPIC, {"model": "x"}, whole(body), status=status)), "RC202"
    )
    words = f"it records the HTTP error {status}, which its test does not seem to expect"
    assert messages == [words] * STATUSES[status]


def test_an_exception_is_reported_with_its_status(tmp_path: Path) -> None:
    (message,) = found(tmp_path, project(refused()), "RC202")
    assert message.startswith("it records the exception AuthenticationError 401, ")


def test_an_exception_without_a_type_or_status(tmp_path: Path) -> None:
    error = {**ERROR, "type": None, "status_code": None}
    files = project(inference(TEST, openai_parts.OPENAI_URL, {}, failed(error)))
    (message,) = found(tmp_path, files, "RC202")
    assert message.startswith("it records the exception Exception, ")


@pytest.mark.parametrize(
    ("fields", "is_error"),
    [
        ({"error_message": "no"}, True),
        ({"error_code": 403}, True),
        ({"error_code": 0, "error_message": ""}, False),
        ({"content": "error: no"}, False),
    ],
    ids=str,
)
def test_a_tools_error(fields: Data, is_error: bool, tmp_path: Path) -> None:
    messages = found(tmp_path, project(tool_answer(**fields)), "RC202")
    assert [message.split(",")[0] for message in messages] == ["it records an error of a tool"] * is_error


# ---- streams without an end


@pytest.mark.parametrize("name", STREAMS)
def test_an_exception_is_no_missing_end(name: str, tmp_path: Path) -> None:
    recording = STREAMS[name](["Hel", "lo."], None)
    recording.document["response"] |= {"is_exception": True, "exception_data": ERROR}
    assert [code for code, _ in codes(tmp_path, project(recording), "RC202,RC203,RC204")] == ["RC202"]


def test_the_chunks_are_counted(tmp_path: Path) -> None:
    (message,) = found(tmp_path, project(STREAMS["OpenAI chat"](["a"] * 12, None)), "RC203")
    assert message == "its stream breaks off after 12 chunks, without a finish reason"


delta = openai_parts.delta

# Chunks of a chat, each a list of choices, and whether all of them end.
CHATS: dict[str, tuple[list[list[Data]], bool]] = {
    "one choice ends": ([[delta("a")], [delta(finish="stop")]], True),
    "cut at the limit": ([[delta("a")], [delta(finish="length")]], True),
    "the usage comes after the end": ([[delta("a", finish="stop")], [], []], True),
    "much comes after the end": ([[delta("a", finish="stop")], *([[delta("")]] * 9)], True),
    "the reason is empty": ([[delta("a")], [delta(finish="")]], False),
    "two choices end": (
        [[delta("a"), delta("b", index=1)], [delta(finish="stop"), delta(finish="stop", index=1)]],
        True,
    ),
    "the second does not end": ([[delta("a"), delta("b", index=1)], [delta(finish="stop")]], False),
    "the first does not end": ([[delta("a"), delta("b", index=1)], [delta(finish="stop", index=1)]], False),
    "the third does not end": ([[delta("a"), delta("b", index=2)], [delta(finish="stop")]], False),
    "only others have numbers": (
        [[delta("a", index=2), delta("b", index=3)], [delta(finish="stop", index=3)]],
        False,
    ),
    "two calls": (
        [
            [delta(tool_calls=[openai_parts.call_delta("{}", call_id=f"call_{n}", name="f", index=n)])]
            for n in (0, 1)
        ]
        + [[delta(finish="tool_calls")]],
        True,
    ),
    "two calls and no end": (
        [
            [delta(tool_calls=[openai_parts.call_delta("{}", call_id=f"call_{n}", name="f", index=n)])]
            for n in (0, 1)
        ],
        False,
    ),
}


@pytest.mark.parametrize("name", CHATS)
def test_choices_of_a_chat(name: str, tmp_path: Path) -> None:
    chunks, ends = CHATS[name]
    assert (found(tmp_path, project(chat_chunks(*chunks)), "RC203") == []) == ends


def test_choices_without_numbers(tmp_path: Path) -> None:
    """Their positions distinguish them."""
    recording = chat_chunks([delta("a"), delta("b")], [delta(finish="stop")])
    for chunk in recording.document["response"]["body"]:
        for choice in chunk["__data__"]["choices"]:
            del choice["index"]
    assert len(found(tmp_path, project(recording), "RC203")) == 1


def test_a_second_choice_in_a_compact_file(tmp_path: Path) -> None:
    recording = chat_chunks([delta("a"), delta("b", index=1)], [delta(finish="stop")])
    raw = json.dumps(recording.document, separators=(",", ":")).encode()
    assert len(found(tmp_path, {recording.path: raw}, "RC203")) == 1


def test_an_old_ollama_says_no_reason_but_done(tmp_path: Path) -> None:
    """Before there was `done_reason`, `done` alone said that an answer is complete."""
    for name in ("Ollama generate", "Ollama chat"):
        recording = STREAMS[name](["Hel", "lo."], "stop")
        recording.document["response"]["body"][-1]["__data__"]["done_reason"] = None
        assert found(tmp_path / name, project(recording), "RC203") == []


@pytest.mark.parametrize("status", ["completed", "incomplete", "failed", "cancelled"])
def test_every_end_of_responses_is_an_end(status: str, tmp_path: Path) -> None:
    recording = STREAMS["OpenAI Responses"](["Hel", "lo."], "stop")
    last = recording.document["response"]["body"][-1]["__data__"]
    last |= {"type": f"response.{status}", "response": {**last["response"], "status": status}}
    assert found(tmp_path, project(recording), "RC203") == []


def test_a_stream_that_no_model_made_needs_no_end(tmp_path: Path) -> None:
    pull = inference(
        None,
        f"{ollama_parts.SERVER}/api/pull",
        {"model": "phi"},
        streamed(typed(ollama_parts.PROGRESS, status="pulling", completed=1, total=2, digest="x")),
    )
    assert found(tmp_path, project(pull), "RC204") == []


def test_lines_of_a_stream_that_was_cut_in_the_middle_of_an_event(tmp_path: Path) -> None:
    recording = STREAMS["Anthropic"](["Hel", "lo."], "end_turn")
    lines = recording.document["response"]["body"]
    cut = next(number for number, line in enumerate(lines) if "message_delta" in line)
    recording.document["response"]["body"] = lines[: cut + 1]
    assert len(found(tmp_path, project(recording), "RC203")) == 1


# ---- empty answers

FULL: dict[str, Any] = {
    "one blank": chat(" ", test_id=TEST),
    "a legacy call": said(openai_parts.assistant(None, function_call={"name": "f", "arguments": "{}"})),
    "parts": said(openai_parts.assistant(None) | {"content": [{"type": "text", "text": "Hi."}]}),
    "vectors": inference(TEST, openai_parts.OPENAI_URL, {}, whole(openai_parts.embeddings("x", [[0.5]], 1))),
    "vectors in base64": inference(
        TEST, openai_parts.OPENAI_URL, {}, whole(openai_parts.embeddings("x", ["AAAAPw=="], 1))
    ),
    "vectors of Ollama": inference(
        TEST, f"{ollama_parts.SERVER}/api/embed", {}, whole(ollama_parts.embed("x", [[0.5]], 1))
    ),
    "no models": inference(
        TEST, f"{ollama_parts.SERVER}/api/ps", {}, whole(typed(ollama_parts.PROCESSES, models=[]))
    ),
    "scores": http(
        TEST,
        "https://h.org/v1/rerank",
        {"query": "x"},
        whole({"results": [{"index": 0, "relevance_score": 1}]}),
    ),
    "words after many empty chunks": STREAMS["OpenAI chat"]([""] * 20 + ["Hi."], "stop"),
    "a tool's empty answer": tool(TEST, "p", "t", {}, whole(None)),
}


@pytest.mark.parametrize("name", FULL)
def test_what_is_not_empty(name: str, tmp_path: Path) -> None:
    assert found(tmp_path, project(FULL[name]), "RC204") == []


EMPTY: dict[str, Any] = {
    **{name: make([""], "stop") for name, make in STREAMS.items() if "arguments" not in name},
    "vectors of Ollama": inference(
        TEST, f"{ollama_parts.SERVER}/api/embed", {}, whole(ollama_parts.embed("x", [], 0))
    ),
    "no body": inference(TEST, openai_parts.OPENAI_URL, {}, whole(None)),
    "no choices": inference(
        TEST,
        openai_parts.OPENAI_URL,
        {},
        whole(typed(openai_parts.CHAT, choices=[], object="chat.completion")),
    ),
    "a message of Anthropic": http(
        TEST, ANTHROPIC, {"model": "x"}, whole({"type": "message", "role": "assistant", "content": []})
    ),
    "events without words": http(
        TEST, ANTHROPIC, {"model": "x"}, streamed(*sse("ping", {"type": "ping"})), status=None
    ),
    "the prompt was blocked": inference(
        TEST, "vertexai:///generate_content", {}, whole({"prompt_feedback": {"block_reason": "SAFETY"}})
    ),
}


@pytest.mark.parametrize("name", EMPTY)
def test_what_is_empty(name: str, tmp_path: Path) -> None:
    assert found(tmp_path, project(EMPTY[name]), "RC204") == [
        "its answer is empty: no text, no tool call, nothing else"
    ]


def test_the_three_are_one_family() -> None:
    assert [rule.code for rule in selected(["RC2"], [])] == ["RC201", "RC202", "RC203", "RC204"]
