"""Rerank: which documents match a query best. Its scores are shown as text."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.delta import Delta, Opened, Piece, Usage
from recctl.conversation.sse import item_by_item
from recctl.support.jsonvalue import JsonObject, as_list, as_object


def _results(data: JsonObject) -> list[JsonObject]:
    for key in ("results", "data", "rankings"):
        found = [as_object(item) for item in as_list(data.get(key))]
        if any("relevance_score" in item or "logit" in item for item in found):
            return found
    return []


def looks_like(data: JsonObject) -> bool:
    """Return whether data has results with a relevance score each."""
    return bool(_results(data))


def _read(data: JsonObject) -> Iterator[Delta]:
    yield Opened()
    rows = [
        f"document {item.get('index')}: {item.get('relevance_score', item.get('logit'))}"
        for item in _results(data)
    ]
    yield Piece("\n".join(rows))
    if usage := as_object(data.get("usage")):
        yield Usage(usage)


read = item_by_item(_read)
