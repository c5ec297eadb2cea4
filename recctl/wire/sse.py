"""Server-sent events, recorded as their raw lines.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from recctl.jsonvalue import Json, JsonObject, loads
from recctl.wire.delta import Delta, Reader, payload


class Event(msgspec.Struct, frozen=True):
    """One event; `position` is that of the item with its last data line."""

    position: int
    name: str | None
    data: str

    def json(self) -> JsonObject:
        """The data as a JSON object; {} when it is none (as `[DONE]` is)."""
        try:
            value = loads(self.data)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}


def events(items: Sequence[Json]) -> Iterator[Event]:
    """The events in a list of raw lines; the last may lack the empty line that ends it."""
    name: str | None = None
    data: list[str] = []
    last = 0
    for position, line in _lines(items):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if data and (not line or field == "event" or (field == "data" and _is_whole(data))):
            # Some recorders drop the empty lines: then a new name ends the event too, or new data
            # after data that is whole by itself.
            yield Event(last, name, "\n".join(data))
            name, data = None, []
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
            last = position
    if data:
        yield Event(last, name, "\n".join(data))


def _is_whole(data: Sequence[str]) -> bool:
    try:
        loads("\n".join(data))
    except (ValueError, RecursionError):
        return False
    return True


def _lines(items: Sequence[Json]) -> Iterator[tuple[int, str]]:
    for position, item in enumerate(items):
        if isinstance(item, str):
            # One item is one line, but a recorder may have kept a whole event in one. Only the
            # three line ends of the format count: data may hold U+2028 and the like.
            # An item's own line end is no empty line.
            text = item.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
            for line in text.split("\n"):
                yield position, line


def data_of(items: Sequence[Json]) -> Iterator[tuple[int, JsonObject]]:
    """The data of each item that has some, with its position: of objects and of raw event lines alike."""
    for position, item in enumerate(items):
        data = payload(item)
        if isinstance(data, dict):
            yield position, data
    for event in events(items):
        if data := event.json():
            yield event.position, data


def item_by_item(read: Callable[[JsonObject], Iterable[Delta]]) -> Reader:
    """A reader for formats whose items stand alone, from a function that reads the data of one item."""

    def reader(items: Sequence[Json]) -> Iterator[tuple[int, Delta]]:
        for position, data in data_of(items):
            for delta in read(data):
                yield position, delta

    return reader
