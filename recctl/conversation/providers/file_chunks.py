"""A file as a file processor split it: the answer in recordings of kind `file`."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.content_parts import text_of
from recctl.conversation.delta import Delta, Opened, Piece
from recctl.conversation.sse import item_by_item
from recctl.support.jsonvalue import JsonObject, as_list, as_object


def looks_like(data: JsonObject) -> bool:
    """Return whether data has chunks with content and an id each."""
    chunks = [as_object(chunk) for chunk in as_list(data.get("chunks"))]
    return any("content" in chunk and ("chunk_id" in chunk or "metadata" in chunk) for chunk in chunks)


def _read(data: JsonObject) -> Iterator[Delta]:
    yield Opened()
    texts = [text_of(as_object(chunk).get("content")) for chunk in as_list(data.get("chunks"))]
    yield Piece("\n\n".join(texts))


read = item_by_item(_read)
