"""The pager: who gets the output, when, and what happens when it fails."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.helpers import SAMPLES, Result, chat, put, run, run_in_terminal, sample

COMMANDS: dict[str, list[str | Path]] = {"ls": ["ls", SAMPLES], "show": ["show", sample("ab7d")]}


@cache
def direct(command: str) -> Result:
    """A command on a terminal of the usual size, without a pager."""
    return run_in_terminal(*COMMANDS[command])


@pytest.fixture
def pager(tmp_path: Path) -> Path:
    """A pager that keeps what it was called with and given, and shows it with a mark."""
    script = tmp_path / "pager"
    here = str(tmp_path)
    script.write_text(
        f"#!/bin/sh\necho \"$# $1 $LESS\" > '{here}/called'\necho '<paged>'\ntee '{here}/given'\n"
    )
    script.chmod(0o755)
    return script


@pytest.mark.parametrize("command", COMMANDS)
def test_pager_gets_what_is_longer_than_the_screen(pager: Path, command: str) -> None:
    paged = run_in_terminal(*COMMANDS[command], rows=20, env={"PAGER": str(pager)})
    assert paged == Result(0, b"<paged>\n" + direct(command).data, "")
    assert (pager.parent / "called").read_text() == "0  FRX\n"


@pytest.mark.parametrize(
    ("rows", "used"),
    [(25, False), (24, True), (100, False), (5, True)],
    ids=["fits", "just too long", "short", "long"],
)
def test_pager_is_used_only_when_needed(pager: Path, rows: int, used: bool) -> None:
    page = run("show", sample("ab7d")).out
    extra = 24 - page.count("\n")  # the page, then the bottom row for the shell's prompt
    result = run_in_terminal(
        "show", sample("ab7d"), columns=300, rows=rows - extra, env={"PAGER": str(pager)}
    )
    assert (result.code, result.out.startswith("<paged>")) == (0, used)


def test_pager_may_have_arguments_and_less_its_own_settings(pager: Path) -> None:
    env = {"PAGER": f"'{pager}' --plain", "LESS": "Q"}
    assert run_in_terminal("ls", SAMPLES, env=env).out.startswith("<paged>")
    assert (pager.parent / "called").read_text() == "1 --plain Q\n"


def test_pager_is_never_used_in_a_pipe(pager: Path) -> None:
    for args in COMMANDS.values():
        assert run(*args, env={"PAGER": str(pager), "LINES": "3"}) == run(*args)
    assert not (pager.parent / "called").exists()


@pytest.mark.parametrize("view", [["--text"], ["--json"], ["--raw"]], ids=" ".join)
def test_pager_is_not_used_for_data(pager: Path, view: list[str]) -> None:
    shown = run_in_terminal("show", *view, sample("ab7d"), rows=1)
    assert run_in_terminal("show", *view, sample("ab7d"), rows=1, env={"PAGER": str(pager)}) == shown
    assert (shown.code, len(shown.data) > 50, (pager.parent / "called").exists()) == (0, True, False)


@pytest.mark.parametrize("command", ["", "cat", "no-such-pager", "/dev/null", "less 'unclosed", "  "])
def test_pager_that_cannot_be_used_is_done_without(command: str) -> None:
    assert run_in_terminal("ls", SAMPLES, env={"PAGER": command}) == direct("ls")


def test_pager_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    put(tmp_path, chat("A line of words.\n" * 20_000))
    result = run_in_terminal("show", *tmp_path.iterdir(), env={"PAGER": "head -n 1", "NO_COLOR": "1"})
    (name,) = (path.stem[:12] for path in tmp_path.iterdir())
    assert result == Result(0, f"rec-{name}  gpt-4o  openai\n".encode(), "")
