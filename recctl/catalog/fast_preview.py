"""The fast path of previews: answers of chat streams, vectors and model lists, most bytes of a tree.

A typed decoder reads what a preview needs and skips the rest, which takes a tenth of the time. Other
shapes are left to `answer`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from recctl.conversation.assembly import Assembler
from recctl.conversation.delta import LATEST, CallPart
from recctl.conversation.transcript import Choice, Embeddings, ToolCall, Transcript
from recctl.recordings.ogx.outline import ReadBody

_FIRST_BYTES = 200  # they hold the class of the first item


class _Function(msgspec.Struct, gc=False):
    name: str | None = None
    arguments: str | None = None
    input: Any = None


class _Call(msgspec.Struct, gc=False):
    index: int | None = None
    id: str | None = None
    function: _Function | None = None
    custom: Any = None


class _Message(msgspec.Struct, gc=False):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None
    function_call: Any = None


class _Choice(msgspec.Struct, gc=False):
    index: int | None = None
    delta: _Message | None = None
    message: _Message | None = None
    finish_reason: str | None = None
    text: Any = None


class _Chunk(msgspec.Struct, gc=False):
    choices: list[_Choice] | None = None
    error: Any = None
    type: Any = None


class _ChunkItem(msgspec.Struct, gc=False):
    type: str = msgspec.field(name="__type__")
    data: _Chunk = msgspec.field(name="__data__")


class _Vector(msgspec.Struct, gc=False):
    embedding: msgspec.Raw


class _Vectors(msgspec.Struct, gc=False):
    data: list[_Vector] | None = None
    embeddings: list[msgspec.Raw] | None = None
    embedding: Any = None
    error: Any = None
    type: Any = None


class _Model(msgspec.Struct, gc=False):
    """One listed model; `models` and `data` hold lists of others."""

    id: str | None = None
    model: str | None = None
    name: str | None = None
    models: Any = None
    data: Any = None
    error: Any = None
    type: Any = None


class _ModelItem(msgspec.Struct, gc=False):
    type: str = msgspec.field(name="__type__")
    data: _Model = msgspec.field(name="__data__")


class _VectorsItem(msgspec.Struct, gc=False):
    type: str = msgspec.field(name="__type__")
    data: _Vectors = msgspec.field(name="__data__")


_NOTHING = _Message()
_NO_FUNCTION = _Function()

_decode_chunk = msgspec.json.Decoder(_ChunkItem).decode
_decode_chunks = msgspec.json.Decoder(list[_ChunkItem]).decode
_decode_models = msgspec.json.Decoder(list[_ModelItem]).decode
_decode_vectors = msgspec.json.Decoder(_VectorsItem).decode


class _Unusual(Exception):
    """A shape that is left to `answer`."""


class _Open(msgspec.Struct, gc=False):
    text: list[str] = msgspec.field(default_factory=list)
    reasoning: list[str] = msgspec.field(default_factory=list)
    refusal: list[str] = msgspec.field(default_factory=list)
    finish_reason: str | None = None


def read(body: msgspec.Raw) -> ReadBody[Transcript] | None:
    """Return what a preview needs of a response body; None where `answer` has to read it."""
    head = bytes(memoryview(body)[:_FIRST_BYTES])
    try:
        if b"ChatCompletion" in head:
            if not head.startswith(b"["):
                return _chat([_decode_chunk(body)], None)
            items = _decode_chunks(body)
            return _chat(items, len(items))
        if head.startswith(b"["):
            return _models(body) if b'.Model"' in head else None
        return _vectors(body) if b"EmbeddingResponse" in head or b"EmbedResponse" in head else None
    except (msgspec.MsgspecError, RecursionError, _Unusual):
        return None


def _chat(items: list[_ChunkItem], chunks: int | None) -> ReadBody[Transcript]:
    if not (_is_class(items[0].type, "ChatCompletionChunk") or _is_class(items[0].type, "ChatCompletion")):
        raise _Unusual
    opened: dict[int, _Open] = {}
    parts: list[CallPart] = []
    for item in items:
        _raise_for_error(item.data)
        for position, choice in enumerate(item.data.choices or ()):
            index = position if choice.index is None else choice.index
            if index not in opened:
                opened[index] = _Open()
            _read_choice(choice, index, opened[index], parts)
    called = _called(parts) if parts else {}
    choices = tuple(_choice(index, one, called.get(index, ())) for index, one in sorted(opened.items()))
    return ReadBody(Transcript("openai-chat", choices), chunks, items[0].type)


def _choice(index: int, opened: _Open, calls: tuple[ToolCall, ...]) -> Choice:
    return Choice(
        index,
        text="".join(opened.text),
        reasoning="".join(opened.reasoning) or None,
        refusal="".join(opened.refusal) or None,
        tool_calls=calls,
        finish_reason=opened.finish_reason,
    )


def _called(parts: list[CallPart]) -> dict[int, tuple[ToolCall, ...]]:
    assembler = Assembler()
    for part in parts:
        assembler.add(part)
    return {choice.index: choice.tool_calls for choice in assembler.transcript("").choices}


def _read_choice(choice: _Choice, index: int, opened: _Open, parts: list[CallPart]) -> None:
    delta = choice.delta or choice.message or _NOTHING
    if choice.text is not None or delta.function_call:
        raise _Unusual
    if delta.content:
        opened.text.append(delta.content)
    if reasoning := delta.reasoning_content or delta.reasoning:
        opened.reasoning.append(reasoning)
    if delta.refusal:
        opened.refusal.append(delta.refusal)
    if choice.finish_reason:
        opened.finish_reason = choice.finish_reason
    if delta.tool_calls:
        parts += [_part_of(call, index, choice.delta is not None) for call in delta.tool_calls]


def _part_of(call: _Call, index: int, streamed: bool) -> CallPart:
    function = call.function or _NO_FUNCTION
    if call.custom is not None or function.input is not None:
        raise _Unusual
    slot = ((call.id or LATEST) if call.index is None else call.index) if streamed else None
    return CallPart(call.id or None, function.name or None, function.arguments or "", index, slot)


def _vectors(body: msgspec.Raw) -> ReadBody[Transcript]:
    item = _decode_vectors(body)
    if not (_is_class(item.type, "CreateEmbeddingResponse") or _is_class(item.type, "EmbedResponse")):
        raise _Unusual
    _raise_for_error(item.data)
    vectors = [vector.embedding for vector in item.data.data or ()] + (item.data.embeddings or [])
    if item.data.embedding is not None:
        raise _Unusual
    found = Embeddings(len(vectors), _length(bytes(vectors[0]))) if vectors else None
    return ReadBody(Transcript("embeddings", embeddings=found), None, item.type)


def _models(body: msgspec.Raw) -> ReadBody[Transcript]:
    items = _decode_models(body)
    if not _is_class(items[0].type, "Model"):
        raise _Unusual
    names = []
    for item in items:
        model = item.data
        _raise_for_error(model)
        if model.models is not None or model.data is not None:
            raise _Unusual
        names.append(model.id or model.model or model.name)
    listed = Transcript("models", models=tuple(name for name in names if name))
    return ReadBody(listed, len(items), items[0].type)


def _length(vector: bytes) -> int:
    """Return the count of the numbers in an array. Raises _Unusual for an array with anything else."""
    if not vector.startswith(b"[") or any(vector.find(other, 1) >= 0 for other in (b"[", b"{", b'"')):
        raise _Unusual
    return vector.count(b",") + 1 if vector[1:-1].strip() else 0


def _is_class(label: str, name: str) -> bool:
    return label.rpartition(".")[2] == name


def _raise_for_error(data: _Chunk | _Vectors | _Model) -> None:
    if data.error or data.type == "error":
        raise _Unusual
