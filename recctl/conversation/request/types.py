"""What a request consists of, whatever provider it went to. Types only."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from recctl.support.jsonvalue import Json, JsonObject


class Text(msgspec.Struct, frozen=True):
    """Words of a message; `reasoning` where they are a model's own thoughts handed back."""

    text: str
    reasoning: bool = False


class Media(msgspec.Struct, frozen=True):
    """An image, a sound or a file: a short description of it, never its data."""

    description: str


class Call(msgspec.Struct, frozen=True):
    """A tool call that an earlier answer made."""

    id: str | None
    name: str | None
    arguments: str


class Result(msgspec.Struct, frozen=True):
    """What a tool answered to the call with this id, or by this name."""

    id: str | None
    name: str | None


class Other(msgspec.Struct, frozen=True):
    """A block of a kind recctl does not know, as recorded."""

    value: Json


Part: TypeAlias = Text | Media | Call | Result | Other


class Message(msgspec.Struct, frozen=True):
    """One turn: whose, and what it consists of, in order."""

    role: str
    parts: tuple[Part, ...]


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of a tool: `type` in JSON schema's words, None where it says nothing."""

    name: str
    type: str | None
    required: bool
    description: str | None


class Tool(msgspec.Struct, frozen=True):
    """A tool the model may call; `kind` is set for a provider's built-in tools (web_search and the like)."""

    name: str
    description: str | None = None
    parameters: tuple[Parameter, ...] = ()
    kind: str | None = None


class Conversation(msgspec.Struct, frozen=True):
    """The request: its messages, its tools, and the parameters that are neither."""

    messages: tuple[Message, ...] = ()
    tools: tuple[Tool, ...] = ()
    parameters: JsonObject = msgspec.field(default_factory=dict)
