"""Names, places and arguments that nobody should give: an answer or one line, never a bug, never a wait."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import socket
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from recctl.catalog import find as store
from recctl.catalog.scan import scan
from recctl.support.errors import separate
from tests.helpers import HANGS_AFTER, MODULE, Result, chat, environment, few, problems, put, run, run_process

# ---- what every run has to keep to


def offences(result: Result) -> list[str]:
    """How a run broke its promises: exit code, no bug, a line for each problem and nothing but lines."""
    found = []
    if result.code not in (0, 1, 2):
        found.append(f"exit code {result.code}")
    found += [word for word in ("a bug in recctl", "Traceback") if word in result.err]
    # Each line says what it is about: a problem, a total, a match.
    found += [f"line {line!r}" for line in result.err.split("\n")[:-1] if not line.strip()]
    if {unicodedata.category(char) for char in result.err.replace("\n", "")} & {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        found.append(f"raw {result.err!r}")
    if result.code == 2 and not problems(result):
        found.append("nothing is said about what is wrong")
    return found


# ---- names

NAMES: dict[str, bytes] = {
    "blank": b"a b.json",
    "only a blank": b" .json",
    "line break": b"a\nb.json",
    "tab": b"a\tb.json",
    "dash": b"-x.json",
    "option": b"--json.json",
    "no UTF-8": b"\xff\xfe\x80.json",
    "half a character": b"\xc3.json",
    "surrogate in UTF-8": b"\xed\xa0\x80.json",
    "longest": b"n" * 250 + b".json",
    "longest wide": "京".encode() * 83 + b".json",
    "glob": b"[a-z]*?{x,y}.json",
    "emoji": "👩\u200d🔬❤\ufe0f.json".encode(),
    "quotes": b"'\"`$(x)\\.json",
    "no stem": b".json",
    "colon": b"a::test_b.json",
    "hash in capitals": b"ABCDEF123456.json",
    "percent": b"%s%00.json",
    "tilde": b"~root.json",
}


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a recording under each name, and one in a directory of each name."""
    top = tmp_path_factory.mktemp("named")
    for name in NAMES.values():
        _write(os.fsencode(top) + b"/" + name)
        directory = os.fsencode(top) + b"/in/" + name.removesuffix(b".json")
        os.makedirs(directory, exist_ok=True)
        _write(directory + b"/one.json")
    return top


def _write(path: bytes) -> None:
    with open(path, "wb") as file:
        file.write(chat(test_id="t.py::test_a").to_bytes())


def _displayed(name: bytes) -> str:
    """A path as recctl shows it: one that would pass for an option begins with ./."""
    text = os.path.normpath(name.decode("utf-8", "backslashreplace"))
    return f"./{text}" if text.startswith("-") else text


def test_every_name_is_listed(named: Path) -> None:
    result = run("ls", ".", "--json", cwd=named)
    listed = {item["path"] for item in json.loads(result.out)}
    places = [b"in/" + name.removesuffix(b".json") + b"/one.json" for name in NAMES.values()]
    expected = {_displayed(place) for place in [*NAMES.values(), *places]}
    assert (result.code, offences(result), listed) == (0, [], expected)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["from here", "absolute", "bare"])
def test_every_name_can_be_given_as_a_reference(named: Path, form: str, name: str) -> None:
    text = os.fsdecode(NAMES[name])
    given_as = {"from here": f"./{text}", "absolute": str(named / text), "bare": text}[form]
    assert run("show", "--text", "--", given_as, cwd=named) == Result(0, b"Hello.", "")


@pytest.mark.parametrize("name", NAMES)
def test_every_name_can_be_given_as_a_path(named: Path, name: str) -> None:
    result = run("ls", "--json", "--", f"./{os.fsdecode(NAMES[name])}", cwd=named)
    (item,) = json.loads(result.out)
    assert (result.code, item["path"]) == (0, _displayed(NAMES[name]))


@pytest.mark.promise("File names and directories of any kind work")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("command", few(["check", "normalize", "hash", "prune", "diff"], 2))
def test_every_command_takes_every_name(named: Path, command: str, name: str) -> None:
    other = {"diff": [f"{named}/a b.json"], "prune": ["--max-share", "100"]}.get(command, [])
    path = f"{named}/{os.fsdecode(NAMES[name])}"
    result = run(command, path, *other, cwd=named)
    assert (offences(result), result.code in (0, 1)) == ([], True)


def test_a_line_of_ls_is_one_recording_whatever_its_name(named: Path) -> None:
    for options in ([], ["--long"]):
        result = run("ls", ".", *options, cwd=named)
        lines = result.data.split(b"\n")[:-1]
        assert (result.code, len(lines)) == (0, 2 * len(NAMES))
        assert {line.count(b"\t") for line in lines} == {12 if options else 9}


