"""On a terminal: widths, colours; and nothing in a recording can steer it."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.listing import COUNT, TOTALS
from tests.helpers import (
    HANGS_AFTER,
    ROOT,
    SAMPLES,
    Result,
    chat,
    chat_stream,
    put,
    run,
    run_in_terminal,
    sample,
)

SGR = re.compile(r"\x1b\[[0-9;]*m")
COMMANDS: dict[str, list[str | Path]] = {"ls": ["ls", SAMPLES], "show": ["show", sample("ab7d")]}
WIDTHS = [60, 80, 120, 160, 200]


def bare(result: Result) -> str:
    """What stands on the screen: the output without colours."""
    return SGR.sub("", result.out)


@cache
def in_colour(command: str) -> Result:
    """A command on a terminal of the usual size and kind."""
    return run_in_terminal(*COMMANDS[command])


def unsafe(text: str) -> set[str]:
    """The characters that a terminal would not simply print; a line break is one it may be sent."""
    return {char for char in text if not char.isprintable() and char != "\n"}


# ---- widths


@pytest.mark.parametrize("columns", WIDTHS)
def test_no_line_of_ls_is_wider_than_the_screen(columns: int) -> None:
    result = run_in_terminal("ls", SAMPLES, columns=columns)
    lines = bare(result).split("\n")
    assert (result.code, lines[-2]) == (0, TOTALS.strip())
    assert max(map(cell_len, lines)) == columns
    assert len([line for line in lines if re.match(r" +rec-[0-9a-f]{12}(-[0-9a-f]{2})?  ", line)]) == COUNT
    assert unsafe("".join(lines)) == set()


@pytest.mark.parametrize("columns", WIDTHS)
def test_no_line_of_show_is_wider_than_the_screen(columns: int) -> None:
    result = run_in_terminal("show", *sorted(SAMPLES.rglob("*.json")), columns=columns)
    text = bare(result)
    assert (result.code, unsafe(text)) == (0, set())
    assert max(map(cell_len, text.split("\n"))) <= columns


@pytest.mark.parametrize("columns", WIDTHS)
def test_no_line_of_chunks_is_wider_than_the_screen(columns: int) -> None:
    result = run_in_terminal("show", "--chunks", sample("ab7d"), sample("8f4a"), columns=columns)
    assert (result.code, unsafe(bare(result))) == (0, set())
    assert max(map(cell_len, bare(result).split("\n"))) <= columns


def test_wrapping_loses_no_word(tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(300)]
    path = put(tmp_path, chat(" ".join(words)))
    result = run_in_terminal("show", path, columns=60, env={"NO_COLOR": "1"})
    assert [word for word in result.out.split() if word.startswith("word")] == words


def test_columns_of_the_environment_count() -> None:
    result = run_in_terminal("ls", SAMPLES, columns=80, env={"COLUMNS": "100"})
    assert max(map(cell_len, bare(result).split("\n"))) == 100


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    """Recordings whose names and answers take two columns a character, or none."""
    texts = [
        "京都と北京",
        "cafe\u0301",
        "🧳🇯🇵",
        "👩\u200d🔬❤\ufe0f",
        "plain",
        "\uff46\uff55\uff4c\uff4c",
        "한국어",
    ]
    for number, text in enumerate(texts):
        put(
            tmp_path / f"{number}.json", chat(text * 40, test_id=f"t.py::test_{text}[{text * 9}]", model=text)
        )
    return tmp_path


@pytest.mark.parametrize("columns", WIDTHS)
def test_columns_stay_aligned_with_wide_characters(wide: Path, columns: int) -> None:
    result = run_in_terminal("ls", wide, columns=columns, env={"NO_COLOR": "1"})
    rows = [row for row in result.out.split("\n") if row.endswith("kB") and row.startswith("  ")]
    assert {cell_len(row) for row in rows} == {columns}
    starts = {cell_len(row[: row.index("chat")]) for row in rows}
    assert (len(rows), len(starts)) == (7, 1)


# ---- colours


def test_ls_is_coloured_on_a_terminal_only_by_sgr_sequences() -> None:
    result = in_colour("ls")
    assert set(re.findall(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", result.out)) == set(SGR.findall(result.out))
    assert "\x1b" not in bare(result)
    assert re.search(r"\x1b\[36mrec-ddaa85041072 *\x1b\[0m", result.out)


PLAIN = {
    "NO_COLOR": {"NO_COLOR": "1"},
    "NO_COLOR of zero": {"NO_COLOR": "0"},
    "dumb": {"TERM": "dumb"},
    "NO_COLOR wins": {"NO_COLOR": "1", "FORCE_COLOR": "1"},
}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("command", COMMANDS)
def test_without_colour_the_text_is_the_same(command: str, name: str) -> None:
    plain = run_in_terminal(*COMMANDS[command], env=PLAIN[name])
    assert "\x1b[" in in_colour(command).out
    assert plain == Result(0, bare(in_colour(command)).encode(), "")


def test_an_empty_no_color_is_not_set() -> None:
    assert "\x1b[" in run_in_terminal("ls", SAMPLES, env={"NO_COLOR": ""}).out


def test_force_color_colours_a_pipe_but_neither_wraps_nor_cuts_it() -> None:
    forced = run("show", sample("ab7d"), env={"FORCE_COLOR": "1"})
    assert (forced.code, forced.err, "\x1b[" in forced.out) == (0, "", True)
    assert bare(forced) == run("show", sample("ab7d")).out


@pytest.mark.promise("In a pipe documents and texts are exact")
@pytest.mark.parametrize(
    "env", [{"TERM": "xterm-256color", "COLUMNS": "20"}, {"FORCE_COLOR": "1", "COLUMNS": "20"}]
)
def test_ls_in_a_pipe_is_never_decorated(env: dict[str, str]) -> None:
    assert run("ls", SAMPLES, cwd=ROOT, env=env) == run("ls", SAMPLES, cwd=ROOT)


@pytest.mark.parametrize("view", [[], ["--chunks"], ["--json"]], ids=["page", "chunks", "json"])
def test_show_in_a_pipe_has_no_escapes(view: list[str]) -> None:
    result = run("show", *sorted(SAMPLES.rglob("*.json")), *view, env={"COLUMNS": "20"})
    assert (result.code, result.err, "\x1b" in result.out) == (0, "", False)


# ---- text that would steer the terminal

HOSTILE = {
    "SGR": "\x1b[45;5m",
    "OSC 8 link": "\x1b]8;;http://evil.example\x1b\\",
    "OSC 52 clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "title": "\x1b]0;evil\x07",
    "clear": "\x1b[2J\x1b[H",
    "C1": "\x9b45m\x90q\x9c\x85",
    "return and backspace": "\rno\b\b",
    "null, bell, delete": "\x00\x07\x7f",
    "bidi": "\u202eevil\u202c\u2066\u2069\u200f\u061c",
    "zero width": "\u200b\u200d\u2060\ufeff\u00ad",
    "lines": "\u2028\u2029\x0b\x0c",
    "tags": "\U000e0041\U000e007f",
    "lone surrogate": "\ud800",
    "markup": "[bold]x[/bold][link=file:///]y[/link]",
}
# Without the surrogate: it makes JSON fall back to a writer that escapes everything.
ALL_HOSTILE = "".join(text for name, text in HOSTILE.items() if name != "lone surrogate")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Recordings with such text wherever there can be text, under such names; one cut short."""
    directory = tmp_path_factory.mktemp("hostile")
    names = ALL_HOSTILE.replace("/", "").replace("\0", "")
    tool = {
        "type": "function",
        "function": {"name": ALL_HOSTILE, "description": ALL_HOSTILE, "parameters": {}},
    }
    more = {"prompt": ALL_HOSTILE, "tools": [tool], ALL_HOSTILE: ALL_HOSTILE}
    for make in (chat, chat_stream):
        recording = make(ALL_HOSTILE, test_id=f"t.py::test[{names}]", model=ALL_HOSTILE, **more)
        put(directory, recording)
        put(directory / f"{make.__name__}{names}.json", recording)
    (directory / f"cut{names}.json").write_bytes(b"{")
    return directory


