"""OpenAI Responses, and the servers that imitate it: the event stream and the whole Response object.

A stream contains an answer up to five times: in deltas, at the end of each part, of each content part, of
each output item, and in the response that ends it. `output_items` makes each count once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recctl.conversation.content_parts import arguments_text, text_of
from recctl.conversation.delta import CallPart, Delta, Failed, Finish, Opened, Usage
from recctl.conversation.output_items import Area, Items, Numbered, Whole, deltas_of
from recctl.conversation.transcript import Failure
from recctl.support.jsonvalue import Json, JsonObject, as_int, as_list, as_object, as_str

_TEXT: Area = ("text", 0)
_REFUSAL: Area = ("refusal", 0)
_SUMMARY: Area = ("reasoning", 0)
_THOUGHTS: Area = ("reasoning", 1)

# Events with text, named without `response.` and `.delta` or `.done`: the item type, the area, and the
# key of the complete text in the `.done` event.
_TEXTS: dict[str, tuple[str, Area, str]] = {
    "output_text": ("message", _TEXT, "text"),
    "refusal": ("message", _REFUSAL, "refusal"),
    "reasoning": ("reasoning", _THOUGHTS, "text"),
    "reasoning_text": ("reasoning", _THOUGHTS, "text"),
    "reasoning_summary": ("reasoning", _SUMMARY, "text"),
    "reasoning_summary_text": ("reasoning", _SUMMARY, "text"),
}
# The same for arguments of tool calls, which have no area.
_ARGUMENTS: dict[str, tuple[str, str]] = {
    "function_call_arguments": ("function_call", "arguments"),
    "custom_tool_call_input": ("custom_tool_call", "input"),
    "mcp_call_arguments": ("mcp_call", "arguments"),
    "mcp_call.arguments": ("mcp_call", "arguments"),
}
# Complete parts of content, by their own type.
_PARTS: dict[str, tuple[str, Area]] = {
    "output_text": ("message", _TEXT),
    "text": ("message", _TEXT),
    "refusal": ("message", _REFUSAL),
    "summary_text": ("reasoning", _SUMMARY),
    "reasoning_text": ("reasoning", _THOUGHTS),
}
# Calls that the client answers: the item's type, and the key of the arguments. Calls of the provider's own
# tools come with their results.
_CALLS: dict[str, str] = {
    "function_call": "arguments",
    "custom_tool_call": "input",
    "mcp_call": "arguments",
    "computer_call": "action",
    "local_shell_call": "action",
    "shell_call": "action",
    "apply_patch_call": "operation",
    "tool_search_call": "arguments",
}
_NAMED = ("function_call", "custom_tool_call", "mcp_call")
_ENDS = frozenset(
    f"response.{name}" for name in ("completed", "incomplete", "failed", "cancelled", "canceled", "done")
)


def looks_like(data: JsonObject) -> bool:
    """Return whether data is a `response.…` event, or a Response object."""
    kind = data.get("type")
    return data.get("object") == "response" or (isinstance(kind, str) and kind.startswith("response."))


def read(items: Sequence[Json]) -> Iterator[tuple[int, Delta]]:
    """Return each delta with the position of its item: the events of a stream, or one response."""
    return deltas_of(items, _read)


def _read(data: JsonObject, outputs: Items) -> Iterator[Delta]:
    kind = as_str(data.get("type")) or ""
    subject, _, moment = kind.removeprefix("response.").rpartition(".")
    if data.get("object") == "response":
        yield from _response(data, outputs)
    elif kind in _ENDS:
        yield from _response(as_object(data.get("response")), outputs)
    elif subject in _TEXTS:
        yield from _text_event(data, subject, moment, outputs)
    elif subject in _ARGUMENTS:
        yield from _arguments(data, subject, moment, outputs)
    elif subject in ("content_part", "reasoning_summary_part") and moment == "done":
        yield from _part(data, outputs)
    elif subject == "output_item":
        yield from _item(data, moment, outputs)


def _text_event(data: JsonObject, subject: str, moment: str, outputs: Items) -> Iterator[Delta]:
    kind, area, key = _TEXTS[subject]
    item = outputs.at(_index(data), kind, as_str(data.get("item_id")))
    if moment == "delta":
        yield from item.add(text_of(data.get("delta")), area, _number(data))
    elif moment == "done":
        yield from item.end(text_of(data.get(key)), area, _number(data))
    if moment == "delta" or not item.has_logprobs:
        yield from item.add_logprobs(as_list(data.get("logprobs")))


def _arguments(data: JsonObject, subject: str, moment: str, outputs: Items) -> Iterator[Delta]:
    kind, key = _ARGUMENTS[subject]
    item = outputs.at(_index(data), kind, as_str(data.get("item_id")))
    if moment == "delta":
        yield from item.add_call(CallPart(arguments=arguments_text(data.get("delta"))))
    elif moment == "done":
        yield from item.end_call(
            CallPart(name=as_str(data.get("name")), arguments=arguments_text(data.get(key)))
        )


def _part(data: JsonObject, outputs: Items) -> Iterator[Delta]:
    part = as_object(data.get("part"))
    kind, area = _PARTS.get(as_str(part.get("type")) or "", ("", None))
    if area is not None:
        item = outputs.at(_index(data), kind, as_str(data.get("item_id")))
        yield from item.end(_text(part), area, _number(data))


def _item(data: JsonObject, moment: str, outputs: Items) -> Iterator[Delta]:
    fields = as_object(data.get("item"))
    whole = _whole(fields)
    if fields.get("type") == "message":
        yield Opened(as_str(fields.get("role")))
    if moment == "added":
        item = outputs.start(_index(data), whole.kind, whole.ids)
    else:
        item = outputs.ending(_index(data), whole)
    yield from item.complete(whole)


def _response(response: JsonObject, outputs: Items) -> Iterator[Delta]:
    output = [as_object(item) for item in as_list(response.get("output"))]
    for message in output:
        if message.get("type") == "message":
            yield Opened(as_str(message.get("role")))
    yield from outputs.finish([_whole(item) for item in output])
    if error := as_object(response.get("error")):
        yield Failed(Failure(as_str(error.get("code")), as_str(error.get("message")), body=error))
    incomplete = as_object(response.get("incomplete_details"))
    if reason := as_str(incomplete.get("reason")) or as_str(response.get("status")):
        yield Finish(reason)
    if usage := as_object(response.get("usage")):
        yield Usage(usage)


def _whole(item: JsonObject) -> Whole:
    kind = as_str(item.get("type")) or ""
    call_id = as_str(item.get("call_id"))
    ids = tuple(filter(None, (as_str(item.get("id")), call_id)))
    if kind in _CALLS:
        name = as_str(item.get("name")) or (None if kind in _NAMED else kind.removesuffix("_call"))
        arguments = arguments_text(item.get(_CALLS[kind]))
        return Whole(kind, ids, call=CallPart(call_id or as_str(item.get("id")), name, arguments))
    if kind == "reasoning":
        return Whole(kind, ids, _reasoning(item))
    if kind != "message":
        return Whole(kind, ids)
    content = [as_object(part) for part in as_list(item.get("content"))]
    logprobs = tuple(token for part in content for token in as_list(part.get("logprobs")))
    return Whole(kind, ids, _by_area(content, _TEXT), logprobs=logprobs)


def _reasoning(item: JsonObject) -> dict[Area, Numbered]:
    areas: dict[Area, Numbered] = {}
    for area, key in ((_SUMMARY, "summary"), (_THOUGHTS, "content")):
        texts = {
            number: text for number, part in enumerate(as_list(item.get(key))) if (text := text_of(part))
        }
        # Some servers send the reasoning as its own summary.
        if texts and texts not in areas.values():
            areas[area] = texts
    return areas


def _by_area(content: list[JsonObject], otherwise: Area) -> dict[Area, Numbered]:
    areas: dict[Area, Numbered] = {}
    for number, part in enumerate(content):
        _, area = _PARTS.get(as_str(part.get("type")) or "", ("", otherwise))
        if text := _text(part):
            areas.setdefault(area, {})[number] = text
    return areas


def _text(part: JsonObject) -> str:
    return text_of(part.get("text")) or text_of(part.get("refusal"))


def _index(data: JsonObject) -> int:
    return as_int(data.get("output_index")) or 0


def _number(data: JsonObject) -> int:
    """Return the number of a part inside its item; parts of a summary have their own numbers."""
    number = as_int(data.get("content_index"))
    if number is None:
        number = as_int(data.get("summary_index"))
    return number or 0
