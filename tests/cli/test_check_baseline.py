"""check --baseline: accepted findings are silent, new ones are reported, no other file is overwritten."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.views.units import plural
from tests.cli.test_access import run_unprivileged
from tests.cli.test_check import refused
from tests.edit.trees import strangers, tree_of
from tests.helpers import Result, chat, chat_stream, examples, problems, put, run

SILENT = Result(0, b"", "")
_TWICE = b'{"request": {"a": 1, "a": 2}, "response": {"body": {}}}'
_THRICE = b'{"request": {"a": 1, "a": 2, "b": 1, "b": 2}, "response": {"body": {}}}'
# Bytes with which one file breaks other rules than another.
KINDS: dict[str, bytes] = {
    "cut": b"{",
    "array": b"[]",
    "twice": _TWICE,
    "thrice": _THRICE,
    "renamed": chat().to_bytes(),
    "respelled": chat().to_bytes() + b"\n",
    "dated": chat().to_bytes().replace(b'"created": 0', b'"created": 7'),
    "streamed": chat_stream("a", "b").to_bytes(),
    "unknown": b'{"request": {"method": "POST", "url": "http://x/y"}, "response": {"body": {"z": 1}}}',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A git checkout with broken recordings in two directories."""
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    write(root, "a/recordings/x.json", "cut")
    write(root, "a/recordings/y.json", "twice")
    write(root, "b/recordings/x.json", "renamed")
    return root


