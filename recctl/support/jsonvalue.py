"""JSON values of unknown shape, and helpers that read them safely.

Recordings come from many servers, so that any value may have any type. The helpers return a default instead
of raising, which keeps readers short.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, TypeAlias

# A parsed JSON value. `Any` on purpose: every reader narrows with the helpers below.
Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]


def loads(text: str | bytes) -> Json:
    """Decode JSON with the standard library, which reads everything that the recorder writes.

    An integer of more digits than Python converts becomes a float, as in other decoders. Raises
    JSONDecodeError, and RecursionError for text that is nested too deeply.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return json.loads(text, parse_int=_number)


def _number(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:
        return float(digits)


# Far more than any recording has; a file that is much larger does not fit into memory.
MOST_BYTES = 500_000_000

# Far more than any recording has, and far below Python's recursion limit.
DEEPEST = 200


def is_deep(value: Json) -> bool:
    """Return whether a value is nested more deeply than any recording, too deeply for recursion."""
    level = _containers([value])
    for _ in range(DEEPEST):
        if not level:
            return False
        level = _containers(
            inner for outer in level for inner in (outer.values() if isinstance(outer, dict) else outer)
        )
    return bool(level)


_NOT_OPENING = bytes(set(range(256)) - set(b"[{"))
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"'))
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_STRING = re.compile(rb'"[^"]*"')


def is_deep_text(raw: bytes) -> bool:
    """Return whether JSON text is nested more deeply than any recording, without decoding the values.

    Decoders that skip values raise RecursionError at a depth that differs between versions of Python.
    """
    if len(raw.translate(None, _NOT_OPENING)) <= DEEPEST:
        return False
    structure = raw.replace(b"\\\\", b"").replace(b'\\"', b"").translate(_BRACKETS, _NOT_STRUCTURE)
    # Two adjacent quotes are an empty string, or the end of one and the start of the next: removing both
    # does not change which brackets are inside of strings.
    left = _STRING.sub(b"", structure.replace(b'""', b""))
    for _ in range(DEEPEST):
        if not left:
            return False
        left = left.replace(b"[]", b"")  # the innermost
    return bool(left)


def _containers(values: Iterable[Json]) -> list[Json]:
    return [value for value in values if isinstance(value, dict | list)]


def as_object(value: Json) -> JsonObject:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Json) -> list[Json]:
    """Return the value if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def as_items(body: Json) -> list[Json]:
    """Return a response body as a list of items: chunks, listed models, or the only body."""
    if isinstance(body, list):
        return body
    return [] if body is None else [body]


def as_str(value: Json) -> str | None:
    """Return the value if it is a string that is not empty, else None."""
    return value if isinstance(value, str) and value else None


def as_int(value: Json) -> int | None:
    """Return the value if it is an integer (true and false are not), else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def compact(value: Json) -> str:
    """Return JSON on one line, with characters outside ASCII as they are."""
    return json.dumps(value, ensure_ascii=False)


def pretty(value: Json) -> str:
    """Return JSON indented by two, with characters outside ASCII as they are."""
    return json.dumps(value, ensure_ascii=False, indent=2)
