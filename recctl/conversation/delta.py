"""What one chunk adds to an answer. Every wire format is read into these and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec

from recctl.conversation.transcript import Failure
from recctl.support.jsonvalue import Json, JsonObject

# Where a piece belongs inside one choice: formats with numbered blocks join them in this order,
# not in the order of arrival. Formats without blocks use ().
Block: TypeAlias = tuple[int, ...]

# A slot that means: the call that came last, whatever its own slot.
LATEST = "latest call"

Voice: TypeAlias = Literal["text", "reasoning", "refusal"]


class Opened(msgspec.Struct, frozen=True):
    """A choice exists, with the role the chunk names (None when it names none)."""

    role: str | None = None
    choice: int = 0


class Piece(msgspec.Struct, frozen=True):
    """Characters for a choice."""

    text: str
    voice: Voice = "text"
    choice: int = 0
    block: Block = ()


class CallPart(msgspec.Struct, frozen=True):
    """Part of a tool call. Parts with one `slot` belong together; without a slot it is a whole call."""

    id: str | None = None
    name: str | None = None
    arguments: str = ""
    choice: int = 0
    slot: Hashable = None


class Finish(msgspec.Struct, frozen=True):
    """Why the choice ended, in the provider's word."""

    reason: str
    choice: int = 0


class Logprobs(msgspec.Struct, frozen=True):
    """Log probabilities of tokens, as the provider has them: lists in it are joined from chunk to chunk."""

    values: JsonObject
    choice: int = 0


class Usage(msgspec.Struct, frozen=True):
    """Token counts. The last one counts; with `merge` its keys are laid over those that came before."""

    counts: JsonObject
    merge: bool = False


class Vectors(msgspec.Struct, frozen=True):
    """Embeddings: the length of each (None when unknown), and the first numbers of the first."""

    lengths: tuple[int | None, ...]
    sample: tuple[float, ...] = ()


class ModelNames(msgspec.Struct, frozen=True):
    """Names of models that a server lists."""

    names: tuple[str, ...]


class Failed(msgspec.Struct, frozen=True):
    """The provider reports an error in the middle of, or instead of, an answer."""

    failure: Failure


Delta: TypeAlias = Opened | Piece | CallPart | Finish | Logprobs | Usage | Vectors | ModelNames | Failed

# The items of a response body → each delta with the position of the item that brought it.
Reader: TypeAlias = Callable[[Sequence[Json]], Iterator[tuple[int, Delta]]]


def payload(item: Json) -> Json:
    """The data of an item: what is inside `__data__` where the recorder named a type, else the item."""
    if isinstance(item, dict) and "__type__" in item and "__data__" in item:
        return item["__data__"]
    return item
