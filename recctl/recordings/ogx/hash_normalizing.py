"""Normalize the body of a request as a recorder does before it hashes it, in linear time.

The recorder's own patterns take quadratic time on long runs of digits, of blanks, or of `attributes: {`
without an end. The patterns here give the same result.
"""

from __future__ import annotations

import json
import re

import msgspec

from recctl.support.jsonvalue import Json, JsonObject, as_object

PLACES = 5  # decimals that count

# Possessive, and never from the middle of a run of digits, so that each run is scanned once.
_LONG_DECIMAL = re.compile(r"-?(?<!\d)\d++\.\d{4,}+")
_UUID = r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"
_SCORE = r"score:\s*[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?"
# `,?\s*` in the recorder. This matches the same, but scans a long run of blanks only once.
_ATTRIBUTES = r"(?:,|(?<!\s))\s*attributes:\s*\{[^}]*\}"
_DOCUMENT = rf"document_id:\s*{_UUID}"
_CITATION = rf"<\|{_UUID}\|>"
_SEARCH_WORDS = ("score:", "attributes:", "document_id:", "<|")  # without one of them nothing is replaced

_EXTRAS = ("extra_body", "extra_query")
# In the JSON of a body: a decimal with more than `PLACES`, perhaps in digits of another script or with
# an exponent; and the words without which nothing else is replaced.
_MAY_BE_LONG = re.compile(r"\.(?:\d{4}|\d{0,3}\\u)|\de-\d")
_MAY_CHANGE = (*_SEARCH_WORDS, *_EXTRAS)


def without_search_results(text: str) -> str:
    """Return a text with scores, attributes and ids of a file search normalized: they differ at each run."""
    if not any(word in text for word in _SEARCH_WORDS):
        return text
    # The order matters: a later pattern may match what an earlier one left. Patterns are compiled when
    # first needed.
    text = re.sub(_SCORE, "score: __NORMALIZED__", text)
    text = _without_attributes(text)
    text = re.sub(_DOCUMENT, "document_id: __NORMALIZED__", text)
    return re.sub(_CITATION, "<|__NORMALIZED__|>", text)


def _without_attributes(text: str) -> str:
    # Attributes end with a brace: there are none after the last brace, and before it every `{` has an
    # end, so that no part of the text is searched twice.
    end = text.rfind("}") + 1
    return re.sub(_ATTRIBUTES, "", text[:end]) + text[end:]


def with_short_decimals(text: str) -> str:
    """Return a text with every decimal of four or more digits after the point rounded to five."""
    if "." not in text:
        return text
    return _LONG_DECIMAL.sub(lambda number: f"{float(number[0]):.{PLACES}f}", text)


class Normalizing(msgspec.Struct, frozen=True):
    """What a rule normalizes in a body; it always rounds floats and long decimals in strings.

    With `searches` results of a file search too, with `projects` project ids in `extra_body` and
    `extra_query`. `dropped` are keys to leave out at the root.
    """

    searches: bool = False
    projects: bool = False
    dropped: tuple[str, ...] = ()

    def body(self, body: Json) -> Json:
        """Return the normalized body, the same object where nothing changes."""
        serialized = json.dumps(body)
        may_change = any(word in serialized for word in (*_MAY_CHANGE, *self.dropped))
        if not may_change and not _MAY_BE_LONG.search(serialized):
            return body  # as for most bodies; the check is cheap
        return self._value(body, root=True)

    def _value(self, value: Json, *, root: bool) -> Json:
        if isinstance(value, dict):
            return self._object(value, root)
        if isinstance(value, list):
            # The recorder treats each item as a body, but drops no keys there.
            inside = self if not self.dropped else Normalizing(self.searches, self.projects)
            return [inside._value(item, root=True) for item in value]
        if isinstance(value, float):
            return round(value, PLACES)
        return self._text(value) if isinstance(value, str) else value

    def _object(self, value: JsonObject, root: bool) -> JsonObject:
        if root:
            value = {key: item for key, item in value.items() if key not in self.dropped}
            if self.projects:
                extras = {key: value[key] for key in _EXTRAS if isinstance(value.get(key), dict)}
                value |= {key: _without_project(extra) for key, extra in extras.items()}
        return {key: self._value(item, root=False) for key, item in value.items()}

    def _text(self, text: str) -> str:
        return with_short_decimals(without_search_results(text) if self.searches else text)


def _without_project(extra: Json) -> JsonObject:
    return {key: item for key, item in as_object(extra).items() if key != "project_id"}
