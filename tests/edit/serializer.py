"""JSON serialized in random ways, with the offsets of each value. Independent of recctl."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

Path = tuple[str | int, ...]
Offsets = tuple[int, int]

_BLANKS = ("", "", " ", "  ", "\n", "\r\n", "\n\t", " \r ")
_SHORT = {
    '"': '\\"',
    "\\": "\\\\",
    "/": "\\/",
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\b": "\\b",
    "\f": "\\f",
}
_CONTROL = 0x20
_ASTRAL = 0x10000


class RandomSerializer:
    """Serializes one document; `spans` then has the start and end of each value by its path.

    `wild` is the share of strings whose characters are escaped at random, and of members that come
    twice, the first time with another value.
    """

    def __init__(self, random: Random, wild: float = 0.5) -> None:
        self.spans: dict[Path, Offsets] = {}
        self._random, self._wild = random, wild
        self._out = bytearray()

    def document(self, value: Any) -> bytes:
        """Return the bytes of a document, with whitespace around it."""
        self._blank()
        self._value(value, ())
        self._blank()
        return bytes(self._out)

    def literal(self, text: str) -> tuple[bytes, list[int]]:
        """Return a string in quotes, with the offset of each character and of the end."""
        literal = bytearray(b'"')
        starts = []
        for char in text:
            starts.append(len(literal))
            literal += self._char(char).encode()
        return bytes(literal) + b'"', [*starts, len(literal)]

    def _value(self, value: Any, path: Path) -> None:
        start = len(self._out)
        if isinstance(value, dict):
            self._joined("{", ((key, item) for key, item in value.items()), "}", path)
        elif isinstance(value, list):
            self._joined("[", enumerate(value), "]", path)
        else:
            self._out += self._scalar(value)
        self.spans[path] = (start, len(self._out))

    def _joined(self, first: str, items: Iterator[tuple[Any, Any]], last: str, path: Path) -> None:
        self._out += first.encode()
        self._blank()
        for number, (key, item) in enumerate(items):
            if number:
                self._comma()
            if first == "{":
                self._decoy(key)
                self._key(key)
            self._value(item, (*path, key))
        self._blank()
        self._out += last.encode()

    def _decoy(self, key: str) -> None:
        """The same key once before, with a value that does not count."""
        if self._is_wild(0.1):
            self._key(key)
            self._out += self._random.choice((b"1", b'"rec-"', b'{"id": [1]}', b"[]", b"null"))
            self._comma()

    def _key(self, key: str) -> None:
        self._out += self._scalar(key)
        self._blank()
        self._out += b":"
        self._blank()

    def _comma(self) -> None:
        self._blank()
        self._out += b","
        self._blank()

    def _blank(self) -> None:
        self._out += self._random.choice(_BLANKS).encode()

    def _scalar(self, value: Any) -> bytes:
        if isinstance(value, str) and self._is_wild():
            return self.literal(value)[0]
        if isinstance(value, float) and self._is_wild():
            return self._number(value).encode()
        return json.dumps(value).encode()

    def _number(self, value: float) -> str:
        forms = [form for form in (f"{value:.17e}", f"{value:E}", f"{value:f}0") if _is_json(form, value)]
        return self._random.choice([json.dumps(value), *forms])

    def _char(self, char: str) -> str:
        code = ord(char)
        forms = [_escaped(char)] if self._random.random() < 0.5 else []
        if char in _SHORT:
            forms.append(_SHORT[char])
        elif code >= _CONTROL and not "\ud800" <= char <= "\udfff":
            forms.append(char)
        form = self._random.choice(forms or [_escaped(char)])
        return form if len(form) < 6 or self._random.random() < 0.5 else _upper(form)

    def _is_wild(self, share: float = 1) -> bool:
        return self._random.random() < self._wild * share


def spliced(raw: bytes, changes: Mapping[Offsets, bytes]) -> bytes:
    """Return the bytes with some spans replaced."""
    for (start, end), new in sorted(changes.items(), reverse=True):
        raw = raw[:start] + new + raw[end:]
    return raw


def differing(one: Any, other: Any, path: Path = ()) -> Iterator[Path]:
    """Return the paths at which two documents differ as JSON: 0 and 0.0 do."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from differing(one[key], other[key], (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differing(left, right, (*path, index))
    elif canonical(one) != canonical(other):
        yield path


def canonical(value: Any) -> str:
    """One text for equal values, NaN too."""
    return json.dumps(value, sort_keys=True)


def at(value: Any, path: Path) -> Any:
    """Return what a document has at a path."""
    for part in path:
        value = value[part]
    return value


def _escaped(char: str) -> str:
    code = ord(char)
    if code < _ASTRAL:
        return f"\\u{code:04x}"
    code -= _ASTRAL
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def _upper(form: str) -> str:
    return form.upper().replace("\\U", "\\u")


def _is_json(form: str, value: float) -> bool:
    try:
        return bool(json.loads(form) == value)
    except ValueError:
        return False
