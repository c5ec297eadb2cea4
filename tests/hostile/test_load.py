"""recctl under load: many files, many references, many processes at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.edit.trees import lay_out, strangers
from tests.helpers import MODULE, Env, Result, chat, environment, run, run_process

MANY = 20_000
REFERENCES = 1_000
MOST_MEMORY = 400 * 1024  # kB


@dataclass(frozen=True)
class Measured:
    """A run, and the most memory that its process or one that it waited for took, in kB."""

    code: int
    data: bytes
    err: str
    memory: int


def measured(directory: Path, *args: str, env: Env | None = None) -> Measured:
    """Run recctl with its output in files, and ask the system for what it took."""
    out, err = directory / "out", directory / "err"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen([*MODULE, *args], stdout=stdout, stderr=stderr, env=environment(env))
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(process.returncode, out.read_bytes(), err.read_text(), used.ru_maxrss)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Twenty thousand recordings in one directory; what they hold is the same but for the test."""
    place = tmp_path_factory.mktemp("many")
    _write_recordings(place / "tests/recordings", MANY)
    yield place
    shutil.rmtree(place)


def _write_recordings(directory: Path, count: int) -> None:
    directory.mkdir(parents=True)
    data = chat(test_id="tests/test_many.py::test_00000").to_bytes()
    head, _, tail = data.partition(b"00000")
    for number in range(count):
        handle = os.open(directory / f"{_hash(number)}.json", os.O_WRONLY | os.O_CREAT, 0o644)
        os.write(handle, b"%s%05d%s" % (head, number, tail))
        os.close(handle)


def _hash(number: int) -> str:
    return f"{number:08x}" * 8


@pytest.mark.slow
@pytest.mark.promise("Many recordings, references and processes work")
def test_twenty_thousand_recordings_need_little_memory(many: Path, tmp_path: Path) -> None:
    env = {"RECCTL_CACHE_DIR": str(tmp_path / "cache")}
    runs = {
        "ls": measured(tmp_path, "ls", str(many), "--json", env=env),
        "ls again": measured(tmp_path, "ls", str(many), "--json", env=env),
        "show": measured(tmp_path, "show", f"rec-{_hash(777)}", "--dir", str(many), "--text"),
        "check": measured(tmp_path, "check", str(many), "--select", "RC501"),
    }
    assert list((tmp_path / "cache").glob("*.sqlite")) != []
    listed = json.loads(runs["ls"].data)
    assert [item["hash"] for item in listed] == sorted(_hash(number) for number in range(MANY))
    assert {item["test_id"] for item in listed} == {f"tests/test_many.py::test_{n:05d}" for n in range(MANY)}
    assert runs["ls again"].data == runs["ls"].data
    assert runs["show"].data == b"Hello."
    assert {name: found.code for name, found in runs.items()} == {
        "ls": 0,
        "ls again": 0,
        "show": 0,
        "check": 0,
    }
    assert [name for name, found in runs.items() if "recctl: " in found.err.replace("recctl rule", "")] == []
    assert {name: found.memory for name, found in runs.items() if found.memory > MOST_MEMORY} == {}


@pytest.mark.slow
@pytest.mark.promise("Many recordings, references and processes work")
def test_a_thousand_references_on_one_command_line(tmp_path: Path) -> None:
    references = [f"rec-{_hash(number)[:16]}" for number in range(REFERENCES)]
    small = tmp_path / "small/recordings"
    _write_recordings(small, REFERENCES)
    shown = measured(tmp_path, "show", *references, "--json", "--dir", str(small))
    assert (shown.code, shown.err) == (0, "")
    assert [item["hash"] for item in json.loads(shown.data)] == [
        _hash(number) for number in range(REFERENCES)
    ]
    assert shown.memory < MOST_MEMORY
    raw = measured(tmp_path, "show", *(str(small / f"{_hash(n)}.json") for n in range(REFERENCES)), "--raw")
    assert raw.data == b"".join((small / f"{_hash(n)}.json").read_bytes() for n in range(REFERENCES))


AT_ONCE = (
    ("normalize", "--write"),
    ("check", "--fix"),
    ("ls",),
    ("ls", "--json"),
    ("check",),
    ("normalize",),
    ("ls", "--ids"),
    ("normalize", "--volatile"),
    ("check", "--format", "json"),
    ("ls", "--long"),
)


@pytest.mark.promise("Many recordings, references and processes work")
def test_ten_processes_at_once_on_a_tree_that_changes(tmp_path: Path) -> None:
    pairs = lay_out(tmp_path / "repo", 200)
    for pair in pairs[50:]:
        pair.path.write_bytes(pair.new)  # there need not be much to do, only much to read
    before = [pair.path.read_bytes() for pair in pairs]

    def start(command: tuple[str, ...]) -> Result:
        name, *options = command
        return run_process(name, tmp_path / "repo", *options)

    with ThreadPoolExecutor(len(AT_ONCE)) as pool:
        done = list(pool.map(start, AT_ONCE))
    for command, each in zip(AT_ONCE, done, strict=True):
        assert each.code in (0, 1, 2), command
        assert "Traceback" not in each.err, command
        assert "a bug in recctl" not in each.err, command
    for position in (2, 3, 6, 9):
        assert done[position].code == 0, done[position].err
    assert len(json.loads(done[3].data)) == len(pairs)
    assert all(pair.is_whole() for pair in pairs)
    assert [pair.path.read_bytes() for pair in pairs] == [pair.new for pair in pairs]
    assert strangers(tmp_path / "repo") == []
    # What was kept in the index meanwhile tells what is there now.
    assert (
        run("ls", tmp_path / "repo", "--json").data
        == run("ls", tmp_path / "repo", "--json", "--no-cache").data
    )
    while (undone := run("undo")).code == 0:
        pass
    assert "undo" in undone.err
    assert [pair.path.read_bytes() for pair in pairs] == before
