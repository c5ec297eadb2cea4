"""JSON values of unknown shape, and safe ways to look into them.

Recordings come from many servers and from strangers: any value may have any type. These
helpers return a harmless default instead of raising, so that readers stay short.
"""

from __future__ import annotations

import json
from typing import Any, TypeAlias

# A parsed JSON value. `Any` on purpose: every reader narrows with the helpers below.
Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]


def as_object(value: Json) -> JsonObject:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Json) -> list[Json]:
    """The value when it is an array, else an empty one."""
    return value if isinstance(value, list) else []


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