def test_two_thousand_references_on_one_line(tmp_path: Path) -> None:
    paths = [put(tmp_path / f"recordings/{number:012x}.json", chat(f"{number}.")) for number in range(50)]
    given_as = [path.stem for _ in range(40) for path in paths]
    result = run("show", "--text", *given_as, cwd=tmp_path)
    expected = "\n".join(f"==> rec-{stem} <==\n{int(stem, 16)}.\n" for stem in given_as)
    assert result == Result(0, expected.encode(), "")


# ---- places


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with one good recording."""
    put(tmp_path / "place/good.json", chat())
    return tmp_path / "place"


COMMANDS = [["ls"], ["check"], ["normalize"], ["prune"]]


@pytest.mark.promise("File names and directories of any kind work")
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_what_is_no_file_in_a_tree_is_left_alone(place: Path, command: list[str]) -> None:
    """Links in a circle, pipes, sockets, links to nowhere and to devices, directories named as files."""
    (place / "loop").symlink_to(place)
    (place / "self.json").symlink_to("self.json")
    (place / "nowhere.json").symlink_to("no/such")
    (place / "zero.json").symlink_to("/dev/zero")
    (place / "dir.json").mkdir()
    os.mkfifo(place / "pipe.json")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(place / "socket.json"))
        result = run_process(*command, ".", cwd=place)
        assert (offences(result), problems(result), result.code in (0, 1)) == ([], [], True)
        assert run("ls", ".", "--ids", cwd=place).out == "good\n"


@pytest.mark.parametrize(
    "command", [["ls"], ["check"], ["normalize"], ["prune"], ["show"], ["hash"], ["diff"]]
)
@pytest.mark.parametrize(
    "kind", few(["/dev/null", "/dev/zero", "pipe.json", "socket.json", "loop.json", "good.json/x"], 3)
)
def test_what_is_no_file_is_named_where_it_is_given(place: Path, kind: str, command: list[str]) -> None:
    os.mkfifo(place / "pipe.json")
    (place / "loop.json").symlink_to("loop.json")
    more = ["./good.json"] if command == ["diff"] else []
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(place / "socket.json"))
        path = kind if kind.startswith("/") else f"./{kind}"
        result = run(*command, path, *more, cwd=place)
    assert (result.code, offences(result), len(problems(result))) == (2, [], 1)
    assert Path(kind).name in result.err


def test_recordings_directory_that_is_a_link_is_searched_where_it_is_named(place: Path) -> None:
    (place.parent / "recordings").symlink_to("place")
    assert run("ls", "--ids", "recordings", cwd=place.parent).out == "good\n"
    assert run("ls", "--ids", "recordings/", cwd=place.parent).out == "good\n"
    result = run("ls", "--ids", cwd=place.parent)  # by default links are not followed
    assert (result.code, offences(result), result.out) == (2, [], "")


@pytest.mark.skipif(os.getuid() == 0, reason="root may enter every directory")
def test_directory_without_permission_is_named(place: Path) -> None:
    (place / "locked").mkdir(mode=0)
    result = run("ls", ".", "--ids", cwd=place)
    assert (result.code, result.out, len(problems(result))) == (2, "good\n", 1)


def _limited(*args: str, cwd: Path, memory: int = 2 << 30) -> Result:
    """Run recctl as a process that may have no more than this of memory."""
    done = subprocess.run(
        [*MODULE, *args],
        cwd=cwd,
        env=environment({}),
        capture_output=True,
        timeout=HANGS_AFTER,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory)),
    )
    return Result(done.returncode, done.stdout, done.stderr.decode())


BIG = [
    ["ls", ".", "--ids"],
    ["show", "--text", "./big.json", "./good.json"],
    ["show", "--raw", "./big.json", "./good.json"],
    ["check", "."],
    ["normalize", "."],
    ["prune", "."],
    ["hash", "./big.json"],
    ["hash", "--url", "http://a/b", "--body", "big.json"],
    ["check", "good.json", "--baseline", "big.json"],
]


@pytest.mark.promise("An enormous file costs bounded memory and time")
@pytest.mark.parametrize("args", few(BIG, 3), ids=" ".join)
def test_a_file_larger_than_memory_is_named_and_hides_no_other(place: Path, args: list[str]) -> None:
    with (place / "big.json").open("wb") as file:
        os.truncate(file.fileno(), 10 << 30)
    result = _limited(*args, cwd=place)
    assert offences(result) == []
    assert "big.json" in result.err + result.out
    if args[0] in ("ls", "show"):
        assert (result.code, b"good" in result.data or b"Hello." in result.data) == (2, True)


def test_a_file_larger_than_memory_does_not_end_a_review(project: Path) -> None:
    big = project / "recordings/big.json"
    with big.open("wb") as file:
        os.truncate(file.fileno(), 10 << 30)
    try:
        result = _limited("diff", cwd=project)
    finally:
        big.unlink()
    assert (result.code, offences(result), "big.json" in result.err) == (2, [], True)


@pytest.mark.parametrize(
    "args", [["ls", "loop"], ["diff", "--dir", "loop"], ["diff", "--rev", "HEAD", "--dir", "loop"]]
)
def test_a_link_to_itself_given_as_a_directory_is_named(project: Path, args: list[str]) -> None:
    loop = project / "loop"
    loop.symlink_to("loop")
    try:
        result = run(*args, cwd=project)
    finally:
        loop.unlink()
    assert (result.code, offences(result), len(problems(result)), "loop" in result.err) == (2, [], 1, True)


@pytest.mark.promise("Files that vanish while they are read are named")
def test_files_that_go_away_between_search_and_reading_are_named(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command finds two files, and one of them is gone when it is read."""
    search = store.find

    def find(paths: Iterator[Path]) -> store.Found:
        put(place / "gone.json", chat())
        found = search(paths)
        (place / "gone.json").unlink()
        return found

    monkeypatch.setattr("recctl.cli.path_arguments.find", find)
    for command in (["ls", "--ids"], ["ls", "--ids", "--no-cache"], ["normalize"], ["prune"], ["check"]):
        result = run(*command, ".", cwd=place)
        assert (command, offences(result), "gone.json" in result.out + result.err) == (command, [], True)
        assert ("good\n" in result.out) == (command[0] == "ls")


