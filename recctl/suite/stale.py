"""Whether a recording is still needed, as far as a source of truth about tests tells."""

from __future__ import annotations

from recctl.recordings.ogx.hash_rules import is_without_test_id
from recctl.recordings.summary import Summary
from recctl.suite.liveness import Judge, Judgement, unjudged


def judge(summary: Summary, truth: Judge) -> Judgement:
    """What a source of truth says of a recording; one that another test may use is never stale."""
    if summary.header.test_id is None:
        return unjudged("it names no test")
    judgement = truth(summary)
    if judgement.liveness == "stale" and is_without_test_id(summary):
        return unjudged("its hash leaves the test out: any test may use it")
    return judgement
