"""Run the selected rules: each file is read once, then rules that compare recordings run on kept facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from recctl.check.context import Context, Run, Settings
from recctl.check.facts import Facts, facts_of
from recctl.check.related import Related
from recctl.check.rules.rule import Finding, Rule, Violation
from recctl.check.rules.unreadable import NOT_A_RECORDING, NOT_JSON
from recctl.check.selection import matches
from recctl.recordings.recording import read
from recctl.recordings.ref import Ref
from recctl.support.errors import NotARecording, Unreadable, Warn, no_warning
from recctl.support.processes import parallel_map

_MANY = 50  # files from which importing orjson pays
_WORTH_A_CORE = 300  # files from which several processes pay

Item: TypeAlias = Finding | Unreadable


class _Found(msgspec.Struct, frozen=True):
    """A violation, and the code of the rule that found it: rules themselves are not pickled."""

    code: str
    violation: Violation


class _FileResult(msgspec.Struct, frozen=True):
    """The result of one file: its test, what rules found in it, and facts if rules need them."""

    test_id: str | None = None
    found: tuple[_Found, ...] = ()
    facts: Facts | None = None


_Result: TypeAlias = _FileResult | Unreadable


def check_files(
    files: Sequence[Path],
    rules: Sequence[Rule],
    settings: Settings,
    ignored: Sequence[str] = (),
    warn: Warn = no_warning,
) -> Iterator[list[Item]]:
    """Yield what is found in each file, in their order; last what comparing recordings finds.

    Unreadable stands for a file that cannot be read, or that is no recording if the rule for that is not
    selected; with that rule's code in `ignored` (codes or prefixes) it is not reported at all. `warn` gets a
    line for whatever keeps the index from being used.
    """
    checker = _FileChecker(rules, settings, ignored, use_orjson=len(files) >= _MANY)
    by_code = {rule.code: rule for rule in rules}
    related = Related(files, checker.run, warn)
    facts: list[Facts] = []
    for path, result in zip(files, checker.check_all(files), strict=True):
        if isinstance(result, Unreadable):
            yield [result]
            continue
        if result.facts is not None:
            facts.append(result.facts)
            related.add(result.facts)
        yield [by_code[one.code].finding(Ref(path), result.test_id, one.violation) for one in result.found]
    yield [finding for rule in rules for one in facts for finding in _check_related(rule, one, related)]


def _check_related(rule: Rule, facts: Facts, related: Related) -> Iterator[Finding]:
    if rule.check_related is not None:
        for violation in rule.check_related(facts, related):
            yield rule.finding(facts.ref, facts.summary.header.test_id, violation)


class _FileChecker:
    """Runs the rules that look at one file."""

    def __init__(
        self, rules: Sequence[Rule], settings: Settings, ignored: Sequence[str], use_orjson: bool
    ) -> None:
        needs_document = any(rule.needs_document for rule in rules)
        self.run = Run(settings, use_orjson, needs_document)
        self._rules = rules
        self._ignored = ignored
        self._needs_facts = any(rule.check_related for rule in rules)

    def check_all(self, files: Sequence[Path]) -> Iterator[_Result]:
        """Yield the result of each file, in their order."""
        # Several processes would share the pipes to a recorder that is asked.
        settings = self.run.settings
        workers = 1 if settings.hash_rule.asks else settings.workers
        return parallel_map(self._check, files, workers, _WORTH_A_CORE)

    def _check(self, path: Path) -> _Result:
        try:
            raw = read(path)
        except Unreadable as error:
            return error
        try:
            return self._check_bytes(path, raw)
        except Unreadable as error:
            return self._not_a_recording(error)

    def _check_bytes(self, path: Path, raw: bytes) -> _FileResult:
        context = Context(Ref(path), raw, self.run)
        test_id = context.summary.header.test_id  # raises if it is no recording, before any rule runs
        found = tuple(
            _Found(rule.code, violation)
            for rule in self._rules
            if rule.check
            for violation in rule.check(context)
        )
        return _FileResult(test_id, found, facts_of(context) if self._needs_facts else None)

    def _not_a_recording(self, error: Unreadable) -> _Result:
        rule = NOT_A_RECORDING if isinstance(error, NotARecording) else NOT_JSON
        if rule in self._rules:
            return _FileResult(found=(_Found(rule.code, Violation(f"it {error.message}")),))
        return _FileResult() if matches(rule.code, self._ignored) else error
