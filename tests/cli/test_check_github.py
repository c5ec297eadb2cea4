"""check --format github: annotations and a summary, and nothing in a file that could make more of them."""

from __future__ import annotations

import html
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.cli.test_access import run_unprivileged
from tests.cli.test_terminal import ALL_HOSTILE, unsafe
from tests.helpers import Result, chat, problems, put, run

_COMMAND = re.compile(r"::(?P<name>[^\s:]+)(?: (?P<properties>.*?))?::(?P<message>.*)")


@dataclass(frozen=True)
class Command:
    """A workflow command as GitHub's runner reads it."""

    name: str
    properties: dict[str, str]
    message: str


def commands(text: str) -> list[Command]:
    """The commands in a step's output; every line has to be one."""
    return [_command(line) for line in re.split(r"\r\n|\r|\n", text.removesuffix("\n"))] if text else []


def _command(line: str) -> Command:
    found = _COMMAND.fullmatch(line)
    assert found, line
    pairs = [part.split("=", 1) for part in (found["properties"] or "").split(",")]
    properties = {key: _unescaped(value, ((":", "%3A"), (",", "%2C"))) for key, value in pairs}
    return Command(found["name"], properties, _unescaped(found["message"], ()))


def _unescaped(text: str, more: tuple[tuple[str, str], ...]) -> str:
    for char, code in (("\r", "%0D"), ("\n", "%0A"), *more, ("%", "%25")):
        text = text.replace(code, char)
    return text


def github(*args: str | Path, cwd: Path, workspace: Path | str | None = None) -> Result:
    """Run check as a step of a workflow; its summary is `summary.md` in this directory."""
    place = None if workspace is None else str(workspace)
    env = {"GITHUB_STEP_SUMMARY": str(cwd / "summary.md"), "GITHUB_WORKSPACE": place}
    return run("check", *args, "--format", "github", cwd=cwd, env=env)


def summary(place: Path) -> str:
    """The summary that a run left here."""
    return (place / "summary.md").read_text("utf-8")


def tables(text: str) -> list[list[list[str]]]:
    """The rows of each table in a summary, as the text that a reader sees, by the rules of GFM."""
    found = []
    for part in text.split("\n\n"):
        rows = [line for line in part.split("\n") if line.startswith("|")]
        if rows:
            assert re.fullmatch(r"\|( *:?-+:? *\|)+", rows[1])
            found.append([[html.unescape(cell.strip()) for cell in _cells_of(row)] for row in rows[2:]])
    return found


def cells(text: str) -> list[list[str]]:
    """The rows of the tables of findings in a summary, after that of the counts."""
    return [row for table in tables(text)[1:] for row in table]


def _cells_of(row: str) -> list[str]:
    parts = re.split(r"(?<!\\)\|", row)
    assert (parts[0], parts[-1].strip()) == ("", "")
    return parts[1:-1]


def seen_by_markdown(text: str) -> tuple[set[str], list[list[str]]]:
    """The kinds of tokens that a Markdown parser finds, and the texts of the cells of the tables."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    kinds: set[str] = set()
    rows: list[list[str]] = []
    in_cell = False
    for token in parser.parse(text):
        kinds.add(token.type)
        kinds.update(child.type for child in token.children or ())
        if token.type == "tr_open":
            rows.append([])
        in_cell = token.type in ("td_open", "th_open") or (in_cell and token.type == "inline")
        if in_cell and token.type == "inline":
            rows[-1].append("".join(child.content for child in token.children or ()))
    return kinds, rows


TABLE = {
    f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")
}
PLAIN = {"heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text"} | TABLE


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout with an error and two warnings; the warnings come first by path and by code."""
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    (root / "tests/a").mkdir(parents=True)
    (root / "tests/a/test_a.py").write_text("def test_a(): ...\n")
    path = put(root / "tests/a/recordings", chat("/home/ada/x", test_id="tests/a/test_a.py::test_a"))
    path.write_bytes(path.read_bytes() + b"\n")
    (root / "tests/b/recordings").mkdir(parents=True)
    (root / "tests/b/recordings/cut.json").write_bytes(b'{"request":\n')
    return root


# ---- annotations


