"""SIGKILL at every system call of every writer that changes the disk, one after the other.

strace counts them in a whole run, then ends a run of its own at each: the call itself is not made any more.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from recctl.edit.journal.store import LIMIT, Journal, journal_directory
from tests.edit import renamer
from tests.edit.renamer import Move, write_plan
from tests.edit.trees import Pair, lay_out, restore, tree_of
from tests.helpers import HANGS_AFTER, MODULE, Result, chat, environment, problems, put, run

pytestmark = pytest.mark.slow

MEMORY = Path("/dev/shm")
PROJECT = Path(__file__).parents[2]
TESTS = "def test_other():\n    pass\n"
# Whatever may change what is on a disk; of opening only what makes, cuts or may write.
CHANGING = (
    *("rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "mkdir", "mkdirat", "link", "linkat"),
    *("symlink", "symlinkat", "creat", "write", "writev", "pwrite64", "pwritev", "truncate", "ftruncate"),
    *("fallocate", "chmod", "fchmod", "fchmodat", "chown", "fchown", "fchownat", "setxattr", "fsetxattr"),
    *("removexattr", "fremovexattr", "fsync", "fdatasync", "utimensat", "copy_file_range", "sendfile"),
)
OPENING = ("open", "openat")
CALL = re.compile(r"(\w+)\((.*)")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory in memory where there is one: a kill, unlike a power cut, does not ask for a disk."""
    why = _why_no_strace()
    if why:
        pytest.skip(f"every system call needs strace: {why}")
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    place = Path(tempfile.mkdtemp(prefix="recctl-test-", dir=MEMORY if usable else tmp_path))
    monkeypatch.setenv("RECCTL_STATE_DIR", str(place / "state"))
    monkeypatch.setenv("RECCTL_CACHE_DIR", str(place / "cache"))
    yield place
    shutil.rmtree(place, ignore_errors=True)


def _why_no_strace() -> str | None:
    """Why no system call can be watched here; None where they can."""
    if shutil.which("strace") is None:
        return "it is not installed"
    done = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    return done.stderr.strip() or "it may not trace" if done.returncode else None


@dataclass
class Case:
    """A tree, a command that changes it, and what each recording holds before and after."""

    place: Path
    arguments: tuple[str, ...]
    pairs: list[Pair]
    prepare: Callable[[Case], object]
    moves: Sequence[Move] = ()

    @property
    def program(self) -> tuple[str, ...]:
        """What runs the arguments: recctl, or what stands for a command that renames."""
        is_rename = self.arguments[0] == str(self.plan)
        return (sys.executable, "-m", "tests.edit.renamer") if is_rename else MODULE

    @property
    def plan(self) -> Path:
        """The plan of renames."""
        return self.place / "plan.json"

    @property
    def targets(self) -> list[Path]:
        """The names that no recording has before."""
        own = {str(pair.path) for pair in self.pairs}
        return [Path(move.target) for move in self.moves if move.target and move.target not in own]

    def run(self) -> Result:
        """Run the command to its end."""
        if self.program == MODULE:
            return run(*self.arguments, cwd=self.place / "repo")
        return Result(renamer.main(self.arguments), b"", "")

    def start_again(self) -> None:
        """Everything as it was before the command."""
        for left in (self.place / "state", self.place / "cache"):
            shutil.rmtree(left, ignore_errors=True)
        shutil.rmtree(self.place / "repo/tests/moved", ignore_errors=True)
        for target in self.targets:
            target.unlink(missing_ok=True)
        restore(self.pairs)
        self.prepare(self)

    def now(self) -> list[bytes | None]:
        """What each recording holds at this moment, under its old and its new name."""
        paths = [*(pair.path for pair in self.pairs), *self.targets]
        return [path.read_bytes() if path.exists() else None for path in paths]

    def leftovers(self) -> list[str]:
        """Temporary files that nobody cleared away."""
        return [path.name for path in (self.place / "repo").rglob(".recctl-*")]


def _undoing(*arguments: str) -> Callable[[Case], object]:
    def prepare(case: Case) -> None:
        assert run(*(part.format(case.place) for part in arguments), cwd=case.place / "repo").code == 1

    return prepare


def _rename(case: Case) -> None:
    assert renamer.main([str(case.plan)]) == 0


def _fill(case: Case) -> None:
    """An entry that is of no more use, so large that the next one needs its room."""
    assert run("normalize", case.place / "repo", "--write").code == 1
    assert run("undo").code == 0
    os.truncate(journal_directory() / "1/old", LIMIT)


def _surround(case: Case) -> None:
    """Enough recordings around those that are due for the index to be asked whether one carries their ids."""
    many = case.place / "repo/tests/many"
    if not many.exists():
        for pair in lay_out(many, 50):
            pair.path.write_bytes(pair.new)


NORMALIZE = ("normalize", "{0}/repo", "--write")
BY_LIST = ("prune", "{0}/repo", "--tests", "{0}/live.txt", "--max-share", "100", "--write")
RENAME = ("{0}/plan.json",)
COLLECT = ("prune", "{0}/repo", "--collect", "--python", sys.executable, "--max-share", "100", "--write")
CASES: dict[str, tuple[tuple[str, ...], Callable[[Case], object]]] = {
    "normalize": (NORMALIZE, lambda _: None),
    "normalize --volatile": ((*NORMALIZE, "--volatile"), lambda _: None),
    "normalize, with an index": (NORMALIZE, _surround),
    "normalize, and an old entry goes": (NORMALIZE, _fill),
    "check --fix": (("check", "{0}/repo", "--fix"), lambda _: None),
    "prune by a list": (BY_LIST, lambda _: None),
    "prune by the source": (("prune", "{0}/repo", "--max-share", "100", "--write"), lambda _: None),
    "prune by a collection": ((*COLLECT, "--", "-p", "no:cacheprovider"), lambda _: None),
    "rename": (RENAME, lambda _: None),
    "undo of rename": (("undo",), _rename),
    "undo of normalize": (("undo",), _undoing(*NORMALIZE)),
    "undo of prune": (("undo",), _undoing(*BY_LIST)),
}


