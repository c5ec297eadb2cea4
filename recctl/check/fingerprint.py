"""Fingerprints of requests and responses: equal for recordings that differ only in ids and times."""

from __future__ import annotations

import hashlib
import json
import re

from recctl.recordings.ogx.volatile import without_volatile
from recctl.recordings.recording import Recording, body_of, request_body
from recctl.recordings.summary import Summary
from recctl.support.jsonvalue import Json, JsonObject

_SEPARATORS = (" ", '"', ",", "{", "\\")
# Ids and times in a request, which no recorder normalizes: uuids, ids with a prefix as
# call_KInRNLIriUKirjfBCuJqJTWT, times in ISO form. They differ in every run.
_VOLATILE = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    # A digit, or a length that no word has, distinguishes an id from a name like call_waiter.
    r"|\b(?:call|chatcmpl|toolu|fc|msg|resp|conv|item|file|vs|rs)[-_]"
    r"(?:(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{6,}|[A-Za-z0-9]{16,})"
    r"|\b(?:rec|chatcmpl)-[A-Za-z0-9-]{6,}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"
)


def request_shape(summary: Summary, request: JsonObject) -> str:
    """Return what two near-duplicates have in common and is cheap to compute.

    That is where they were sent, the number of chunks, and how often each separator occurs in the request:
    ids and times may differ in length, what separates words does not.
    """
    text = json.dumps(body_of(request))
    counts = map(text.count, _SEPARATORS)
    header = summary.header
    return " ".join(map(str, (header.kind, header.url, header.model, header.chunks, *counts)))


def request_fingerprint(recording: Recording) -> str:
    """Return a digest of the request without its volatile parts."""
    return _digest(request_body(recording))


def response_fingerprint(recording: Recording) -> str:
    """Return a digest of the response without its volatile parts."""
    response = without_volatile(recording.response)
    return _digest([response.get("body"), response.get("exception_data")])


def _digest(value: Json) -> str:
    text = _VOLATILE.sub("volatile", json.dumps(value, sort_keys=True))
    return hashlib.sha256(text.encode()).hexdigest()
