"""A request given alone: the JSON that is sent, or an object with its method, url and body."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from recctl.recordings.recording import TOO_DEEP, Recording, from_document
from recctl.support.errors import NotARecording
from recctl.support.jsonvalue import Json, JsonObject, as_str, is_deep, loads

_BODY_KEYS = ("body", "payload", "kwargs")
# What a request is sent to, by whom and how; the rest of a request is its body.
_ENVELOPE = ("method", "url", "provider", "api", "tool_name", "file_id")


class Given(msgspec.Struct, frozen=True):
    """A request without an answer; `request` may hold its body alone. `path` is where it is from."""

    path: Path
    request: JsonObject

    @property
    def has_test(self) -> bool:
        """Whether it says which test makes it, be it none."""
        return "test_id" in self.request


def read_given(path: Path, raw: bytes) -> Given | None:
    """The request that bytes hold; None where they hold a recording, or something that is neither.

    Raises Unreadable for what is nested too deeply.
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
    inner = document.get("request")
    if isinstance(inner, dict):
        document = {"test_id": document["test_id"], **inner} if "test_id" in document else inner
    request = document if isinstance(inner, dict) or _is_request(document) else {"body": document}
    return Given(path, request)


def _is_request(document: JsonObject) -> bool:
    """Whether an object is a request with its envelope: where it goes to, and what is sent or how."""
    goes = isinstance(document.get("url"), str) or isinstance(document.get("tool_name"), str)
    return goes and any(key in document for key in (*_BODY_KEYS, "method"))


def completed(given: Given, other: Recording | None) -> tuple[Recording, tuple[str, ...]]:
    """The request as a recording without an answer, and which of method, url and test id are the other's.

    What the request does not say is taken to be as in the recording it is compared with, where
    there is one.
    """
    known = other.request if other is not None else {}
    request = dict(given.request)
    key = next((name for name in _BODY_KEYS if name in request), "body")
    if key == "body":
        # A body is compared with what the other sends, whatever its kind calls that.
        key = next((name for name in _BODY_KEYS if name in known), key)
        if "body" in request:
            request[key] = request.pop("body")
        elif not known.get(key, True):
            request[key] = known[key]  # neither sends anything
    taken = {name: known[name] for name in _ENVELOPE if name in known and name not in request}
    if not given.has_test and other is not None:
        taken["test_id"] = other.summary.header.test_id
    model = _model(request.get(key), known)
    request = {**taken, **model, **request}
    document = {"test_id": request.get("test_id"), "request": request, "response": {}}
    recording = from_document(given.path, json.dumps(document).encode(), document)
    return recording, tuple(name for name in ("method", "url", "test_id") if taken.get(name) is not None)


def _model(body: Json, known: JsonObject) -> JsonObject:
    """The model beside the body, where the recorder writes it: the body's own."""
    if "model" not in known:
        return {}
    own = as_str(body.get("model")) if isinstance(body, dict) else None
    return {"model": own or known["model"]}
