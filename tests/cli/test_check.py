"""check as a command: output, exit codes, selected rules, configuration."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from recctl.catalog.find import Found
from recctl.check.registry import RULES
from recctl.cli.path_arguments import find_recordings
from tests.cli.test_access import run_unprivileged
from tests.cli.test_terminal import ALL_HOSTILE, HOSTILE, bare, unsafe
from tests.helpers import Result, chat, document, few, problems, put, run, run_in_terminal, run_process

# How to break the bytes of a healthy recording so that it has one finding, of this code.
BREAKS: dict[str, Callable[[bytes], bytes]] = {
    "RC001": lambda raw: raw[:-9],
    "RC002": lambda raw: raw.replace(b'"is_streaming": false', b'"is_streaming": 1,\n"is_streaming": false'),
    "RC003": lambda _: b"[]\n",
    "RC103": lambda raw: re.sub(rb'"rec-[0-9a-f]{12}"', b'"rec-ffffffffffff"', raw),
    "RC201": lambda raw: raw.replace(b'"created": 0', b'"created": 7'),
    "RC404": lambda raw: raw + b"\n",
    "RC502": lambda raw: raw.replace(b"Hello.", b"/home/ada/notes"),
}
ERRORS = {"RC001", "RC002", "RC003", "RC201"}
FIXABLE = {"RC103", "RC201", "RC404"}
NO_GITHUB = {"GITHUB_STEP_SUMMARY": None, "GITHUB_WORKSPACE": None}


def healthy(root: Path, name: str = "one") -> Path:
    """A recording that nothing is wrong with, and the test that made it."""
    source = root / "tests/x/test_x.py"
    source.parent.mkdir(parents=True, exist_ok=True)
    with source.open("a") as file:
        file.write(f"def test_{name}(): ...\n")
    return put(root / "tests/x/recordings", chat(test_id=f"tests/x/test_x.py::test_{name}"))


def broken(root: Path, *codes: str, name: str = "one") -> Path:
    """A recording with a finding of each of these codes."""
    path = healthy(root, name)
    for code in codes:
        path.write_bytes(BREAKS[code](path.read_bytes()))
    return path


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with a recording for each way to break one, and a healthy one."""
    (tmp_path / "tree/.git").mkdir(parents=True)
    healthy(tmp_path / "tree")
    for code in BREAKS:
        broken(tmp_path / "tree", code, name=code)
    return tmp_path / "tree"


def reported(*args: str | Path, cwd: Path) -> list[str]:
    """The codes of the findings, sorted; the run has to go well and to exit by what it found."""
    result = run("check", *args, "--format", "json", cwd=cwd)
    found = json.loads(result.out)
    grave = any(one["severity"] == "error" for one in found) or (bool(found) and "--strict" in args)
    assert (result.code, problems(result)) == (int(grave), [])
    return sorted(one["code"] for one in found)


def refused(*args: str | Path, cwd: Path) -> str:
    """The one line of a run that is refused: nothing on stdout, exit code 2."""
    result = run("check", *args, cwd=cwd)
    assert (result.code, result.data, result.err.count("\n")) == (2, b"", 1), result.err
    assert result.err.startswith("recctl: ")
    assert "a bug in recctl" not in result.err
    return result.err


def configure(root: Path, text: str) -> None:
    """Give a project its `[tool.recctl.check]`."""
    (root / "pyproject.toml").write_text(f"[tool.recctl.check]\n{text}\n")


# ---- silent if nothing is found


@pytest.mark.parametrize("form", [[], ["--format", "text"], ["--strict"], ["--fix"]], ids=" ".join)
def test_a_healthy_tree_is_passed_over_in_silence(tmp_path: Path, form: list[str]) -> None:
    healthy(tmp_path)
    healthy(tmp_path, "two")
    assert run("check", tmp_path, *form) == Result(0, b"", "")


def test_a_healthy_tree_is_passed_over_in_silence_by_a_process_and_on_a_terminal(tmp_path: Path) -> None:
    healthy(tmp_path)
    assert run_process("check", tmp_path) == Result(0, b"", "")
    assert run_in_terminal("check", tmp_path) == Result(0, b"", "")


def test_json_of_nothing_is_an_empty_array(tmp_path: Path) -> None:
    healthy(tmp_path)
    assert run("check", tmp_path, "--format", "json") == Result(0, b"[]\n", "")


def test_github_gets_no_annotations_of_nothing_but_a_summary(tmp_path: Path) -> None:
    healthy(tmp_path)
    summary = tmp_path / "summary.md"
    args: list[str | Path] = ["check", tmp_path / "tests", "--format", "github"]
    assert run(*args, env=NO_GITHUB) == Result(0, b"", "")
    assert run(*args, env={**NO_GITHUB, "GITHUB_STEP_SUMMARY": str(summary)}) == Result(0, b"", "")
    assert "1 recording, nothing found" in summary.read_text()


# ---- exit codes


@pytest.mark.parametrize("form", few(["text", "json", "github"], 1))
@pytest.mark.parametrize("code", BREAKS)
def test_errors_exit_1_and_warnings_0_unless_strict(tmp_path: Path, code: str, form: str) -> None:
    broken(tmp_path, code)
    args: list[str | Path] = ["check", tmp_path, "--format", form]
    result = run(*args, env=NO_GITHUB)
    assert (result.code, problems(result)) == (int(code in ERRORS), [])
    assert run(*args, "--strict", env=NO_GITHUB) == Result(1, result.data, result.err)


