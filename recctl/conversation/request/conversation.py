"""Read a recorded request: its messages, the tools it offers, and its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from recctl.conversation.content_parts import text_of
from recctl.conversation.request.content_blocks import call_of, parts_of
from recctl.conversation.request.media import encoded
from recctl.conversation.request.tools import tools_of
from recctl.conversation.request.types import Conversation, Media, Message, Part, Result, Text
from recctl.recordings.header import Kind
from recctl.recordings.recording import Recording, body_of
from recctl.support.jsonvalue import Json, JsonObject, as_list, as_object, as_str


def conversation(recording: Recording) -> Conversation:
    """Return the request of a recording. Never raises, whatever that holds."""
    return conversation_of(recording.header.kind, recording.request)


def conversation_of(kind: Kind | None, request: JsonObject) -> Conversation:
    """Return a request of a kind. Never raises, whatever it holds."""
    body = as_object(body_of(request))
    if kind == "tool":
        return Conversation(parameters=body)
    if kind == "file":
        return Conversation(parameters={"file_id": request.get("file_id")})
    messages = tuple(message for key, read in _MESSAGES if key in body for message in read(body[key]))
    # Gemini's configuration holds tools and instructions besides parameters.
    config = as_object(body.get("config"))
    instructions = (message for key in _INSTRUCTIONS for message in _instruction(config.get(key)))
    tools = tuple(tool for item in declarations(request) for tool in tools_of(item))
    return Conversation((*instructions, *messages), tools, _parameters(body, config))


def _parameters(body: JsonObject, config: JsonObject) -> JsonObject:
    """Return what a body sets besides messages and tools."""
    parameters = {key: value for key, value in body.items() if key not in _SHOWN and value is not None}
    if config:
        del parameters["config"]
        parameters |= {key: value for key, value in config.items() if key not in ("tools", *_INSTRUCTIONS)}
    if "tools" in as_object(parameters.get("toolConfig")):
        # Bedrock declares tools there; Gemini only says how to use them.
        rest = {key: value for key, value in parameters.pop("toolConfig").items() if key != "tools"}
        parameters |= {"toolConfig": rest} if rest else {}
    return parameters


def declarations(request: JsonObject) -> list[Json]:
    """Return the items that declare tools in a request, as recorded, for every provider."""
    body = as_object(body_of(request))
    objects = (body, as_object(body.get("config")), as_object(body.get("toolConfig")))
    return [item for each in objects for key in ("tools", "functions") for item in as_list(each.get(key))]


def _chat(messages: Json) -> Iterator[Message]:
    if isinstance(messages, str):
        yield Message("user", (Text(messages),))
    for item in as_list(messages):
        message = as_object(item)
        parts: list[Part] = []
        if message.get("tool_call_id") or message.get("tool_name"):
            parts.append(Result(as_str(message.get("tool_call_id")), as_str(message.get("tool_name"))))
        if thinking := as_str(message.get("thinking")) or as_str(message.get("reasoning_content")):
            parts.append(Text(thinking, reasoning=True))
        parts += parts_of(message.get("content"))
        if refusal := as_str(message.get("refusal")):
            parts.append(Text(refusal))
        parts += map(_image, as_list(message.get("images")))
        parts += [call_of(call) for call in as_list(message.get("tool_calls"))]
        if legacy := message.get("function_call"):
            parts.append(call_of(legacy))
        yield Message(as_str(message.get("role")) or "?", tuple(parts))


def _image(data: Json) -> Media:
    """Return an image as Ollama takes it: bare base64."""
    return Media(encoded("image", None, data))


def _contents(contents: Json) -> Iterator[Message]:
    """Yield Gemini's contents: one string, or messages made of parts."""
    if isinstance(contents, str):
        yield Message("user", (Text(contents),))
    for item in as_list(contents):
        content = as_object(item)
        parts = content.get("parts") if content else item
        yield Message(as_str(content.get("role")) or "user", tuple(parts_of(parts)))


def _instruction(content: Json) -> Iterator[Message]:
    if content:
        parts = as_object(content).get("parts", content)
        yield Message("system", tuple(parts_of(parts)))


def _prompt(prompt: Json) -> Iterator[Message]:
    """Yield the prompt of a text completion: a string, several, or token numbers."""
    prompts = prompt if isinstance(prompt, list) and not _are_tokens(prompt) else [prompt]
    for one in prompts:
        yield Message("prompt", tuple(_input_parts(one)))


def _inputs(inputs: Json) -> Iterator[Message]:
    """Yield `input`: strings for embeddings; a string or items for Responses and Interactions."""
    if isinstance(inputs, list) and inputs and all(isinstance(item, dict) for item in inputs):
        yield from map(_item, inputs)
    elif isinstance(inputs, list) and not _are_tokens(inputs):
        yield Message("input", tuple(part for item in inputs for part in _input_parts(item)))
    else:
        yield Message("input", tuple(_input_parts(inputs)))


def _item(item: JsonObject) -> Message:
    """Return an input item of Responses or Interactions: a message, or a block outside of one."""
    if "role" in item:
        return Message(as_str(item["role"]) or "?", tuple(parts_of(item.get("content"))))
    if item.get("type") in ("user_input", "model_output"):
        # Steps of an earlier interaction.
        return Message(str(item["type"]), tuple(parts_of(item.get("content"))))
    return Message(as_str(item.get("type")) or "input", tuple(parts_of([item])))


def _input_parts(value: Json) -> Iterator[Part]:
    if isinstance(value, str):
        yield Text(value)
    elif isinstance(value, list) and _are_tokens(value):
        yield Media(f"{len(value)} tokens, as numbers")
    else:
        yield from parts_of(value)


def _are_tokens(value: list[Json]) -> bool:
    return bool(value) and all(isinstance(item, int) for item in value)


_INSTRUCTIONS = ("system_instruction", "systemInstruction")

# Keys of a body that hold messages, in reading order, with their readers.
_MESSAGES: tuple[tuple[str, Callable[[Json], Iterator[Message]]], ...] = (
    ("system", _instruction),
    ("system_instruction", _instruction),
    ("systemInstruction", _instruction),
    ("instructions", _instruction),
    ("messages", _chat),
    ("contents", _contents),
    ("prompt", _prompt),
    (
        "images",
        lambda images: iter([Message("images", tuple(map(_image, as_list(images))))] if images else ()),
    ),
    ("suffix", lambda suffix: iter([Message("suffix", tuple(_input_parts(suffix)))] if suffix else ())),
    ("input", _inputs),
    ("query", lambda query: iter([Message("query", tuple(_input_parts(query)))])),
    ("documents", lambda documents: iter([Message("documents", tuple(_documents(documents)))])),
)
_SHOWN = frozenset({key for key, _ in _MESSAGES} | {"model", "tools", "functions"})


def _documents(documents: Json) -> Iterator[Part]:
    for number, document in enumerate(as_list(documents)):
        yield Text(f"{number}: {text_of(document)}")
