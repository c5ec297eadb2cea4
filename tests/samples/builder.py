"""Builds recordings as the recorder writes them: hash, name, normalised ids, key order, bytes.

The hash is written here a second time, on purpose: it checks the one of the program independently.
"""

from __future__ import annotations

import copy
import hashlib
import json
import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import ParseResult, urlparse

Data = dict[str, Any]

OUTSIDE_TESTS = "tests/integration/common/recordings"
OLD_DIRECTORY = "tests/integration/recordings/responses"
SHARED_PATHS = ("/v1/models", "/info")
LOCAL_HOSTS = ("0.0.0.0", "127.0.0.1", "localhost")

_UUID = "[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"
_UNSTABLE_IN_TEXT = (
    (re.compile(r"score:\s*[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?"), "score: __NORMALIZED__"),
    (re.compile(r",?\s*attributes:\s*\{[^}]*\}"), ""),
    (re.compile(rf"document_id:\s*{_UUID}"), "document_id: __NORMALIZED__"),
    (re.compile(rf"<\|{_UUID}\|>"), "<|__NORMALIZED__|>"),
)
_LONG_DECIMAL = re.compile(r"-?\d+\.\d{4,}")


@dataclass(frozen=True)
class Recording:
    """One sample: where it lies and what it holds."""

    path: str
    document: Data

    def to_bytes(self) -> bytes:
        """Return the file's bytes, in the spelling that the recorder uses."""
        return (json.dumps(self.document, indent=2) + "\n").encode("ascii")


# ---- the request hash, newest rule (2026-10-09) and oldest (2025-07-29)


def sha256_of(value: object) -> str:
    """Return the digest that every hash rule takes of its normalised request."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def stable_text(text: str) -> str:
    """Return a request's text without what a file search changes from run to run, decimals at five places."""
    for pattern, replacement in _UNSTABLE_IN_TEXT:
        text = pattern.sub(replacement, text)
    return _LONG_DECIMAL.sub(lambda match: f"{float(match.group()):.5f}", text)


def stable_body(value: Any, *, root: bool = True, bedrock: bool = False) -> Any:
    """Return a request body as it is hashed."""
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if not (bedrock and key == "stream_options")}
        return {key: _stable_item(key, item, root) for key, item in kept.items()}
    if isinstance(value, list):
        return [stable_body(item) for item in value]  # each item is a root again: the recorder does so
    if isinstance(value, float):
        return round(value, 5)
    return stable_text(value) if isinstance(value, str) else value


def _stable_item(key: str, item: Any, root: bool) -> Any:
    if root and key in ("extra_body", "extra_query") and isinstance(item, dict):
        item = {name: part for name, part in item.items() if name != "project_id"}
    return stable_body(item, root=False)  # Bedrock or not


def request_hash(test_id: str | None, request: Data) -> str:
    """Return the hash of a request of any kind by the newest rule."""
    if "tool_name" in request:
        return sha256_of({key: request[key] for key in ("provider", "tool_name", "kwargs")})
    if "file_id" in request:
        # No rule is known for this withdrawn kind: these three keys are a choice made here.
        return sha256_of({key: request[key] for key in ("provider", "api", "file_id")})
    if "payload" in request:
        return sha256_of({**request, "payload": stable_body(request["payload"])})
    return sha256_of(_stable_inference(test_id, request))


def _stable_inference(test_id: str | None, request: Data) -> Data:
    url = urlparse(request["url"])
    stable: Data = {"method": request["method"].upper(), "endpoint": url.path}
    stable["body"] = stable_body(request.get("body", {}), bedrock="bedrock" in url.netloc)
    return {**stable, "test_id": None if _is_shared(url) else test_id}


def _is_shared(url: ParseResult) -> bool:
    return url.path in SHARED_PATHS or (url.path.endswith("/models") and url.hostname not in LOCAL_HOSTS)


def old_request_hash(request: Data) -> str:
    """Return the hash of the first era: the raw body, no test id; its first 12 digits name the file."""
    path = urlparse(request["url"]).path
    return sha256_of({"method": request["method"].upper(), "endpoint": path, "body": request["body"]})


def models_digest(response: Data) -> str:
    """Return the 8 digits that end the name of a model list: a digest of the sorted model names."""
    body = response["body"]
    if "model_id" in body:
        names = {body["model_id"]}
    elif isinstance(body, list):
        names = {item["__data__"]["id"] for item in body}
    else:
        names = {item["model"] for item in body["__data__"]["models"]}
    return hashlib.sha256("|".join(sorted(names)).encode()).hexdigest()[:8]


def file_name(request: Data, response: Data, digest: str) -> str:
    """Return the name of a recording whose request hash is `digest`."""
    if request.get("endpoint") in ("/v1/models", "/info", "/api/tags"):
        return f"models-{digest}-{models_digest(response)}.json"
    return f"{digest}.json"


# ---- what the recorder normalizes in a response


def normalised(response: Data, digest: str) -> Data:
    """Return a copy of the response with its id and times normalized."""
    response = copy.deepcopy(response)
    body = response["body"]
    for item in body if isinstance(body, list) else [body]:
        if isinstance(item, dict) and "__data__" in item:
            _normalize(item["__data__"], digest)
    return response


def _normalize(data: Data, digest: str) -> None:
    if data.get("object") != "model":
        _replace(data, "id", f"rec-{digest[:12]}")
    _replace(data, "created", 0)
    _replace(data, "created_at", "1970-01-01T00:00:00.000000Z")
    for key in ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration"):
        if data.get(key) is not None:
            data[key] = 0


