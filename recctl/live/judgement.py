"""What is said of a recording: its test lives, is gone, or cannot be judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from recctl.summary import Summary

Fate: TypeAlias = Literal["live", "stale", "unjudged"]


class Judgement(msgspec.Struct, frozen=True):
    """A fate and the reason for it, as people read it."""

    fate: Fate
    reason: str


LIVE = Judgement("live", "its test exists")

# A source of truth about tests: judges a recording that names its test.
Judge: TypeAlias = Callable[[Summary], Judgement]


def stale(reason: str) -> Judgement:
    """The test is gone."""
    return Judgement("stale", reason)


def unjudged(reason: str) -> Judgement:
    """Nothing that was looked at tells."""
    return Judgement("unjudged", reason)


class TestName(msgspec.Struct, frozen=True):
    """A pytest node id taken apart: `tests/a/test_b.py::TestC::test_d[x::y]` without its parameters."""

    file: str
    names: tuple[str, ...]

    __test__ = False  # not for pytest


def parse_test_id(test_id: str) -> TestName:
    """The file, and the classes and function in it. Parameters may hold anything, `::` too."""
    file, _, rest = test_id.partition("::")
    return TestName(file, tuple(rest.partition("[")[0].split("::")) if rest else ())
