"""Server-sent events, recorded as their raw lines.

https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from recctl.conversation.delta import Delta, Reader, payload
from recctl.support.jsonvalue import Json, JsonObject, loads


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
    data = _DataLines()
    last = 0
    for position, line in _lines(items):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if data.lines and (not line or field == "event" or (field == "data" and data.are_json())):
            # Some recorders drop the empty lines: then a new name ends the event too, or new data
            # after data that is whole by itself.
            yield Event(last, name, data.text)
            name, data = None, _DataLines()
        if field == "event":
            name = value
        elif field == "data":
            data.lines.append(value)
            last = position
    if data.lines:
        yield Event(last, name, data.text)


# A string, whose end may be missing, or a bracket.
_STRUCTURE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)|[\[\]{}]')


class _DataLines(msgspec.Struct):
    """The data lines of one event so far, and how far they were counted through.

    Each line is counted through once, however many follow: JSON is tried only where all brackets are closed.
    `hopeless` is what no further line can make JSON.
    """

    lines: list[str] = msgspec.field(default_factory=list)
    counted: int = 0
    depth: int = 0
    blank: bool = True
    hopeless: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def are_json(self) -> bool:
        """Whether the lines are a JSON value."""
        for line in self.lines[self.counted :]:
            self._count(line)
        self.counted = len(self.lines)
        if self.blank or self.depth or self.hopeless:
            return False
        try:
            loads(self.text)
        except (ValueError, RecursionError):
            self.hopeless = True
        return not self.hopeless

    def _count(self, line: str) -> None:
        self.blank = self.blank and not line.strip()
        for found in _STRUCTURE.finditer(line):
            if found[0][0] == '"':
                self.hopeless = self.hopeless or not found[1]  # no string goes on in the next line
            else:
                self.depth += 1 if found[0] in "[{" else -1


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
