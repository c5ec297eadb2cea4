"""What a stale test was renamed to, from HEAD and the working tree of a real repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers import run
from tests.suite.projects import git, record, write

FILE = "tests/a/test_b.py"
OLD = """
    class TestC:
        def test_one(self, a): return a + 1
    def test_two(): return 2
    def test_three(): return 3
    """
RENAMED = {
    "a method": (OLD.replace("test_one", "test_uno"), "TestC::test_one[x::y]", "TestC::test_uno[x::y]"),
    "a function": (OLD.replace("test_two", "test_due"), "test_two", "test_due"),
    "a class": (OLD.replace("TestC", "TestD"), "TestC::test_one", "TestD::test_one"),
    "with another body": (OLD.replace("test_two(): return 2", "test_due(): return 4"), "test_two", None),
    "removed": (OLD.replace("def test_two(): return 2\n", "\n"), "test_two", None),
    "two alike": (
        OLD.replace("def test_two(): return 2", "def test_d(): return 2\n    def test_e(): return 2"),
        "test_two",
        None,
    ),
    "one that was there before": (
        OLD.replace("def test_two(): return 2\n", "\n").replace("return 3", "return 2"),
        "test_two",
        None,
    ),
    "one that HEAD does not hold": (OLD, "test_gone", None),
}


def committed(root: Path) -> None:
    write(root, {FILE: OLD, "tests/c/test_d.py": "def test_y(): ..."})
    git(root, "init")
    git(root, "add", "-A")
    git(root, "commit", "-m", "before")


def renamed_to(root: Path) -> str | None:
    """What prune says of the one stale recording."""
    (removal,) = json.loads(run("prune", "--json", "--max-share", "100", cwd=root).out)["remove"]
    text = run("prune", "--max-share", "100", cwd=root).out
    assert (f"renamed to {removal['renamed_to']}?" in text) == (removal["renamed_to"] is not None)
    return str(removal["renamed_to"]) if removal["renamed_to"] else None


@pytest.mark.parametrize("name", RENAMED)
def test_the_new_name_of_a_test(tmp_path: Path, name: str) -> None:
    source, old, new = RENAMED[name]
    committed(tmp_path)
    write(tmp_path, {FILE: source})
    record(tmp_path, f"{FILE}::{old}")
    assert renamed_to(tmp_path) == (new and f"{FILE}::{new}")


def test_the_new_name_of_a_file(tmp_path: Path) -> None:
    committed(tmp_path)
    git(tmp_path, "mv", FILE, "tests/a/test_new.py")
    record(tmp_path, f"{FILE}::test_two")
    assert renamed_to(tmp_path) == "tests/a/test_new.py::test_two"


def test_outside_a_repository_nothing_is_known(tmp_path: Path) -> None:
    write(tmp_path, {FILE: OLD.replace("test_two", "test_due")})
    record(tmp_path, f"{FILE}::test_two")
    assert renamed_to(tmp_path) is None
