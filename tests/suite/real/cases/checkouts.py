"""Checkouts in which a test file cannot be seen, and still belongs to the project."""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

from tests.suite.real.project import FILE, Project
from tests.suite.real.running import commit, git

_TWO = "def test_a(): ...\ndef test_b(): ...\n"
_FILES = {FILE: _TWO, "tests/other/test_more.py": "def test_c(): ...\n"}
_NOBODY = 65534


def _sparse_index(root: Path) -> None:
    git(root, "sparse-checkout", "set", "--cone", "--sparse-index", "tests/other")


def _other_owner(root: Path) -> None:
    """Take a file away from a repository that git does not answer about, because of its owner."""
    (root / FILE).unlink()
    for path in (root, *root.rglob("*")):
        os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)


def _damaged_index(root: Path) -> None:
    (root / FILE).unlink()
    (root / ".git/index").write_bytes(b"DIRC damaged")


def _without_submodule(root: Path) -> None:
    """Make a directory a submodule that is not checked out."""
    commit(root / "tests/unit")
    git(root, "rm", "-r", "--quiet", "--cached", "tests/unit")
    git(root, "add", "tests/unit")
    (root / "tests/unit").rename(root.parent / "unit-elsewhere")
    (root / "tests/unit").mkdir()


def _conflict(root: Path) -> None:
    (root / FILE).write_text("<<<<<<< ours\ndef test_x(): ...\n=======\n" + _TWO + ">>>>>>> theirs\n")


def _unmerged(root: Path) -> None:
    """Leave a file in conflict: we removed it, they changed it."""
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    git(root, "checkout", "--quiet", "-b", "theirs")
    (root / FILE).write_text(_TWO + "x = 1\n")
    git(root, *identity, "commit", "--quiet", "--all", "--message", "Change")
    git(root, "checkout", "--quiet", "-")
    git(root, "rm", "--quiet", FILE)
    git(root, *identity, "commit", "--quiet", "--message", "Remove")
    with contextlib.suppress(subprocess.CalledProcessError):  # the merge has to fail
        git(root, *identity, "merge", "theirs")
    (root / FILE).unlink()


def _binary(root: Path) -> None:
    (root / FILE).write_bytes(b"\0\1\2")


def _a_directory_instead(root: Path) -> None:
    (root / FILE).unlink()
    (root / FILE).mkdir()


def _closed_above(root: Path) -> None:
    (root / "tests").chmod(0o600)


PROJECTS = (
    Project("a sparse index", _FILES, after=_sparse_index, recordings="tests/other/recordings"),
    Project("a repository of another owner", _FILES, after=_other_owner),
    Project("a damaged index", _FILES, after=_damaged_index),
    Project(
        "a submodule that is not checked out",
        _FILES,
        after=_without_submodule,
        recordings="tests/recordings",
    ),
    Project("a file in conflict", _FILES, after=_conflict),
    Project("a file removed by us and changed by them", _FILES, after=_unmerged),
    Project("a file that is binary now", _FILES, after=_binary),
    Project("a directory instead of a file", _FILES, after=_a_directory_instead),
    Project(
        "a directory whose names alone can be read",
        _FILES,
        after=_closed_above,
        git=False,
        recordings="store/tests/recordings",
        without_override=True,
    ),
    Project(
        "tracked and absent in a package",
        {
            "packages/a/pytest.ini": "[pytest]\n",
            "packages/a/tests/test_a.py": _TWO,
            "packages/a/tests/test_b.py": "def test_c(): ...\n",
        },
        after=lambda root: (root / "packages/a/tests/test_a.py").unlink(),
        cwd="packages/a",
    ),
    Project(
        "asked from the top of a monorepo",
        {
            "packages/a/pytest.ini": "[pytest]\n",
            "packages/a/tests/test_a.py": _TWO,
            "tests/test_a.py": "def test_c(): ...\n",
            "tests/test_b.py": "def test_a(): ...\n",
        },
        cwd="packages/a",
        asked_from=".",
    ),
    Project(
        "two packages with the same tests",
        {
            "packages/a/tests/test_a.py": _TWO,
            "packages/a/pytest.ini": "[pytest]\n",
            "packages/b/tests/test_a.py": "def test_c(): ...\n",
            "packages/b/pytest.ini": "[pytest]\n",
        },
        cwd="packages/a",
        asked_from="packages/b",
    ),
    Project(
        "an inner tests directory as root",
        {
            "tests/pytest.ini": "[pytest]\n",
            "tests/tests/test_a.py": _TWO,
            "tests/test_a.py": "def test_c(): ...\n",
        },
        cwd="tests",
        args=("tests",),
    ),
    Project(
        "a directory named as a test file",
        {"tests/test_it.py/test_a.py": _TWO},
        {"tests/test_it.py/test_a.py": "def test_b(): ...\n"},
        args=("--import-mode=importlib",),
    ),
)
