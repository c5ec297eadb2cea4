"""A finding is fixable if it has a fix: the fix changes the bytes, and removes the finding."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from recctl.catalog.find import find
from recctl.check.context import Settings
from recctl.check.engine import check_files
from recctl.check.fixes import plan_fixes
from recctl.check.registry import RULES
from recctl.check.rules.rule import Finding
from recctl.check.selection import selected
from recctl.edit.plan import digest_of, patched
from recctl.recordings.ogx.hash_rules import NEWEST
from tests.check.samples import SAMPLES, lay_out, project
from tests.helpers import chat, document, run
from tests.samples.builder import answered
from tests.samples.streams import TEST

FIXABLE = [(rule.code, name) for rule in RULES if rule.fixable for name in SAMPLES[rule.code]]


def findings_in(root: Path, select: str = "ALL") -> list[Finding]:
    """The findings of some rules in a project."""
    files = find([root / "tests"]).files
    items = chain(*check_files(files, selected([select], []), Settings(NEWEST, 1000)))
    return [item for item in items if isinstance(item, Finding)]


@pytest.mark.parametrize(("code", "name"), FIXABLE, ids=map(" ".join, FIXABLE))
def test_a_fix_removes_its_finding_and_does_nothing_after_that(code: str, name: str, tmp_path: Path) -> None:
    lay_out(tmp_path, SAMPLES[code][name])
    found = findings_in(tmp_path, code)
    assert found
    for one in found:
        assert one.fix is not None
        raw = one.path.read_bytes()
        fixed = one.fix(raw)
        assert fixed != raw
        assert one.fix(fixed) == fixed
        one.path.write_bytes(fixed)
    assert findings_in(tmp_path, code) == []


def test_the_fixes_of_a_file_become_one_edit_in_any_order(tmp_path: Path) -> None:
    made = answered(chat(test_id=TEST), id="rec-ffffffffffff", created=7)
    lay_out(tmp_path, {**project(), made.path: made.to_bytes() + b"\n"})
    found = findings_in(tmp_path)
    assert [one.rule.code for one in found] == ["RC404", "RC103", "RC201"]
    raw, right = made.to_bytes() + b"\n", chat(test_id=TEST).to_bytes()
    for findings in (found, found[::-1]):
        (edit,) = plan_fixes(findings)
        assert (edit.path, edit.before) == (found[0].path, digest_of(raw))
        assert patched(raw, edit.patches) == right


def test_no_finding_with_a_fix_is_no_edit(tmp_path: Path) -> None:
    lay_out(tmp_path, project(chat(test_id=TEST, prompt="Read /home/alice/x.")))
    found = findings_in(tmp_path, "RC5")
    assert [one.rule.code for one in found] == ["RC502"]
    assert list(plan_fixes(found)) == []


def test_an_id_that_another_request_holds_stays_when_the_rest_is_fixed(tmp_path: Path) -> None:
    made = answered(chat(test_id=TEST), id="chatcmpl-17", created=7)
    lay_out(tmp_path, project(made, chat(test_id=TEST, prompt="chatcmpl-17")))
    assert run("check", "tests", "--fix", "--select", "RC2", cwd=tmp_path).code == 1
    data = document(tmp_path / made.path)["response"]["body"]["__data__"]
    assert (data["id"], data["created"]) == ("chatcmpl-17", 0)
