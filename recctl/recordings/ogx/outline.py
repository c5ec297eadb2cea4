"""The outline of a recording: what its header is made from, without its bodies.

Two readers give the same. A typed decoder reads it from the bytes and skips the rest, which is ten
times as fast as decoding whole documents, since most bytes of a recording are chunks and vectors.
What the decoder does not accept is parsed whole, and the outline taken from the document.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from recctl.support.jsonvalue import Json, JsonObject, as_object, as_str, is_deep_text

# Where wire formats keep the messages of a request: OpenAI, Ollama and Anthropic; Responses and
# Interactions; Gemini.
MESSAGE_KEYS = ("messages", "input", "contents")
_NULL = msgspec.Raw(b"null")

A = TypeVar("A")
S = TypeVar("S", bound=msgspec.Struct)


class Request(msgspec.Struct):
    """The values of a request beside its body, each of any JSON type, None where missing."""

    method: Any = None
    url: Any = None
    endpoint: Any = None
    model: Any = None
    test_id: Any = None
    provider: Any = None
    tool_name: Any = None
    api: Any = None
    file_id: Any = None
    provider_metadata: Any = None


class Response(msgspec.Struct):
    """The values of a response beside its body, each of any JSON type, None where missing."""

    is_streaming: Any = None
    status: Any = None
    is_exception: Any = None
    exception_data: Any = None
    exception_message: Any = None


class Bodies(msgspec.Struct, frozen=True, kw_only=True):
    """What the bodies of a recording say.

    `has_body` and `has_payload`: the request has these and they are not null. `model` is named in
    one of them. `turns` is the length of their first array of messages, if it holds objects.
    `chunks` is the length of the response's body, None unless it is an array. `type_label` is the
    `__type__` of its first item, of any JSON type; `tool_error`: that item has a tool's error.
    """

    has_body: bool
    has_payload: bool
    model: str | None
    turns: int
    chunks: int | None
    type_label: Any
    tool_error: bool


class Outline(msgspec.Struct, frozen=True):
    """The values around the bodies of a recording, and what the bodies say."""

    test_id: Any
    request: Request
    response: Response
    bodies: Bodies


# ---- from bytes


class RawResponse(Response):
    """A response with its body undecoded."""

    body: msgspec.Raw = _NULL


class NotPlain(Exception):
    """The decoder does not accept the bytes; `recording.parse` decides what they are."""


class ReadBody(msgspec.Struct, Generic[A], frozen=True):
    """A response's body that was read already: its answer, its length as an array, its first item's class."""

    answer: A
    chunks: int | None
    type_label: str


class PartialRecording(msgspec.Struct, Generic[A], frozen=True):
    """A recording read as far as a listing with previews needs it.

    `replaces_ids`: a replay replaces ids in the response. `body` is None where it was not read.
    """

    outline: Outline
    response: RawResponse
    replaces_ids: bool
    body: ReadBody[A] | None


class _RawRequest(Request):
    body: msgspec.Raw = _NULL
    payload: msgspec.Raw = _NULL


class _Document(msgspec.Struct):
    request: _RawRequest
    response: RawResponse
    test_id: Any = None
    id_normalization_mapping: msgspec.Raw = _NULL


class _Item(msgspec.Struct):
    type: Any = msgspec.field(name="__type__", default=None)
    data: msgspec.Raw = msgspec.field(name="__data__", default=_NULL)


class _RequestAlone(msgspec.Struct):
    request: msgspec.Raw = _NULL


class _Body(msgspec.Struct):
    model: Any = None
    messages: msgspec.Raw = _NULL
    input: msgspec.Raw = _NULL
    contents: msgspec.Raw = _NULL


class _ToolError(msgspec.Struct):
    error_message: Any = None
    error_code: Any = None


_decode_document = msgspec.json.Decoder(_Document).decode
_decode_request = msgspec.json.Decoder(_RequestAlone).decode
_decode_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_item = msgspec.json.Decoder(_Item).decode
_decode_body = msgspec.json.Decoder(_Body).decode
_decode_tool_error = msgspec.json.Decoder(_ToolError).decode


def read_outline(raw: bytes) -> Outline:
    """Return the outline of the recording in bytes. Raises NotPlain."""
    partial: PartialRecording[None] = read_partially(raw)
    return partial.outline


def read_partially(
    raw: bytes, read_body: Callable[[msgspec.Raw], ReadBody[A] | None] | None = None
) -> PartialRecording[A]:
    """Return what a listing needs of the recording in bytes. Raises NotPlain.

    `read_body` is asked first, so that the items of what it reads need not be counted a second time.
    """
    try:
        if not raw.isascii():
            raw.decode()  # what the decoder skips it does not check for UTF-8
        document = _decode_document(raw)
        if is_deep_text(raw):
            raise NotPlain
        request, response = document.request, document.response
        body = read_body(response.body) if read_body and request.tool_name is None else None
        outline = Outline(document.test_id, request, response, _bodies(request, response, body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise NotPlain from error
    replaces_ids = bytes(document.id_normalization_mapping) not in (b"null", b"{}")
    return PartialRecording(outline, response, replaces_ids, body)


def read_request(raw: bytes) -> bytes:
    """Return the bytes of the request of the recording in bytes. Raises NotPlain."""
    try:
        return bytes(_decode_request(raw).request)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise NotPlain from error


def _bodies(request: _RawRequest, response: RawResponse, read: ReadBody[Any] | None) -> Bodies:
    sent = [_decode_body(raw) for raw in (request.payload, request.body) if _is_object(raw)]
    items = [] if read else _body_items(response.body)
    item = _decode_item(items[0]) if items and _is_object(items[0]) else _Item()
    chunks = len(items) if _is_array(response.body) else None
    return Bodies(
        has_body=bytes(request.body) != b"null",
        has_payload=bytes(request.payload) != b"null",
        model=next(filter(None, (as_str(body.model) for body in sent)), None),
        turns=next(filter(None, map(_turns, sent)), 0),
        chunks=read.chunks if read else chunks,
        type_label=read.type_label if read else item.type,
        tool_error=_has_tool_error(item) if request.tool_name is not None else False,
    )


def _turns(body: _Body) -> int:
    messages = next((raw for key in MESSAGE_KEYS if _is_array(raw := getattr(body, key))), _NULL)
    items = _decode_items(messages) if _is_array(messages) else []
    # Embeddings have an array of texts there.
    return len(items) if items and _is_object(items[0]) else 0


def _body_items(body: msgspec.Raw) -> list[msgspec.Raw]:
    if _is_array(body):
        return _decode_items(body)
    return [] if bytes(body) == b"null" else [body]


def _is_array(raw: msgspec.Raw) -> bool:
    return bytes(memoryview(raw)[:1]) == b"["


def _is_object(raw: msgspec.Raw) -> bool:
    return bytes(memoryview(raw)[:1]) == b"{"


def _has_tool_error(item: _Item) -> bool:
    if not _is_object(item.data):
        return False
    error = _decode_tool_error(item.data)
    return bool(error.error_message or error.error_code)


# ---- from a parsed document


def outline_of(document: JsonObject, request: JsonObject, response: JsonObject) -> Outline:
    """Return the outline of a parsed recording, given with its request and response."""
    bodies = _bodies_of(request, response.get("body"))
    return Outline(document.get("test_id"), _filled(Request, request), _filled(Response, response), bodies)


def _filled(kind: type[S], values: JsonObject) -> S:
    return kind(*map(values.get, kind.__struct_encode_fields__))


def _bodies_of(request: JsonObject, body: Json) -> Bodies:
    sent = [as_object(request.get(key)) for key in ("payload", "body")]
    item = as_object(body[0] if isinstance(body, list) and body else body)
    error = _filled(_ToolError, as_object(item.get("__data__")))
    return Bodies(
        has_body=request.get("body") is not None,
        has_payload=request.get("payload") is not None,
        model=next(filter(None, (as_str(each.get("model")) for each in sent)), None),
        turns=next(filter(None, map(_turns_of, sent)), 0),
        chunks=len(body) if isinstance(body, list) else None,
        type_label=item.get("__type__"),
        tool_error=bool(error.error_message or error.error_code),
    )


def _turns_of(body: JsonObject) -> int:
    lists = (body.get(key) for key in MESSAGE_KEYS)
    messages = next((found for found in lists if isinstance(found, list)), [])
    return len(messages) if messages and isinstance(messages[0], dict) else 0
