"""Which recordings are wrong or dead: every selected rule on every file, in one pass over the bytes."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from recctl.check.context import Settings, Subject
from recctl.check.facts import Seen, seen_of
from recctl.check.registry import fits
from recctl.check.rules.rule import Finding, Note, Rule
from recctl.check.rules.unreadable import NOT_A_RECORDING, NOT_JSON
from recctl.check.same_test import Siblings
from recctl.recordings.recording import read
from recctl.recordings.ref import Ref
from recctl.support.errors import NotARecording, Unreadable
from recctl.support.paths import absolute_path
from recctl.support.processes import parallel_map

_MANY = 50  # files from which what is slow to load and fast to run pays
_WORTH_A_CORE = 300  # files from which several processes pay


class _Looked(msgspec.Struct, frozen=True, array_like=True):
    """What was seen of one file: its test, the notes of each rule by code, and what others may need of it."""

    test_id: str | None
    notes: list[tuple[str, Note]]
    seen: Seen | None


class Checker(msgspec.Struct):
    """Looks at files one at a time, then at what they are to each other.

    `problems` fills with files that the system does not give, and with those that are no recordings
    where the rules that would say so are not among `rules`; `ignored` codes are not reported at all. `notes`
    fills with what there is to say of the index. `workers` is the number of processes: by default one for
    each core, if that pays.
    """

    files: tuple[Path, ...]
    rules: tuple[Rule, ...]
    settings: Settings
    ignored: tuple[str, ...] = ()
    workers: int | None = None
    problems: list[Unreadable] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)

    def __iter__(self) -> Iterator[list[Finding]]:
        """The findings of each file, in their order; last those that need the others too."""
        siblings = Siblings(self.files, self.settings, self._quickly)
        rules = {rule.code: rule for rule in self.rules}
        kept: list[Seen] = []
        for path, looked in zip(self.files, self._look_at_all(), strict=True):
            if looked is None:
                yield self._unreadable(path)
                continue
            if looked.seen is not None:
                kept.append(looked.seen)
                siblings.add(looked.seen)
            yield [rules[code].finding(Ref(path), looked.test_id, note) for code, note in looked.notes]
        yield [
            rule.finding(seen.ref, seen.summary.header.test_id, note)
            for rule in self.rules
            if rule.look_around
            for seen in kept
            for note in rule.look_around(seen, siblings)
        ]
        self.notes += siblings.notes

    @property
    def _quickly(self) -> bool:
        return len(self.files) >= _MANY

    def _look_at_all(self) -> Iterator[_Looked | None]:
        """Yield what is seen of each file, in order; None where it cannot be read."""
        # One that asks a recorder would share the pipes to it with its workers.
        workers = 1 if self.settings.hash_rule.asks else self.workers
        return parallel_map(self._try, self.files, workers, _WORTH_A_CORE)

    def _try(self, path: Path) -> _Looked | None:
        try:
            return self._look(path, read(path))
        except Unreadable:
            return None

    def _look(self, path: Path, raw: bytes) -> _Looked:
        subject = Subject(Ref(path), raw, self.settings, self._quickly)
        needs_all = any(rule.needs_all for rule in self.rules)
        test_id = (subject.recording.header if needs_all else subject.summary.header).test_id
        around = any(rule.look_around for rule in self.rules)
        notes = [(rule.code, note) for rule in self.rules if rule.look for note in rule.look(subject)]
        return _Looked(test_id, notes, seen_of(subject) if around else None)

    def _unreadable(self, path: Path) -> list[Finding]:
        """What is wrong with a file: its bytes, which is a finding, or that they cannot be had."""
        try:
            raw = read(path)
        except Unreadable as error:
            self.problems.append(error)
            return []
        try:
            self._look(path, raw)
        except Unreadable as error:
            rule = NOT_A_RECORDING if isinstance(error, NotARecording) else NOT_JSON
            if rule in self.rules:
                return [rule.finding(Ref(error.path), None, Note(f"it {error.message}"))]
            if not fits(rule.code, self.ignored):
                self.problems.append(error)
        return []


def ignored_by_path(finding: Finding, ignores: Mapping[str, Sequence[str]], base: Path | None) -> bool:
    """Whether a path glob, relative to `base`, ignores a finding; of a directory it names all below."""
    if not ignores or base is None:
        return False
    place, root = absolute_path(finding.path), absolute_path(base)
    relative = place[len(root) + 1 :] if place.startswith(f"{root}/") else place
    parts = relative.split("/")
    above = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return any(
        fits(finding.rule.code, codes) and any(_matches(glob, path) for path in above)
        for glob, codes in ignores.items()
    )


def _matches(glob: str, path: str) -> bool:
    plain = glob.removeprefix("./").rstrip("/")
    # Two stars stand for any directories, for none too.
    return fnmatch.fnmatchcase(path, plain) or fnmatch.fnmatchcase(path, plain.replace("**/", ""))
