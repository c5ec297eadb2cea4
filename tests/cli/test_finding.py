"""Where recordings are looked for: named, configured, in the environment, or anywhere in the project."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.helpers import Result, chat, problems, put, run

Env = dict[str, str]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A git checkout with recordings in two places."""
    (tmp_path / "project/.git").mkdir(parents=True)
    for place in ("tests/a/recordings", "tests/b/recordings"):
        put(tmp_path / "project" / place / "one.json", chat(place))
    return tmp_path / "project"


def files(*args: str | Path, cwd: Path, env: Env | None = None) -> list[str]:
    """The files that `ls` lists, relative to where it runs; it has to end well."""
    result = run("ls", *args, "--json", "--sort", "path", cwd=cwd, env=env)
    assert (result.code, result.err.count("\n")) == (0, 1), result.err
    return [os.path.relpath(cwd / item["path"], cwd) for item in json.loads(result.out)]


def problem(*args: str | Path, cwd: Path, env: Env | None = None) -> str:
    """The one problem that `ls` names when there is nothing it can list."""
    result = run("ls", *args, cwd=cwd, env=env)
    (line,) = problems(result)
    assert (result.code, result.data) == (2, b"")
    return line


def configure(directory: Path, text: str) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "pyproject.toml").write_text(text)


# ---- without being told


@pytest.mark.parametrize("below", [".", "tests", "tests/a", "tests/a/recordings"])
def test_every_directory_named_recordings_below_the_git_top_level(project: Path, below: str) -> None:
    expected = [project / f"tests/{name}/recordings/one.json" for name in "ab"]
    assert [(project / below / path).resolve() for path in files(cwd=project / below)] == expected


def test_git_top_level_of_a_worktree_is_a_file(project: Path) -> None:
    (project / "tests/a/.git").write_text("gitdir: elsewhere\n")
    assert files(cwd=project / "tests/a") == ["recordings/one.json"]


def test_below_the_current_directory_where_there_is_no_git(project: Path) -> None:
    (project / ".git").rmdir()
    assert files(cwd=project / "tests/a") == ["recordings/one.json"]


def test_references_are_looked_for_in_the_same_places(project: Path) -> None:
    (project / "tests/b/recordings/one.json").rename(project / "tests/b/recordings/two.json")
    assert run("show", "--text", "two", cwd=project / "tests/a") == Result(0, b"tests/b/recordings", "")


def test_no_directory_named_recordings_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    put(tmp_path / "data", chat())
    line = problem(cwd=tmp_path)
    assert line.startswith(f"recctl: no recordings: no directory named recordings below {tmp_path};")
    assert "[tool.recctl] recordings" in line
    assert "RECCTL_RECORDINGS" in line


def test_a_file_named_recordings_is_no_directory(project: Path) -> None:
    (project / "recordings").write_text("")
    assert len(files(cwd=project)) == 2


# ---- configured

CONFIGURED = {
    "one": 'recordings = "data"',
    "several": 'recordings = ["data", "more"]',
    "with dots": 'recordings = ["./data/../data"]',
}


@pytest.mark.parametrize("name", CONFIGURED)
@pytest.mark.parametrize("below", [".", "tests/a"])
def test_pyproject_names_directories_beside_itself(project: Path, name: str, below: str) -> None:
    configure(project, f"[tool.recctl]\n{CONFIGURED[name]}\n")
    put(project / "data/x.json", chat())
    put(project / "more/y.json", chat())
    expected = [project / "data/x.json", *[project / "more/y.json"] * (name == "several")]
    assert [(project / below / path).resolve() for path in files(cwd=project / below)] == expected


def test_absolute_directory_in_pyproject(project: Path, tmp_path: Path) -> None:
    put(tmp_path / "far/x.json", chat())
    configure(project, f"[tool.recctl]\nrecordings = {json.dumps(str(tmp_path / 'far'))}\n")
    assert files(cwd=project) == ["../far/x.json"]


