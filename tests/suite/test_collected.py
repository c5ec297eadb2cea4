"""Live tests by the project's own pytest, really run: what it saw, what it did not, what it leaves."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import venv
from collections.abc import Container, Mapping, Sequence
from pathlib import Path

import pytest

from recctl.suite.collect import Collection, active_python, collect, liveness_by_collection
from recctl.support.errors import RecctlError
from tests.edit.trees import tree_of
from tests.helpers import few
from tests.suite.projects import record, summary_of, write

FILE = "tests/a/test_b.py"
TWO_FILES = {
    FILE: """
        import pytest
        def test_one(): ...
        @pytest.mark.slow
        def test_two(): ...
        """,
    "tests/c/test_d.py": "def test_three(): ...",
}
MARKERS = {"pytest.ini": "[pytest]\nmarkers = slow\n"}


def some(cases: Mapping[str, object], also: Container[str]) -> pytest.MarkDecorator:
    """Parametrize by the names of cases; those of a kind that another one shows too are slow."""
    names = [pytest.param(name, marks=pytest.mark.slow) if name in also else name for name in cases]
    return pytest.mark.parametrize("name", names)


def collected(root: Path, *arguments: str) -> Collection:
    """What this interpreter's pytest collects in a project."""
    return collect(root, sys.executable, arguments)


def statuses(root: Path, collection: Collection, *test_ids: str, exact: bool = False) -> list[str]:
    """What is said of a recording of each test."""
    source = liveness_by_collection(collection, exact=exact)
    return [source(summary_of(path)).status for path in record(root, *test_ids)]


# ---- one project with everything

RICH = {
    "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
    "conftest.py": r"""
        import pytest
        class Case(pytest.Item):
            def runtest(self): ...
        class Cases(pytest.File):
            def collect(self):
                return [Case.from_parent(self, name=name) for name in ("one\ntwo", "a::b [c]", " ")]
        def pytest_collect_file(file_path, parent):
            if file_path.suffix == ".yaml":
                return Cases.from_parent(parent, path=file_path)
        """,
    "tests/a/cases.yaml": "x",
    FILE: """
        import sys, unittest, pytest
        @pytest.mark.parametrize("text", ["a::b", "c d", "[e]", "f/g", "h\\ni", "é", "京", "", "::", "]["])
        def test_text(text): ...
        @pytest.mark.parametrize("a", [1, 2])
        @pytest.mark.parametrize("b", [pytest.param(None, id="x::y::z")])
        def test_two(a, b): ...
        class Base:
            def test_inherited(self): ...
        class TestOne(Base):
            def test_own(self): ...
            class TestInner:
                @pytest.mark.parametrize("p", ["q::r"])
                def test_deep(self, p): ...
        class TestTwo(TestOne): ...
        class UnitTest(unittest.TestCase):
            def test_unit(self): ...
        for name in ("x", "y"):
            globals()[f"test_made_{name}"] = lambda: None
        @pytest.mark.skip
        def test_skipped(): ...
        @pytest.mark.skipif(True, reason="never")
        def test_never(): ...
        async def test_async(): ...
        if sys.platform == "none":
            def test_elsewhere(): ...
        """,
}
RICH_NAMES = [
    *(
        f"test_text[{text}]"
        for text in ("a::b", "c d", "[e]", "f/g", r"h\ni", r"\xe9", r"\u4eac", "", "::", "][")
    ),
    *("test_two[x::y::z-1]", "test_two[x::y::z-2]"),
    *("TestOne::test_own", "TestOne::test_inherited", "TestOne::TestInner::test_deep[q::r]"),
    *("TestTwo::test_own", "TestTwo::test_inherited", "TestTwo::TestInner::test_deep[q::r]"),
    *("UnitTest::test_unit", "test_made_x", "test_made_y", "test_skipped", "test_never", "test_async"),
]


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Collection]:
    root = write(tmp_path_factory.mktemp("rich"), RICH)
    return root, collected(root)


