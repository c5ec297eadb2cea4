"""Where a test file is: there, absent, or not known. Real directories, links and repositories."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from recctl.suite.id_lists import liveness_by_list
from recctl.suite.liveness import Liveness
from tests.helpers import MODULE, chat, put, run
from tests.suite.projects import WITHOUT_PRIVILEGES, by_source, git, record, summary_of, write

FILE = "tests/a/test_b.py"
ID = f"{FILE}::test_x"
OTHER = {"tests/c/test_d.py": "def test_y(): ..."}


def committed(root: Path) -> None:
    write(root, {FILE: "def test_x(): ...", **OTHER})
    git(root, "init")
    git(root, "add", "-A")
    git(root, "commit", "-m", "all")


def deleted(root: Path) -> None:
    committed(root)
    (root / FILE).unlink()


def sparse(root: Path) -> None:
    committed(root)
    git(root, "sparse-checkout", "set", "--no-cone", "/*", f"!{FILE}")


def sparse_cone(root: Path) -> None:
    committed(root)
    git(root, "sparse-checkout", "set", "tests/c")


def sparse_index(root: Path) -> None:
    committed(root)
    git(root, "sparse-checkout", "set", "--sparse-index", "tests/c")


def submodule(root: Path) -> None:
    inner = root.parent / "inner"
    write(inner, {"test_b.py": "def test_x(): ..."})
    git(inner, "init")
    git(inner, "add", "-A")
    git(inner, "commit", "-m", "inner")
    committed(root)
    git(root, "rm", "-r", "-q", "tests/a")
    git(root, "submodule", "add", str(inner), "tests/a")
    git(root, "commit", "-m", "outer")
    git(root, "submodule", "deinit", "--all", "--force")


def broken_link(root: Path) -> None:
    write(root, OTHER)
    (root / "tests/a").mkdir()
    (root / FILE).symlink_to("nowhere.py")


def broken_directory(root: Path) -> None:
    write(root, OTHER)
    (root / "tests/a").symlink_to("nowhere")


def link_to_another(root: Path) -> None:
    write(root, {**OTHER, "tests/a/real.py": "def test_z(): ..."})
    (root / FILE).symlink_to("real.py")


def other_case(root: Path) -> None:
    write(root, {**OTHER, "tests/a/Test_B.py": "def test_x(): ..."})


def file_as_directory(root: Path) -> None:
    write(root, {**OTHER, "tests/a": "x"})


def loop(root: Path) -> None:
    write(root, OTHER)
    (root / "tests/a").symlink_to("a")


def broken_repository(root: Path) -> None:
    write(root, OTHER)
    (root / ".git").mkdir()


def broken_index(root: Path) -> None:
    deleted(root)
    (root / ".git/index").write_bytes(b"DIRC")


def ignored(root: Path) -> None:
    write(root, {**OTHER, ".gitignore": "test_b.py\n"})
    git(root, "init")


NOT_KNOWN: dict[str, tuple[Callable[[Path], None], str]] = {
    "tracked and deleted": (deleted, f"git tracks {FILE}, which is not on disk"),
    "ignored": (ignored, f"git ignores {FILE}, which may be generated"),
    "left out of a sparse checkout": (sparse, f"git tracks {FILE}, which is not on disk"),
    "in a directory left out": (sparse_cone, f"git tracks {FILE}, which is not on disk"),
    "in a directory left out of the index": (sparse_index, f"git tracks {FILE}, which is not on disk"),
    "in a submodule": (submodule, "tests/a is a submodule that is not checked out"),
    "a link that leads nowhere": (broken_link, "test_b.py is a symbolic link"),
    "below a link that leads nowhere": (broken_directory, "tests/a is a symbolic link"),
    "a link to another file": (link_to_another, "test_b.py is a symbolic link"),
    "in another case": (other_case, "contains Test_B.py, which differs only in case or Unicode form"),
    "below a file": (file_as_directory, "tests/a is not a directory"),
    "below a link to itself": (loop, "tests/a is a symbolic link"),
    "in a repository that git refuses": (broken_repository, "git cannot say whether it tracks test_b.py"),
    "in a repository whose index is broken": (broken_index, "git cannot say what it tracks"),
}


@pytest.mark.parametrize("name", NOT_KNOWN)
def test_a_file_that_is_not_known_is_unjudged(tmp_path: Path, name: str) -> None:
    make, reason = NOT_KNOWN[name]
    root = tmp_path / "project"
    make(root)
    # Where the directory of the test is no directory, the recording lies in the common one.
    directory = root / "tests/common/recordings"
    summary = summary_of(put(directory, chat(test_id=ID)))
    for source in (by_source, liveness_by_list(frozenset({"tests/c/test_d.py::test_y"}))):
        liveness = source(summary)
        assert (liveness.status, reason in liveness.reason) == ("unjudged", True), liveness


def test_a_repository_elsewhere_tells_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, other = tmp_path / "project", tmp_path / "other"
    deleted(root)
    write(other, {"x": ""})
    git(other, "init")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    (path,) = record(root, ID)
    assert by_source(summary_of(path)).status == "unjudged"


def test_a_file_that_nobody_tracks_any_more_is_stale(tmp_path: Path) -> None:
    committed(tmp_path)
    git(tmp_path, "rm", "-q", FILE)
    (path,) = record(tmp_path, ID)
    assert by_source(summary_of(path)) == Liveness("stale", f"{FILE} does not exist")
    git(tmp_path, "commit", "-m", "gone")
    assert by_source(summary_of(path)).status == "stale"


def test_a_directory_that_cannot_be_searched_is_not_known(tmp_path: Path) -> None:
    write(tmp_path, {FILE: "def test_y(): ...", **OTHER})
    put(tmp_path / "tests/common/recordings", chat(test_id=ID))
    closed = tmp_path / "tests/a"
    closed.chmod(0)
    try:
        command = [*WITHOUT_PRIVILEGES * (not os.geteuid()), *MODULE, "prune", "tests/common"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    finally:
        closed.chmod(0o755)
    assert (done.returncode, "tests/a/test_b.py: permission denied" in done.stdout) == (0, True), done


TWO_ROOTS = {
    "one below the other": ("tests/tests/recordings", "tests/test_b.py"),
    "two of the whole directory": ("tests/a/x/tests/a/recordings", FILE),
    "only the first directory, twice": ("tests/x/tests/y/recordings", FILE),
}


@pytest.mark.parametrize("name", TWO_ROOTS)
@pytest.mark.parametrize("has_file", [False, True])
def test_two_possible_roots_are_unjudged(tmp_path: Path, name: str, has_file: bool) -> None:
    place, file = TWO_ROOTS[name]
    write(tmp_path, {**OTHER, "tests/test_e.py": "", **({file: "def test_y(): ..."} if has_file else {})})
    path = put(tmp_path / place, chat(test_id=f"{file}::test_x"))
    liveness = by_source(summary_of(path))
    assert (liveness.status, "may belong to" in liveness.reason) == ("unjudged", True), liveness


def test_a_checkout_around_another_may_be_the_root(tmp_path: Path) -> None:
    write(tmp_path, {FILE: "def test_x(): ...", f"copy/{FILE}": "def test_y(): ..."})
    paths = [put(tmp_path / "copy/tests/a/recordings", chat(test_id=f"{FILE}::test_{name}")) for name in "xz"]
    assert [by_source(summary_of(path)).status for path in paths] == ["live", "unjudged"]


def test_a_live_test_below_either_root_lives(tmp_path: Path) -> None:
    write(tmp_path, {"tests/test_b.py": "def test_x(): ..."})
    path = put(tmp_path / "tests/tests/recordings", chat(test_id="tests/test_b.py::test_x"))
    assert by_source(summary_of(path)).status == "live"


@pytest.mark.parametrize(
    "file", ["tests\\a\\test_b.py", "../test_b.py", "/tests/a/test_b.py", "tests/../a/test_b.py"]
)
def test_a_path_that_leaves_its_root_is_unjudged(tmp_path: Path, file: str) -> None:
    write(tmp_path, OTHER)
    path = put(tmp_path / "tests/a/recordings", chat(test_id=f"{file}::test_x"))
    assert by_source(summary_of(path)).status == "unjudged"


def test_recordings_behind_a_link_belong_to_no_known_root(tmp_path: Path) -> None:
    """The path that was given and the real one tell two roots."""
    write(tmp_path / "one", {"tests/c/test_d.py": ""})
    write(tmp_path / "two", {"tests/c/test_d.py": ""})
    real = put(tmp_path / "one/tests/a/recordings", chat(test_id=ID))
    (tmp_path / "two/tests/a").mkdir()
    (tmp_path / "two/tests/a/recordings").symlink_to(real.parent)
    liveness = by_source(summary_of(tmp_path / "two/tests/a/recordings" / real.name))
    assert liveness.status == "unjudged"


def test_prune_says_why_and_how_many(tmp_path: Path) -> None:
    deleted(tmp_path)
    record(tmp_path, ID, f"{FILE}::test_z")
    result = run("prune", cwd=tmp_path)
    assert (result.code, result.err) == (0, "nothing to remove; 0 live, 2 not judged\n")
    assert f"     2  git tracks {FILE}, which is not on disk\n" in result.out