def _replace(data: Data, key: str, value: object) -> None:
    if key in data:
        data[key] = value


# ---- responses


def typed(label: str, **data: Any) -> Data:
    """Return a chunk or body with the class label that the recorder writes beside its data."""
    return {"__type__": label, "__data__": data}


def whole(body: Any) -> Data:
    """Return a response that came in one piece."""
    return {"body": body, "is_streaming": False}


def streamed(*chunks: Any) -> Data:
    """Return a response that came in chunks or lines."""
    return {"body": list(chunks), "is_streaming": True}


def failed(error: Data, *chunks: Data) -> Data:
    """Return a recorded exception, with the chunks that came before it."""
    response = streamed(*chunks) if chunks else whole(None)
    return {**response, "is_exception": True, "exception_data": error, "exception_message": error["message"]}


def sse(event: str, data: Data | str) -> list[str]:
    """One server-sent event as the lines that the recorder keeps."""
    text = data if isinstance(data, str) else json.dumps(data, separators=(",", ":"))
    return [f"event: {event}", f"data: {text}", ""]


# ---- whole recordings, one function for each kind of request


def inference(
    test_id: str | None, url: str, body: Data, response: Data, *, provider: Data | None = None
) -> Recording:
    """Return a call through a provider's client library."""
    request = _inference_request(url, body)
    if provider is not None:
        request["provider_metadata"] = provider
    return _recording(test_id, request, response)


def lookup(test_id: str | None, url: str, response: Data) -> Recording:
    """Return a lookup of the model that a Text-Embeddings-Inference server serves: nothing is sent."""
    request: Data = {"test_id": test_id, "url": url, "method": "GET", "endpoint": "/info", "headers": {}}
    return _recording(test_id, request, {"status": 200, **response})


def http(test_id: str, url: str, payload: Data, response: Data, *, status: int | None = 200) -> Recording:
    """Return a plain HTTP call. The recorder keeps no status for a stream: pass None."""
    request = {"test_id": test_id, "url": url, "method": "POST", "payload": payload}
    return _recording(test_id, request, response if status is None else {"status": status, **response})


def tool(test_id: str | None, provider: str, tool_name: str, kwargs: Data, response: Data) -> Recording:
    """Return a call of a tool."""
    request = {"test_id": test_id, "provider": provider, "tool_name": tool_name, "kwargs": kwargs}
    return _recording(test_id, request, response)


def file_processing(test_id: str, provider: str, api: str, file_id: str, response: Data) -> Recording:
    """Return a call of a file processor, the kind that was withdrawn after a week."""
    request = {"test_id": test_id, "provider": provider, "api": api, "file_id": file_id}
    return _recording(test_id, request, response)


def old_inference(url: str, body: Data, response: Data) -> Recording:
    """Return a call as the first era recorded it: no test id, no mapping, a short name."""
    request = _inference_request(url, body)
    digest = old_request_hash(request)
    document = {"request": request, "response": normalised(response, digest)}
    return Recording(posixpath.join(OLD_DIRECTORY, f"{digest[:12]}.json"), document)


def with_mapping(recording: Recording, mapping: dict[str, str]) -> Recording:
    """Return the recording with ids that a reader is to replace, `{normalised: original}`."""
    return Recording(recording.path, {**recording.document, "id_normalization_mapping": mapping})


def moved(recording: Recording, path: str) -> Recording:
    """Return the recording at another path; a path that is no JSON file is a directory for it."""
    target = path if path.endswith(".json") else posixpath.join(path, posixpath.basename(recording.path))
    return Recording(target, recording.document)


def responded(recording: Recording, response: Data) -> Recording:
    """Return the recording with another response; request and name stay."""
    return Recording(recording.path, {**recording.document, "response": response})


def answered(recording: Recording, **data: Any) -> Recording:
    """Return the recording with other values in the data of its answer, in each chunk of a stream."""
    response = copy.deepcopy(recording.document["response"])
    body = response["body"]
    for item in body if isinstance(body, list) else [body]:
        item["__data__"] |= data
    return responded(recording, response)


def without_mapping(recording: Recording) -> Recording:
    """Return the recording as it was written before there was a mapping of ids."""
    document = {key: part for key, part in recording.document.items() if key != "id_normalization_mapping"}
    return Recording(recording.path, document)


def _inference_request(url: str, body: Data) -> Data:
    return {
        "method": "POST",
        "url": url,
        "headers": {},
        "body": body,
        "endpoint": _endpoint(urlparse(url).path),
        "model": body.get("model", ""),
    }


def _endpoint(path: str) -> str:
    # Base URLs end in /v1 already, so paths say /v1/v1/...; the field holds the part after the base.
    return f"/v1/{path.rpartition('/v1/')[2]}" if "/v1/" in path else path


def _recording(test_id: str | None, request: Data, response: Data) -> Recording:
    digest = request_hash(test_id, request)
    document = {
        "test_id": test_id,
        "request": request,
        "response": normalised(response, digest),
        "id_normalization_mapping": {},
    }
    return Recording(posixpath.join(_directory(test_id), file_name(request, response, digest)), document)


def _directory(test_id: str | None) -> str:
    if test_id is None:
        return OUTSIDE_TESTS
    return posixpath.join(posixpath.dirname(test_id.partition("::")[0]), "recordings")


def files_of(recordings: Sequence[Recording]) -> dict[str, bytes]:
    """Return the bytes of each recording by its path; two recordings at one path are a mistake."""
    files = {recording.path: recording.to_bytes() for recording in recordings}
    if len(files) != len(recordings):
        raise ValueError("two sample recordings have the same path")
    return files
