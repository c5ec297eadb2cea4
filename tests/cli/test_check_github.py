"""check --format github: annotations and a summary, and nothing in a file that could make more of them."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.cli.test_access import run_unprivileged
from tests.cli.test_terminal import ALL_HOSTILE, unsafe
from tests.helpers import Result, chat, problems, put, run

MEGABYTE = 1024 * 1024  # more than this GitHub does not take as the summary of a step
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


def cells(text: str) -> list[list[str]]:
    """The rows of the table in a summary, as the text that a reader sees, by the rules of GFM."""
    rows = [line for line in text.split("\n") if line.startswith("|")]
    assert re.fullmatch(r"\|( *:?-+:? *\|)+", rows[1])
    return [[html.unescape(cell.strip()) for cell in _cells_of(row)] for row in (rows[0], *rows[2:])]


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
        "it is not spelled as the recorder does it: it does not end in one line break\n"
        f"::warning file={place},line={lines[0]},title=RC502 personal-path::"
        f"line {lines[0]} holds a path of somebody's home directory\n"
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
    assert command.message == "100%0A%25::error::x, y: z stands twice in one object; readers keep the last"
    assert "::100%250A%2525::error::x, y: z stands" in result.out


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
    table = cells(summary(tmp_path))
    assert (len(table), {len(row) for row in table}) == (len(found) + 1, {4})


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


def test_names_that_are_not_utf8_are_spelled_out(tmp_path: Path) -> None:
    (tmp_path / "\udcff.json").write_bytes(b"{")
    for workspace in (None, tmp_path):
        (command,) = commands(github(".", cwd=tmp_path, workspace=workspace).out)
        assert command.properties["file"] == "\\xff.json"
        assert cells(summary(tmp_path))[1][2] == "\\xff.json"


# ---- the summary


def test_the_summary_is_a_table_of_all_findings_errors_first(project: Path) -> None:
    result = github(cwd=project)
    text = summary(project)
    (path,) = (project / "tests/a/recordings").iterdir()
    head, *rows = cells(text)
    assert len(head) == 4
    assert [(code, severity, file) for code, severity, file, _ in rows] == [
        ("RC001", "error", "tests/b/recordings/cut.json"),
        ("RC404", "warning", path.relative_to(project).as_posix()),
        ("RC502", "warning", path.relative_to(project).as_posix()),
    ]
    assert [row[3] for row in rows] == [command.message for command in commands(result.out)]
    assert result.err.strip() in html.unescape(text)
    assert text.startswith("### recctl check\n")
    kinds, parsed = seen_by_markdown(text)
    assert (kinds, parsed) == (PLAIN | {"text_special"} if "text_special" in kinds else PLAIN, [head, *rows])


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
def test_without_a_place_for_it_no_summary_is_written(project: Path, value: str | None) -> None:
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
    shown, told = (part.replace("\n", "\\n") for part in (name, text))
    row = ["RC002", "error", shown, f"{told} stands twice in one object; readers keep the last"]
    assert cells(written)[1:] == [row]
    kinds, parsed = seen_by_markdown(written)
    assert kinds <= PLAIN | {"text_special"}
    assert [[" ".join(cell.split()) for cell in one] for one in parsed[1:]] == [row]
    assert (len(parsed), parsed[0][0]) == (2, "code")


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
    assert (len(commands(result.out)), len(cells(text)), unsafe(text)) == (1, 2, set())


def _many(root: Path, count: int) -> Iterator[Path]:
    for number in range(count):
        path = root / f"{number:05}.json"
        path.write_bytes(b"{")
        yield path


@pytest.mark.parametrize(
    ("count", "rest"), [(999, None), (1000, None), (1001, "1 more"), (2234, "1,234 more")]
)
def test_a_table_of_more_than_a_thousand_is_cut_and_says_so(
    tmp_path: Path, count: int, rest: str | None
) -> None:
    paths = list(_many(tmp_path, count))
    result = github(".", cwd=tmp_path)
    text = summary(tmp_path)
    rows = cells(text)[1:]
    assert [row[2] for row in rows] == [path.name for path in paths[:1000]]
    assert len(commands(result.out)) == count
    assert [line for line in text.splitlines() if " more " in line] == (
        [f"{rest} are not shown."] if rest else []
    )
    assert f"{count:,} errors" in text
    assert seen_by_markdown(text)[1][-1][2] == paths[:1000][-1].name


def test_a_cut_table_leaves_out_warnings_first(tmp_path: Path) -> None:
    put(tmp_path / "0.json", chat("/home/ada/x"))
    for _ in _many(tmp_path, 1000):
        pass
    github("--select", "RC001,RC502", ".", cwd=tmp_path)
    assert {row[1] for row in cells(summary(tmp_path))[1:]} == {"error"}


def test_a_summary_is_no_larger_than_github_takes(tmp_path: Path) -> None:
    for number in range(60):
        key = json.dumps(f"{number}" + "<" * 10_000)
        raw = f'{{"request": {{{key}: 1, {key}: 2}}, "response": {{"body": {{}}}}}}'
        (tmp_path / f"{number}.json").write_text(raw)
    github("--select", "RC002", ".", cwd=tmp_path)
    assert (tmp_path / "summary.md").stat().st_size <= MEGABYTE


# ---- a summary that cannot be written


@pytest.mark.parametrize(
    "place", ["no/summary.md", "tests", "pyproject.toml/x", "bad\x1b[31m\n/x"], ids=ascii
)
def test_a_summary_that_cannot_be_written_is_told_in_one_line(project: Path, place: str) -> None:
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


def test_a_summary_without_permission_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.json").write_bytes(b"{")
    (tmp_path / "summary.md").touch(0o444)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    result = run_unprivileged("check", ".", "--format", "github", cwd=tmp_path)
    line = "recctl: summary.md: cannot be written: Permission denied"
    assert (result.code, problems(result), os.stat(tmp_path / "summary.md").st_size) == (2, [line], 0)
