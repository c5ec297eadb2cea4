"""Links between turns: what a request repeats of earlier answers, and what an answer offers to later ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from recctl.recordings.header import Kind
from recctl.recordings.ogx.outline import MESSAGE_KEYS
from recctl.recordings.recording import body_of
from recctl.support.jsonvalue import JsonObject, as_list, as_object

if TYPE_CHECKING:
    from recctl.conversation.request.types import Message
    from recctl.conversation.transcript import Transcript

_MODEL = ("assistant", "model")


class TurnLinks(msgspec.Struct, frozen=True):
    """What a request repeats of earlier answers: ids of tool calls, and texts with single blanks."""

    call_ids: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.call_ids or self.texts)


_NO_LINKS = TurnLinks()


def turn_links(kind: Kind | None, request: JsonObject) -> TurnLinks:
    """Return what a request of this kind repeats of earlier answers."""
    body = as_object(body_of(request))
    if not any(_is_later_turn(as_object(turn)) for key in MESSAGE_KEYS for turn in as_list(body.get(key))):
        return _NO_LINKS
    from recctl.conversation.request.conversation import conversation_of  # few requests have earlier turns

    messages = conversation_of(kind, request).messages
    call_ids: dict[str, None] = {}
    texts: dict[str, None] = {}
    for message, follower in zip(messages, [*messages[1:], None], strict=True):
        call_ids.update(dict.fromkeys(_call_ids(message)))
        # The last message of the model is no answer, but the beginning of the one asked for.
        if message.role in _MODEL and follower is not None and (text := _text(message)):
            texts[text] = None
    return TurnLinks(tuple(call_ids), tuple(texts))


def _is_later_turn(turn: JsonObject) -> bool:
    if turn.get("role") in (*_MODEL, "tool"):
        return True
    # Items of the Responses API, and tool results in blocks.
    kinds = (as_object(block).get("type") for block in as_list(turn.get("content")))
    return str(turn.get("type")).startswith("function_call") or "tool_result" in kinds


def _call_ids(message: Message) -> list[str]:
    from recctl.conversation.request.types import Call, Result

    return [part.id for part in message.parts if isinstance(part, Call | Result) and part.id]


def _text(message: Message) -> str:
    from recctl.conversation.request.types import Text

    texts = (part.text for part in message.parts if isinstance(part, Text) and not part.reasoning)
    return " ".join("\n".join(texts).split())


def _without_blanks(text: str) -> str:
    return "".join(text.split())


class Offer(msgspec.Struct, frozen=True):
    """What later requests may repeat of an answer: ids of its tool calls, and its texts without blanks."""

    call_ids: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()

    def has_text(self, text: str) -> bool:
        """Return whether a text is one of the answer's, a part of one, or contains one; blanks do not count.

        Between the blocks of an answer a client puts blanks or none, and some trim or wrap an answer.
        """
        wanted = _without_blanks(text)
        return any(wanted in one or one in wanted for one in self.texts)


def offer_of(transcript: Transcript) -> Offer:
    """Return what later requests may repeat of an answer."""
    call_ids = {call.id for choice in transcript.choices for call in choice.tool_calls if call.id}
    texts = (text for choice in transcript.choices for text in (choice.text, choice.refusal or ""))
    return Offer(frozenset(call_ids), tuple(filter(None, map(_without_blanks, texts))))
