"""One recording as the rules look at it: what is expensive is computed once, and only if asked for."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from recctl.recordings.ogx.canonical import duplicate_keys, is_canonical, parse_canonical
from recctl.recordings.ogx.hash_rules import Asked, Fit, HashRule, fit_of, is_without_test_id
from recctl.recordings.ogx.outline import NotPlain, read_request
from recctl.recordings.recording import Recording, from_document, parse, summarize
from recctl.recordings.ref import Ref
from recctl.recordings.summary import Summary
from recctl.suite.liveness import LivenessSource
from recctl.suite.source import LivenessBySource
from recctl.support.jsonvalue import Json, JsonObject, as_items, as_object

if TYPE_CHECKING:
    from recctl.conversation.transcript import Transcript

# Where bytes are canonical every string has a line of its own.
_LINES = re.compile(rb'\n +".{8,}')


class Settings(msgspec.Struct, frozen=True):
    """What a project may decide, the hash rule in force and the largest size in kB; and what judges tests."""

    hash_rule: HashRule
    max_size: int
    tests: LivenessSource = msgspec.field(default_factory=LivenessBySource)


class Subject:
    """A recording under examination."""

    def __init__(self, ref: Ref, raw: bytes, settings: Settings, quickly: bool) -> None:
        """`quickly` uses what is fast for many files and slow to load for one."""
        self.ref = ref
        self.path = ref.path
        self.raw = raw
        self.settings = settings
        self._quickly = quickly
        self.is_proven = False

    @cached_property
    def recording(self) -> Recording:
        """All of it. Raises Unreadable where the bytes are no recording."""
        document = parse_canonical(self.raw) if self._quickly else None
        if document is None:
            return parse(self.path, self.raw)
        self.is_proven = True
        return from_document(self.path, self.raw, document)

    @cached_property
    def summary(self) -> Summary:
        """What a listing shows of it. Raises Unreadable where the bytes are no recording."""
        return self.recording.summary if "recording" in self.__dict__ else summarize(self.path, self.raw)

    @cached_property
    def request(self) -> JsonObject:
        """Its request."""
        if "recording" not in self.__dict__:
            try:
                return as_object(json.loads(read_request(self.raw)))
            except (NotPlain, ValueError, RecursionError):
                pass
        return self.recording.request

    @cached_property
    def is_canonical(self) -> bool:
        """Whether its bytes are formatted as the recorder formats them."""
        return self.is_proven or is_canonical(self.raw)

    @cached_property
    def duplicate_keys(self) -> tuple[str, ...]:
        """Keys that stand more than once in one object."""
        return () if self.is_proven else duplicate_keys(self.raw)

    @cached_property
    def fit(self) -> Fit:
        """How its name stands to its request."""
        asked = Asked(self.summary.header.kind, self.summary.header.test_id, self.request)
        return fit_of(asked, self.summary.name, self.settings.hash_rule)

    @property
    def is_bound_to_test(self) -> bool:
        """Whether its hash depends on its test."""
        return not is_without_test_id(self.summary, self.settings.hash_rule)

    @cached_property
    def transcript(self) -> Transcript:
        """Its answer put together."""
        from recctl.conversation.answer import answer  # most recordings are judged without

        return answer(self.recording)

    @property
    def items(self) -> list[Json]:
        """The items of its response body."""
        return as_items(self.recording.response.get("body"))

    @cached_property
    def strings(self) -> frozenset[bytes]:
        """The lines that hold strings of some length, once each; of bytes not canonical all in one."""
        return frozenset(_LINES.findall(self.raw) if self.is_proven else [self.raw])

    def line_of(self, key: str) -> int | None:
        """The number of the first line that holds this key, from 1; None where it is formatted otherwise."""
        position = self.raw.find(f"{json.dumps(key)}:".encode())
        return None if position < 0 else self.raw.count(b"\n", 0, position) + 1
