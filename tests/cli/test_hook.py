"""The entry of the pre-commit hooks, in this process; `test_pre_commit` runs it by pre-commit itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from recctl import hook
from tests.helpers import chat, put

WRONG = chat(test_id="tests/a/test_chat.py::test_hello").to_bytes().replace(b"gpt-4o", b"gpt-4o-mini")


def ran(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> object:
    """Return the exit code of a hook with these arguments."""
    monkeypatch.setattr(sys, "argv", ["recctl-hook", *arguments])
    with pytest.raises(SystemExit) as ended:
        hook.run()
    return ended.value.code


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in the current directory; pre-commit names files from there."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.promise("A file name is never taken for an option")
@pytest.mark.parametrize("name", ["--baseline=b.json", "--select=RC4", "--write", "-h", "-"])
def test_a_file_named_like_an_option_is_checked(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    (project / name).write_bytes(WRONG)
    assert ran(monkeypatch, "check", "--select", "RC1", name) == 1
    assert f"./{name}" in capfd.readouterr().out


def test_what_is_no_file_stays_an_option(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "wrong.json").write_bytes(WRONG)
    assert ran(monkeypatch, "check", "--select=RC4", "wrong.json") == 0
    (project / "--ignore=RC101").mkdir()  # pre-commit names no directories
    assert ran(monkeypatch, "check", "--select=RC1", "--ignore=RC101", "wrong.json") == 0
    assert capfd.readouterr().out == ""


def test_normalize_writes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = chat()
    recording.document["response"]["body"]["__data__"]["created"] = 7
    path = put(project, recording)
    assert ran(monkeypatch, "normalize", path.name) == 1
    assert b'"created": 0' in path.read_bytes()
    assert ran(monkeypatch, "normalize", path.name) == 0
