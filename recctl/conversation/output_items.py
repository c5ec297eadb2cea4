"""Track the output items of a stream, so that what its end repeats counts once.

Responses and Interactions number the items of an answer and the parts of an item, send them in pieces, and
then once or several times as a whole. Not every server numbers both alike, keeps an item's id or repeats all
items, so numbers, ids, kinds and text together decide what is a repetition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from recctl.conversation.delta import CallPart, Delta, Logprobs, Piece, Voice
from recctl.conversation.sse import data_of
from recctl.support.jsonvalue import Json, JsonObject

# A voice and the number of an area: reasoning has two, its summary and its full text.
Area: TypeAlias = tuple[Voice, int]
Numbered: TypeAlias = dict[int, str]  # texts of parts, by number


class Whole(msgspec.Struct, frozen=True):
    """A complete output item. `ids` are all its ids; `logprobs` those of its text, in order."""

    kind: str
    ids: tuple[str, ...] = ()
    texts: dict[Area, Numbered] = msgspec.field(default_factory=dict)
    call: CallPart | None = None
    logprobs: tuple[Json, ...] = ()

    def words(self) -> str:
        """Return all its text, as `Item.words` does."""
        said = "".join("".join(parts[n] for n in sorted(parts)) for _, parts in sorted(self.texts.items()))
        return said + (self.call.arguments if self.call else "")


class Item(msgspec.Struct):
    """An output item so far. Its methods yield deltas for what is new."""

    order: int  # its position among the items of the answer
    kind: str = ""
    started: bool = False
    pieces: dict[Area, dict[int, list[str]]] = msgspec.field(default_factory=dict)
    ended: set[tuple[Area, int]] = msgspec.field(default_factory=set)
    called: bool = False
    call_id: str | None = None
    name: str | None = None
    arguments: list[str] = msgspec.field(default_factory=list)
    has_logprobs: bool = False

    def add(self, text: str, area: Area, number: int = 0) -> Iterator[Delta]:
        """Add a piece of a part."""
        self.pieces.setdefault(area, {}).setdefault(number, []).append(text)
        yield Piece(text, area[0], block=(self.order, area[1], number))

    def end(self, text: str, area: Area, number: int = 0) -> Iterator[Delta]:
        """Add a complete part, of which pieces may have come under this number or another."""
        received = self.received(area)
        if number not in received:
            others = (
                n for n, said in received.items() if (area, n) not in self.ended and text.startswith(said)
            )
            number = next(others, number)
        self.ended.add((area, number))
        said = received.get(number, "")
        if text.startswith(said) and text != said:
            yield from self.add(text[len(said) :], area, number)

    def add_call(self, part: CallPart) -> Iterator[Delta]:
        """Add a piece of the item's tool call."""
        self.called = True
        self.call_id, self.name = part.id or self.call_id, part.name or self.name
        self.arguments.append(part.arguments)
        yield msgspec.structs.replace(part, slot=self.order)

    def end_call(self, call: CallPart) -> Iterator[Delta]:
        """Add the complete tool call, of which pieces may have come."""
        said = "".join(self.arguments)
        rest = call.arguments[len(said) :] if call.arguments.startswith(said) else ""
        call_id = None if self.call_id else call.id
        name = None if self.name else call.name
        if rest or call_id or name or not self.called:
            yield from self.add_call(CallPart(call_id, name, rest))

    def complete(self, whole: Whole, skipped: Iterable[Voice] = ()) -> Iterator[Delta]:
        """Add the complete item, except the voices in `skipped`."""
        for area, parts in sorted(whole.texts.items()):
            if area[0] not in skipped:
                for number, text in list(_missing(self.received(area), parts)):
                    yield from self.add(text, area, number)
        if whole.call is not None:
            yield from self.end_call(whole.call)
        if whole.logprobs and not self.has_logprobs:
            yield from self.add_logprobs(list(whole.logprobs))

    def add_logprobs(self, tokens: list[Json]) -> Iterator[Delta]:
        """Add the log probabilities of a piece."""
        if tokens:
            self.has_logprobs = True
            yield Logprobs({"content": tokens})

    def received(self, area: Area) -> Numbered:
        """Return the texts of an area by part number."""
        return {number: "".join(texts) for number, texts in self.pieces.get(area, {}).items()}

    def words(self) -> str:
        """Return all its text in one string, to compare items by."""
        return Whole(
            "",
            texts={area: self.received(area) for area in self.pieces},
            call=CallPart(arguments="".join(self.arguments)),
        ).words()


