"""What a request carries on from earlier answers, and what an answer leaves to be carried on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from recctl.recordings.header import Kind
from recctl.recordings.recording import body_of
from recctl.support.jsonvalue import JsonObject, as_list, as_object

if TYPE_CHECKING:
    from recctl.conversation.request.types import Message
    from recctl.conversation.transcript import Transcript

_MODEL = ("assistant", "model")
_TURNS = ("messages", "input", "contents")


class Carried(msgspec.Struct, frozen=True):
    """What a request carries on: ids of tool calls, and answers of the model, blanks normalized."""

    ids: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ids or self.answers)


_NOTHING = Carried()


def carried_by(kind: Kind | None, request: JsonObject) -> Carried:
    """What a request of this kind carries on from earlier answers of its test."""
    body = as_object(body_of(request))
    if not any(_is_later_turn(as_object(turn)) for key in _TURNS for turn in as_list(body.get(key))):
        return _NOTHING
    from recctl.conversation.request.conversation import conversation_of  # few requests carry anything on

    messages = conversation_of(kind, request).messages
    ids: dict[str, None] = {}
    answers: dict[str, None] = {}
    for message, follower in zip(messages, [*messages[1:], None], strict=True):
        ids.update(dict.fromkeys(_ids(message)))
        # What stands last begins the answer to come; it was put there by hand.
        if message.role in _MODEL and follower is not None and (words := _words(message)):
            answers[words] = None
    return Carried(tuple(ids), tuple(answers))


def _is_later_turn(turn: JsonObject) -> bool:
    if turn.get("role") in (*_MODEL, "tool"):
        return True
    # Items of the Responses API, and tool results in blocks.
    kinds = (as_object(block).get("type") for block in as_list(turn.get("content")))
    return str(turn.get("type")).startswith("function_call") or "tool_result" in kinds


def _ids(message: Message) -> list[str]:
    from recctl.conversation.request.types import Call, Result

    return [part.id for part in message.parts if isinstance(part, Call | Result) and part.id]


def _words(message: Message) -> str:
    from recctl.conversation.request.types import Text

    texts = (part.text for part in message.parts if isinstance(part, Text) and not part.reasoning)
    return blanks_normalized("\n".join(texts))


def blanks_normalized(text: str) -> str:
    """A text with every run of blanks and line breaks as one blank."""
    return " ".join(text.split())


def _squeezed(text: str) -> str:
    """A text without blanks: its blocks may be joined by some, or by none."""
    return "".join(text.split())


class Produced(msgspec.Struct, frozen=True):
    """What an answer leaves behind: the ids of its tool calls, and its texts without blanks."""

    ids: frozenset[str]
    answers: tuple[str, ...]

    def answered(self, words: str) -> bool:
        """Whether an answer said these words; what wraps or trims an answer is forgiven."""
        wanted = _squeezed(words)
        return any(wanted in answer or answer in wanted for answer in self.answers)


def produced_by(transcript: Transcript) -> Produced:
    """What an answer leaves to be carried on."""
    ids = {call.id for choice in transcript.choices for call in choice.tool_calls if call.id}
    texts = (_squeezed(text) for choice in transcript.choices for text in (choice.text, choice.refusal or ""))
    return Produced(frozenset(ids), tuple(text for text in texts if text))
