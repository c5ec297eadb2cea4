"""GitHeads: what HEAD holds of files, in whichever repository they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from recctl.edit.git_heads import GitHeads
from tests.diff.repository import new_repository

STATES = {"kept": "unchanged", "edited": "modified", "removed": "modified", "new": "untracked"}


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository whose working tree differs from HEAD, around another that does not."""
    repository = new_repository(tmp_path / "repo")
    for name in ("kept", "edited", "removed"):
        repository.write(f"sub/{name}", name)
    repository.commit()
    repository.write("sub/edited", "EDITED")
    repository.write("sub/new", "new")
    (repository.top / "sub/removed").unlink()
    inner = new_repository(repository.top / "inner")
    inner.write("file", "inner")
    inner.commit()
    return repository.top


def state(path: Path) -> str | None:
    """What GitHeads says of a file as it is."""
    return GitHeads().state(path, path.read_bytes() if path.exists() else None)


@pytest.mark.parametrize("name", STATES)
def test_the_state_of_a_file(top: Path, name: str) -> None:
    assert state(top / "sub" / name) == STATES[name]


def test_each_file_belongs_to_the_repository_around_it(top: Path) -> None:
    heads = GitHeads()
    assert heads.state(top / "inner/file", b"inner") == "unchanged"
    assert heads.state(top / "sub/kept", b"kept") == "unchanged"


def test_outside_a_repository_there_is_no_state(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    assert (state(tmp_path / "file"), GitHeads().blob(tmp_path / "file", b"x")) == (None, None)


def test_a_repository_may_be_named_by_the_environment(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git_directory = (top / ".git").rename(top.parent / "elsewhere.git")
    monkeypatch.setenv("GIT_DIR", str(git_directory))
    monkeypatch.setenv("GIT_WORK_TREE", str(top))
    assert {name: state(top / "sub" / name) for name in STATES} == STATES


def test_without_a_commit_everything_is_untracked(tmp_path: Path) -> None:
    path = new_repository(tmp_path / "repo").write("file", "x")
    assert state(path) == "untracked"


def test_a_repository_that_git_cannot_read_holds_nothing(top: Path) -> None:
    """Then only the journal has the bytes, as far as is known."""
    (top / ".git/HEAD").write_text("rubbish")
    assert (state(top / "sub/kept"), GitHeads().blob(top / "sub/kept", b"kept")) == (None, None)


def test_a_blob_is_held_only_with_the_same_bytes(top: Path) -> None:
    heads = GitHeads()
    assert heads.blob(top / "sub/kept", b"kept") is not None
    assert heads.blob(top / "sub/kept", b"other") is None
