"""The cheap predicates: where `surely_ends` or `surely_has_content` is True, the assembled answer agrees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recctl.check.predicates import surely_ends, surely_has_content
from recctl.conversation.answer import answer
from recctl.recordings.recording import parse
from tests.helpers import SAMPLES, chat, examples
from tests.samples import ollama_parts, openai_parts
from tests.samples.builder import Data
from tests.samples.streams import STREAMS

DOCUMENT = chat().document
NAME = Path(f"tests/common/recordings/{'0' * 64}.json")


def check(body: Any, spelling: dict[str, Any]) -> tuple[bool, bool]:
    """Both predicates on a recording with this response body; True must be right."""
    response = {"body": body, "is_streaming": isinstance(body, list)}
    raw = json.dumps({**DOCUMENT, "response": response}, **spelling).encode()
    recording = parse(NAME, raw)
    transcript = answer(recording)
    ended, spoke = surely_ends(recording), surely_has_content(recording)
    if ended:
        assert transcript.choices
        assert all(choice.finish_reason for choice in transcript.choices)
    if spoke:
        said = any(c.text or c.reasoning or c.refusal or c.tool_calls for c in transcript.choices)
        assert said or (transcript.embeddings is not None and transcript.embeddings.count > 0)
    return ended, spoke


scalars = st.none() | st.booleans() | st.integers(-1, 3) | st.sampled_from(["", " ", "a", "stop"])
odd = (
    scalars
    | st.lists(scalars, max_size=2)
    | st.dictionaries(st.sampled_from(["text", "x"]), scalars, max_size=1)
)
functions = st.fixed_dictionaries({}, optional={"name": odd, "arguments": odd}) | odd
calls = st.fixed_dictionaries(
    {}, optional={"index": scalars, "id": scalars, "function": functions, "custom": functions}
)
messages = st.fixed_dictionaries(
    {},
    optional={
        "content": st.sampled_from(["", "a"]) | odd,
        "role": scalars,
        "refusal": scalars,
        "reasoning": scalars,
        "tool_calls": st.lists(calls | odd, max_size=2) | odd,
    },
)
choices = st.fixed_dictionaries(
    {"finish_reason": st.sampled_from(["stop", None, ""]) | odd},
    optional={
        "index": st.integers(0, 3) | odd,
        "delta": messages | odd,
        "message": messages | odd,
        "text": odd,
    },
)
vectors = st.lists(
    st.fixed_dictionaries({}, optional={"embedding": odd}) | st.lists(st.floats(0, 1), max_size=2) | odd,
    max_size=2,
)
data = st.fixed_dictionaries(
    {"choices": st.lists(choices, max_size=2) | odd},
    optional={"data": vectors | odd, "embeddings": vectors | odd, "error": odd, "object": odd},
)
LABELS = [
    openai_parts.CHAT_CHUNK,
    openai_parts.CHAT,
    openai_parts.EMBEDDING,
    ollama_parts.EMBED,
    "ChatCompletionChunk",
    "x.Completion",
    "",
]
items = (
    st.builds(lambda label, data: {"__type__": label, "__data__": data}, st.sampled_from(LABELS), data)
    | data
    | odd
    | st.just("data: {}")
)
chat_items = st.builds(
    lambda data: {"__type__": openai_parts.CHAT_CHUNK, "__data__": data},
    st.fixed_dictionaries({"choices": st.lists(choices, max_size=2)}),
)
bodies = st.lists(chat_items, min_size=1, max_size=6) | st.lists(items, max_size=6) | items
spellings = st.sampled_from([{"indent": 2}, {}, {"separators": (",", ":")}])


@examples(150)
@given(body=bodies, spelling=spellings)
def test_a_yes_is_true_whatever_the_chunks_hold(body: Any, spelling: dict[str, Any]) -> None:
    check(body, spelling)


plain_choices = st.builds(
    lambda index, text, reason: openai_parts.delta(text, index=index, finish=reason),
    st.integers(0, 3),
    st.sampled_from([None, "", "a"]),
    st.sampled_from([None, None, "stop"]),
)


@examples(80)
@given(
    chunks=st.lists(st.lists(plain_choices, max_size=3), min_size=1, max_size=6),
    numbered=st.booleans(),
    spelling=spellings,
)
@example(
    chunks=[[openai_parts.delta("a"), openai_parts.delta("b", index=1)]],
    numbered=True,
    spelling={"indent": 2},
)
def test_a_yes_is_true_for_chunks_of_several_choices(
    chunks: list[list[Data]], numbered: bool, spelling: dict[str, Any]
) -> None:
    given = [[{**choice} for choice in chunk] for chunk in chunks]
    for chunk in given:
        for choice in chunk:
            if not numbered:
                del choice["index"]
    check([openai_parts.chat_chunk("gpt-4o", {}, *chunk) for chunk in given], spelling)


def test_a_yes_is_true_for_every_sample() -> None:
    paths = sorted(SAMPLES.rglob("recordings/**/*.json"))
    seen = [check(json.loads(path.read_bytes())["response"]["body"], {"indent": 2}) for path in paths]
    assert {(True, True), (False, False), (False, True)} <= set(seen)


@pytest.mark.parametrize("name", ["OpenAI chat", "OpenAI chat, arguments of a call"])
def test_an_ordinary_stream_is_recognised(name: str) -> None:
    """Else every stream would be assembled, which the predicates are there to avoid."""
    body = STREAMS[name](["Hel", "lo."], "stop").document["response"]["body"]
    assert check(body, {"indent": 2}) == (True, True)


def test_ordinary_vectors_are_recognised() -> None:
    assert check(openai_parts.embeddings("x", [[0.5]], 1), {"indent": 2}) == (False, True)
    assert check(ollama_parts.embed("x", [[0.5]], 1), {"indent": 2}) == (False, True)
    assert check(openai_parts.embeddings("x", [], 0), {"indent": 2}) == (False, False)


def test_what_is_empty_or_unfinished_is_no_yes() -> None:
    body = STREAMS["OpenAI chat"](["", ""], None).document["response"]["body"]
    assert check(body, {"indent": 2}) == (False, False)
