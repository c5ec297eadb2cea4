"""A recording without what changes each time it is made: what is left of two near-duplicates is the same."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TypeAlias

from recctl.recordings.ogx.volatile import without_volatile
from recctl.recordings.recording import Recording, body_of, request_body
from recctl.recordings.summary import Summary
from recctl.support.jsonvalue import Json, JsonObject

Likeness: TypeAlias = str

_BETWEEN = (" ", '"', ",", "{", "\\")
# Ids and times as they stand in a request, which no recorder evens out: uuids, ids with a prefix as
# call_KInRNLIriUKirjfBCuJqJTWT, times in ISO form. Recorded in another run they are others.
_VOLATILE = re.compile(
    r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    # A digit, or a length that no word has, tells an id from a name as call_waiter.
    r"|\b(?:call|chatcmpl|toolu|fc|msg|resp|conv|item|file|vs|rs)[-_]"
    r"(?:(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{6,}|[A-Za-z0-9]{16,})"
    r"|\b(?:rec|chatcmpl)-[A-Za-z0-9-]{6,}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"
)


def place_of(summary: Summary, request: JsonObject) -> str:
    """What two near-duplicates share, cheap to compute: where they went, and how their words are divided."""
    words = json.dumps(body_of(request))
    # Ids and times may be longer or shorter; what stands between words is the same.
    counts = map(words.count, _BETWEEN)
    header = summary.header
    return " ".join(map(str, (header.kind, header.url, header.model, header.chunks, *counts)))


def request_likeness(recording: Recording) -> Likeness:
    """A digest of a request without its volatile parts."""
    return _digest(request_body(recording))


def response_likeness(recording: Recording) -> Likeness:
    """A digest of a response without its volatile parts."""
    response = without_volatile(recording.response)
    return _digest([response.get("body"), response.get("exception_data")])


def _digest(value: Json) -> Likeness:
    text = _VOLATILE.sub("volatile", json.dumps(value, sort_keys=True))
    return hashlib.sha256(text.encode()).hexdigest()
