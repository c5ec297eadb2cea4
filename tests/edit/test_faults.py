"""What goes wrong while recordings are changed, really provoked: each file stays old or becomes new."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.edit.processes import NOBODY, ended, fork, held_lock, planned, run_as_nobody, wait_until
from tests.edit.scenes import Scene
from tests.edit.trees import Pair, lay_out, strangers, tree_of
from tests.helpers import HANGS_AFTER, MODULE, Result, environment, few, problems, run

WRITERS = ("normalize", "prune", "undo")
each_writer = pytest.mark.parametrize("command", WRITERS)


# ---- no rights


@pytest.fixture
def open_place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory that a user without rights can reach and own; the journal lies in it."""
    place = Path(tempfile.mkdtemp(prefix="recctl-test-"))
    place.chmod(0o755)
    monkeypatch.setenv("RECCTL_STATE_DIR", str(place / "state"))
    yield place
    for path in place.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(place)


def _give_away(place: Path) -> None:
    if os.geteuid() == 0:
        for path in (place, *place.rglob("*")):
            os.chown(path, NOBODY, NOBODY)


@each_writer
def test_a_read_only_directory_among_others(open_place: Path, command: str) -> None:
    scene = Scene(command, open_place)
    _give_away(open_place)
    locked = scene.pairs[-1].path.parent
    locked.chmod(0o555)
    scene.before = tree_of(scene.repo)
    result = run_as_nobody(*scene.arguments, cwd=open_place)
    scene.assert_nothing_changed(result)
    assert f"recctl: {locked.relative_to(open_place)}: cannot be written: Permission denied; " in result.err
    locked.chmod(0o755)
    scene.before = tree_of(scene.repo)
    scene.assert_works_later()


def test_a_read_only_file_is_replaced_where_its_directory_may_be_changed(open_place: Path) -> None:
    scene = Scene("normalize", open_place)
    scene.pairs[0].path.chmod(0o444)
    _give_away(open_place)
    assert run_as_nobody(*scene.arguments, cwd=open_place).code == 1
    assert scene.pairs[0].path.read_bytes() == scene.pairs[0].new
    assert scene.pairs[0].path.stat().st_mode & 0o777 == 0o444


