"""The other recordings that a rule needs: those of the same test, and those in the same directory.

They are looked for on disk, whether or not the command was given them: a hook gets only what a commit
changes. Rules that need them run after every given file was read once, so that what was seen of it
then need not be read again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from recctl.catalog.same_test import SameTest
from recctl.catalog.turn_ids import TurnIds
from recctl.check.context import Settings, Subject
from recctl.check.facts import Seen, seen_of
from recctl.check.fingerprint import Likeness, request_likeness, response_likeness
from recctl.check.turn_links import Produced, produced_by
from recctl.recordings.recording import Recording, read
from recctl.recordings.ref import Ref
from recctl.support.errors import Unreadable

if TYPE_CHECKING:
    from recctl.suite.source_texts import SourceTexts


class Siblings:
    """The surroundings of the recordings that a command was given."""

    def __init__(self, files: Sequence[Path], settings: Settings, quickly: bool) -> None:
        self._settings = settings
        self._quickly = quickly
        self.notes: list[str] = []  # on the index
        self._same_test = SameTest(files)
        self._turn_ids = TurnIds(files, self.notes.append)
        self._seen: dict[Ref, Seen | None] = {}
        self._produced: dict[Ref, Produced] = {}
        self._likeness: dict[tuple[Ref, str], Likeness] = {}

    @cached_property
    def source_texts(self) -> SourceTexts:
        """What the sources of tests make."""
        from recctl.suite.source_texts import SourceTexts  # few requests carry anything on

        return SourceTexts()

    def add(self, seen: Seen) -> None:
        """Keep what was seen of a given file."""
        self._same_test.add(seen.ref, seen.summary.header.test_id)
        self._seen[seen.ref] = seen

    def of_test(self, seen: Seen) -> list[Seen]:
        """The other recordings of its test; none for one that names no test."""
        if seen.summary.header.test_id is None:
            return []
        others = (self._look(ref) for ref in self._same_test.others(seen.ref, seen.summary.header.test_id))
        return [other for other in others if other is not None]

    def live_twin(self, seen: Seen) -> Ref | None:
        """The one beside a recording that a replay finds for the same request; None where there is none."""
        if seen.hash is None:
            return None
        right = Ref(seen.path.with_name(f"{seen.hash[: self._settings.hash_rule.digits]}{seen.path.suffix}"))
        held = self._look(right) if right.path != seen.path and os.path.isfile(right.path) else None
        return right if held is not None and held.hash == seen.hash else None

    def carried_on(self, value: str, seen: Seen) -> bool:
        """Whether the request of another recording carries a value on, so that it must stay."""
        return bool(self._turn_ids.in_other_requests({value}, seen.ref))

    def produced(self, seen: Seen) -> Produced:
        """What its answer leaves to be carried on."""
        if seen.ref not in self._produced:
            try:
                self._produced[seen.ref] = produced_by(self._subject(seen.ref).transcript)
            except Unreadable:
                self._produced[seen.ref] = Produced(frozenset(), ())
        return self._produced[seen.ref]

    def are_alike(self, one: Seen, other: Seen) -> bool:
        """Whether two differ only in volatile parts; no where one cannot be read any more."""
        return all(
            self._digest(one, likeness) == self._digest(other, likeness) != ""
            for likeness in (request_likeness, response_likeness)
        )

    def _digest(self, seen: Seen, likeness: Callable[[Recording], Likeness]) -> Likeness:
        key = (seen.ref, likeness.__name__)
        if key not in self._likeness:
            try:
                self._likeness[key] = likeness(self._subject(seen.ref).recording)
            except Unreadable:
                self._likeness[key] = ""
        return self._likeness[key]

    def _look(self, ref: Ref) -> Seen | None:
        if ref not in self._seen:
            try:
                self._seen[ref] = seen_of(self._subject(ref))
            except Unreadable:
                self._seen[ref] = None
        return self._seen[ref]

    def _subject(self, ref: Ref) -> Subject:
        return Subject(ref, read(ref.path), self._settings, self._quickly)
