"""The journal's limit: what is of no more use goes first, the only copy of a file never silently."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from recctl.edit.apply import Outcome, apply_plan
from recctl.edit.journal import store as module
from recctl.edit.journal.store import Journal
from recctl.edit.plan import Patch, Removal, Rewrite, digest_of
from recctl.edit.undo import undo_entry
from recctl.support.errors import RecctlError
from tests.diff.repository import Repository, new_repository
from tests.edit.scenes import Scene
from tests.edit.trees import tree_of
from tests.helpers import problems, run

LIMIT = 1000


@pytest.fixture
def journal(state: Path) -> Journal:
    return Journal(limit=LIMIT)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return new_repository(tmp_path / "repo")


def change(
    journal: Journal, path: Path, size: int = 300, *, drop_old: bool = False, fill: str = "x"
) -> Outcome:
    """Rewrite the first bytes of a file; with so many bytes the entry keeps it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(fill.encode() * size)
    edit = Rewrite(path, digest_of(path.read_bytes()), (Patch(0, 3, b"new"),))
    return apply_plan(journal, [edit], "normalize", drop_old=drop_old)


def committed(journal: Journal, repository: Repository, name: str, size: int = 300) -> None:
    """Change a file that git's HEAD holds as it was."""
    path = repository.write(name, name[0] * size)
    repository.commit()
    change(journal, path, size, fill=name[0])


def kept(journal: Journal) -> list[int]:
    return [entry.number for entry in journal.entries()]


# ---- in which order entries go


def test_exactly_the_limit_is_not_too_large(journal: Journal, tmp_path: Path) -> None:
    for name in "ab":
        change(journal, tmp_path / name, 500)
    assert kept(journal) == [2, 1]


def test_undone_entries_go_first_however_new(
    journal: Journal, tmp_path: Path, repository: Repository
) -> None:
    committed(journal, repository, "a")
    for name in "bc":
        change(journal, tmp_path / name)
    undo_entry(journal, journal.entries()[0])
    assert (journal.entries()[0].number, journal.entries()[0].undone) == (3, True)
    change(journal, tmp_path / "d")
    assert kept(journal) == [4, 2, 1]


def test_then_those_whose_bytes_git_holds_the_oldest_first(
    journal: Journal, tmp_path: Path, repository: Repository
) -> None:
    change(journal, tmp_path / "only")
    for name in "ab":
        committed(journal, repository, name)
    for name in "cd":
        change(journal, tmp_path / name)
    assert kept(journal) == [5, 4, 1]


def test_what_lies_in_its_place_as_it_was_is_of_no_use(journal: Journal, tmp_path: Path) -> None:
    """As after a run that stopped half-way, or when somebody put the file back by hand."""
    change(journal, tmp_path / "a")
    change(journal, tmp_path / "b", 301)
    (tmp_path / "b").write_bytes(b"x" * 301)
    change(journal, tmp_path / "c")
    change(journal, tmp_path / "d")
    assert kept(journal) == [4, 3, 1]


