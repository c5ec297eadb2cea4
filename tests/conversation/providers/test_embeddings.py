"""Embeddings: OpenAI's, as numbers or base64, Ollama's, and those of other servers."""

from __future__ import annotations

import base64
import struct

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Embeddings, Transcript
from recctl.support.jsonvalue import Json, JsonObject

OPENAI = "openai.types.create_embedding_response.CreateEmbeddingResponse"
OLLAMA = "ollama._types.EmbedResponse"
COUNTS = {"prompt_tokens": 3, "total_tokens": 3}
NUMBERS = [0.5, -0.25, 2.0, 8.0, 16.0]  # each exact in 32 bits
SAMPLE = (0.5, -0.25, 2.0, 8.0)


def openai(*vectors: Json, **fields: Json) -> JsonObject:
    data = [
        {"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)
    ]
    return {"__type__": OPENAI, "__data__": {"object": "list", "data": data, **fields}}


def encoded(numbers: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def vectors(
    count: int, dimensions: int | None, sample: tuple[float, ...] = (), usage: JsonObject | None = None
) -> Transcript:
    return Transcript("embeddings", usage=usage, embeddings=Embeddings(count, dimensions, sample))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(openai(NUMBERS, usage=COUNTS), vectors(1, 5, SAMPLE, COUNTS), id="numbers"),
        pytest.param(openai([1, 2.5]), vectors(1, 2, (1, 2.5)), id="fewer numbers than the sample"),
        pytest.param(openai(NUMBERS, [1.0], NUMBERS), vectors(3, 5, SAMPLE), id="three"),
        pytest.param(openai(encoded(NUMBERS), usage=COUNTS), vectors(1, 5, SAMPLE, COUNTS), id="base64"),
        pytest.param(openai(encoded([0.5]), encoded([1.0])), vectors(2, 1, (0.5,)), id="two in base64"),
        pytest.param(openai(encoded(NUMBERS)[:-1]), vectors(1, None), id="base64 without its padding"),
        pytest.param(openai("not base64!"), vectors(1, None), id="not base64"),
        pytest.param(openai("AAAA!AA=="), vectors(1, None), id="base64 with a foreign character"),
        pytest.param(openai("é" * 4), vectors(1, None), id="not ASCII"),
        pytest.param(openai("AAAA"), vectors(1, None), id="base64 of three bytes"),
        pytest.param(openai([]), vectors(1, 0), id="empty vector"),
        pytest.param(openai(None), vectors(1, None), id="null vector"),
        pytest.param(openai(5), vectors(1, None), id="number for a vector"),
        pytest.param(openai(), Transcript("embeddings"), id="no vectors"),
        pytest.param(
            {"__type__": OPENAI, "__data__": {"data": None}}, Transcript("embeddings"), id="data null"
        ),
        pytest.param(
            {"object": "list", "data": [{"object": "embedding", "embedding": NUMBERS}]},
            vectors(1, 5, SAMPLE),
            id="plain object",
        ),
    ],
)
def test_openai(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"__type__": OLLAMA, "__data__": {"embeddings": [NUMBERS, NUMBERS], "prompt_eval_count": 4}},
            vectors(2, 5, SAMPLE, {"prompt_eval_count": 4}),
            id="two",
        ),
        pytest.param(
            {"__type__": OLLAMA, "__data__": {"embeddings": [], "prompt_eval_count": None}},
            Transcript("embeddings"),
            id="none",
        ),
        pytest.param({"__type__": OLLAMA, "__data__": {}}, Transcript("embeddings"), id="missing"),
        pytest.param({"embedding": NUMBERS}, vectors(1, 5, SAMPLE), id="the older call with one vector"),
    ],
)
def test_ollama(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"embedding": {"values": NUMBERS}}, vectors(1, 5, SAMPLE), id="Gemini, one"),
        pytest.param(
            {
                "embeddings": [{"values": NUMBERS}, {"values": NUMBERS}],
                "usageMetadata": {"promptTokenCount": 4},
            },
            vectors(2, 5, SAMPLE, {"promptTokenCount": 4}),
            id="Gemini, several, tokens counted",
        ),
        pytest.param(
            {
                "__type__": "google.genai.types.EmbedContentResponse",
                "__data__": {"embeddings": [{"values": NUMBERS, "statistics": None}], "metadata": None},
            },
            vectors(1, 5, SAMPLE),
            id="Gemini's SDK",
        ),
        pytest.param(
            {"predictions": [{"embeddings": {"values": NUMBERS, "statistics": {"token_count": 3}}}]},
            vectors(1, 5, SAMPLE),
            id="Vertex",
        ),
        pytest.param(
            {"embedding": NUMBERS, "inputTextTokenCount": 4},
            vectors(1, 5, SAMPLE, {"inputTextTokenCount": 4}),
            id="Titan",
        ),
        pytest.param(
            {"embeddings": [{"embedding": NUMBERS, "embeddingType": "TEXT"}]},
            vectors(1, 5, SAMPLE),
            id="Nova",
        ),
        pytest.param(
            {"embeddings": {"float": [NUMBERS, NUMBERS]}, "meta": {"billed_units": {"input_tokens": 4}}},
            vectors(2, 5, SAMPLE, {"input_tokens": 4}),
            id="Cohere, by type",
        ),
        pytest.param({"embeddings": {"float": []}}, Transcript("embeddings"), id="Cohere, none"),
    ],
)
def test_others(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected
