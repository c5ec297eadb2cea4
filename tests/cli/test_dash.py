"""Paths that begin with a dash: every command takes them after `--`, and shows what can be pasted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers import chat, put, run

DASHED = ("-x.json", "--write.json", "--baseline=b.json", "-d/recordings/-y.json")
COMMANDS: dict[str, list[str]] = {
    "ls": ["ls", "--long", "--", "{}"],
    "ls as JSON": ["ls", "--json", "--", "{}"],
    "show": ["show", "--", "{}"],
    "hash": ["hash", "--", "{}"],
    "diff": ["diff", "--", "{}", "{}"],
    "nearest": ["diff", "--", "{}"],
    "check": ["check", "--", "{}"],
    "normalize": ["normalize", "--", "{}"],
    "prune": ["prune", "./{}"],
}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for number, name in enumerate((*DASHED, "-d/recordings/-z.json")):
        recording = chat("Hello.", prompt=f"Hi {number}.")
        recording.document["response"]["body"]["__data__"]["created"] = 7  # so that something is to be done
        put(tmp_path / name, recording)
    return tmp_path


@pytest.mark.promise("A file name is never taken for an option")
@pytest.mark.parametrize("path", DASHED)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_a_path_that_begins_with_a_dash(command: str, path: str, place: Path) -> None:
    result = run(*(word.replace("{}", path) for word in COMMANDS[command]), cwd=place)
    assert (result.code in (0, 1), "recctl: " in result.err) == (True, False), result.err


@pytest.mark.parametrize("path", DASHED)
def test_what_is_shown_can_be_pasted(path: str, place: Path) -> None:
    listed = json.loads(run("ls", "--json", "--", path, cwd=place).out)[0]["path"]
    found = json.loads(run("check", "--format", "json", "--", path, cwd=place).out)[0]["path"]
    assert (listed, found) == (f"./{path}", f"./{path}")
    assert run("show", listed, "--text", cwd=place).out == "Hello."


def test_the_directory_of_references_may_begin_with_a_dash(place: Path) -> None:
    result = run("show", "./-d/recordings/-y.json", "--dir", "-d", "--text", cwd=place)
    assert (result.code, result.out) == (0, "Hello.")


@pytest.mark.parametrize("path", DASHED)
def test_what_begins_with_a_dash_is_normalized_and_undone(path: str, place: Path, tmp_path: Path) -> None:
    before = (place / path).read_bytes()
    env = {"RECCTL_STATE_DIR": str(tmp_path / "state")}
    assert run("normalize", "--write", "--", path, cwd=place, env=env).code == 1
    assert b'"created": 0' in (place / path).read_bytes()
    assert run("undo", cwd=place, env=env).code == 0
    assert (place / path).read_bytes() == before