def test_an_entry_that_takes_no_room_stays(journal: Journal, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    apply_plan(journal, [Removal(empty, digest_of(b""))], "prune")
    change(journal, tmp_path / "a", 5000)
    assert kept(journal) == [2, 1]


def test_the_newest_is_kept_however_large(journal: Journal, tmp_path: Path) -> None:
    outcome = change(journal, tmp_path / "a", 5000)
    assert (outcome.done, kept(journal)) == ((tmp_path / "a",), [1])
    assert undo_entry(journal, journal.entries()[0]).done == (tmp_path / "a",)


# ---- the only copy


def _modify(repository: Repository, path: Path) -> None:
    path.write_bytes(b"y" * 300)


def _forget(repository: Repository, path: Path) -> None:
    shutil.rmtree(repository.top / ".git")


def _rewrite_history(repository: Repository, path: Path) -> None:
    repository.git("update-ref", "-d", "HEAD")
    repository.git("rm", "--quiet", "--cached", "-r", "--force", ".")
    repository.git("reflog", "expire", "--expire=now", "--all")
    repository.git("gc", "--quiet", "--prune=now")


@pytest.mark.promise("The only copy of a file never leaves the journal silently")
@pytest.mark.parametrize("name", ["untracked", "modified", "staged", "ignored", "no git"])
def test_what_only_the_journal_has_is_not_dropped(
    journal: Journal, tmp_path: Path, repository: Repository, name: str
) -> None:
    path = tmp_path / "outside" if name == "no git" else repository.write("file", "0" * 300)
    if name == "modified":
        repository.commit()
    if name == "staged":
        repository.git("add", "--all")
    if name == "ignored":
        repository.write(".gitignore", "*")
        repository.commit()
    change(journal, path, fill="1" if name == "modified" else "0")
    _refuses(journal, tmp_path)


@pytest.mark.parametrize("lose", [_forget, _rewrite_history])
def test_what_git_has_lost_since_is_not_dropped(
    journal: Journal, tmp_path: Path, repository: Repository, lose: object
) -> None:
    committed(journal, repository, "a")
    assert callable(lose)
    lose(repository, tmp_path)
    _refuses(journal, tmp_path)


def test_an_entry_with_one_such_file_among_others_is_not_dropped(
    journal: Journal, tmp_path: Path, repository: Repository
) -> None:
    paths = [repository.write(name, name * 100) for name in "abc"]
    repository.commit()
    paths.append(repository.write("d", "d"))
    apply_plan(journal, [Removal(path, digest_of(path.read_bytes())) for path in paths], "prune")
    assert "of 1 file" in _refuses(journal, tmp_path, 900)


def test_an_entry_of_which_nothing_can_be_read_is_not_dropped(
    journal: Journal, tmp_path: Path, state: Path
) -> None:
    change(journal, tmp_path / "a", 600)
    for name in ("manifest.json", "manifest.copy"):
        (state / "journal/1" / name).write_bytes(b"{")
    assert "of files that cannot be listed" in _refuses(journal, tmp_path, 600)


def test_a_damaged_item_counts_as_an_only_copy(
    journal: Journal, tmp_path: Path, repository: Repository, state: Path
) -> None:
    committed(journal, repository, "a")
    manifest = json.loads((state / "journal/1/manifest.json").read_bytes())
    plain = {key: manifest[key] for key in ("command", "directory", "created")}
    (state / "journal/1/manifest.copy").unlink()
    (state / "journal/1/manifest.json").write_text(json.dumps(plain | {"items": [{"path": "x"}]}))
    assert "of 1 file" in _refuses(journal, tmp_path)


def _refuses(journal: Journal, tmp_path: Path, size: int = 800) -> str:
    """A run that needs the room of entry 1 does nothing, and says what to do; insisting does it."""
    new = tmp_path / "new"
    new.write_bytes(b"x" * size)
    before = tree_of(tmp_path)
    edit = Removal(new, digest_of(new.read_bytes()))
    with pytest.raises(RecctlError, match=r"entry 1 would have to go.*nothing was changed") as raised:
        apply_plan(journal, [edit], "prune")
    assert "--drop-old" in raised.value.hint
    assert "RECCTL_STATE_DIR" in raised.value.hint
    assert _but_for_the_lock(tree_of(tmp_path)) == _but_for_the_lock(before)
    outcome = apply_plan(journal, [edit], "prune", drop_old=True)
    assert [loss.entry.number for loss in outcome.losses] == [1]
    assert (new.exists(), kept(journal)) == (False, [2])
    return str(raised.value)


def _but_for_the_lock(tree: dict[str, tuple[int, bytes | None]]) -> dict[str, tuple[int, bytes | None]]:
    return {name: held for name, held in tree.items() if not name.endswith("journal/lock")}


# ---- as commands say it

WRITERS = ("normalize", "prune", "check")


@pytest.mark.promise("The only copy of a file never leaves the journal silently")
@pytest.mark.parametrize("command", WRITERS)
def test_every_writer_refuses_before_it_changes_anything_and_can_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    assert run(*Scene("normalize", tmp_path / "first").arguments).code == 1
    monkeypatch.setattr(module, "LIMIT", 10_000)
    scene = Scene("prune" if command == "prune" else "normalize", tmp_path / "second")
    arguments = ["check", scene.repo, "--fix"] if command == "check" else scene.arguments
    result = run(*arguments)
    scene.assert_nothing_changed(result)
    assert "the only copy of 6 files" in problems(result)[0]
    assert "--drop-old" in problems(result)[0]
    forced = run(*arguments, "--drop-old")
    assert (forced.code, scene.now()) == (1, scene.news)
    (told,) = problems(forced)
    assert told.startswith("recctl: entry 1 of 2")
    assert told.endswith("was dropped, with the only copy of 6 files")


def test_a_refused_run_is_possible_with_another_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LIMIT", 10_000)
    run(*Scene("normalize", tmp_path / "first").arguments)
    scene = Scene("normalize", tmp_path / "second")
    assert run(*scene.arguments).code == 2
    assert run(*scene.arguments, env={"RECCTL_STATE_DIR": str(tmp_path / "other")}).code == 1
    assert run("undo", "--list").out.count("\n") == 1
