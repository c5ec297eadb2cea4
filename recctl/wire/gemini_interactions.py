"""Gemini Interactions: the event stream and the whole interaction."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.jsonvalue import JsonObject, as_int, as_list, as_object, as_str
from recctl.wire.content import arguments_text, text_of
from recctl.wire.delta import CallPart, Delta, Finish, Opened, Piece, Usage
from recctl.wire.sse import item_by_item

_EVENTS = ("interaction.", "content.")


def looks_like(data: JsonObject) -> bool:
    """An interaction, or an event of its stream."""
    event = data.get("event_type")
    return data.get("object") == "interaction" or (isinstance(event, str) and event.startswith(_EVENTS))


def _read(data: JsonObject) -> Iterator[Delta]:
    event = data.get("event_type")
    block = as_int(data.get("index")) or 0
    if event == "content.start":
        yield from _read_part(as_object(data.get("content")), block, starts=True)
    elif event == "content.delta":
        yield from _read_part(as_object(data.get("delta")), block)
    elif event == "interaction.complete":
        yield from _read_interaction(as_object(data.get("interaction")))
    elif data.get("object") == "interaction":
        yield from _read_interaction(data)


def _read_interaction(interaction: JsonObject) -> Iterator[Delta]:
    yield Opened(as_str(interaction.get("role")))
    for block, output in enumerate(as_list(interaction.get("outputs"))):
        yield from _read_part(as_object(output), block, whole=True)
    if status := as_str(interaction.get("status")):
        yield Finish(status)
    if usage := as_object(interaction.get("usage")):
        yield Usage(usage)


def _read_part(part: JsonObject, block: int, *, whole: bool = False, starts: bool = False) -> Iterator[Delta]:
    """A delta, or a whole output: both say by `type` what they are."""
    kind = part.get("type")
    if kind == "text":
        yield Piece(text_of(part.get("text")), "text", block=(block,), whole=whole)
    elif kind in ("thought", "thought_summary"):
        summary = text_of(part.get("summary", part.get("content", part.get("text"))))
        yield Piece(summary, "reasoning", block=(block,), whole=whole)
    elif kind == "function_call":
        given = part.get("arguments")
        # At the start `{}` is a placeholder; the deltas bring the real arguments.
        arguments = "" if starts and not given else arguments_text(given)
        yield CallPart(as_str(part.get("id")), as_str(part.get("name")), arguments, slot=block, whole=whole)


read = item_by_item(_read)
