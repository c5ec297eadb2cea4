"""Deltas: what one chunk adds to an answer. Every wire format is read into these types only."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from recctl.conversation.transcript import Failure
from recctl.support.jsonvalue import Json, JsonObject

# The position of a piece inside a choice: formats with numbered blocks are joined in this order, not in the
# order of arrival. Formats without blocks use ().
Block: TypeAlias = tuple[int, ...]

# The slot of the last call, whatever its own slot.
LATEST = "latest call"

Voice: TypeAlias = Literal["text", "reasoning", "refusal"]


class Opened(msgspec.Struct, frozen=True):
    """A choice exists; `role` is None if the chunk names none."""

    role: str | None = None
    choice: int = 0


class Piece(msgspec.Struct, frozen=True):
    """Text of a choice."""

    text: str
    voice: Voice = "text"
    choice: int = 0
    block: Block = ()


class CallPart(msgspec.Struct, frozen=True):
    """Part of a tool call: parts with the same `slot` belong together; without a slot, a whole call."""

    id: str | None = None
    name: str | None = None
    arguments: str = ""
    choice: int = 0
    slot: Hashable = None


class Finish(msgspec.Struct, frozen=True):
    """Why a choice ended, in the provider's word."""

    reason: str
    choice: int = 0


class Logprobs(msgspec.Struct, frozen=True):
    """Log probabilities in the provider's form; lists in it are extended by later chunks."""

    values: JsonObject
    choice: int = 0


class Usage(msgspec.Struct, frozen=True):
    """Token counts. The last one counts; with `merge` it updates those before."""

    counts: JsonObject
    merge: bool = False


class Vectors(msgspec.Struct, frozen=True):
    """Embeddings: the length of each, None if unknown, and the first numbers of the first."""

    lengths: tuple[int | None, ...]
    sample: tuple[float, ...] = ()


class ModelNames(msgspec.Struct, frozen=True):
    """Names in a server's list of models."""

    names: tuple[str, ...]


class Failed(msgspec.Struct, frozen=True):
    """An error that the provider reports during, or instead of, an answer."""

    failure: Failure


Delta: TypeAlias = Opened | Piece | CallPart | Finish | Logprobs | Usage | Vectors | ModelNames | Failed

# From the items of a response body to each delta, with the position of its item.
Reader: TypeAlias = Callable[[Sequence[Json]], Iterator[tuple[int, Delta]]]


def payload(item: Json) -> Json:
    """Return the data of an item: its `__data__` if the recorder noted a type, else the item."""
    if isinstance(item, dict) and "__type__" in item and "__data__" in item:
        return item["__data__"]
    return item
