"""Ids, times and durations in responses evened out, as the recorder does it, byte for byte.

Only the bytes of the values change. A file that needs nothing is recognised by decoding the few
values concerned; only for the others are the places in the bytes worked out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from recctl.catalog.turn_ids import TurnIds
from recctl.edit.plan import Edit, Patch, digest_of
from recctl.edit.spans import Span, elements, inside_string, members, root
from recctl.recordings.ogx import volatile as rules
from recctl.recordings.ogx.filename import parse_filename
from recctl.recordings.ogx.hash_rules import NEWEST, HashRule
from recctl.recordings.ogx.normalized import differs, is_evened_out
from recctl.recordings.recording import parse, read
from recctl.recordings.ref import Ref
from recctl.support.errors import Unreadable
from recctl.support.jsonvalue import Json, as_object, loads


class Due(msgspec.Struct, frozen=True):
    """A value to even out: its path in the document, its bytes, what it is and what it will be."""

    path: tuple[str | int, ...]
    span: Span
    old: Json
    new: Json
    spelled: bytes


class Normalization(msgspec.Struct, frozen=True):
    """What is due in one file, and which ids stay because another recording's request carries them."""

    path: Path
    due: tuple[Due, ...]
    kept: tuple[Due, ...]
    digest: str

    def edit(self) -> Edit:
        """The change to the file."""
        ordered = sorted(self.due, key=lambda due: due.span)
        return Edit(self.path, self.digest, tuple(Patch(*due.span, due.spelled) for due in ordered))


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
        turn_ids = TurnIds(self.files, self.notes.append)
        for path in self.files:
            try:
                found = normalization(path, read(path), turn_ids, self.volatile, self.rule)
            except Unreadable as error:
                self.problems.append(error)
                continue
            if found is not None:
                yield found


def normalization(
    path: Path, raw: bytes, turn_ids: TurnIds, volatile: bool = False, rule: HashRule = NEWEST
) -> Normalization | None:
    """What is due in a file, and what stays; None where nothing is. Raises Unreadable."""
    rec_id = parse_filename(path.name).id
    if not volatile and is_evened_out(raw, rec_id, rule.normalizes_models):
        return None
    parse(path, raw)  # says what is wrong with a file that is no recording
    due = list(_due_in(raw, rec_id, volatile, rule.normalizes_models))
    if not due:
        return None
    carried = turn_ids.in_other_requests({one.old for one in due if _is_id(one)}, Ref(path))
    kept = tuple(one for one in due if _is_id(one) and one.old in carried)
    rest = tuple(one for one in due if not (_is_id(one) and one.old in carried))
    return Normalization(path, rest, kept, digest_of(raw))


def _due_in(raw: bytes, rec_id: str | None, volatile: bool, of_models: bool) -> Iterator[Due]:
    body = members(raw, members(raw, root(raw))["response"]).get("body")
    if body is None:
        return
    listed = raw[body.start : body.start + 1] == b"["
    for index, span in enumerate(elements(raw, body) if listed else [body]):
        where = ("response", "body", index) if listed else ("response", "body")
        value = loads(span.of(raw))
        if isinstance(value, str) and volatile and value.startswith(rules.EVENT_DATA):
            found = _in_event(raw, span, value, rec_id)
        else:
            replacements = rules.in_item(value, rec_id, volatile=volatile, of_models=of_models)
            found = _in_value(raw, span, value, replacements)
        yield from (msgspec.structs.replace(due, path=(*where, *due.path)) for due in found)


def _in_value(
    raw: bytes, span: Span, value: Json, replacements: dict[tuple[str | int, ...], Json]
) -> Iterator[Due]:
    for path, new in replacements.items():
        old = value
        for part in path:
            old = old[part]
        if differs(old, new):
            yield Due(path, _span_of(raw, span, path), old, new, json.dumps(new).encode())


def _span_of(raw: bytes, span: Span, path: tuple[str | int, ...]) -> Span:
    for part in path:
        span = members(raw, span)[part] if isinstance(part, str) else list(elements(raw, span))[part]
    return span


def _in_event(raw: bytes, span: Span, line: str, rec_id: str | None) -> Iterator[Due]:
    """Values in JSON that is itself inside a string of the document."""
    text = line[len(rules.EVENT_DATA) :]
    try:
        data = loads(text)
    except (ValueError, RecursionError):
        return
    inner = text.encode("utf-8", "surrogatepass")
    offset = len(rules.EVENT_DATA)
    for due in _in_value(inner, root(inner), data, rules.in_event(as_object(data), rec_id)):
        place = inside_string(raw, span, Span(due.span.start + offset, due.span.end + offset))
        # Quotes and backslashes are escaped once more.
        yield msgspec.structs.replace(
            due, span=place, spelled=json.dumps(due.spelled.decode())[1:-1].encode()
        )


def _is_id(due: Due) -> bool:
    return isinstance(due.new, str) and due.new.startswith("rec-") and isinstance(due.old, str)