def write(root: Path, name: str, kind: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(KINDS[kind])
    return path


def accept(root: Path, file: str | Path = "base.json", *args: str | Path) -> Result:
    """Accept all that is found; it has to succeed and to print nothing else."""
    result = run("check", *args, "--baseline", file, "--write-baseline", cwd=root)
    assert (result.code, result.data, result.err.count("\n")) == (0, b"", 1), result.err
    assert result.err.startswith("accepted ")
    return result


def reported(root: Path, *args: str | Path, file: str | Path = "base.json") -> list[tuple[str, str]]:
    """What is new: names of files and codes."""
    result = run("check", *args, "--baseline", file, "--format", "json", cwd=root)
    assert problems(result) == []
    return [(Path(one["path"]).name, one["code"]) for one in json.loads(result.out)]


def counts(root: Path, file: str = "base.json") -> dict[str, dict[str, int]]:
    """What a baseline accepts."""
    accepted: dict[str, dict[str, int]] = json.loads((root / file).read_bytes())["accepted"]
    return accepted


# ---- written and used


def test_what_is_accepted_is_silent_afterwards(project: Path) -> None:
    found = json.loads(run("check", "--format", "json", cwd=project).out)
    assert accept(project).err == f"accepted {len(found)} findings in base.json\n"
    assert run("check", "--baseline", "base.json", cwd=project) == SILENT
    assert run("check", "--baseline", "base.json", "--strict", cwd=project) == SILENT
    assert run("check", "--baseline", "base.json", "--format", "json", cwd=project).out == "[]\n"
    assert run("check", cwd=project).code == 1


def test_the_file_counts_findings_by_path_and_code(project: Path) -> None:
    write(project, "b/recordings/z.json", "thrice")
    accept(project)
    accepted = counts(project)
    assert list(accepted) == sorted(accepted)
    assert accepted["a/recordings/x.json"] == {"RC001": 1}
    assert accepted["b/recordings/z.json"]["RC002"] == 2
    assert (project / "base.json").read_bytes().endswith(b"}\n")


def test_the_same_findings_give_the_same_bytes(project: Path) -> None:
    accept(project)
    before = (project / "base.json").read_bytes()
    accept(project)
    assert (project / "base.json").read_bytes() == before
    accept(project, "other.json", "b", "a/recordings", ".")
    assert (project / "other.json").read_bytes() == before


def test_the_configured_baseline_is_written_and_used(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.recctl.check]\nbaseline = "etc/base.json"\n')
    (project / "etc").mkdir()
    assert "etc/base.json: no such file" in refused(cwd=project)
    result = run("check", "--write-baseline", cwd=project / "a/recordings")
    assert (result.code, (project / "etc/base.json").is_file()) == (0, True)
    for place in (".", "a", "b/recordings"):
        assert run("check", cwd=project / place) == SILENT
    assert next(iter(counts(project, "etc/base.json"))) == "../a/recordings/x.json"


def test_the_option_overrides_the_configured_baseline(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.recctl.check]\nbaseline = "gone.json"\n')
    accept(project, "mine.json")
    assert run("check", "--baseline", "mine.json", cwd=project) == SILENT
    assert not (project / "gone.json").exists()


def test_writing_needs_to_know_where(project: Path) -> None:
    before = tree_of(project)
    assert "--baseline" in refused("--write-baseline", cwd=project)
    assert tree_of(project) == before


def test_nothing_wrong_is_an_empty_baseline(tmp_path: Path) -> None:
    healthy = put(tmp_path / "recordings", chat())
    result = accept(tmp_path, "base.json", healthy, "--select", "RC0")
    assert (result.err, counts(tmp_path)) == ("accepted 0 findings in base.json\n", {})
    assert run("check", healthy, "--select", "RC0", "--baseline", "base.json", cwd=tmp_path) == SILENT


def test_a_file_that_cannot_be_read_is_named_while_the_rest_is_accepted(project: Path) -> None:
    result = run("check", ".", "gone", "--baseline", "base.json", "--write-baseline", cwd=project)
    assert (result.code, len(problems(result))) == (2, 1)
    assert problems(result)[0].startswith("recctl: gone: no such file or directory")
    assert run("check", "--baseline", "base.json", cwd=project) == SILENT


# ---- what is new is reported


def test_the_same_code_in_another_file_is_reported(project: Path) -> None:
    accept(project)
    write(project, "a/recordings/new.json", "cut")
    assert reported(project) == [("new.json", "RC001")]
    assert run("check", "--baseline", "base.json", cwd=project).code == 1


def test_the_same_file_name_in_another_directory_is_reported(project: Path) -> None:
    accept(project)
    write(project, "c/recordings/x.json", "cut")
    assert reported(project) == [("x.json", "RC001")]


def test_another_code_in_the_same_file_is_reported(project: Path) -> None:
    accept(project)
    path = project / "a/recordings/y.json"
    path.write_bytes(_TWICE.replace(b"{}}", b'"/home/ada/x"}'))
    assert reported(project) == [("y.json", "RC502")]


def test_one_more_of_the_same_code_in_the_same_file_is_reported_with_all_of_it(project: Path) -> None:
    accept(project)
    write(project, "a/recordings/y.json", "thrice")
    assert reported(project) == [("y.json", "RC002"), ("y.json", "RC002")]


def test_one_less_of_the_same_code_is_silent_but_mentioned(project: Path) -> None:
    write(project, "a/recordings/y.json", "thrice")
    accept(project)
    write(project, "a/recordings/y.json", "twice")
    result = run("check", "--baseline", "base.json", cwd=project)
    assert (result.code, result.data) == (0, b"")
    assert result.err.startswith("1 accepted finding no longer found; --write-baseline")


def test_a_warning_that_is_new_exits_0_unless_strict(project: Path) -> None:
    accept(project)
    (project / "a/recordings/y.json").write_bytes(_TWICE.replace(b"{}}", b'"/home/ada/x"}'))
    assert run("check", "--baseline", "base.json", cwd=project).code == 0
    assert run("check", "--baseline", "base.json", "--strict", cwd=project).code == 1


def test_a_moved_file_is_reported_again(project: Path) -> None:
    accept(project)
    (project / "a/recordings/x.json").rename(project / "b/recordings/moved.json")
    assert reported(project) == [("moved.json", "RC001")]


@pytest.mark.parametrize("form", ["text", "github"])
def test_totals_and_summaries_count_only_what_is_new(project: Path, form: str) -> None:
    accept(project)
    write(project, "a/recordings/new.json", "cut")
    env = {"GITHUB_STEP_SUMMARY": str(project / "summary.md"), "GITHUB_WORKSPACE": None}
    result = run("check", "--baseline", "base.json", "--format", form, cwd=project, env=env)
    assert result.err.startswith("1 error in 1 of 4 recordings")
    assert (project / "summary.md").exists() == (form == "github")


# ---- accepted findings that were fixed


def test_fixed_findings_are_mentioned_and_can_be_forgotten(project: Path) -> None:
    accept(project)
    accepted = sum(sum(codes.values()) for codes in counts(project).values())
    shutil.rmtree(project / "a")
    left = len(json.loads(run("check", "--format", "json", cwd=project).out))
    result = run("check", "--baseline", "base.json", cwd=project)
    assert (result.code, result.data, result.err.count("\n")) == (0, b"", 1)
    assert result.err.startswith(
        f"{plural(accepted - left, 'accepted finding')} no longer found; --write-baseline"
    )
    accept(project)
    assert run("check", "--baseline", "base.json", cwd=project) == SILENT
    assert all(name.startswith("b/") for name in counts(project))


@pytest.mark.parametrize(
    "args", [["a"], ["a/recordings/x.json"], ["--select", "RC001"], ["--ignore", "RC1"]], ids=" ".join
)
def test_what_was_not_checked_is_not_taken_for_fixed(project: Path, args: list[str]) -> None:
    """A hook names only the files of a commit; the others are as wrong as before."""
    accept(project)
    assert run("check", *args, "--baseline", "base.json", cwd=project) == SILENT


# ---- nothing else is overwritten

NO_BASELINES = {
    "a recording": (chat().to_bytes(), "is not a baseline of recctl"),
    "a package.json": (b'{"name": "x", "version": 1}', "is not a baseline of recctl"),
    "another kind": (b'{"kind": "x", "version": 1, "accepted": {}}', "is not a baseline of recctl"),
    "a list": (b"[]", "is not a baseline of recctl"),
    "text": (b"important notes\n", "cannot be read as a baseline"),
    "cut short": (b'{"kind": "recctl baseline", "ver', "cannot be read as a baseline"),
    "empty": (b"", "cannot be read as a baseline"),
    "not UTF-8": (b'{"kind": "\xff"}', "cannot be read as a baseline"),
    "too deep": (b"[" * 100_000, "cannot be read as a baseline"),
    "long digits": (b'{"kind": 1' + b"0" * 5000 + b"}", "cannot be read as a baseline"),
    "an escape": (b'{"kind": "\x1b[31m"}', "cannot be read as a baseline"),
}


@pytest.mark.parametrize("name", NO_BASELINES)
def test_a_file_that_is_no_baseline_is_left_alone(project: Path, name: str) -> None:
    raw, why = NO_BASELINES[name]
    (project / "base.json").write_bytes(raw)
    before = tree_of(project)
    line = refused("--baseline", "base.json", "--write-baseline", cwd=project)
    assert why in line
    assert "; not overwritten" in line
    assert line.isascii()
    assert line.rstrip("\n").isprintable()
    assert tree_of(project) == before


def test_a_recording_that_is_checked_is_not_overwritten(project: Path) -> None:
    before = tree_of(project)
    for path in sorted(project.rglob("*.json")):
        refused("--baseline", path, "--write-baseline", cwd=project)
    assert tree_of(project) == before


@pytest.mark.parametrize("name", NO_BASELINES)
def test_a_file_that_is_no_baseline_is_not_used(project: Path, name: str) -> None:
    raw, why = NO_BASELINES[name]
    (project / "base.json").write_bytes(raw)
    line = refused("--baseline", "base.json", cwd=project)
    assert line.startswith("recctl: base.json: ")
    assert why in line
    assert line.rstrip("\n").isprintable()


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_version_is_not_used_but_may_be_replaced(project: Path, version: object) -> None:
    text = json.dumps({"kind": "recctl baseline", "version": version, "accepted": {}})
    (project / "base.json").write_text(text)
    line = refused("--baseline", "base.json", cwd=project)
    assert "another version" in line
    assert "--write-baseline" in line
    assert (project / "base.json").read_text() == text
    accept(project)
    assert run("check", "--baseline", "base.json", cwd=project) == SILENT


def test_a_missing_baseline_is_reported(project: Path) -> None:
    line = refused("--baseline", "gone.json", cwd=project)
    assert line.startswith("recctl: gone.json: no such file; create it: ")
    assert not (project / "gone.json").exists()


def test_a_directory_is_no_baseline(project: Path) -> None:
    for args in ([], ["--write-baseline"]):
        assert "a: cannot be read as a baseline" in refused("--baseline", "a", *args, cwd=project)


def test_a_baseline_in_a_directory_that_is_not_there_cannot_be_written(project: Path) -> None:
    line = refused("--baseline", "no/base.json", "--write-baseline", cwd=project)
    assert line == "recctl: no/base.json: cannot be written: No such file or directory\n"


def test_a_baseline_below_a_file_cannot_be_written(project: Path) -> None:
    (project / "file").touch()
    line = refused("--baseline", "file/base.json", "--write-baseline", cwd=project)
    assert "file/base.json: " in line


@pytest.mark.parametrize("args", [[], ["--write-baseline"]], ids=["used", "written"])
def test_what_cannot_be_a_path_is_reported(project: Path, args: list[str]) -> None:
    (project / "pyproject.toml").write_text('[tool.recctl.check]\nbaseline = "a\\u0000b"\n')
    assert "a\\x00b: " in refused(*args, cwd=project)


ODD = {
    "accepted is a list": [],
    "codes are a list": {"a/recordings/x.json": ["RC001"]},
    "a count is text": {"a/recordings/x.json": {"RC001": "1"}},
    "a count is below 0": {"a/recordings/x.json": {"RC001": -1}},
    "a count is 0": {"a/recordings/x.json": {"RC001": 0}},
    "another spelling of the path": {"./a/recordings/x.json": {"RC001": 1}},
}


@pytest.mark.parametrize("name", ODD)
def test_odd_contents_accept_nothing(project: Path, name: str) -> None:
    held = {"kind": "recctl baseline", "version": 1, "accepted": ODD[name]}
    (project / "base.json").write_text(json.dumps(held))
    assert ("x.json", "RC001") in reported(project)


# ---- paths are relative to the baseline


@pytest.mark.parametrize("place", ["a", "a/recordings", "b"])
def test_a_baseline_of_the_root_counts_below_it(project: Path, place: str) -> None:
    accept(project)
    base = os.path.relpath(project / "base.json", project / place)
    for args in ([], ["."], [project], [project / place]):
        result = run("check", *args, "--baseline", base, "--select", "RC0,RC1", cwd=project / place)
        assert (result.code, result.data) == (0, b"")
    write(project, f"{place}/recordings/more.json", "cut")
    assert reported(project / place, file=base) == [("more.json", "RC001")]


def test_a_baseline_of_a_subdirectory_counts_above_it(project: Path) -> None:
    accept(project / "a", "base.json", project)
    assert list(counts(project, "a/base.json"))[-1] == "recordings/y.json"
    assert run("check", "--baseline", "a/base.json", cwd=project) == SILENT


def test_a_baseline_counts_in_another_worktree(tmp_path: Path) -> None:
    root, other = tmp_path / "repo", tmp_path / "elsewhere/deep"
    write(root, "a/recordings/x.json", "cut")
    write(root, "b/recordings/y.json", "dated")
    (root / "pyproject.toml").write_text('[tool.recctl.check]\nbaseline = "base.json"\n')
    assert run("check", ".", "--write-baseline", cwd=root).code == 0
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    for args in (
        ["init", "-q"],
        ["add", "."],
        [*identity, "commit", "-qm", "all"],
        ["worktree", "add", "-q", other],
    ):
        subprocess.run(["git", *args], cwd=root, check=True, capture_output=True)
    assert run("check", cwd=other) == SILENT
    assert run("check", cwd=other / "a/recordings").code == 0
    write(other, "a/recordings/z.json", "cut")
    assert [name for name, _ in reported(other, file=other / "base.json")] == ["z.json"]
    assert run("check", cwd=root) == SILENT


def test_a_moved_project_keeps_its_baseline(project: Path, tmp_path: Path) -> None:
    accept(project)
    project.rename(tmp_path / "moved")
    assert run("check", "--baseline", "base.json", cwd=tmp_path / "moved") == SILENT
    assert run("check", "moved", "--baseline", "moved/base.json", cwd=tmp_path) == SILENT


def test_names_of_any_bytes_are_accepted(project: Path) -> None:
    for name in ("京都.json", "\udcff.json", "a\n\x1b[31m.json", "\u202e.json", "\\xff.json"):
        write(project, f"a/recordings/{name}", "cut")
    accept(project)
    assert run("check", "--baseline", "base.json", cwd=project) == SILENT
    json.loads((project / "base.json").read_text("ascii"))


# ---- written completely or not at all


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A directory that somebody without rights can reach: pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="recctl-test-") as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


