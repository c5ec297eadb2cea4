"""A second process reads half of the files, and no result depends on it."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

import recctl.catalog.scan
import recctl.support.processes
from recctl.catalog.find import find
from recctl.catalog.scan import scan
from recctl.recordings.summary import Summary
from recctl.support.errors import Unreadable
from recctl.support.processes import in_two
from tests.helpers import chat, put, run


def double(text: str) -> bytes:
    return (text * 2).encode()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_results_come_in_order(count: int) -> None:
    blocks = [str(number) for number in range(count)]
    assert list(in_two(blocks, double)) == [double(block) for block in blocks]


def test_the_second_process_does_every_other_block() -> None:
    by = [int(pid) for pid in in_two(["a"] * 6, lambda _: str(os.getpid()).encode())]
    assert (by[::2], len(set(by[1::2])), os.getpid() in by[1::2]) == ([os.getpid()] * 3, 1, False)


def test_large_results_pass() -> None:
    """Larger than what a pipe holds."""
    sizes = [len(result) for result in in_two(["x", "y"] * 4, lambda block: block.encode() * 3_000_000)]
    assert sizes == [3_000_000] * 8


def test_what_the_second_process_fails_at_is_done_here() -> None:
    parent = os.getpid()

    def work(block: str) -> bytes:
        if os.getpid() != parent and block == "3":
            os.kill(os.getpid(), signal.SIGKILL)
        return block.encode()

    assert list(in_two(list("0123456789"), work)) == [block.encode() for block in "0123456789"]


def test_an_error_in_the_second_process_is_raised_here_or_nowhere() -> None:
    def work(block: str) -> bytes:
        if block == "5":
            raise ValueError(block)
        return block.encode()

    with pytest.raises(ValueError, match="5"):
        list(in_two(list("0123456789"), work))


def test_leaving_early_leaves_no_process() -> None:
    results = in_two(["a"] * 1000, lambda block: block.encode() * 100_000)
    next(results)
    results.close()  # type: ignore[attr-defined]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Recordings, and what is none; some hold what cannot be handed over."""
    place = tmp_path / "recordings"
    for number in range(40):
        put(place, chat(test_id=f"tests/a.py::test_{number}"))
    (place / "bad.json").write_text("{")
    (place / "list.json").write_text("[]")
    odd = chat(test_id="tests/a.py::test_\ud800")
    put(place, odd)
    return place


def _said(one: Summary | Unreadable) -> Summary | str:
    return one if isinstance(one, Summary) else f"{one.path}: {one}"


def test_two_cores_tell_what_one_does(mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = find([mixed]).files
    alone = [_said(one) for one in scan(files, use_index=False)]
    monkeypatch.setattr(recctl.catalog.scan, "_WORTH_A_CORE", 2)
    monkeypatch.setattr(recctl.catalog.scan, "_BLOCK", 3)
    monkeypatch.setattr(recctl.support.processes, "cores", lambda: 2)
    both = [_said(one) for one in scan(files, use_index=False)]
    assert both == alone
    assert sum(isinstance(one, str) for one in both) == 2


def test_a_listing_on_two_cores(mixed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = run("ls", mixed, "--json", "--no-cache")
    monkeypatch.setattr(recctl.catalog.scan, "_WORTH_A_CORE", 2)
    monkeypatch.setattr(recctl.support.processes, "cores", lambda: 2)
    both = run("ls", mixed, "--json", "--no-cache")
    assert (both.code, both.data, both.err) == (alone.code, alone.data, alone.err)
    assert len(json.loads(both.data)) == 41
