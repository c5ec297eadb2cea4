"""Fast check whether a response is normalized as the recorder does it: few values are decoded."""

from __future__ import annotations

from typing import Any

import msgspec

from recctl.recordings.ogx import volatile as rules
from recctl.support.jsonvalue import Json


class _Data(msgspec.Struct, frozen=True):
    object: Any = None
    id: Any = msgspec.UNSET
    created: Any = msgspec.UNSET
    created_at: Any = msgspec.UNSET
    total_duration: Any = None
    load_duration: Any = None
    prompt_eval_duration: Any = None
    eval_duration: Any = None


class _Item(msgspec.Struct):
    type: Any = msgspec.field(name="__type__", default=None)
    data: _Data | None = msgspec.field(name="__data__", default=None)


class _Response(msgspec.Struct):
    body: list[_Item | str | None] | _Item | None = None


class _Request(msgspec.Struct):
    pass


class _Document(msgspec.Struct):
    request: _Request
    response: _Response


_decode = msgspec.json.Decoder(_Document).decode


def is_normalized(raw: bytes, rec_id: str | None, of_models: bool) -> bool:
    """Return whether a file is normalized as the recorder does it: True is definitive, False means unknown.

    `of_models` as in `volatile.by_recorder`.
    """
    try:
        if not raw.isascii():
            raw.decode()
        body = _decode(raw).response.body
        items = body if isinstance(body, list) else [body]
        # A set: most chunks of a stream agree in these values. 0, 0.0 and false are equal, but not the same.
        found = {(item.data, _types(item.data)) for item in items if isinstance(item, _Item) and item.data}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, TypeError):
        return False
    return not any(_is_due(data, rec_id, of_models) for data, _ in found)


def _types(data: _Data) -> tuple[type, ...]:
    durations = data.total_duration, data.load_duration, data.prompt_eval_duration, data.eval_duration
    return type(data.created), *map(type, durations)


def _is_due(data: _Data, rec_id: str | None, of_models: bool) -> bool:
    values = {
        key: value for key in data.__struct_fields__ if (value := getattr(data, key)) is not msgspec.UNSET
    }
    due = rules.by_recorder(values, rec_id, of_models)
    return any(differs(values[str(path[0])], new) for path, new in due)


def differs(old: Json, new: Json) -> bool:
    """Return whether a value differs from its normalized one; in JSON 0.0 and false are not 0."""
    return type(old) is not type(new) or bool(old != new)