def test_ids_arrive_exactly(rich: tuple[Path, Collection]) -> None:
    cases = {f"tests/a/cases.yaml::{name}" for name in ("one\ntwo", "a::b [c]", " ")}
    assert rich[1].ids == {f"{FILE}::{name}" for name in RICH_NAMES} | cases
    assert (set(rich[1].files), rich[1].narrowed) == ({FILE, "tests/a/cases.yaml"}, False)


def test_what_is_collected_lives(rich: tuple[Path, Collection]) -> None:
    root, collection = rich
    assert set(statuses(root, collection, *sorted(collection.ids))) == {"live"}


GONE_OF_RICH = {
    "a parameter": "test_text[gone]",
    "without its parameter": "test_text",
    "a function": "test_gone",
    "a method": "TestOne::test_gone",
    "a class": "TestGone::test_own",
    "of the base itself": "Base::test_inherited",
    "not defined here": "test_elsewhere",
}


@pytest.mark.parametrize("name", GONE_OF_RICH)
def test_what_is_not_collected_is_gone(rich: tuple[Path, Collection], name: str) -> None:
    root, collection = rich
    test_id = f"{FILE}::{GONE_OF_RICH[name]}"
    assert statuses(root, collection, test_id, exact=True) == ["stale"]
    # The file holds globals(): what was not collected this time may be made the next.
    assert statuses(root, collection, test_id) == ["unjudged"]


def test_a_file_that_is_gone(rich: tuple[Path, Collection]) -> None:
    root, collection = rich
    assert statuses(root, collection, "tests/a/test_gone.py::test_x", exact=True) == ["stale"]
    # Its conftest.py collects files of its own: what it does may depend on options.
    assert statuses(root, collection, "tests/a/test_gone.py::test_x") == ["unjudged"]


def test_a_file_that_plugins_collect_is_not_judged(rich: tuple[Path, Collection]) -> None:
    root, collection = rich
    assert statuses(root, collection, "tests/a/cases.yaml::gone") == ["unjudged"]


# ---- refused: nothing is stale after a collection that failed

FAILED: dict[str, tuple[dict[str, str], list[str], str]] = {
    "a conftest that raises": ({"tests/conftest.py": "raise ValueError('no')"}, [], "exit code"),
    "a conftest of a suite that raises": ({"tests/a/conftest.py": "import missing_module"}, [], "exit code"),
    "a module that fails to import": ({"tests/a/test_z.py": "import missing_module"}, [], "missing_module"),
    "a module with a syntax error": ({"tests/a/test_z.py": "def test_x(:"}, [], "exit code 2"),
    "a module that raises when told to go on": (
        {"tests/a/test_z.py": "1 / 0"},
        ["--continue-on-collection-errors"],
        "exit code",
    ),
    "two modules of one name": ({"tests/z/test_b.py": "def test_x(): ..."}, [], "exit code 2"),
    "a plugin that is missing": (
        {"pytest.ini": "[pytest]\naddopts = -p missing_plugin\n"},
        [],
        "missing_plugin",
    ),
    "an option nobody knows": ({}, ["-n", "4"], "unrecognized arguments: -n"),
    "an option in addopts nobody knows": ({"pytest.ini": "[pytest]\naddopts = -n 4\n"}, [], "unrecognized"),
    "settings that are broken": ({"pytest.ini": "[pytest"}, [], "exit code 4"),
    "a path that is not there": ({}, ["tests/nowhere"], "nowhere"),
    "an id that is not there": ({}, [f"{FILE}::test_gone"], "test_gone"),
    "an exit in the middle": (
        {"tests/conftest.py": "import pytest\npytest.exit('enough', 0)"},
        [],
        "exit code",
    ),
    "an exit of Python": ({"tests/conftest.py": "import os\nos._exit(0)"}, [], "exit code 0"),
    "a hook that raises": (
        {"conftest.py": "def pytest_collection_modifyitems(items): raise ValueError('no')"},
        [],
        "exit code",
    ),
    "help instead": ({}, ["--help"], "exit code 0"),
}


