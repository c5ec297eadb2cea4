"""Many files are checked in a faster way than one; what is found is the same."""

from __future__ import annotations

import pickle
from itertools import chain
from pathlib import Path

import pytest

from recctl.catalog.find import find
from recctl.check.context import Settings
from recctl.check.engine import Item, check_files
from recctl.check.registry import RULES
from recctl.check.rules.rule import Finding, Rule
from recctl.check.selection import selected
from recctl.recordings.ogx.hash_rules import NEWEST, HashRule
from recctl.recordings.ogx.hash_rules import RULES as HASH_RULES
from recctl.support.errors import NotARecording
from tests.check.samples import COUNTER_SAMPLES, SAMPLES, Project, findings, lay_out, many
from tests.helpers import SAMPLES as RECORDINGS
from tests.helpers import few
from tests.recordings.ogx.test_hash_rules import CORPUS, needs_corpus

BOTH = [
    (f"{code} {kind} {name}", files)
    for kind, table in (("broken", SAMPLES), ("healthy", COUNTER_SAMPLES))
    for code, projects in table.items()
    for name, files in projects.items()
]
HUGE = 1_000_000


def checked(
    files: tuple[Path, ...],
    at_least: int,
    select: str = "ALL",
    rule: HashRule = NEWEST,
    workers: int = 1,
) -> list[tuple[object, ...]]:
    """Everything that is found, the problems too, where the fast way starts at so many files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recctl.check.engine._MANY", at_least)
        rules, settings = selected([select], []), Settings(rule, 1000, workers=workers)
        return [described(item) for item in chain(*check_files(files, rules, settings))]


def described(item: Item) -> tuple[object, ...]:
    """An item as values that can be compared."""
    if isinstance(item, Finding):
        return (str(item.ref), item.rule.code, item.test_id, item.message, item.fixable, item.line)
    return (str(item.path), item.message)


@pytest.mark.promise("Fast and full ways of reading give the same answer")
@pytest.mark.parametrize(("name", "files"), few(BOTH, 40), ids=[name for name, _ in BOTH])
def test_a_sample_is_checked_alike(
    name: str, files: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path, files)
    monkeypatch.setattr("recctl.check.engine._MANY", HUGE)
    one_by_one = findings(tmp_path)
    monkeypatch.setattr("recctl.check.engine._MANY", 0)
    assert findings(tmp_path) == one_by_one
    assert bool(one_by_one) or "healthy" in name


def test_all_samples_together_are_checked_alike(tmp_path: Path) -> None:
    for number, (_, files) in enumerate(BOTH):
        lay_out(tmp_path / str(number), files)
    paths = find([tmp_path]).files
    slow = checked(paths, HUGE)
    assert {line[1] for line in slow} == {rule.code for rule in RULES}
    assert checked(paths, 0) == slow


@pytest.mark.parametrize("workers", few([2, 5], 1))
def test_several_processes_check_them_alike(workers: int, tmp_path: Path) -> None:
    for number, (_, files) in enumerate(BOTH):
        lay_out(tmp_path / str(number), files)
    paths = find([tmp_path]).files
    for select in ("ALL", "RC2"):  # RC2: files that cannot be read are no findings
        assert checked(paths, 0, select, workers=workers) == checked(paths, 0, select) != []


def test_why_a_file_cannot_be_read_comes_back_from_another_process() -> None:
    error = NotARecording(Path("a.json"), "is JSON but no recording", "look at it")
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), back.path, back.message, back.hint) == (
        NotARecording,
        error.path,
        error.message,
        error.hint,
    )


@pytest.mark.parametrize("rule", few(RULES, 5), ids=lambda rule: rule.code)
def test_a_rule_alone_finds_what_it_finds_among_all(rule: Rule, tmp_path: Path) -> None:
    count = 0
    for name, files in [*SAMPLES[rule.code].items(), *COUNTER_SAMPLES[rule.code].items()]:
        paths = find([lay_out(tmp_path / name, files) / "tests"]).files
        among_all = [line for line in checked(paths, HUGE) if line[1] == rule.code]
        count += len(among_all)
        assert checked(paths, 0, rule.code) == checked(paths, HUGE, rule.code) == among_all
    assert count


def test_the_project_of_samples_is_checked_alike() -> None:
    files = find([RECORDINGS]).files
    assert len(files) > 50
    slow = checked(files, HUGE)
    assert slow
    assert checked(files, 0) == slow


@pytest.mark.slow
@needs_corpus
def test_the_corpus_is_checked_alike() -> None:
    files = find([Path(CORPUS or "")]).files
    slow = checked(files, HUGE)
    assert slow
    assert checked(files, 0) == slow


@pytest.mark.parametrize("count", [48, 49, 50])
def test_the_border_between_the_ways_changes_nothing(count: int, tmp_path: Path) -> None:
    lay_out(tmp_path, SAMPLES["RC501"]["torn over chunks"])
    lay_out(tmp_path, SAMPLES["RC502"]["macOS"])
    before = findings(tmp_path)
    assert {one["code"] for one in before} == {"RC501", "RC502"}
    assert findings(many(tmp_path, count)) == before


def test_every_hash_rule_is_checked_alike() -> None:
    files = find([RECORDINGS]).files
    for rule in HASH_RULES:
        slow = checked(files, HUGE, "RC1", rule)
        assert checked(files, 0, "RC1", rule) == slow
        assert bool(slow) or rule is NEWEST