def test_the_nearest_pyproject_counts(project: Path) -> None:
    configure(project, '[tool.recctl]\nrecordings = "tests/a"\n')
    configure(project / "tests/b", '[tool.recctl]\nrecordings = "recordings"\n')
    assert files(cwd=project / "tests/b/recordings") == ["one.json"]
    assert files(cwd=project) == ["tests/a/recordings/one.json"]


@pytest.mark.parametrize(
    "text", ["", "[tool]\n", "[tool.other]\nrecordings = 3\n", "[tool.recctl]\n", "[project]\nname = 'x'\n"]
)
def test_pyproject_without_the_setting_settles_nothing(project: Path, text: str) -> None:
    configure(project, text)
    assert files(cwd=project) == ["tests/a/recordings/one.json", "tests/b/recordings/one.json"]
    assert files(cwd=project, env={"RECCTL_RECORDINGS": "tests/a"}) == ["tests/a/recordings/one.json"]


BROKEN = {
    "not TOML": b"[tool.recctl\n",
    "not UTF-8": b'[tool.recctl]\nrecordings = "\xff"\n',
    "a number": b"[tool.recctl]\nrecordings = 3\n",
    "an empty list": b"[tool.recctl]\nrecordings = []\n",
    "an empty name": b'[tool.recctl]\nrecordings = ""\n',
    "a list of numbers": b"[tool.recctl]\nrecordings = [1]\n",
    "a table": b"[tool.recctl.recordings]\na = 1\n",
    "tool is no table": b"tool = 3\n",
    "tool is a list": b"[[tool]]\n",
    "recctl is no table": b"[tool]\nrecctl = 3\n",
}


@pytest.mark.parametrize("name", [name for name in BROKEN if name != "recctl is no table"])
def test_pyproject_that_cannot_be_used_is_named(project: Path, name: str) -> None:
    (project / "pyproject.toml").write_bytes(BROKEN[name])
    line = problem(cwd=project / "tests")
    assert "a bug in recctl" not in line
    assert str(project / "pyproject.toml") in line


def test_pyproject_names_what_can_be_no_path(project: Path) -> None:
    configure(project, '[tool.recctl]\nrecordings = "a\\u0000b"\n')
    assert "a\\x00b: is not a valid path" in problem(cwd=project)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_pyproject_does_no_harm_where_directories_are_named(project: Path, name: str) -> None:
    (project / "pyproject.toml").write_bytes(BROKEN[name])
    assert files("tests/a", cwd=project) == ["tests/a/recordings/one.json"]
    shown = run("show", "--text", "one", "--dir", "tests/a", cwd=project)
    assert shown == Result(0, b"tests/a/recordings", "")


def test_configured_directory_that_is_not_there_is_named(project: Path) -> None:
    configure(project, '[tool.recctl]\nrecordings = ["gone", "tests/a"]\n')
    result = run("ls", "--ids", cwd=project)
    assert (result.code, result.out) == (2, "one\n")
    assert result.err.startswith("recctl: gone: no such file or directory")


# ---- the environment, and which source wins


def test_environment_names_one_or_several_directories(project: Path) -> None:
    assert files(cwd=project, env={"RECCTL_RECORDINGS": "tests/b"}) == ["tests/b/recordings/one.json"]
    both = os.pathsep.join(["tests/a", str(project / "tests/b"), ""])
    found = files(cwd=project, env={"RECCTL_RECORDINGS": both})
    assert sorted(found) == ["tests/a/recordings/one.json", "tests/b/recordings/one.json"]


def test_empty_environment_variable_is_no_setting(project: Path) -> None:
    assert len(files(cwd=project, env={"RECCTL_RECORDINGS": ""})) == 2


def test_arguments_win_over_pyproject_and_that_over_the_environment(project: Path) -> None:
    put(project / "data/x.json", chat())
    configure(project, '[tool.recctl]\nrecordings = "data"\n')
    env = {"RECCTL_RECORDINGS": "tests/a"}
    assert files("tests/b", cwd=project, env=env) == ["tests/b/recordings/one.json"]
    assert files(cwd=project, env=env) == ["data/x.json"]
    (project / "pyproject.toml").unlink()
    assert files(cwd=project, env=env) == ["tests/a/recordings/one.json"]


