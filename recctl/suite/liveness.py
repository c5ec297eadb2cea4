"""What is said of a recording: its test lives, is gone, or cannot be judged."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from recctl.recordings.summary import Summary

Liveness: TypeAlias = Literal["live", "stale", "unjudged"]

# Where the names of a node id end: at the parameters, or at the group that pytest-xdist's loadgroup adds.
_END_OF_NAMES = re.compile(r"[\[@]")


class Judgement(msgspec.Struct, frozen=True):
    """Whether a test is live, stale or unjudged, and the reason, as people read it."""

    liveness: Liveness
    reason: str


LIVE = Judgement("live", "its test exists")

# A source of truth about tests: judges a recording that names its test.
Judge: TypeAlias = Callable[[Summary], Judgement]


def stale(reason: str) -> Judgement:
    """Say that the test does not exist, by a positive proof: the reason."""
    return Judgement("stale", reason)


def unjudged(reason: str) -> Judgement:
    """Say that nothing that was looked at proves anything, and why."""
    return Judgement("unjudged", reason)


class TestName(msgspec.Struct, frozen=True):
    """A pytest node id taken apart: `tests/a/test_b.py::TestC::test_d[x::y]` without its parameters."""

    file: str
    names: tuple[str, ...]

    __test__ = False  # not for pytest


def parse_test_id(test_id: str) -> TestName:
    """Return the file, and the classes and function in it. Parameters may hold anything, `::` too."""
    file, _, rest = test_id.partition("::")
    return TestName(file, tuple(_END_OF_NAMES.split(rest, maxsplit=1)[0].split("::")) if rest else ())


def without_group(test_id: str) -> tuple[str, ...]:
    """Return what a node id may be without the `@group` that pytest-xdist's `--dist loadgroup` appends.

    A name holds no `@`; parameters may, and so may the group, which then leaves several possibilities.
    """
    file, colons, rest = test_id.partition("::")
    named = rest.partition("[")[0]
    ends = [at for at, sign in enumerate(rest) if sign == "@" and (at < len(named) or rest[at - 1] == "]")]
    return tuple(f"{file}{colons}{rest[:end]}" for end in ends)
