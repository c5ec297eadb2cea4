"""`--json`: one UTF-8 document with every key always there."""

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

_PORTION = 1000  # values made into JSON at once


def encode(value: Json) -> bytes:
    """A document indented by two, with a final line break.

    Falls back to the standard library for what orjson refuses but recordings may hold: integers
    over 64 bits and lone surrogates, which then are written as escapes.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return (json.dumps(_without_nan(value), indent=2) + "\n").encode("ascii")


def encode_all(values: Iterable[Json]) -> Iterator[bytes]:
    """An array of many values, as `encode` writes it, in pieces: they need not be in memory all at once."""
    every = iter(values)
    before = b"[\n"
    while portion := list(islice(every, _PORTION)):
        # Without the brackets, and the line breaks inside them.
        yield before + encode(portion)[2:-3]
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _without_nan(value: Json) -> Json:
    """NaN and infinities as null, as orjson writes them: JSON has no word for them."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    return value


def summary_object(summary: Summary) -> JsonObject:
    """The keys of `ls --json`."""
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
    """The keys of `show --json`: those of `ls`, the request's body as recorded, the answer assembled."""
    return {
        **listed_object(recording, answer),
        "request": request_body(recording),
        "response": transcript_object(answer),
    }


def listed_object(recording: Recording, answer: Transcript | None = None) -> JsonObject:
    """The keys of `ls --json` of a whole recording; its answer is put together where it is not given."""
    from recctl.catalog.preview import preview, preview_of  # a listing has them already

    found = preview_of(recording) if answer is None else preview(answer)
    return summary_object(recording.summary.with_preview(found))


def transcript_object(answer: Transcript) -> JsonObject:
    """An answer. `body` is the raw body where the wire format is not known, else null."""
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