def test_a_warning_beside_an_error_exits_1(tmp_path: Path) -> None:
    broken(tmp_path, "RC404", "RC201")
    assert reported(tmp_path, cwd=tmp_path) == ["RC201", "RC404"]


# ---- text


def test_text_is_grouped_by_file_in_order_of_path_and_code(tmp_path: Path) -> None:
    paths = {
        name: broken(tmp_path, *codes, name=name)
        for name, codes in {
            "a": ("RC404", "RC201"),
            "b": ("RC001",),
            "c": ("RC502",),
            "d": ("RC404",),
        }.items()
    }
    healthy(tmp_path, "e")
    result = run("check", ".", cwd=tmp_path)
    *groups, counts = result.out.split("\n\n")
    heads = [group.split("\n")[0] for group in groups]
    assert heads == sorted(path.relative_to(tmp_path).as_posix() for path in paths.values())
    by_head = dict(zip(heads, groups, strict=True))
    at = {name: by_head[path.relative_to(tmp_path).as_posix()].split("\n") for name, path in paths.items()}
    assert at["a"][1:3] == [
        "  tests/x/test_x.py::test_a",
        "  RC201 ids or times are not normalized: created 1  --fix",
    ]
    assert at["a"][3].startswith("  RC404 ")
    assert at["a"][3].endswith("  --fix")
    assert len(at["a"]) == 4
    assert at["b"][1].startswith("  RC001 it is cut short: ")
    assert len(at["b"]) == 2
    assert at["c"][1] == "  tests/x/test_x.py::test_c"
    assert re.fullmatch(r"  RC502 line \d+ holds a path below somebody's home directory", at["c"][2])
    assert [line.split() for line in counts.splitlines()] == [
        ["1", "RC001", "not-json", "error"],
        ["1", "RC201", "not-normalized", "error"],
        ["2", "RC404", "format", "warning"],
        ["1", "RC502", "personal-path", "warning"],
    ]
    assert result.code == 1
    assert result.err.startswith("2 errors and 3 warnings in 4 of 5 recordings")
    assert "3 fixable with --fix" in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize(
    ("codes", "totals"),
    [
        (["RC001"], "1 error in 1 of 2 recordings"),
        (["RC404", "RC103"], "2 warnings in 1 of 2 recordings"),
        (["RC201", "RC404"], "1 error and 1 warning in 1 of 2 recordings"),
    ],
)
def test_totals_name_only_what_there_is(tmp_path: Path, codes: list[str], totals: str) -> None:
    broken(tmp_path, *codes)
    healthy(tmp_path, "two")
    result = run("check", ".", cwd=tmp_path)
    assert result.err.split(";")[0].rstrip("\n") == totals
    assert ("fixable with --fix" in result.err) == bool(FIXABLE & set(codes))


@pytest.mark.parametrize("ways", [["z", "{root}/a"], ["{root}/z", "a"], ["./z", "z/../a"]], ids=str)
def test_the_order_of_files_is_that_of_their_paths_however_they_are_named(
    tmp_path: Path, ways: list[str]
) -> None:
    for name in "az":
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.json").write_bytes(b"{")
    result = run("check", *(way.format(root=tmp_path) for way in ways), "--format", "json", cwd=tmp_path)
    assert [one["path"] for one in json.loads(result.out)] == ["a/x.json", "z/x.json"]


# ---- json


@pytest.mark.promise("JSON has every key, always")
def test_json_has_exactly_the_agreed_keys(tmp_path: Path) -> None:
    path = broken(tmp_path, "RC404")
    bad = broken(tmp_path, "RC003", name="two")
    found = json.loads(run("check", ".", "--format", "json", cwd=tmp_path).out)
    by_code = {one["code"]: one for one in found}
    assert [*by_code["RC404"]] == ["code", "severity", "path", "test_id", "message", "fixable"]
    assert {**by_code["RC404"], "message": ""} == {
        "code": "RC404",
        "severity": "warning",
        "path": path.relative_to(tmp_path).as_posix(),
        "test_id": "tests/x/test_x.py::test_one",
        "message": "",
        "fixable": True,
    }
    assert by_code["RC003"] == {
        "code": "RC003",
        "severity": "error",
        "path": bad.relative_to(tmp_path).as_posix(),
        "test_id": None,
        "message": "it is JSON but no recording: it holds an array, not an object",
        "fixable": False,
    }


@pytest.mark.parametrize("code", BREAKS)
def test_every_format_has_the_same_findings(tmp_path: Path, code: str) -> None:
    path = broken(tmp_path, code)
    ((found),) = json.loads(run("check", ".", "--format", "json", cwd=tmp_path).out)
    text = run("check", ".", cwd=tmp_path).out
    github = run("check", ".", "--format", "github", cwd=tmp_path, env=NO_GITHUB).out
    assert found["code"] == code
    assert (found["severity"], found["fixable"]) == (
        "error" if code in ERRORS else "warning",
        code in FIXABLE,
    )
    place = path.relative_to(tmp_path).as_posix()
    assert text.startswith(f"{place}\n")
    assert f"  {code} {found['message']}" in text
    assert github.startswith(f"::{found['severity']} file={place},line=")
    assert github.endswith(f"::{found['message'].replace('%', '%25')}\n")


# ---- files that cannot be read


def test_a_file_without_permission_is_named_and_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b"{")
    put(tmp_path / "locked.json", chat()).chmod(0)
    result = run_unprivileged("check", ".", cwd=tmp_path)
    line = "recctl: locked.json: permission denied; chmod u+r locked.json"
    assert (result.code, problems(result)) == (2, [line])
    assert result.out.startswith("bad.json\n  RC001 ")


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_path_that_is_not_there_is_named_and_hides_no_other(tmp_path: Path, form: str) -> None:
    (tmp_path / "bad.json").write_bytes(b"{")
    result = run("check", "gone.json", "bad.json", "--format", form, cwd=tmp_path, env=NO_GITHUB)
    line = "recctl: gone.json: no such file or directory; name a directory of recordings, or a recording"
    assert (result.code, problems(result)) == (2, [line])
    assert "bad.json" in result.out
    assert "gone.json" not in result.out