@pytest.mark.promise("A failed or narrowed collection removes nothing beyond what it covered")
@some(
    FAILED,
    also=(
        "a conftest of a suite that raises",
        "a module that raises when told to go on",
        "two modules of one name",
        "an option in addopts nobody knows",
        "settings that are broken",
        "an id that is not there",
        "a plugin that is missing",
        "an option nobody knows",
        "help instead",
        "a module with a syntax error",
        "an exit of Python",
    ),
)
def test_a_failed_collection_is_refused(tmp_path: Path, name: str) -> None:
    files, arguments, why = FAILED[name]
    root = write(tmp_path, TWO_FILES | MARKERS | files)
    with pytest.raises(RecctlError, match=r"^collecting tests with .* failed with exit code \d+: ") as caught:
        collected(root, *arguments)
    assert why in caught.value.message
    assert caught.value.hint == "fix it, name another interpreter with --python, or give --tests a list"


NO_TESTS: dict[str, tuple[dict[str, str], list[str]]] = {
    "no files": ({"tests/readme.txt": ""}, []),
    "no test functions": ({FILE: "def helper(): ..."}, []),
    "none where it looks": ({**TWO_FILES, "empty/x.txt": ""}, ["empty"]),
    "none of that name": (TWO_FILES, ["-k", "nowhere"]),
}


@pytest.mark.parametrize("name", few(NO_TESTS, 2))
def test_zero_tests_are_refused(tmp_path: Path, name: str) -> None:
    files, arguments = NO_TESTS[name]
    root = write(tmp_path, files | MARKERS)
    with pytest.raises(RecctlError, match=r"^collecting tests with .* found no tests: "):
        collected(root, *arguments)


# ---- narrowed: only what it went through is judged

GONE = {FILE: f"{FILE}::test_gone", "tests/c/test_d.py": "tests/c/test_d.py::test_gone"}
LIVING = [f"{FILE}::test_one", f"{FILE}::test_two", "tests/c/test_d.py::test_three"]
ALL_LIVE = ["live"] * 3

# The files of settings, the arguments, and what is said of the gone tests of the two files.
NARROWED: dict[str, tuple[dict[str, str], list[str], list[str]]] = {
    "-k": ({}, ["-k", "one"], ["stale", "stale"]),
    "-m": ({}, ["-m", "slow"], ["stale", "stale"]),
    "--deselect": ({}, ["--deselect", f"{FILE}::test_one"], ["stale", "stale"]),
    "a directory": ({}, ["tests/a"], ["stale", "unjudged"]),
    "a file": ({}, [FILE], ["stale", "unjudged"]),
    "an absolute path": ({}, ["@/tests/a"], ["stale", "unjudged"]),
    "a test": ({}, [f"{FILE}::test_one"], ["unjudged", "unjudged"]),
    "a test by ./": ({}, [f"./{FILE}::test_one"], ["unjudged", "unjudged"]),
    "a test by an absolute path": ({}, [f"@/{FILE}::test_one"], ["unjudged", "unjudged"]),
    "a test of one file, all of another": ({}, [f"{FILE}::test_one", "tests/c"], ["unjudged", "stale"]),
    "--ignore": ({}, ["--ignore", "tests/c"], ["stale", "unjudged"]),
    "--ignore-glob": ({}, ["--ignore-glob", "*/test_d.py"], ["stale", "unjudged"]),
    "addopts with -k": (
        {"pytest.ini": "[pytest]\naddopts = -k one\nmarkers = slow\n"},
        [],
        ["stale", "stale"],
    ),
    "addopts with a path": (
        {"pytest.ini": "[pytest]\naddopts = tests/a\nmarkers = slow\n"},
        [],
        ["stale", "unjudged"],
    ),
    "testpaths": (
        {"pytest.ini": "[pytest]\ntestpaths = tests/a\nmarkers = slow\n"},
        [],
        ["stale", "unjudged"],
    ),
    "norecursedirs": (
        {"pytest.ini": "[pytest]\nnorecursedirs = c\nmarkers = slow\n"},
        [],
        ["stale", "unjudged"],
    ),
    "python_files": (
        {"pytest.ini": "[pytest]\npython_files = test_b.py\nmarkers = slow\n"},
        [],
        ["stale", "unjudged"],
    ),
    "collect_ignore": ({"tests/conftest.py": "collect_ignore = ['c']"}, [], ["stale", "unjudged"]),
    "a hook that drops tests": (
        {"conftest.py": "def pytest_collection_modifyitems(items): del items[0]"},
        [],
        ["stale", "stale"],
    ),
    "a module that skips itself": (
        {"tests/c/test_d.py": "import pytest\npytest.skip('no', allow_module_level=True)"},
        [],
        ["stale", "unjudged"],
    ),
    "a module without what it needs": (
        {"tests/c/test_d.py": "import pytest\npytest.importorskip('missing_module')"},
        [],
        ["stale", "unjudged"],
    ),
}


