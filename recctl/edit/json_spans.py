"""Find the spans of values in the bytes of a JSON document, so that one can be replaced and the rest kept.

The document must be valid JSON; its formatting does not matter. Only the spans asked for are computed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

_BLANK = re.compile(rb"[ \t\n\r]*")
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
# Numbers, true, false, null, and what Python's json adds: NaN, Infinity.
_SCALAR = re.compile(rb"[^\s,:\]}\"\[{]+")
# The last quote may be missing, and nothing is matched twice: linear time whatever the bytes.
_STRUCTURE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
_ESCAPE = re.compile(rb"\\(?:u[0-9a-fA-F]{4}|.)|[^\\]", re.DOTALL)
_PAIR = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


class Span(NamedTuple):
    """The bytes from `start` up to `end`."""

    start: int
    end: int

    def of(self, raw: bytes) -> bytes:
        """Return the bytes of the span."""
        return raw[self.start : self.end]


def root(raw: bytes) -> Span:
    """Return the span of a whole document's value."""
    return value_at(raw, 0)


def value_at(raw: bytes, position: int) -> Span:
    """Return the span of the value that begins at an offset, after whitespace."""
    start = _past_blanks(raw, position)
    first = raw[start : start + 1]
    if first == b'"':
        return Span(start, _end(_STRING.match(raw, start), start))
    if first in (b"{", b"["):
        return Span(start, _end_of_container(raw, start))
    return Span(start, _end(_SCALAR.match(raw, start), start))


def members(raw: bytes, container: Span) -> dict[str, Span]:
    """Return the spans of an object's values by key; of duplicate keys the last counts, as in `json`."""
    found: dict[str, Span] = {}
    if raw[container.start : container.start + 1] != b"{":
        return found
    position = _past_blanks(raw, container.start + 1)
    while raw[position : position + 1] == b'"':
        key = value_at(raw, position)
        value = value_at(raw, _past_blanks(raw, key.end) + 1)  # past the colon
        found[json.loads(key.of(raw))] = value
        position = _past_blanks(raw, _past_blanks(raw, value.end) + 1)  # past the comma
    return found


def elements(raw: bytes, container: Span) -> Iterator[Span]:
    """Yield the spans of an array's values."""
    if raw[container.start : container.start + 1] != b"[":
        return
    position = _past_blanks(raw, container.start + 1)
    while position < container.end - 1:
        value = value_at(raw, position)
        yield value
        position = _past_blanks(raw, _past_blanks(raw, value.end) + 1)


def inside_string(raw: bytes, string: Span, inner: Span) -> Span:
    """Return the span of a part of a string's text inside its literal.

    `inner` is the span of the part in the text as UTF-8; the literal is longer where it has escapes.
    """
    text_position, start = 0, -1
    position = string.start + 1
    while position < string.end - 1:
        if text_position == inner.start and start < 0:
            start = position
        if text_position == inner.end:
            break
        unit, length = _unit(raw, position)
        position, text_position = position + unit, text_position + length
    return Span(start, position)


def _unit(raw: bytes, position: int) -> tuple[int, int]:
    """Return the length of a character or escape in a literal, and the length of its UTF-8."""
    found = _ESCAPE.match(raw, position)
    literal = raw[position : _end(found, position)]
    if not literal.startswith(b"\\u"):
        return len(literal), 1
    pair = raw[position : position + 12]
    if _PAIR.fullmatch(pair):
        return 12, 4
    return len(literal), len(json.loads(b'"%s"' % literal).encode("utf-8", "surrogatepass"))


def _past_blanks(raw: bytes, position: int) -> int:
    return _end(_BLANK.match(raw, position), position)


def _end(found: re.Match[bytes] | None, position: int) -> int:
    return position if found is None else found.end()


def _end_of_container(raw: bytes, start: int) -> int:
    depth = 0
    for found in _STRUCTURE.finditer(raw, start):
        sign = raw[found.start()]
        if sign in b"[{":
            depth += 1
        elif sign in b"]}":
            depth -= 1
            if not depth:
                return found.end()
    return len(raw)
