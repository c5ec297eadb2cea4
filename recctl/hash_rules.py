"""The request hash by era: what names a recording and finds it at replay, and which rule explains a name.

A hash is sha256 over the JSON of some parts of the request, keys sorted, as the standard library
spells it: its floats and escapes are part of the rule. What the parts are has changed over the
years, and so has how they are evened out. The quirks are the recorder's: every recording made
since depends on them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec

from recctl.errors import RecctlError
from recctl.filename import RecordingName
from recctl.jsonvalue import Json, JsonObject, as_object, as_str
from recctl.recording import Recording
from recctl.summary import Kind, Summary

Standing: TypeAlias = Literal["live", "superseded", "ahead", "edited", "unknown"]

_SHORT = 12  # digits of the hash in a name of the first era
_FULL = 64


class Asked(msgspec.Struct, frozen=True):
    """What of a call its hash depends on: the request object, its kind, and the test that made it."""

    kind: Kind | None
    test_id: str | None
    request: JsonObject


class HashRule(msgspec.Struct, frozen=True):
    """The rule of an era: since when, what it changed, how long its names are, and what it hashes.

    `parts` gives what is hashed of a request, evened out; None for kinds that had no rule then.
    """

    since: str
    change: str
    digits: int
    parts: Callable[[Asked], JsonObject | None]

    def hash(self, asked: Asked) -> str | None:
        """The hash, 64 hex digits; None for kinds without a rule."""
        parts = self.parts(asked)
        return None if parts is None else hashlib.sha256(_spelled(parts).encode()).hexdigest()

    def fits(self, name: RecordingName, digest: str | None) -> bool:
        """Whether a file of this name is found by this hash."""
        return digest is not None and name.hash == digest[: self.digits]


class Fit(msgspec.Struct, frozen=True):
    """How the name of a recording stands to its request.

    `live`: the rule in force gives the name. `superseded`, `ahead`: only `rule`, an older or a newer
    one, does. `edited`: none does. `unknown`: there is no rule for this kind. `hash` is that of the
    rule in force.
    """

    standing: Standing
    rule: HashRule | None
    hash: str | None


# ---- the rules, the newest first


def _of_2026_04_09(asked: Asked) -> JsonObject | None:
    even_out = _EveningOut(_SEARCH_RESULTS, without_project=True, without=_bedrock(asked))
    return _parts(asked, _EXEMPT, even_out)


def _of_2026_03_18(asked: Asked) -> JsonObject | None:
    return _parts(asked, _EXEMPT, _EveningOut(without_project=True, without=_bedrock(asked)))


def _of_2026_01_21(asked: Asked) -> JsonObject | None:
    return _parts(asked, _EXEMPT, _EveningOut(without=_bedrock(asked)))


def _of_2025_11_03(asked: Asked) -> JsonObject | None:
    return None if asked.kind == "http" else _parts(asked, _EXEMPT, _EveningOut())


def _of_2025_10_09(asked: Asked) -> JsonObject | None:
    return None if asked.kind == "http" else _parts(asked, _FIRST_EXEMPT, _EveningOut())


def _of_2025_10_04(asked: Asked) -> JsonObject | None:
    return None if asked.kind == "http" else _parts(asked, _FIRST_EXEMPT, None)


def _of_2025_07_29(asked: Asked) -> JsonObject | None:
    if asked.kind != "inference":
        return None
    parts = _parts(asked, frozenset(), None)
    return None if parts is None else {key: parts[key] for key in ("method", "endpoint", "body")}


# Endpoints that answer the same whichever test asks: their hash leaves the test id out.
_FIRST_EXEMPT = frozenset({"/api/tags", "/v1/models"})
_EXEMPT = _FIRST_EXEMPT | {"/v1/openai/v1/models"}

RULES: tuple[HashRule, ...] = (
    HashRule(
        "2026-04-09",
        "strings lose what a file search makes unstable: scores, attributes, document ids",
        _FULL,
        _of_2026_04_09,
    ),
    HashRule("2026-03-18", "project_id is left out of extra_body and extra_query", _FULL, _of_2026_03_18),
    HashRule("2026-01-21", "stream_options is left out for Bedrock hosts", _FULL, _of_2026_01_21),
    HashRule("2025-11-03", "/v1/openai/v1/models is hashed without the test id", _FULL, _of_2025_11_03),
    HashRule("2025-10-09", "floats, and long decimals in strings, have 5 places", _FULL, _of_2025_10_09),
    HashRule("2025-10-04", "the test id is hashed too; names have all 64 digits", _FULL, _of_2025_10_04),
    HashRule("2025-07-29", "method, endpoint and body; names have 12 digits", _SHORT, _of_2025_07_29),
)
NEWEST = RULES[0]


def rule_since(era: str | None) -> HashRule:
    """The rule of an era, by the day it is in force from; the newest for None. Raises RecctlError."""
    found = next((rule for rule in RULES if era in (None, rule.since)), None)
    if found is None:
        known = ", ".join(rule.since for rule in RULES)
        raise RecctlError(f"[tool.recctl] hash-rule: there is no rule {era}", f"known are {known}")
    return found


def fit_of(asked: Asked, name: RecordingName, in_force: HashRule = NEWEST) -> Fit:
    """Which rule explains a name: the one in force, else the newest of the others that does."""
    digest = in_force.hash(asked)
    if in_force.fits(name, digest):
        return Fit("live", in_force, digest)
    # A hash is dear: rules with names of another length need not be asked.
    length = len(name.hash or "")
    others = [rule for rule in RULES if rule is not in_force and rule.digits == length]
    found = next((rule for rule in others if rule.fits(name, rule.hash(asked))), None)
    if found is not None:
        return Fit("ahead" if found.since > in_force.since else "superseded", found, digest)
    has_rule = digest is not None or NEWEST.hash(asked) is not None
    return Fit("edited" if has_rule else "unknown", None, digest)


def differing_parts(old: JsonObject, new: JsonObject) -> tuple[str, ...]:
    """The hashed parts in which two requests differ, both given as a rule's `parts`."""
    keys = dict.fromkeys([*old, *new])
    return tuple(
        key for key in keys if key not in old or key not in new or _spelled(old[key]) != _spelled(new[key])
    )


