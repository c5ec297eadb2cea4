"""Settings of a pyproject.toml: what they become, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from recctl.support.configuration import CheckSettings, Code, Project, Settings, find_project
from recctl.support.errors import RecctlError


def configured(directory: Path, text: str) -> Project:
    (directory / "pyproject.toml").write_text(text)
    return find_project(directory)


def test_every_setting_is_read(tmp_path: Path) -> None:
    text = (
        '[tool.recctl]\nrecordings = ["a", "/b"]\nhash-rule = "ogx 1.4"\n'
        '[tool.recctl.check]\nselect = ["rc1"]\nignore = ["RC404"]\nbaseline = "base.json"\n'
        'strict = true\nmax-size = 7\nper-path-ignores = { "x/*" = ["rc5"] }\n'
    )
    ignores = {"x/*": (Code("RC5"),)}
    check = CheckSettings((Code("RC1"),), (Code("RC404"),), ignores, tmp_path / "base.json", True, 7)
    expected = Project(tmp_path, tmp_path, Settings((tmp_path / "a", Path("/b")), "ogx 1.4", check))
    assert configured(tmp_path, text) == expected


def test_one_directory_need_not_be_a_list(tmp_path: Path) -> None:
    assert configured(tmp_path, '[tool.recctl]\nrecordings = "a"').settings.recordings == (tmp_path / "a",)


DIRECTORIES = 'must be a string or a list of strings, such as ["tests/recordings"], not'
CODES = 'must be a list of strings, such as ["RC1", "RC404"], not'
RULE = 'hash-rule must be a string, such as "ogx 1.4", not'
FILE = 'must be a string, such as ".recctl-baseline.json", not'
SIZE = "[tool.recctl.check] max-size must be a whole number above 0, not"
WRONG = {
    "recordings = 3": f"[tool.recctl] recordings {DIRECTORIES} 3",
    "recordings = []": f"[tool.recctl] recordings {DIRECTORIES} []",
    'recordings = ["a", ""]': f'[tool.recctl] recordings {DIRECTORIES} ["a", ""]',
    'hash-rule = ""': f'[tool.recctl] {RULE} ""',
    "hash-rule = 2026-01-02": f"[tool.recctl] {RULE} 2026-01-02",
    "hash-rule = 01:02:03": f"[tool.recctl] {RULE} 01:02:03",
    f"hash-rule = 0x{'9' * 5000}": f"[tool.recctl] {RULE} a value this large",
    f"hash-rule = [{'1, ' * 50}]": f"[tool.recctl] {RULE} [{'1, ' * 19}1,…",
    "check = 3": "[tool.recctl.check] must be a table, not 3",
    'check.select = "RC1"': f'[tool.recctl.check] select {CODES} "RC1"',
    "check.ignore = [4]": f"[tool.recctl.check] ignore {CODES} [4]",
    "check.per-path-ignores = true": "[tool.recctl.check.per-path-ignores] must be a table, not true",
    "check.per-path-ignores = { a = 1 }": f"[tool.recctl.check.per-path-ignores] a {CODES} 1",
    "check.baseline = 1": f"[tool.recctl.check] baseline {FILE} 1",
    "check.strict = 1": "[tool.recctl.check] strict must be true or false, not 1",
    "check.max-size = 0": f"{SIZE} 0",
    "check.max-size = true": f"{SIZE} true",
    "check.max-size = 1.0": f"{SIZE} 1.0",
    'recordings = "a"\ncheck.max-size = "1"': f'{SIZE} "1"',
    "zzzz = 1": "[tool.recctl] has no key zzzz; known are recordings, hash-rule, check",
    "check.max_size = 1": "[tool.recctl.check] has no key max_size; did you mean max-size? known are select, "
    "ignore, per-path-ignores, baseline, strict, max-size",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_setting_is_named_with_its_value_and_what_is_allowed(tmp_path: Path, text: str) -> None:
    with pytest.raises(RecctlError) as raised:
        configured(tmp_path, f"[tool.recctl]\n{text}\n")
    assert raised.value.message == f"{tmp_path / 'pyproject.toml'}: {WRONG[text]}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("tool = 3", "[tool] must be a table, not 3"),
        ("[tool]\nrecctl = []", "[tool.recctl] must be a table, not []"),
        ("[tool.recctl\n", "not valid TOML: "),
    ],
)
def test_a_pyproject_without_a_table_for_us_is_named(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(RecctlError) as raised:
        configured(tmp_path, text)
    assert raised.value.message.startswith(f"{tmp_path / 'pyproject.toml'}: {why}")
