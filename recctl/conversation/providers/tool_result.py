"""What a tool answered when the test suite called it for the model."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.content_parts import pieces_of_content
from recctl.conversation.delta import Delta, Failed, Opened
from recctl.conversation.sse import item_by_item
from recctl.conversation.transcript import Failure
from recctl.support.jsonvalue import JsonObject, as_int, as_str, compact


def looks_like(data: JsonObject) -> bool:
    """Return whether data has content and the two error fields."""
    return "content" in data and "error_message" in data


def _read(data: JsonObject) -> Iterator[Delta]:
    yield Opened("tool")
    yield from pieces_of_content(data.get("content"))
    error, code = data.get("error_message"), data.get("error_code")
    message = error if isinstance(error, str) or not error else compact(error)
    if message or code:
        yield Failed(Failure(as_str(code), as_str(message), status=as_int(code), body=data.get("metadata")))


read = item_by_item(_read)
