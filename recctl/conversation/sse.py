"""Read server-sent events that were recorded as raw lines.

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
        """Return the data as a JSON object; {} if it is none, such as `[DONE]`."""
        try:
            value = loads(self.data)
        except (ValueError, RecursionError):
            return {}
        return value if isinstance(value, dict) else {}


def events(items: Sequence[Json]) -> Iterator[Event]:
    """Yield the events in a list of raw lines; the last may lack the empty line that ends it."""
    name: str | None = None
    data = _DataLines()
    last = 0
    for position, line in _lines(items):
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if data.lines and (not line or field == "event" or (field == "data" and data.are_json())):
            # Some recorders drop the empty lines: then a new name ends the event too, and so does new data
            # after data that is complete JSON.
            yield Event(last, name, data.text)
            name, data = None, _DataLines()
        if field == "event":
            name = value
        elif field == "data":
            data.lines.append(value)
            last = position
    if data.lines:
        yield Event(last, name, data.text)


# A string, perhaps unterminated, or a bracket.
_STRUCTURE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)|[\[\]{}]')


class _DataLines(msgspec.Struct):
    """The data lines of one event so far, and the brackets open in them.

    Each line is scanned once, however many follow, and JSON is parsed only if all brackets are closed.
    `hopeless` means that no further line can make it JSON.
    """

    lines: list[str] = msgspec.field(default_factory=list)
    scanned: int = 0
    depth: int = 0
    blank: bool = True
    hopeless: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def are_json(self) -> bool:
        """Return whether the lines are a JSON value."""
        for line in self.lines[self.scanned :]:
            self._scan(line)
        self.scanned = len(self.lines)
        if self.blank or self.depth or self.hopeless:
            return False
        try:
            loads(self.text)
        except (ValueError, RecursionError):
            self.hopeless = True
        return not self.hopeless

    def _scan(self, line: str) -> None:
        self.blank = self.blank and not line.strip()
        for found in _STRUCTURE.finditer(line):
            if found[0][0] == '"':
                # A JSON string cannot continue on the next line.
                self.hopeless = self.hopeless or not found[1]
            else:
                self.depth += 1 if found[0] in "[{" else -1


def _lines(items: Sequence[Json]) -> Iterator[tuple[int, str]]:
    for position, item in enumerate(items):
        if isinstance(item, str):
            # Usually one item is one line, but a recorder may keep a whole event in one. Only the three
            # line ends of the format count: data may contain U+2028 and the like. A line end at the end
            # of an item is no empty line.
            text = item.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
            for line in text.split("\n"):
                yield position, line


def data_of(items: Sequence[Json]) -> Iterator[tuple[int, JsonObject]]:
    """Yield the data of each item with its position, for objects and for raw event lines alike."""
    for position, item in enumerate(items):
        data = payload(item)
        if isinstance(data, dict):
            yield position, data
    for event in events(items):
        if data := event.json():
            yield event.position, data


def item_by_item(read: Callable[[JsonObject], Iterable[Delta]]) -> Reader:
    """Return a reader for a format whose items are independent, from a function that reads one item."""

    def reader(items: Sequence[Json]) -> Iterator[tuple[int, Delta]]:
        for position, data in data_of(items):
            for delta in read(data):
                yield position, delta

    return reader