@pytest.mark.promise("A kill leaves each file old or new")
@pytest.mark.parametrize("name", CASES)
def test_a_kill_at_any_call_leaves_each_recording_old_or_new(
    place: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    case = _case(place, *CASES[name])
    case.start_again()
    olds, points = case.now(), _points(case)
    news = case.now()
    assert all(old != new for old, new in zip(olds, news, strict=True))
    mixed = 0
    for number, (call, count) in enumerate(points):
        case.start_again()
        assert _killed(case, call, count), f"{call} {count} was not reached"
        states = _states(case, olds, news)
        mixed += len(set(states)) > 1
        assert "half" not in states, (call, count, states)
        assert set(states) == {"old"} or Journal().entries(), f"{call} {count}: changed before the journal"
        _goes_on(case, olds, news, undo_first=number % 2 == 0)
    assert mixed, "no kill came half-way"
    with capsys.disabled():
        sys.stdout.write(f"\n  {name}: killed at {len(points)} system calls, {mixed} of them half-way\n")


def _case(place: Path, arguments: tuple[str, ...], prepare: Callable[[Case], object]) -> Case:
    repo = place / "repo"
    pairs = lay_out(repo, 3, per_directory=2)
    for directory in ("tests/suite0", "tests/suite1"):
        (repo / directory / "test_many.py").write_text(TESTS)
    (repo / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--import-mode=importlib'\n")
    put(repo / "tests/other/recordings", chat("Bye.", test_id=None))  # stays as it is
    (place / "live.txt").write_text("x::y\n")
    moves = _moves(repo, pairs) if prepare is _rename or arguments == RENAME else ()
    case = Case(place, tuple(part.format(place) for part in arguments), pairs, prepare, moves)
    write_plan(case.plan, moves)
    return case


def _moves(repo: Path, pairs: list[Pair]) -> list[Move]:
    """A chain of two into a directory that is not there yet, and a third beside its old name."""
    _, second, third = pairs
    targets = second.path, repo / "tests/moved/recordings/new.json", third.path.with_name("new.json")
    return [
        Move(str(pair.path), str(target), pair.old, pair.new)
        for pair, target in zip(pairs, targets, strict=True)
    ]


def _strace(case: Case, *options: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command under strace, always in the same way."""
    env = environment({"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTHONPATH": str(PROJECT)})
    command = ["strace", *options, *case.program, *case.arguments]
    return subprocess.run(
        command, cwd=case.place / "repo", env=env, capture_output=True, timeout=HANGS_AFTER, check=False
    )


def _points(case: Case) -> list[tuple[str, int]]:
    """Each call of a whole run that changes something below the place, by its name and number."""
    log = case.place / "strace.log"
    done = _strace(case, "-y", "-s", "4096", "-o", str(log), "-e", f"trace={','.join((*CHANGING, *OPENING))}")
    assert done.returncode in (0, 1), done.stderr
    counts: Counter[str] = Counter()
    points = []
    for line in log.read_text(errors="replace").splitlines():
        if not (found := CALL.match(line)):
            continue
        call, rest = found[1], found[2]
        counts[call] += 1
        opens = call in OPENING and not re.search(r"O_CREAT|O_WRONLY|O_RDWR|O_TRUNC", rest)
        if str(case.place) in rest and not opens:
            points.append((call, counts[call]))
    log.unlink()
    return points


def _killed(case: Case, call: str, count: int) -> bool:
    inject = f"inject={call}:signal=KILL:when={count}"
    return _strace(case, "-o", os.devnull, "-e", f"trace={call}", "-e", inject).returncode == -9


def _states(case: Case, olds: list[bytes | None], news: list[bytes | None]) -> list[str]:
    rows = zip(case.now(), olds, news, strict=True)
    return ["old" if now == old else "new" if now == new else "half" for now, old, new in rows]


def _goes_on(case: Case, olds: list[bytes | None], news: list[bytes | None], *, undo_first: bool) -> None:
    """Undo, or not; the same command again; undo: nothing is left but what should be, to the byte."""
    is_undo = case.arguments[0] == "undo"
    if undo_first and not is_undo and any(not entry.undone for entry in Journal().entries()):
        assert run("undo").code == 0
        assert case.now() == olds
    again = case.run()
    # What was done when the kill came is not done again.
    assert again.code in ((0, 2) if is_undo else (0, 1)), again.err
    assert [line for line in problems(again) if "nothing to undo" not in line] == []
    assert (case.now(), case.leftovers()) == (news, [])
    assert run("undo", "--check").code == 0 or any(e.size >= LIMIT for e in Journal().entries())
    names = {path.name for path in journal_directory().iterdir()}
    assert all(name.isdecimal() or name == "lock" for name in names - {"unfinished", "dropped"}), names
    if is_undo:
        return
    before = tree_of(case.place / "repo")
    while any(not entry.undone for entry in Journal().entries()):
        assert run("undo").code == 0
    assert case.now() == olds
    left = {name for name in before if not name.startswith("tests/moved")}
    left -= {target.relative_to(case.place / "repo").as_posix() for target in case.targets}
    assert tree_of(case.place / "repo").keys() >= left
