"""The wire formats: one row each. A response body goes in, a neutral transcript comes out.

A format is found by the class name the recorder noted, else by the keys of the data. Nothing a
body may hold makes this fail: what no row fits is handed on raw, as `unknown`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import msgspec

from recctl.jsonvalue import Json, JsonObject, as_int, as_object, as_str
from recctl.transcript import Failure, Transcript
from recctl.wire import sse
from recctl.wire.assembly import Assembler
from recctl.wire.delta import Delta, Failed, Reader, type_label

UNKNOWN = "unknown"
EMPTY = "empty"
ERROR = "error"


class WireFormat(msgspec.Struct, frozen=True):
    """A row: its name in `--json`, the class names it goes by, and the module that reads it.

    The module is loaded when it is needed: most commands meet one format. Of two formats in one
    module `variant` ends the names of the functions.
    """

    name: str
    classes: frozenset[str]
    module: str
    variant: str

    def looks_like(self, data: JsonObject) -> bool:
        """Whether data without a known class name is in this format."""
        return bool(_function(self.module, f"looks_like{self.variant}")(data))

    def read(self, items: Sequence[Json]) -> Iterator[tuple[int, Delta]]:
        """Every delta in the items of a body, with the position of its item."""
        reader: Reader = _function(self.module, f"read{self.variant}")
        return iter(reader(items))


@cache
def _function(module: str, name: str) -> Any:
    return getattr(import_module(f"recctl.wire.{module}"), name)


def _row(name: str, classes: str, module: str, variant: str = "") -> WireFormat:
    return WireFormat(name, frozenset(classes.split()), module, variant)


# The order matters for data without a known class name: the narrower look comes first.
FORMATS: tuple[WireFormat, ...] = (
    _row("openai-chat", "ChatCompletionChunk ChatCompletion", "openai_chat"),
    _row("openai-completion", "Completion", "openai_completion"),
    _row("openai-responses", "Response", "openai_responses"),
    _row("anthropic-messages", "Message", "anthropic"),
    _row("gemini-interactions", "Interaction", "gemini_interactions"),
    _row("gemini-generate", "GenerateContentResponse", "gemini"),
    _row("ollama-generate", "GenerateResponse", "ollama", "_generate"),
    _row("ollama-chat", "ChatResponse", "ollama", "_chat"),
    _row("ollama-pull", "ProgressResponse", "ollama", "_pull"),
    _row("embeddings", "CreateEmbeddingResponse EmbedResponse", "embeddings"),
    _row("models", "Model ProcessResponse ListResponse", "models"),
    _row("tool-result", "ToolInvocationResult", "tool_result"),
    _row("rerank", "RerankResponse", "rerank"),
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
