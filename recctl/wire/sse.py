"""Server-sent events, recorded as their raw lines.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from recctl.jsonvalue import Json, JsonObject
from recctl.wire.delta import Delta, Reader


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `position` is that of the item with its last data line."""

    position: int
    name: str | None
    data: str

    def json(self) -> JsonObject:
        """The data as a JSON object; {} when it is none (as `[DONE]` is)."""
        try:
            value = json.loads(self.data)
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
        if data and (not line or field == "event"):
            # A new name ends the event too: some recorders drop the empty lines.
            yield Event(last, name, "\n".join(data))
            name, data = None, []
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
            last = position
    if data:
        yield Event(last, name, "\n".join(data))


def _lines(items: Sequence[Json]) -> Iterator[tuple[int, str]]:
    for position, item in enumerate(items):
        if isinstance(item, str):
            # One item is one line, but a recorder may have kept a whole event in one. Only the
            # three line ends of the format count: data may hold U+2028 and the like.
            for line in item.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
                yield position, line


def event_by_event(read: Callable[[JsonObject], Iterable[Delta]]) -> Reader:
    """A reader for both forms of a format: raw lines of an event stream, or plain objects."""

    def reader(items: Sequence[Json]) -> Iterator[tuple[int, Delta]]:
        for position, item in enumerate(items):
            if isinstance(item, dict):
                for delta in read(item):
                    yield position, delta
        for event in events(items):
            for delta in read(event.json()):
                yield event.position, delta

    return reader
