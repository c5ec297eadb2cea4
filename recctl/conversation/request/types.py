"""The provider-neutral request. Types only."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from recctl.support.jsonvalue import Json, JsonObject


class Text(msgspec.Struct, frozen=True):
    """Text of a message; `reasoning` if it is a model's reasoning sent back."""

    text: str
    reasoning: bool = False


class Media(msgspec.Struct, frozen=True):
    """A short description of an image, audio or file, without its data."""

    description: str


class Call(msgspec.Struct, frozen=True):
    """A tool call of an earlier answer."""

    id: str | None
    name: str | None
    arguments: str


class Result(msgspec.Struct, frozen=True):
    """A tool's result for the call with this id, or of this name."""

    id: str | None
    name: str | None


class Other(msgspec.Struct, frozen=True):
    """A block of an unknown kind, as recorded."""

    value: Json


Part: TypeAlias = Text | Media | Call | Result | Other


class Message(msgspec.Struct, frozen=True):
    """One turn: its role and its parts, in order."""

    role: str
    parts: tuple[Part, ...]


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of a tool; `type` is that of its JSON schema, None if it has none."""

    name: str
    type: str | None
    required: bool
    description: str | None


class Tool(msgspec.Struct, frozen=True):
    """A tool that the model may call; `kind` is set for a provider's built-in tools, such as web_search."""

    name: str
    description: str | None = None
    parameters: tuple[Parameter, ...] = ()
    kind: str | None = None


class Conversation(msgspec.Struct, frozen=True):
    """A request: its messages, its tools and its other parameters."""

    messages: tuple[Message, ...] = ()
    tools: tuple[Tool, ...] = ()
    parameters: JsonObject = msgspec.field(default_factory=dict)
