"""SIGKILL at random moments: every recording is old or new, never half, and the next run goes on."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from recctl.edit.journal.store import Journal, journal_directory
from tests.edit.processes import Forked, wait_until
from tests.edit.scenes import Scene
from tests.edit.trees import strangers
from tests.helpers import run

FILES = 30
MEMORY = Path("/dev/shm")


@pytest.fixture
def quick_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory in memory where there is one: a kill, unlike a power cut, does not ask for a disk."""
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    place = Path(tempfile.mkdtemp(prefix="recctl-test-", dir=MEMORY if usable else tmp_path))
    monkeypatch.setenv("RECCTL_STATE_DIR", str(place / "state"))
    yield place
    shutil.rmtree(place, ignore_errors=True)


each_command = pytest.mark.parametrize("command", ["normalize", "prune", "undo", "rename"])
# Kills of each kind, for each command.
some_and_many = pytest.mark.parametrize("kills", [6, pytest.param(40, marks=pytest.mark.slow)])


@pytest.mark.promise("A kill leaves each file old or new")
@each_command
@some_and_many
def test_a_kill_at_any_moment_leaves_each_recording_old_or_new(
    quick_place: Path, command: str, kills: int
) -> None:
    scene = Scene(command, quick_place, FILES)
    random = Random(4)
    longest = _duration(scene)
    for number in range(kills):
        scene.start_again()
        process = scene.start()
        time.sleep(random.uniform(0, longest))
        _kill(scene, process)
        _go_on(scene, undo=number % 2 == 0)


@pytest.mark.promise("A kill leaves each file old or new")
@each_command
@some_and_many
def test_a_kill_half_way_leaves_each_recording_old_or_new(
    quick_place: Path, command: str, kills: int
) -> None:
    scene = Scene(command, quick_place, FILES, answer="Hello, " * 1000)
    random = Random(5)
    longest = _duration(scene)
    first = min(pair.path for pair in scene.pairs)
    mixed = 0
    for number in range(kills):
        scene.start_again()
        is_changed = _change_of(first)
        process = scene.start()
        wait_until(is_changed)
        if number % 3:
            time.sleep(random.uniform(0, longest / 100))
        mixed += _kill(scene, process)
        _go_on(scene, undo=number % 2 == 0)
    assert mixed, "no kill came half-way"


def _duration(scene: Scene) -> float:
    """How long the whole command takes here."""
    start = time.monotonic()
    scene.start().wait()
    return time.monotonic() - start


def _change_of(path: Path) -> Callable[[], bool]:
    """A question to ask later: whether the file has gone, or another has taken its place."""
    before = _inode(path)
    return lambda: _inode(path) != before


def _inode(path: Path) -> int | None:
    """What tells a file from the one that takes its place; None where there is none."""
    try:
        return path.lstat().st_ino
    except FileNotFoundError:
        return None


def _kill(scene: Scene, process: Forked) -> bool:
    """Kill, and look at every recording; whether some were old and some new."""
    process.kill()
    states = [
        "old" if now == old else "new" if now == new else "half"
        for now, old, new in zip(scene.now(), scene.olds, scene.news, strict=True)
    ]
    assert "half" not in states
    assert set(states) == {"old"} or Journal().entries(), "changed before the journal had the old bytes"
    return len(set(states)) > 1


def _go_on(scene: Scene, *, undo: bool) -> None:
    """The same command again, or undo: afterwards all is new, or all is old, and nothing else is left."""
    if undo and scene.command != "undo" and Journal().entries():
        assert run("undo").code == 0
        assert scene.now() == scene.olds
    else:
        # Undo that was killed when all was done finds nothing to undo.
        assert scene.run() in ((0, 2) if scene.command == "undo" else (0, 1))
        assert scene.now() == scene.news
    assert strangers(scene.repo) == []
    assert {path.name for path in journal_directory().iterdir()} <= {"lock", "1", "2"}
