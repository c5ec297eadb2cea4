"""Cheap predicates on an answer: True is definitive, False means unknown.

When thousands of files are checked, few answers have to be assembled after them.
"""

from __future__ import annotations

from collections.abc import Iterable

from recctl.recordings.recording import Recording
from recctl.support.jsonvalue import Json, JsonObject, as_items, as_list, as_object

_LAST = 4  # items at the end that are searched for a finish reason
_FIRST = 8  # items at the beginning that are searched for content
_CHAT = ("ChatCompletionChunk", "ChatCompletion")
_VECTORS = ("CreateEmbeddingResponse", "EmbedResponse")


def surely_ends(recording: Recording) -> bool:
    """Return whether a stream surely ends: of its one choice, one of the last chunks has a finish reason."""
    items = as_items(recording.response.get("body"))
    if not _is_chat(items):
        # Ollama's own format; older versions send `done` without a reason.
        return bool(items) and _typed(items[-1])[1].get("done") is True
    if not all(map(_has_one_choice, items)):
        return False
    reasons = (choice.get("finish_reason") for choice in _choices(items[-_LAST:]))
    return any(isinstance(reason, str) and reason for reason in reasons)


def _has_one_choice(item: Json) -> bool:
    choices = as_list(_typed(item)[1].get("choices"))
    return len(choices) <= 1 and all(as_object(choice).get("index") in (0, None) for choice in choices)


def surely_has_content(recording: Recording) -> bool:
    """Return whether an answer surely holds text, tool calls or embeddings."""
    items = as_items(recording.response.get("body"))
    if _is_chat(items):
        return any(_has_text_or_calls(choice) for choice in _choices(items[:_FIRST]))
    return _has_embeddings(items)


def _is_chat(items: list[Json]) -> bool:
    return bool(items) and _typed(items[0])[0] in _CHAT


def _has_text_or_calls(choice: JsonObject) -> bool:
    delta = choice.get("delta")
    message = as_object(delta if isinstance(delta, dict) else choice.get("message"))
    content = message.get("content")
    return (isinstance(content, str) and content != "") or any(
        as_object(as_object(call).get("function")).get("name") for call in as_list(message.get("tool_calls"))
    )


def _has_embeddings(items: list[Json]) -> bool:
    if len(items) != 1:
        return False
    label, data = _typed(items[0])
    vectors = as_list(data.get("data")) or as_list(data.get("embeddings"))
    return label in _VECTORS and bool(vectors) and all(isinstance(vector, dict | list) for vector in vectors)


def _choices(items: Iterable[Json]) -> Iterable[JsonObject]:
    for item in items:
        label, data = _typed(item)
        if label in _CHAT:
            yield from (as_object(choice) for choice in as_list(data.get("choices")))


def _typed(item: Json) -> tuple[str, JsonObject]:
    fields = as_object(item)
    label = fields.get("__type__")
    return (label.rpartition(".")[2] if isinstance(label, str) else ""), as_object(fields.get("__data__"))