def test_a_tree_that_goes_away_is_named(place: Path) -> None:
    found = store.find([place])
    shutil.rmtree(place)
    place.write_text("a file now")
    summaries, problems = separate(scan(found.files))
    assert (summaries, [problem.path for problem in problems]) == ([], [place / "good.json"])


# ---- settings and state that strangers, or an accident, left

SETTINGS = {
    "nested": "a = " + "[" * 5000,
    "digits": "a = " + "9" * 5000,
    "digits of the limit": "[tool.recctl.check]\nmax-size = " + "9" * 4000,
    "dates": "a = 1979-13-01",
    "NUL": '[tool.recctl]\nrecordings = "\\u0000"',
    "long path": f'[tool.recctl]\nrecordings = "{"a" * 300}"',
    "NUL in the baseline": '[tool.recctl.check]\nbaseline = "\\u0000"',
    "no UTF-8": "\udcff",
    "glob": '[tool.recctl.check.per-path-ignores]\n"[" = ["RC1"]\n"**[!" = ["RC4"]\n"" = []',
}


@pytest.mark.promise("Settings and journals of any kind are no bug")
@pytest.mark.parametrize("command", ["ls", "check", "hash"])
@pytest.mark.parametrize("name", SETTINGS)
def test_settings_of_any_kind_are_no_bug(place: Path, name: str, command: str) -> None:
    (place / "pyproject.toml").write_bytes(SETTINGS[name].encode("utf-8", "surrogateescape"))
    result = run(command, "./good.json" if command == "hash" else ".", cwd=place)
    assert offences(result) == []
    # Run without a path, what the settings say of paths is used.
    assert offences(run(command, *["abcd"] * (command == "hash"), cwd=place)) == []


MANIFESTS = {
    "command": '{"command": 1, "directory": "/", "created": "x", "items": []}',
    "directory": '{"command": "x", "directory": 2, "created": "x", "items": []}',
    "created": '{"command": "x", "directory": "/", "created": null, "items": []}',
    "size": '{"command": "x", "directory": "/", "created": "x", "items": [{"path": "/a", "offset": 0, '
    '"size": "z", "mode": 0, "before": "1", "after": null}]}',
    "path": '{"command": "x", "directory": "/", "created": "x", "items": [{"path": 1, "offset": 0, '
    '"size": 1, "mode": 0, "before": "1", "after": null}]}',
    "NUL": '{"command": "x", "directory": "\\u0000", "created": "x", "items": [{"path": "/a\\u0000", '
    '"offset": 0, "size": 1, "mode": 0, "before": "1", "after": null}]}',
    "no old bytes": '{"command": "x", "directory": "/", "created": "x", "items": [{"path": "/no/such", '
    '"offset": 0, "size": 1, "mode": 0, "before": "1", "after": null}]}',
    "nested": "[" * 100_000,
    "list": "[]",
    "items": '{"command": "x", "directory": "/", "created": "x", "items": [1]}',
}


