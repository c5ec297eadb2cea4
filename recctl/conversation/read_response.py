"""Read a response body into a transcript.

No body makes this fail: one in no known format is kept raw, with type `unknown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from recctl.conversation import sse
from recctl.conversation.assembly import Assembler
from recctl.conversation.delta import Delta, Failed
from recctl.conversation.providers.formats import EMPTY, ERROR, FORMATS, UNKNOWN, WireFormat, by_class
from recctl.conversation.transcript import Failure, Transcript
from recctl.support.jsonvalue import Json, JsonObject, as_int, as_items, as_object, as_str


def detect(items: Sequence[Json]) -> WireFormat | None:
    """Return the wire format of a body, None if it is in none."""
    if wire_format := by_class(items):
        return wire_format
    # A ping is no evidence unless there is no other: Anthropic's older API sends it too.
    evidence = (data for _, data in sse.data_of(items) if data.get("type") != "ping")
    return _first(evidence) or _first(data for _, data in sse.data_of(items))


def _first(datas: Iterable[JsonObject]) -> WireFormat | None:
    return next((each for data in datas for each in FORMATS if each.looks_like(data)), None)


def read_items(items: Sequence[Json], wire_format: WireFormat | None) -> Iterator[tuple[int, Delta]]:
    """Yield every delta with the position of its item, including errors, which any format may have."""
    deltas = [] if wire_format is None else list(wire_format.read(items))
    deltas += _errors(items)
    # Errors were read in a second pass: restore the order of the stream.
    yield from sorted(deltas, key=lambda pair: pair[0])


def assemble(body: Json) -> Transcript:
    """Return a response body, streamed or whole, as a transcript.

    A body in no known format has type `unknown` and is kept raw; only an error object has type
    `error`; an empty body has type `empty`. Never raises, whatever the body holds.
    """
    items = as_items(body)
    wire_format = detect(items)
    assembler = Assembler()
    for _, delta in read_items(items, wire_format):
        assembler.add(delta)
    if wire_format is not None:
        return assembler.transcript(wire_format.name)
    if not items:
        return assembler.transcript(EMPTY)
    failed = assembler.transcript(ERROR)
    return failed if failed.error else msgspec.structs.replace(failed, type=UNKNOWN, body=body)


def _errors(items: Sequence[Json]) -> Iterator[tuple[int, Delta]]:
    """Yield `{"error": …}` in place of an answer or chunk, which every provider sends in some form."""
    for position, data in sse.data_of(items):
        if failure := _failure(data):
            yield position, Failed(failure)


def _failure(data: Json) -> Failure | None:
    # A Responses object has `"error": null`; its own reader handles its errors.
    fields = as_object(data)
    if fields.get("type") == "error" and as_str(fields.get("message")):
        return Failure(as_str(fields.get("code")), as_str(fields.get("message")), body=data)
    error = fields.get("error")
    if not error or fields.get("object") == "response":
        return None
    if isinstance(error, str):
        return Failure(None, error, body=data)
    fields = as_object(error)
    label = as_str(fields.get("type")) or as_str(fields.get("code")) or as_str(fields.get("status"))
    return Failure(label, as_str(fields.get("message")), status=as_int(fields.get("code")), body=data)
