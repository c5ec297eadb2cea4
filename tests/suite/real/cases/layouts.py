"""Where projects lie, and what is in the way: roots, links, monorepos, sparse checkouts, modes."""

from __future__ import annotations

from pathlib import Path

from tests.suite.real.project import FILE, Project
from tests.suite.real.running import git

_TWO = "def test_a(): ...\ndef test_b(): ...\n"
_ONE = "def test_b(): ...\n"
_OTHER = {"tests/other/test_more.py": "def test_c(): ...\n"}


def _sparse(root: Path) -> None:
    git(root, "sparse-checkout", "set", "--no-cone", "/*", f"!/{FILE}")


def _skip_worktree(root: Path) -> None:
    git(root, "update-index", "--skip-worktree", FILE)
    (root / FILE).unlink()


def _absent(root: Path) -> None:
    (root / FILE).unlink()


def _broken_link(root: Path) -> None:
    (root / FILE).unlink()
    (root / FILE).symlink_to("/mnt/tests/test_it.py")


def _broken_directory_link(root: Path) -> None:
    (root / "tests/unit").rename(root / "unit-elsewhere")
    (root / "tests/unit").symlink_to("/mnt/unit")


def _closed(root: Path) -> None:
    (root / "tests/unit").chmod(0)


def _unreadable(root: Path) -> None:
    (root / FILE).chmod(0)


PROJECTS = (
    Project(
        "a linked test file",
        {"shared/real.py": _TWO},
        links={"tests/unit/test_it.py": "../../shared/real.py"},
    ),
    Project(
        "a linked test directory",
        {"shared/unit/test_it.py": _TWO},
        links={"tests/unit": "../shared/unit"},
    ),
    Project(
        "two names of one file",
        {FILE: _TWO},
        links={"tests/unit/test_same.py": "test_it.py"},
    ),
    Project(
        "a linked conftest that renames",
        {
            "hooks/names.py": "def pytest_itemcollected(item):\n    item._nodeid = item.nodeid + '+'\n",
            FILE: _TWO,
        },
        links={"conftest.py": "hooks/names.py"},
    ),
    Project(
        "a package of a monorepo",
        {
            "packages/a/pyproject.toml": "[tool.pytest.ini_options]\n",
            "packages/a/tests/unit/test_it.py": _TWO,
            "packages/b/tests/unit/test_it.py": "def test_x(): ...\n",
        },
        {"packages/a/tests/unit/test_it.py": _ONE},
        cwd="packages/a",
    ),
    Project(
        "a monorepo from its top",
        {
            "packages/a/tests/__init__.py": "",
            "packages/a/tests/test_it.py": _TWO,
            "packages/b/tests/test_it_too.py": _TWO,
            "tests/test_it.py": "def test_top(): ...\n",
        },
        {"packages/b/tests/test_it_too.py": _ONE},
    ),
    Project(
        "a package of a monorepo with a root of its own",
        {
            "packages/a/pytest.ini": "[pytest]\n",
            "packages/a/tests/test_it.py": _TWO,
            "tests/test_it.py": "def test_top(): ...\n",
        },
        cwd="packages/a",
    ),
    Project(
        "a root named on the command line",
        {"sub/tests/test_it.py": _TWO, "tests/test_it.py": "def test_top(): ...\n"},
        args=("--rootdir", "sub", "sub/tests"),
    ),
    Project(
        "a root above by its settings",
        {
            "pytest.ini": "[pytest]\n",
            "service/tests/test_it.py": _TWO,
            "service/tests/conftest.py": "",
        },
        {"service/tests/test_it.py": _ONE},
        cwd="service",
    ),
    Project(
        "tests in tests",
        {
            "tests/tests/test_it.py": _TWO,
            "tests/test_it_too.py": "def test_c(): ...\n",
        },
        {"tests/tests/test_it.py": _ONE},
        by_source=False,
    ),
    Project(
        "below a directory named tests",
        {"tests/unit/test_it.py": _TWO},
        {FILE: _ONE},
        below="tests/unit/project",
        by_source=False,
    ),
    Project(
        "below a project of the same shape",
        {"tests/unit/test_it.py": _TWO},
        below="tests/unit",
        git=False,
    ),
    Project(
        "tests run from within",
        {"tests/unit/test_it.py": _TWO},
        cwd="tests",
        git=False,
    ),
    Project(
        "import mode importlib",
        {
            "pytest.ini": "[pytest]\naddopts = --import-mode=importlib\n",
            "tests/a/test_same.py": _TWO,
            "tests/b/test_same.py": _TWO,
        },
        {"tests/b/test_same.py": _ONE},
    ),
    Project(
        "src layout",
        {
            "pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['src']\n",
            "src/pkg/__init__.py": "NAME = 'pkg'\n",
            "src/pkg/tests/test_inner.py": "from pkg import NAME\ndef test_a():\n    assert NAME\n",
            FILE: "import pkg\ndef test_a():\n    assert pkg.NAME\ndef test_b(): ...\n",
        },
        {FILE: _ONE},
    ),
    Project("a test file at the root", {"test_it.py": _TWO}, {"test_it.py": _ONE}),
    Project("a sparse checkout", {FILE: _TWO, **_OTHER}, after=_sparse),
    Project("a file git was told to skip", {FILE: _TWO, **_OTHER}, after=_skip_worktree),
    Project("a file tracked and absent", {FILE: _TWO, **_OTHER}, after=_absent),
    Project("a broken link", {FILE: _TWO, **_OTHER}, after=_broken_link, git=False),
    Project(
        "a broken link to a directory",
        {FILE: _TWO, **_OTHER},
        after=_broken_directory_link,
        git=False,
        recordings="tests/recordings",
    ),
    Project(
        "a directory that may not be searched",
        {FILE: _TWO, **_OTHER},
        after=_closed,
        git=False,
        recordings="tests/recordings",
        without_override=True,
    ),
    Project(
        "a file that may not be read",
        {FILE: _TWO, **_OTHER},
        after=_unreadable,
        git=False,
        without_override=True,
    ),
    Project(
        "recordings apart from the tests",
        {FILE: _TWO},
        {FILE: _ONE},
        recordings="tests/integration/recordings/responses",
    ),
    Project(
        "recordings in another checkout",
        {FILE: _TWO, "copy/tests/unit/test_it.py": "def test_x(): ...\n"},
        args=("tests",),
        recordings="copy/tests/unit/recordings",
    ),
    Project(
        "files outside of the root",
        {"pkg/pytest.ini": "[pytest]\n", "pkg/test_in.py": "def test_c(): ...\n", "shared/test_out.py": _TWO},
        args=(".", "../shared"),
        cwd="pkg",
    ),
)