# ---- what is skipped

SKIPPED = [".git", ".hg", ".venv", "venv", "node_modules", ".tox", ".nox", "__pycache__"]


@pytest.mark.parametrize("named", [[], ["."]], ids=["by default", "named"])
@pytest.mark.parametrize("directory", [*SKIPPED, "tests/.venv", "lib/node_modules/x"])
def test_tools_own_directories_are_skipped(project: Path, directory: str, named: list[str]) -> None:
    put(project / directory / "recordings", chat())
    assert files(*named, cwd=project) == ["tests/a/recordings/one.json", "tests/b/recordings/one.json"]


def test_a_virtual_environment_of_any_name_is_skipped(project: Path) -> None:
    put(project / "env311/lib/recordings", chat())
    assert len(files(cwd=project)) == 3
    (project / "env311/pyvenv.cfg").write_text("home = /usr\n")
    assert len(files(cwd=project)) == len(files(".", cwd=project)) == 2


@pytest.mark.parametrize("directory", ["node_modules", ".venv", "env311"])
def test_a_skipped_directory_is_searched_when_it_is_named(tmp_path: Path, directory: str) -> None:
    put(tmp_path / directory / "recordings/x.json", chat())
    (tmp_path / directory / "pyvenv.cfg").touch()
    assert files(directory, cwd=tmp_path) == [f"{directory}/recordings/x.json"]


# ---- symlinks


def test_symlinked_directories_are_not_followed(project: Path) -> None:
    (project / "tests/c").symlink_to("a")
    (project / "recordings").symlink_to("tests/a/recordings")
    (project / "tests/a/recordings/loop").symlink_to("..")
    for args in ([], ["."], ["tests"]):
        assert files(*args, cwd=project) == ["tests/a/recordings/one.json", "tests/b/recordings/one.json"]


def test_a_symlinked_directory_is_searched_when_it_is_named(project: Path) -> None:
    (project / "link").symlink_to("tests/a")
    assert files("link", cwd=project) == ["link/recordings/one.json"]


def test_symlinked_files_are_listed(project: Path) -> None:
    (project / "tests/a/recordings/two.json").symlink_to(project / "tests/b/recordings/one.json")
    assert "tests/a/recordings/two.json" in files(cwd=project)


@pytest.mark.parametrize("target", ["nowhere.json", "odd.json"], ids=["dangling", "to itself"])
def test_a_broken_symlink_does_not_hide_its_neighbours(project: Path, target: str) -> None:
    (project / "tests/a/recordings/odd.json").symlink_to(target)
    for args in ([], ["."], ["tests/a", "tests/b"]):
        items = json.loads(run("ls", "--json", *args, cwd=project).out)
        assert [item["path"] for item in items] == [f"tests/{name}/recordings/one.json" for name in "ab"]


# ---- what counts as a recording


def test_a_tree_without_directories_named_recordings_takes_every_json_file(tmp_path: Path) -> None:
    for name in ("a.json", "b/c.json", "b/d/package.json"):
        put(tmp_path / name, chat())
    (tmp_path / "b/notes.txt").write_text("no recording")
    (tmp_path / "b/dir.json").mkdir()
    assert files(".", cwd=tmp_path) == ["a.json", "b/c.json", "b/d/package.json"]


def test_a_project_ignores_other_json_files(project: Path) -> None:
    for name in ("package.json", "tests/a/data.json"):
        (project / name).write_text("{}")
    assert files(".", cwd=project) == ["tests/a/recordings/one.json", "tests/b/recordings/one.json"]


def test_a_file_named_like_a_recording_counts_anywhere_in_a_project(project: Path) -> None:
    path = put(project / "tests/c", chat())
    assert f"tests/c/{path.name}" in files(".", cwd=project)


def test_all_below_a_directory_named_recordings_counts(project: Path) -> None:
    for name in ("deep/er/x.json", "recordings/y.json"):
        put(project / "tests/a/recordings" / name, chat())
    expected = ["deep/er/x.json", "one.json", "recordings/y.json"]
    assert files(".", cwd=project / "tests/a/recordings") == expected
    assert files("deep", cwd=project / "tests/a/recordings") == ["deep/er/x.json"]
    assert len(files(cwd=project)) == 4


