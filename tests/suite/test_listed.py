"""Live tests by lists: one id a line, from files and stdin; a list that tells nothing is refused."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from recctl.suite.id_lists import listed_tests, liveness_by_list
from tests.helpers import problems, run, run_process, run_shell
from tests.suite.projects import record, summary_of

ONE, TWO, GONE = (f"tests/a/test_b.py::test_{name}" for name in ("one[x::y]", "two", "gone"))


@pytest.fixture
def recorded(tmp_path: Path) -> dict[str, Path]:
    """A recording of each of three tests."""
    return dict(zip((ONE, TWO, GONE), record(tmp_path, ONE, TWO, GONE), strict=True))


def _list(tmp_path: Path, content: str | bytes, name: str = "live.txt") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


LISTS = {
    "line ends": f"{ONE}\n{TWO}\n",
    "no final line end": f"{ONE}\n{TWO}",
    "CRLF": f"{ONE}\r\n{TWO}\r\n",
    "empty lines": f"\n\n{ONE}\n\n{TWO}\n\n",
    "twice": f"{ONE}\n{TWO}\n{ONE}\n",
    "as pytest -q ends it": f"{ONE}\n{TWO}\n\n2 tests collected in 0.01s\n",
    "with a comment": f"# the live ones\n{ONE}\n{TWO}\n",
    "with warnings": (
        f"{ONE}\n{TWO}\n\n=== warnings summary ===\nx.py:3\n  /x.py:3: UserWarning: 2 deselected\n\n"
        "-- Docs: https://docs.pytest.org/en/stable/how-to/capture-warnings.html\n"
        "2 tests collected, 1 warning in 0.02s\n"
    ),
    "after minutes": f"{ONE}\n{TWO}\n\n2 tests collected in 61.02s (0:01:01)\n",
    "with warnings after it": f"{ONE}\n{TWO}\n\n== warnings summary ==\n  tests/x.py:3: UserWarning: a\n",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_read(tmp_path: Path, name: str) -> None:
    assert listed_tests([str(_list(tmp_path, LISTS[name]))]) >= {ONE, TWO}


def test_who_is_not_listed_is_gone(recorded: dict[str, Path], tmp_path: Path) -> None:
    source = liveness_by_list(listed_tests([str(_list(tmp_path, f"{ONE}\n{TWO}\n"))]))
    statuses = {test_id: source(summary_of(path)).status for test_id, path in recorded.items()}
    assert statuses == {ONE: "live", TWO: "live", GONE: "stale"}


@pytest.mark.parametrize(
    "near", ["tests/a/test_b.py::test_one", "test_b.py::test_two", "Tests/a/test_b.py::test_two"]
)
def test_only_the_exact_id_counts(recorded: dict[str, Path], tmp_path: Path, near: str) -> None:
    source = liveness_by_list(listed_tests([str(_list(tmp_path, near))]))
    assert {source(summary_of(path)).status for path in recorded.values()} == {"stale"}


def test_ids_outside_ascii(tmp_path: Path) -> None:
    test_id = "tests/ä/test_b.py::test_x[京都 🏔]"
    (path,) = record(tmp_path, test_id)
    assert liveness_by_list(listed_tests([str(_list(tmp_path, test_id))]))(summary_of(path)).status == "live"


def test_a_byte_order_mark_takes_no_test_away(recorded: dict[str, Path], tmp_path: Path) -> None:
    """Editors and shells of Windows write one. The list is read as if it were not there, or refused."""
    _list(tmp_path, b"\xef\xbb\xbf" + f"{ONE}\n{TWO}\n".encode())
    run("prune", "tests", "--tests", "live.txt", "--write", "--max-share", "100", cwd=tmp_path)
    assert [recorded[test_id].exists() for test_id in (ONE, TWO)] == [True, True]


def test_several_lists_are_one(recorded: dict[str, Path], tmp_path: Path) -> None:
    lists = [_list(tmp_path, test_id, f"{number}.txt") for number, test_id in enumerate((ONE, TWO))]
    result = run("prune", tmp_path, "--tests", lists[0], "--tests", lists[1])
    assert (result.code, result.out.count(".json")) == (1, 1)
    assert recorded[GONE].name in result.out


def test_stdin_is_a_list(recorded: dict[str, Path], tmp_path: Path) -> None:
    given = f"printf '%s\\n' {shlex.quote(ONE)} {shlex.quote(TWO)}"
    result = run_shell(f"{given} | recctl prune tests --tests -", cwd=tmp_path)
    assert (result.code, result.out.count(".json")) == (1, 1)
    assert recorded[GONE].name in result.out


def test_stdin_and_a_file(recorded: dict[str, Path], tmp_path: Path) -> None:
    _list(tmp_path, f"{TWO}\n{GONE}")
    result = run_shell(
        f"echo {shlex.quote(ONE)} | recctl prune tests --tests - --tests live.txt", cwd=tmp_path
    )
    assert (result.code, result.out) == (0, "")


# ---- refused: nothing may be removed because a list could not be made

REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "contains no test ids"),
    "only line ends": (b"\n\r\n\n", "contains no test ids"),
    "a failed collection": (
        b"ERROR tests/a.py\n1 error in 0.02s\n",
        "line 1 is of a collection that failed or left tests out: ERROR tests/a.py",
    ),
    "an error after ids": (
        f"{ONE}\n{TWO}\n{GONE}\nERROR tests/a.py - ImportError\n".encode(),
        "line 4 is of a collection that failed or left tests out: ERROR tests/a.py - ImportError",
    ),
    "an error with an id": (
        f"{ONE}\nERROR {TWO}\n".encode(),
        f"line 2 is of a collection that failed or left tests out: ERROR {TWO}",
    ),
    "interrupted": (
        f"{ONE}\n!!!!! Interrupted: 1 error during collection !!!!!\n".encode(),
        "line 2 is of a collection that failed or left tests out: !!!!! Interrupted: 1 error",
    ),
    "errors counted": (
        f"{ONE}\n3 tests collected, 2 errors in 0.10s\n".encode(),
        "line 2 is of a collection that failed or left tests out: 3 tests collected, 2 errors",
    ),
    "deselected": (
        f"{ONE}\n\n1/3 tests collected (2 deselected) in 0.01s\n".encode(),
        "line 3 is of a collection that failed or left tests out: 1/3 tests collected (2 deselected)",
    ),
    "no tests": (
        f"{ONE}\n\nno tests collected in 0.01s\n".encode(),
        "line 3 is of a collection that failed or left tests out: no tests collected",
    ),
    "a traceback": (
        f"{ONE}\nTraceback (most recent call last):\n  File 'x.py'\n".encode(),
        "line 2 is of a collection that failed or left tests out: Traceback",
    ),
    "a log line": (
        f"{ONE}\nINFO foo::bar starting\n".encode(),
        "line 2 is not a test id: INFO foo::bar starting",
    ),
    "the output of a run": (
        f"{ONE} PASSED  [ 50%]\n{TWO} PASSED  [100%]\n".encode(),
        f"line 1 is not a test id: {ONE} PASSED",
    ),
    "counts, as -qq prints": (b"tests/a/test_b.py: 3\n", "line 1 is not a test id: tests/a/test_b.py: 3"),
    "a tree": (b"<Module test_b.py>\n  <Function test_one>\n", "line 1 is not a test id: <Module test_b.py>"),
    "UTF-16": (ONE.encode("utf-16"), "is not UTF-8"),
    "Latin-1": (f"{ONE}é".encode("latin-1"), "is not UTF-8"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(recorded: dict[str, Path], tmp_path: Path, name: str) -> None:
    content, why = REFUSED[name]
    _list(tmp_path, content, "bad.txt")
    args = ["--max-share", "100", "--write", "--tests", "bad.txt"]
    result = run("prune", "tests", *args, cwd=tmp_path)
    _assert_refused(result.code, problems(result), recorded, f"bad.txt: {why}")


def test_one_bad_list_among_good_ones_is_refused(recorded: dict[str, Path], tmp_path: Path) -> None:
    _list(tmp_path, ONE)
    args = ["--max-share", "100", "--write", "--tests", "live.txt", "--tests", "nowhere.txt"]
    result = run("prune", "tests", *args, cwd=tmp_path)
    _assert_refused(result.code, problems(result), recorded, "nowhere.txt: cannot be read")


def test_a_directory_is_no_list(recorded: dict[str, Path], tmp_path: Path) -> None:
    result = run("prune", "tests", "--write", "--tests", "tests", cwd=tmp_path)
    _assert_refused(result.code, problems(result), recorded, "tests: cannot be read: Is a directory")


def test_nothing_on_stdin_is_refused(recorded: dict[str, Path], tmp_path: Path) -> None:
    result = run_process("prune", "tests", "--tests", "-", "--write", cwd=tmp_path)
    _assert_refused(result.code, problems(result), recorded, "-: contains no test ids")


def test_a_closed_stdin_is_refused(recorded: dict[str, Path], tmp_path: Path) -> None:
    result = run_shell("recctl prune tests --tests - --write <&-", cwd=tmp_path)
    _assert_refused(result.code, problems(result), recorded, "-: cannot be read")


def _assert_refused(code: int, said: list[str], recorded: dict[str, Path], why: str) -> None:
    assert (code, len(said)) == (2, 1)
    assert said[0].startswith(f"recctl: {why}")
    assert "write one test id a line, as pytest --collect-only -q prints them" in said[0]
    assert [path.exists() for path in recorded.values()] == [True] * 3


def test_an_id_that_something_was_printed_before_is_not_judged(tmp_path: Path) -> None:
    """A module that prints without a line break as it is collected, with -s."""
    source = liveness_by_list(listed_tests([str(_list(tmp_path, f"Loading model... {ONE}\n.{TWO}\n"))]))
    statuses = [source(summary_of(path)).status for path in record(tmp_path, ONE, TWO, GONE)]
    assert statuses == ["unjudged", "unjudged", "stale"]


GROUPS = {
    "of a list": (f"{ONE}@g\n{TWO}@g\n", [ONE, TWO]),
    "of a recording": (f"{ONE}\n{TWO}\n", [f"{ONE}@g", f"{TWO}@a_b"]),
    "that holds all signs": (f"{ONE}\n{TWO}\n", [f"{ONE}@a::b[c]@d", f"{TWO}@a::b[c]@d"]),
}


@pytest.mark.parametrize("name", GROUPS)
def test_the_group_of_xdist_is_taken_off(tmp_path: Path, name: str) -> None:
    content, recorded = GROUPS[name]
    source = liveness_by_list(listed_tests([str(_list(tmp_path, content))]))
    paths = record(tmp_path, *recorded, f"{GONE}@g")
    assert [source(summary_of(path)).status for path in paths] == ["live", "live", "stale"]
