"""recctl as a process among others: closing pipes, full disks, encodings, signals, ways to start it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from recctl import __version__
from recctl.cli.app import COMMANDS
from tests.helpers import (
    HANGS_AFTER,
    MODULE,
    SAMPLES,
    SEED_TEXT,
    Result,
    chat,
    chat_stream,
    document,
    environment,
    few,
    problems,
    put,
    run,
    run_process,
    run_shell,
    sample,
)

SCRIPT = Path(sys.executable).with_name("recctl")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory whose every view is much longer than a pipe holds (64 kB)."""
    directory = tmp_path_factory.mktemp("large")
    put(directory / "one.json", chat_stream(*["A long line of words.\n"] * 6000))
    for number in range(800):
        put(directory / f"{number}.json", chat("word " * 30, model=f"model-{number}", test_id="t" * 100))
    return directory


LARGE_VIEWS = {
    "ls": ["ls", "."],
    "ls --json": ["ls", ".", "--json"],
    "ls --long": ["ls", ".", "--long"],
    "show": ["show", "./one.json"],
    "show --text": ["show", "--text", "./one.json"],
    "show --chunks": ["show", "--chunks", "./one.json"],
    "show --json": ["show", "--json", "./one.json"],
    "show --raw": ["show", "--raw", "./one.json"],
}


WRITERS: dict[str, list[str | Path]] = {
    "ls": ["ls", SAMPLES],
    "ls --json": ["ls", SAMPLES, "--json"],
    "ls --ids": ["ls", SAMPLES, "--ids"],
    "show": ["show", sample("ab7d")],
    "show --text": ["show", "--text", sample("ab7d")],
    "show --raw": ["show", "--raw", sample("ab7d")],
    "show --json": ["show", "--json", sample("ab7d")],
    "--version": ["--version"],
    "--help": ["--help"],
    "ls --help": ["ls", "--help"],
}


# ---- pipes


@pytest.mark.parametrize("view", few(LARGE_VIEWS, kept=("ls --json", "show --text")))
def test_a_reader_that_leaves_is_no_error(large: Path, view: str) -> None:
    result = run_shell(f"recctl {' '.join(LARGE_VIEWS[view])} | head -1", cwd=large)
    assert (result.code, result.err) == (0, "")
    assert result.data == run(*LARGE_VIEWS[view], cwd=large).data.split(b"\n")[0] + b"\n"


@pytest.mark.parametrize("view", few(WRITERS, kept=("ls", "show --raw", "--help")))
def test_a_reader_that_is_gone_before_is_no_error(view: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        result = run_process(*WRITERS[view], stdout=pipe)
    assert (result.code, problems(result)) == (0, [])


def test_all_of_a_large_output_arrives(large: Path) -> None:
    result = run_process("show", "--text", "./one.json", cwd=large)
    assert result == Result(0, b"A long line of words.\n" * 6000, "")


# ---- stdout that takes nothing


@pytest.mark.parametrize("view", few(WRITERS, kept=("ls", "show --raw", "--help")))
def test_a_full_disk_is_one_line_and_exit_code_2(view: str) -> None:
    with Path("/dev/full").open("wb") as full:
        result = run_process(*WRITERS[view], stdout=full)
    assert result == Result(2, b"", "recctl: cannot write the output: No space left on device\n")


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "PYTHONUNBUFFERED"])
@pytest.mark.parametrize(
    "view", few(["ls", "ls --json", "show", "show --text", "show --raw"], kept=("ls", "show --raw"))
)
def test_a_disk_that_fills_up_halfway_is_noticed(
    large: Path, tmp_path: Path, view: str, unbuffered: str
) -> None:
    # A limit on the size of files stands for the disk: the first write takes some bytes, not all.
    script = f"ulimit -f 100; trap '' XFSZ; recctl {' '.join(LARGE_VIEWS[view])} > '{tmp_path}/out'"
    result = run_shell(script, cwd=large, env={"PYTHONUNBUFFERED": unbuffered})
    assert (result.code, problems(result)) == (2, ["recctl: cannot write the output: File too large"])


@pytest.mark.parametrize(
    "view", few([view for view in WRITERS if "--help" not in view], kept=("ls", "show --raw"))
)
def test_a_closed_stdout_is_one_line_and_exit_code_2(view: str) -> None:
    result = run_shell(f"recctl {' '.join(map(str, WRITERS[view]))} >&-")
    assert (result.code, result.data) == (2, b"")
    assert problems(result) == ["recctl: stdout is closed; redirect it to a file"]


def test_help_without_a_stdout_is_no_traceback() -> None:
    result = run_shell("recctl --help >&-")
    assert (result.code in (0, 2), "Traceback" in result.err) == (True, False)


def test_a_closed_stderr_takes_nothing_from_the_data() -> None:
    everything = run("ls", SAMPLES, cwd=SAMPLES).data
    assert run_shell(f"recctl ls '{SAMPLES}' 2>&-", cwd=SAMPLES) == Result(0, everything, "")
    assert run_shell("recctl ls no-such-directory 2>&-") == Result(2, b"", "")


def test_a_full_stderr_takes_nothing_from_the_data() -> None:
    everything = run("ls", SAMPLES, cwd=SAMPLES).data
    assert run_shell(f"recctl ls '{SAMPLES}' 2>/dev/full", cwd=SAMPLES) == Result(0, everything, "")


def test_a_closed_stdin_is_not_missed() -> None:
    assert run_shell(f"recctl show --text '{sample('ab7d')}' <&-") == Result(0, SEED_TEXT.encode(), "")


