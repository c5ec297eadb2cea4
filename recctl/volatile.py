"""What changes in a response each time it is recorded without meaning anything: ids, times, fingerprints.

Some of these the recorder evens out itself, the others `normalize --volatile` may. Nested ids, those
of tool calls, are not among them: later requests carry them.
"""

from __future__ import annotations

import json

from recctl.jsonvalue import Json, JsonObject, as_object
from recctl.wire.delta import payload

# At the top of an item's data, or of the object an event wraps.
_IDS_AND_TIMES = frozenset(
    {
        "id",
        "created",
        "created_at",
        "updated",
        "create_time",
        "response_id",
        "interaction_id",
        "total_duration",
        "load_duration",
        "prompt_eval_duration",
        "eval_duration",
        "system_fingerprint",
        "obfuscation",
    }
)
_WRAPPED = ("message", "interaction")
_DATA = "data:"


def without_volatile(response: JsonObject) -> JsonObject:
    """A response without what is volatile in it, for comparing; the recording itself stays as it is."""
    body = response.get("body")
    stable = [_item(item) for item in body] if isinstance(body, list) else _item(body)
    return {**response, "body": stable}


def _item(item: Json) -> Json:
    if isinstance(item, str) and item.startswith(_DATA):
        return _event(item)
    data = payload(item)
    return _data(data) if isinstance(data, dict) else item


def _event(line: str) -> Json:
    try:
        data = json.loads(line[len(_DATA) :])
    except (ValueError, RecursionError):
        return line
    if not isinstance(data, dict):
        return line
    return {key: _data(value) if key in _WRAPPED else value for key, value in _data(data).items()}


def _data(value: Json) -> JsonObject:
    # The id of a listed model is its name.
    dropped = _IDS_AND_TIMES - {"id"} if as_object(value).get("object") == "model" else _IDS_AND_TIMES
    kept = {key: item for key, item in as_object(value).items() if key not in dropped}
    if isinstance(kept.get("choices"), list):
        kept["choices"] = [_choice(choice) for choice in kept["choices"]]
    if sdk := as_object(kept.get("sdk_http_response")):
        headers = {key: item for key, item in as_object(sdk.get("headers")).items() if key.lower() != "date"}
        kept["sdk_http_response"] = {**sdk, "headers": headers}
    return kept


def _choice(choice: Json) -> Json:
    if not isinstance(choice, dict):
        return choice
    return {key: item for key, item in choice.items() if key != "obfuscation"}
