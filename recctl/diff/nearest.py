"""Find the recordings nearest to one: of its test, of its test function, of its endpoint and model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from recctl.diff.changes import changes
from recctl.diff.comparison import request_view
from recctl.diff.similarity import text_similarity, word_counts
from recctl.recordings.header import Header
from recctl.recordings.ogx.outline import MESSAGE_KEYS, NotPlain, read_request
from recctl.recordings.recording import Recording, load, read, request_body
from recctl.recordings.ref import Ref
from recctl.recordings.summary import Summary
from recctl.support.errors import Unreadable
from recctl.support.jsonvalue import Json, JsonObject, as_object, compact

Relation = Literal["test", "function", "endpoint", "model"]  # what two recordings have in common

_SHORTLIST = 5  # candidates that are compared in full, by rough similarity


class Neighbor(msgspec.Struct, frozen=True):
    """A recording near another: what they have in common, and how far apart their requests are.

    `distance` is the share of words in which the requests differ, 0 to 1; `differences` counts the
    changes by path.
    """

    recording: Recording
    relation: Relation
    distance: float
    differences: int


def function_of(test_id: str) -> str:
    """Return a test id without its parameters."""
    return test_id.partition("[")[0]


def _relations(wanted: Header) -> Iterator[tuple[Relation, Callable[[Header], bool]]]:
    """Yield the relations that a recording may have to the wanted one, the closest first."""
    test = wanted.test_id
    if test is not None:
        yield "test", lambda other: other.test_id == test
        yield (
            "function",
            lambda other: other.test_id is not None and function_of(other.test_id) == function_of(test),
        )
    if wanted.endpoint is not None:
        yield "endpoint", lambda other: _call(other) == _call(wanted)
    elif wanted.model is not None:  # only a body
        yield "model", lambda other: other.model == wanted.model


def _call(header: Header) -> tuple[object, ...]:
    return header.kind, header.endpoint, header.model


def nearest(wanted: Recording, others: Iterable[Summary], count: int = 4) -> list[Neighbor]:
    """Return the nearest recordings, nearest first, all of the closest relation that any has.

    A neighbor asks for the same kind of answer: a list of models is never near a chat. Files that
    cannot be read are skipped.
    """
    own = Ref(wanted.ref.path.resolve(), wanted.ref.item)
    candidates = [other for other in others if not _is_same_call(other.ref, own)]
    for relation, has_relation in _relations(wanted.header):
        related = [other for other in candidates if has_relation(other.header)]
        if found := _nearest_of(wanted, relation, related):
            return found[:count]
    return []


def _is_same_call(ref: Ref, own: Ref) -> bool:
    """Return whether a ref names the same call as `own`, whose links are resolved."""
    path = ref.path
    # Under another name, only a link can lead to the file.
    may_be = ref.item == own.item and (path.name == own.path.name or path.is_symlink())
    return may_be and path.resolve() == own.path


def _nearest_of(wanted: Recording, relation: Relation, candidates: Sequence[Summary]) -> list[Neighbor]:
    counts = word_counts(_request_text(wanted.raw))
    scored = [(_rough_similarity(counts, wanted.header, other), other) for other in candidates]
    scored.sort(key=lambda pair: (-pair[0], str(pair[1].ref)))
    neighbors = []
    for _, other in scored:
        try:
            recording = load(other.ref)
        except Unreadable:
            continue
        if _are_comparable(wanted, recording):
            neighbors.append(_neighbor(wanted, relation, recording))
        if len(neighbors) == _SHORTLIST:
            break
    call = _call(wanted.header)
    return sorted(
        neighbors, key=lambda one: (_call(one.recording.header) != call, one.distance, one.differences)
    )


def _are_comparable(one: Recording, other: Recording) -> bool:
    """Return whether two requests go to one endpoint, or both send a conversation, or both a prompt."""
    mine, yours = one.header, other.header
    if mine.endpoint is not None and (mine.kind, mine.endpoint) == (yours.kind, yours.endpoint):
        return True
    form = _form(one)
    return form is not None and form == _form(other)


def _form(recording: Recording) -> str | None:
    body = as_object(request_body(recording))
    if any(_holds_messages(body.get(key)) for key in MESSAGE_KEYS):
        return "conversation"
    return "prompt" if "prompt" in body else None


def _holds_messages(value: Json) -> bool:
    """Return whether a value is a list of objects; inputs of embeddings are strings or numbers."""
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _rough_similarity(counts: Counter[str], wanted: Header, other: Summary) -> float:
    """Return the share of words that two requests have in common; at most 0 for another endpoint."""
    try:
        similarity = text_similarity(counts, word_counts(_request_text(read(other.path))))
    except Unreadable:
        return -1.0
    # A test calls guards and embeddings as well: requests to one endpoint come first.
    return similarity if _call(other.header) == _call(wanted) else similarity - 1


def _request_text(raw: bytes) -> str:
    try:
        return read_request(raw).decode("utf-8", "replace")
    except NotPlain:
        return raw.decode("utf-8", "replace")


def _neighbor(wanted: Recording, relation: Relation, recording: Recording) -> Neighbor:
    body_only = not wanted.response  # a bare request: what it leaves out is no difference
    old, new = (_view(each, body_only) for each in (wanted, recording))
    found = changes(old, new)
    distance = 1 - text_similarity(word_counts(compact(old)), word_counts(compact(new))) if found else 0.0
    return Neighbor(recording, relation, distance, len(found))


def _view(recording: Recording, body_only: bool) -> Json:
    return request_body(recording) if body_only else without_test(request_view(recording))


def without_test(view: JsonObject) -> JsonObject:
    """Return a request's view without the test that made it."""
    return {key: value for key, value in view.items() if key != "test_id"}
