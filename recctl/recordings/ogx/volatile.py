"""Volatile values of responses, which mean nothing and differ at each recording: ids, times, fingerprints.

The one list of these values, and of what each is normalized to. The recorder normalizes some when it
records, `normalize --volatile` the others too. Ids of tool calls are not volatile: later requests
contain them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import TypeAlias

from recctl.support.jsonvalue import Json, JsonObject, as_list, as_object, loads

# The path of a value inside one item of the response body, and its normalized value.
Replacement: TypeAlias = tuple[tuple[str | int, ...], Json]

EPOCH = "1970-01-01T00:00:00.000000Z"
_EPOCH_SECONDS = "1970-01-01T00:00:00Z"
_EPOCH_HTTP = "Thu, 01 Jan 1970 00:00:00 GMT"
DURATIONS = ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")
EVENT_DATA = "data:"
# Objects that an event wraps.
_WRAPPED = ("message", "interaction")


def by_recorder(data: JsonObject, rec_id: str | None, of_models: bool) -> Iterator[Replacement]:
    """Yield what the recorder normalizes in the `__data__` of an item.

    Ids only with `rec_id`, which names without a hash do not have. `of_models`: also `created` of
    listed models, as recorders do since 2026-10-09.
    """
    is_model = data.get("object") == "model"
    if "id" in data and rec_id and not is_model:  # the id of a listed model is its name
        yield ("id",), rec_id
    if "created" in data and (of_models or not is_model):
        yield ("created",), 0
    if "created_at" in data:
        yield ("created_at",), EPOCH
    for key in DURATIONS:
        if data.get(key) is not None:
            yield (key,), 0


def in_item(
    item: Json, rec_id: str | None, *, volatile: bool, of_models: bool
) -> dict[tuple[str | int, ...], Json]:
    """Return the normalized values in an item of a response body by path; `of_models` as in `by_recorder`."""
    if not isinstance(item, dict):
        return {}
    typed = "__type__" in item and "__data__" in item
    data = as_object(item["__data__"]) if typed else item
    found = list(by_recorder(data, rec_id, of_models)) if typed else []
    if volatile:
        found += _others(data, rec_id)
    prefix = ("__data__",) * typed
    return {(*prefix, *path): new for path, new in found}


def in_event(data: JsonObject, rec_id: str | None) -> dict[tuple[str | int, ...], Json]:
    """Return what `--volatile` normalizes in the data of a server-sent event, by path."""
    found = list(_others(data, rec_id))
    for key in _WRAPPED:
        found += [((key, *path), new) for path, new in _others(as_object(data.get(key)), rec_id)]
    return dict(found)


def _others(data: JsonObject, rec_id: str | None) -> Iterator[Replacement]:
    """Yield the volatile values that the recorder does not normalize."""
    yield from _padding(data, ())
    for index, choice in enumerate(as_list(data.get("choices"))):
        yield from _padding(as_object(choice), ("choices", index))
    if data.get("system_fingerprint") is not None:
        yield ("system_fingerprint",), None
    if "create_time" in data:
        yield ("create_time",), EPOCH
    for key in as_object(as_object(data.get("sdk_http_response")).get("headers")):
        if key.lower() == "date":
            yield ("sdk_http_response", "headers", key), _EPOCH_HTTP
    if data.get("object") == "model" and "created" in data:
        yield ("created",), 0
    if data.get("object") == "interaction":
        yield from (((key,), _EPOCH_SECONDS) for key in ("created", "updated") if key in data)
    if rec_id:
        yield from (((key,), rec_id) for key in _own_ids(data) if key in data)


def _own_ids(data: JsonObject) -> tuple[str, ...]:
    named = data.get("type") == "message" or data.get("object") == "interaction"
    return ("id", "response_id", "interaction_id") if named else ("response_id", "interaction_id")


def _padding(fields: JsonObject, prefix: tuple[str | int, ...]) -> Iterator[Replacement]:
    # Random padding against traffic analysis.
    if isinstance(fields.get("obfuscation"), str):
        yield (*prefix, "obfuscation"), ""


def without_volatile(response: JsonObject) -> JsonObject:
    """Return a copy of a response with all volatile values normalized, to compare it."""
    body = response.get("body")
    stable = [_stable(item) for item in body] if isinstance(body, list) else _stable(body)
    return {**response, "body": stable}


def _stable(item: Json) -> Json:
    if isinstance(item, str) and item.startswith(EVENT_DATA):
        try:
            data = loads(item[len(EVENT_DATA) :])
        except (ValueError, RecursionError):
            return item
        return _replaced(data, in_event(as_object(data), "rec-"))
    return _replaced(item, in_item(item, "rec-", volatile=True, of_models=True))


def _replaced(value: Json, replacements: dict[tuple[str | int, ...], Json]) -> Json:
    value = copy.deepcopy(value) if replacements else value
    for path, new in replacements.items():
        inner = value
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = new
    return value
