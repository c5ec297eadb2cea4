"""The wire formats: one row each. To look a format up loads no reader.

A format is found by the class name the recorder noted, else by the keys of the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec

from recctl.support.jsonvalue import Json, JsonObject

if TYPE_CHECKING:
    from recctl.conversation.delta import Delta


# What a transcript calls a body that no row fits, one without anything, and an error instead of an answer.
UNKNOWN = "unknown"
EMPTY = "empty"
ERROR = "error"


class WireFormat(msgspec.Struct, frozen=True):
    """A row: its name in `--json`, the class names it goes by, and the module that reads it.

    A class name that several libraries use stands there with its library before it, and a dot.

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
        deltas: Iterable[tuple[int, Delta]] = _function(self.module, f"read{self.variant}")(items)
        return iter(deltas)


@cache
def _function(module: str, name: str) -> Any:
    return getattr(import_module(f"recctl.conversation.providers.{module}"), name)


def _row(name: str, classes: str, module: str, variant: str = "") -> WireFormat:
    return WireFormat(name, frozenset(classes.split()), module, variant)


# The order matters for data without a known class name: the narrower look comes first.
FORMATS: tuple[WireFormat, ...] = (
    _row("openai-chat", "ChatCompletionChunk ChatCompletion", "openai_chat"),
    _row("openai-completion", "Completion", "openai_completion"),
    _row("openai-responses", "Response", "openai_responses"),
    _row("anthropic-messages", "Message", "anthropic"),
    _row("anthropic-completion", "anthropic.Completion", "anthropic_completion"),
    _row("bedrock-converse", "", "bedrock_converse"),
    _row("gemini-interactions", "Interaction", "gemini_interactions"),
    _row("gemini-generate", "GenerateContentResponse", "gemini"),
    _row("ollama-generate", "GenerateResponse", "ollama", "_generate"),
    _row("ollama-chat", "ChatResponse", "ollama", "_chat"),
    _row("ollama-pull", "ProgressResponse", "ollama", "_pull"),
    _row("embeddings", "CreateEmbeddingResponse EmbedResponse EmbedContentResponse", "embeddings"),
    _row("models", "Model ProcessResponse ListResponse", "models"),
    _row("tool-result", "ToolInvocationResult", "tool_result"),
    _row("file-chunks", "ProcessFileResponse", "file_chunks"),
    _row("rerank", "RerankResponse", "rerank"),
)

_BY_CLASS = {name: row for row in FORMATS for name in row.classes}


def type_label(item: Json) -> str | None:
    """The class name that the recorder noted for an item, as text; it is never imported."""
    label = item.get("__type__") if isinstance(item, dict) else None
    return label if isinstance(label, str) else None


def by_class(items: Iterable[Json]) -> WireFormat | None:
    """The format of a body by the first class name that is known; None where there is none."""
    for item in items:
        label = type_label(item)
        if label is None:
            continue
        library, name = label.partition(".")[0], label.rpartition(".")[2]
        if row := _BY_CLASS.get(f"{library}.{name}") or _BY_CLASS.get(name):
            return row
    return None
