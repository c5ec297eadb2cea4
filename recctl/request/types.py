"""What a request consists of, whatever provider it went to. Types only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from recctl.jsonvalue import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Text:
    """Words of a message; `reasoning` where they are a model's own thoughts handed back."""

    text: str
    reasoning: bool = False


@dataclass(frozen=True, slots=True)
class Media:
    """An image, a sound or a file: a short description of it, never its data."""

    description: str


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call that an earlier answer made."""

    id: str | None
    name: str | None
    arguments: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool answered to the call with this id, or by this name."""

    id: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Other:
    """A block of a kind recctl does not know, as recorded."""

    value: Json


Part: TypeAlias = Text | Media | Call | Result | Other


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: whose, and what it consists of, in order."""

    role: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a tool: `type` in JSON schema's words, None where it says nothing."""

    name: str
    type: str | None
    required: bool
    description: str | None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool the model may call; `kind` is set for a provider's built-in tools (web_search and the like)."""

    name: str
    description: str | None = None
    parameters: tuple[Parameter, ...] = ()
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The request: its messages, its tools, and the parameters that are neither."""

    messages: tuple[Message, ...] = ()
    tools: tuple[Tool, ...] = ()
    parameters: JsonObject = field(default_factory=dict)
