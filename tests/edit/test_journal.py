"""The journal: the old bytes of every change, for this user alone, within a limit, outside any repository."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from recctl.edit.apply import apply_plan
from recctl.edit.journal import store as module
from recctl.edit.journal.store import Journal, journal_directory
from recctl.edit.plan import Patch, Removal, Rewrite, digest_of
from recctl.edit.staging import Skipped
from recctl.support.errors import RecctlError
from tests.edit.processes import ended, held_lock, planned
from tests.edit.trees import lay_out, restore, strangers, tree_of
from tests.helpers import problems, run


@pytest.fixture
def journal(state: Path) -> Journal:
    return Journal()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three small files in one directory."""
    (tmp_path / "files").mkdir()
    paths = [tmp_path / f"files/{name}.json" for name in "abc"]
    for path in paths:
        path.write_bytes(b"old bytes of " + path.name.encode())
    return paths


def rewrite(path: Path, new: bytes = b"new") -> Rewrite:
    """The first three bytes of a file become others."""
    return Rewrite(path, digest_of(path.read_bytes()), (Patch(0, 3, new),))


def remove(path: Path) -> Removal:
    """The file goes."""
    return Removal(path, digest_of(path.read_bytes()))


# ---- entries


def test_an_entry_tells_what_was_done(journal: Journal, files: list[Path], tmp_path: Path) -> None:
    olds = [path.read_bytes() for path in files]
    outcome = apply_plan(journal, [rewrite(files[0]), remove(files[1])], "prune")
    (entry,) = journal.entries()
    assert (outcome.done, outcome.skipped, outcome.entry) == (tuple(files[:2]), (), 1)
    assert (entry.number, entry.command, entry.manifest.directory, entry.undone) == (
        1,
        "prune",
        os.getcwd(),
        False,
    )
    assert [item.path for item in entry.items] == [str(path) for path in files[:2]]
    assert [entry.old_bytes(item) for item in entry.items] == olds[:2]
    assert entry.size == len(olds[0]) + len(olds[1])
    assert [item.after for item in entry.items] == [digest_of(files[0].read_bytes()), None]
    assert (files[0].read_bytes(), files[1].exists()) == (b"new bytes of a.json", False)
    assert strangers(tmp_path / "files") == []


def test_entries_are_numbered_and_the_newest_comes_first(journal: Journal, files: list[Path]) -> None:
    numbers = [apply_plan(journal, [rewrite(path)], "normalize").entry for path in files]
    assert numbers == [1, 2, 3]
    assert [entry.number for entry in journal.entries()] == [3, 2, 1]


def test_numbers_are_in_order_beyond_nine(journal: Journal, files: list[Path]) -> None:
    for number in range(11):
        apply_plan(journal, [rewrite(files[0], b"%03d" % number)], "normalize")
    assert [entry.number for entry in journal.entries()] == list(range(11, 0, -1))


def test_a_plan_of_which_nothing_is_left_makes_no_entry(journal: Journal, files: list[Path]) -> None:
    edit = rewrite(files[0])
    files[0].write_bytes(b"changed by somebody else")
    outcome = apply_plan(journal, [edit], "normalize")
    assert (outcome.done, outcome.entry, journal.entries()) == ((), None, [])
    assert outcome.skipped == (Skipped(files[0], "has changed since it was read; left alone"),)
    assert files[0].read_bytes() == b"changed by somebody else"


def test_a_dry_run_makes_no_journal(tmp_path: Path, state: Path) -> None:
    lay_out(tmp_path / "repo")
    assert run("normalize", tmp_path / "repo").code == 1
    assert run("undo", "--list").code == 0
    assert not state.exists()


def test_nothing_due_makes_no_entry(tmp_path: Path, journal: Journal) -> None:
    pairs = lay_out(tmp_path / "repo")
    run("normalize", tmp_path / "repo", "--write")
    assert run("normalize", tmp_path / "repo", "--write").code == 0
    assert [len(entry.items) for entry in journal.entries()] == [len(pairs)]


# ---- where it lies, and who can read it


