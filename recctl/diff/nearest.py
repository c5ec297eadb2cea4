"""Which recordings are nearest to one: of its test, of its test function, of its endpoint and model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from recctl.diff.changes import changes
from recctl.diff.comparison import request_view
from recctl.diff.similarity import overlap, words
from recctl.recordings.header import Header
from recctl.recordings.ogx.outline import NotPlain, read_request
from recctl.recordings.recording import Recording, load, read, request_body
from recctl.recordings.ref import Ref
from recctl.recordings.summary import Summary
from recctl.support.errors import Unreadable
from recctl.support.jsonvalue import Json, JsonObject, as_object, compact

Tie = Literal["test", "function", "endpoint", "model"]

_CONVERSATIONS = ("messages", "contents", "input")  # keys of a body under which messages stand
_SHORTLIST = 5  # candidates compared in full after a rough measure of all


class Sibling(msgspec.Struct, frozen=True):
    """A recording near another: what ties them, and how far apart they are.

    `distance` is the share of words in which the requests differ, 0 to 1; `differences` the places.
    """

    recording: Recording
    tie: Tie
    distance: float
    differences: int


def function_of(test_id: str) -> str:
    """A test id without its parameters."""
    return test_id.partition("[")[0]


def _ties(wanted: Header) -> Iterator[tuple[Tie, Callable[[Header], bool]]]:
    """What may tie a recording to the wanted one, the strongest first."""
    test = wanted.test_id
    if test is not None:
        yield "test", lambda other: other.test_id == test
        yield (
            "function",
            lambda other: other.test_id is not None and function_of(other.test_id) == function_of(test),
        )
    if wanted.endpoint is not None:
        yield "endpoint", lambda other: _call(other) == _call(wanted)
    elif wanted.model is not None:  # a body alone
        yield "model", lambda other: other.model == wanted.model


def _call(header: Header) -> tuple[object, ...]:
    return header.kind, header.endpoint, header.model


def nearest(wanted: Recording, others: Iterable[Summary], count: int = 4) -> list[Sibling]:
    """The nearest siblings, nearest first, all of the strongest tie that there is; [] when none is near.

    Only what asks for the same sort of answer is near: never a model list to a chat. Files that
    cannot be read are passed over.
    """
    own = Ref(wanted.ref.path.resolve(), wanted.ref.item)
    candidates = [other for other in others if not _is(other.ref, own)]
    for tie, fits in _ties(wanted.header):
        if found := _nearest_of(wanted, tie, [other for other in candidates if fits(other.header)]):
            return found[:count]
    return []


def _is(ref: Ref, own: Ref) -> bool:
    """Return whether a ref names the same call as `own`, which has its links resolved."""
    path = ref.path
    # Only a link leads to it under another name.
    may_be = ref.item == own.item and (path.name == own.path.name or path.is_symlink())
    return may_be and path.resolve() == own.path


def _nearest_of(wanted: Recording, tie: Tie, tied: Sequence[Summary]) -> list[Sibling]:
    said = words(_request_text(wanted.raw))
    weighed = [(_likeness(said, wanted.header, other), other) for other in tied]
    weighed.sort(key=lambda pair: (-pair[0], str(pair[1].ref)))
    siblings = []
    for _, other in weighed:
        try:
            recording = load(other.ref)
        except Unreadable:
            continue
        if _are_of_one_sort(wanted, recording):
            siblings.append(_sibling(wanted, tie, recording))
        if len(siblings) == _SHORTLIST:
            break
    call = _call(wanted.header)
    return sorted(
        siblings, key=lambda one: (_call(one.recording.header) != call, one.distance, one.differences)
    )


def _are_of_one_sort(one: Recording, other: Recording) -> bool:
    """Whether two requests go to one endpoint, or both hand a conversation, or both a prompt, to a model."""
    mine, yours = one.header, other.header
    if mine.endpoint is not None and (mine.kind, mine.endpoint) == (yours.kind, yours.endpoint):
        return True
    sort = _sort(one)
    return sort is not None and sort == _sort(other)


def _sort(recording: Recording) -> str | None:
    body = as_object(request_body(recording))
    if any(_holds_messages(body.get(key)) for key in _CONVERSATIONS):
        return "conversation"
    return "prompt" if "prompt" in body else None


def _holds_messages(value: Json) -> bool:
    """Whether a value is a list of objects; what is embedded are strings or numbers."""
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


def _likeness(said: Counter[str], wanted: Header, other: Summary) -> float:
    """The share of words that two requests have in common; less than nothing at another endpoint."""
    try:
        likeness = overlap(said, words(_request_text(read(other.path))))
    except Unreadable:
        return -1.0
    # A test calls guards and embeddings as well: only what goes to one place is comparable.
    return likeness if _call(other.header) == _call(wanted) else likeness - 1


def _request_text(raw: bytes) -> str:
    try:
        return read_request(raw).decode("utf-8", "replace")
    except NotPlain:
        return raw.decode("utf-8", "replace")


def _sibling(wanted: Recording, tie: Tie, recording: Recording) -> Sibling:
    alone = not wanted.response  # what such a request does not say is no difference
    mine, yours = (_view(each, alone) for each in (wanted, recording))
    found = changes(mine, yours)
    distance = 1 - overlap(words(compact(mine)), words(compact(yours))) if found else 0.0
    return Sibling(recording, tie, distance, len(found))


def _view(recording: Recording, alone: bool) -> Json:
    return request_body(recording) if alone else without_test(request_view(recording))


def without_test(view: JsonObject) -> JsonObject:
    """A request's view without the test that made it."""
    return {key: value for key, value in view.items() if key != "test_id"}