def test_annotations_are_exactly_so_and_errors_come_first(project: Path) -> None:
    (path,) = (project / "tests/a/recordings").iterdir()
    lines = [number for number, text in enumerate(path.read_text().split("\n"), 1) if "/home/ada" in text]
    result = github(cwd=project)
    place = path.relative_to(project).as_posix()
    assert result.out == (
        "::error file=tests/b/recordings/cut.json,line=1,title=RC001 not-json::"
        "it is cut short: not JSON at line 2 column 1, Expecting value\n"
        f"::warning file={place},line=1,title=RC404 format::"
        "it is not formatted as the recorder does it: no single line break at the end\n"
        f"::warning file={place},line={lines[0]},title=RC502 personal-path::"
        f"line {lines[0]} holds a path below somebody's home directory\n"
    )
    assert (result.code, lines[0] > 1) == (1, True)
    assert result.err.startswith("1 error and 2 warnings in 2 of 2 recordings")


def test_a_line_is_that_of_the_finding(tmp_path: Path) -> None:
    text = '{"request": {\n"a": 1,\n"b": 1,\n"b": 2}, "response": {\n"body": {}}}'
    (tmp_path / "x.json").write_text(text)
    (command,) = commands(github("--select", "RC002", ".", cwd=tmp_path).out)
    assert command.properties == {"file": "x.json", "line": "3", "title": "RC002 duplicate-keys"}


def test_only_warnings_exit_0(project: Path) -> None:
    result = github("--select", "RC4,RC5", "tests/a", cwd=project)
    assert (result.code, {command.name for command in commands(result.out)}) == (0, {"warning"})


NAMES = {
    "per cent": "50%25%0A%3A.json",
    "colons": "a::b:c.json",
    "commas": "a,line=7,title=x.json",
    "an equals sign": "file=x.json",
    "blanks": "a b .json",
    "other scripts": "京都🏔.json",
}


@pytest.mark.parametrize("name", NAMES)
def test_properties_are_escaped(tmp_path: Path, name: str) -> None:
    (tmp_path / NAMES[name]).write_bytes(b"{")
    result = github(".", cwd=tmp_path)
    (command,) = commands(result.out)
    assert command.properties == {"file": NAMES[name], "line": "1", "title": "RC001 not-json"}
    properties = result.out.removeprefix("::error ").split("::")[0]
    assert (properties.count(":"), properties.count(",")) == (0, 2)


def test_messages_are_escaped(tmp_path: Path) -> None:
    key = json.dumps("100%0A%25::error::x, y: z")
    (tmp_path / "x.json").write_text(f'{{"request": {{{key}: 1, {key}: 2}}, "response": {{"body": {{}}}}}}')
    result = github("--select", "RC002", ".", cwd=tmp_path)
    (command,) = commands(result.out)
    assert (
        command.message
        == "100%0A%25::error::x, y: z is a duplicate key in one object; parsers keep the last value"
    )
    assert "::100%250A%2525::error::x, y: z is a" in result.out


INJECTIONS = [
    "\n::set-env name=PATH::x",
    "\r::error::x",
    "\r\n::add-mask::x",
    "\n##[set-output name=x]y",
    "\x0b::error::x\x0c\x1c\x1d\x85\u2028\u2029::warning::x",
    "::stop-commands::token",
    "%0A::set-env name=x::y",
    "\n\n```\n::endgroup::",
    "\x1b[2K\r::error file=x::y\u202e",
]


@pytest.mark.parametrize("text", INJECTIONS, ids=ascii)
def test_no_file_can_add_a_command(tmp_path: Path, text: str) -> None:
    key = json.dumps(text)
    raw = f'{{"request": {{{key}: 1, {key}: 2}}, "response": {{"body": {{}}}}}}'
    (tmp_path / text).mkdir()
    (tmp_path / f"{text}/x{text}.json").write_text(raw)
    put(tmp_path / f"{text}/id.json", chat(test_id=f"{text}.py::test{text}", model=text))
    result = github(".", cwd=tmp_path, workspace=tmp_path)
    found = commands(result.out)
    assert {command.name for command in found} <= {"error", "warning"}
    assert len(found) == len(result.out.splitlines()) >= 3
    assert {tuple(command.properties) for command in found} == {("file", "line", "title")}
    assert unsafe(result.out) == unsafe(result.err) == set()
    rows = cells(summary(tmp_path))
    assert (len(rows), {len(row) for row in rows}) == (len(found), {3})


