"""Anthropic's text completions, the API before Messages, streamed or whole; on Bedrock as well."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.delta import Delta, Finish, Opened, Piece, Usage
from recctl.conversation.sse import item_by_item
from recctl.support.jsonvalue import JsonObject, as_object, as_str


def looks_like(data: JsonObject) -> bool:
    """Return whether data is a `completion` text with the type or the stop reason of this API."""
    return isinstance(data.get("completion"), str) and (
        data.get("type") == "completion" or "stop_reason" in data
    )


def _read(data: JsonObject) -> Iterator[Delta]:
    if "completion" not in data:  # a ping
        return
    yield Opened()
    if text := as_str(data.get("completion")):
        yield Piece(text)
    if reason := as_str(data.get("stop_reason")):
        yield Finish(reason)
    if counts := as_object(data.get("amazon-bedrock-invocationMetrics")):
        yield Usage(counts)


read = item_by_item(_read)
