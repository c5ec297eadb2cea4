"""`recctl show --json`: every key, the request as recorded, the answer assembled."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.listing import Item, listed
from tests.helpers import ROOT, SAMPLES, SEED_TEXT, chat, document, put, run, sample

ALL = sorted(SAMPLES.rglob("recordings/**/*.json"))
NONE = type(None)
RESPONSE_KEYS: dict[str, tuple[type, ...]] = {
    "type": (str,),
    "choices": (list,),
    "usage": (dict, NONE),
    "embeddings": (dict, NONE),
    "models": (list, NONE),
    "error": (dict, NONE),
}
CHOICE_KEYS: dict[str, tuple[type, ...]] = {
    "index": (int,),
    "role": (str, NONE),
    "text": (str,),
    "reasoning": (str, NONE),
    "refusal": (str, NONE),
    "tool_calls": (list,),
    "finish_reason": (str, NONE),
    "logprobs": (dict, NONE),
}
CALL_KEYS: dict[str, tuple[type, ...]] = {"id": (str, NONE), "name": (str, NONE), "arguments": (str,)}


def shown(*references: str | Path, cwd: Path = ROOT) -> list[Item]:
    """The objects that `show --json` prints; it has to end well, without a word on stderr."""
    result = run("show", "--json", "--dir", SAMPLES, *references, cwd=cwd)
    assert (result.code, result.err) == (0, "")
    items: list[Item] = json.loads(result.out)
    return items


@pytest.fixture(scope="module")
def everything() -> list[Item]:
    return shown(*ALL)


def test_json_has_one_object_a_reference_in_the_order_given() -> None:
    starts = ["ab7d", "c8bb", "ab7d", "01c7"]
    assert [item["id"][4:8] for item in shown(*starts)] == starts


def test_json_starts_with_what_ls_says(everything: list[Item]) -> None:
    heads = [dict(list(item.items())[:18]) for item in everything]
    assert heads == listed(SAMPLES, "--sort", "path")
    assert {tuple(item)[18:] for item in everything} == {("request", "response")}


def test_json_holds_the_request_as_recorded(everything: list[Item]) -> None:
    for item in everything:
        recorded = document(ROOT / item["path"])["request"]
        for key in recorded.keys() & {"body", "payload", "kwargs"}:
            assert json.dumps(item["request"]) == json.dumps(recorded[key])


@pytest.mark.promise("JSON has every key, always")
def test_json_of_every_sample_has_every_key_with_its_type(everything: list[Item]) -> None:
    for item in everything:
        response = item["response"]
        assert_types(response, RESPONSE_KEYS)
        for choice in response["choices"]:
            assert list(choice) == list(CHOICE_KEYS)
            assert_types(choice, CHOICE_KEYS)
            for call in choice["tool_calls"]:
                assert list(call) == list(CALL_KEYS)
                assert_types(call, CALL_KEYS)


def assert_types(item: Item, keys: dict[str, tuple[type, ...]]) -> None:
    assert keys.keys() <= item.keys()
    for key, types in keys.items():
        assert type(item[key]) in types, (key, item[key])


def test_json_of_the_seed_is_its_answer() -> None:
    (item,) = shown("ab7d")
    choice = {
        "index": 0,
        "role": "assistant",
        "text": SEED_TEXT,
        "reasoning": None,
        "refusal": None,
        "tool_calls": [],
        "finish_reason": "stop",
        "logprobs": None,
    }
    response = {key: item["response"][key] for key in RESPONSE_KEYS}
    usage = response.pop("usage")
    assert (usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]) == (28, 20, 48)
    assert response == {
        "type": "openai-chat",
        "choices": [choice],
        "embeddings": None,
        "models": None,
        "error": None,
    }


CALLS = {
    "ec6c": [("call_Tr1pF0recastBergen7Q2x", "get_forecast", '{"city":"Bergen","day":"Saturday"}')],
    "4073": [(None, "get_weather", '{"city": "Cork", "days": 1}')],
    "b354": [(None, "get_tide", '{"harbour": "Brest"}')],
}


@pytest.mark.parametrize("start", CALLS)
def test_arguments_are_the_string_that_was_sent(start: str) -> None:
    (item,) = shown(start)
    calls = [call for choice in item["response"]["choices"] for call in choice["tool_calls"]]
    assert [tuple(call.values()) for call in calls] == CALLS[start]


PARTS: dict[str, Item] = {
    "6cf7": {"embeddings": {"count": 2, "dimensions": 8}, "choices": [], "models": None},
    "models-348d": {"models": ["llama3.2:3b", "gpt-oss:20b"], "choices": [], "embeddings": None},
}


@pytest.mark.parametrize("start", PARTS)
def test_json_of_an_answer_that_is_no_text(start: str) -> None:
    response = shown(sample(start))[0]["response"]
    assert {key: response[key] for key in PARTS[start]} == PARTS[start]


def test_json_of_a_failure_after_some_chunks_has_both() -> None:
    response = shown("351e")[0]["response"]
    assert response["choices"][0]["text"] == "Take the night"
    assert response["error"]["type"] == "APIError"
    assert response["error"]["message"] == "The server had an error while streaming."


@pytest.mark.parametrize(
    "value",
    [2**70, -(2**64), "\ud800", float("nan"), float("inf"), 1e400, "\x00\x9b\u202e", {"": {"a": []}}],
    ids=["big", "small", "surrogate", "nan", "inf", "overflow", "controls", "empty key"],
)
def test_json_is_one_document_whatever_the_request_holds(tmp_path: Path, value: object) -> None:
    path = put(tmp_path, chat(odd=value))
    result = run("show", "--json", path)
    (item,) = json.loads(result.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert (result.code, result.err) == (0, "")
    expected = None if isinstance(value, float) else value
    assert item["request"]["odd"] == expected
