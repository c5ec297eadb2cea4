"""One recording as the rules see it: what is expensive is computed at most once, and only if asked for."""

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

# In canonical JSON every string has a line of its own.
_LINES = re.compile(rb'\n +".{8,}')


class Settings(msgspec.Struct, frozen=True):
    """The hash rule in force, the largest size in kB, and how it is decided whether a test still exists.

    `workers` is the number of processes: by default one for each core, if that pays.
    """

    hash_rule: HashRule
    max_size: int
    tests: LivenessSource = msgspec.field(default_factory=LivenessBySource)
    workers: int | None = None


class Run(msgspec.Struct):
    """What the recordings of one run share.

    `use_orjson`: it is slow to import and fast to parse, so that it pays for many files only.
    `needs_document`: a selected rule needs more than the request and the fields of a listing.
    `clean_lines`: lines that hold nothing like a credential; prompts and schemas occur in many recordings.
    """

    settings: Settings
    use_orjson: bool
    needs_document: bool
    clean_lines: set[bytes] = msgspec.field(default_factory=set)


class Context:
    """A recording that is being checked. Its properties raise Unreadable if the bytes are no recording."""

    def __init__(self, ref: Ref, raw: bytes, run: Run) -> None:
        self.ref = ref
        self.path = ref.path
        self.raw = raw
        self.run = run
        self.settings = run.settings

    @cached_property
    def _canonical_document(self) -> Json | None:
        """The document if the bytes are proven canonical by the fast parser; None means unknown."""
        return parse_canonical(self.raw) if self.run.use_orjson else None

    @property
    def _is_proven_canonical(self) -> bool:
        return self._canonical_document is not None

    @cached_property
    def recording(self) -> Recording:
        """The whole recording."""
        if self._canonical_document is None:
            return parse(self.path, self.raw)
        return from_document(self.path, self.raw, self._canonical_document)

    @cached_property
    def summary(self) -> Summary:
        """The fields of a listing."""
        return self.recording.summary if self.run.needs_document else summarize(self.path, self.raw)

    @cached_property
    def request(self) -> JsonObject:
        """The request."""
        if not self.run.needs_document:
            try:
                return as_object(json.loads(read_request(self.raw)))
            except (NotPlain, ValueError, RecursionError):
                pass
        return self.recording.request

    @cached_property
    def is_canonical(self) -> bool:
        """Whether the bytes are those that the recorder writes for the document."""
        return self._is_proven_canonical or is_canonical(self.raw)

    @cached_property
    def duplicate_keys(self) -> tuple[str, ...]:
        """The keys that occur more than once in one object."""
        return () if self._is_proven_canonical else duplicate_keys(self.raw)

    @cached_property
    def fit(self) -> Fit:
        """How the name of the file fits the hash of the request."""
        header = self.summary.header
        asked = Asked(header.kind, header.test_id, self.request)
        return fit_of(asked, self.summary.name, self.settings.hash_rule)

    @property
    def is_bound_to_test(self) -> bool:
        """Whether the hash depends on the test."""
        return not is_without_test_id(self.summary, self.settings.hash_rule)

    @cached_property
    def transcript(self) -> Transcript:
        """The answer, assembled from its chunks."""
        from recctl.conversation.answer import answer  # most recordings are checked without

        return answer(self.recording)

    @property
    def items(self) -> list[Json]:
        """The items of the response body."""
        return as_items(self.recording.response.get("body"))

    @cached_property
    def lines(self) -> frozenset[bytes]:
        """The distinct lines with a string of eight bytes or more; all bytes as one unless canonical."""
        return frozenset(_LINES.findall(self.raw) if self._is_proven_canonical else [self.raw])

    def line_of(self, key: str) -> int | None:
        """Return the number of the first line with this key, from 1; None if it is escaped in the file."""
        position = self.raw.find(f"{json.dumps(key)}:".encode())
        return None if position < 0 else self.raw.count(b"\n", 0, position) + 1