@pytest.mark.promise("A failed or narrowed collection removes nothing beyond what it covered")
@some(
    NARROWED,
    also=(
        "-m",
        "--deselect",
        "an absolute path",
        "a test by ./",
        "a test by an absolute path",
        "--ignore-glob",
        "addopts with a path",
        "norecursedirs",
        "python_files",
        "a module without what it needs",
        "--ignore",
        "addopts with -k",
        "a directory",
        "a test of one file, all of another",
        "a test",
    ),
)
def test_only_what_was_looked_at_is_judged(tmp_path: Path, name: str) -> None:
    files, arguments, expected = NARROWED[name]
    root = write(tmp_path, TWO_FILES | MARKERS | files)
    collection = collected(root, *(argument.replace("@", str(root)) for argument in arguments))
    assert "stale" not in statuses(root, collection, *LIVING)
    assert statuses(root, collection, *GONE.values()) == expected


@pytest.mark.parametrize("arguments", [["tests/a"], ["-k", "one"]], ids=["path", "-k"])
def test_a_file_that_is_gone_is_no_proof_when_narrowed(tmp_path: Path, arguments: list[str]) -> None:
    root = write(tmp_path, TWO_FILES | MARKERS)
    collection = collected(root, *arguments)
    assert collection.narrowed
    assert statuses(root, collection, "tests/z/test_gone.py::test_x") == ["unjudged"]


def test_pytest_addopts_of_the_environment_narrow_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write(tmp_path, TWO_FILES | MARKERS)
    monkeypatch.setenv("PYTEST_ADDOPTS", "tests/a")
    collection = collected(root)
    assert (collection.narrowed, statuses(root, collection, *GONE.values())) == (True, ["stale", "unjudged"])


@pytest.fixture(scope="module")
def with_a_failure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = TWO_FILES | {FILE: "def test_one(): assert 0\ndef test_two(): ..."}
    root = write(tmp_path_factory.mktemp("failure"), files)
    assert _pytest(root, "-q").returncode == 1
    assert (root / ".pytest_cache").is_dir()
    return root


@pytest.fixture
def after_a_failure(with_a_failure: Path, tmp_path: Path) -> Path:
    """A project whose last run had one failing test, which pytest remembers in its cache."""
    return Path(shutil.copytree(with_a_failure, tmp_path / "project"))


@pytest.mark.parametrize(
    ("option", "where"),
    few([("--lf", "argument"), ("--ff", "argument"), ("--nf", "addopts"), ("--sw", "addopts")], 1),
)
def test_options_that_look_at_the_last_run_take_no_test_away(
    after_a_failure: Path, option: str, where: str
) -> None:
    if where == "addopts":
        write(after_a_failure, {"pytest.ini": f"[pytest]\naddopts = {option}\n"})
    collection = collected(after_a_failure, *([option] if where == "argument" else []))
    assert "stale" not in statuses(after_a_failure, collection, *LIVING)


# ---- settings that change how pytest runs or prints, not what there is