def asked_of(recording: Recording) -> Asked:
    """What of a recording its hash depends on."""
    return Asked(recording.summary.kind, recording.summary.test_id, recording.request)


def is_without_test_id(summary: Summary) -> bool:
    """Whether the hash of a recording leaves its test out, so that any test may be answered by it."""
    return summary.kind == "tool" or (summary.kind == "inference" and summary.endpoint in _EXEMPT)


# ---- what is hashed


def _parts(asked: Asked, exempt: frozenset[str], even_out: _EveningOut | None) -> JsonObject | None:
    request = asked.request
    stable = even_out.body if even_out else _as_it_is
    if asked.kind == "tool":
        return {key: request.get(key) for key in ("provider", "tool_name", "kwargs")}
    method = (as_str(request.get("method")) or "").upper()
    url = as_str(request.get("url")) or ""
    if asked.kind == "http":
        payload = stable(request.get("payload"))
        return {"test_id": request.get("test_id"), "url": url, "method": method, "payload": payload}
    if asked.kind != "inference":
        return None
    path = _path_and_host(url)[0]
    parts: JsonObject = {"method": method, "endpoint": path, "body": stable(request.get("body"))}
    return parts if path in exempt else {**parts, "test_id": asked.test_id}


def _as_it_is(body: Json) -> Json:
    return body


def _spelled(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def _bedrock(asked: Asked) -> tuple[str, ...]:
    # Only inference requests know of it.
    host = _path_and_host(as_str(asked.request.get("url")) or "")[1]
    return ("stream_options",) if asked.kind == "inference" and "bedrock" in host else ()


def _path_and_host(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, ""
    return parts.path, parts.netloc


# ---- how a body is evened out

_PLACES = 5  # decimals that count
_LONG_DECIMAL = re.compile(r"-?\d+\.\d{4,}")
_UUID = r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"
# What a file search writes into prompts and changes from run to run, in the recorder's order; compiled
# when one is first needed.
_SEARCH_RESULTS = (
    (r"score:\s*[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?", "score: __NORMALIZED__"),
    # The recorder says `,?\s*`. The same is found here, but a long run of blanks is gone through once only.
    (r"(?:,|(?<!\s))\s*attributes:\s*\{[^}]*\}", ""),
    (rf"document_id:\s*{_UUID}", "document_id: __NORMALIZED__"),
    (rf"<\|{_UUID}\|>", "<|__NORMALIZED__|>"),
)
_SEARCH_WORDS = ("score:", "attributes:", "document_id:", "<|")  # without one of them nothing is replaced
_EXTRAS = ("extra_body", "extra_query")
# In the JSON of a body: a float or a decimal that may have too many places, be it in digits of
# another script, or with an exponent; and the words of which one is in everything else replaced.
_MAY_BE_LONG = re.compile(r"\.(?:\d{4}|\d{0,3}\\u)|\de-\d")
_MAY_CHANGE = (*_SEARCH_WORDS, *_EXTRAS)


class _EveningOut(msgspec.Struct, frozen=True):
    """What a rule does to a body; floats and long decimals in strings are rounded in any case."""

    words: tuple[tuple[str, str], ...] = ()
    without_project: bool = False
    without: tuple[str, ...] = ()

    def body(self, body: Json) -> Json:
        """The body as the rule sees it. Few hold anything that changes, and to see that is cheap."""
        spelled = _spelled(body)
        if not _MAY_BE_LONG.search(spelled) and not any(
            word in spelled for word in (*_MAY_CHANGE, *self.without)
        ):
            return body
        return self.value(body)

    def value(self, value: Json, *, root: bool = True) -> Json:
        """A value of a body. Items of a list are walked as if each were a body of its own, as the
        recorder does, and there nothing is left out but project ids.
        """
        if isinstance(value, dict):
            kept = {key: item for key, item in value.items() if key not in self.without}
            if root and self.without_project:
                kept |= {
                    key: _without_project(kept[key]) for key in _EXTRAS if isinstance(kept.get(key), dict)
                }
            return {key: self.value(item, root=False) for key, item in kept.items()}
        if isinstance(value, list):
            inside = self if not self.without else _EveningOut(self.words, self.without_project)
            return [inside.value(item) for item in value]
        if isinstance(value, float):
            return round(value, _PLACES)
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        if any(word in text for word in _SEARCH_WORDS):
            for pattern, replacement in self.words:
                text = re.sub(pattern, replacement, text)
        return (
            text
            if "." not in text
            else _LONG_DECIMAL.sub(lambda number: f"{float(number[0]):.{_PLACES}f}", text)
        )


def _without_project(extra: Json) -> JsonObject:
    return {key: item for key, item in as_object(extra).items() if key != "project_id"}
