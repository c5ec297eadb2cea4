"""Recordings related to the one checked: of the same test, in the same directory, or holding its ids.

They are found on disk whether or not the command was given them: a pre-commit hook gets only the files of
a commit. Rules that need them run after every given file was read, so that no file is read twice for this.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from recctl.catalog.same_test import SameTest
from recctl.catalog.turn_ids import TurnIds
from recctl.check.context import Context, Run, Settings
from recctl.check.facts import Facts, facts_of
from recctl.check.fingerprint import request_fingerprint, response_fingerprint
from recctl.check.turn_links import Offer, offer_of
from recctl.recordings.recording import Recording, read
from recctl.recordings.ref import Ref
from recctl.support.errors import Unreadable, Warn, no_warning

if TYPE_CHECKING:
    from recctl.suite.source_texts import SourceTexts

_Part: TypeAlias = Literal["request", "response"]
_FINGERPRINTS: dict[_Part, Callable[[Recording], str]] = {
    "request": request_fingerprint,
    "response": response_fingerprint,
}


class Related:
    """The recordings related to those that a command was given."""

    def __init__(self, files: Sequence[Path], run: Run, warn: Warn = no_warning) -> None:
        """`warn` gets a line for whatever keeps the index from being used."""
        self._run = msgspec.structs.replace(run, needs_document=False)
        self._same_test = SameTest(files)
        self._turn_ids = TurnIds(files, warn)
        self._facts: dict[Ref, Facts | None] = {}
        self._offers: dict[Ref, Offer] = {}
        self._fingerprints: dict[tuple[Ref, _Part], str | None] = {}

    @property
    def settings(self) -> Settings:
        """The settings of the run."""
        return self._run.settings

    @cached_property
    def source_texts(self) -> SourceTexts:
        """The texts that the sources of tests make."""
        from recctl.suite.source_texts import SourceTexts  # few requests have earlier turns

        return SourceTexts()

    def add(self, facts: Facts) -> None:
        """Keep the facts of a given file."""
        self._same_test.add(facts.ref, facts.summary.header.test_id)
        self._facts[facts.ref] = facts

    def of_same_test(self, facts: Facts) -> list[Facts]:
        """Return the other recordings of the same test; none if the recording names no test."""
        test_id = facts.summary.header.test_id
        if test_id is None:
            return []
        others = (self._facts_of(ref) for ref in self._same_test.others(facts.ref, test_id))
        return [other for other in others if other is not None]

    def replayed_instead(self, facts: Facts) -> Ref | None:
        """Return the other recording in the directory that a replay finds for the same request, if any."""
        if facts.hash is None:
            return None
        name = f"{facts.hash[: self.settings.hash_rule.digits]}{facts.path.suffix}"
        ref = Ref(facts.path.with_name(name))
        other = self._facts_of(ref) if ref.path != facts.path and os.path.isfile(ref.path) else None
        return ref if other is not None and other.hash == facts.hash else None

    def is_referenced(self, id_: str, facts: Facts) -> bool:
        """Return whether the request of another recording holds an id, so that it must not be changed."""
        return bool(self._turn_ids.in_other_requests({id_}, facts.ref))

    def offer(self, facts: Facts) -> Offer:
        """Return what later requests may repeat of a recording's answer; nothing if it cannot be read."""
        if facts.ref not in self._offers:
            try:
                self._offers[facts.ref] = offer_of(self._context(facts.ref).transcript)
            except Unreadable:
                self._offers[facts.ref] = Offer()
        return self._offers[facts.ref]

    def are_near_duplicates(self, one: Facts, other: Facts) -> bool:
        """Return whether two differ only in volatile parts; False if one of them cannot be read any more."""
        return all(self._have_same(part, one, other) for part in _FINGERPRINTS)

    def _have_same(self, part: _Part, one: Facts, other: Facts) -> bool:
        fingerprint = self._fingerprint(one.ref, part)
        return fingerprint is not None and fingerprint == self._fingerprint(other.ref, part)

    def _fingerprint(self, ref: Ref, part: _Part) -> str | None:
        if (ref, part) not in self._fingerprints:
            try:
                self._fingerprints[ref, part] = _FINGERPRINTS[part](self._context(ref).recording)
            except Unreadable:
                self._fingerprints[ref, part] = None
        return self._fingerprints[ref, part]

    def _facts_of(self, ref: Ref) -> Facts | None:
        if ref not in self._facts:
            try:
                self._facts[ref] = facts_of(self._context(ref))
            except Unreadable:
                self._facts[ref] = None
        return self._facts[ref]

    def _context(self, ref: Ref) -> Context:
        return Context(ref, read(ref.path), self._run)