PYTEST_N = """
    def pytest_addoption(parser):
        group = parser.getgroup("xdist")
        group._addoption("-n", "--numprocesses", dest="numprocesses")
        group._addoption("--dist", dest="dist")
    """
HARMLESS: dict[str, tuple[dict[str, str], list[str]]] = {
    "-q -q in addopts": ({"pytest.ini": "[pytest]\naddopts = -q -q\nmarkers = slow\n"}, []),
    "-v -v in addopts": ({"pytest.ini": "[pytest]\naddopts = -vv\nmarkers = slow\n"}, []),
    "-p no:cacheprovider": ({"pytest.ini": "[pytest]\naddopts = -p no:cacheprovider\nmarkers = slow\n"}, []),
    "-n 4 as of xdist": (
        {"conftest.py": PYTEST_N, "pytest.ini": "[pytest]\naddopts = -n 4 --dist load\nmarkers = slow\n"},
        [],
    ),
    "-x": ({}, ["-x", "--maxfail=1"]),
    "strict": (
        {"pytest.ini": "[pytest]\naddopts = --strict-markers --strict-config -ra\nmarkers = slow\n"},
        [],
    ),
    "importlib mode": ({"tests/z/test_b.py": "def test_x(): ..."}, ["--import-mode=importlib"]),
    "warnings as errors": ({}, ["-W", "error"]),
    "all testpaths": ({"pytest.ini": "[pytest]\ntestpaths = tests\nmarkers = slow\n"}, []),
    "settings of pyproject.toml": (
        {"pytest.ini": "[pytest]\n", "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-k nothing'\n"},
        ["-c", "pytest.ini"],
    ),
    "doctests": ({}, ["--doctest-modules"]),
    "a conftest that prints": ({"conftest.py": "print('x' * 100_000)"}, []),
    "a plugin that captures nothing": ({}, ["-s"]),
}


@some(
    HARMLESS,
    also=(
        "-v -v in addopts",
        "-x",
        "strict",
        "warnings as errors",
        "all testpaths",
        "doctests",
        "-p no:cacheprovider",
        "importlib mode",
        "a plugin that captures nothing",
    ),
)
def test_settings_that_take_nothing_away(tmp_path: Path, name: str) -> None:
    files, arguments = HARMLESS[name]
    root = write(tmp_path, TWO_FILES | MARKERS | files)
    collection = collected(root, *arguments)
    assert not collection.narrowed
    assert (statuses(root, collection, *LIVING), statuses(root, collection, *GONE.values())) == (
        ALL_LIVE,
        ["stale"] * 2,
    )


def test_the_root_of_ids_lies_elsewhere(tmp_path: Path) -> None:
    """Ids are relative to pytest's rootdir, which need not be where it is called."""
    root = write(tmp_path, {f"sub/{name}": text for name, text in (TWO_FILES | MARKERS).items()})
    collection = collected(root, "--rootdir", "sub", "-c", "sub/pytest.ini")
    assert statuses(root / "sub", collection, *LIVING, *GONE.values()) == [*ALL_LIVE, "stale", "stale"]


@pytest.mark.parametrize("argument", ["sub/tests/a/test_b.py::test_one", "sub/tests/a"])
def test_the_root_of_ids_lies_elsewhere_and_it_is_narrowed(tmp_path: Path, argument: str) -> None:
    root = write(tmp_path, {f"sub/{name}": text for name, text in (TWO_FILES | MARKERS).items()})
    collection = collected(root, "--rootdir", "sub", "-c", "sub/pytest.ini", argument)
    assert collection.narrowed
    assert "stale" not in statuses(root / "sub", collection, *LIVING)
    expected = ["unjudged" if "::" in argument else "stale", "unjudged"]
    assert statuses(root / "sub", collection, *GONE.values()) == expected