@each_writer
def test_a_journal_that_cannot_be_written(open_place: Path, command: str) -> None:
    scene = Scene(command, open_place)
    _give_away(open_place)
    (open_place / "state").mkdir(exist_ok=True)
    for path in (open_place / "state", *(open_place / "state").rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    result = run_as_nobody(*scene.arguments, cwd=open_place)
    scene.assert_nothing_changed(result)
    assert str(open_place / "state/journal") in result.err
    for path in (open_place / "state", *(open_place / "state").rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    scene.assert_works_later()


@pytest.mark.parametrize("command", ["normalize", "prune"])
def test_where_nothing_is_due_the_journal_need_not_be_usable(open_place: Path, command: str) -> None:
    """A hook that has nothing to do does not fail for want of a place to write."""
    scene = Scene(command, open_place)
    assert run(*scene.arguments).code == 1
    _give_away(open_place)
    (open_place / "state/journal/lock").unlink()
    (open_place / "state/journal").chmod(0o555)
    result = run_as_nobody(*scene.arguments, cwd=open_place)
    assert (result.code, result.out, problems(result)) == (0, "", [])


def test_a_directory_that_cannot_be_listed_is_no_bug(open_place: Path) -> None:
    """A file in it may be named all the same; who its siblings are is not to be learned."""
    scene = Scene("normalize", open_place)
    _give_away(open_place)
    named = scene.pairs[0].path
    named.parent.chmod(0o311)
    result = run_as_nobody("normalize", named, cwd=open_place)
    assert "a bug in recctl" not in result.err
    assert result.code in (1, 2)


@pytest.mark.parametrize("command", ["normalize", "prune"])
def test_nothing_is_said_to_be_done_that_was_not(tmp_path: Path, state: Path, command: str) -> None:
    scene = Scene(command, tmp_path)
    state.write_bytes(b"a file in the place of the journal")
    result = run(*scene.arguments)
    scene.assert_nothing_changed(result)
    assert "removed" not in result.err
    assert "normalized" not in result.err
    assert "recctl undo" not in result.err


# ---- no room


def _limit_file_size(size: int) -> Callable[[], object]:
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", few([0, 1, 100, 1500, 4000], kept=(0, 1500)), ids=str)
@pytest.mark.parametrize("command", few(["normalize", "prune"], 1))
def test_a_journal_that_does_not_fit(tmp_path: Path, state: Path, command: str, size: int) -> None:
    scene = Scene(command, tmp_path)
    result = _run_limited(scene, size)
    scene.assert_nothing_changed(result)
    assert "File too large" in result.err
    assert [path.name for path in (state / "journal").iterdir()] == ["lock"]
    scene.assert_works_later()


@pytest.mark.parametrize("size", [0, 1, 1000], ids=str)
def test_old_bytes_that_do_not_fit_any_more(tmp_path: Path, size: int) -> None:
    scene = Scene("undo", tmp_path)
    scene.assert_nothing_changed(_run_limited(scene, size))
    scene.assert_works_later()


def _run_limited(scene: Scene, size: int) -> Result:
    """Run with a limit on the size of files, which stands for a disk that is full."""
    return fork(*scene.arguments, first=_limit_file_size(size)).wait()


# ---- a limit on the size of files, as `ulimit -f` sets it: the system says so by a signal as well

ULIMITED: dict[str, tuple[str, ...]] = {
    "normalize": ("normalize", "repo", "--write"),
    "volatile": ("normalize", "repo", "--volatile", "--write"),
    "check": ("check", "repo", "--fix"),
    "prune": ("prune", "repo", "--tests", "live.txt", "--max-share", "100", "--write"),
    "undo": ("undo",),
}


@pytest.mark.parametrize("blocks", [0, 1])
@pytest.mark.parametrize("name", few(ULIMITED, kept=("normalize", "undo")))
def test_a_limit_on_the_size_of_files_is_a_message_and_no_signal(
    tmp_path: Path, state: Path, name: str, blocks: int
) -> None:
    scene = Scene("undo" if name == "undo" else "normalize", tmp_path, answer="Hello, " * 300)
    result = _ulimited(blocks, *ULIMITED[name], cwd=tmp_path)
    scene.assert_nothing_changed(result)
    assert "File too large" in problems(result)[0]
    assert "ulimit -f" in problems(result)[0]
    assert sorted(os.listdir(state / "journal")) == ["1", "lock"][name != "undo" :]
    assert run(*ULIMITED[name], cwd=tmp_path).code == (0 if name == "undo" else 1)


def test_such_a_limit_leaves_no_half_baseline(tmp_path: Path) -> None:
    scene = Scene("normalize", tmp_path)
    accept = ("check", "repo", "--write-baseline", "--baseline", "accepted.json")
    assert run(*accept, cwd=tmp_path).code == 0
    accepted = (tmp_path / "accepted.json").read_bytes()
    result = _ulimited(0, *accept, cwd=tmp_path)
    assert (result.code, problems(result)) == (
        2,
        ["recctl: accepted.json: cannot be written: File too large"],
    )
    assert ((tmp_path / "accepted.json").read_bytes(), tree_of(scene.repo)) == (accepted, scene.before)
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")] == []


def test_such_a_limit_leaves_a_listing_without_its_index(tmp_path: Path) -> None:
    lay_out(tmp_path / "repo", 60)
    wanted = run("ls", "repo", "--no-cache", cwd=tmp_path).out
    result = _ulimited(1, "ls", "repo", cwd=tmp_path)
    assert (result.code, result.out, len(problems(result))) == (0, wanted, 1)
    assert "going on without it" in problems(result)[0]
    assert (run("ls", "repo", cwd=tmp_path).out, problems(run("ls", "repo", cwd=tmp_path))) == (wanted, [])


def _ulimited(blocks: int, *args: str, cwd: Path) -> Result:
    """Run recctl as a program that may write no file of more than so many blocks of 1 kB."""
    script = f'ulimit -f {blocks}; exec "$@"'
    command = ["bash", "-c", script, "bash", *MODULE, *args]
    env = environment({"PYTHONDONTWRITEBYTECODE": "1"})
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, timeout=HANGS_AFTER, check=False)
    return Result(done.returncode, done.stdout, done.stderr.decode())


def test_a_failed_undo_leaves_no_new_directories(tmp_path: Path) -> None:
    scene = Scene("prune", tmp_path)
    run(*scene.arguments)
    shutil.rmtree(scene.repo / "tests/suite0")
    before = tree_of(scene.repo)
    result = fork("undo", first=_limit_file_size(1000)).wait()
    assert (result.code, "nothing was changed" in result.err) == (2, True)
    assert tree_of(scene.repo) == before
    assert run("undo").code == 0
    assert tree_of(scene.repo) == scene.before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB; only root may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=256k", "recctl-test", str(place)]
    done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def _fill(disk: Path, leave: int) -> Path:
    """Write until only some bytes are free."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        file.write(b"x" * max(os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize - leave, 0))
    return filler


@pytest.mark.promise("A full disk changes nothing")
@pytest.mark.parametrize("leave", [0, 4096, 12288], ids=str)
@each_writer
def test_a_full_disk_below_the_recordings(small_disk: Path, command: str, leave: int) -> None:
    scene = Scene(command, small_disk)
    filler = _fill(small_disk, leave)
    result = run(*scene.arguments)
    if command == "prune":  # takes no room there: there is nothing to fail
        assert (result.code, [pair.path.exists() for pair in scene.pairs]) == (1, [False] * 6)
        return
    scene.assert_nothing_changed(result)
    assert "No space left on device" in result.err
    filler.unlink()
    scene.assert_works_later()


@pytest.mark.parametrize("leave", [0, 4096, 8192], ids=str)
@pytest.mark.parametrize("command", ["normalize", "prune"])
def test_a_full_disk_below_the_journal(
    small_disk: Path, tmp_path: Path, command: str, leave: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECCTL_STATE_DIR", str(small_disk / "state"))
    scene = Scene(command, tmp_path)
    filler = _fill(small_disk, leave)
    result = run(*scene.arguments)
    scene.assert_nothing_changed(result)
    assert "No space left on device" in result.err
    filler.unlink()
    scene.assert_works_later()


# ---- changed by somebody else between the plan and its application


def _move_behind_a_link(path: Path) -> None:
    path.rename(path.with_suffix(".moved"))
    path.symlink_to(path.with_suffix(".moved"))


def _make_a_directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


MEANWHILE: dict[str, Callable[[Path], object]] = {
    "other bytes": lambda path: path.write_bytes(b"{}"),
    "gone": Path.unlink,
    "a link": _move_behind_a_link,
    "a directory": _make_a_directory,
}


@pytest.mark.parametrize("name", few(MEANWHILE, kept=("other bytes", "a link")))
@pytest.mark.parametrize("command", ["normalize", "prune"])
def test_a_file_changed_meanwhile_is_skipped_and_named(
    tmp_path: Path, state: Path, command: str, name: str
) -> None:
    scene = Scene(command, tmp_path)
    changed, *rest = scene.pairs
    with held_lock(state):
        process = planned(*scene.arguments, cwd=scene.repo)
        MEANWHILE[name](changed.path)
        after = tree_of(changed.path.parent).get(changed.path.name)
    result = ended(process)
    assert (result.code, len(problems(result))) == (2, 1), result.err
    assert problems(result)[0].startswith(f"recctl: {changed.path.relative_to(scene.repo).as_posix()}: ")
    assert tree_of(changed.path.parent).get(changed.path.name) == after
    assert [_now(pair) for pair in rest] == [pair.new if command == "normalize" else None for pair in rest]


def _now(pair: Pair) -> bytes | None:
    return pair.path.read_bytes() if pair.path.exists() else None


def test_a_file_changed_while_others_are_being_written_is_skipped_too(tmp_path: Path) -> None:
    """The new bytes of the first file lie ready when it changes, and those of hundreds do not yet."""
    scene = Scene("normalize", tmp_path, 300)
    first = min(scene.pairs, key=lambda pair: str(pair.path))
    process = fork(*scene.arguments, cwd=scene.repo)
    wait_until(lambda: len(strangers(first.path.parent)) > 1)
    first.path.write_bytes(b"{}")
    result = process.wait()
    assert (result.code, first.path.read_bytes(), strangers(scene.repo)) == (2, b"{}", [])
    assert [first.path.name in problem for problem in problems(result)] == [True]
    assert [pair.path.read_bytes() == pair.new for pair in scene.pairs].count(False) == 1


def test_what_was_skipped_is_not_counted_as_done(tmp_path: Path, state: Path) -> None:
    scene = Scene("normalize", tmp_path)
    with held_lock(state):
        process = planned(*scene.arguments)
        for pair in scene.pairs:
            pair.path.write_bytes(pair.new)
    result = ended(process)
    assert (result.code, len(problems(result))) == (2, 6)
    assert " recordings normalized, " not in result.err
    assert "recctl undo restores" not in result.err


# ---- links


@pytest.mark.parametrize("command", ["normalize", "prune"])
def test_a_symbolic_link_is_neither_followed_nor_replaced(tmp_path: Path, command: str) -> None:
    scene = Scene(command, tmp_path)
    linked, *rest = scene.pairs
    target = tmp_path / "elsewhere.json"
    linked.path.rename(target)
    linked.path.symlink_to(target)
    result = run(*scene.arguments, cwd=scene.repo)
    assert (result.code, len(problems(result))) == (2, 1)
    assert problems(result)[0].startswith(
        f"recctl: {linked.path.relative_to(scene.repo).as_posix()}: is a symb"
    )
    assert (linked.path.is_symlink(), target.read_bytes()) == (True, linked.old)
    assert [_now(pair) for pair in rest] == [pair.new if command == "normalize" else None for pair in rest]


def test_another_hard_link_keeps_the_old_bytes(tmp_path: Path) -> None:
    scene = Scene("normalize", tmp_path)
    pair = scene.pairs[0]
    os.link(pair.path, tmp_path / "other-name")
    assert run(*scene.arguments).code == 1
    assert (pair.path.read_bytes(), (tmp_path / "other-name").read_bytes()) == (pair.new, pair.old)
    assert run(*scene.arguments).code == 0
    assert run("undo").code == 0
    assert (pair.path.read_bytes(), (tmp_path / "other-name").read_bytes()) == (pair.old, pair.old)


def test_two_hard_links_in_one_run_are_both_changed(tmp_path: Path) -> None:
    scene = Scene("normalize", tmp_path)
    pair = scene.pairs[0]
    twin = tmp_path / "repo/tests/suite2/recordings" / pair.path.name
    os.link(pair.path, twin)
    before = tree_of(scene.repo)
    assert run(*scene.arguments).code == 1
    assert (pair.path.read_bytes(), twin.read_bytes()) == (pair.new, pair.new)
    assert run(*scene.arguments).code == 0
    assert run("undo").code == 0
    assert tree_of(scene.repo) == before


# ---- two runs at once

ROUNDS = 8


@pytest.mark.promise("Runs at the same time lose nothing")
def test_two_normalizations_at_once_lose_nothing(tmp_path: Path, state: Path) -> None:
    for number in range(ROUNDS):
        root = tmp_path / str(number)
        scene = Scene("normalize", root, 20)
        codes = [process.wait().code for process in [fork(*scene.arguments) for _ in range(2)]]
        assert set(codes) <= {0, 1, 2}
        assert 1 in codes
        assert [pair.path.read_bytes() for pair in scene.pairs] == [pair.new for pair in scene.pairs]
        assert strangers(scene.repo) == []
        assert run("normalize", root, "--write").code == 0
        while run("undo").code == 0:
            pass
        assert tree_of(scene.repo) == scene.before


@pytest.mark.slow
@pytest.mark.promise("Runs at the same time lose nothing")
def test_normalize_and_prune_at_once_lose_nothing(tmp_path: Path) -> None:
    for number in range(ROUNDS):
        scene = Scene("prune", tmp_path / str(number), 20)
        processes = [fork("normalize", scene.repo, "--write"), fork(*scene.arguments)]
        results = [process.wait() for process in processes[:: -1 if number % 2 else 1]]
        assert {result.code for result in results} <= {0, 1, 2}
        assert all(_now(pair) in (None, pair.new) for pair in scene.pairs)
        assert strangers(scene.repo) == []
        while run("undo").code == 0:
            pass
        assert tree_of(scene.repo) == scene.before
