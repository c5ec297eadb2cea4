"""Two recordings compared: their requests, their answers, and whether the hash tells them apart."""

from __future__ import annotations

import json
from typing import Literal, TypeAlias

import msgspec

from recctl.conversation.answer import answer
from recctl.conversation.transcript import Choice, Transcript
from recctl.diff.changes import Change, changes
from recctl.recordings.ogx.hash_rules import NEWEST, HashRule, asked_of, differing_parts
from recctl.recordings.recording import Recording
from recctl.support.jsonvalue import Json, JsonObject

Part: TypeAlias = Literal["request", "response", "all"]

# What makes up a request, in reading order. The rest (headers, endpoint, provider_metadata) repeats
# these or says how it was recorded.
_REQUEST_KEYS = ("method", "url", "model", "provider", "api", "tool_name", "file_id", "test_id")
_BODY_KEYS = ("body", "payload", "kwargs")


class Verdict(msgspec.Struct, frozen=True):
    """Whether a replay could take one request for the other, by the hash rule in force.

    `same_hash` is None for kinds without a rule, and where a request given alone names no url.
    `apart` names the hashed parts that differ once normalized: test_id, method, endpoint, body and
    the like. `misnamed` are those of the two whose file name is not their hash.
    """

    same_hash: bool | None
    apart: tuple[str, ...]
    misnamed: tuple[Recording, ...]


def request_view(recording: Recording) -> JsonObject:
    """The parts of a request that are compared."""
    request = recording.request
    view = {key: request[key] for key in _REQUEST_KEYS if request.get(key) is not None}
    view["test_id"] = recording.header.test_id
    if request.get("test_id") not in (None, view["test_id"]):
        view["request_test_id"] = request["test_id"]  # some kinds are hashed with this one
    return view | {key: request[key] for key in _BODY_KEYS if key in request}


def response_view(answer: Transcript) -> JsonObject:
    """The parts of an answer that are compared; ids of tool calls differ every time and are left out."""
    vectors = answer.embeddings
    return {
        "choices": [_choice_view(choice) for choice in answer.choices],
        "error": None if answer.error is None else msgspec.structs.asdict(answer.error),
        "embeddings": None if vectors is None else {"count": vectors.count, "dimensions": vectors.dimensions},
        "models": None if answer.models is None else list(answer.models),
        "usage": answer.usage,
        "body": answer.body,
    }


def _choice_view(choice: Choice) -> JsonObject:
    calls = [{"name": call.name, "arguments": _arguments(call.arguments)} for call in choice.tool_calls]
    view: JsonObject = {"index": choice.index, "text": choice.text, "reasoning": choice.reasoning}
    return view | {"refusal": choice.refusal, "tool_calls": calls, "finish_reason": choice.finish_reason}


def _arguments(arguments: str) -> Json:
    """A tool call's arguments taken apart where they are JSON, so that they differ by path."""
    try:
        return json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments


def request_changes(old: Recording, new: Recording) -> list[Change]:
    """What differs between two requests."""
    return changes(request_view(old), request_view(new))


def response_changes(old: Transcript, new: Transcript) -> list[Change]:
    """What differs between two answers; every path begins with `response`."""
    return changes({"response": response_view(old)}, {"response": response_view(new)})


def verdict(old: Recording, new: Recording, rule: HashRule = NEWEST) -> Verdict:
    """Whether a hash rule gives two requests one hash, and if not, what keeps them apart."""
    mine, yours = rule.parts(asked_of(old)), rule.parts(asked_of(new))
    if mine is None or yours is None or not (goes_somewhere(old) and goes_somewhere(new)):
        return Verdict(None, (), ())
    # A recorder says whether, its rule's parts say where.
    same = rule.hash(asked_of(old)) == rule.hash(asked_of(new))
    apart = () if same else differing_parts(mine, yours) or ("request",)
    misnamed = tuple(recording for recording in (old, new) if _is_misnamed(recording, rule))
    return Verdict(same, apart, misnamed)


def goes_somewhere(recording: Recording) -> bool:
    """Whether a request says where it goes to: every recorded one does, one given alone need not."""
    return recording.header.kind not in ("inference", "http") or recording.header.url is not None


def _is_misnamed(recording: Recording, rule: HashRule) -> bool:
    name = recording.summary.name
    return name.hash is not None and not rule.fits(name, rule.hash(asked_of(recording)))


class Comparison(msgspec.Struct, frozen=True):
    """Two recordings compared: the changes in reading order, the request's before the answer's."""

    old: Recording
    new: Recording
    part: Part
    changes: tuple[Change, ...]
    verdict: Verdict

    @property
    def equal(self) -> bool:
        """Whether nothing differs in the compared part."""
        return not self.changes


def compare(old: Recording, new: Recording, part: Part, rule: HashRule = NEWEST) -> Comparison:
    """Two recordings compared in their requests, their answers, or both; `rule` is the one in force."""
    found: list[Change] = []
    if part != "response":
        found += request_changes(old, new)
    if part != "request":
        found += response_changes(answer(old), answer(new))
    return Comparison(old, new, part, tuple(found), verdict(old, new, rule))
