"""The hash of a request as today's recorder computes it: what names a recording, and finds it at replay.

Rules change over the years; this is the newest, in force since 2026-04-09. Its quirks are the
recorder's: every recording made since depends on them.
"""

from __future__ import annotations

import hashlib
import json
import re
from urllib.parse import urlsplit

from recctl.jsonvalue import Json, JsonObject, as_object, as_str
from recctl.recording import Recording
from recctl.summary import Summary

# Endpoints that answer the same whichever test asks: their hash leaves the test id out.
_WITHOUT_TEST_ID = frozenset({"/api/tags", "/v1/models", "/v1/openai/v1/models"})
_PLACES = 5  # decimals that count
_UUID = r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"
# What a file search writes into prompts and changes from run to run, in the recorder's order.
_UNSTABLE = (
    (re.compile(r"score:\s*[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?"), "score: __NORMALIZED__"),
    (re.compile(r",?\s*attributes:\s*\{[^}]*\}"), ""),
    (re.compile(rf"document_id:\s*{_UUID}"), "document_id: __NORMALIZED__"),
    (re.compile(rf"<\|{_UUID}\|>"), "<|__NORMALIZED__|>"),
)
_LONG_DECIMAL = re.compile(r"-?\d+\.\d{4,}")
_EXTRAS = ("extra_body", "extra_query")


def hashed_parts(recording: Recording) -> JsonObject | None:
    """What today's rule hashes of a request, evened out; None for kinds without a rule.

    The hash is sha256 over the JSON of this, keys sorted.
    """
    request, kind = recording.request, recording.summary.kind
    if kind == "tool":
        return {key: request.get(key) for key in ("provider", "tool_name", "kwargs")}
    method = (as_str(request.get("method")) or "").upper()
    url = as_str(request.get("url")) or ""
    if kind == "http":
        payload = evened_out(request.get("payload"))
        return {"test_id": request.get("test_id"), "url": url, "method": method, "payload": payload}
    if kind != "inference":
        return None
    path, host = _path_and_host(url)
    parts: JsonObject = {"method": method, "endpoint": path}
    parts["body"] = evened_out(request.get("body"), drop=("stream_options",) if "bedrock" in host else ())
    if path not in _WITHOUT_TEST_ID:
        parts["test_id"] = recording.summary.test_id
    return parts


def is_without_test_id(summary: Summary) -> bool:
    """Whether the hash of a recording leaves its test out, so that any test may be answered by it."""
    return summary.kind == "inference" and summary.endpoint in _WITHOUT_TEST_ID


def request_hash(recording: Recording) -> str | None:
    """The hash by today's rule, 64 hex digits; None for kinds without a rule."""
    parts = hashed_parts(recording)
    if parts is None:
        return None
    # The standard library's spelling of floats and escapes is part of the rule.
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def evened_out(value: Json, *, root: bool = True, drop: tuple[str, ...] = ()) -> Json:
    """A body as the rule sees it: floats rounded, unstable words replaced, project ids left out.

    Items of a list are walked as if each were a body of its own, as the recorder does.
    """
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if key not in drop}
        if root:
            kept |= {key: _without_project(kept[key]) for key in _EXTRAS if isinstance(kept.get(key), dict)}
        return {key: evened_out(item, root=False, drop=drop) for key, item in kept.items()}
    if isinstance(value, list):
        return [evened_out(item) for item in value]
    if isinstance(value, float):
        return round(value, _PLACES)
    return _stable_text(value) if isinstance(value, str) else value


def _without_project(extra: Json) -> JsonObject:
    return {key: item for key, item in as_object(extra).items() if key != "project_id"}


def _stable_text(text: str) -> str:
    for pattern, replacement in _UNSTABLE:
        text = pattern.sub(replacement, text)
    return _LONG_DECIMAL.sub(lambda number: f"{float(number[0]):.{_PLACES}f}", text)


def _path_and_host(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, ""
    return parts.path, parts.netloc
