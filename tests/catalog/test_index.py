"""The index: with and without it every listing is the same, whatever happened to the files or to it."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recctl.catalog.index import SUMMARIES, Index, Stamp, read_stamped
from recctl.catalog.index_database import VERSION
from recctl.recordings.header import Header
from recctl.support.errors import Warn, no_warning
from tests.catalog.settling import wait_until_settled
from tests.helpers import Result, chat, environment, few, put, run, run_process

COUNT = 60  # more than the number from which the index is used


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of the index."""
    directory = tmp_path / "cache"
    monkeypatch.setenv("RECCTL_CACHE_DIR", str(directory))
    return directory


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Recordings that did not change just now."""
    place = tmp_path / "project/tests/a/recordings"
    for number in range(COUNT):
        put(place, chat(test_id=f"tests/a/test_a.py::test_{number}"))
    wait_until_settled(place)
    return place


def listed(tree: Path, *options: str) -> list[object]:
    result = run("ls", tree, "--json", *options)
    assert (result.code, "index" in result.err) == (0, False), result.err
    items: list[object] = json.loads(result.data)
    return items


def agrees(tree: Path) -> bool:
    """Whether a listing with the index is the one without it."""
    return listed(tree) == listed(tree, "--no-cache")


def database(cache: Path) -> Path:
    (path,) = cache.glob("*.sqlite")
    return path


@contextlib.contextmanager
def opened(cache: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the database, committed and closed; `with sqlite3.connect` alone closes nothing."""
    with contextlib.closing(sqlite3.connect(database(cache))) as held, held:
        yield held