def test_a_file_that_vanishes_after_the_search_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.json").write_bytes(b"{")
    healthy(tmp_path).rename(tmp_path / "gone.json")

    def searched(paths: list[Path] | None) -> Found:
        found = find_recordings(paths)
        (tmp_path / "gone.json").unlink()
        return found

    monkeypatch.setattr("recctl.cli.commands.check.find_recordings", searched)
    result = run("check", "bad.json", "gone.json", cwd=tmp_path)
    assert (result.code, problems(result)) == (
        2,
        ["recctl: gone.json: no such file or directory"],
    )
    assert result.out.startswith("bad.json\n  RC001 ")


def test_a_fifo_is_named_and_not_opened(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b"{")
    os.mkfifo(tmp_path / "pipe.json")
    result = run_process("check", "bad.json", "pipe.json", cwd=tmp_path)
    assert (result.code, problems(result)) == (2, ["recctl: pipe.json: is neither a file nor a directory"])
    assert result.out.startswith("bad.json\n  RC001 ")


def test_a_directory_named_like_a_recording_is_searched(tmp_path: Path) -> None:
    (tmp_path / "x.json").mkdir()
    (tmp_path / "x.json/bad.json").write_bytes(b"{")
    for place in (".", "x.json"):
        result = run("check", place, cwd=tmp_path)
        assert (result.code, problems(result)) == (1, [])
        assert result.out.startswith("x.json/bad.json\n  RC001 ")


def test_an_empty_directory_named_like_a_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").mkdir()
    assert "no recordings in x.json" in refused("x.json", cwd=tmp_path)


def test_a_link_to_nowhere_that_is_named_is_reported(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to("nowhere")
    (tmp_path / "bad.json").write_bytes(b"{")
    result = run("check", "link.json", "bad.json", cwd=tmp_path)
    assert (result.code, len(problems(result))) == (2, 1)
    assert problems(result)[0].startswith("recctl: link.json: no such file or directory")
    assert result.out.startswith("bad.json\n  RC001 ")


BAD_BYTES = {
    "empty": (b"", "RC001"),
    "blanks": (b" \n", "RC001"),
    "not UTF-8": (b'{"request": {}, "response": {"body": "\xff"}}', "RC001"),
    "UTF-16": ('{"request": {}, "response": {}}'.encode("utf-16"), "RC001"),
    "a byte order mark": (b'\xef\xbb\xbf{"request": {}, "response": {}}', "RC001"),
    "cut short": (b'{"request": {}', "RC001"),
    "a merge conflict": (b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs\n", "RC001"),
    "two documents": (b"{}{}", "RC001"),
    "an array": (b"[]", "RC003"),
    "a number": (b"1", "RC003"),
    "no response": (b'{"request": {}}', "RC003"),
    "no request": (b'{"response": {}}', "RC003"),
    "a request of text": (b'{"request": "", "response": {}}', "RC003"),
    "too deep": (b'{"request": {}, "response": {"body": ' + b"[" * 5000 + b"]" * 5000 + b"}}", "RC003"),
}


@pytest.mark.parametrize("name", BAD_BYTES)
def test_bad_bytes_are_findings_and_hide_no_other(tmp_path: Path, name: str) -> None:
    good = broken(tmp_path, "RC404")
    raw, code = BAD_BYTES[name]
    (good.parent / "bad.json").write_bytes(raw)
    result = run("check", ".", "--format", "json", cwd=tmp_path)
    by_path = {Path(one["path"]).name: one["code"] for one in json.loads(result.out)}
    assert (result.code, problems(result)) == (1, [])
    assert by_path == {"bad.json": code, good.name: "RC404"}


@pytest.mark.parametrize("rule", few([rule.code for rule in RULES], 5))
def test_by_no_rule_alone_do_bad_files_hide_others(tmp_path: Path, rule: str) -> None:
    """If its rule is not selected it may be named on stderr; none is a bug in recctl."""
    for name, (raw, _) in BAD_BYTES.items():
        (tmp_path / f"{name}.json").write_bytes(raw)
    mine = healthy(tmp_path).rename(tmp_path / "tests/x/recordings/mine.json")
    (tmp_path / "tests/x/test_x.py").write_text("")
    result = run("check", mine, *tmp_path.glob("*.json"), "--select", rule, "--format", "json")
    found = {Path(one["path"]).stem for one in json.loads(result.out)}
    expected = {name for name, (_, code) in BAD_BYTES.items() if code == rule}
    assert found == expected | ({"mine"} if rule in ("RC101", "RC401") else set())
    assert "a bug in recctl" not in result.err
    named = {Path(line.split(": ")[1]).stem for line in problems(result)}
    assert named <= {*BAD_BYTES} - expected
    assert result.code == (2 if named else 1)


# ---- selection of rules


@pytest.mark.parametrize(
    ("args", "codes"),
    [
        (["--select", "RC404"], ["RC404"]),
        (["--select", "RC4"], ["RC404"]),
        (["--select", "RC00"], ["RC001", "RC002", "RC003"]),
        (["--select", "RC001,RC404"], ["RC001", "RC404"]),
        (["--select", "RC001 RC404"], ["RC001", "RC404"]),
        (["--select", "RC001, RC5,"], ["RC001", "RC502"]),
        (["--select", "RC001", "--select", "RC404"], ["RC001", "RC404"]),
        (["--select", "rc404"], ["RC404"]),
        (["--select", "rC0,rc2"], ["RC001", "RC002", "RC003", "RC201"]),
        (["--select", "ALL"], sorted(BREAKS)),
        (["--select", "all"], sorted(BREAKS)),
        (["--select", "RC"], sorted(BREAKS)),
        (["--ignore", "RC0,RC1"], ["RC201", "RC404", "RC502"]),
        (["--ignore", "rc0", "--ignore", "RC1,RC2"], ["RC404", "RC502"]),
        (["--ignore", "ALL"], []),
        (["--ignore", "RC404", "--select", "RC4,RC5"], ["RC502"]),
        (["--ignore", "RC0", "--select", "RC001,RC4"], ["RC001", "RC404"]),
        (["--ignore", "RC001", "--select", "RC0"], ["RC002", "RC003"]),
        (["--ignore", "RC0", "--select", "RC00"], ["RC001", "RC002", "RC003"]),
        (["--ignore", "RC00", "--select", "RC0"], []),
        (["--ignore", "RC404", "--select", "RC404"], []),
        (["--ignore", "ALL", "--select", "RC4"], ["RC404"]),
        (["--ignore", "RC4", "--select", "ALL"], sorted({*BREAKS} - {"RC404"})),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_rules_are_selected_and_ignored_and_the_longer_prefix_wins(
    tree: Path, args: list[str], codes: list[str]
) -> None:
    result = run("check", *args, "--format", "json", cwd=tree)
    assert sorted(one["code"] for one in json.loads(result.out)) == codes


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize("code", ["RC9", "RC4044", "X", "RC001,RC9", "not-json", "404", "\x1b[31m", "RC-"])
def test_an_unknown_code_is_refused(tree: Path, option: str, code: str) -> None:
    line = refused(option, code, cwd=tree)
    assert line.startswith(f"recctl: {option}: no rule begins with ")
    assert unsafe(line) == set()


def test_a_file_that_no_selected_rule_would_name_is_named_on_stderr(tmp_path: Path) -> None:
    path = broken(tmp_path, "RC001")
    other = broken(tmp_path, "RC404", name="two")
    result = run("check", ".", "--select", "RC4", "--format", "json", cwd=tmp_path)
    assert [one["path"] for one in json.loads(result.out)] == [other.relative_to(tmp_path).as_posix()]
    assert (result.code, len(problems(result))) == (2, 1)
    assert problems(result)[0].startswith(f"recctl: {path.relative_to(tmp_path).as_posix()}: is cut short")


# ---- configuration


@pytest.mark.parametrize("below", [".", "tests", "tests/x/recordings"])
def test_the_project_selects_and_ignores(tree: Path, below: str) -> None:
    configure(tree, 'select = ["RC0", "RC4"]\nignore = ["RC002"]')
    assert reported(cwd=tree / below) == ["RC001", "RC003", "RC404"]
    assert reported(tree, cwd=tree / below) == ["RC001", "RC003", "RC404"]


def test_options_override_what_the_project_says(tree: Path) -> None:
    configure(tree, 'select = ["RC0", "RC4"]\nignore = ["RC002"]')
    assert reported("--select", "RC00", cwd=tree) == ["RC001", "RC003"]
    assert reported("--ignore", "RC4", cwd=tree) == ["RC001", "RC002", "RC003"]
    assert reported("--select", "RC0,RC1", "--ignore", "RC1", cwd=tree) == ["RC001", "RC002", "RC003"]


def test_a_project_that_says_nothing_selects_all(tree: Path) -> None:
    for text in ("", "select = []", "ignore = []", "strict = false", "per-path-ignores = {}"):
        configure(tree, text)
        assert reported(cwd=tree) == sorted(BREAKS)


PATHS = {
    "a plain directory": "tests/x",
    "with a slash": "tests/x/",
    "the directory of recordings": "tests/x/recordings",
    "a file": "tests/x/recordings/{name}",
    "a glob": "tests/x/recordings/*.json",
    "a glob over directories": "tests/*.json",
    "stars": "**/recordings/*",
    "a question mark": "tests/?/recordings/*",
    "all": "*",
}


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("below", few([".", "tests", "tests/x/recordings"], 1))
def test_paths_ignore_codes(tmp_path: Path, name: str, below: str) -> None:
    (tmp_path / ".git").mkdir()
    path = broken(tmp_path, "RC404", "RC201")
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings/bad.json").write_bytes(b"{")
    glob = PATHS[name].format(name=path.name)
    configure(tmp_path, f'per-path-ignores = {{ "{glob}" = ["RC4"] }}')
    assert reported(cwd=tmp_path / below) == ["RC001", "RC201"]
    assert reported(path, cwd=tmp_path / below) == ["RC201"]
    configure(tmp_path, f'per-path-ignores = {{ "{glob}" = ["RC404", "RC2"] }}')
    assert reported(cwd=tmp_path / below) == ["RC001"]


@pytest.mark.parametrize("glob", ["tests", "tests/*", "x", "recordings", "tests/x/record", "tests/X"])
def test_paths_that_fit_nothing_ignore_nothing(tmp_path: Path, glob: str) -> None:
    path = broken(tmp_path, "RC404").rename(tmp_path / "other.json")
    put(tmp_path / "tests/y/recordings/z.json", chat(test_id="x::y"))
    configure(tmp_path, f'per-path-ignores = {{ "{glob}" = ["ALL"] }}')
    assert reported(path, "--select", "RC404", cwd=tmp_path) == ["RC404"]


def test_a_directory_whose_name_only_begins_so_is_not_ignored(tmp_path: Path) -> None:
    broken(tmp_path, "RC404")
    configure(tmp_path, 'per-path-ignores = { "tests/x/rec" = ["RC404"], "test" = ["RC404"] }')
    assert reported("tests", cwd=tmp_path) == ["RC404"]


def test_several_paths_each_ignore_their_codes(tree: Path) -> None:
    configure(tree, '[tool.recctl.check.per-path-ignores]\n"tests/x" = ["RC0"]\n"*.json" = ["RC4", "RC5"]')
    assert reported(cwd=tree) == ["RC103", "RC201"]


def test_a_limit_of_size(tmp_path: Path) -> None:
    path = healthy(tmp_path)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"Hello.", b"x" * (2000 - len(raw) + 6)))
    assert len(path.read_bytes()) == 2000
    configure(tmp_path, "max-size = 2")
    assert reported("tests", cwd=tmp_path) == []
    configure(tmp_path, "max-size = 1")
    assert reported("tests", cwd=tmp_path) == ["RC403"]
    path.write_bytes(path.read_bytes().replace(b"xx", b"xxx", 1))
    configure(tmp_path, "max-size = 2")
    assert reported("tests", cwd=tmp_path) == ["RC403"]


def test_the_limit_of_size_is_a_million_bytes_by_default(tmp_path: Path) -> None:
    path = healthy(tmp_path)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"Hello.", b"x" * (1_000_000 - len(raw) + 6)))
    assert reported("tests", cwd=tmp_path) == []
    path.write_bytes(path.read_bytes().replace(b"xx", b"xxx", 1))
    assert reported("tests", cwd=tmp_path) == ["RC403"]


def test_a_strict_project_exits_1_for_warnings(tmp_path: Path) -> None:
    broken(tmp_path, "RC404")
    configure(tmp_path, "strict = true")
    assert run("check", "tests", cwd=tmp_path).code == 1
    configure(tmp_path, "strict = false")
    assert run("check", "tests", cwd=tmp_path).code == 0
    assert run("check", "tests", "--strict", cwd=tmp_path).code == 1


WRONG = {
    "select is text": ('select = "RC1"', "select"),
    "select of numbers": ("select = [1]", "select"),
    "an empty code": ('select = [""]', "select"),
    "an unknown code": ('select = ["RC9"]', "select"),
    "ignore is true": ("ignore = true", "ignore"),
    "an unknown code to ignore": ('ignore = ["XX"]', "ignore"),
    "paths are a list": ('per-path-ignores = ["x"]', "per-path-ignores"),
    "a path with text": ('per-path-ignores = {"x" = "RC1"}', "per-path-ignores"),
    "a path with numbers": ('per-path-ignores = {"x" = [1]}', "per-path-ignores"),
    "a path with an unknown code": ('per-path-ignores = {"x" = ["RC9"]}', "per-path-ignores"),
    "baseline is a number": ("baseline = 3", "baseline"),
    "baseline is empty": ('baseline = ""', "baseline"),
    "baseline is a list": ('baseline = ["x"]', "baseline"),
    "strict is a number": ("strict = 1", "strict"),
    "strict is text": ('strict = "yes"', "strict"),
    "size 0": ("max-size = 0", "max-size"),
    "a size below 0": ("max-size = -1", "max-size"),
    "half a size": ("max-size = 1.5", "max-size"),
    "size is true": ("max-size = true", "max-size"),
    "size is text": ('max-size = "10 MB"', "max-size"),
    "an unknown key": ("selct = []", "selct"),
    "a key with an underscore": ("max_size = 10", "max_size"),
    "a hostile key": ('"\\u001b[31m\\n" = 1', "\\x1b[31m\\n"),
    "a hostile code": ('select = ["\\u001b[31m\\u202e"]', "\\x1b[31M\\u202e"),
}


@pytest.mark.parametrize("below", [".", "tests/x"])
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_setting_is_reported_in_one_line(tmp_path: Path, name: str, below: str) -> None:
    healthy(tmp_path)
    text, says = WRONG[name]
    configure(tmp_path, text)
    line = refused(tmp_path, cwd=tmp_path / below)
    assert "[tool.recctl.check" in line
    assert says in line
    assert unsafe(line) == set()


@pytest.mark.parametrize("text", ["check = 3", "check = []", '[[tool.recctl.check]]\nselect = ["RC1"]'])
def test_a_setting_that_is_not_a_table_is_reported_in_one_line(tmp_path: Path, text: str) -> None:
    healthy(tmp_path)
    (tmp_path / "pyproject.toml").write_text(f"[tool.recctl]\n{text}\n")
    line = refused(tmp_path, cwd=tmp_path)
    assert str(tmp_path / "pyproject.toml") in line
    assert "[tool.recctl.check] must be a table" in line


def test_a_wrong_code_in_an_option_is_reported_before_anything_is_read(tmp_path: Path) -> None:
    assert "--select" in refused("gone.json", "--select", "RC9", cwd=tmp_path)


# ---- on a terminal


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings with text that would steer a terminal wherever a finding may show it."""
    directory = tmp_path_factory.mktemp("hostile") / "recordings"
    names = ALL_HOSTILE.replace("/", "").replace("\0", "")
    ids = names.replace("\n", "")
    directory.mkdir()
    (directory / f"cut{names}\n[red].json").write_bytes(b"{")
    put(directory / f"{names[:60]}[red].json", chat(test_id=f"{names}/t.py::test[{ALL_HOSTILE}][red]"))
    put(directory / "id.json", chat(test_id=f"t{ids}.py::test_{ids}", model=ALL_HOSTILE, prompt=ALL_HOSTILE))
    messages = [
        {"role": "user", "content": "Hi."},
        {"role": "assistant", "content": f"[red]{ALL_HOSTILE}"},
        {"role": "tool", "content": "x", "tool_call_id": ALL_HOSTILE},
    ]
    put(directory / "carried.json", chat(test_id="t.py::test_a", messages=messages))
    put(directory / "carried2.json", chat(test_id="t.py::test_b", messages=messages[:2] + messages[:1]))
    for number, text in enumerate(HOSTILE.values()):
        key = json.dumps(text)
        raw = f'{{"request": {{{key}: 1, {key}: 2}}, "response": {{"body": {{}}}}}}'
        (directory / f"key{number}.json").write_text(raw)
    return directory


HOSTILE_NAMES = ("\x1b[45;5m", "\x1b]8;;", "\u202e", "\u2066", "\x9b", "\r", "\u200b")


@pytest.mark.parametrize("form", ["text", "github"])
def test_hostile_text_does_not_reach_a_pipe(hostile: Path, form: str) -> None:
    result = run("check", ".", "--format", form, cwd=hostile, env=NO_GITHUB)
    assert (result.code, unsafe(result.out), unsafe(result.err)) == (1, set(), set())
    for text in HOSTILE_NAMES:
        assert repr(text)[1:-1] in result.out
    assert "[red]" in result.out


def test_a_line_break_in_a_name_makes_no_line(tmp_path: Path) -> None:
    (tmp_path / "a\nRC001 b\r\n.json").write_bytes(b"{")
    result = run("check", ".", cwd=tmp_path)
    assert result.out.splitlines()[0] == "a\\nRC001 b\\r\\n.json"
    assert result.out.count("\n") == 4


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_hostile_text_cannot_steer_the_terminal(hostile: Path, form: str) -> None:
    result = run_in_terminal("check", ".", "--format", form, cwd=hostile, env={**NO_GITHUB, "NO_COLOR": "1"})
    assert (result.code, unsafe(result.out)) == (1, set())
    assert "\\x1b" in result.out if form != "json" else "\\u001b" in result.out


def test_hostile_text_cannot_hide_among_colours(hostile: Path) -> None:
    result = run_in_terminal("check", ".", columns=120, cwd=hostile)
    assert unsafe(bare(result)) == set()
    assert {*re.findall(r"\x1b\[([0-9;]*)m", result.out)} <= {"0", "1", "2", "31", "33", "36"}
    assert "[red]" in bare(result)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Findings with long and wide text everywhere."""
    root = tmp_path_factory.mktemp("wide")
    for number, text in enumerate(["京都と北京" * 9, "🧳" * 30, "long-" * 40, "word " * 40, "한국어"]):
        test_id = f"tests/{text}/test_x.py::test_{text}[{text}]"
        put(root / f"tests/{text}/recordings/{number}.json", chat(text, test_id=test_id, model=text))
        (root / f"tests/{text}/recordings/cut{text[:20]}.json").write_bytes(b"{")
    broken(root, "RC404", "RC201", "RC502")
    return root


def shown(*args: str | Path, cwd: Path, columns: int = 80) -> list[str]:
    """The lines of a page on a terminal, without the totals that follow it."""
    result = run_in_terminal("check", *args, cwd=cwd, columns=columns, rows=10_000, env={"NO_COLOR": "1"})
    return result.out.split("\n")


@pytest.mark.parametrize("columns", [40, 80, 160])
def test_no_line_is_wider_than_the_screen(wide: Path, columns: int) -> None:
    *page, totals, end = shown(".", cwd=wide, columns=columns)
    assert (end, f"{totals}\n") == ("", run("check", ".", cwd=wide).err)
    paths = [line for line in page if line.endswith(".json")]  # stand alone, and are never broken
    assert max(cell_len(line) for line in page if line not in paths) <= columns


@pytest.mark.parametrize("columns", [40, 80, 160])
def test_long_loses_nothing_and_breaks_no_path(wide: Path, columns: int) -> None:
    *page, _, _ = shown(".", "--long", cwd=wide, columns=columns)
    squeezed = "".join("".join(page).split())
    for one in json.loads(run("check", ".", "--format", "json", cwd=wide).out):
        assert f"{one['code']} {one['path']}" in [line.strip() for line in page]
        assert "".join(one["message"].split()) in squeezed


def second_turns(root: Path, count: int, name: str = "one") -> list[str]:
    """The ids of so many recordings of a test that each contain a call that no recording made."""
    test_id = f"tests/x/test_x.py::test_{name}"
    paths = []
    for number in range(count):
        call = {"id": f"call_{number:08}abcdefgh", "type": "function", "function": {"name": "f"}}
        turns = [
            {"role": "user", "content": f"Question {number}?"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": call["id"], "content": "x" * 100 * number},
        ]
        paths.append(put(root / "tests/x/recordings", chat(test_id=test_id, messages=turns)))
    (root / "tests/x/test_x.py").write_text(f"def test_{name}(): ...\n")
    return sorted(f"rec-{path.name[:12]}" for path in paths)


def test_on_a_terminal_the_test_is_shown_once_and_what_recordings_share_in_one_line(tmp_path: Path) -> None:
    ids = second_turns(tmp_path, 3)
    assert shown("--select", "RC301", "tests", cwd=tmp_path, columns=160)[:4] == [
        "tests/x/test_x.py",
        "  test_one",
        "    RC301 3 recordings have a tool call that no recording of the test made: " + ", ".join(ids),
        "",
    ]


@pytest.mark.parametrize("columns", [60, 80, 100, 160])
def test_a_finding_takes_two_rows_at_most(tmp_path: Path, columns: int) -> None:
    """As many recordings as have room are named, and the rest is counted."""
    ids = second_turns(tmp_path, 30)
    _, _, *page = shown("--select", "RC301", "tests", "-q", cwd=tmp_path, columns=columns)
    text = " ".join(" ".join(page).split())
    named = re.findall(r"rec-[0-9a-f]{12}", text)
    assert page[2:] == [""]
    assert text.endswith(f"test made: {', '.join(named)} and {30 - len(named)} more")
    assert named == ids[: len(named)] != []
    assert len(page[1]) + len(", rec-ab7d61e2daa7") > columns


def test_findings_of_one_recording_each_have_their_words(tmp_path: Path) -> None:
    (one,) = second_turns(tmp_path, 1)
    path = tmp_path / "tests/x/recordings"
    (file,) = path.iterdir()
    file.write_bytes(file.read_bytes() + b"\n")
    page = shown("tests", "-q", "--select", "RC301,RC404", cwd=tmp_path, columns=200)
    assert page == [
        "tests/x/test_x.py",
        "  test_one",
        f"    RC301 {one}  probably dead: its request contains call_00000000abcdefgh, "
        "which no recording of its test made",
        f"    RC404 {one}  it is not formatted as the recorder does it: "
        "no single line break at the end  --fix",
        "",
    ]


def test_a_reference_on_a_terminal_is_one_that_show_takes(tmp_path: Path) -> None:
    """Names that begin alike, two lists of models, a name that is no hash: each reference differs."""
    (tmp_path / ".git").mkdir()
    place = tmp_path / "tests/x/recordings"
    for name in ("a" * 12, "a" * 12 + "b" * 52, "models-" + "c" * 64 + "-01234567", "mine", "d" * 64):
        put(place / f"{name}.json", chat(test_id="tests/x/test_x.py::test_one"))
    put(place / f"models-{'c' * 64}-76543210.json", chat(test_id="tests/x/test_x.py::test_two"))
    (tmp_path / "tests/x/test_x.py").write_text("def test_two(): ...\n")
    reported = " ".join(shown("--select", "RC101,RC401", "tests", cwd=tmp_path, columns=5000))
    references = set(
        re.findall(r"(?:rec|models)-[0-9a-f-]+|mine.json|tests/x/recordings/\S+\.json", reported)
    )
    files = {
        Path(json.loads(run("show", one, "--json", cwd=tmp_path).out)[0]["path"]).name for one in references
    }
    assert files == {path.name for path in place.iterdir()}


def test_what_names_no_test_is_shown_below_its_directory(tmp_path: Path) -> None:
    for name in ("a/recordings/cut", "a/recordings/other", "b/recordings/cut"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"{name}.json").write_bytes(b"{")
    what = "it is cut short: not JSON at line 1 column 2, Expecting property name enclosed in double quotes"
    assert shown(".", "-q", cwd=tmp_path, columns=200) == [
        "a/recordings/",
        f"  RC001 {what} (2 recordings: cut.json, other.json)",
        "",
        "b/recordings/",
        f"  RC001 cut.json  {what}",
        "",
    ]


# ---- statistics, quiet


def test_statistics_count_by_code_and_by_directory_and_show_no_finding(tree: Path) -> None:
    (tree / "other/recordings").mkdir(parents=True)
    for name in "ab":
        (tree / f"other/recordings/{name}.json").write_bytes(b"{")
    result = run("check", ".", "--statistics", cwd=tree)
    by_code, by_directory = result.out.split("\n\n")
    counts = [line.split() for line in by_code.splitlines()]
    assert counts[0] == ["3", "RC001", "not-json", "error"]
    assert [(row[0], row[1]) for row in counts[1:]] == [("1", code) for code in sorted({*BREAKS} - {"RC001"})]
    assert [line.split() for line in by_directory.splitlines()] == [
        ["7", "tests/x/recordings"],
        ["2", "other/recordings"],
    ]
    assert (result.code, result.err) == (1, run("check", ".", cwd=tree).err)


@pytest.mark.parametrize("form", ["json", "github"])
def test_statistics_are_text(tree: Path, form: str) -> None:
    assert "--statistics prints text" in refused(".", "--statistics", "--format", form, cwd=tree)


def test_statistics_of_nothing_are_nothing(tmp_path: Path) -> None:
    healthy(tmp_path)
    assert run("check", ".", "--statistics", cwd=tmp_path) == Result(0, b"", "")


@pytest.mark.parametrize("option", ["-q", "--quiet"])
def test_quiet_prints_findings_alone(tree: Path, option: str) -> None:
    loud, quiet = run("check", ".", cwd=tree), run("check", ".", option, cwd=tree)
    assert (quiet.code, quiet.err) == (1, "")
    *groups, counts = loud.out.split("\n\n")
    assert quiet.out == "\n\n".join(groups) + "\n"
    assert "RC001" in counts


@pytest.mark.parametrize("form", ["json", "github"])
def test_quiet_changes_no_other_format(tree: Path, form: str) -> None:
    loud = run("check", ".", "--format", form, cwd=tree, env=NO_GITHUB)
    assert run("check", ".", "--format", form, "-q", cwd=tree, env=NO_GITHUB) == Result(
        loud.code, loud.data, ""
    )


def test_quiet_says_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(b"{")
    result = run("check", "gone.json", "bad.json", "-q", cwd=tmp_path)
    assert (result.code, len(problems(result)), result.err.count("\n")) == (2, 1, 1)


def test_quiet_draws_no_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(tmp_path, "RC404")
    monkeypatch.setattr("recctl.cli.commands.check.progress", lambda *_: pytest.fail("progress is drawn"))
    assert run("check", "tests", "-q", cwd=tmp_path).code == 0


# ---- a baseline without a file


def test_write_baseline_without_a_file_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """Not even a missing path is reported."""
    assert "--write-baseline needs a file" in refused("gone.json", "--write-baseline", cwd=tmp_path)


def test_a_page_of_many_findings_goes_through_the_pager(tree: Path) -> None:
    result = run_in_terminal("check", cwd=tree, rows=5, env={"PAGER": "sed s/RC404/PAGED/", "NO_COLOR": "1"})
    assert result.code == 1
    assert "PAGED" in result.out


def test_force_color_colours_a_pipe_but_does_not_wrap_it(wide: Path) -> None:
    forced = run("check", ".", cwd=wide, env={"FORCE_COLOR": "1", "COLUMNS": "40"})
    assert "\x1b[31mRC001 \x1b[0m" in forced.out
    assert bare(forced) == run("check", ".", cwd=wide).out


# ---- which files


def test_check_changes_nothing(tree: Path) -> None:
    before = {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    for form in ("text", "json", "github"):
        assert run("check", "--format", form, cwd=tree, env=NO_GITHUB).code == 1
    assert {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()} == before


def test_many_files_are_checked_as_few_are(tmp_path: Path) -> None:
    """From fifty files on a faster way of reading is taken: it has to find the same."""
    few, many = tmp_path / "few", tmp_path / "many"
    for root in (few, many):
        for code in BREAKS:
            broken(root, code, name=code)
    for number in range(60):
        healthy(many, f"n{number}")
    found = [run("check", ".", "--format", "json", cwd=root) for root in (few, many)]
    assert found[0].data == found[1].data
    assert len(json.loads(found[0].out)) == len(BREAKS)


def test_a_broken_recording_is_what_this_file_takes_it_for(tmp_path: Path) -> None:
    path = healthy(tmp_path)
    assert document(path)["test_id"] == "tests/x/test_x.py::test_one"
    for change in BREAKS.values():
        assert change(path.read_bytes()) != path.read_bytes()


def test_hostile_text_in_a_message_is_made_visible(tmp_path: Path) -> None:
    """A duplicate key is reported, and a key may be anything."""
    path = put(tmp_path / "tests/a/recordings", chat(test_id="tests/a/test_a.py::test_x"))
    key = b'"\\u001b]8;;http://evil\\u0007\\u202e"'
    path.write_bytes(path.read_bytes().replace(b'"headers": {}', b'"headers": {%b: 1, %b: 2}' % (key, key)))
    result = run("check", path, "--select", "RC002")
    assert (result.code, "RC002" in result.out) == (1, True)
    assert [char for char in result.out if char in "\x1b\x07\u202e"] == []
    assert "\\x1b]8;;http://evil\\x07\\u202e" in result.out