def test_listed_tests_live_as_well(tmp_path: Path) -> None:
    root = write(tmp_path, TWO_FILES | MARKERS)
    source = liveness_by_collection(collected(root), frozenset({GONE[FILE]}))
    statuses = [source(summary_of(path)).status for path in record(root, *LIVING, *GONE.values())]
    assert statuses == [*ALL_LIVE, "live", "stale"]


# ---- the interpreter


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment without pytest."""
    directory = tmp_path_factory.mktemp("bare")
    venv.create(directory, with_pip=False)
    return directory


@pytest.mark.parametrize("named", [True, False], ids=["--python", "VIRTUAL_ENV"])
def test_an_interpreter_without_pytest_is_refused(
    tmp_path: Path, bare: Path, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    root = write(tmp_path, TWO_FILES | MARKERS)
    monkeypatch.setenv("VIRTUAL_ENV", "" if named else str(bare))
    with pytest.raises(RecctlError, match=r"^cannot collect tests: .*bin/python has no pytest"):
        collect(root, str(bare / "bin/python") if named else active_python(), ())


@pytest.mark.parametrize("python", ["/nowhere/python", "no-such-python"])
def test_an_interpreter_that_is_not_there_is_refused(tmp_path: Path, python: str) -> None:
    with pytest.raises(RecctlError, match=rf"^{python} cannot be run: No such file or directory$") as caught:
        collect(tmp_path, python, ())
    assert caught.value.hint == "name the interpreter with --python"


def test_the_active_environment_wins(bare: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", _with_python(tmp_path))
    assert active_python() == str(tmp_path / "python")
    monkeypatch.setenv("VIRTUAL_ENV", str(bare))
    assert active_python() == str(bare / "bin/python")
    monkeypatch.setenv("VIRTUAL_ENV", "")
    monkeypatch.setenv("PATH", "/nowhere")
    assert active_python() == sys.executable


def test_the_first_python_on_the_path_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write(tmp_path / "project", TWO_FILES | MARKERS)
    monkeypatch.setenv("PATH", _with_python(tmp_path))
    assert collect(root, active_python(), ()).ids == set(LIVING)


def _with_python(directory: Path) -> str:
    """A PATH on which `python` is this interpreter."""
    script = directory / "python"
    script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    script.chmod(0o755)
    return f"{directory}{os.pathsep}{os.environ['PATH']}"


def test_recctl_need_not_be_there(tmp_path: Path) -> None:
    """Only the plugin is handed over: it stands alone."""
    hidden = "import sys\nsys.modules['recctl'] = None\nsys.modules['msgspec'] = None\n"
    root = write(tmp_path, TWO_FILES | MARKERS | {"conftest.py": hidden})
    assert collected(root).ids == set(LIVING)


def test_the_pythonpath_of_the_user_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "library", {"needed_by_tests.py": ""})
    root = write(tmp_path / "project", {FILE: "import needed_by_tests\ndef test_one(): ..."})
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "library"))
    assert collected(root).ids == {f"{FILE}::test_one"}


# ---- what it leaves behind

LEAVING: dict[str, tuple[dict[str, str], list[str]]] = {
    "a collection": ({}, []),
    "a narrowed one": ({}, ["-k", "one"]),
    "a failed one": ({"tests/a/test_z.py": "import missing_module"}, []),
    "an empty one": ({}, ["-k", "nowhere"]),
}


@some(LEAVING, also=("a narrowed one", "an empty one"))
def test_nothing_is_left_in_the_project(tmp_path: Path, name: str) -> None:
    files, arguments = LEAVING[name]
    root = write(tmp_path, TWO_FILES | MARKERS | files)
    before = tree_of(root)
    try:
        collected(root, *arguments)
    except RecctlError as error:
        assert name in ("a failed one", "an empty one"), error  # noqa: PT017
    assert sorted(tree_of(root).keys() - before.keys()) == []
    assert tree_of(root) == before


def test_nothing_is_left_in_the_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    collected(write(tmp_path / "project", TWO_FILES | MARKERS))
    assert list(scratch.iterdir()) == []


def _pytest(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command: Sequence[str] = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, check=False)
