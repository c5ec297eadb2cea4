"""Hash rules: how each era hashed a request to name its recording, and which rule explains a name.

A hash is sha256 over the JSON of some parts of the request, keys sorted, as the standard library
serializes it: its floats and escapes are part of the rule. The rules are data here; how a body
is normalized is in `hash_normalizing`, which release has which rule in `hash_releases`. Odd cases
are the recorder's own: every recording made since depends on them.
"""

from __future__ import annotations

import hashlib
import json
from typing import Literal, TypeAlias

import msgspec

from recctl.recordings.header import Kind
from recctl.recordings.ogx.filename import RecordingName
from recctl.recordings.ogx.hash_normalizing import Normalizing
from recctl.recordings.provider import host_of, hostname_of, url_path
from recctl.recordings.recording import Recording
from recctl.recordings.summary import Summary
from recctl.support.jsonvalue import Json, JsonObject, as_str

NameStatus: TypeAlias = Literal["live", "superseded", "ahead", "edited", "unknown"]

_SHORT = 12  # digits of the hash in a name of the first era
_FULL = 64

# Endpoints whose hash leaves the test out: they answer every test alike.
_FIRST_SHARED = frozenset({"/api/tags", "/v1/models"})
_SHARED = _FIRST_SHARED | {"/v1/openai/v1/models"}
# Model lists of a server on the same machine belong to one test.
_LOCAL_HOSTS = frozenset({"0.0.0.0", "127.0.0.1", "localhost"})  # noqa: S104 - no address to listen on
_BEDROCK_DROPS = ("stream_options",)


class Asked(msgspec.Struct, frozen=True):
    """The input of a hash rule: a request, its kind, and the test that made it."""

    kind: Kind | None
    test_id: str | None
    request: JsonObject

    @property
    def url(self) -> str:
        """The url, "" where there is none."""
        return as_str(self.request.get("url")) or ""

    @property
    def hashed_test_id(self) -> Json:
        """The test id that is hashed; plain http has its own in the request."""
        return self.request.get("test_id") if self.kind == "http" else self.test_id

    @property
    def body(self) -> Json:
        """What an inference request sends; {} where it has no body, as it is hashed."""
        return self.request.get("body", {})


class HashRule(msgspec.Struct, frozen=True, kw_only=True):
    """The rule of an era: since when, what it changed, and what it hashes.

    `digits` is the length of its names, `kinds` the kinds that it hashes. Paths in `shared`, and
    with `shares_remote_lists` every list of models of another host, are hashed without the test id:
    it is left out, or null with `always_has_test_id`. `normalizing` None hashes bodies as they are.
    `normalizes_models` is about the response: whether `created` of listed models is normalized.
    `asks` names the recorder that is asked instead of computing, and `replaces` is the rule in force
    without it.
    """

    since: str
    change: str
    digits: int = _FULL
    kinds: frozenset[Kind] = frozenset({"inference", "tool", "http"})
    has_test_id: bool = True
    always_has_test_id: bool = False
    shared: frozenset[str] = _SHARED
    shares_remote_lists: bool = False
    normalizing: Normalizing | None = None
    drops_for_bedrock: tuple[str, ...] = ()
    normalizes_models: bool = False
    asks: str | None = None
    replaces: HashRule | None = None

    def hash(self, asked: Asked) -> str | None:
        """Return the hash, 64 hex digits; None for kinds without a rule."""
        parts = self.parts(asked)
        return None if parts is None else hashlib.sha256(_serialized(parts).encode()).hexdigest()

    def parts(self, asked: Asked) -> JsonObject | None:
        """Return what is hashed of a request, normalized; None for kinds without a rule."""
        if asked.kind not in self.kinds:
            return None
        if asked.kind == "tool":
            return {key: asked.request.get(key) for key in ("provider", "tool_name", "kwargs")}
        method = (as_str(asked.request.get("method")) or "").upper()
        if asked.kind == "http":
            payload = _normalized(asked.request.get("payload"), self.normalizing)
            return {"test_id": asked.hashed_test_id, "url": asked.url, "method": method, "payload": payload}
        return self._inference_parts(asked, method)

    def _inference_parts(self, asked: Asked, method: str) -> JsonObject:
        normalizing = self.normalizing
        if normalizing and self.drops_for_bedrock and "bedrock" in host_of(asked.url):
            normalizing = msgspec.structs.replace(normalizing, dropped=self.drops_for_bedrock)
        path = url_path(asked.url)
        endpoint = asked.url if path is None else path
        parts = {"method": method, "endpoint": endpoint, "body": _normalized(asked.body, normalizing)}
        if self.shares(asked.url):
            return {**parts, "test_id": None} if self.always_has_test_id else parts
        return {**parts, "test_id": asked.hashed_test_id} if self.has_test_id else parts

    def shares(self, url: str) -> bool:
        """Return whether an inference request to this url has the same hash in every test."""
        path = url_path(url) or ""
        remote = self.shares_remote_lists and path.endswith("/models")
        return path in self.shared or (remote and hostname_of(url) not in _LOCAL_HOSTS)

    def fits(self, name: RecordingName, digest: str | None) -> bool:
        """Return whether a replay finds a file of this name by this hash."""
        return digest is not None and name.hash == digest[: self.digits]


