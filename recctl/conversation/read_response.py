"""A response body goes in, a neutral transcript comes out.

Nothing a body may hold makes this fail: what no format fits is handed on raw, as `unknown`.
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
    """The wire format of a body; None when no row fits."""
    if row := by_class(items):
        return row
    # A ping says little: Anthropic sends it in its older streams too.
    telling = (data for _, data in sse.data_of(items) if data.get("type") != "ping")
    return _first(telling) or _first(data for _, data in sse.data_of(items))


def _first(datas: Iterable[JsonObject]) -> WireFormat | None:
    return next((row for data in datas for row in FORMATS if row.looks_like(data)), None)


def read_items(items: Sequence[Json], row: WireFormat | None) -> Iterator[tuple[int, Delta]]:
    """Every delta with the position of its item, errors that may come in any format included."""
    deltas = [] if row is None else list(row.read(items))
    deltas += _errors(items)
    # Events are read apart from their errors: sorting puts both back into the order of the stream.
    yield from sorted(deltas, key=lambda pair: pair[0])


def assemble(body: Json) -> Transcript:
    """A response body, streamed or whole, as a transcript.

    A body that no format fits gives type `unknown` and is kept raw; an error object alone gives
    `error`; nothing at all gives `empty`. Never raises for what a body holds.
    """
    items = as_items(body)
    row = detect(items)
    assembler = Assembler()
    for _, delta in read_items(items, row):
        assembler.add(delta)
    if row is not None:
        return assembler.transcript(row.name)
    if not items:
        return assembler.transcript(EMPTY)
    failed = assembler.transcript(ERROR)
    return failed if failed.error else msgspec.structs.replace(failed, type=UNKNOWN, body=body)


def _errors(items: Sequence[Json]) -> Iterator[tuple[int, Delta]]:
    """`{"error": …}` where an answer or a chunk should be: every provider has it in one form or another."""
    for position, data in sse.data_of(items):
        if failure := _failure(data):
            yield position, Failed(failure)


def _failure(data: Json) -> Failure | None:
    # A Responses object says `"error": null`, and its reader knows its errors.
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
