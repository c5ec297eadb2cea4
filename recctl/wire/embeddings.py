"""Embeddings: OpenAI's (numbers or base64 of 32-bit floats) and Ollama's."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Iterator

from recctl.jsonvalue import Json, JsonObject, as_list, as_object
from recctl.wire import ollama
from recctl.wire.delta import Delta, Usage, Vectors
from recctl.wire.sse import item_by_item

_SAMPLE = 4  # numbers of the first vector kept to show; enough to recognise it by


def looks_like(data: JsonObject) -> bool:
    """A list of objects with an embedding each, or plain lists of numbers."""
    return (
        "embeddings" in data
        or "embedding" in data
        or any("embedding" in as_object(item) for item in as_list(data.get("data")))
    )


def _read(data: JsonObject) -> Iterator[Delta]:
    vectors = [as_object(item).get("embedding") for item in as_list(data.get("data"))]
    vectors += as_list(data.get("embeddings"))
    if "embedding" in data:
        vectors.append(data["embedding"])
    if vectors:
        yield Vectors(tuple(_length(vector) for vector in vectors), _first_numbers(vectors[0]))
    if usage := as_object(data.get("usage")) or ollama.counts(data):
        yield Usage(usage)


def _length(vector: Json) -> int | None:
    if isinstance(vector, list):
        return len(vector)
    raw = _floats(vector)
    return None if raw is None else len(raw) // 4


def _first_numbers(vector: Json) -> tuple[float, ...]:
    raw = _floats(vector)
    if raw is not None:
        return struct.unpack(f"<{min(_SAMPLE, len(raw) // 4)}f", raw[: 4 * _SAMPLE])
    return tuple(number for number in as_list(vector)[:_SAMPLE] if isinstance(number, int | float))


def _floats(vector: Json) -> bytes | None:
    """The bytes of a base64 vector, little-endian 32-bit floats; None when it is no such thing."""
    if not isinstance(vector, str):
        return None
    try:
        raw = base64.b64decode(vector, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) % 4 == 0 else None


read = item_by_item(_read)
