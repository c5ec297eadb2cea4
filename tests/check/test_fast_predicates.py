"""Many files are checked in a quicker way than one; what is found is the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from recctl.catalog.find import find
from recctl.check.context import Settings
from recctl.check.engine import Checker
from recctl.check.registry import RULES, selected
from recctl.check.rules.rule import Rule
from recctl.recordings.ogx.hash_rules import NEWEST
from recctl.recordings.ogx.hash_rules import RULES as HASH_RULES
from tests.check.samples import COUNTER_SAMPLES, SAMPLES, Project, findings, lay_out, many
from tests.helpers import SAMPLES as RECORDINGS
from tests.recordings.ogx.test_hash_rules import CORPUS, needs_corpus

BOTH = [
    (f"{code} {kind} {name}", files)
    for kind, table in (("broken", SAMPLES), ("healthy", COUNTER_SAMPLES))
    for code, projects in table.items()
    for name, files in projects.items()
]
HUGE = 1_000_000


def told(
    files: tuple[Path, ...], at_least: int, select: str = "ALL", workers: int = 1
) -> list[tuple[object, ...]]:
    """Everything that is found, the problems too, where the quick way starts at so many files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recctl.check.engine._MANY", at_least)
        checker = Checker(files, selected([select], []), Settings(NEWEST, 1000), workers=workers)
        found = [
            (str(one.path), one.rule.code, one.test_id, one.message, one.fixable, one.line)
            for of_file in checker
            for one in of_file
        ]
    return [*found, *((str(problem.path), problem.message) for problem in checker.problems)]


@pytest.mark.promise("Fast and full ways of reading give the same answer")
@pytest.mark.parametrize(("name", "files"), BOTH, ids=[name for name, _ in BOTH])
def test_a_sample_is_judged_alike(
    name: str, files: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path, files)
    monkeypatch.setattr("recctl.check.engine._MANY", HUGE)
    one_by_one = findings(tmp_path)
    monkeypatch.setattr("recctl.check.engine._MANY", 0)
    assert findings(tmp_path) == one_by_one
    assert bool(one_by_one) or "healthy" in name


def test_all_samples_together_are_judged_alike(tmp_path: Path) -> None:
    for number, (_, files) in enumerate(BOTH):
        lay_out(tmp_path / str(number), files)
    paths = find([tmp_path]).files
    slow = told(paths, HUGE)
    assert {line[1] for line in slow} == {rule.code for rule in RULES}
    assert told(paths, 0) == slow


@pytest.mark.parametrize("workers", [2, 5])
def test_several_processes_judge_them_alike(workers: int, tmp_path: Path) -> None:
    for number, (_, files) in enumerate(BOTH):
        lay_out(tmp_path / str(number), files)
    paths = find([tmp_path]).files
    assert told(paths, 0, workers=workers) == told(paths, 0) != []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_alone_finds_what_it_finds_among_all(rule: Rule, tmp_path: Path) -> None:
    count = 0
    for name, files in [*SAMPLES[rule.code].items(), *COUNTER_SAMPLES[rule.code].items()]:
        paths = find([lay_out(tmp_path / name, files) / "tests"]).files
        among_all = [line for line in told(paths, HUGE) if line[1] == rule.code]
        count += len(among_all)
        assert told(paths, 0, rule.code) == told(paths, HUGE, rule.code) == among_all
    assert count


def test_the_project_of_samples_is_judged_alike() -> None:
    files = find([RECORDINGS]).files
    assert len(files) > 50
    slow = told(files, HUGE)
    assert slow
    assert told(files, 0) == slow


@needs_corpus
def test_the_corpus_is_judged_alike() -> None:
    files = find([Path(CORPUS or "")]).files
    slow = told(files, HUGE)
    assert slow
    assert told(files, 0) == slow


@pytest.mark.parametrize("count", [48, 49, 50])
def test_the_border_between_the_ways_changes_nothing(count: int, tmp_path: Path) -> None:
    lay_out(tmp_path, SAMPLES["RC501"]["torn over chunks"])
    lay_out(tmp_path, SAMPLES["RC502"]["macOS"])
    before = findings(tmp_path)
    assert {one["code"] for one in before} == {"RC501", "RC502"}
    assert findings(many(tmp_path, count)) == before


def test_every_hash_rule_is_judged_alike() -> None:
    files = find([RECORDINGS]).files
    for rule in HASH_RULES:
        results = []
        for at_least in (0, HUGE):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("recctl.check.engine._MANY", at_least)
                checker = Checker(files, selected(["RC1"], []), Settings(rule, 1000))
                results.append([(one.path, one.message) for of_file in checker for one in of_file])
        assert results[0] == results[1]
        assert bool(results[0]) or rule is NEWEST