VIEWS = ["ls", "ls --long", "ls --ids", "ls --json", "show", "show --text", "show --chunks", "show --json"]


@pytest.mark.parametrize("view", VIEWS)
def test_hostile_text_cannot_steer_the_terminal(hostile: Path, view: str) -> None:
    command, *options = view.split()
    files: list[str | Path] = [hostile] if command == "ls" else sorted(hostile.iterdir())
    result = run_in_terminal(command, *options, *files, columns=120, env={"NO_COLOR": "1"})
    assert (result.code, unsafe(result.out)) == (2, set())
    assert result.out.count("\n") > 5


@pytest.mark.parametrize("view", ["ls", "ls --long", "show", "show --chunks"])
def test_hostile_text_cannot_hide_among_colours(hostile: Path, view: str) -> None:
    command, *options = view.split()
    files: list[str | Path] = [hostile] if command == "ls" else sorted(hostile.iterdir())
    result = run_in_terminal(command, *options, *files, columns=120)
    used = {code for sequence in SGR.findall(result.out) for code in sequence[2:-1].split(";")}
    assert unsafe(bare(result)) == set()
    assert used <= {"0", "1", "2", "3", "31", "32", "33", "34", "35", "36"}


@pytest.fixture(scope="module")
def on_screen(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """What `show` and `ls --long` say of a recording for each hostile text."""
    directory = tmp_path_factory.mktemp("texts")
    for number, text in enumerate(f"<{text}>" for text in HOSTILE.values()):
        put(directory / f"{number}.json", chat(text, prompt=text, model=text, test_id=text))
    plain = {"NO_COLOR": "1"}
    shown = run_in_terminal("show", *sorted(directory.iterdir()), columns=4000, env=plain)
    listed = run_in_terminal("ls", "--long", directory, columns=4000, env=plain)
    assert (shown.code, listed.code) == (0, 0)
    return shown.out, listed.out


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_shown_as_what_it_is(on_screen: tuple[str, str], name: str) -> None:
    visible = "".join(char if char.isprintable() else repr(char)[1:-1] for char in f"<{HOSTILE[name]}>")
    shown, listed = on_screen
    assert shown.count(visible) == 4
    assert listed.count(visible) in (2, 3)  # in the few words of an answer, blanks of all kinds are one blank


USED_WRONGLY = {
    "reference": ["show", ALL_HOSTILE.replace("\0", "").replace("/", "")],
    "test as a reference": ["show", "test_\x1b[45m\x9b\u202e"],
    "path": ["ls", "no/\x1b[45m\x9b\u202e"],
    "path of show": ["show", "no/\x1b[45m\x9b\u202e"],
    "directory": ["show", "ab7d", "--dir", "\x1b[45m\x9b\u202e"],
    "option": ["ls", "--\x1b[45m\x9b\u202e"],
    "value": ["ls", "--kind", "\x1b[45m\x9b\u202e"],
    "command": ["\x1b[45m\x9b\u202e"],
}


@pytest.mark.parametrize("case", USED_WRONGLY)
def test_errors_say_hostile_text_safely(hostile: Path, case: str) -> None:
    result = run(*USED_WRONGLY[case], cwd=hostile, env={"RECCTL_RECORDINGS": "."})
    assert (result.code, result.data) == (2, b"")
    assert unsafe(result.err) == set()
    assert "\\x1b[45" in result.err


def test_ambiguous_hostile_names_are_listed_safely(tmp_path: Path) -> None:
    for name in ("\x1b[45m", "\x9b\u202e\n"):
        put(tmp_path / f"{name}/same.json", chat())
    result = run("show", "same", "--dir", tmp_path, cwd=tmp_path)
    assert (result.code, result.data, unsafe(result.err)) == (2, b"", set())
    assert result.err.count("\n") == 3


def test_hostile_pyproject_is_named_safely(tmp_path: Path) -> None:
    directory = tmp_path / "\x1b[45m\u202e"
    directory.mkdir()
    (directory / "pyproject.toml").write_text("\x1b")
    result = run("ls", cwd=directory)
    assert (result.code, result.data, result.err.count("\n"), unsafe(result.err)) == (2, b"", 1, set())


# ---- progress

SLOW = """
import sys, time
from recctl.views.progress import progress
for number in progress(range(int(sys.argv[1])), "reading recordings", 4):
    time.sleep(0.2)
"""


def test_progress_of_long_work_is_drawn_on_a_terminal_and_taken_away() -> None:
    result = run_in_terminal("4", program=[sys.executable, "-c", SLOW])
    assert result.code == 0
    assert re.fullmatch(r"(\r\x1b\[2Kreading recordings [123] of 4)+\r\x1b\[2K", result.out)


def test_progress_of_short_work_is_not_drawn() -> None:
    assert run_in_terminal("1", program=[sys.executable, "-c", SLOW]) == Result(0, b"", "")


@pytest.mark.slow
def test_progress_is_not_drawn_in_a_pipe() -> None:
    done = subprocess.run([sys.executable, "-c", SLOW, "4"], capture_output=True, timeout=HANGS_AFTER)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
