"""Embeddings: OpenAI's (numbers or base64 of 32-bit floats), Ollama's, Google's, Bedrock's, Cohere's."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator

from recctl.conversation.delta import Delta, Usage, Vectors
from recctl.conversation.providers import ollama
from recctl.conversation.providers.gemini import either
from recctl.conversation.sse import item_by_item
from recctl.support.jsonvalue import Json, JsonObject, as_list, as_object

_SAMPLE = 4  # numbers of the first vector that are kept to show


def looks_like(data: JsonObject) -> bool:
    """Return whether data is a list of objects with an embedding each, or lists of numbers."""
    return (
        "embeddings" in data
        or "embedding" in data
        or any("embedding" in as_object(item) for item in as_list(data.get("data")))
        or any("embeddings" in as_object(item) for item in as_list(data.get("predictions")))
    )


def _read(data: JsonObject) -> Iterator[Delta]:
    if vectors := [_numbers(vector) for vector in _vectors(data)]:
        yield Vectors(tuple(_length(vector) for vector in vectors), _first_values(vectors[0]))
    if usage := _usage(data):
        yield Usage(usage)


def _vectors(data: JsonObject) -> list[Json]:
    vectors = [as_object(item).get("embedding") for item in as_list(data.get("data"))]
    vectors += [as_object(item).get("embeddings") for item in as_list(data.get("predictions"))]
    several = data.get("embeddings")
    if isinstance(several, dict):
        # Cohere returns all vectors once per number type.
        several = next((lists for lists in several.values() if lists), None)
    vectors += as_list(several)
    if "embedding" in data:
        vectors.append(data["embedding"])
    return vectors


def _numbers(vector: Json) -> Json:
    """Return the numbers of a vector, which Gemini nests in `values` and Nova in `embedding`."""
    return vector.get("values", vector.get("embedding")) if isinstance(vector, dict) else vector


def _usage(data: JsonObject) -> JsonObject:
    billed = as_object(as_object(data.get("meta")).get("billed_units"))
    titan = {key: data[key] for key in ("inputTextTokenCount",) if data.get(key) is not None}
    counts = as_object(data.get("usage")) or as_object(either(data, "usage_metadata", "usageMetadata"))
    return counts or ollama.counts(data) or titan or billed


def _length(vector: Json) -> int | None:
    if isinstance(vector, list):
        return len(vector)
    raw = _floats(vector)
    return None if raw is None else len(raw) // 4


def _first_values(vector: Json) -> tuple[float, ...]:
    raw = _floats(vector)
    if raw is not None:
        return struct.unpack(f"<{min(_SAMPLE, len(raw) // 4)}f", raw[: 4 * _SAMPLE])
    return tuple(number for number in as_list(vector)[:_SAMPLE] if isinstance(number, int | float))


def _floats(vector: Json) -> bytes | None:
    """Return the bytes of a base64 vector of little-endian 32-bit floats, None for anything else."""
    if not isinstance(vector, str):
        return None
    try:
        raw = base64.b64decode(vector, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) % 4 == 0 else None


read = item_by_item(_read)
