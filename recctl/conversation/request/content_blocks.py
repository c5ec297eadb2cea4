"""Read the content of messages: a string, a block, or a list of both, in every provider's form."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.content_parts import arguments_text, text_of
from recctl.conversation.request.media import media_description
from recctl.conversation.request.types import Call, Media, Other, Part, Result, Text
from recctl.support.jsonvalue import Json, JsonObject, as_object, as_str, compact


def parts_of(content: Json) -> Iterator[Part]:
    """Yield the parts of a content: a string, a block, or a list of both."""
    if isinstance(content, str):
        if content:
            yield Text(content)
    elif isinstance(content, list):
        for block in content:
            yield from parts_of(block)
    elif isinstance(content, dict):
        yield from _block(content)
    elif content is not None:
        yield Other(content)


def _block(block: JsonObject) -> Iterator[Part]:
    kind = as_str(block.get("type")) or ""
    call = next((block[key] for key in ("function_call", "functionCall", "toolUse") if block.get(key)), None)
    if call or kind in ("tool_use", "function_call"):
        yield call_of(call or block)
    elif thought := as_object(block.get("reasoningContent")):
        yield Text(text_of(thought.get("reasoningText")), reasoning=True)
    elif result := list(_result(block, kind)):
        yield from result
    elif description := media_description(block):
        yield Media(description)
    elif kind in ("thinking", "reasoning", "thought"):
        yield Text(text_of(block.get("thinking", block.get("summary", block.get("text")))), reasoning=True)
    elif isinstance(text := block.get("text", block.get("refusal")), str):
        yield Text(text, reasoning=block.get("thought") is True)
    else:
        yield Other(block)


def _result(block: JsonObject, kind: str) -> Iterator[Part]:
    """Yield the parts of a tool's result; nothing for other blocks."""
    if result := as_object(block.get("toolResult")):
        yield Result(as_str(result.get("toolUseId")), None)
        yield from parts_of(result.get("content"))
    elif (response := block.get("function_response") or block.get("functionResponse")) is not None:
        fields = as_object(response)
        yield Result(as_str(fields.get("id")), as_str(fields.get("name")))
        yield Text(compact(fields.get("response", response)))
    elif kind in ("tool_result", "function_call_output", "function_result"):
        call_id = as_str(block.get("tool_use_id")) or as_str(block.get("call_id"))
        yield Result(call_id, as_str(block.get("name")))
        yield from parts_of(block.get("content", block.get("output", block.get("result"))))


def call_of(value: Json) -> Call:
    """Return a tool call in any provider's form."""
    call = as_object(value)
    function = as_object(call.get("function")) or call
    arguments = function.get("arguments", function.get("input", function.get("args")))
    call_id = next(filter(None, (as_str(call.get(key)) for key in ("call_id", "id", "toolUseId"))), None)
    return Call(call_id, as_str(function.get("name")), arguments_text(arguments))
