"""Normalize ids, times and durations in responses as the recorder does it, byte for byte.

Only the bytes of the values change. A normalized file is recognized by decoding the few values concerned;
only for the others the offsets of the values are computed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from pathlib import Path

import msgspec

from recctl.catalog.turn_ids import TurnIds
from recctl.edit.json_spans import Span, elements, inside_string, members, root
from recctl.edit.plan import Patch, Rewrite, digest_of
from recctl.recordings.ogx import volatile as rules
from recctl.recordings.ogx.filename import parse_filename
from recctl.recordings.ogx.hash_rules import NEWEST, HashRule
from recctl.recordings.ogx.normalized import differs, is_normalized
from recctl.recordings.recording import read, recorded_response
from recctl.recordings.ref import Ref
from recctl.support.errors import Unreadable
from recctl.support.jsonvalue import Json, as_object, loads
from recctl.support.processes import parallel_map

# Files from which several processes pay; with `volatile` each takes thirty times as long.
_WORTH_A_CORE = 1500
_WORTH_A_CORE_VOLATILE = 100


class ValueChange(msgspec.Struct, frozen=True):
    """A value to normalize: its path in the document, the old and the new value."""

    path: tuple[str | int, ...]
    old: Json
    new: Json

    @property
    def is_id(self) -> bool:
        """Return whether it replaces the id of an answer, which requests of later turns may contain."""
        return isinstance(self.new, str) and self.new.startswith("rec-") and isinstance(self.old, str)


class Normalization(msgspec.Struct, frozen=True):
    """The values to normalize in one file, and the ids kept because another recording's request has them.

    `patches` are the changes to the bytes, one for each of `changes`.
    """

    path: Path
    changes: tuple[ValueChange, ...]
    kept: tuple[ValueChange, ...]
    digest: str
    patches: tuple[Patch, ...]

    def rewrite(self) -> Rewrite:
        """Return the edit that makes the changes."""
        return Rewrite(self.path, self.digest, in_order(self.patches))


def changes_in(
    path: Path, raw: bytes, *, volatile: bool = False, rule: HashRule = NEWEST
) -> tuple[ValueChange, ...]:
    """Return the values to normalize in a recording; none where it is normalized.

    This is what decides whether a recording is normalized, for `normalize` and for `check`. The name of the
    file gives the id that belongs to it; `rule` is the hash rule in force. With `volatile` values count that
    the recorder itself leaves alone. Raises Unreadable where the bytes are no recording, if that had to be
    found out.
    """
    rec_id = parse_filename(path.name).id
    if not volatile and is_normalized(raw, rec_id, rule.normalizes_models):
        return ()
    body = recorded_response(path, raw).get("body")
    return tuple(_changes(body, rec_id, volatile, rule.normalizes_models))


def normalization(
    path: Path, raw: bytes, turn_ids: TurnIds, volatile: bool = False, rule: HashRule = NEWEST
) -> Normalization | None:
    """Return what to normalize in a file and what is kept, None if nothing. Raises Unreadable."""
    found = _find(path, raw, volatile, rule)
    return None if found is None else _without_kept(found, turn_ids)


def normalizations(
    files: Sequence[Path],
    turn_ids: TurnIds,
    volatile: bool = False,
    rule: HashRule = NEWEST,
    workers: int | None = None,
) -> Iterator[Normalization | Unreadable]:
    """Yield what to normalize, file by file, and an error for each file that is no recording.

    `workers` is the number of processes that read: by default one for each core, if that pays.
    """

    def find(path: Path) -> Normalization | Unreadable | None:
        try:
            return _find(path, read(path), volatile, rule)
        except Unreadable as error:
            return error

    at_least = _WORTH_A_CORE_VOLATILE if volatile else _WORTH_A_CORE
    for found in parallel_map(find, files, workers, at_least):
        if found is not None:
            yield found if isinstance(found, Unreadable) else _without_kept(found, turn_ids)


def _find(path: Path, raw: bytes, volatile: bool, rule: HashRule) -> Normalization | None:
    """Return what to normalize as if no other recording had any of the ids."""
    changes = changes_in(path, raw, volatile=volatile, rule=rule)
    return Normalization(path, changes, (), digest_of(raw), patches_for(raw, changes)) if changes else None


def _without_kept(found: Normalization, turn_ids: TurnIds) -> Normalization:
    """Return what was found without the ids that another recording's request has: they are kept."""
    ids = {change.old for change in found.changes if change.is_id}
    used = turn_ids.in_other_requests(ids, Ref(found.path))
    is_kept = [change.is_id and change.old in used for change in found.changes]
    is_due = [not one for one in is_kept]
    changes, kept = tuple(compress(found.changes, is_due)), tuple(compress(found.changes, is_kept))
    patches = tuple(compress(found.patches, is_due))
    return Normalization(found.path, changes, kept, found.digest, patches)


def _changes(body: Json, rec_id: str | None, volatile: bool, of_models: bool) -> Iterator[ValueChange]:
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
                yield ValueChange((*prefix, *path), old, new)


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


def patches_for(raw: bytes, changes: Sequence[ValueChange]) -> tuple[Patch, ...]:
    """Return the change to the bytes of a recording for each of these changes of values."""
    if not changes:
        return ()
    body = members(raw, members(raw, root(raw))["response"])["body"]
    items = list(elements(raw, body)) if raw[body.start : body.start + 1] == b"[" else None
    patches = []
    for change in changes:
        depth = 2 if items is None else 3
        item = body if items is None else items[int(change.path[2])]
        patches.append(_patch(raw, item, change.path[depth:], json.dumps(change.new)))
    return tuple(patches)


def in_order(patches: Iterable[Patch]) -> tuple[Patch, ...]:
    """Return patches by their offset, as a rewrite takes them."""
    return tuple(sorted(patches, key=lambda patch: patch.start))


def _patch(raw: bytes, item: Span, path: tuple[str | int, ...], new: str) -> Patch:
    """Return the patch for a value in an item, which may be JSON inside a string of the document."""
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