# ---- where files are


@pytest.mark.parametrize("place", [".", "tests", "tests/b/recordings"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_files_are_named_from_the_top_of_the_checkout(project: Path, place: str, slash: str) -> None:
    result = github(project, cwd=project / place, workspace=f"{project}{slash}")
    files = {command.properties["file"] for command in commands(result.out)}
    (path,) = (project / "tests/a/recordings").iterdir()
    assert files == {"tests/b/recordings/cut.json", path.relative_to(project).as_posix()}


def test_a_file_outside_of_the_checkout_is_named_as_in_text(project: Path, tmp_path: Path) -> None:
    for workspace in (tmp_path / "other", tmp_path / "proj", project / "tests/a", "", None):
        result = github("tests/b", cwd=project, workspace=workspace)
        (command,) = commands(result.out)
        assert command.properties["file"] == "tests/b/recordings/cut.json"
    outside = github(project / "tests/b", cwd=tmp_path, workspace=tmp_path / "other")
    assert commands(outside.out)[0].properties["file"] == "project/tests/b/recordings/cut.json"


def test_names_that_are_not_utf8_are_escaped(tmp_path: Path) -> None:
    (tmp_path / "\udcff.json").write_bytes(b"{")
    for workspace in (None, tmp_path):
        (command,) = commands(github(".", cwd=tmp_path, workspace=workspace).out)
        assert command.properties["file"] == "\\xff.json"
        assert cells(summary(tmp_path))[0][1] == "\\xff.json"


# ---- the summary


def test_the_summary_is_by_rule_and_then_by_test_errors_first(project: Path) -> None:
    result = github(cwd=project)
    text = summary(project)
    (path,) = (project / "tests/a/recordings").iterdir()
    counts, *rest = tables(text)
    assert counts == [
        ["RC001 not-json", "error", "1"],
        ["RC404 format", "warning", "1"],
        ["RC502 personal-path", "warning", "1"],
    ]
    assert re.findall(r"#### (.*)", text) == [row[0] for row in counts]
    name, test = f"rec-{path.name[:12]}", "tests/a/test_a.py::test_a"
    assert [[row[:2] for row in table] for table in rest] == [
        [["tests/b/recordings", "tests/b/recordings/cut.json"]],
        [[test, name]],
        [[test, name]],
    ]
    assert [row[2] for table in rest for row in table] == [each.message for each in commands(result.out)]
    assert result.err.strip() in html.unescape(text)
    assert text.startswith("### recctl check\n")
    kinds, parsed = seen_by_markdown(text)
    assert kinds <= PLAIN | {"text_special"}
    assert parsed == [row for table, head in zip(tables(text), _HEADS, strict=True) for row in (head, *table)]


_HEADS = [["rule", "severity", "findings"], *[["test", "recordings", "what"]] * 3]


def test_what_recordings_of_a_test_share_is_one_row(tmp_path: Path) -> None:
    paths = [
        put(
            tmp_path / "tests/a/recordings",
            chat(test_id=f"tests/a/test_a.py::test_{test}", prompt=f"{number}"),
        )
        for test in "ab"
        for number in range(12)
    ]
    for path in paths:
        path.write_bytes(path.read_bytes() + b"\n")
    github("--select", "RC404", "tests", cwd=tmp_path)
    rows = cells(summary(tmp_path))
    what = "12 recordings are not formatted as the recorder does it: no single line break at the end"
    assert [(row[0], row[2]) for row in rows] == [(f"tests/a/test_a.py::test_{test}", what) for test in "ab"]
    for row, of_test in zip(rows, (paths[:12], paths[12:]), strict=True):
        ids = sorted(f"rec-{path.name[:12]}" for path in of_test)
        assert row[1] == f"{', '.join(ids[:10])} and 2 more"


def test_a_summary_is_appended(project: Path) -> None:
    (project / "summary.md").write_text("# Of the step before\n\n")
    github(cwd=project)
    once = summary(project)
    assert once.startswith("# Of the step before\n\n### recctl check\n")
    github(cwd=project)
    assert summary(project) == once + once.removeprefix("# Of the step before\n\n")


@pytest.mark.parametrize("form", ["text", "json"])
def test_other_forms_write_no_summary(project: Path, form: str) -> None:
    env = {"GITHUB_STEP_SUMMARY": str(project / "summary.md")}
    assert run("check", "--format", form, cwd=project, env=env).code == 1
    assert not (project / "summary.md").exists()


@pytest.mark.parametrize("value", [None, ""])
def test_without_the_variable_no_summary_is_written(project: Path, value: str | None) -> None:
    before = sorted(project.rglob("*"))
    env = {"GITHUB_STEP_SUMMARY": value, "GITHUB_WORKSPACE": None}
    result = run("check", "--format", "github", cwd=project, env=env)
    assert (result.code, len(commands(result.out)), sorted(project.rglob("*"))) == (1, 3, before)


MARKUP = [
    "a|b||c\\|d",
    "`code` ```x",
    "<b>bold</b><script>alert(1)</script><!--",
    "[x](http:evil.example)",
    "![x](evil.png)",
    "[x][y] [^1]",
    "http:\\\\evil.example",
    "*a* **b** _c_ ~~d~~ __e__",
    "# head",
    "- list",
    "1. list",
    "&lt;b&gt; &#124; &amp;",
    "@octocat #1 ada@example.org",
    "a\n\n| x | y | z | w |\n|---|---|---|---|",
    "a\n\n<details>\n\n# head",
    "\\",
    "\\\\|",
    "$x$",
    "京都 🏔 é",
]


@pytest.mark.parametrize("text", MARKUP, ids=ascii)
def test_nothing_can_break_the_table_or_make_markup(tmp_path: Path, text: str) -> None:
    key = json.dumps(text)
    raw = f'{{"request": {{{key}: 1, {key}: 2}}, "response": {{"body": {{}}}}}}'
    name = f"{text}.json".replace("/", "")
    (tmp_path / name).write_text(raw)
    github("--select", "RC002", ".", cwd=tmp_path)
    written = summary(tmp_path)
    path = f"./{name}" if name.startswith("-") else name
    shown, reported = (part.replace("\n", "\\n") for part in (path, text))
    row = [".", shown, f"{reported} is a duplicate key in one object; parsers keep the last value"]
    assert cells(written) == [row]
    kinds, parsed = seen_by_markdown(written)
    assert kinds <= PLAIN | {"text_special"}
    assert [[" ".join(cell.split()) for cell in one] for one in parsed[3:]] == [row]
    assert len(parsed) == 4


@pytest.mark.promise("Recorded text is escaped in GitHub's formats")
@pytest.mark.parametrize(
    "text", ["www.evil.example", "see (www.evil.example)", "http://evil.example", "x@y.example"]
)
def test_nothing_is_made_a_link_by_itself(tmp_path: Path, text: str) -> None:
    """GitHub's Markdown makes links of bare addresses; one that is left in the source would become one."""
    key = json.dumps(text)
    raw = f'{{"request": {{{key}: 1, {key}: 2}}, "response": {{"body": {{}}}}}}'
    (tmp_path / f"{text.replace('/', '')}.json").write_text(raw)
    github("--select", "RC002", ".", cwd=tmp_path)
    row = summary(tmp_path).splitlines()[-1]
    assert "evil" in html.unescape(row) or "x@y" in html.unescape(row)
    assert re.findall(r"www\.|https?:|\w@\w", row) == []


def test_all_that_is_hostile_stays_one_row(tmp_path: Path) -> None:
    name = ALL_HOSTILE.replace("/", "").replace("\0", "")
    (tmp_path / f"{name}.json").write_bytes(b"{")
    result = github(".", cwd=tmp_path)
    text = summary(tmp_path)
    assert (len(commands(result.out)), len(cells(text)), unsafe(text)) == (1, 1, set())


def _keys(root: Path, count: int, key: str = "{number}") -> None:
    """So many files that each have another finding, an error."""
    for number in range(count):
        text = json.dumps(key.format(number=number))
        raw = f'{{"request": {{{text}: 1, {text}: 2}}, "response": {{"body": {{}}}}}}'
        (root / f"{number:05}.json").write_text(raw)


MORE = {
    (10, 10): None,
    (11, 10): "1 more error",
    (10, 12): "2 more warnings",
    (25, 1011): "15 more errors and 1,001 more warnings",
    (0, 11): "1 more warning",
}


@pytest.mark.parametrize(("errors", "warnings"), MORE, ids=str)
def test_no_more_annotations_than_github_shows_and_the_rest_is_counted(
    tmp_path: Path, errors: int, warnings: int
) -> None:
    _keys(tmp_path, errors)
    for number in range(warnings):
        put(tmp_path / f"0-{number}.json", chat("/home/ada/x"))
    result = github("--select", "RC002,RC502", ".", cwd=tmp_path)
    more = MORE[errors, warnings]
    levels = ["error"] * min(errors, 10) + ["warning"] * min(warnings, 10) + ["notice"] * bool(more)
    shown = commands(result.out)
    assert [each.name for each in shown] == levels
    assert [each.message for each in shown[20 if errors else 10 :]] == (
        [f"{more}; see the job summary"] if more else []
    )
    assert result.code == int(errors > 0)


def test_without_a_summary_the_notice_names_none(tmp_path: Path) -> None:
    _keys(tmp_path, 11)
    args = ("check", ".", "--format", "github", "--select", "RC002")
    result = run(*args, cwd=tmp_path, env={"GITHUB_STEP_SUMMARY": None})
    assert commands(result.out)[-1].message == "1 more error; not shown here"


def test_a_summary_is_below_60_kb_and_counts_what_was_left_out(tmp_path: Path) -> None:
    """Three findings share the first row."""
    _keys(tmp_path, 1500)
    for name in "abc":
        (tmp_path / f"{name}.json").write_bytes(b"{")
    put(tmp_path / "0.json", chat("/home/ada/x"))
    github("--select", "RC001,RC002,RC502", ".", cwd=tmp_path)
    text = summary(tmp_path)
    rows = cells(text)
    assert rows[0][1] == "a.json, b.json, c.json"
    assert 50_000 < len(text.encode()) < 60_000
    assert text.endswith(f"\n{1504 - len(rows) - 2:,} more findings not shown here.\n")
    assert 100 < len(rows) < 1500
    assert [row[0] for row in tables(text)[0]] == [
        "RC001 not-json",
        "RC002 duplicate-keys",
        "RC502 personal-path",
    ]
    assert "#### RC502" not in text


@pytest.mark.parametrize(
    "key", ["{number}" + "<" * 10_000, "{number}" + "\u4eac" * 3_000], ids=["signs", "wide"]
)
def test_a_summary_of_long_messages_is_below_60_kb(tmp_path: Path, key: str) -> None:
    _keys(tmp_path, 60, key)
    github("--select", "RC002", ".", cwd=tmp_path)
    assert (tmp_path / "summary.md").stat().st_size < 60_000
    assert "more findings not shown here." in summary(tmp_path)


# ---- a summary that cannot be written


@pytest.mark.parametrize(
    "place", ["no/summary.md", "tests", "pyproject.toml/x", "bad\x1b[31m\n/x"], ids=ascii
)
def test_a_summary_that_cannot_be_written_is_reported_in_one_line(project: Path, place: str) -> None:
    (project / "pyproject.toml").touch()
    env = {"GITHUB_STEP_SUMMARY": place, "GITHUB_WORKSPACE": None}
    result = run("check", "--format", "github", cwd=project, env=env)
    assert (result.code, len(problems(result)), unsafe(result.err)) == (2, 1, set())
    assert "cannot be written: " in result.err
    assert "a bug in recctl" not in result.err
    assert len(commands(result.out)) == 3


def test_a_summary_that_cannot_be_written_hides_no_other_problem(project: Path) -> None:
    env = {"GITHUB_STEP_SUMMARY": "no/summary.md", "GITHUB_WORKSPACE": None}
    result = run("check", "gone.json", "tests", "--format", "github", cwd=project, env=env)
    assert result.code == 2
    assert [("gone.json" in line, "summary" in line) for line in sorted(problems(result))] == [
        (True, False),
        (False, True),
    ]


def test_a_summary_without_permission_is_reported_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.json").write_bytes(b"{")
    (tmp_path / "summary.md").touch(0o444)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    result = run_unprivileged("check", ".", "--format", "github", cwd=tmp_path)
    line = "recctl: summary.md: cannot be written: Permission denied"
    assert (result.code, problems(result), os.stat(tmp_path / "summary.md").st_size) == (2, [line], 0)
