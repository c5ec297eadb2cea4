"""Compare two recordings: their requests, their answers, and whether a replay can confuse them."""

from __future__ import annotations

import json
from typing import Literal, TypeAlias

import msgspec

from recctl.conversation.answer import answer
from recctl.conversation.transcript import Choice, Transcript
from recctl.diff.changes import Change, changes
from recctl.recordings.ogx.hash_rules import NEWEST, HashRule, asked_of, differing_parts
from recctl.recordings.recording import BODY_KEYS, Recording
from recctl.support.jsonvalue import Json, JsonObject

Part: TypeAlias = Literal["request", "response", "all"]

# The parts of a request, in reading order. The other keys (headers, endpoint, provider_metadata) repeat
# these or describe the recording.
_REQUEST_KEYS = ("method", "url", "model", "provider", "api", "tool_name", "file_id", "test_id")


class Verdict(msgspec.Struct, frozen=True):
    """Whether two requests have one hash by the rule in force, so that a replay may serve either.

    `same_hash` is None for kinds without a rule, and for a bare request without a url. `differs_in`
    names the hashed parts that differ once normalized, such as test_id, method, endpoint and body.
    `misnamed` are those of the two whose file name is not their hash.
    """

    same_hash: bool | None
    differs_in: tuple[str, ...]
    misnamed: tuple[Recording, ...]


def request_view(recording: Recording) -> JsonObject:
    """Return the parts of a request that are compared."""
    request = recording.request
    view = {key: request[key] for key in _REQUEST_KEYS if request.get(key) is not None}
    view["test_id"] = recording.header.test_id
    if request.get("test_id") not in (None, view["test_id"]):
        view["request_test_id"] = request["test_id"]  # which some kinds are hashed with
    return view | {key: request[key] for key in BODY_KEYS if key in request}


def response_view(answer: Transcript) -> JsonObject:
    """Return the parts of an answer that are compared: all but ids of tool calls, which always differ."""
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
    """Return a tool call's arguments parsed if they are JSON, so that they are compared by path."""
    try:
        return json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments


def request_changes(old: Recording, new: Recording) -> list[Change]:
    """Return what differs between two requests."""
    return changes(request_view(old), request_view(new))


def response_changes(old: Transcript, new: Transcript) -> list[Change]:
    """Return what differs between two answers; every path begins with `response`."""
    return changes({"response": response_view(old)}, {"response": response_view(new)})


def verdict(old: Recording, new: Recording, rule: HashRule = NEWEST) -> Verdict:
    """Return whether a hash rule gives two requests one hash, and if not, which parts differ."""
    old_parts, new_parts = rule.parts(asked_of(old)), rule.parts(asked_of(new))
    if old_parts is None or new_parts is None or not (has_target(old) and has_target(new)):
        return Verdict(None, (), ())
    # A recorder decides whether the hashes differ; the parts say in what.
    same = rule.hash(asked_of(old)) == rule.hash(asked_of(new))
    differs_in = () if same else differing_parts(old_parts, new_parts) or ("request",)
    misnamed = tuple(recording for recording in (old, new) if _is_misnamed(recording, rule))
    return Verdict(same, differs_in, misnamed)


def has_target(recording: Recording) -> bool:
    """Return whether a request has a target: every recorded one has, a bare request may lack the url."""
    return recording.header.kind not in ("inference", "http") or recording.header.url is not None


def _is_misnamed(recording: Recording, rule: HashRule) -> bool:
    name = recording.summary.name
    return name.hash is not None and not rule.fits(name, rule.hash(asked_of(recording)))


class Comparison(msgspec.Struct, frozen=True):
    """Two recordings and their changes in reading order, those of the request before the answer's."""

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
    """Compare the requests of two recordings, their answers, or both; `rule` is the hash rule in force."""
    found: list[Change] = []
    if part != "response":
        found += request_changes(old, new)
    if part != "request":
        found += response_changes(answer(old), answer(new))
    return Comparison(old, new, part, tuple(found), verdict(old, new, rule))
