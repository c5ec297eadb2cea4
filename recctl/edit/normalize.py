"""Ids, times and durations in responses evened out, as the recorder does it, byte for byte.

Only the bytes of the values change. A file that needs nothing is recognised by decoding the few
values concerned; only for the others are the places in the bytes worked out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from recctl.catalog.turn_ids import Chains
from recctl.edit.plan import Edit, Patch, digest_of
from recctl.edit.spans import Span, elements, inside_string, members, root
from recctl.recordings.ogx import volatile as rules
from recctl.recordings.ogx.filename import parse_filename
from recctl.recordings.ogx.hash_rules import NEWEST, HashRule
from recctl.recordings.ogx.normalized import differs, is_evened_out
from recctl.recordings.recording import parse, read
from recctl.support.errors import Unreadable
from recctl.support.jsonvalue import Json, as_object, loads


class Due(msgspec.Struct, frozen=True):
    """A value to normalize: its path in the document, what it is and what it will be."""

    path: tuple[str | int, ...]
    old: Json
    new: Json

    @property
    def is_id(self) -> bool:
        """Whether it is an id, which the request of another recording may hold."""
        return isinstance(self.new, str) and self.new.startswith("rec-") and isinstance(self.old, str)


class Normalization(msgspec.Struct, frozen=True):
    """What is due in one file, and which ids stay because another recording's request carries them."""

    path: Path
    due: tuple[Due, ...]
    kept: tuple[Due, ...]
    digest: str
    patches: tuple[Patch, ...]

    def edit(self) -> Edit:
        """Return the change to the file."""
        return Edit(self.path, self.digest, self.patches)


class Normalizer(msgspec.Struct):
    """Works out what is due in files, one at a time; `problems` fills with those that are no recordings.

    `rule` is the one in force: it decides what the recorder normalizes. `notes` fills with what there is to
    say of the index.
    """

    files: tuple[Path, ...]
    volatile: bool = False
    rule: HashRule = NEWEST
    problems: list[Unreadable] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)

    def __iter__(self) -> Iterator[Normalization]:
        chains = Chains(self.files)
        for path in self.files:
            try:
                found = normalization(path, read(path), chains, self.volatile, self.rule)
            except Unreadable as error:
                self.problems.append(error)
                continue
            if found is not None:
                yield found
        self.notes += chains.notes


def normalization(
    path: Path, raw: bytes, chains: Chains, volatile: bool = False, rule: HashRule = NEWEST
) -> Normalization | None:
    """Return what is due in a file, and what stays; None where nothing is. Raises Unreadable."""
    every = due_values(path, raw, volatile, rule)
    if not every:
        return None
    carried = chains.carried({one.old for one in every if one.is_id}, path)
    kept = tuple(one for one in every if one.is_id and one.old in carried)
    due = tuple(one for one in every if not (one.is_id and one.old in carried))
    return Normalization(path, due, kept, digest_of(raw), patches_for(raw, due))


def due_values(path: Path, raw: bytes, volatile: bool = False, rule: HashRule = NEWEST) -> tuple[Due, ...]:
    """Return the values that are not normalized, the one answer of `normalize` and `check`.

    Raises Unreadable where the bytes are no recording, if that had to be found out.
    """
    rec_id = parse_filename(path.name).id
    if not volatile and is_evened_out(raw, rec_id, rule.normalizes_models):
        return ()
    parse(path, raw)  # says what is wrong with a file that is no recording
    body = as_object(as_object(loads(raw)).get("response")).get("body")
    return tuple(_due_in(body, rec_id, volatile, rule.normalizes_models))


def _due_in(body: Json, rec_id: str | None, volatile: bool, of_models: bool) -> Iterator[Due]:
    for prefix, item in _items(body):
        if volatile and isinstance(item, str) and item.startswith(rules.EVENT_DATA):
            value = _event(item)
            replacements = rules.in_event(as_object(value), rec_id)
        else:
            value = item
            replacements = rules.in_item(item, rec_id, volatile=volatile, of_models=of_models)
        for path, new in replacements.items():
            old = _value_at(value, path)
            if differs(old, new):
                yield Due((*prefix, *path), old, new)


def _items(body: Json) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Yield the items of a response body with their paths in the document."""
    if not isinstance(body, list):
        yield ("response", "body"), body
        return
    for index, item in enumerate(body):
        yield ("response", "body", index), item


def _event(line: str) -> Json:
    """Return the JSON in a line of a server-sent event; None where it is none."""
    try:
        return loads(line[len(rules.EVENT_DATA) :])
    except (ValueError, RecursionError):
        return None


def _value_at(value: Json, path: tuple[str | int, ...]) -> Json:
    for part in path:
        value = value[part]
    return value


def patches_for(raw: bytes, due: Sequence[Due]) -> tuple[Patch, ...]:
    """Return the changes to the bytes of a recording that normalize these values of it."""
    if not due:
        return ()
    body = members(raw, members(raw, root(raw))["response"])["body"]
    items = list(elements(raw, body)) if raw[body.start : body.start + 1] == b"[" else None
    patches = []
    for one in due:
        depth = 2 if items is None else 3
        item = body if items is None else items[int(one.path[2])]
        patches.append(_patch(raw, item, one.path[depth:], json.dumps(one.new)))
    return tuple(sorted(patches, key=lambda patch: patch.start))


def _patch(raw: bytes, item: Span, path: tuple[str | int, ...], new: str) -> Patch:
    """Return the change of one value in an item, which may be JSON inside a string of the document."""
    if raw[item.start : item.start + 1] != b'"':
        return Patch(*_span_of(raw, item, path), new.encode())
    offset = len(rules.EVENT_DATA)
    inner = loads(item.of(raw))[offset:].encode("utf-8", "surrogatepass")
    span = _span_of(inner, root(inner), path)
    outer = inside_string(raw, item, Span(span.start + offset, span.end + offset))
    return Patch(*outer, json.dumps(new)[1:-1].encode())  # quotes and backslashes are escaped once more


def _span_of(raw: bytes, span: Span, path: tuple[str | int, ...]) -> Span:
    for part in path:
        span = members(raw, span)[part] if isinstance(part, str) else list(elements(raw, span))[part]
    return span
