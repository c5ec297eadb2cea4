"""The wire formats: one row each. A response body goes in, a neutral transcript comes out.

A format is found by the class name the recorder noted, else by the keys of the data. Nothing a
body may hold makes this fail: what no row fits is handed on raw, as `unknown`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from recctl.jsonvalue import Json, JsonObject, as_int, as_object, as_str
from recctl.transcript import Failure, Transcript
from recctl.wire import (
    anthropic,
    embeddings,
    gemini,
    gemini_interactions,
    models,
    ollama,
    openai_chat,
    openai_completion,
    openai_responses,
    rerank,
    sse,
    tool_result,
)
from recctl.wire.assembly import Assembler
from recctl.wire.delta import Delta, Failed, Reader, type_label

UNKNOWN = "unknown"
EMPTY = "empty"
ERROR = "error"


class WireFormat(msgspec.Struct, frozen=True):
    """A row: its name in `--json`, the class names it goes by, how its data looks, how it is read."""

    name: str
    classes: frozenset[str]
    looks_like: Callable[[JsonObject], bool]
    read: Reader


def _row(name: str, classes: str, looks_like: Callable[[JsonObject], bool], read: Reader) -> WireFormat:
    return WireFormat(name, frozenset(classes.split()), looks_like, read)


# The order matters for data without a known class name: the narrower look comes first.
FORMATS: tuple[WireFormat, ...] = (
    _row("openai-chat", "ChatCompletionChunk ChatCompletion", openai_chat.looks_like, openai_chat.read),
    _row("openai-completion", "Completion", openai_completion.looks_like, openai_completion.read),
    _row("openai-responses", "Response", openai_responses.looks_like, openai_responses.read),
    _row("anthropic-messages", "Message", anthropic.looks_like, anthropic.read),
    _row("gemini-interactions", "Interaction", gemini_interactions.looks_like, gemini_interactions.read),
    _row("gemini-generate", "GenerateContentResponse", gemini.looks_like, gemini.read),
    _row("ollama-generate", "GenerateResponse", ollama.looks_like_generate, ollama.read_generate),
    _row("ollama-chat", "ChatResponse", ollama.looks_like_chat, ollama.read_chat),
    _row("ollama-pull", "ProgressResponse", ollama.looks_like_pull, ollama.read_pull),
    _row("embeddings", "CreateEmbeddingResponse EmbedResponse", embeddings.looks_like, embeddings.read),
    _row("models", "Model ProcessResponse ListResponse", models.looks_like, models.read),
    _row("tool-result", "ToolInvocationResult", tool_result.looks_like, tool_result.read),
    _row("rerank", "RerankResponse", rerank.looks_like, rerank.read),
)

_BY_CLASS = {name: row for row in FORMATS for name in row.classes}


def body_items(body: Json) -> list[Json]:
    """A response body as a list of items: chunks, listed models, or the one body there is."""
    if isinstance(body, list):
        return body
    return [] if body is None else [body]


def detect(items: Sequence[Json]) -> WireFormat | None:
    """The wire format of a body; None when no row fits."""
    for item in items:
        label = type_label(item)
        if label and (row := _BY_CLASS.get(label.rpartition(".")[2])):
            return row
    for _, data in sse.data_of(items):
        for row in FORMATS:
            if row.looks_like(data):
                return row
    return None


def read_items(items: Sequence[Json], row: WireFormat | None) -> Iterator[tuple[int, Delta]]:
    """Every delta with the position of its item, errors that may come in any format included."""
    deltas = [] if row is None else list(row.read(items))
    deltas += _errors(items)
    # Events are read apart from their errors: sorting puts both back into the order of the stream.
    yield from sorted(deltas, key=lambda pair: pair[0])


def assemble(body: Json) -> Transcript:
    """A response body, streamed or whole, as a transcript.

    A body that no format fits gives type `unknown` and is kept raw; an error object alone gives
    `error`; nothing at all gives `empty`. Never raises for what a body holds.
    """
    items = body_items(body)
    row = detect(items)
    assembler = Assembler()
    for _, delta in read_items(items, row):
        assembler.add(delta)
    if row is not None:
        return assembler.transcript(row.name)
    if not items:
        return assembler.transcript(EMPTY)
    failed = assembler.transcript(ERROR)
    return failed if failed.error else msgspec.structs.replace(failed, type=UNKNOWN, body=body)


def _errors(items: Sequence[Json]) -> Iterator[tuple[int, Delta]]:
    """`{"error": …}` where an answer or a chunk should be: every provider has it in one form or another."""
    for position, data in sse.data_of(items):
        if failure := _failure(data):
            yield position, Failed(failure)


def _failure(data: Json) -> Failure | None:
    # A Responses object says `"error": null`, and its reader knows its errors.
    fields = as_object(data)
    if fields.get("type") == "error" and as_str(fields.get("message")):
        return Failure(as_str(fields.get("code")), as_str(fields.get("message")), body=data)
    error = fields.get("error")
    if not error or fields.get("object") == "response":
        return None
    if isinstance(error, str):
        return Failure(None, error, body=data)
    fields = as_object(error)
    label = as_str(fields.get("type")) or as_str(fields.get("code")) or as_str(fields.get("status"))
    return Failure(label, as_str(fields.get("message")), status=as_int(fields.get("code")), body=data)
