"""A scan gives one result a file, in the order of the files, with the index or without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from recctl.catalog.scan import scan
from recctl.recordings.ref import Ref
from recctl.recordings.summary import Summary
from recctl.support.errors import Unreadable, separate
from tests.catalog.settling import wait_until_settled
from tests.helpers import chat, put

COUNT = 60  # enough for the index to be used
BAD = {3: b"", 20: b"[]", 59: b"{"}


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Recordings of as many tests, some files among them that hold none."""
    paths = []
    for number in range(COUNT):
        path = tmp_path / "recordings" / f"{number:03}.json"
        put(path, chat(test_id=f"tests/a.py::test_{number}"))
        if number in BAD:
            path.write_bytes(BAD[number])
        paths.append(path)
    wait_until_settled(tmp_path / "recordings")
    return paths


def said(one: Summary | Unreadable) -> str | None:
    """The test of a summary; else which file it is about."""
    return one.header.test_id if isinstance(one, Summary) else one.path.name


EXPECTED = [f"{n:03}.json" if n in BAD else f"tests/a.py::test_{n}" for n in range(COUNT)]


def test_what_is_unreadable_comes_in_its_turn(files: list[Path]) -> None:
    assert [said(one) for one in scan(files, use_index=False)] == EXPECTED
    fresh, kept = list(scan(files)), list(scan(files))
    assert [said(one) for one in fresh] == [said(one) for one in kept] == EXPECTED


def test_separated_both_keep_their_order(files: list[Path]) -> None:
    summaries, problems = separate(scan(files))
    assert [summary.ref for summary in summaries] == [
        Ref(path) for number, path in enumerate(files) if number not in BAD
    ]
    assert [problem.path for problem in problems] == [files[number] for number in BAD]


def test_an_index_that_cannot_be_used_is_warned_of_once(
    files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warnings: list[str] = []
    list(scan(files, warn=warnings.append))
    assert warnings == []
    (tmp_path / "file").touch()
    monkeypatch.setenv("RECCTL_CACHE_DIR", str(tmp_path / "file"))
    assert [said(one) for one in scan(files, warn=warnings.append)] == EXPECTED
    assert len(warnings) == 1
    assert warnings[0].endswith("going on without it")
