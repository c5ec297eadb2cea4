"""The other recordings that a rule needs: those of the same test, and those in the same directory.

They are looked for on disk, whether or not the command was given them: a hook gets only what a commit
changes. Rules that need them run after every given file was read once, so that what was seen of it
then need not be read again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from recctl.catalog.same_test import Families
from recctl.catalog.turn_ids import Chains
from recctl.check.context import Settings, Subject
from recctl.check.facts import Seen, seen_of
from recctl.check.fingerprint import Likeness, request_likeness, response_likeness
from recctl.check.turn_links import Produced, produced_by
from recctl.recordings.recording import Recording, read
from recctl.support.errors import Unreadable


class Siblings:
    """The surroundings of the recordings that a command was given."""

    def __init__(self, files: Sequence[Path], settings: Settings, quickly: bool) -> None:
        self._settings = settings
        self._quickly = quickly
        self._families = Families(files)
        self._chains = Chains(files)
        self._seen: dict[Path, Seen | None] = {}
        self._produced: dict[Path, Produced] = {}
        self._likeness: dict[tuple[Path, str], Likeness] = {}

    def add(self, seen: Seen) -> None:
        """Keep what was seen of a given file."""
        self._families.learn(seen.path, seen.summary.test_id)
        self._seen[seen.path] = seen

    def of_test(self, seen: Seen) -> list[Seen]:
        """The other recordings of its test; none for one that names no test."""
        if seen.summary.test_id is None:
            return []
        others = (self._look(path) for path in self._families.of(seen.path, seen.summary.test_id))
        return [other for other in others if other is not None]

    def live_twin(self, seen: Seen) -> Path | None:
        """The file beside a recording that a replay finds for the same request; None where there is none."""
        if seen.hash is None:
            return None
        right = seen.path.with_name(f"{seen.hash[: self._settings.hash_rule.digits]}{seen.path.suffix}")
        held = self._look(right) if right != seen.path and os.path.isfile(right) else None
        return right if held is not None and held.hash == seen.hash else None

    def carried_on(self, value: str, seen: Seen) -> bool:
        """Whether the request of another recording carries a value on, so that it must stay."""
        return bool(self._chains.carried({value}, seen.path))

    @property
    def notes(self) -> list[str]:
        """What there is to say of the index."""
        return self._chains.notes

    def produced(self, seen: Seen) -> Produced:
        """What its answer leaves to be carried on."""
        if seen.path not in self._produced:
            try:
                self._produced[seen.path] = produced_by(self._subject(seen.path).transcript)
            except Unreadable:
                self._produced[seen.path] = Produced(frozenset(), ())
        return self._produced[seen.path]

    def are_alike(self, one: Seen, other: Seen) -> bool:
        """Whether two differ only in volatile parts; no where one cannot be read any more."""
        return all(
            self._digest(one, likeness) == self._digest(other, likeness) != ""
            for likeness in (request_likeness, response_likeness)
        )

    def _digest(self, seen: Seen, likeness: Callable[[Recording], Likeness]) -> Likeness:
        key = (seen.path, likeness.__name__)
        if key not in self._likeness:
            try:
                self._likeness[key] = likeness(self._subject(seen.path).recording)
            except Unreadable:
                self._likeness[key] = ""
        return self._likeness[key]

    def _look(self, path: Path) -> Seen | None:
        if path not in self._seen:
            try:
                self._seen[path] = seen_of(self._subject(path))
            except Unreadable:
                self._seen[path] = None
        return self._seen[path]

    def _subject(self, path: Path) -> Subject:
        return Subject(path, read(path), self._settings, self._quickly)