@pytest.fixture
def hits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that the index answered for."""
    names: list[str] = []
    plain = Index.get

    def counting(self: Index[Header], directory: str, name: str, stamp: Stamp) -> Header | None:
        header = plain(self, directory, name, stamp)
        if header is not None:
            names.append(name)
        return header

    monkeypatch.setattr(Index, "get", counting)
    return names


# ---- that it is used


def test_the_second_listing_comes_from_the_index(cache: Path, tree: Path, hits: list[str]) -> None:
    first = listed(tree)
    assert hits == []
    assert (listed(tree), len(hits)) == (first, COUNT)


def test_only_what_changed_is_read(cache: Path, tree: Path, hits: list[str]) -> None:
    listed(tree)
    changed = sorted(tree.iterdir())[3]
    changed.write_bytes(changed.read_bytes().replace(b"Hello.", b"Salut."))
    listed(tree)
    assert sorted(set(hits)) == sorted(path.name for path in tree.iterdir() if path != changed)


def test_a_file_that_changed_just_now_is_not_entered(cache: Path, tree: Path, hits: list[str]) -> None:
    fresh = put(tree, chat(test_id="tests/a/test_a.py::test_new"))
    listed(tree)
    listed(tree)
    assert fresh.name not in hits


def test_a_few_files_are_read_without_it(cache: Path, tree: Path) -> None:
    run("ls", *sorted(tree.iterdir())[:3], "--json")
    assert not cache.exists()


@pytest.mark.parametrize("how", ["--no-cache", "RECCTL_NO_CACHE"])
def test_it_can_be_done_without(cache: Path, tree: Path, how: str) -> None:
    env = {} if how.startswith("--") else {how: "1"}
    result = run("ls", tree, "--json", *([how] if how.startswith("--") else []), env=env)
    assert (result.code, cache.exists()) == (0, False)


def test_it_lies_outside_of_the_tree_and_is_the_users_own(tree: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    run("ls", tree, "--json")
    assert sorted(tmp_path.rglob("*")) == before
    (path,) = Path(os.environ["XDG_CACHE_HOME"]).rglob("*.sqlite")
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)


def test_files_that_are_gone_are_forgotten(cache: Path, tree: Path) -> None:
    listed(tree)
    gone = sorted(tree.iterdir())[0]
    gone.unlink()
    put(tree, chat(test_id="tests/a/test_a.py::test_new"))
    wait_until_settled(tree)
    listed(tree)
    with opened(cache) as held:
        names = {name for (name,) in held.execute("SELECT name FROM files")}
    assert names == {path.name for path in tree.iterdir()}


# ---- that it never tells anything else


class Changes:
    """Random changes to a tree, each of a kind that could deceive an index."""

    def __init__(self, tree: Path, seed: int) -> None:
        self.tree = tree
        self.random = random.Random(seed)
        self.number = 0

    def recording(self) -> bytes:
        self.number += 1
        # All of one size, so that size does not tell.
        return chat(test_id=f"tests/a/test_a.py::test_{self.number:06}").to_bytes()

    def one(self) -> Path:
        return self.random.choice(sorted(path for path in self.tree.iterdir() if not path.is_symlink()))

    def step(self) -> str:
        kinds: list[Callable[[], None]] = [
            self.add,
            self.delete,
            self.rename,
            self.rewrite,
            self.rewrite_twice,
            self.rewrite_and_restore_times,
            self.replace,
            self.swap,
            self.touch,
            self.link,
        ]
        kind = self.random.choice(kinds)
        kind()
        return kind.__name__

    def add(self) -> None:
        (self.tree / f"{self.random.getrandbits(256):064x}.json").write_bytes(self.recording())

    def delete(self) -> None:
        if len(list(self.tree.iterdir())) > COUNT:
            self.one().unlink()

    def rename(self) -> None:
        self.one().rename(self.tree / f"{self.random.getrandbits(256):064x}.json")

    def rewrite(self) -> None:
        self.one().write_bytes(self.recording())

    def rewrite_twice(self) -> None:
        """Read in between, all in one tick of the clock if the machine is quick enough."""
        path = self.one()
        path.write_bytes(self.recording())
        run("ls", self.tree, "--json")
        path.write_bytes(self.recording())

    def rewrite_and_restore_times(self) -> None:
        path = self.one()
        before = path.stat()
        path.write_bytes(self.recording())
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def replace(self) -> None:
        path = self.one()
        other = path.with_suffix(".new")
        other.write_bytes(self.recording())
        other.replace(path)

    def swap(self) -> None:
        one, other = self.one(), self.one()
        between = one.with_suffix(".between")
        one.rename(between)
        if other.exists():
            other.rename(one)
            between.rename(other)
        else:
            between.rename(one)

    def touch(self) -> None:
        os.utime(self.one())

    def link(self) -> None:
        path, other = self.one(), self.one()
        if path != other:
            path.unlink()
            path.symlink_to(other)


@pytest.mark.promise("Answers are the same with and without the index")
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_whatever_changes_a_listing_tells_it(cache: Path, tree: Path, hits: list[str], seed: int) -> None:
    changes = Changes(tree, seed)
    done = []
    steps = 100 if seed else 40
    for _ in range(steps):
        done.append(changes.step())
        assert agrees(tree), done[-5:]
        if changes.random.random() < 0.2:
            wait_until_settled(tree)  # so that what was changed may be entered
    assert len(hits) > COUNT * steps / 5


def test_two_directories_of_one_tree(cache: Path, tree: Path) -> None:
    other = tree.parent / "b/recordings"
    for path in sorted(tree.iterdir())[:COUNT]:
        (other / path.name).parent.mkdir(parents=True, exist_ok=True)
        (other / path.name).write_bytes(path.read_bytes().replace(b"gpt-4o", b"gpt-5o"))
    wait_until_settled(tree.parent)
    top = tree.parent.parent
    assert listed(top) == listed(top) == listed(top, "--no-cache")
    assert agrees(other)


# ---- when it is damaged


def told(result: Result) -> list[str]:
    return [line for line in result.err.splitlines() if "index" in line]


def spoil_bytes(path: Path, seed: int) -> None:
    data = bytearray(path.read_bytes())
    chance = random.Random(seed)
    for _ in range(40):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path.write_bytes(data)


@pytest.mark.promise("A damaged or locked index changes no answer")
@pytest.mark.parametrize("seed", few(range(5), 2))
def test_a_spoiled_index_changes_no_answer(cache: Path, tree: Path, seed: int) -> None:
    right = listed(tree, "--no-cache")
    listed(tree)
    spoil_bytes(database(cache), seed)
    result = run("ls", tree, "--json")
    assert (result.code, json.loads(result.data), len(told(result)) <= 1) == (0, right, True)
    again = run("ls", tree, "--json")
    assert (again.code, json.loads(again.data)) == (0, right)


def spoil_somehow(path: Path, chance: random.Random) -> None:
    """Damage of one of several kinds, anywhere, more often in the schema and in page headers."""
    data = bytearray(path.read_bytes())
    page = 4096
    for _ in range(chance.choice((1, 1, 2, 10, 200))):
        start = chance.choice((0, chance.randrange(0, len(data), page), chance.randrange(len(data))))
        at = min(start + chance.choice((chance.randrange(120), chance.randrange(page))), len(data) - 1)
        data[at] = chance.choice((0, 0xFF, 0xC3, chance.randrange(256)))
    if not chance.randrange(8):
        del data[chance.randrange(len(data)) :]
    if not chance.randrange(8):
        at = chance.randrange(len(data) + 1)
        data[at : at + page] = chance.randbytes(page)
    path.write_bytes(data)


HEADER = Header("t.py::a", "http", None, None, "/é", "m", None, True, 3, 200, None, False, 2, None)


class Small:
    """An index of some entries by itself, and what it has to give."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self.directories = ["/no/where/a", "/no/where/é"]
        self.stamps = {
            (directory, f"{number:064x}é.json"): Stamp(1, number, 5, 1_000_000_001, 1)
            for directory in self.directories
            for number in range(60)
        }
        self.index().save()
        self.put_all(self.index())
        (self.path,) = cache.glob("*.sqlite")
        self.whole = self.path.read_bytes()

    def index(self, warn: Warn = no_warning) -> Index[Header]:
        return Index(self.directories, SUMMARIES, self.cache, warn)

    def put_all(self, index: Index[Header]) -> None:
        for (directory, name), stamp in self.stamps.items():
            if index.get(directory, name, stamp) is None:
                index.put(directory, name, stamp, HEADER)
        index.save()

    def held(self, index: Index[Header]) -> list[Header | None]:
        return [index.get(*place, stamp) for place, stamp in self.stamps.items()]


