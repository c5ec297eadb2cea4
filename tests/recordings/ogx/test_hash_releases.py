"""Which rule a project names: by the day it is in force from, or by a release of the recorder."""

from __future__ import annotations

from pathlib import Path

import pytest

from recctl.recordings.ogx.hash_releases import RELEASES, choose_rule, rule_of_release
from recctl.recordings.ogx.hash_rules import NEWEST, RULES
from recctl.support.errors import RecctlError
from tests.helpers import chat, put, run
from tests.recordings.ogx.test_hash_eras import ERAS

# Releases as the package index has them, each with the rule in its wheel: read there, not here.
WHEELS: dict[str, str] = {
    "llama-stack 0.2.17": "2025-07-29",
    "llama-stack 0.2.24": "2025-07-29",
    "llama-stack 0.3.0": "2025-10-09",
    "llama-stack 0.3.5": "2025-10-09",
    "llama-stack 0.4.0": "2025-11-03",
    "llama-stack 0.4.7": "2025-11-03",
    "llama-stack 0.5.0": "2026-01-21",
    "llama-stack 0.5.4": "2026-01-21",
    "llama-stack 0.6.1": "2026-01-21",
    "llama-stack 0.7.0": "2026-03-18",
    "llama-stack 0.7.3": "2026-03-18",
    "ogx 0.7.1": "2026-03-18",
    "ogx 0.8.0": "2026-04-09",
    "ogx 1.0.0": "2026-04-09",
    "ogx 1.1.3": "2026-04-09",
    "ogx 1.2.0": "2026-06-17",
    "ogx 1.3.1": "2026-06-17",
    "ogx 1.4.1": "2026-06-17",
    "ogx 1.5.0": "2026-10-09",
}
FORMS: dict[str, str] = {
    "ogx 1.4": "2026-06-17",
    "OGX 1.4": "2026-06-17",
    "ogx==1.4.1": "2026-06-17",
    "ogx == 1.4.0": "2026-06-17",
    "ogx-1.5": "2026-10-09",
    "ogx v1.5": "2026-10-09",
    "ogx 1.4.x": "2026-06-17",
    " ogx 0.8 ": "2026-04-09",
    "llama-stack 0.2": "2025-07-29",
    "llama_stack 0.3": "2025-10-09",
    "llama stack 0.4": "2025-11-03",
    "llama-stack==0.6": "2026-01-21",
}


@pytest.mark.parametrize("release", WHEELS)
def test_a_release_has_the_rule_of_its_wheel(release: str) -> None:
    package, version = release.split()
    assert choose_rule(release).rule.since == WHEELS[release]
    assert rule_of_release(package, version) is choose_rule(release).rule


@pytest.mark.parametrize("form", FORMS)
def test_a_release_may_be_written_in_some_ways(form: str) -> None:
    choice = choose_rule(form)
    assert (choice.rule.since, choice.note) == (FORMS[form], None)


def test_every_release_has_a_rule_and_stands_once() -> None:
    names = [str(release) for release in RELEASES]
    assert len(names) == len(set(names))
    assert {release.since for release in RELEASES} == {rule.since for rule in RULES} - {"2025-10-04"}


def test_later_releases_have_later_rules() -> None:
    for package in ("ogx", "llama-stack"):
        same = [release for release in RELEASES if release.package == package]
        assert [release.since for release in sorted(same, key=lambda one: one.version)] == sorted(
            release.since for release in same
        )


def test_a_rule_is_found_by_its_day() -> None:
    assert [choose_rule(era).rule.since for era in ERAS] == list(ERAS)
    assert choose_rule(None).rule is NEWEST


@pytest.mark.parametrize("version", ["1.6.0", "1.5.0rc1", "1.5.1.dev3+g1234567", "1.5", "", "1.5.0.0"])
def test_a_version_that_is_no_release_has_no_known_rule(version: str) -> None:
    assert rule_of_release("ogx", version) is None


@pytest.mark.parametrize(
    "setting", ["2025-11-04", "newest", "", "2025-11", "ogx", "ogx 1.", "1.4", "vcrpy 6"]
)
def test_what_is_no_rule_is_refused(setting: str) -> None:
    with pytest.raises(RecctlError) as refused:
        choose_rule(setting)
    assert refused.value.message == f"[tool.recctl] hash-rule: there is no rule {setting}"
    assert refused.value.hint == f'known are {", ".join(reversed(ERAS))}; or name a release, as "ogx 1.5.0"'


NEAR: dict[str, str] = {
    "ogx 1.6": "ogx 1.4.1 (2026-06-17), ogx 1.5.0 (2026-10-09)",
    "ogx 1.4.7": "ogx 1.4.0 (2026-06-17), ogx 1.4.1 (2026-06-17), ogx 1.5.0 (2026-10-09)",
    "ogx 0.9": "ogx 0.7.1 (2026-03-18), ogx 0.8.0 (2026-04-09), ogx 1.0.0 (2026-04-09)",
    "llama-stack 0.2.16": "llama-stack 0.2.17 (2025-07-29), llama-stack 0.2.18 (2025-07-29), "
    "llama-stack 0.2.19 (2025-07-29)",
    "llama-stack 1.0": "llama-stack 0.7.2 (2026-03-18), llama-stack 0.7.3 (2026-03-18)",
}


@pytest.mark.parametrize("setting", NEAR)
def test_a_release_that_is_not_known_names_what_is_near(setting: str) -> None:
    with pytest.raises(RecctlError) as refused:
        choose_rule(setting)
    assert refused.value.message == f"[tool.recctl] hash-rule: no release {setting} is known"
    assert refused.value.hint.partition("; ")[0] == f"near are {NEAR[setting]}"


def test_of_releases_with_several_rules_the_newest_is_taken_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.recctl]\nhash-rule = "ogx 1"\n')
    path = put(tmp_path / "recordings", chat(test_id="tests/a.py::test_b"))
    eras = "2026-04-09, 2026-06-17, 2026-10-09"
    said = f"the releases of ogx 1 have several rules ({eras}); 2026-10-09 is taken"
    for command in (["hash", path], ["check", "recordings", "--select", "RC1"], ["normalize", "recordings"]):
        result = run(*command, cwd=tmp_path)
        assert result.err.splitlines()[0] == f"recctl: [tool.recctl] hash-rule: {said}"


def test_a_project_may_name_a_release(tmp_path: Path) -> None:
    """The hash of a list of models of another host was bound to its test until ogx 1.1."""
    (tmp_path / "pyproject.toml").write_text('[tool.recctl]\nhash-rule = "ogx 1.1"\n')
    url = "https://api.openai.com/v1/v1/models"
    (tmp_path / "body.json").write_text("{}")

    def hashed(test: str) -> str:
        result = run("hash", "--url", url, "--body", "body.json", "--test-id", test, cwd=tmp_path)
        assert "  in force  2026-04-09, as in ogx 0.8 to 1.1\n" in result.out
        return result.out.splitlines()[0]

    assert hashed("a.py::b") != hashed("a.py::c")
