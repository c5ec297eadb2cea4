"""What can be seen of an answer without putting it together.

For checking thousands of files: a yes is certain, a no says nothing, and then the answer is assembled.
"""

from __future__ import annotations

from collections.abc import Iterable

from recctl.recordings.recording import Recording
from recctl.support.jsonvalue import Json, JsonObject, as_items, as_list, as_object

_LAST = 4  # items from the end in which an end is looked for
_FIRST = 8  # items from the beginning in which words are looked for
_CHAT = ("ChatCompletionChunk", "ChatCompletion")
_VECTORS = ("CreateEmbeddingResponse", "EmbedResponse")


def ends(recording: Recording) -> bool:
    """Whether a stream is seen to end: its last chunks have a finish reason, and there is one choice."""
    items = as_items(recording.response.get("body"))
    if not _is_chat(items):
        # Ollama's own: older ones say that they are done, and not why.
        return bool(items) and _typed(items[-1])[1].get("done") is True
    if not all(map(_has_one_choice, items)):
        return False
    reasons = (choice.get("finish_reason") for choice in _choices(items[-_LAST:]))
    return any(isinstance(reason, str) and reason for reason in reasons)


def _has_one_choice(item: Json) -> bool:
    choices = as_list(_typed(item)[1].get("choices"))
    return len(choices) <= 1 and all(as_object(choice).get("index") in (0, None) for choice in choices)


def says_something(recording: Recording) -> bool:
    """Whether an answer is seen to hold words, calls or vectors."""
    items = as_items(recording.response.get("body"))
    if _is_chat(items):
        return any(_has_words(choice) for choice in _choices(items[:_FIRST]))
    return _has_vectors(items)


def _is_chat(items: list[Json]) -> bool:
    return bool(items) and _typed(items[0])[0] in _CHAT


def _has_words(choice: JsonObject) -> bool:
    delta = choice.get("delta")
    said = as_object(delta if isinstance(delta, dict) else choice.get("message"))
    content = said.get("content")
    return (isinstance(content, str) and content != "") or any(
        as_object(as_object(call).get("function")).get("name") for call in as_list(said.get("tool_calls"))
    )


def _has_vectors(items: list[Json]) -> bool:
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
