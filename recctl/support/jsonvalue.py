"""JSON values of unknown shape, and safe ways to look into them.

Recordings come from many servers and from strangers: any value may have any type. These
helpers return a harmless default instead of raising, so that readers stay short.
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
    """JSON text as a value, by the standard library, which reads all that the recorder writes.

    An integer of more digits than Python converts becomes a float, as other readers have it. Raises
    JSONDecodeError, and RecursionError for what is nested too deeply.
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


# No recording comes near it; what is much larger fits into no memory.
MOST_BYTES = 500_000_000

# No recording comes near it; far below what makes Python give up.
DEEPEST = 200


def is_deep(value: Json) -> bool:
    """Whether a value is nested more deeply than any recording: too deeply to walk through by recursion."""
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

    Readers that skip values give up at a depth of the interpreter's, which differs between Pythons.
    """
    if len(raw.translate(None, _NOT_OPENING)) <= DEEPEST:
        return False
    structure = raw.replace(b"\\\\", b"").replace(b'\\"', b"").translate(_BRACKETS, _NOT_STRUCTURE)
    # Two quotes side by side are a string without brackets, or the end of one and the start of the next:
    # without them what is inside of strings, and what is outside, stays so.
    left = _STRING.sub(b"", structure.replace(b'""', b""))
    for _ in range(DEEPEST):
        if not left:
            return False
        left = left.replace(b"[]", b"")  # the innermost
    return bool(left)


def _containers(values: Iterable[Json]) -> list[Json]:
    return [value for value in values if isinstance(value, dict | list)]


def as_object(value: Json) -> JsonObject:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Json) -> list[Json]:
    """The value when it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def as_items(body: Json) -> list[Json]:
    """A response body as a list of items: chunks, listed models, or the one body there is."""
    if isinstance(body, list):
        return body
    return [] if body is None else [body]


def as_str(value: Json) -> str | None:
    """The value when it is a string with something in it, else None."""
    return value if isinstance(value, str) and value else None


def as_int(value: Json) -> int | None:
    """The value when it is an integer (JSON's true and false are not), else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def compact(value: Json) -> str:
    """JSON on one line, readable: characters outside ASCII stay as they are."""
    return json.dumps(value, ensure_ascii=False)


def pretty(value: Json) -> str:
    """JSON over several lines, indented by two, characters outside ASCII as they are."""
    return json.dumps(value, ensure_ascii=False, indent=2)
