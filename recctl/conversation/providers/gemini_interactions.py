"""Gemini Interactions: the event stream and the whole interaction.

The API has two versions: in the first, an answer is a list of `outputs`, streamed by `content.*` events; in
the second, a list of `steps`, streamed by `step.*` events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recctl.conversation.content_parts import arguments_text, text_of
from recctl.conversation.delta import CallPart, Delta, Failed, Finish, Opened, Usage
from recctl.conversation.output_items import Area, Items, Whole, deltas_of
from recctl.conversation.transcript import Failure
from recctl.support.jsonvalue import Json, JsonObject, as_int, as_list, as_object, as_str

_EVENTS = ("interaction.", "content.", "step.")
# The area of each type of part that holds text.
_AREAS: dict[str, Area] = {
    "text": ("text", 0),
    "model_output": ("text", 0),
    "thought": ("reasoning", 0),
    "thought_summary": ("reasoning", 0),
}
# Searches and code that the provider runs itself are steps too, but no tool calls to answer.
_CALLS = ("function_call", "mcp_server_tool_call")
_UNDERWAY = ("in_progress", "queued")


def looks_like(data: JsonObject) -> bool:
    """Return whether data is an interaction, or an event of its stream."""
    event = data.get("event_type")
    return (
        data.get("object") == "interaction"
        or (isinstance(event, str) and event.startswith(_EVENTS))
        or ("status" in data and any(_kind(as_object(step)) for step in as_list(data.get("steps"))))
    )


def read(items: Sequence[Json]) -> Iterator[tuple[int, Delta]]:
    """Return each delta with the position of its item: the events of a stream, or one interaction."""
    return deltas_of(items, _read)


def _read(data: JsonObject, outputs: Items) -> Iterator[Delta]:
    event = as_str(data.get("event_type")) or ""
    index = as_int(data.get("index")) or 0
    if event in ("content.start", "step.start"):
        yield from _start(as_object(data.get("content", data.get("step"))), index, outputs)
    elif event in ("content.delta", "step.delta"):
        yield from _add(as_object(data.get("delta")), index, outputs)
    elif event == "interaction.status_update":
        yield from _ending(data)
    elif event.startswith("interaction."):
        yield from _interaction(as_object(data.get("interaction")), outputs)
    elif not event and ("status" in data or data.get("object") == "interaction"):
        yield from _interaction(data, outputs)


def _interaction(interaction: JsonObject, outputs: Items) -> Iterator[Delta]:
    yield Opened(as_str(interaction.get("role")))
    steps = interaction.get("steps", interaction.get("outputs"))
    yield from outputs.finish([_whole(step) for step in map(as_object, as_list(steps))])
    yield from _ending(interaction)
    failures = [interaction.get("error"), *as_list(interaction.get("errors"))]
    failures += [as_object(step).get("error") for step in as_list(steps)]
    for error in filter(None, map(as_object, failures)):
        code = error.get("code")
        label = str(code) if isinstance(code, int) else as_str(code)
        yield Failed(Failure(label, as_str(error.get("message")), body=error))


def _ending(fields: JsonObject) -> Iterator[Delta]:
    status = as_str(fields.get("status"))
    if status and status not in _UNDERWAY:
        yield Finish(status)
    if usage := as_object(fields.get("usage")):
        yield Usage(usage)


def _start(part: JsonObject, index: int, outputs: Items) -> Iterator[Delta]:
    """Yield the start of a part with its first content; empty arguments are a placeholder."""
    whole = _whole(part)
    item = outputs.start(index, whole.kind, whole.ids)
    if whole.call is not None and not part.get("arguments"):
        yield from item.add_call(CallPart(whole.call.id, whole.call.name))
    else:
        yield from item.complete(whole)


def _add(delta: JsonObject, index: int, outputs: Items) -> Iterator[Delta]:
    kind = _kind(delta)
    if kind in _AREAS:
        yield from outputs.at(index, _AREAS[kind][0]).add(_part_text(delta), _AREAS[kind])
    elif kind == "arguments_delta":
        item = outputs.at(index, "call")
        yield from item.add_call(CallPart(arguments=arguments_text(delta.get("arguments"))))
    elif kind in _CALLS:
        whole = _whole(delta)
        yield from outputs.ending(index, whole).complete(whole)


def _whole(step: JsonObject) -> Whole:
    kind = _kind(step)
    if kind in _CALLS:
        call = CallPart(
            as_str(step.get("id")), as_str(step.get("name")), arguments_text(step.get("arguments"))
        )
        return Whole("call", (call.id,) if call.id else (), call=call)
    if kind in _AREAS and (text := _part_text(step)):
        return Whole(_AREAS[kind][0], texts={_AREAS[kind]: {0: text}})
    return Whole(_AREAS[kind][0] if kind in _AREAS else kind)


def _part_text(part: JsonObject) -> str:
    """Return the text of a part, under whatever key its type has; "" for other parts."""
    keys = ("text", "summary", "content", "thought")
    return text_of(next((part[key] for key in keys if part.get(key) is not None), None))


def _kind(part: JsonObject) -> str:
    return as_str(part.get("type")) or ""