def _missing(received: Numbered, parts: Numbered) -> Iterator[tuple[int, str]]:
    """Yield what complete parts have and the stream lacked, with the part number it belongs to."""
    if all(parts.get(number, "").startswith(text) for number, text in received.items()):
        for number, text in sorted(parts.items()):
            if rest := text[len(received.get(number, "")) :]:
                yield number, rest
        return
    # The numbers, or the texts, of the stream and of its end differ.
    said = "".join(received[number] for number in sorted(received))
    everything = "".join(parts[number] for number in sorted(parts))
    if everything.startswith(said):
        if rest := everything[len(said) :]:
            yield max(received), rest
        return
    for number, text in sorted(parts.items()):
        if number not in received and text not in said and said not in text:
            yield number, text


class Items:
    """The output items of a stream, by the index in its events and by id."""

    def __init__(self) -> None:
        self._by_order: dict[int, Item] = {}
        self._by_id: dict[str, Item] = {}
        self._current: dict[int, Item] = {}

    def at(self, index: int, kind: str = "", item_id: str | None = None) -> Item:
        """Return the item that an event is about: by id if that is known, else by index."""
        item = self._by_id.get(item_id or "")
        if item is None or not item.started:
            # No item started with this id: some servers use one such id for all items.
            item = self._current.get(index)
        if item is not None and kind and item.kind not in ("", kind):
            # Text of a message at the index of a search, say: the index is wrong, the message has started.
            item = self._latest(kind)
        item = item or self._new(index)
        self._current.setdefault(index, item)
        if item_id:
            self._by_id.setdefault(item_id, item)
        item.kind = item.kind or kind
        return item

    def start(self, index: int, kind: str, ids: Sequence[str]) -> Item:
        """Return the item that starts at an index: a new one if the index is in use."""
        known = self._current.get(index)
        if known is None or known.started:
            self._current[index] = known = self._new(index)
        known.started, known.kind = True, known.kind or kind
        self._name(known, ids)
        return known

    def ending(self, index: int, whole: Whole) -> Item:
        """Return the item that ends with this event."""
        item = self._known(whole) or self.at(index, whole.kind)
        self._name(item, whole.ids)
        # If items have no start events, what comes next at this index is another item.
        if self._current.get(index) is item and not item.started:
            del self._current[index]
        return item

    def finish(self, wholes: Sequence[Whole]) -> Iterator[Delta]:
        """Add the complete answer: yield what neither pieces nor ends of items had."""
        voices: tuple[Voice, ...] = ("text", "reasoning", "refusal")
        skipped = [voice for voice in voices if self._text(voice) == _text_of(wholes, voice)]
        for whole, item in zip(wholes, self._match(wholes), strict=True):
            yield from item.complete(whole, skipped)

    def _new(self, index: int) -> Item:
        order = index if index not in self._by_order else max(self._by_order) + 1
        item = self._by_order[order] = Item(order)
        return item

    def _latest(self, kind: str) -> Item | None:
        return next(
            (item for _, item in sorted(self._by_order.items(), reverse=True) if item.kind == kind), None
        )

    def _known(self, whole: Whole) -> Item | None:
        """Return the item of this kind with one of the ids; some servers give one id to all items."""
        known = (self._by_id[each] for each in whole.ids if each in self._by_id)
        return next((item for item in known if item.kind in ("", whole.kind)), None)

    def _name(self, item: Item, ids: Sequence[str]) -> None:
        for each in ids:
            self._by_id[each] = item

    def _text(self, voice: Voice) -> str:
        items = [self._by_order[order] for order in sorted(self._by_order)]
        return "".join(
            text
            for item in items
            for area in sorted(item.pieces)
            if area[0] == voice
            for _, text in sorted(item.received(area).items())
        )

    def _match(self, wholes: Sequence[Whole]) -> list[Item]:
        """Return the item that each complete one repeats, by id first; a new one if it repeats none."""
        found: dict[int, Item] = {}
        free = dict(sorted(self._by_order.items()))
        for position, whole in enumerate(wholes):
            item = self._known(whole)
            if item is not None and item.order in free:
                found[position] = free.pop(item.order)
        for position, whole in enumerate(wholes):
            if position not in found:
                alike = [item for item in free.values() if item.kind == whole.kind]
                words = whole.words()
                same = (item for item in alike if words and item.words() == words)
                item = next(same, None) or next(iter(alike), None) or self._new(position)
                free.pop(item.order, None)
                found[position] = item
        return [found[position] for position in range(len(wholes))]


def _text_of(wholes: Iterable[Whole], voice: Voice) -> str:
    return "".join(
        text
        for whole in wholes
        for area, parts in sorted(whole.texts.items())
        if area[0] == voice
        for _, text in sorted(parts.items())
    )


def deltas_of(
    items: Sequence[Json], read: Callable[[JsonObject, Items], Iterator[Delta]]
) -> Iterator[tuple[int, Delta]]:
    """Yield the deltas of each event with the position of its item; `read` turns one event into deltas."""
    outputs = Items()
    for position, data in data_of(items):
        for delta in read(data, outputs):
            yield position, delta
