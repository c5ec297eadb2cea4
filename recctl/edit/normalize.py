"""Normalize ids, times and durations in responses as the recorder does it, byte for byte.

Only the bytes of the values change. A normalized file is recognized by decoding the few values concerned;
only for the others the offsets of the values are computed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from recctl.catalog.turn_ids import TurnIds
from recctl.edit.json_spans import Span, elements, inside_string, members, root
from recctl.edit.plan import Patch, Rewrite, digest_of
from recctl.recordings.ogx import volatile as rules
from recctl.recordings.ogx.filename import parse_filename
from recctl.recordings.ogx.hash_rules import NEWEST, HashRule
from recctl.recordings.ogx.normalized import differs, is_normalized
from recctl.recordings.recording import parse, read
from recctl.recordings.ref import Ref
from recctl.support.errors import Unreadable
from recctl.support.jsonvalue import Json, as_object, loads
from recctl.support.processes import parallel_map

# Files from which several processes pay; with `volatile` each takes thirty times as long.
_WORTH_A_CORE = 1500
_WORTH_A_CORE_VOLATILE = 100


class ValueChange(msgspec.Struct, frozen=True):
    """A value to normalize: its path in the document, its bytes, the old and the new value.

    `replacement` are the bytes that the new value has in the file.
    """

    path: tuple[str | int, ...]
    span: Span
    old: Json
    new: Json
    replacement: bytes

    @property
    def is_id(self) -> bool:
        """Whether it replaces the id of an answer, which the requests of later turns may hold."""
        return isinstance(self.new, str) and self.new.startswith("rec-") and isinstance(self.old, str)


class Normalization(msgspec.Struct, frozen=True):
    """The values to normalize in one file, and the ids kept because another recording's request has them."""

    path: Path
    changes: tuple[ValueChange, ...]
    kept: tuple[ValueChange, ...]
    digest: str

    def rewrite(self) -> Rewrite:
        """Return the edit that makes the changes."""
        return _rewrite(self.path, self.digest, self.changes)


def changes_in(
    raw: bytes, rec_id: str | None, *, volatile: bool = False, rule: HashRule = NEWEST
) -> tuple[ValueChange, ...]:
    """Return the values to normalize in the bytes of a recording; none where it is normalized.

    This is what decides whether a recording is normalized. `rec_id` is the id that belongs to its file name,
    `rule` the hash rule in force. With `volatile` values count that the recorder itself leaves alone. The
    bytes must be those of a recording, as `parse` finds out.
    """
    if not volatile and is_normalized(raw, rec_id, rule.normalizes_models):
        return ()
    return tuple(_changes(raw, rec_id, volatile, rule.normalizes_models))


def rewrite_of(path: Path, raw: bytes, changes: Iterable[ValueChange]) -> Rewrite | None:
    """Return the edit that makes some of the changes found in a file; None without any."""
    chosen = tuple(changes)
    return _rewrite(path, digest_of(raw), chosen) if chosen else None


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
    rec_id = parse_filename(path.name).id
    if not volatile and is_normalized(raw, rec_id, rule.normalizes_models):
        return None
    parse(path, raw)  # reports what is wrong with a file that is no recording
    changes = tuple(_changes(raw, rec_id, volatile, rule.normalizes_models))
    return Normalization(path, changes, (), digest_of(raw)) if changes else None


def _without_kept(found: Normalization, turn_ids: TurnIds) -> Normalization:
    """Return what was found without the ids that another recording's request has: they are kept."""
    ids = {change.old for change in found.changes if change.is_id}
    used = turn_ids.in_other_requests(ids, Ref(found.path))
    kept = tuple(change for change in found.changes if change.is_id and change.old in used)
    rest = tuple(change for change in found.changes if not (change.is_id and change.old in used))
    return Normalization(found.path, rest, kept, found.digest)


def _rewrite(path: Path, digest: str, changes: Iterable[ValueChange]) -> Rewrite:
    ordered = sorted(changes, key=lambda change: change.span)
    return Rewrite(path, digest, tuple(Patch(*change.span, change.replacement) for change in ordered))


def _changes(raw: bytes, rec_id: str | None, volatile: bool, of_models: bool) -> Iterator[ValueChange]:
    body = members(raw, members(raw, root(raw))["response"]).get("body")
    if body is None:
        return
    listed = raw[body.start : body.start + 1] == b"["
    for index, span in enumerate(elements(raw, body) if listed else [body]):
        prefix = ("response", "body", index) if listed else ("response", "body")
        value = loads(span.of(raw))
        if isinstance(value, str) and volatile and value.startswith(rules.EVENT_DATA):
            found = _in_event(raw, span, value, rec_id)
        else:
            replacements = rules.in_item(value, rec_id, volatile=volatile, of_models=of_models)
            found = _in_value(raw, span, value, replacements)
        yield from (msgspec.structs.replace(change, path=(*prefix, *change.path)) for change in found)


def _in_value(
    raw: bytes, span: Span, value: Json, replacements: dict[tuple[str | int, ...], Json]
) -> Iterator[ValueChange]:
    for path, new in replacements.items():
        old = value
        for part in path:
            old = old[part]
        if differs(old, new):
            yield ValueChange(path, _span_of(raw, span, path), old, new, json.dumps(new).encode())


def _span_of(raw: bytes, span: Span, path: tuple[str | int, ...]) -> Span:
    for part in path:
        span = members(raw, span)[part] if isinstance(part, str) else list(elements(raw, span))[part]
    return span


def _in_event(raw: bytes, span: Span, line: str, rec_id: str | None) -> Iterator[ValueChange]:
    """Yield the changes in JSON that is itself inside a string of the document."""
    text = line[len(rules.EVENT_DATA) :]
    try:
        data = loads(text)
    except (ValueError, RecursionError):
        return
    inner = text.encode("utf-8", "surrogatepass")
    offset = len(rules.EVENT_DATA)
    for change in _in_value(inner, root(inner), data, rules.in_event(as_object(data), rec_id)):
        outer = inside_string(raw, span, Span(change.span.start + offset, change.span.end + offset))
        # Quotes and backslashes are escaped once more.
        escaped = json.dumps(change.replacement.decode())[1:-1].encode()
        yield msgspec.structs.replace(change, span=outer, replacement=escaped)