def test_a_read_only_directory_is_reported_in_one_line(open_place: Path) -> None:
    write(open_place, "recordings/x.json", "cut")
    before = tree_of(open_place)
    result = run_unprivileged("check", ".", "--baseline", "base.json", "--write-baseline", cwd=open_place)
    assert result == Result(2, b"", "recctl: base.json: cannot be written: Permission denied\n")
    assert tree_of(open_place) == before


def test_a_directory_that_may_not_be_entered_is_reported_in_one_line(open_place: Path) -> None:
    write(open_place, "recordings/x.json", "cut")
    (open_place / "locked").mkdir(mode=0o700)
    for args in ([], ["--write-baseline"]):
        result = run_unprivileged(
            "check", "recordings", "--baseline", "locked/base.json", *args, cwd=open_place
        )
        assert (result.code, result.data, len(problems(result))) == (2, b"", 1)
        assert "locked/base.json: " in result.err
        assert "a bug in recctl" not in result.err


def _fail(*args: object, **more: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("there", [False, True], ids=["new", "replaced"])
@pytest.mark.parametrize("function", ["replace", "fsync", "fchmod", "open"])
def test_a_fault_leaves_the_old_baseline_and_nothing_beside_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, function: str, there: bool
) -> None:
    if there:
        accept(project)
    before = tree_of(project)
    write(project, "a/recordings/new.json", "cut")
    with monkeypatch.context() as patch:
        _break(patch, function)
        line = refused("--baseline", "base.json", "--write-baseline", cwd=project)
    assert line == "recctl: base.json: cannot be written: No space left on device\n"
    (project / "a/recordings/new.json").unlink()
    assert (strangers(project), tree_of(project)) == ([], before)


