"""Liveness of a recording: whether its test still exists, and how that is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from recctl.recordings.ogx.hash_rules import is_without_test_id
from recctl.recordings.summary import Summary

Status: TypeAlias = Literal["live", "stale", "unjudged"]


class Liveness(msgspec.Struct, frozen=True):
    """Whether the test of a recording exists (live), does not (stale) or may (unjudged), and the reason.

    Stale takes a positive proof: what cannot be proved is unjudged.
    """

    status: Status
    reason: str


LIVE = Liveness("live", "its test exists")

# Returns the liveness of a recording that has a test id.
LivenessSource: TypeAlias = Callable[[Summary], Liveness]


def stale(reason: str) -> Liveness:
    """Return that the test of a recording does not exist; the reason is the proof."""
    return Liveness("stale", reason)


def unjudged(reason: str) -> Liveness:
    """Return that nothing proves whether the test of a recording exists, and why."""
    return Liveness("unjudged", reason)


def liveness_of(summary: Summary, source: LivenessSource) -> Liveness:
    """Return the liveness of any recording; one that another test may use is never stale."""
    if summary.header.test_id is None:
        return unjudged("it records no test id")
    liveness = source(summary)
    if liveness.status == "stale" and is_without_test_id(summary):
        return unjudged("its hash does not cover its test id, so any test may use it")
    return liveness
