"""A request without a recording: the JSON that is sent, or an object with its method, url and body."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from recctl.recordings.recording import BODY_KEYS, TOO_DEEP, Recording, from_document
from recctl.support.errors import NotARecording
from recctl.support.jsonvalue import Json, JsonObject, as_str, is_deep, loads

# Where a request goes, who sends it and how; the rest of a request is its body.
_ENVELOPE = ("method", "url", "provider", "api", "tool_name", "file_id")


class BareRequest(msgspec.Struct, frozen=True):
    """A request without an answer; `request` may hold only its body. `path` is the file it was read from."""

    path: Path
    request: JsonObject

    @property
    def names_test(self) -> bool:
        """Whether it says which test makes it, null included."""
        return "test_id" in self.request


class Completed(msgspec.Struct, frozen=True):
    """A side of a comparison as a recording; `assumed` names what it took from the other side."""

    recording: Recording
    assumed: tuple[str, ...] = ()


def read_bare_request(path: Path, raw: bytes) -> BareRequest | None:
    """Return the request in a file's bytes; None if they are a recording, or neither.

    Raises NotARecording for JSON that is nested too deeply.
    """
    try:
        document = loads(raw.decode())
    except RecursionError:
        raise NotARecording(path, TOO_DEEP) from None
    except (UnicodeDecodeError, json.JSONDecodeError):
        return None
    if not isinstance(document, dict) or "response" in document:
        return None
    if is_deep(document):
        raise NotARecording(path, TOO_DEEP)
    return BareRequest(path, _request_in(document))


def _request_in(document: JsonObject) -> JsonObject:
    """Return the request in a document: under `request`, the document itself, or with it as the body."""
    inner = document.get("request")
    if isinstance(inner, dict):
        return {"test_id": document["test_id"], **inner} if "test_id" in document else inner
    return document if _has_envelope(document) else {"body": document}


def _has_envelope(document: JsonObject) -> bool:
    has_target = isinstance(document.get("url"), str) or isinstance(document.get("tool_name"), str)
    return has_target and any(key in document for key in (*BODY_KEYS, "method"))


def complete(side: Recording | BareRequest, other: Recording | None) -> Completed:
    """Return a side of a comparison as a recording.

    What a bare request leaves out is taken from the recording that it is compared with, if there is
    one. `assumed` lists which of method, url and test id were.
    """
    if isinstance(side, Recording):
        return Completed(side)
    known = other.request if other is not None else {}
    key, request = _with_body_key(side.request, known)
    taken = {name: known[name] for name in _ENVELOPE if name in known and name not in request}
    if not side.names_test and other is not None:
        taken["test_id"] = other.header.test_id
    request = {**taken, **_model(request.get(key), known), **request}
    document = {"test_id": request.get("test_id"), "request": request, "response": {}}
    recording = from_document(side.path, json.dumps(document).encode(), document)
    assumed = tuple(name for name in ("method", "url", "test_id") if taken.get(name) is not None)
    return Completed(recording, assumed)


def _with_body_key(request: JsonObject, known: JsonObject) -> tuple[str, JsonObject]:
    """Return the key of the body, and the request with its body under that key.

    `body` stands for any body: it goes under the key that the other request's kind uses.
    """
    request = dict(request)
    key = next((name for name in BODY_KEYS if name in request), "body")
    if key != "body":
        return key, request
    key = next((name for name in BODY_KEYS if name in known), key)
    if "body" in request:
        request[key] = request.pop("body")
    elif not known.get(key, True):
        request[key] = known[key]  # both are empty
    return key, request


def _model(body: Json, known: JsonObject) -> JsonObject:
    """Return `{"model": …}` for beside the body, where recorders repeat the body's model."""
    if "model" not in known:
        return {}
    own = as_str(body.get("model")) if isinstance(body, dict) else None
    return {"model": own or known["model"]}
