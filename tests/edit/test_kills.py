"""SIGKILL at random moments: every recording is old or new, never half, and the next run goes on."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from random import Random

import pytest

from recctl.edit import staging
from recctl.edit.journal.store import Journal, journal_directory
from tests.edit.scenes import Scene
from tests.edit.trees import strangers
from tests.helpers import few, run

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


each_command = pytest.mark.parametrize("command", few(["normalize", "prune", "undo", "rename"], 1))
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
        process.kill()
        _states(scene)
        _go_on(scene, undo=number % 2 == 0)


@pytest.mark.promise("A kill leaves each file old or new")
@each_command
@some_and_many
def test_a_kill_half_way_leaves_each_recording_old_or_new(
    quick_place: Path, command: str, kills: int
) -> None:
    scene = Scene(command, quick_place, FILES)
    random = Random(5)
    for number in range(kills):
        scene.start_again()
        process = scene.start(first=_dying_after(random.randrange(1, FILES)))
        assert process.wait().code == -signal.SIGKILL
        assert set(_states(scene)) == {"old", "new"}
        _go_on(scene, undo=number % 2 == 0)


def _dying_after(changes: int) -> Callable[[], None]:
    """Return what has a process kill itself after so many changes to names."""

    def prepare() -> None:
        numbers = count(1)
        put = staging._Ready.put

        def counted(ready: staging._Ready) -> None:
            put(ready)
            if next(numbers) == changes:
                os.kill(os.getpid(), signal.SIGKILL)

        staging._Ready.put = counted  # type: ignore[method-assign,assignment]

    return prepare


def _duration(scene: Scene) -> float:
    """How long the whole command takes here."""
    start = time.monotonic()
    scene.start().wait()
    return time.monotonic() - start


def _states(scene: Scene) -> list[str]:
    """What each path holds: what it held before, or what it is to hold."""
    rows = zip(scene.now(), scene.olds, scene.news, strict=True)
    states = ["old" if now == old else "new" if now == new else "half" for now, old, new in rows]
    assert "half" not in states
    assert set(states) == {"old"} or Journal().entries(), "changed before the journal had the old bytes"
    return states


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