def _break(patch: pytest.MonkeyPatch, function: str) -> None:
    if function == "open":
        opened: Callable[..., int] = os.open
        patch.setattr(
            os,
            "open",
            lambda path, flags, *rest, **more: (
                _fail() if flags & os.O_CREAT else opened(path, flags, *rest, **more)
            ),
        )
    else:
        patch.setattr(os, function, _fail)
    if function == "replace":
        patch.setattr(os, "link", _fail)  # by which a new file gets its name


def test_the_mode_of_a_baseline_is_kept(project: Path) -> None:
    accept(project)
    (project / "base.json").chmod(0o640)
    write(project, "a/recordings/new.json", "cut")
    accept(project)
    assert stat.S_IMODE((project / "base.json").stat().st_mode) == 0o640
    assert run("check", "--baseline", "base.json", cwd=project) == SILENT


def test_a_new_baseline_has_the_usual_mode(project: Path) -> None:
    (project / "usual").touch()
    accept(project)
    assert (project / "base.json").stat().st_mode == (project / "usual").stat().st_mode


def test_a_baseline_behind_a_link_is_written_where_it_leads_to(project: Path) -> None:
    accept(project, "real.json")
    (project / "base.json").symlink_to("real.json")
    write(project, "a/recordings/new.json", "cut")
    accept(project)
    assert (project / "base.json").is_symlink()
    assert run("check", "--baseline", "real.json", cwd=project) == SILENT


# ---- whatever is broken


@examples(15)
@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(sorted(KINDS)), min_size=1))
def test_what_was_written_is_silent_for_any_set_of_files(files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for name, kind in files.items():
            write(root, f"{'x' if name < 'd' else 'y'}/recordings/{name}.json", kind)
        found = json.loads(run("check", ".", "--format", "json", cwd=root).out)
        accept(root, "base.json", ".")
        assert sum(sum(codes.values()) for codes in counts(root).values()) == len(found) > 0
        for place in (".", "x", "y"):
            if (root / place).is_dir():
                result = run("check", root, "--strict", "--baseline", root / "base.json", cwd=root / place)
                assert result == SILENT
        write(root, "x/recordings/new.json", "cut")
        assert reported(root, ".") == [("new.json", "RC001")]
