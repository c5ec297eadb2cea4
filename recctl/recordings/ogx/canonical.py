"""How the recorder spells a document, and a quick proof that bytes are spelled so.

The recorder writes `json.dumps(document, indent=2)` and a line break: ASCII, the standard library's
floats, key order kept. That is slow to compute for thousands of files. A faster library gives the
same bytes for most documents; where it does, the bytes are canonical, no key stands twice, and its
document is the one that the standard library would give.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from recctl.support.jsonvalue import Json, loads

# Deeper than any recording may be: two blanks a level.
_DEEP = b"\n" + b" " * 400
_DELETE = b"\x7f"  # ASCII, and escaped all the same
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
# Numbers that the fast library spells in another way: 0.00001234 and 5.1e-7. Each pattern begins with
# plain characters, which makes looking for it fast.
_SMALL = re.compile(rb"0\.0000(?<=[ \[-]0\.0000)\d+(?=,?\n)")
_SMALLER = re.compile(rb"e-(?<=\de-)(\d)(?=,?\n)")
# 1e16, as it is up to 3.11.5.
_LARGE = re.compile(rb"e(?<=\de)(?=\d+,?\n)")


def canonical_bytes(document: Json) -> bytes:
    """The bytes that the recorder writes for a document."""
    return (json.dumps(document, indent=2) + "\n").encode("ascii")


def parse_canonical(raw: bytes) -> Json | None:
    """The object or array in bytes that are canonical, if that can be shown quickly; None says nothing."""
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
    again = _LARGE.sub(b"e+", _SMALLER.sub(rb"e-0\1", _SMALL.sub(_respelled, again)))
    return document if again == raw and isinstance(document, dict | list) else None


def _escaped(characters: re.Match[str]) -> str:
    return json.dumps(characters[0])[1:-1]


def _respelled(number: re.Match[bytes]) -> bytes:
    return repr(float(number[0])).encode()


def canonicalized(raw: bytes) -> bytes | None:
    """The bytes spelled as the recorder spells them; None where that would change what they say.

    So it is where a key stands twice, and for numbers that Python cannot hold: integers of too many
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
    """Whether bytes are spelled as the recorder spells them; also True where they cannot be spelled anew."""
    return canonicalized(raw) in (raw, None)


def duplicate_keys(raw: bytes) -> tuple[str, ...]:
    """The keys that stand more than once in one object, each told once."""
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
        # Numbers too long for Python: read in another way, without the question.
        loads(raw)
    return tuple(found)
