"""Every rule: it has a sample that breaks it, one that does not, and its texts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from recctl.check.registry import RULES
from recctl.check.rules.rule import Rule
from tests.check.samples import COUNTER_SAMPLES, SAMPLES, findings, lay_out
from tests.helpers import few, run, run_process

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
BREAKING = [(code, name) for code, projects in SAMPLES.items() for name in projects]
HEALTHY = [(code, name) for code, projects in COUNTER_SAMPLES.items() for name in projects]


@each_rule
def test_it_has_samples_and_counter_samples(rule: Rule) -> None:
    assert SAMPLES.get(rule.code)
    assert COUNTER_SAMPLES.get(rule.code)


def test_there_are_no_samples_of_removed_rules() -> None:
    known = {rule.code for rule in RULES}
    assert set(SAMPLES) == known
    assert set(COUNTER_SAMPLES) == known


@pytest.mark.promise("Each rule finds its samples and passes the counter-samples")
@pytest.mark.parametrize(("code", "name"), BREAKING, ids=map(" ".join, BREAKING))
def test_a_sample_breaks_its_rule(code: str, name: str, tmp_path: Path) -> None:
    root = lay_out(tmp_path, SAMPLES[code][name])
    reported = findings(root, "tests", "--select", code)
    assert {finding["code"] for finding in reported} == {code}
    (rule,) = [rule for rule in RULES if rule.code == code]
    assert {finding["severity"] for finding in reported} == {rule.severity}
    assert {finding["fixable"] for finding in reported} == {rule.fixable}
    assert all((root / finding["path"]).is_file() and finding["message"] for finding in reported)


@pytest.mark.parametrize(("code", "name"), few(BREAKING, 30), ids=map(" ".join, BREAKING))
def test_a_sample_breaks_its_rule_among_all_the_others(code: str, name: str, tmp_path: Path) -> None:
    root = lay_out(tmp_path, SAMPLES[code][name])
    alone = findings(root, "tests", "--select", code)
    assert [finding for finding in findings(root) if finding["code"] == code] == alone


@pytest.mark.promise("Each rule finds its samples and passes the counter-samples")
@pytest.mark.parametrize(("code", "name"), HEALTHY, ids=map(" ".join, HEALTHY))
def test_a_counter_sample_does_not(code: str, name: str, tmp_path: Path) -> None:
    root = lay_out(tmp_path, COUNTER_SAMPLES[code][name])
    assert findings(root, "tests", "--select", code) == []
    assert code not in {finding["code"] for finding in findings(root)}


# ---- its documentation


@each_rule
def test_its_texts_are_sentences(rule: Rule) -> None:
    for text in (rule.meaning, rule.why, rule.how_to_fix):
        assert len(text.split()) >= 3
        assert text[0].isupper() or text.startswith("recctl ")
        assert text.endswith(".")
        assert not text.endswith("..")
        assert text == " ".join(text.split())


@each_rule
def test_its_code_and_name_are_its_own(rule: Rule) -> None:
    assert rule.code[:2] == "RC"
    assert rule.code[2:].isdecimal()
    assert len(rule.code) == 5
    assert Counter(each.code for each in RULES)[rule.code] == 1
    assert Counter(each.name for each in RULES)[rule.name] == 1
    assert rule.name == rule.name.lower()


def test_rules_are_in_the_order_of_their_codes() -> None:
    assert [rule.code for rule in RULES] == sorted(rule.code for rule in RULES)


@each_rule
def test_recctl_rule_prints_all_of_it(rule: Rule) -> None:
    result = run("rule", rule.code)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"{rule.code} {rule.name}  {rule.severity}")
    assert ("--fix" in result.out.splitlines()[0]) == rule.fixable
    for text in (rule.meaning, rule.why, rule.how_to_fix):
        assert any(line.endswith(text) for line in result.out.splitlines())
    assert run("rule", rule.name).out == run("rule", rule.code.lower()).out == result.out


def test_recctl_rule_prints_it_whole_in_a_narrow_pipe() -> None:
    rule = max(RULES, key=lambda rule: len(rule.meaning))
    result = run_process("rule", rule.code, env={"COLUMNS": "30"})
    assert all(text in result.out for text in (rule.meaning, rule.why, rule.how_to_fix))


def test_recctl_rule_lists_every_rule() -> None:
    lines = run("rule").out.splitlines()
    assert [line.split()[:3] for line in lines] == [[rule.code, rule.name, rule.severity] for rule in RULES]
