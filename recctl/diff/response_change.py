"""Classify the change between two recorded answers, and list what differs."""

from __future__ import annotations

import json
from typing import Literal, TypeAlias

from recctl.conversation.transcript import Transcript
from recctl.diff.changes import Change, changes
from recctl.diff.comparison import response_changes, response_view
from recctl.recordings.ogx.volatile import without_volatile
from recctl.recordings.recording import Recording
from recctl.support.jsonvalue import Json, JsonObject

ResponseChange: TypeAlias = Literal[
    "same", "volatile", "type", "text", "tool_calls", "finish_reason", "error", "other"
]

# The most severe first.
SEVERITY: tuple[ResponseChange, ...] = (
    "error",
    "tool_calls",
    "finish_reason",
    "text",
    "other",
    "type",
    "volatile",
    "same",
)
INSIGNIFICANT: frozenset[ResponseChange] = frozenset({"same", "volatile", "type"})

_CHOICE_KEYS: tuple[tuple[ResponseChange, tuple[str, ...]], ...] = (
    ("tool_calls", ("tool_calls",)),
    ("finish_reason", ("finish_reason",)),
    ("text", ("text", "reasoning", "refusal")),
)
_MIN_VECTOR = 16  # numbers in a list from which they are compared as one value


def response_change(
    old: Recording, new: Recording, old_answer: Transcript, new_answer: Transcript
) -> ResponseChange:
    """Return the most severe kind of change between two recorded answers, given also assembled."""
    if _text(old.response) == _text(new.response):
        return "same"
    old_stable, new_stable = without_volatile(old.response), without_volatile(new.response)
    if _text(old_stable) == _text(new_stable):
        return "volatile"
    if _text(_without_types(old_stable)) == _text(_without_types(new_stable)):
        return "type"
    return _assembled_change(response_view(old_answer), response_view(new_answer))


def _assembled_change(old: JsonObject, new: JsonObject) -> ResponseChange:
    if _text(old["error"]) != _text(new["error"]):
        return "error"
    for kind, keys in _CHOICE_KEYS:
        pairs = zip(_of_choices(old, keys), _of_choices(new, keys), strict=False)
        if any(one != other for one, other in pairs):
            return kind
    return "other"


def assembled_changes(kind: ResponseChange, old: Transcript, new: Transcript) -> list[Change]:
    """Return what differs between two assembled answers, nothing for an insignificant kind of change."""
    return [] if kind in INSIGNIFICANT else response_changes(old, new)


def recorded_changes(old: Recording, new: Recording) -> list[Change]:
    """Return what differs between two responses as recorded, without volatile values.

    A long vector of numbers counts as one value.
    """
    old_response, new_response = (_join_vectors(without_volatile(each.response)) for each in (old, new))
    return changes({"response": old_response}, {"response": new_response})


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def _without_types(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without_types(item) for key, item in value.items() if key != "__type__"}
    return [_without_types(item) for item in value] if isinstance(value, list) else value


def _join_vectors(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _join_vectors(item) for key, item in value.items()}
    if isinstance(value, list) and len(value) >= _MIN_VECTOR and all(map(_is_number, value)):
        return json.dumps(value, separators=(",", ":"))
    return [_join_vectors(item) for item in value] if isinstance(value, list) else value


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _of_choices(view: JsonObject, keys: tuple[str, ...]) -> list[str]:
    """Return the values of some keys of each choice, as text."""
    return [_text([choice[key] for key in keys]) for choice in view["choices"]]