# ---- encodings

NO_UTF8 = {
    "ASCII": {"PYTHONIOENCODING": "ascii"},
    "ASCII, strict": {"PYTHONIOENCODING": "ascii:strict"},
    "Latin-1": {"PYTHONIOENCODING": "latin-1"},
    "C locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


@pytest.mark.parametrize("name", few(NO_UTF8, 2))
def test_without_utf8_nothing_fails_and_nothing_is_lost(name: str) -> None:
    result = run_process("show", sample("2204"), env=NO_UTF8[name])
    assert (result.code, result.err) == (0, "")
    assert b"\\u4eac\\u90fd and \\u5317\\u4eac" in result.data
    assert result.data.isascii()


@pytest.mark.parametrize("name", few(NO_UTF8, 2))
def test_without_utf8_text_and_json_are_still_exact(name: str) -> None:
    text = document(sample("2204"))["response"]["body"]
    said = "".join(chunk["__data__"]["choices"][0]["delta"]["content"] or "" for chunk in text)
    assert run_process("show", "--text", sample("2204"), env=NO_UTF8[name]) == Result(0, said.encode(), "")
    result = run_process("show", "--json", sample("2204"), env=NO_UTF8[name])
    assert json.loads(result.data)[0]["response"]["choices"][0]["text"] == said


def test_lang_c_is_utf8_all_the_same() -> None:
    result = run_process("show", sample("2204"), env={"LANG": "C", "LC_ALL": None, "LC_CTYPE": None})
    assert (result.code, result.err, "京都 and 北京" in result.out) == (0, "", True)


def test_file_names_that_are_not_utf8_reach_stderr_and_stdout(tmp_path: Path) -> None:
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    put(tmp_path / f"{name}.json", chat())
    (tmp_path / f"{name}-cut.json").write_bytes(b"{")
    result = run_process("ls", ".", cwd=tmp_path)
    assert result.code == 2
    assert result.out.split("\t")[7] == "caf\\xe9.json"
    assert result.err.startswith("recctl: caf\\xe9-cut.json: is cut short")


# ---- signals


@pytest.mark.promise("Ctrl-C leaves neither a traceback nor a process")
@pytest.mark.parametrize("view", few(["show --text", "show", "ls", "ls --json"], 2))
def test_ctrl_c_is_130_and_says_nothing(large: Path, view: str) -> None:
    """The first byte has come and the pipe is too small for the rest: recctl is busy writing."""
    command = [*MODULE, *LARGE_VIEWS[view]]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=large, stdout=pipe, stderr=pipe, env=environment(None)) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=HANGS_AFTER)
    assert (process.returncode, err) == (130, b"")


# ---- ways to start it


@pytest.mark.parametrize("command", [[SCRIPT], [sys.executable, "-m", "recctl"]], ids=["script", "module"])
def test_installed_script_and_module_are_the_same(command: list[str | Path]) -> None:
    def says(*args: str | Path) -> tuple[int, bytes, bytes]:
        done = subprocess.run([*command, *args], capture_output=True, timeout=HANGS_AFTER)
        return done.returncode, done.stdout, done.stderr

    assert says("--version") == (0, f"recctl {__version__}\n".encode(), b"")
    assert says("show", "--text", sample("ab7d")) == (0, SEED_TEXT.encode(), b"")
    code, out, err = says("nope")
    assert (code, out, err.count(b"\n")) == (2, b"", 1)
    assert err.startswith(b"recctl: No such command")


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("command", [[], ["ls"], ["show"]], ids=["recctl", "ls", "show"])
def test_help_goes_to_stdout(command: list[str], option: str) -> None:
    result = run_process(*command, option)
    assert (result.code, result.err) == (0, "")
    assert result.out.split()[:3] == ["Usage:", "recctl", *(command or ["[OPTIONS]"])]
    assert "\x1b" not in result.out


FIRST_LINES = {
    "ls": "What is recorded here, and what did the model answer?",
    "show": "What was asked, and what did the model answer?",
}


@pytest.mark.parametrize("command", FIRST_LINES)
def test_help_says_the_job_first(command: str) -> None:
    lines = [line.strip() for line in run(command, "--help").out.splitlines() if line.strip()]
    assert lines[1].startswith(FIRST_LINES[command])


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_has_two_examples(command: str) -> None:
    result = run(command, "--help")
    lines = [line.strip() for line in result.out.splitlines()]
    assert (result.code, result.err) == (0, "")
    assert len([line for line in lines if line.startswith(f"recctl {command}")]) >= 2


def test_without_a_command_help_is_shown() -> None:
    result = run_process()
    assert (result.code, result.err) == (0, "")
    assert "ls" in result.out
    assert "Traceback" not in result.out


GROUPS = {
    "Read": ["ls", "show"],
    "Compare": ["diff"],
    "Replay": ["hash"],
    "Check": ["check", "rule"],
    "Change": ["normalize", "prune", "undo"],
    "Other": ["cache", "help"],
}


def test_help_groups_the_commands() -> None:
    lines = [line.strip(" │") for line in run("--help", env={"COLUMNS": "200"}).out.splitlines()]
    groups: dict[str, list[str]] = {}
    for line in lines[lines.index(next(line for line in lines if "─ Read ─" in line)) :]:
        if title := re.search(r"─ (\w+) ─", line):
            groups[title[1]] = []
        elif line.split(" ")[0] in COMMANDS:
            groups[list(groups)[-1]].append(line.split(" ")[0])
    assert (groups, list(groups)) == (GROUPS, list(GROUPS))
