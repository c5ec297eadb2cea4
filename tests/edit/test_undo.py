"""undo: every file of the last change as it was, byte for byte and mode for mode, or left alone and named."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.edit.processes import run_as_nobody
from tests.edit.trees import OBSTACLES, Pair, lay_out, restore, tree_of
from tests.helpers import Result, chat, problems, put, run

MODES = (0o644, 0o755, 0o600)
ALL = ("--max-share", "100", "--write")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return tmp_path / "repo"


@pytest.fixture
def pairs(repo: Path) -> list[Pair]:
    """Six recordings in three directories, with three modes, and one that needs nothing."""
    pairs = lay_out(repo, 6, per_directory=2)
    for number, pair in enumerate(pairs):
        pair.path.chmod(MODES[number % len(MODES)])
    put(repo / "tests/suite0/recordings", chat("Bye."))
    return pairs


def prune(repo: Path, gone: list[Pair]) -> Result:
    """Remove the recordings of some tests."""
    tests = repo.parent / "live.txt"
    alive = [f"tests/suite{number // 2}/test_many.py::test_{number}" for number in range(6)]
    tests.write_text("\n".join({*alive, "x::y"} - {pair.test_id for pair in gone}))
    result = run("prune", repo, "--tests", tests, *ALL)
    assert (result.code, [pair.path.exists() for pair in gone]) == (1, [False] * len(gone))
    return result


# ---- all of it


@pytest.mark.promise("undo brings back every byte")
def test_undo_restores_a_normalized_tree(repo: Path, pairs: list[Pair]) -> None:
    before = tree_of(repo)
    assert run("normalize", repo, "--write").code == 1
    assert tree_of(repo) != before
    result = run("undo", "--long", cwd=repo)
    assert (result.code, result.err) == (0, "6 files of normalize restored\n")
    assert result.out == "".join(f"{path}\n" for path in sorted(_shown(repo, pairs)))
    assert tree_of(repo) == before


def _shown(repo: Path, pairs: list[Pair]) -> list[str]:
    return [pair.path.relative_to(repo).as_posix() for pair in pairs]


@pytest.mark.promise("undo brings back every byte")
def test_undo_restores_a_pruned_tree(repo: Path, pairs: list[Pair]) -> None:
    before = tree_of(repo)
    prune(repo, pairs)
    assert run("undo").code == 0
    assert tree_of(repo) == before


def test_undo_makes_directories_again(repo: Path, pairs: list[Pair]) -> None:
    before = tree_of(repo)
    prune(repo, pairs)
    shutil.rmtree(repo / "tests/suite1")
    shutil.rmtree(repo / "tests/suite2/recordings")
    assert run("undo").code == 0
    assert tree_of(repo) == before


def test_the_mode_comes_back_too(repo: Path, pairs: list[Pair]) -> None:
    before = tree_of(repo)
    run("normalize", repo, "--write")
    pairs[0].path.chmod(0o755)
    assert run("undo").code == 0
    assert tree_of(repo) == before


def test_normalizing_again_after_undo_gives_the_same(repo: Path, pairs: list[Pair]) -> None:
    run("normalize", repo, "--write")
    normalized = tree_of(repo)
    run("undo")
    assert run("normalize", repo, "--write").code == 1
    assert tree_of(repo) == normalized


def test_undo_works_from_anywhere(repo: Path, pairs: list[Pair], tmp_path: Path) -> None:
    before = tree_of(repo)
    run("normalize", "repo", "--write", cwd=tmp_path)
    result = run("undo", "--long", cwd=Path("/"))
    assert (result.code, tree_of(repo)) == (0, before)
    assert result.out.splitlines() == sorted(str(pair.path).lstrip("/") for pair in pairs)


# ---- which entry


def test_undo_twice_takes_back_two_changes(repo: Path, pairs: list[Pair]) -> None:
    before = tree_of(repo)
    run("normalize", repo, "--write")
    between = tree_of(repo)
    prune(repo, pairs)
    assert (run("undo").code, tree_of(repo)) == (0, between)
    assert (run("undo").code, tree_of(repo)) == (0, before)
    last = run("undo")
    assert (last.code, last.out) == (2, "")
    assert problems(last) == ["recctl: nothing to undo; see: recctl undo --list"]
    assert tree_of(repo) == before


def test_an_entry_by_its_number(repo: Path, pairs: list[Pair]) -> None:
    run("normalize", pairs[0].path, "--write")
    run("normalize", pairs[1].path, "--write")
    assert run("undo", "1").code == 0
    assert [pair.path.read_bytes() for pair in pairs[:2]] == [pairs[0].old, pairs[1].new]
    assert run("undo").code == 0
    assert [pair.path.read_bytes() for pair in pairs[:2]] == [pairs[0].old, pairs[1].old]


def test_an_entry_that_is_undone_already_changes_nothing(repo: Path, pairs: list[Pair]) -> None:
    before = tree_of(repo)
    run("normalize", repo, "--write")
    run("undo")
    result = run("undo", "1")
    assert (result.code, result.out, result.err) == (0, "", "0 files restored\n")
    assert tree_of(repo) == before


def test_a_redone_change_is_undone_by_its_number_again(repo: Path, pairs: list[Pair]) -> None:
    before = tree_of(repo)
    for _ in range(2):
        run("normalize", repo, "--write")
        run("undo")
    assert tree_of(repo) == before
    run("normalize", repo, "--write")
    assert run("undo", "1").code == 0
    assert tree_of(repo) == before


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("7", "recctl: no entry 7; see: recctl undo --list"),
        ("0", "recctl: no entry 0; see: recctl undo --list"),
        ("x", "recctl: Invalid value for '[ENTRY]': 'x' is not a valid int; see: recctl undo --help"),
    ],
)
def test_an_entry_that_is_not_there(repo: Path, pairs: list[Pair], number: str, message: str) -> None:
    run("normalize", repo, "--write")
    before = tree_of(repo)
    result = run("undo", number)
    assert (result.code, result.out, problems(result)) == (2, "", [message])
    assert tree_of(repo) == before


def test_without_any_change_there_is_nothing_to_undo(state: Path) -> None:
    result = run("undo")
    assert (result.code, result.out) == (2, "")
    assert problems(result) == ["recctl: nothing to undo; see: recctl undo --list"]
    assert not state.exists()


# ---- the list


def test_the_list_shows_what_there_is(repo: Path, pairs: list[Pair]) -> None:
    run("normalize", pairs[0].path, "--write", cwd=repo)
    prune(repo, pairs[1:3])
    run("undo")
    rows = [line.split("  ") for line in run("undo", "--list", cwd=repo).out.splitlines()]
    kept = [len(pair.old) for pair in pairs]
    sizes = [f"{(kept[1] + kept[2]) / 1000:.1f} kB", f"{kept[0] / 1000:.1f} kB"]
    told = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert [row[:1] + row[2:5] for row in told] == [
        ["2", "prune", "2 files", sizes[0]],
        ["1", "normalize", "1 file", sizes[1]],
    ]
    assert told[0][-1] == "undone"
    assert "undone" not in told[1]
    assert all(row[1].endswith("+00:00") for row in told)


def test_listing_changes_nothing(repo: Path, pairs: list[Pair], state: Path) -> None:
    run("normalize", repo, "--write")
    before, journal = tree_of(repo), tree_of(state)
    assert run("undo", "--list").code == 0
    assert (tree_of(repo), tree_of(state)) == (before, journal)


def test_the_list_of_nothing(state: Path) -> None:
    result = run("undo", "--list")
    assert (result.code, result.out, result.err) == (0, "no changes yet\n", "")


# ---- files that changed since


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def _replace_by_link(path: Path) -> None:
    path.rename(path.with_suffix(".moved"))
    path.symlink_to(path.with_suffix(".moved"))


def _replace_by(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def replace(path: Path) -> None:
        path.unlink()
        make(path)

    return replace


CHANGES: dict[str, Callable[[Path], object]] = {
    "other bytes": _append,
    "gone": Path.unlink,
    "a link": _replace_by_link,
    "a dangling link": _replace_by(lambda path: path.symlink_to("nowhere")),
    "a directory": _replace_by(Path.mkdir),
    "a fifo": _replace_by(os.mkfifo),
}


@pytest.mark.promise("undo leaves alone what changed since")
@pytest.mark.parametrize("name", CHANGES)
def test_a_file_that_changed_since_is_left_alone_and_named(repo: Path, pairs: list[Pair], name: str) -> None:
    run("normalize", repo, "--write")
    changed, *rest = pairs
    CHANGES[name](changed.path)
    before = tree_of(changed.path.parent)
    result = run("undo", "--long", cwd=repo)
    shown = changed.path.relative_to(repo).as_posix()
    assert (result.code, problems(result)) == (2, [f"recctl: {shown}: has changed since; left alone"])
    assert result.err.splitlines()[-1] == "5 files of normalize restored, 1 file left alone"
    assert result.out.splitlines() == sorted(_shown(repo, rest))
    assert [pair.path.read_bytes() for pair in rest] == [pair.old for pair in rest]
    name = changed.path.name
    assert tree_of(changed.path.parent).get(name) == before.get(name)


@pytest.mark.parametrize("name", OBSTACLES)
def test_what_replaced_a_removed_file_is_left_alone(repo: Path, pairs: list[Pair], name: str) -> None:
    prune(repo, pairs)
    OBSTACLES[name](pairs[0].path)
    before = tree_of(pairs[0].path.parent)[pairs[0].path.name]
    result = run("undo", "--long")
    assert (result.code, len(problems(result)), len(result.out.splitlines())) == (2, 1, 5)
    assert pairs[0].path.name in problems(result)[0]
    assert tree_of(pairs[0].path.parent)[pairs[0].path.name] == before
    assert [pair.path.read_bytes() for pair in pairs[1:]] == [pair.old for pair in pairs[1:]]


def test_a_file_in_the_place_of_a_directory_stops_only_what_was_in_it(repo: Path, pairs: list[Pair]) -> None:
    prune(repo, pairs)
    shutil.rmtree(repo / "tests/suite2")
    (repo / "tests/suite2").write_bytes(b"mine")
    result = run("undo")
    assert (result.code, (repo / "tests/suite2").read_bytes()) == (2, b"mine")
    assert [pair.path.name in result.err for pair in pairs] == [False] * 4 + [True] * 2
    assert [pair.path.read_bytes() for pair in pairs[:4]] == [pair.old for pair in pairs[:4]]


def test_a_removed_file_that_is_back_already_is_no_conflict(repo: Path, pairs: list[Pair]) -> None:
    before = tree_of(repo)
    prune(repo, pairs)
    restore(pairs[:1])
    pairs[0].path.chmod(MODES[0])
    result = run("undo", "--long")
    assert (result.code, len(result.out.splitlines())) == (0, 5)
    assert tree_of(repo) == before


def test_after_the_conflict_is_resolved_undo_continues(repo: Path, pairs: list[Pair]) -> None:
    before = tree_of(repo)
    run("normalize", repo, "--write")
    changed = pairs[0].path.read_bytes()
    pairs[0].path.write_bytes(b"changed")
    assert run("undo").code == 2
    pairs[0].path.write_bytes(changed)
    assert (run("undo").code, tree_of(repo)) == (0, before)
    assert "undone" in run("undo", "--list").out


def test_an_earlier_change_of_a_file_changed_twice_waits_for_the_later(repo: Path, pairs: list[Pair]) -> None:
    run("normalize", repo, "--write")
    prune(repo, pairs)
    before = tree_of(repo)
    result = run("undo", "1")
    assert (result.code, len(problems(result)), tree_of(repo)) == (2, 6, before)


def test_a_file_that_was_given_by_two_names_comes_back_once(repo: Path, pairs: list[Pair]) -> None:
    before = tree_of(repo)
    link = repo.parent / "link"
    link.symlink_to(repo / "tests/suite0")
    assert run("normalize", repo, f"{link}/recordings", "--write").code == 2  # the second name comes too late
    result = run("undo", cwd=repo)
    assert (result.code, result.err, tree_of(repo)) == (
        0,
        "6 files of normalize restored; --long lists them\n",
        before,
    )


# ---- a journal or a directory that cannot be used


def test_a_journal_that_may_not_be_read_is_one_line(repo: Path, pairs: list[Pair], state: Path) -> None:
    run("normalize", repo, "--write")
    before = tree_of(repo)
    state.chmod(0)
    results = [run_as_nobody(*args, cwd=Path("/")) for args in (["undo"], ["undo", "--list"])]
    state.chmod(0o700)
    for result in results:
        assert (result.code, result.out, len(problems(result))) == (2, "", 1), result.err
        assert str(state) in result.err
        assert "a bug in recctl" not in result.err
    assert tree_of(repo) == before
