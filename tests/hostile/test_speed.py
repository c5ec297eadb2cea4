"""No content makes it slow: four times the bytes take at most six times the processor time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import ROOT, environment
from tests.hostile import patterns
from tests.hostile.speed import MOST_SECONDS, MOST_TIMES
from tests.hostile.texts import FILLS

pytestmark = pytest.mark.slow

_CASES = 200
_WITHIN = 1500  # seconds, on a machine that does much else

Measured = list[dict[str, Any]]


def _measured(*what: str) -> Measured:
    """What a process measured, case by case; the last case has no times where the process was ended in it."""
    command = [sys.executable, "-m", "tests.hostile.speed", *what]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(None), capture_output=True, text=True, timeout=_WITHIN
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines, done.stderr
    assert done.returncode in (0, -27), done.stderr  # 27 is SIGPROF
    finished = [line for line in lines if "small" in line]
    return finished if done.returncode == 0 else [*finished, lines[-1]]


def _slow(measured: Measured) -> list[str]:
    found = []
    for case in measured:
        what = " ".join(str(case.get(key, "")) for key in ("pattern", "command")).strip()
        told = f"{what} on {case['text']!r}"
        if "small" not in case:
            found.append(f"{told}: more than {MOST_SECONDS} s")
        elif case["large"] is not None and case["large"] > MOST_TIMES * case["small"]:
            found.append(f"{told}: {case['small']:.3f} s, {case['large']:.3f} s")
    return found


@pytest.mark.promise("No text makes a pattern or a command slow")
@pytest.mark.slow
def test_no_text_makes_a_pattern_slow() -> None:
    measured = _measured("patterns", str(_CASES))
    assert _slow(measured) == []
    assert len(measured) == _CASES * len(patterns.patterns())


@pytest.mark.promise("No text makes a pattern or a command slow")
@pytest.mark.slow
@pytest.mark.parametrize("name", FILLS)
def test_no_text_makes_a_command_slow(name: str, tmp_path: Path) -> None:
    assert _slow(_measured("commands", str(tmp_path), name)) == []


def test_what_is_slow_is_seen() -> None:
    """The judgement itself: twice as slow as linear passes for slow, and so does what was ended."""
    fast, quick, slow = ({"text": "a", "small": 1.0, "large": large} for large in (4.1, None, 8.0))
    assert _slow([fast, quick]) == []
    assert len(_slow([fast, slow, {"text": "a", "pattern": "x"}])) == 2


@pytest.mark.promise("No text makes a pattern or a command slow")
def test_every_pattern_is_looked_at() -> None:
    """Those of modules, in tables and lists, written inside a function, of each library."""
    names = {one.name.partition("[")[0] for one in patterns.patterns()}
    assert {
        "recctl.check.rules.leaks._ESCAPES",
        "recctl.support.credentials._SIGNS",
        "recctl.support.credentials._TOKENS",
        "recctl.diff.word_diff._WORDS",
        "recctl.conversation.sse._STRUCTURE",
        "AWSKeyDetector",
    } <= names
    inside = [one for one in patterns.patterns() if one.name.startswith("recctl.catalog.query:")]
    assert {one.method for one in inside} >= {"split", "finditer"}


def test_the_texts_are_hard_and_the_same_each_time() -> None:
    """They begin as the patterns do: for each of those of tokens there is one that goes on and on."""
    used = patterns.patterns()
    texts = patterns.worst_cases(used, _CASES)
    assert texts == patterns.worst_cases(used, _CASES)
    assert len(set(texts)) == _CASES
    for start in ("sk-", "eyJ", "xai", "ghp", "glagent-", "attributes", "\\"):
        assert [text for text in texts if start in text] != [], start
