"""Assemble deltas into a transcript: how pieces, calls and counts add up, for all wire formats."""

from __future__ import annotations

from collections.abc import Hashable

import msgspec

from recctl.conversation.delta import (
    LATEST,
    Block,
    CallPart,
    Delta,
    Failed,
    Finish,
    Logprobs,
    ModelNames,
    Opened,
    Piece,
    Usage,
    Vectors,
    Voice,
)
from recctl.conversation.transcript import Choice, Embeddings, Failure, ToolCall, Transcript
from recctl.support.jsonvalue import JsonObject


class _CallBuilder(msgspec.Struct):
    id: str | None = None
    name: str | None = None
    arguments: list[str] = msgspec.field(default_factory=list)

    def build(self) -> ToolCall:
        return ToolCall(self.id, self.name, "".join(self.arguments))


class _ChoiceBuilder(msgspec.Struct):
    index: int
    role: str | None = None
    finish_reason: str | None = None
    pieces: dict[tuple[Voice, Block], list[str]] = msgspec.field(default_factory=dict)
    calls: list[_CallBuilder] = msgspec.field(default_factory=list)
    slots: dict[Hashable, _CallBuilder] = msgspec.field(default_factory=dict)
    logprobs: JsonObject = msgspec.field(default_factory=dict)

    def new_call(self) -> _CallBuilder:
        call = _CallBuilder()
        self.calls.append(call)
        return call

    def build(self) -> Choice:
        return Choice(
            index=self.index,
            role=self.role,
            text=self._voice("text") or "",
            reasoning=self._voice("reasoning"),
            refusal=self._voice("refusal"),
            tool_calls=tuple(call.build() for call in self.calls),
            finish_reason=self.finish_reason,
            logprobs=self.logprobs if _names_tokens(self.logprobs) else None,
        )

    def _voice(self, voice: Voice) -> str | None:
        blocks = sorted(block for own_voice, block in self.pieces if own_voice == voice)
        return "".join("".join(self.pieces[voice, block]) for block in blocks) or None


class Assembler:
    """Adds deltas up: call `add` in the order of arrival, then `transcript`."""

    def __init__(self) -> None:
        self._choices: dict[int, _ChoiceBuilder] = {}
        self._usage: JsonObject | None = None
        self._lengths: list[int | None] = []
        self._sample: tuple[float, ...] = ()
        self._models: list[str] | None = None
        self._failure: Failure | None = None

    def add(self, delta: Delta) -> bool:
        """Add a delta; return False if it adds nothing."""
        match delta:
            case Opened():
                return self._open(delta)
            case Piece():
                return self._add_piece(delta)
            case CallPart():
                return self._add_call(delta)
            case Finish(reason, index):
                self._choice(index).finish_reason = reason
            case Logprobs(values, index):
                _join_lists(self._choice(index).logprobs, values)
            case Usage(counts, merge):
                self._usage = _merged(self._usage or {}, counts) if merge else counts
            case Vectors(lengths, sample):
                self._lengths.extend(lengths)
                self._sample = self._sample or sample
            case ModelNames(names):
                self._models = [*(self._models or ()), *names]
            case Failed(failure):
                self._failure = self._failure or failure
        return True

    def transcript(self, type_name: str) -> Transcript:
        """Return the answer so far; `type_name` is the name of its wire format."""
        embeddings = None
        if self._lengths:
            embeddings = Embeddings(len(self._lengths), self._lengths[0], self._sample)
        return Transcript(
            type=type_name,
            choices=tuple(self._choices[index].build() for index in sorted(self._choices)),
            usage=self._usage,
            embeddings=embeddings,
            models=None if self._models is None else tuple(self._models),
            error=self._failure,
        )

    def _choice(self, index: int) -> _ChoiceBuilder:
        return self._choices.setdefault(index, _ChoiceBuilder(index))

    def _open(self, opened: Opened) -> bool:
        choice = self._choice(opened.choice)
        if choice.role is not None or opened.role is None:
            return False
        choice.role = opened.role
        return True

    def _add_piece(self, piece: Piece) -> bool:
        pieces = self._choice(piece.choice).pieces.setdefault((piece.voice, piece.block), [])
        if piece.text:
            pieces.append(piece.text)
        return bool(piece.text)

    def _add_call(self, part: CallPart) -> bool:
        choice = self._choice(part.choice)
        call = choice.slots.get(part.slot) if part.slot is not None else None
        if part.slot == LATEST and choice.calls:
            call = choice.calls[-1]
        if call is None or (part.id and call.id and part.id != call.id):
            # A part without a slot is a whole call. Another id in a known slot is another call as well:
            # some servers number every call of an answer 0.
            same_id = (
                each for each in choice.calls if part.slot is not None and part.id and each.id == part.id
            )
            call = next(same_id, None) or choice.new_call()
            if part.slot is not None:
                choice.slots[part.slot] = call
        call.id = call.id or part.id
        call.name = _join_name(call.name, part.name)
        if part.arguments:
            call.arguments.append(part.arguments)
        return True


def _names_tokens(logprobs: JsonObject) -> bool:
    return any(isinstance(value, list) and value for value in logprobs.values())


def _join_lists(known: JsonObject, more: JsonObject) -> None:
    """Update `known` in place: lists are extended, a null replaces nothing."""
    for name, value in more.items():
        if isinstance(value, list):
            if not isinstance(known.get(name), list):
                known[name] = []
            known[name].extend(value)
        elif value is not None or name not in known:
            known[name] = value


def _merged(known: JsonObject, counts: JsonObject) -> JsonObject:
    """Return known counts updated by newer ones; a null replaces nothing."""
    return {
        **known,
        **{name: count for name, count in counts.items() if count is not None or name not in known},
    }


def _join_name(known: str | None, part: str | None) -> str | None:
    """Return a call's name: it usually comes once, but some servers repeat it per part, or split it."""
    if not part or part == known:
        return known
    if known is None or part.startswith(known):
        return part
    return known + part
