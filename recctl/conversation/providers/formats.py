"""The registry of wire formats. Looking one up does not import its reader.

A format is found by the class name that the recorder noted, else by the keys of the data.
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


# The types of a transcript without a wire format: an unknown body, an empty one, and only an error.
UNKNOWN = "unknown"
EMPTY = "empty"
ERROR = "error"


class WireFormat(msgspec.Struct, frozen=True):
    """A wire format: its name in `--json`, the class names of its answers, and the module that reads it.

    A class name that several libraries use is prefixed with its library and a dot. The module is
    imported on first use: most commands meet one format. `variant` is the suffix of the functions'
    names in a module with several formats.
    """

    name: str
    classes: frozenset[str]
    module: str
    variant: str

    def looks_like(self, data: JsonObject) -> bool:
        """Return whether data without a known class name is in this format."""
        return bool(_function(self.module, f"looks_like{self.variant}")(data))

    def read(self, items: Sequence[Json]) -> Iterator[tuple[int, Delta]]:
        """Yield every delta in the items of a body, with the position of its item."""
        deltas: Iterable[tuple[int, Delta]] = _function(self.module, f"read{self.variant}")(items)
        return iter(deltas)


@cache
def _function(module: str, name: str) -> Any:
    return getattr(import_module(f"recctl.conversation.providers.{module}"), name)


def _format(name: str, classes: str, module: str, variant: str = "") -> WireFormat:
    return WireFormat(name, frozenset(classes.split()), module, variant)


# The order matters for data without a known class name: stricter formats come first.
FORMATS: tuple[WireFormat, ...] = (
    _format("openai-chat", "ChatCompletionChunk ChatCompletion", "openai_chat"),
    _format("openai-completion", "Completion", "openai_completion"),
    _format("openai-responses", "Response", "openai_responses"),
    _format("anthropic-messages", "Message", "anthropic"),
    _format("anthropic-completion", "anthropic.Completion", "anthropic_completion"),
    _format("bedrock-converse", "", "bedrock_converse"),
    _format("gemini-interactions", "Interaction", "gemini_interactions"),
    _format("gemini-generate", "GenerateContentResponse", "gemini"),
    _format("ollama-generate", "GenerateResponse", "ollama", "_generate"),
    _format("ollama-chat", "ChatResponse", "ollama", "_chat"),
    _format("ollama-pull", "ProgressResponse", "ollama", "_pull"),
    _format("embeddings", "CreateEmbeddingResponse EmbedResponse EmbedContentResponse", "embeddings"),
    _format("models", "Model ProcessResponse ListResponse", "models"),
    _format("tool-result", "ToolInvocationResult", "tool_result"),
    _format("file-chunks", "ProcessFileResponse", "file_chunks"),
    _format("rerank", "RerankResponse", "rerank"),
)

_BY_CLASS = {name: each for each in FORMATS for name in each.classes}


def type_label(item: Json) -> str | None:
    """Return the class name that the recorder noted for an item, as text; it is never imported."""
    label = item.get("__type__") if isinstance(item, dict) else None
    return label if isinstance(label, str) else None


def by_class(items: Iterable[Json]) -> WireFormat | None:
    """Return the format of a body by its first known class name, None if there is none."""
    for item in items:
        label = type_label(item)
        if label is None:
            continue
        library, name = label.partition(".")[0], label.rpartition(".")[2]
        if found := _BY_CLASS.get(f"{library}.{name}") or _BY_CLASS.get(name):
            return found
    return None
