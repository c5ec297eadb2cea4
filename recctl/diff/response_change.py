"""Two recorded answers compared: what kind of change it is, and where."""

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

# The most severe first: an answer that became an error, down to none that matters.
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
QUIET: frozenset[ResponseChange] = frozenset({"same", "volatile", "type"})

_CHOICE_KEYS: tuple[tuple[ResponseChange, tuple[str, ...]], ...] = (
    ("tool_calls", ("tool_calls",)),
    ("finish_reason", ("finish_reason",)),
    ("text", ("text", "reasoning", "refusal")),
)
_VECTOR = 16  # numbers in a row from which they are compared as one value


def response_change(old: Recording, new: Recording, said: Transcript, says: Transcript) -> ResponseChange:
    """What changed between two recorded answers, the most severe of all that did.

    `said` and `says` are the answers assembled.
    """
    if _text(old.response) == _text(new.response):
        return "same"
    mine, yours = without_volatile(old.response), without_volatile(new.response)
    if _text(mine) == _text(yours):
        return "volatile"
    if _text(_without_types(mine)) == _text(_without_types(yours)):
        return "type"
    return _assembled_change(response_view(said), response_view(says))


def _assembled_change(mine: JsonObject, yours: JsonObject) -> ResponseChange:
    if _text(mine["error"]) != _text(yours["error"]):
        return "error"
    for kind, keys in _CHOICE_KEYS:
        if any(one != other for one, other in zip(_picked(mine, keys), _picked(yours, keys), strict=False)):
            return kind
    return "other"


def assembled_changes(kind: ResponseChange, said: Transcript, says: Transcript) -> list[Change]:
    """What differs between the assembled answers, for a change of this kind."""
    return [] if kind in QUIET else response_changes(said, says)


def recorded_changes(old: Recording, new: Recording) -> list[Change]:
    """What differs between two responses as recorded, but for volatile values; long vectors as one value."""
    mine, yours = (_with_short_vectors(without_volatile(each.response)) for each in (old, new))
    return changes({"response": mine}, {"response": yours})


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def _without_types(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without_types(item) for key, item in value.items() if key != "__type__"}
    return [_without_types(item) for item in value] if isinstance(value, list) else value


def _with_short_vectors(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _with_short_vectors(item) for key, item in value.items()}
    if isinstance(value, list) and len(value) >= _VECTOR and all(map(_is_number, value)):
        return json.dumps(value, separators=(",", ":"))
    return [_with_short_vectors(item) for item in value] if isinstance(value, list) else value


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _picked(view: JsonObject, keys: tuple[str, ...]) -> list[str]:
    """What each choice of an answer has of some keys."""
    return [_text([choice[key] for key in keys]) for choice in view["choices"]]
