"""What goes wrong: one line says what and where, the exit code is 2, and the good recordings are shown."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest

from recctl.cli.app import COMMANDS
from tests.helpers import ROOT, Result, chat, few, problems, run

GOOD = chat().to_bytes()
CUT = b'{"test_id": null, "request": {"url": "http://x", "bo'

# What is in the file → what is said about it.
BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "blank": (b" \n\t\n", "is empty"),
    "cut in a string": (CUT, "is cut short: not JSON at line 1 column 50"),
    "cut in an object": (GOOD[:300].rstrip(), "is cut short"),
    "cut before its end": (GOOD.rstrip()[:-1], "is cut short"),
    "words": (b"hello", "is not JSON at line 1 column 1"),
    "merge conflict": (GOOD[:20] + b"\n<<<<<<< HEAD\n" + GOOD[20:], "is not JSON at line 3"),
    "two documents": (GOOD + GOOD, "is not JSON at line"),
    "zeros": (bytes(64), "is not JSON"),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD, "is not JSON"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "is not UTF-8: byte 0 is 0xff"),
    "Latin-1": (GOOD.replace(b"Hello", b"H\xe9llo"), "is not UTF-8: byte"),
    "Latin-1 in what ls skips": (GOOD.replace(b"Hi.", b"H\xef."), "is not UTF-8: byte"),
    "array": (b"[]", "is JSON but no recording: it holds an array"),
    "number": (b"3", "is JSON but no recording: it holds a single value"),
    "null": (b"null", "is JSON but no recording: it holds a single value"),
    "other JSON": (b'{"name": "package"}', 'no recording: it has no "request" object'),
    "no response": (b'{"request": {}}', 'no recording: it has no "response" object'),
    "request is null": (b'{"request": null, "response": {}}', 'it has no "request" object'),
    "response is a list": (b'{"request": {}, "response": []}', 'it has no "response" object'),
    "deep": (b'{"request": {"body": ' + b"[" * 200_000, "is nested too deeply to be a recording"),
}

VIEWS = {
    "ls": ["ls"],
    "ls --json": ["ls", "--json"],
    "ls --ids": ["ls", "--ids"],
    "ls --long": ["ls", "--long"],
}


# ---- files that are no recordings


@pytest.mark.promise("A bad file is named and hides no good one")
@pytest.mark.parametrize("name", BAD)
def test_bad_file_is_named_and_the_good_one_listed(mixed: Path, name: str) -> None:
    content, what = BAD[name]
    (mixed / "bad.json").write_bytes(content)
    good = run("ls", "mixed/good.json", cwd=mixed.parent)
    result = run("ls", "mixed", cwd=mixed.parent)
    (line,) = problems(result)
    assert (result.code, result.data) == (2, good.data)
    assert line.startswith("recctl: mixed/bad.json: ")
    assert what in line
    assert result.err.splitlines()[1:] == [f"{good.err.rstrip()}; 1 unreadable"]


@pytest.mark.promise("A bad file is named and hides no good one")
@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize(
    "view", [[], ["--text"], ["--json"], ["--chunks"]], ids=["page", "text", "json", "chunks"]
)
def test_bad_file_is_named_and_the_good_one_shown(mixed: Path, name: str, view: list[str]) -> None:
    content, what = BAD[name]
    (mixed / "bad.json").write_bytes(content)
    good = run("show", *view, "./good.json", cwd=mixed)
    result = run("show", *view, "./bad.json", "./good.json", cwd=mixed)
    (line,) = problems(result)
    assert (result.code, result.data) == (2, good.data)
    assert line.startswith("recctl: bad.json: ")
    assert what in line


@pytest.mark.parametrize("view", VIEWS)
def test_many_bad_files_are_a_line_each(mixed: Path, view: str) -> None:
    for number, (content, _) in enumerate(BAD.values()):
        (mixed / f"bad{number}.json").write_bytes(content)
    good = run(*VIEWS[view], "good.json", cwd=mixed)
    result = run(*VIEWS[view], ".", cwd=mixed)
    assert (result.code, result.data) == (2, good.data)
    assert len(problems(result)) == len(BAD)
    assert result.err.count("\n") == len(BAD) + 1


@pytest.mark.parametrize(
    ("content", "model"),
    [
        (GOOD.replace(b'"headers": {}', b'"headers": NaN'), "gpt-4o"),
        (GOOD.replace(b'"headers": {}', b'"headers": "\\ud800"'), "gpt-4o"),
        (GOOD.replace(b"\n", b"\r\n"), "gpt-4o"),
        (GOOD.replace(b'"test_id": null', b'"test_id": 7'), "gpt-4o"),
        (GOOD.replace(b'"headers": {}', b'"model": {"a": 1}'), "gpt-4o"),
        (b'{"request": {}, "response": {}}', None),
        (b'{"request": {"body": 3, "url": []}, "response": {"body": "text", "status": "x"}}', None),
        (b'{"request": {"url": "http://[::1"}, "response": {"is_streaming": true, "body": {}}}', None),
    ],
    ids=["NaN", "surrogate", "CRLF", "number as a test", "two models", "bare", "odd types", "odd url"],
)
def test_odd_recordings_are_recordings(tmp_path: Path, content: bytes, model: str | None) -> None:
    path = tmp_path / "odd.json"
    path.write_bytes(content)
    result = run("ls", path, "--json")
    assert (result.code, problems(result), json.loads(result.out)[0]["model"]) == (0, [], model)
    for view in ([], ["--json"], ["--chunks"], ["--text"]):
        assert run("show", path, *view).code == 0


# ---- paths


@pytest.mark.parametrize("command", ["ls", "show"])
@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("no/such.json", "no/such.json: no such file or directory"),
        ("good.json/below.json", "good.json/below.json: cannot be read: Not a directory"),
        ("x/" * 3000 + "x.json", ": cannot be read: File name too long"),
        ("y/" + "x" * 300, ": cannot be read: File name too long"),
    ],
    ids=["missing", "below a file", "long path", "long name"],
)
def test_path_that_cannot_be_is_named(mixed: Path, command: str, path: str, what: str) -> None:
    (mixed / "y").mkdir()
    result = run(command, path, cwd=mixed)
    (line,) = problems(result)
    assert (result.code, result.data) == (2, b"")
    assert what in line


def test_missing_directories_do_not_hide_the_good_ones(mixed: Path) -> None:
    result = run("ls", "gone", "mixed", "lost", "--ids", cwd=mixed.parent)
    what = "no such file or directory; name a directory of recordings, or a recording"
    assert (result.code, result.out) == (2, "good\n")
    assert problems(result) == [f"recctl: gone: {what}", f"recctl: lost: {what}"]


def test_missing_directories_of_references_are_named(mixed: Path) -> None:
    result = run("show", "--text", "good", "--dir", "gone", "--dir", "mixed", cwd=mixed.parent)
    assert (result.code, result.out) == (2, "Hello.")
    assert len(problems(result)) == 1
    assert result.err.startswith("recctl: gone: no such file or directory")


def test_directory_without_recordings_is_named(tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    line = (
        "recctl: no recordings in bare; recordings are .json files, usually in directories named recordings"
    )
    assert run("ls", "bare", cwd=tmp_path) == Result(2, b"", f"{line}\n")


def test_directory_without_recordings_is_an_empty_array(tmp_path: Path) -> None:
    result = run("ls", tmp_path, "--json")
    assert (result.code, result.out, len(problems(result))) == (2, "[]\n", 1)


# ---- wrong usage

USAGE = {
    "unknown command": (["lst"], "No such command 'lst'", "recctl --help"),
    "unknown option": (["ls", "--nope"], "No such option: --nope", "recctl ls --help"),
    "unknown option of recctl": (["--nope"], "No such option: --nope", "recctl --help"),
    "unknown option of show": (["show", "--nope", "x"], "No such option: --nope", "recctl show --help"),
    "unknown short option": (["ls", "-x"], "No such option: -x", "recctl ls --help"),
    "no reference": (["show"], "Missing argument 'REF...'", "recctl show --help"),
    "unknown kind": (
        ["ls", "--kind", "tols"],
        "'tols' is not one of 'inference', 'tool'",
        "recctl ls --help",
    ),
    "unknown order": (["ls", "--sort", "date"], "'date' is not one of 'test', 'id'", "recctl ls --help"),
    "limit of words": (["ls", "--limit", "few"], "'--limit': 'few' is not a valid int", "recctl ls --help"),
    "limit below zero": (["ls", "--limit", "-1"], "-1 is not in the range x>=0", "recctl ls --help"),
    "option without its value": (["ls", "--test"], "'--test' requires an argument", "recctl ls --help"),
    "value for a flag": (["ls", "--json=yes"], "'--json' does not take a value", "recctl ls --help"),
    "ids and json": (["ls", "--ids", "--json"], "--ids and --json cannot be combined", "give one of them"),
    "ids and long": (["ls", "--ids", "--long"], "--ids and --long cannot be combined", "give one of them"),
    "json and long": (["ls", "--json", "--long"], "--json and --long cannot be combined", "give one of them"),
    "text and chunks": (
        ["show", "--text", "--chunks", "ab7d"],
        "--text and --chunks cannot be combined",
        "give one of them",
    ),
    "raw and json": (
        ["show", "--json", "--raw", "ab7d"],
        "--raw and --json cannot be combined",
        "give one of them",
    ),
}


@pytest.mark.parametrize("case", USAGE)
def test_wrong_usage_is_one_line_and_exit_code_2(case: str) -> None:
    args, what, then = USAGE[case]
    result = run(*args, cwd=ROOT)
    assert (result.code, result.data, result.err.count("\n")) == (2, b"", 1)
    assert result.err.startswith("recctl: ")
    assert what in result.err
    assert result.err.rstrip().endswith(then)


def test_what_nobody_expects_is_one_line_too() -> None:
    """No shell can hand on a NUL, so no command has to know what it is."""
    result = run("ls", "\0")
    assert (result.code, result.data, len(problems(result))) == (2, b"", 1)
    assert "Traceback" not in result.err


# ---- what was meant

MEANT = {
    "command": (["sl"], "No such command 'sl'; did you mean ls? see: recctl --help"),
    "beginning of a command": (["norm"], "did you mean normalize?"),
    "command of help": (["help", "lss"], "did you mean ls?"),
    "option": (
        ["ls", "--modle", "x"],
        "No such option: --modle; did you mean --model? see: recctl ls --help",
    ),
    "option of recctl": (["--versoin"], "did you mean --version?"),
    "sort": (["ls", "--sort", "sise"], "did you mean size?"),
    "kind": (["ls", "--kind", "infer"], "did you mean inference?"),
    "format": (["check", "--format", "githb"], "did you mean github?"),
}


@pytest.mark.parametrize("name", MEANT)
def test_the_word_that_was_meant_is_named(name: str) -> None:
    args, said = MEANT[name]
    result = run(*args)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert said in result.err


@pytest.mark.parametrize("args", [["zzzz"], ["ls", "--zzzz"], ["ls", "--sort", "zzzz"]])
def test_where_no_word_is_near_none_is_named(args: list[str]) -> None:
    assert "did you mean" not in run(*args).err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tool.recctl.check]\nselekt = ["RC1"]\n', "has no key selekt; did you mean select? known are"),
        (
            '[tool.recctl]\nhash_rule = "2026-03-18"\n',
            "has no key hash_rule; did you mean hash-rule? known are",
        ),
        ("[tool.recctl]\nzzzz = 1\n", "has no key zzzz; known are recordings, hash-rule, check"),
    ],
)
def test_the_key_that_was_meant_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    result = run("check", cwd=tmp_path)
    assert (result.code, said in result.err) == (2, True)


# ---- help


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_is_its_option(command: str) -> None:
    wide = {"COLUMNS": "100"}
    asked, option = run("help", command, env=wide), run(command, "--help", env=wide)
    assert (asked.code, asked.out) == (0, option.out)
    assert f"Usage: recctl {command} " in asked.out


def test_help_alone_is_that_of_recctl() -> None:
    assert run("help").out == run("--help").out


@pytest.mark.parametrize("command", few(COMMANDS, 3))
def test_help_breaks_lines_only_where_the_screen_ends(command: str) -> None:
    """No line ends before the next word would not fit, but at the end of a paragraph or example."""
    text = run(command, "--help", env={"COLUMNS": "80"}).out.partition("╭")[0]
    lines = [line.strip() for line in text.splitlines()]
    for line, following in pairwise(lines):
        if line and following and not line.endswith((".", "?", ":")) and not following.startswith("recctl "):
            assert len(line) + 1 + len(following.split()[0]) > 78, (line, following)
