"""Suite `vector_io`: embeddings as floats, as base64, and from Ollama's own client."""

from __future__ import annotations

import base64
import random
import struct

from tests.samples import ollama_parts as ollama
from tests.samples.builder import Data, Recording, inference, whole
from tests.samples.openai_parts import embeddings

_TESTS = "tests/integration/vector_io/test_guide_embeddings.py"
_URL = "https://api.openai.com/v1/v1/embeddings"
_MODEL = "text-embedding-3-small"
_DIMENSIONS = 8


def recordings() -> list[Recording]:
    """Every recording of the suite."""
    return [_floats(), _base64(), _from_ollama()]


def _floats() -> Recording:
    texts = ["Tram 28 crosses the Alfama.", "The ferry leaves at nine."]
    body = _request(texts, "float")
    answer = embeddings(_MODEL, [_vector(text) for text in texts], 15)
    test_id = f"{_TESTS}::test_two_passages[emb=openai/{_MODEL}:dim=8]"
    return inference(test_id, _URL, body, whole(answer))


def _base64() -> Recording:
    text = "A funicular climbs to Bica."
    packed = struct.pack(f"<{_DIMENSIONS}f", *_vector(text))
    answer = embeddings(_MODEL, [base64.b64encode(packed).decode()], 8)
    test_id = f"{_TESTS}::test_packed_passage[emb=openai/{_MODEL}:dim=8]"
    return inference(test_id, _URL, _request([text], "base64"), whole(answer))


def _from_ollama() -> Recording:
    model, text = "all-minilm:l6-v2", "The market opens on Tuesdays."
    body = {"model": model, "input": [text]}
    answer = ollama.embed(model, [_vector(text)], 8)
    test_id = f"{_TESTS}::test_local_passage[emb=ollama/all-minilm:l6-v2]"
    return inference(test_id, f"{ollama.SERVER}/api/embeddings", body, whole(answer))


def _request(texts: list[str], encoding: str) -> Data:
    return {"model": _MODEL, "input": texts, "encoding_format": encoding, "dimensions": _DIMENSIONS}


def _vector(text: str) -> list[float]:
    # Any numbers do, as long as they repeat and look like a model's.
    numbers = random.Random(text)
    return [round(numbers.uniform(-0.3, 0.3), 9) for _ in range(_DIMENSIONS)]
