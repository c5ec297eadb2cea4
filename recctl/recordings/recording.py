"""Recordings from bytes: the summary by a typed decoder where that is enough, or the whole document."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path

import msgspec

from recctl.recordings.header import Header
from recctl.recordings.ogx.header import header_of
from recctl.recordings.ogx.outline import NotPlain, outline_of, read_outline
from recctl.recordings.ref import Ref
from recctl.recordings.summary import Summary
from recctl.support.errors import NotARecording, Unreadable
from recctl.support.jsonvalue import MOST_BYTES, Json, JsonObject, as_object, as_str, is_deep, loads
from recctl.support.paths import display_path

TOO_DEEP = "is nested too deeply to be a recording"
# Keys of the part of a request that the caller composed: each kind has one.
BODY_KEYS = ("body", "payload", "kwargs")
_FEW_IDS = 100
_WORD = re.compile(r"[\w-]+")


class Recording(msgspec.Struct, frozen=True):
    """A whole recorded call: which one, its header, its request and response, and the bytes of its file.

    `request` is as recorded. In `response` the ids are normalized as a replay does it, by
    `id_normalization_mapping`.
    """

    ref: Ref
    header: Header
    request: JsonObject
    response: JsonObject
    raw: bytes

    @property
    def summary(self) -> Summary:
        """What a listing knows of it."""
        return Summary(self.ref, len(self.raw), self.header)


def read(path: Path) -> bytes:
    """Return the bytes of a file. Raises Unreadable."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MOST_BYTES:
                raise Unreadable(path, f"is too large to be a recording: {size:,} bytes")
            return file.read()
    except FileNotFoundError:
        raise Unreadable(path, "no such file or directory") from None
    except PermissionError:
        raise Unreadable(path, "permission denied", f"chmod u+r {shlex.quote(display_path(path))}") from None
    except OSError as error:
        raise Unreadable(path, f"cannot be read: {error.strerror or error}") from None


def summarize(path: Path, raw: bytes) -> Summary:
    """Return the summary of the recording in the bytes of a file.

    Raises Unreadable where they hold none.
    """
    try:
        return Summary(Ref(path), len(raw), header_of(read_outline(raw)))
    except NotPlain:
        # The standard library may still read it (NaN, lone surrogates, values of odd types), or else
        # says what is wrong.
        return parse(path, raw).summary


def parse(path: Path, raw: bytes) -> Recording:
    """Return the recording in the bytes of a file. Raises Unreadable where they hold none."""
    return from_document(path, raw, _load(path, raw))


def recorded_response(path: Path, raw: bytes) -> JsonObject:
    """Return the response of the recording in bytes, its ids as they are there. Raises Unreadable."""
    document = _load(path, raw)
    _require_recording(path, document)
    return as_object(document["response"])


def from_document(path: Path, raw: bytes, document: Json) -> Recording:
    """Return the recording in bytes that were parsed already. Raises NotARecording where they hold none."""
    _require_recording(path, document)
    request, response = as_object(document["request"]), as_object(document["response"])
    header = header_of(outline_of(document, request, response))
    mapping = as_object(document.get("id_normalization_mapping"))
    return Recording(Ref(path), header, request, as_object(_replayed(response, mapping)), raw)


def _require_recording(path: Path, document: Json) -> None:
    """Raise NotARecording for a document that is none."""
    if not isinstance(document, dict):
        held = "an array" if isinstance(document, list) else "a single value"
        raise NotARecording(path, f"is JSON but no recording: it holds {held}, not an object")
    for key in ("request", "response"):
        if not isinstance(document.get(key), dict):
            raise NotARecording(path, f'is JSON but no recording: it has no "{key}" object')


def load(ref: Ref) -> Recording:
    """Return the recording that a ref names. Raises Unreadable."""
    return parse(ref.path, read(ref.path))


def request_body(recording: Recording) -> Json:
    """Return the part of a recording's request that the caller composed."""
    return body_of(recording.request)


def body_of(request: JsonObject) -> Json:
    """Return the part of a request that the caller composed: body, payload or kwargs, else all of it."""
    return next((request[key] for key in BODY_KEYS if key in request), request)


def _load(path: Path, raw: bytes) -> Json:
    """Return the document in the bytes, by the standard library, which reads all that a recorder writes."""
    if not raw.strip():
        raise Unreadable(path, "is empty", "restore it from git or record it again")
    try:
        document = loads(raw.decode())
    except UnicodeDecodeError as error:
        raise Unreadable(path, f"is not UTF-8: byte {error.start} is {raw[error.start]:#04x}") from None
    except json.JSONDecodeError as error:
        raise _not_json(path, error) from None
    except RecursionError:
        raise NotARecording(path, TOO_DEEP) from None
    if is_deep(document):
        raise NotARecording(path, TOO_DEEP)
    return document


def _not_json(path: Path, error: json.JSONDecodeError) -> Unreadable:
    where = f"line {error.lineno} column {error.colno}"
    text = error.doc.strip()
    unfinished = text.startswith("{") and not text.endswith("}") and not error.msg.startswith("Extra data")
    if unfinished or error.pos >= len(error.doc.rstrip()):
        hint = "restore it from git or record it again"
        return Unreadable(path, f"is cut short: not JSON at {where}, {error.msg}", hint)
    return Unreadable(path, f"is not JSON at {where}: {error.msg}")


def _replayed(value: Json, mapping: JsonObject) -> Json:
    """Return the value with each original id replaced; `mapping` is normalized id → original id.

    Recorders map few ids. Of more than 100 only whole words are replaced: to search for each of them
    everywhere would take as long as their number times the size of the value.
    """
    pairs = [(original, new) for new, original in mapping.items() if as_str(original)]
    pairs.sort(key=lambda pair: -len(pair[0]))  # call_12 before call_1

    known = dict(reversed(pairs)) if len(pairs) > _FEW_IDS else {}

    def walk(value: Json) -> Json:
        if isinstance(value, str):
            if known:
                return _WORD.sub(lambda word: known.get(word[0], word[0]), value)
            for original, new in pairs:
                value = value.replace(original, new)
            return value
        if isinstance(value, list):
            return [walk(item) for item in value]
        if isinstance(value, dict):
            return {walk(key): walk(item) for key, item in value.items()}
        return value

    return walk(value) if pairs else value
