"""What an answer loses before it is compared: ids and times, nothing that means something."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from recctl.diff.changes import changes
from recctl.recordings.ogx.volatile import without_volatile
from tests.helpers import SAMPLES, document
from tests.samples.builder import Data, streamed, typed, whole

Change = tuple[Any, Any]


def chunk(**data: Any) -> Data:
    return streamed(typed("openai.ChatCompletionChunk", object="chat.completion.chunk", **data))


def event(data: Any) -> Data:
    return streamed("event: message", f"data: {json.dumps(data)}", "")


def interaction(name: str, time: str) -> Data:
    return {"object": "interaction", "id": name, "created": time, "updated": time, "status": "completed"}


def google(**data: Any) -> Data:
    return whole({"candidates": [], **data})


VOLATILE: dict[str, Change] = {
    "id": (chunk(id="a"), chunk(id="b")),
    "created": (chunk(created=1), chunk(created=2)),
    "created_at": (whole(typed("ollama", created_at="a")), whole(typed("ollama", created_at="b"))),
    "durations": (
        whole(typed("ollama", total_duration=1, load_duration=1, prompt_eval_duration=1, eval_duration=1)),
        whole(typed("ollama", total_duration=2, load_duration=2, prompt_eval_duration=2, eval_duration=2)),
    ),
    "system_fingerprint": (chunk(system_fingerprint="a"), chunk(system_fingerprint=None)),
    "obfuscation": (chunk(obfuscation="a"), chunk(obfuscation="bcd")),
    "obfuscation of a choice": (
        chunk(choices=[{"index": 0, "obfuscation": "a"}]),
        chunk(choices=[{"index": 0, "obfuscation": "b"}]),
    ),
    "Gemini's create_time": (google(create_time="a"), google(create_time="b")),
    "Gemini's response_id": (google(response_id="a"), google(response_id="b")),
    "Gemini's Date header": (
        google(sdk_http_response={"headers": {"Date": "a", "X": "1"}}),
        google(sdk_http_response={"headers": {"Date": "b", "X": "1"}}),
    ),
    "a message of Anthropic": (
        whole({"id": "msg_1", "type": "message"}),
        whole({"id": "msg_2", "type": "message"}),
    ),
    "a message that starts": (
        event({"type": "message_start", "message": {"id": "msg_1", "type": "message"}}),
        event({"type": "message_start", "message": {"id": "msg_2", "type": "message"}}),
    ),
    "an interaction": (
        event({"interaction": interaction("1", "a")}),
        event({"interaction": interaction("2", "b")}),
    ),
    "an interaction in one piece": (
        whole(interaction("1", "a")),
        whole(interaction("2", "b")),
    ),
    "when a listed model was made": (
        whole([typed("openai.Model", id="gpt-4o", created=1, object="model")]),
        whole([typed("openai.Model", id="gpt-4o", created=2, object="model")]),
    ),
}

MEANT: dict[str, Change] = {
    "a word": (chunk(choices=[{"delta": {"content": "a"}}]), chunk(choices=[{"delta": {"content": "b"}}])),
    "tokens": (chunk(usage={"total_tokens": 1}), chunk(usage={"total_tokens": 2})),
    "counts of Ollama": (whole(typed("ollama", eval_count=1)), whole(typed("ollama", eval_count=2))),
    "the model": (chunk(model="a"), chunk(model="b")),
    "the name of a listed model": (
        whole([typed("openai.Model", id="gpt-4o", object="model")]),
        whole([typed("openai.Model", id="gpt-5", object="model")]),
    ),
    "the id of a tool call": (
        chunk(choices=[{"delta": {"tool_calls": [{"id": "a"}]}}]),
        chunk(choices=[{"delta": {"tool_calls": [{"id": "b"}]}}]),
    ),
    "the id of a tool call of Anthropic": (
        event({"type": "content_block_start", "content_block": {"type": "tool_use", "id": "a"}}),
        event({"type": "content_block_start", "content_block": {"type": "tool_use", "id": "b"}}),
    ),
    "a duration that is not known": (
        whole(typed("ollama", eval_duration=1)),
        whole(typed("ollama", eval_duration=None)),
    ),
    "another header": (
        google(sdk_http_response={"headers": {"X": "1"}}),
        google(sdk_http_response={"headers": {"X": "2"}}),
    ),
    "the kind of event": (streamed("event: a", "data: {}", ""), streamed("event: b", "data: {}", "")),
    "an event that is no JSON": (streamed("data: [DONE]"), streamed("data: {")),
    "a chunk more": (chunk(id="a"), streamed(*chunk(id="a")["body"] * 2)),
    "streamed or not": (streamed({}), whole({})),
    "the status": ({"status": 200, **whole({})}, {"status": 500, **whole({})}),
    "an exception": (
        {**whole(None), "is_exception": True, "exception_message": "a"},
        {**whole(None), "is_exception": True, "exception_message": "b"},
    ),
    "text that is the body": (whole("a"), whole("b")),
}


@pytest.mark.parametrize("case", VOLATILE)
def test_ids_and_times_do_not_count(case: str) -> None:
    old, new = VOLATILE[case]
    assert json.dumps(old) != json.dumps(new)
    assert without_volatile(old) == without_volatile(new)


@pytest.mark.parametrize("case", MEANT)
def test_all_else_counts(case: str) -> None:
    old, new = MEANT[case]
    assert without_volatile(old) != without_volatile(new)


@pytest.mark.parametrize("case", [*VOLATILE, *MEANT])
def test_the_response_stays_as_it_was(case: str) -> None:
    old, _ = {**VOLATILE, **MEANT}[case]
    before = copy.deepcopy(old)
    without_volatile(old)
    assert old == before


@pytest.mark.parametrize("body", [None, 1, "data: ", [None, 1, []], {"choices": 1}, [{"choices": [1]}]])
def test_bodies_of_odd_shapes_stay(body: object) -> None:
    response = {"body": body, "is_streaming": False}
    assert without_volatile(response) == response


@pytest.mark.parametrize(
    "path", sorted(SAMPLES.rglob("recordings/**/*.json")), ids=lambda path: path.stem[:12]
)
def test_only_ids_times_and_the_like_of_a_sample_are_normalized(path: Path) -> None:
    response = document(path)["response"]
    changed = changes(read_events(response), read_events(without_volatile(response)))
    assert {str(change.path[-1]).lower() for change in changed} <= EVENED_OUT


EVENED_OUT = {"id", "created", "updated", "create_time", "response_id", "interaction_id"}
EVENED_OUT |= {"system_fingerprint", "obfuscation", "date"}


def read_events(response: Data) -> Data:
    """The response with the data of its events read."""
    body = response["body"]
    if not isinstance(body, list):
        return response
    return {**response, "body": [read_event(item) for item in body]}


def read_event(item: Any) -> Any:
    is_data = isinstance(item, str) and item.startswith("data: {")
    return json.loads(item.removeprefix("data: ")) if is_data else item
