"""Which recordings are wrong or dead: every selected rule on every file, in one pass over the bytes."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from recctl.errors import NotARecording, Unreadable
from recctl.paths import absolute_path
from recctl.recording import read
from recctl.rules import fits
from recctl.rules.rule import Finding, Note, Rule
from recctl.rules.siblings import Seen, Siblings, seen_of
from recctl.rules.subject import Settings, Subject
from recctl.rules.unreadable import NOT_A_RECORDING, NOT_JSON

_MANY = 50  # files from which what is slow to load and fast to run pays


class Checker(msgspec.Struct):
    """Looks at files one at a time, then at what they are to each other.

    `problems` fills with files that the system does not give, and with those that are no recordings
    where the rules that would say so are not among `rules`.
    """

    files: tuple[Path, ...]
    rules: tuple[Rule, ...]
    settings: Settings
    problems: list[Unreadable] = msgspec.field(default_factory=list)

    def __iter__(self) -> Iterator[list[Finding]]:
        """The findings of each file, in their order; last those that need the others too."""
        quickly = len(self.files) >= _MANY
        siblings = Siblings(self.files, self.settings, quickly)
        alone = [rule for rule in self.rules if rule.look]
        around = [rule for rule in self.rules if rule.look_around]
        needs_all = any(rule.needs_all for rule in self.rules)
        kept: list[Seen] = []
        for path in self.files:
            try:
                subject = Subject(path, read(path), self.settings, quickly)
            except Unreadable as error:
                self.problems.append(error)
                continue
            try:
                test_id = (subject.recording.summary if needs_all else subject.summary).test_id
            except Unreadable as error:
                yield self._unreadable(error)
                continue
            if around:
                kept.append(seen_of(subject))
                siblings.add(kept[-1])
            yield [
                rule.finding(path, test_id, note)
                for rule in alone
                if rule.look
                for note in rule.look(subject)
            ]
        yield [
            rule.finding(seen.path, seen.summary.test_id, note)
            for rule in around
            for seen in kept
            if rule.look_around
            for note in rule.look_around(seen, siblings)
        ]

    def _unreadable(self, error: Unreadable) -> list[Finding]:
        rule = NOT_A_RECORDING if isinstance(error, NotARecording) else NOT_JSON
        if rule in self.rules:
            return [rule.finding(error.path, None, Note(f"it {error.message}"))]
        self.problems.append(error)
        return []


def ignored_by_path(finding: Finding, ignores: Mapping[str, Sequence[str]], base: Path | None) -> bool:
    """Whether a path glob, relative to `base`, ignores a finding. A plain path names all below it."""
    if not ignores or base is None:
        return False
    place, root = absolute_path(finding.path), absolute_path(base)
    relative = place[len(root) + 1 :] if place.startswith(f"{root}/") else place
    return any(
        fits(finding.rule.code, codes)
        and (fnmatch.fnmatchcase(relative, glob) or relative.startswith(f"{glob.rstrip('/')}/"))
        for glob, codes in ignores.items()
    )