@pytest.mark.promise("Settings and journals of any kind are no bug")
@pytest.mark.parametrize("name", MANIFESTS)
def test_a_damaged_journal_is_no_bug(tmp_path: Path, name: str) -> None:
    entry = tmp_path / "journal/1"
    entry.mkdir(parents=True)
    (entry / "manifest.json").write_text(MANIFESTS[name])
    env = {"RECCTL_STATE_DIR": str(tmp_path)}
    for args in (["undo", "--list"], ["undo", "1"], ["undo"]):
        assert (args, offences(run(*args, cwd=tmp_path, env=env))) == (args, [])


# ---- arguments of any kind

# What a process can be given: no NUL, bytes that are no UTF-8 as escapes; now and then very long.
CHARACTERS = st.characters(codec="utf-8", exclude_characters="\0") | st.sampled_from(
    [*map(chr, range(0xDC80, 0xDD00)), "\x1b", "\x9b", "\u202e", "/", "-", ".", "*", "[", "]", "~", "^", ":"]
)
WORDS = (
    st.text(CHARACTERS, max_size=30)
    | st.sampled_from(
        ["-", "--", "..", ".", "/", "", " ", "@", "@{-1}", "HEAD^{tree}", "HEAD..", "...", ":/x", "a:b"]
    )
    | st.text(CHARACTERS, min_size=1, max_size=3).map(lambda text: text * 2000)
    | st.from_regex(r"(rec-|models-)?[0-9a-fA-F]{1,70}(-[0-9a-f]{1,9})?", fullmatch=True)
    | st.from_regex(r"-?[0-9]{1,30}", fullmatch=True)
)

SLOTS: dict[str, list[str]] = {
    "ls path": ["ls", "--ids", "--", "{}"],
    "ls test": ["ls", "--test={}"],
    "ls model": ["ls", "--model={}", "--endpoint={}"],
    "ls sort": ["ls", "--sort={}"],
    "ls limit": ["ls", "--limit={}"],
    "ls option": ["ls", "--{}"],
    "show": ["show", "--text", "--", "{}"],
    "show dir": ["show", "abcd", "--dir={}"],
    "diff": ["diff", "--", "{}", "{}"],
    "diff rev": ["diff", "--rev={}"],
    "check path": ["check", "--", "{}"],
    "check select": ["check", "--select={}"],
    "check ignore": ["check", "--ignore={}"],
    "check baseline": ["check", "--baseline={}"],
    "rule": ["rule", "--", "{}"],
    "hash": ["hash", "--", "{}"],
    "hash url": ["hash", "--body=/dev/null", "--url={}", "--method={}", "--test-id={}"],
    "hash body": ["hash", "--url=http://a/b", "--body={}"],
    "prune tests": ["prune", "--tests={}"],
    "prune share": ["prune", "--max-share={}"],
    "normalize": ["normalize", "--", "{}"],
    "undo": ["undo", "--", "{}"],
    "command": ["{}"],
}
# Each of these starts git some times over.
_EXAMPLES = {"diff rev": 4}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a recording in it."""
    top = tmp_path_factory.mktemp("project")
    put(top / "recordings", chat(test_id="tests/a.py::test_b"))
    for args in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "Record"]):
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *args], cwd=top, check=True)
    return top


@pytest.mark.promise("Arguments of any kind get an answer")
@pytest.mark.parametrize(
    "slot",
    few(SLOTS, kept=("ls path", "show", "diff rev", "check select", "hash body", "prune tests", "command")),
)
def test_any_argument_is_answered(project: Path, slot: str) -> None:
    @settings(
        max_examples=_EXAMPLES.get(slot, 12),
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
    )
    @given(WORDS)
    @example("a" * 131_066)
    @example("\udcff\udc80")
    @example("http://[")
    @example("nan")
    @example("1" * 5000)
    def check(word: str) -> None:
        assume(not (slot == "hash body" and word.startswith("/dev")))
        # The very tree around the project would be searched, and that has nothing to do with the word.
        assume(not set(word) <= set("./~"))
        args = [part.replace("{}", word) for part in SLOTS[slot]]
        result = run(*args, cwd=project, env={"RECCTL_NO_CACHE": "1"})
        assert offences(result) == []

    check()


@pytest.mark.promise("Arguments of any kind get an answer")
def test_arguments_of_any_bytes_reach_a_process(project: Path) -> None:
    """As a process: bytes that are no text, on a command line and in the environment."""
    wild = random.Random(1)
    for slot in ("show", "ls path", "diff rev"):
        raw = bytes(wild.choice(range(1, 256)) for _ in range(40))
        args = [part.encode().replace(b"{}", raw) for part in SLOTS[slot]]
        done = subprocess.run(
            [sys.executable, "-m", "recctl", *args], cwd=project, capture_output=True, timeout=HANGS_AFTER
        )
        result = Result(done.returncode, done.stdout, done.stderr.decode())
        assert (slot, result.code, offences(result)) == (slot, 2, [])
