"""`--json`: one UTF-8 document, every key always present."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from recctl.conversation.transcript import Choice, Transcript
from recctl.recordings.recording import Recording, request_body
from recctl.recordings.summary import Summary
from recctl.support.jsonvalue import Json, JsonObject
from recctl.support.orjson_safely import orjson
from recctl.support.paths import display_path

_BATCH = 1000  # values encoded at once


def encode(value: Json) -> bytes:
    """Return a JSON document, indented by two, with a final line break.

    Falls back to the standard library for values that orjson rejects and recordings may hold:
    integers over 64 bits, and lone surrogates, which it writes as escapes.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return (json.dumps(_without_nan(value), indent=2) + "\n").encode("ascii")


def encode_all(values: Iterable[Json]) -> Iterator[bytes]:
    """Yield an array as `encode` writes it, in pieces, so that not all values are in memory at once."""
    remaining = iter(values)
    separator = b"[\n"
    while batch := list(islice(remaining, _BATCH)):
        # Cut off the brackets and the line breaks next to them.
        yield separator + encode(batch)[2:-3]
        separator = b",\n"
    yield b"[]\n" if separator == b"[\n" else b"\n]\n"


def _without_nan(value: Json) -> Json:
    """Return a value with NaN and infinities as null, as orjson writes them: JSON has neither."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    return value


def summary_object(summary: Summary) -> JsonObject:
    """Return the keys of `ls --json`."""
    header, name = summary.header, summary.name
    return {
        "id": name.id,
        "path": display_path(summary.path),
        "item": summary.ref.item or 1,
        "hash": name.hash,
        "digest": name.digest,
        "test_id": header.test_id,
        "kind": header.kind,
        "method": header.method,
        "url": header.url,
        "endpoint": header.endpoint,
        "model": header.model,
        "provider": header.provider,
        "streaming": header.streaming,
        "chunks": header.chunks,
        "status": header.status,
        "exception": header.exception,
        "answer": None if header.preview is None else header.preview.text,
        "size": summary.size,
    }


def recording_object(recording: Recording, answer: Transcript) -> JsonObject:
    """Return the keys of `show --json`: those of `ls`, the request's body as recorded, the answer."""
    return {
        **listed_object(recording, answer),
        "request": request_body(recording),
        "response": transcript_object(answer),
    }


def listed_object(recording: Recording, answer: Transcript | None = None) -> JsonObject:
    """Return the keys of `ls --json` of a recording; the answer is assembled unless it is given."""
    from recctl.catalog.preview import preview, preview_of  # ls never gets here

    found = preview_of(recording) if answer is None else preview(answer)
    return summary_object(recording.summary.with_preview(found))


def transcript_object(answer: Transcript) -> JsonObject:
    """Return the keys of an answer; `body` is the raw body if the wire format is unknown, else null."""
    vectors = answer.embeddings
    return {
        "type": answer.type,
        "choices": [_choice_object(choice) for choice in answer.choices],
        "usage": answer.usage,
        "embeddings": None if vectors is None else {"count": vectors.count, "dimensions": vectors.dimensions},
        "models": None if answer.models is None else list(answer.models),
        "error": None if answer.error is None else msgspec.structs.asdict(answer.error),
        "body": answer.body,
    }


def _choice_object(choice: Choice) -> JsonObject:
    return {
        "index": choice.index,
        "role": choice.role,
        "text": choice.text,
        "reasoning": choice.reasoning,
        "refusal": choice.refusal,
        "tool_calls": [msgspec.structs.asdict(call) for call in choice.tool_calls],
        "finish_reason": choice.finish_reason,
        "logprobs": choice.logprobs,
    }