class Fit(msgspec.Struct, frozen=True):
    """What the hash rules say of the name of a recording.

    `live`: the rule in force gives the name. `superseded`, `ahead`: only an older or a newer rule does,
    `rule`. `edited`: none does. `unknown`: no rule hashes this kind. `hash` is by the rule in force.
    """

    status: NameStatus
    rule: HashRule | None
    hash: str | None


_ROUNDING = Normalizing()
_SEARCHES = Normalizing(searches=True, projects=True)
_WITHOUT_HTTP: frozenset[Kind] = frozenset({"inference", "tool"})

# The newest first.
RULES: tuple[HashRule, ...] = (
    HashRule(
        since="2026-10-09",
        change="any test may use /info, and no longer /api/tags; created of listed models is normalized",
        always_has_test_id=True,
        shared=frozenset({"/v1/models", "/info"}),
        shares_remote_lists=True,
        normalizing=_SEARCHES,
        drops_for_bedrock=_BEDROCK_DROPS,
        normalizes_models=True,
    ),
    HashRule(
        since="2026-06-17",
        change="any test may use a list of models of another host; the test id is null there, not left out",
        always_has_test_id=True,
        shares_remote_lists=True,
        normalizing=_SEARCHES,
        drops_for_bedrock=_BEDROCK_DROPS,
    ),
    HashRule(
        since="2026-04-09",
        change="strings lose what a file search makes unstable: scores, attributes, document ids",
        normalizing=_SEARCHES,
        drops_for_bedrock=_BEDROCK_DROPS,
    ),
    HashRule(
        since="2026-03-18",
        change="project_id is left out of extra_body and extra_query",
        normalizing=Normalizing(projects=True),
        drops_for_bedrock=_BEDROCK_DROPS,
    ),
    HashRule(
        since="2026-01-21",
        change="stream_options is left out for Bedrock hosts",
        normalizing=_ROUNDING,
        drops_for_bedrock=_BEDROCK_DROPS,
    ),
    HashRule(
        since="2025-11-03",
        change="/v1/openai/v1/models is hashed without the test id",
        kinds=_WITHOUT_HTTP,
        normalizing=_ROUNDING,
    ),
    HashRule(
        since="2025-10-09",
        change="floats, and long decimals in strings, have 5 places",
        kinds=_WITHOUT_HTTP,
        shared=_FIRST_SHARED,
        normalizing=_ROUNDING,
    ),
    HashRule(
        since="2025-10-04",
        change="the test id is hashed too; names have all 64 digits",
        kinds=_WITHOUT_HTTP,
        shared=_FIRST_SHARED,
    ),
    HashRule(
        since="2025-07-29",
        change="method, endpoint and body; names have 12 digits",
        digits=_SHORT,
        kinds=frozenset({"inference"}),
        has_test_id=False,
        shared=frozenset(),
    ),
)
NEWEST = RULES[0]


def fit_of(asked: Asked, name: RecordingName, in_force: HashRule = NEWEST) -> Fit:
    """Return the rule that explains a name: the one in force, else the newest of the others."""
    digest = in_force.hash(asked)
    if in_force.fits(name, digest):
        return Fit("live", in_force, digest)
    # A hash is expensive: rules with names of another length need not be asked.
    length = len(name.hash or "")
    others = [rule for rule in RULES if rule is not in_force and rule.digits == length]
    found = next((rule for rule in others if rule.fits(name, rule.hash(asked))), None)
    if found is not None:
        return Fit("ahead" if found.since > in_force.since else "superseded", found, digest)
    has_rule = digest is not None or NEWEST.hash(asked) is not None
    return Fit("edited" if has_rule else "unknown", None, digest)


def differing_parts(old: JsonObject, new: JsonObject) -> tuple[str, ...]:
    """Return the hashed parts in which two requests differ, both given as a rule's `parts`."""
    keys = dict.fromkeys([*old, *new])
    return tuple(
        key
        for key in keys
        if key not in old or key not in new or _serialized(old[key]) != _serialized(new[key])
    )


def asked_of(recording: Recording) -> Asked:
    """Return the input of a hash rule for a recording."""
    return Asked(recording.header.kind, recording.header.test_id, recording.request)


def is_without_test_id(summary: Summary, rule: HashRule | None = None) -> bool:
    """Return whether the hash of a recording leaves its test out, so that it may answer any test.

    Without `rule`, whether any rule there was leaves it out: before a removal that must be certain.
    """
    if summary.header.kind == "tool":
        return True
    rules = RULES if rule is None else (rule,)
    return summary.header.kind == "inference" and any(each.shares(summary.header.url or "") for each in rules)


def _normalized(body: Json, normalizing: Normalizing | None) -> Json:
    return body if normalizing is None else normalizing.body(body)


def _serialized(value: Json) -> str:
    return json.dumps(value, sort_keys=True)
