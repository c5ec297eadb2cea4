"""OpenAI text completions, whole and streamed."""

from __future__ import annotations

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Choice, Transcript
from recctl.support.jsonvalue import Json, JsonObject

CLASS = "openai.types.completion.Completion"
COUNTS = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}


def item(*choices: Json, **fields: Json) -> JsonObject:
    data = {"id": "rec-1", "object": "text_completion", "choices": list(choices), **fields}
    return {"__type__": CLASS, "__data__": data}


def choice(text: Json, index: Json = 0, finish: str | None = None) -> JsonObject:
    return {"text": text, "index": index, "finish_reason": finish, "logprobs": None}


def answer(*choices: Choice, usage: JsonObject | None = None) -> Transcript:
    return Transcript("openai-completion", choices, usage=usage)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            [item(choice(" two")), item(choice(" words", finish="length")), item(usage=COUNTS)],
            answer(Choice(0, text=" two words", finish_reason="length"), usage=COUNTS),
            id="pieces, then the usage alone",
        ),
        pytest.param(
            [item(choice("a", 1)), item(choice("x", 0)), item(choice("b", 1))],
            answer(Choice(0, text="x"), Choice(1, text="ab")),
            id="interleaved choices",
        ),
        pytest.param(
            [item(choice("a")), item(choice(None)), item({"index": 0}), item(choice("b"))],
            answer(Choice(0, text="ab")),
            id="text null or missing",
        ),
        pytest.param(
            [item(choice("a", None)), item({"text": "b"})], answer(Choice(0, text="ab")), id="no index"
        ),
        pytest.param(
            [item(choice("a"), object=""), item(), {"__type__": CLASS, "__data__": {"choices": None}}],
            answer(Choice(0, text="a")),
            id="empty object, chunks without choices",
        ),
        pytest.param(
            [item(choice("a"), usage={"total_tokens": 1}), item(choice("b"), usage={"total_tokens": 2})],
            answer(Choice(0, text="ab"), usage={"total_tokens": 2}),
            id="cumulative usage",
        ),
    ],
)
def test_streamed(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            item(choice(" Riga", finish="stop"), usage=COUNTS),
            answer(Choice(0, text=" Riga", finish_reason="stop"), usage=COUNTS),
            id="one choice",
        ),
        pytest.param(
            item(choice("a"), choice("b", 1)), answer(Choice(0, text="a"), Choice(1, text="b")), id="two"
        ),
        pytest.param(
            item({"text": "a"}, {"text": "b"}),
            answer(Choice(0, text="a"), Choice(1, text="b")),
            id="two without index",
        ),
        pytest.param(item(), answer(), id="none"),
    ],
)
def test_whole(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected
