"""What a recorder does to the body of a request before it hashes it, in time linear in its length.

The recorder's own patterns go over some texts again and again: a run of digits, of blanks, of
`attributes: {` without an end takes it quadratic time. The patterns here give the same result.
"""

from __future__ import annotations

import json
import re

import msgspec

from recctl.support.jsonvalue import Json, JsonObject, as_object

PLACES = 5  # decimals that count

# Possessive, and never from the middle of a run of digits, which is gone through once.
_LONG_DECIMAL = re.compile(r"-?(?<!\d)\d++\.\d{4,}+")
_UUID = r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"
_SCORE = r"score:\s*[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?"
# The recorder says `,?\s*`. The same is found here, but a long run of blanks is gone through once only.
_ATTRIBUTES = r"(?:,|(?<!\s))\s*attributes:\s*\{[^}]*\}"
_DOCUMENT = rf"document_id:\s*{_UUID}"
_CITATION = rf"<\|{_UUID}\|>"
_SEARCH_WORDS = ("score:", "attributes:", "document_id:", "<|")  # without one of them nothing is replaced

_EXTRAS = ("extra_body", "extra_query")
# In the JSON of a body: a float or a decimal that may have too many places, be it in digits of
# another script, or with an exponent; and the words of which one is in everything else replaced.
_MAY_BE_LONG = re.compile(r"\.(?:\d{4}|\d{0,3}\\u)|\de-\d")
_MAY_CHANGE = (*_SEARCH_WORDS, *_EXTRAS)


def without_search_results(text: str) -> str:
    """Return a text without what a file search changes from run to run: scores, attributes, ids."""
    if not any(word in text for word in _SEARCH_WORDS):
        return text
    # The order counts: what one replacement leaves may be what the next one finds. Patterns are
    # compiled when one is first needed.
    text = re.sub(_SCORE, "score: __NORMALIZED__", text)
    text = _without_attributes(text)
    text = re.sub(_DOCUMENT, "document_id: __NORMALIZED__", text)
    return re.sub(_CITATION, "<|__NORMALIZED__|>", text)


def _without_attributes(text: str) -> str:
    # Attributes end with a brace: after the last one there are none, and before it every `{` finds
    # its end, so that no part of the text is searched twice.
    end = text.rfind("}") + 1
    return re.sub(_ATTRIBUTES, "", text[:end]) + text[end:]


def with_short_decimals(text: str) -> str:
    """Return a text with every decimal of four or more places rewritten with five."""
    if "." not in text:
        return text
    return _LONG_DECIMAL.sub(lambda number: f"{float(number[0]):.{PLACES}f}", text)


class Normalizing(msgspec.Struct, frozen=True):
    """What a rule does to a body; floats and long decimals in strings are rounded in any case.

    `searches` are replaced in strings, `projects` left out of `extra_body` and `extra_query`, and
    `dropped` are keys left out at the root.
    """

    searches: bool = False
    projects: bool = False
    dropped: tuple[str, ...] = ()

    def body(self, body: Json) -> Json:
        """Return the body as the rule sees it, the same object where nothing changes."""
        serialized = json.dumps(body)
        may_change = any(word in serialized for word in (*_MAY_CHANGE, *self.dropped))
        if not may_change and not _MAY_BE_LONG.search(serialized):
            return body  # most bodies, and the predicate is cheap
        return self._value(body, root=True)

    def _value(self, value: Json, *, root: bool) -> Json:
        if isinstance(value, dict):
            return self._object(value, root)
        if isinstance(value, list):
            # The recorder takes each item for a body of its own, but drops no keys there.
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