def test_the_variable_names_the_directory(tmp_path: Path, state: Path) -> None:
    lay_out(tmp_path / "repo")
    before = tree_of(tmp_path / "repo").keys()
    run("normalize", tmp_path / "repo", "--write")
    assert journal_directory() == state / "journal"
    assert (state / "journal/1/old").stat().st_size > 0
    assert tree_of(tmp_path / "repo").keys() == before


@pytest.mark.parametrize("variable", ["XDG_STATE_HOME", "HOME"])
def test_without_it_the_platforms_directory_for_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    for name in ("RECCTL_STATE_DIR", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(tmp_path / "home"))
    lay_out(tmp_path / "repo")
    run("normalize", tmp_path / "repo", "--write", cwd=tmp_path / "repo")
    (found,) = (tmp_path / "home").rglob("manifest.json")
    assert found.is_relative_to(journal_directory())
    assert list((tmp_path / "repo").rglob("manifest.json")) == []


@pytest.fixture
def loose_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("loose_umask")
def test_nobody_else_can_read_it(tmp_path: Path, state: Path) -> None:
    pairs = lay_out(tmp_path / "repo")
    for pair in pairs:
        pair.path.chmod(0o666)
    run("normalize", tmp_path / "repo", "--write")
    for path in (state / "journal", *(state / "journal").rglob("*")):
        allowed = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == allowed, path


def _kept(journal: Journal) -> list[int]:
    return [entry.number for entry in journal.entries()]


# ---- what a run that was ended left behind, and what was damaged


def test_an_unfinished_entry_counts_for_nothing(journal: Journal, files: list[Path], state: Path) -> None:
    (state / "journal/unfinished").mkdir(parents=True)
    (state / "journal/unfinished/old").write_bytes(b"half")
    assert journal.entries() == []
    apply_plan(journal, [rewrite(files[0])], "normalize")
    assert _kept(journal) == [1]
    assert sorted(path.name for path in (state / "journal").iterdir()) == ["1", "lock"]


def test_leftover_temporary_files_are_cleared(journal: Journal, files: list[Path]) -> None:
    leftover = files[0].with_name(".recctl-0123456789abcdef.tmp")
    hidden = files[0].with_name(".recctl-notes.json")
    for path in (leftover, hidden):
        path.write_bytes(b"")
    apply_plan(journal, [rewrite(files[0])], "normalize")
    assert (leftover.exists(), hidden.exists()) == (False, True)


# ---- one at a time


def test_a_second_run_waits_for_the_first(tmp_path: Path, state: Path) -> None:
    pairs = lay_out(tmp_path / "repo")
    with held_lock(state):
        second = planned("normalize", tmp_path / "repo", "--write")
        time.sleep(0.2)  # enough to go on, were it not for the lock
        assert second.poll() is None
        assert [pair.path.read_bytes() for pair in pairs] == [pair.old for pair in pairs]
    assert ended(second).code == 1
    assert [pair.path.read_bytes() for pair in pairs] == [pair.new for pair in pairs]


@pytest.mark.parametrize("command", ["normalize", "undo"])
def test_a_second_run_does_not_wait_for_ever(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.1)
    pairs = lay_out(tmp_path / "repo")
    run("normalize", tmp_path / "repo", "--write")
    if command == "normalize":
        restore(pairs)
    before = tree_of(tmp_path / "repo")
    with held_lock(state):
        result = run("undo") if command == "undo" else run("normalize", tmp_path / "repo", "--write")
    assert result.code == 2
    assert problems(result) == [
        "recctl: another recctl is changing recordings; nothing was changed; run it again when that is done"
    ]
    assert tree_of(tmp_path / "repo") == before


def test_an_unusable_journal_is_told_by_the_library_too(
    state: Path, files: list[Path], journal: Journal
) -> None:
    state.write_bytes(b"a file")
    before = files[0].read_bytes()
    with pytest.raises(RecctlError, match="nothing was changed"):
        apply_plan(journal, [rewrite(files[0])], "normalize")
    assert files[0].read_bytes() == before
