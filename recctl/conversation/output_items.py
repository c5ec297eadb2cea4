"""What a stream has said of its output items: its end repeats them, and adds only what is missing.

Responses and Interactions number the items of an answer and the parts of an item, send them in
pieces, and then once or several times whole. Not every server numbers both alike, keeps an item's id
or repeats all items, so numbers, ids, kinds and words decide together what is a repetition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from recctl.conversation.delta import CallPart, Delta, Logprobs, Piece, Voice
from recctl.conversation.sse import data_of
from recctl.support.jsonvalue import Json, JsonObject

# A voice, and which of its areas: a summary of the reasoning and the reasoning itself are two.
Area: TypeAlias = tuple[Voice, int]
Numbered: TypeAlias = dict[int, str]  # texts of parts by their number


class Whole(msgspec.Struct, frozen=True):
    """An output item at its end. `ids` are all it goes by; `logprobs` those of its text, in order."""

    kind: str
    ids: tuple[str, ...] = ()
    texts: dict[Area, Numbered] = msgspec.field(default_factory=dict)
    call: CallPart | None = None
    logprobs: tuple[Json, ...] = ()

    def words(self) -> str:
        """Return everything it says, as `Item.words` does."""
        said = "".join("".join(parts[n] for n in sorted(parts)) for _, parts in sorted(self.texts.items()))
        return said + (self.call.arguments if self.call else "")


class Item(msgspec.Struct):
    """An output item as far as it has come. Its methods yield the deltas that bring something new."""

    order: int  # where its words stand among those of other items
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
        """Take a piece of a part in."""
        self.pieces.setdefault(area, {}).setdefault(number, []).append(text)
        yield Piece(text, area[0], block=(self.order, area[1], number))

    def end(self, text: str, area: Area, number: int = 0) -> Iterator[Delta]:
        """Take a whole part in, which may have come in pieces, under this number or another."""
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
        """Take a piece of the item's tool call in."""
        self.called = True
        self.call_id, self.name = part.id or self.call_id, part.name or self.name
        self.arguments.append(part.arguments)
        yield msgspec.structs.replace(part, slot=self.order)

    def end_call(self, call: CallPart) -> Iterator[Delta]:
        """Take the whole tool call in, or what is known of it already."""
        said = "".join(self.arguments)
        rest = call.arguments[len(said) :] if call.arguments.startswith(said) else ""
        call_id = None if self.call_id else call.id
        name = None if self.name else call.name
        if rest or call_id or name or not self.called:
            yield from self.add_call(CallPart(call_id, name, rest))

    def complete(self, whole: Whole, skipped: Iterable[Voice] = ()) -> Iterator[Delta]:
        """Take the whole item in, apart from the voices `skipped`."""
        for area, parts in sorted(whole.texts.items()):
            if area[0] not in skipped:
                for number, text in list(_missing(self.received(area), parts)):
                    yield from self.add(text, area, number)
        if whole.call is not None:
            yield from self.end_call(whole.call)
        if whole.logprobs and not self.has_logprobs:
            yield from self.add_logprobs(list(whole.logprobs))

    def add_logprobs(self, tokens: list[Json]) -> Iterator[Delta]:
        """Take the log probabilities of a piece in."""
        if tokens:
            self.has_logprobs = True
            yield Logprobs({"content": tokens})

    def received(self, area: Area) -> Numbered:
        """Return the texts of an area by the number of their part."""
        return {number: "".join(texts) for number, texts in self.pieces.get(area, {}).items()}

    def words(self) -> str:
        """Return everything it said, in one string that tells it from others."""
        return Whole(
            "",
            texts={area: self.received(area) for area in self.pieces},
            call=CallPart(arguments="".join(self.arguments)),
        ).words()


def _missing(received: Numbered, parts: Numbered) -> Iterator[tuple[int, str]]:
    """What of whole parts the stream left out, with the number under which it belongs."""
    if all(parts.get(number, "").startswith(text) for number, text in received.items()):
        for number, text in sorted(parts.items()):
            if rest := text[len(received.get(number, "")) :]:
                yield number, rest
        return
    # The numbers of the stream are others than those of its end, or the words are.
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
    """The output items of a stream, by the index that its events give and by their ids."""

    def __init__(self) -> None:
        self._by_order: dict[int, Item] = {}
        self._by_id: dict[str, Item] = {}
        self._current: dict[int, Item] = {}

    def at(self, index: int, kind: str = "", item_id: str | None = None) -> Item:
        """Return the item that an event is about, known by its id where that is known."""
        item = self._by_id.get(item_id or "")
        if item is None or not item.started:
            # An id that no start of an item gave may stand for all of them.
            item = self._current.get(index)
        if item is not None and kind and item.kind not in ("", kind):
            # Words of a message at the index of a search: the index is wrong, the message has started.
            item = self._latest(kind)
        item = item or self._new(index)
        self._current.setdefault(index, item)
        if item_id:
            self._by_id.setdefault(item_id, item)
        item.kind = item.kind or kind
        return item

    def start(self, index: int, kind: str, ids: Sequence[str]) -> Item:
        """Return the item that starts here: a new one where the index is taken."""
        known = self._current.get(index)
        if known is None or known.started:
            self._current[index] = known = self._new(index)
        known.started, known.kind = True, known.kind or kind
        self._name(known, ids)
        return known

    def ending(self, index: int, whole: Whole) -> Item:
        """Return the item that ends here."""
        item = self._known(whole) or self.at(index, whole.kind)
        self._name(item, whole.ids)
        # Without starts of items, what comes next under this index is another one.
        if self._current.get(index) is item and not item.started:
            del self._current[index]
        return item

    def finish(self, wholes: Sequence[Whole]) -> Iterator[Delta]:
        """Take the whole answer in: yield what neither the pieces nor the ends of items said."""
        voices: tuple[Voice, ...] = ("text", "reasoning", "refusal")
        skipped = [voice for voice in voices if self._said(voice) == _said_in(wholes, voice)]
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
        """The item of this kind that goes by one of the ids; some servers give one id to all items."""
        known = (self._by_id[each] for each in whole.ids if each in self._by_id)
        return next((item for item in known if item.kind in ("", whole.kind)), None)

    def _name(self, item: Item, ids: Sequence[str]) -> None:
        for each in ids:
            self._by_id[each] = item

    def _said(self, voice: Voice) -> str:
        items = [self._by_order[order] for order in sorted(self._by_order)]
        return "".join(
            text
            for item in items
            for area in sorted(item.pieces)
            if area[0] == voice
            for _, text in sorted(item.received(area).items())
        )

    def _match(self, wholes: Sequence[Whole]) -> list[Item]:
        """The item that each whole one repeats, by id before all else; a new one where it repeats none."""
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


def _said_in(wholes: Iterable[Whole], voice: Voice) -> str:
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
    """Yield what each event brings, with the position of its item; `read` turns one event into deltas."""
    outputs = Items()
    for position, data in data_of(items):
        for delta in read(data, outputs):
            yield position, delta