LONG = float(os.environ.get("RECCTL_FUZZ") or 1) > 1


@pytest.mark.parametrize(
    "damages", [100, pytest.param(10_000, marks=() if LONG else pytest.mark.slow)], ids=["some", "many"]
)
def test_no_damage_of_the_database_is_more_than_one_line(cache: Path, damages: int) -> None:
    small = Small(cache)
    assert small.held(small.index()) == [HEADER] * len(small.stamps)
    noticed = 0
    for seed in range(damages):
        small.path.write_bytes(small.whole)
        spoil_somehow(small.path, random.Random(seed))
        problems: list[str] = []
        small.put_all(small.index(problems.append))
        assert len(problems) <= 1, seed
        noticed += bool(problems)
        small.put_all(small.index())  # what is rebuilt has what was new; the rest follows
        left: list[str] = []
        assert (small.held(small.index(left.append)), left) == ([HEADER] * len(small.stamps), []), seed
    assert noticed > damages / 20


ERRORS = [
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    MemoryError(),
    OverflowError("too large"),
    RecursionError("too deep"),
    ValueError("odd"),
    struct.error("short"),
    sqlite3.DatabaseError("malformed"),
    sqlite3.InterfaceError("misuse"),
    AssertionError(),
]


@pytest.mark.parametrize(
    ("where", "error"),
    [
        *few((("rows_in", error) for error in ERRORS), 3),
        *((where, ERRORS[0]) for where in ("version_of", "start_afresh", "_decode")),
    ],
    ids=lambda given: given if isinstance(given, str) else type(given).__name__,
)
def test_an_error_of_any_class_is_said_once_and_done_without(
    cache: Path, tree: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: Exception
) -> None:
    right = listed(tree, "--no-cache")
    if where != "start_afresh":
        listed(tree)

    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr(f"recctl.catalog.index.{where}", failing)
    result = run("ls", tree, "--json")
    assert (result.code, json.loads(result.data)) == (0, right)
    assert len(told(result)) == (0 if where == "_decode" else 1)
    monkeypatch.undo()
    monkeypatch.setenv("RECCTL_CACHE_DIR", str(cache))
    assert agrees(tree)


def test_a_header_with_other_fields_needs_another_database() -> None:
    assert all(f"'{name}': '{kind}'" in VERSION for name, kind in Header.__annotations__.items())


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_bytes(b"no database" * 100),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "half": lambda path: os.truncate(path, path.stat().st_size // 2),
}


@pytest.mark.parametrize("damage", few(DAMAGES, 2))
def test_a_damaged_index_is_said_once_and_made_anew(
    cache: Path, tree: Path, hits: list[str], damage: str
) -> None:
    right = listed(tree)
    DAMAGES[damage](database(cache))
    result = run("ls", tree, "--json")
    assert (result.code, json.loads(result.data), len(told(result)) <= 1) == (0, right, True)
    hits.clear()
    again = run("ls", tree, "--json")
    assert (json.loads(again.data), told(again), len(hits)) == (right, [], COUNT)


