"""Every promise has a test that is marked with it, and every mark names a promise."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from tests.helpers import ROOT
from tests.promises import PROMISES


@cache
def marked() -> Mapping[str, list[str]]:
    """Return the tests that are marked with each promise; read from the sources, so that slow ones count."""
    tests: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if b"pytest.mark.promise(" in path.read_bytes():
            for name, promise in marks(path):
                tests[promise].append(f"{path.relative_to(ROOT).as_posix()}::{name}")
    return tests


def marks(path: Path) -> Iterator[tuple[str, str]]:
    """Yield name and promise of each marked function."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.promise":
                    (promise,) = mark.args
                    yield node.name, ast.literal_eval(promise)


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_has_a_test(promise: str) -> None:
    assert [name for name in marked().get(promise, ()) if name.rpartition("::")[2].startswith("test_")] != []


def test_every_mark_names_a_promise() -> None:
    assert {promise: tests for promise, tests in marked().items() if promise not in PROMISES} == {}


def test_no_promise_is_made_twice() -> None:
    assert len(set(PROMISES)) == len(PROMISES)