def test_a_named_file_counts_whatever_its_name(tmp_path: Path) -> None:
    put(tmp_path / "x.json", chat()).rename(tmp_path / "recorded.txt")
    assert files("recorded.txt", cwd=tmp_path) == ["recorded.txt"]


def test_a_file_named_in_several_ways_is_listed_once(project: Path) -> None:
    ways = [".", "tests", "tests/a/../a", "tests/a/recordings/one.json", str(project / "tests/a/recordings")]
    assert len(files(*ways, cwd=project)) == 2


@pytest.mark.parametrize(
    "ways",
    [["tests/b", "tests/a"], ["tests"], ["tests/a", "./tests/b"], ["tests/a", "{project}/tests/b"]],
    ids=["backward", "above", "with a dot", "one absolute"],
)
def test_the_order_is_that_of_the_paths_however_they_are_named(project: Path, ways: list[str]) -> None:
    for name in ("z", "B", "é", "10", "9"):
        put(project / f"tests/a/recordings/{name}.json", chat())
    found = files(*(way.format(project=project) for way in ways), cwd=project)
    assert found == sorted(found) == files("tests/a", "tests/b", cwd=project)


# ---- tests as paths


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A repository of two packages whose test files have the same names, and of a test file that is gone."""
    top = tmp_path / "suite"
    (top / ".git").mkdir(parents=True)
    for package in ("", "two/"):
        directory = top / f"{package}tests/a"
        for name in ("test_x.py", "test_xy.py"):
            directory.mkdir(parents=True, exist_ok=True)
            (directory / name).write_text("")
    ids = {
        "one": "tests/a/test_x.py::test_b",
        "parameters": "tests/a/test_x.py::test_b[url=http://x/y]",
        "longer": "tests/a/test_x.py::test_bc",
        "method": "tests/a/test_x.py::TestA::test_b[1]",
        "other class": "tests/a/test_x.py::TestAB::test_b",
        "other file": "tests/a/test_xy.py::test_b",
        "gone": "tests/a/test_gone.py::test_b",
    }
    for name, test_id in ids.items():
        put(top / f"tests/a/recordings/{name}.json", chat(name, test_id=test_id))
    put(top / "tests/a/recordings/none.json", chat())
    put(top / "two/tests/a/recordings/two.json", chat(test_id=ids["one"]))
    return top


def stems(*args: str, cwd: Path) -> set[str]:
    return {Path(path).stem for path in files(*args, cwd=cwd)}


TEST_PATHS = {
    "tests/a/test_x.py": {"one", "parameters", "longer", "method", "other class"},
    "./tests/../tests/a/test_x.py": {"one", "parameters", "longer", "method", "other class"},
    "tests/a/test_x.py::test_b": {"one", "parameters"},
    "tests/a/test_x.py::test_b[url=http://x/y]": {"parameters"},
    "tests/a/test_x.py::TestA": {"method"},
    "tests/a/test_x.py::TestA::test_b": {"method"},
    "tests/a/test_gone.py": {"gone"},
    "tests/a/test_gone.py::test_b": {"gone"},
    "two/tests/a/test_x.py": {"two"},
    "two/tests/a/test_x.py::test_b": {"two"},
}


@pytest.mark.parametrize("path", TEST_PATHS)
def test_a_test_stands_for_its_recordings(suite: Path, path: str) -> None:
    assert stems(path, cwd=suite) == TEST_PATHS[path]
    # However it is named: from inside, from outside, as an absolute path.
    if "gone" not in path:
        file, separator, inner = path.partition("::")
        inside = os.path.relpath(file, "tests/a") + separator + inner
        assert stems(inside, cwd=suite / "tests/a") == TEST_PATHS[path]
        assert stems(f"{suite}/{path}", cwd=suite.parent) == TEST_PATHS[path]


def test_an_id_as_ls_prints_it_names_its_recordings_from_anywhere(suite: Path) -> None:
    (suite / "docs").mkdir()
    assert stems("tests/a/test_x.py::TestA::test_b[1]", cwd=suite / "docs") == {"method"}
    assert stems("tests/a/test_gone.py", cwd=suite / "tests/a") == {"gone"}


def test_tests_and_other_paths_go_together(suite: Path) -> None:
    named = ("tests/a/test_x.py::TestA", "tests/a/test_gone.py", "tests/a/recordings/none.json", "two")
    assert stems(*named, cwd=suite) == {"method", "gone", "none", "two"}


def test_a_directory_named_like_a_test_file_is_searched(tmp_path: Path) -> None:
    put(tmp_path / "x.py/recordings/one.json", chat())
    assert stems("x.py", cwd=tmp_path) == {"one"}


def test_recordings_kept_apart_from_their_tests_are_found(suite: Path) -> None:
    configure(suite, '[tool.recctl]\nrecordings = "kept"\n')
    put(suite / "kept/apart.json", chat(test_id="tests/a/test_x.py::test_b"))
    assert stems("tests/a/test_x.py", cwd=suite) == {"apart"}


def test_of_a_test_file_at_the_root_the_nearest_one_counts(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for package in ("", "two/"):
        put(tmp_path / f"{package}recordings/{package[:3] or 'one'}.json", chat(test_id="test_x.py::test_b"))
        (tmp_path / f"{package}test_x.py").write_text("")
    assert (stems("test_x.py", cwd=tmp_path), stems("two/test_x.py", cwd=tmp_path)) == ({"one"}, {"two"})


def test_a_test_without_recordings_says_what_is_near(suite: Path) -> None:
    assert problem("tests/a/test_xz.py", cwd=suite) == (
        "recctl: no recordings of tests/a/test_xz.py among 9; similar: test_x.py, test_xy.py"
    )


def test_what_cannot_be_read_stands_with_the_tests_beside_it(suite: Path) -> None:
    (suite / "tests/a/recordings/bad.json").write_text("{")
    (suite / "two/tests/a/recordings/far.json").write_text("{")
    result = run("ls", "tests/a/test_x.py::TestA", "--ids", cwd=suite)
    assert (result.code, result.out) == (2, "method\n")
    assert [line.partition(": is")[0] for line in problems(result)] == ["recctl: tests/a/recordings/bad.json"]


COMMANDS: dict[str, list[str]] = {
    "check": ["check", "--format", "json", "--select", "RC404"],
    "normalize": ["normalize", "--json"],
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "path", ["tests/a/test_gone.py", "tests/a/test_x.py::TestA", "two/tests/a/test_x.py"]
)
def test_every_command_of_recordings_takes_tests(suite: Path, command: str, path: str) -> None:
    for file in suite.rglob("recordings/*.json"):
        # Something to find in each.
        file.write_bytes(file.read_bytes().replace(b'"created": 0', b'"created": 17') + b"\n")
    told = json.loads(run(*COMMANDS[command], path, cwd=suite).out)
    assert {Path(item["path"]).stem for item in told} == TEST_PATHS[path]
    none = run(*COMMANDS[command], "tests/a/test_nowhere.py", cwd=suite)
    assert none.code == 2
    assert "no recordings of tests/a/test_nowhere.py" in none.err


def test_prune_judges_the_recordings_of_a_test_alone(suite: Path) -> None:
    told = json.loads(run("prune", "tests/a/test_gone.py", "--json", cwd=suite).out)
    assert len(told["remove"]) + told["keep"] + told["unjudged"] == 1


@pytest.mark.parametrize("command", ["show", "hash"])
def test_a_test_file_where_a_recording_is_wanted_is_told_apart(suite: Path, command: str) -> None:
    result = run(command, "tests/a/test_x.py", cwd=suite)
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "recctl: tests/a/test_x.py: is a test file, not a recording; "
        "recctl ls tests/a/test_x.py lists its recordings\n"
    )
    result = run(command, "tests/a/test_x.py::test_b[1]", cwd=suite)
    assert "recctl ls 'tests/a/test_x.py::test_b[1]' lists its recordings" in result.err
