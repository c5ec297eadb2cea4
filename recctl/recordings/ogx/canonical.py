"""Canonical JSON as the recorder writes it, and a fast check for it.

The recorder writes `json.dumps(document, indent=2)` and a line break: ASCII, the standard library's
floats, keys in their order. That is slow for thousands of files. A faster library gives the same bytes
for most documents; where it does, the bytes are canonical, no key is a duplicate, and its document is
the one that the standard library would give.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from recctl.support.jsonvalue import Json, loads

# Deeper than any recording may be, at two blanks a level.
_DEEP = b"\n" + b" " * 400
_DELETE = b"\x7f"  # ASCII, but the recorder escapes it
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# Numbers that the fast library writes in another way: 0.00001234 and 5.1e-7. Each pattern begins with
# literal characters, which makes the search fast.
_SMALL = re.compile(rb"0\.0000(?<=[ \[-]0\.0000)\d+(?=,?\n)")
_SMALLER = re.compile(rb"e-(?<=\de-)(\d)(?=,?\n)")
# 1e16, in its releases up to 3.11.5.
_LARGE = re.compile(rb"e(?<=\de)(?=\d+,?\n)")


def canonical_bytes(document: Json) -> bytes:
    """Return the bytes that the recorder writes for a document."""
    return (json.dumps(document, indent=2) + "\n").encode("ascii")


def parse_canonical(raw: bytes) -> Json | None:
    """Return the object or array in bytes if they are canonical by the fast check; None means unknown."""
    from recctl.support.orjson_safely import orjson  # only where many files pay for loading it

    if _DEEP in raw or _DELETE in raw:
        return None
    try:
        document = orjson.loads(raw)
        again = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    except (ValueError, TypeError, RecursionError):
        return None
    if not again.isascii():
        again = _NOT_ASCII.sub(_escaped, again.decode()).encode()
    again = _LARGE.sub(b"e+", _SMALLER.sub(rb"e-0\1", _SMALL.sub(_as_python_writes, again)))
    return document if again == raw and isinstance(document, dict | list) else None


def _escaped(characters: re.Match[str]) -> str:
    return json.dumps(characters[0])[1:-1]


def _as_python_writes(number: re.Match[bytes]) -> bytes:
    return repr(float(number[0])).encode()


def canonicalized(raw: bytes) -> bytes | None:
    """Return the canonical bytes of the same document; None where they would mean something else.

    That is so with duplicate keys, and with numbers that Python does not read: integers of too many
    digits, and decimals so large that they become infinite.
    """
    try:
        document = json.loads(raw, parse_float=_finite)
        again = canonical_bytes(document)
    except (ValueError, RecursionError):
        return None
    return None if again != raw and duplicate_keys(raw) else again


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(digits)
    return number


def is_canonical(raw: bytes) -> bool:
    """Return whether bytes are canonical; also True where no canonical bytes mean the same."""
    return canonicalized(raw) in (raw, None)


def duplicate_keys(raw: bytes) -> tuple[str, ...]:
    """Return the keys that an object has more than once, each at most once."""
    found: dict[str, None] = {}

    def noted(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        object_ = dict(pairs)
        if len(object_) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            found.update(dict.fromkeys(key for key, count in counts.items() if count > 1))
        return object_

    try:
        json.loads(raw, object_pairs_hook=noted)
    except (ValueError, RecursionError):
        # Numbers too long for Python: `loads` reads them, without a look at the keys.
        loads(raw)
    return tuple(found)