def test_an_index_of_another_version_is_started_afresh(cache: Path, tree: Path, hits: list[str]) -> None:
    listed(tree)
    with opened(cache) as held:
        held.execute("UPDATE version SET held = '1 0.0.0'")
    assert agrees(tree)
    assert hits == []
    assert (agrees(tree), len(hits)) == (True, COUNT)


def test_an_entry_of_another_form_counts_as_none(cache: Path, tree: Path) -> None:
    listed(tree)
    with opened(cache) as held:
        held.execute("UPDATE files SET data = CAST(x'00' || substr(data, 2) AS BLOB)")
    assert agrees(tree)


@pytest.mark.promise("A damaged or locked index changes no answer")
def test_a_locked_index_is_done_without(cache: Path, tree: Path) -> None:
    right = listed(tree)
    holder = sqlite3.connect(database(cache), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        result = run("ls", tree, "--json")
    finally:
        holder.close()
    assert (result.code, json.loads(result.data), len(told(result))) == (0, right, 1)
    assert "locked" in told(result)[0]
    assert agrees(tree)


def test_where_it_cannot_be_written_one_line_says_so(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("ls", tree, "--json", env={"RECCTL_CACHE_DIR": str(tmp_path / "file/cache")})
    assert (result.code, len(json.loads(result.data)), len(told(result))) == (0, COUNT, 1)


# ---- several processes


@pytest.mark.slow
def test_processes_at_once_on_a_cold_index(cache: Path, tree: Path) -> None:
    right = run("ls", tree, "--json", "--no-cache").data
    command = [sys.executable, "-m", "recctl", "ls", str(tree), "--json"]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(None))
        for _ in range(6)
    ]
    done = [(process.communicate()[0], process.returncode) for process in started]
    assert done == [(right, 0)] * 6
    assert agrees(tree)


@pytest.mark.slow
@pytest.mark.promise("A damaged or locked index changes no answer")
def test_a_kill_at_any_moment_leaves_no_wrong_answer(cache: Path, tree: Path) -> None:
    chance = random.Random(7)
    command = [sys.executable, "-m", "recctl", "ls", str(tree), "--json"]
    killed = 0
    for _ in range(25):
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(None)
        )
        time.sleep(chance.uniform(0.05, 0.2))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        result = run("ls", tree, "--json")
        assert (result.code, told(result)) == (0, [])
        assert agrees(tree)
        put(tree, chat(test_id=f"tests/a/test_a.py::test_more_{chance.random()}"))
        for path in cache.glob("*.sqlite"):
            if chance.random() < 0.3:
                path.unlink()
    assert killed > 5


# ---- recctl cache


def test_cache_says_where_it_is_and_how_big(cache: Path, tree: Path) -> None:
    listed(tree)
    result = run("cache")
    assert (result.code, result.err) == (0, "")
    head, row = result.out.splitlines()
    assert head.endswith("cache")
    assert row.split()[0] == database(cache).name
    assert row.endswith(f"{COUNT} recordings")


def test_cache_before_anything_was_kept(cache: Path) -> None:
    assert run("cache").out.splitlines()[1].strip() == "no index yet"


def test_cache_clear_removes_it(cache: Path, tree: Path) -> None:
    listed(tree)
    size = database(cache).stat().st_size
    result = run("cache", "--clear")
    assert (result.code, result.err) == (0, f"removed {size / 1000:.1f} kB\n")
    assert list(cache.iterdir()) == []
    assert agrees(tree)


def test_cache_of_a_spoiled_database(cache: Path, tree: Path) -> None:
    listed(tree)
    database(cache).write_bytes(b"no database" * 100)
    assert "cannot be read" in run("cache").out


def test_a_process_of_its_own_makes_and_uses_it(cache: Path, tree: Path) -> None:
    first, second = (run_process("ls", tree, "--json") for _ in range(2))
    assert (first.code, first.data) == (0, second.data)
    assert database(cache).stat().st_size > 0


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="lists open files by /proc")
def test_a_directory_in_place_of_a_file_leaves_nothing_open(tmp_path: Path) -> None:
    before = os.listdir("/proc/self/fd")
    with pytest.raises(IsADirectoryError):
        read_stamped(tmp_path)
    assert len(os.listdir("/proc/self/fd")) == len(before)
