"""Completion in real shells: on a terminal, with TAB, by the script that recctl prints."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.helpers import HANGS_AFTER, ROOT, SAMPLES, Result, chat, environment, few, put, run_process

SETUP = {
    # Only the prompt is written so, the line that sets it is not.
    "bash": 'bind "set bell-style none"; eval "$(recctl --show-completion)"; PS1="rea""dy> "',
    "zsh": 'autoload -Uz compinit; compinit -u; eval "$(recctl --show-completion)"; PS1="rea""dy> "',
    "fish": "recctl --show-completion | source; function fish_prompt; echo '> '; end",
}
START = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH on which `recctl` is the one under test."""
    program = tmp_path / "bin/recctl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m recctl "$@"\n')
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


class Session:
    """An interactive shell on a terminal."""

    def __init__(self, shell: str, path: str, cwd: Path) -> None:
        if shutil.which(shell) is None:
            pytest.skip(f"{shell} is not installed")
        self.master, slave = pty.openpty()
        env = environment({"PATH": path, "TERM": "xterm", "PYTHONPATH": str(ROOT), "COLUMNS": "200"})
        self.process = subprocess.Popen(
            START[shell], stdin=slave, stdout=slave, stderr=slave, cwd=cwd, env=env, start_new_session=True
        )
        os.close(slave)
        self.type(f"{SETUP[shell]}\n")
        # Before the prompt has come, the shell does not listen for TAB.
        self.wait_for("ready> ")

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def wait_for(self, *wanted: str) -> str:
        """What is written until all of these have come."""
        seen = ""
        end = time.monotonic() + HANGS_AFTER
        while not all(each in seen for each in wanted):
            ready, _, _ = select.select([self.master], [], [], max(end - time.monotonic(), 0))
            assert ready, f"{wanted} did not come: {seen!r}"
            seen += os.read(self.master, 65536).decode("utf-8", "replace")
        return seen

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)


AGENT = "sample_recordings/tests/integration/agents/test_trip_agent.py"
# What is typed, then TAB, then what has to stand in the line.
CASES: dict[str, tuple[str, str]] = {
    "command": ("recctl norm", "recctl normalize "),
    "option": ("recctl ls --prov", "recctl ls --provider "),
    "command of help": ("recctl help und", "recctl help undo "),
    "name of a rule": ("recctl rule near-d", "recctl rule near-duplicate "),
    "second code": ("recctl check --select RC1,RC202", "recctl check --select RC1,RC202 "),
    "choice": ("recctl ls --sort en", "recctl ls --sort endpoint "),
    "model": ("recctl ls --model claude-s", "recctl ls --model claude-sonnet-4-20250514 "),
    "model with a colon": ("recctl ls --model gpt-oss:", "recctl ls --model gpt-oss:20b "),
    "test": ("recctl ls --test test_forec", "recctl ls --test test_forecast_then_pack "),
    "class of a file": (
        f"recctl check {AGENT}::TestTripAgent::t",
        "::TestTripAgent::test_forecast_then_pack ",
    ),
    "digits": ("recctl show ab7d", "recctl show ab7d61e2daa7 "),
    "reference": ("recctl diff rec-ab7d", "recctl diff rec-ab7d61e2daa7 "),
    "file": ("recctl ls CONTRIB", "recctl ls CONTRIBUTING.md "),
    "directory of an option": ("recctl show --dir sample_rec", "recctl show --dir sample_recordings"),
}
# Those in which shells differ; in each shell the others are slow.
SOME = ("command", "model with a colon", "class of a file", "reference", "file")


@pytest.mark.parametrize("case", few(CASES, kept=SOME))
def test_bash_completes(path: str, case: str) -> None:
    typed, completed = CASES[case]
    session = Session("bash", path, ROOT)
    try:
        session.type(f"{typed}\t")
        session.wait_for(completed)
    finally:
        session.close()


@pytest.mark.slow
@pytest.mark.parametrize("case", SOME)
def test_zsh_completes(path: str, case: str) -> None:
    typed, completed = CASES[case]
    session = Session("zsh", path, ROOT)
    try:
        session.type(f"{typed}\t\n")
        # zsh draws only what is new, so that the command itself says what it was given.
        session.wait_for(*_effect(completed))
    finally:
        session.close()


def _effect(completed: str) -> Sequence[str]:
    return (completed.rstrip().rpartition(" ")[2].rpartition(":")[2][-8:],)


@pytest.mark.slow
@pytest.mark.parametrize("case", SOME)
def test_fish_completes(path: str, case: str) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    typed, completed = CASES[case]
    script = f'{SETUP["fish"]}; complete -C "{typed}"'
    env = environment({"PATH": path, "PYTHONPATH": str(ROOT)})
    done = subprocess.run(
        ["fish", "--no-config", "-c", script], cwd=ROOT, env=env, capture_output=True, timeout=HANGS_AFTER
    )
    offered = [line.split("\t")[0] for line in done.stdout.decode().splitlines()]
    wanted = completed.rstrip().rpartition(" ")[2]
    assert any(each.endswith(wanted) for each in offered), done


def test_it_installs_itself_for_the_shell_it_runs_in(path: str, tmp_path: Path) -> None:
    env = environment({"PATH": path, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)})
    command = ["bash", "-c", "recctl --install-completion; echo $?"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=HANGS_AFTER)
    assert done.stdout.decode().splitlines()[-1] == "0", done
    assert "recctl.sh" in (tmp_path / ".bashrc").read_text()
    assert "_recctl_completion" in (tmp_path / ".bash_completions/recctl.sh").read_text()


# ---- nothing but answers


def answer(*words: str, cwd: Path = ROOT, how: str = "complete_bash") -> Result:
    env = {"_RECCTL_COMPLETE": how, "COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}
    return run_process(cwd=cwd, env=env)


def offered(*words: str, cwd: Path = ROOT) -> list[str]:
    done = answer(*words, cwd=cwd)
    assert (done.code, done.err) == (0, "")
    return done.out.split()


def test_codes_and_models_are_all_offered() -> None:
    assert offered("recctl", "rule", "RC50") == ["RC501", "RC502"]
    assert offered("recctl", "ls", "--model", "gpt-4o") == ["gpt-4o", "gpt-4o-mini"]
    assert offered("recctl", "check", "--ignore", "RC101,RC50") == ["RC101,RC501", "RC101,RC502"]
    assert offered("recctl", "ls", "--model", "gpt-oss", ":", "2") == ["20b"]


WORDS = [
    ("recctl", "ls", "--model", ""),
    *(pytest.param(words, marks=pytest.mark.slow) for words in [("recctl", "nope", "x"), (), ("'",)]),
]


@pytest.mark.parametrize("how", ["complete_bash", "complete_zsh", "complete_fish", "complete_x", "x", ""])
@pytest.mark.parametrize("words", WORDS)
def test_no_error_reaches_the_shell(tmp_path: Path, how: str, words: tuple[str, ...]) -> None:
    """There is not even a recording here, and pyproject.toml is broken."""
    (tmp_path / "pyproject.toml").write_text("[tool.recctl\n")
    done = answer(*words, cwd=tmp_path, how=how)
    assert (done.err, "recctl:" in done.out, "Traceback" in done.out) == ("", False, False)


@pytest.mark.promise("Shell completion offers only plain words")
def test_only_plain_words_are_offered(tmp_path: Path) -> None:
    """Shells evaluate what they are given: zsh's script hands all of it to eval."""
    for number, name in enumerate(
        ["m1", "m\\$(touch bad)", "m`touch bad`", 'm"; touch bad; "', "m'x", "m x", "m*"]
    ):
        put(tmp_path / f"recordings/{number}.json", chat(model=name, test_id=f"t.py::{name}"))
    assert offered("recctl", "ls", "--model", "m", cwd=tmp_path) == ["m1"]
    assert offered("recctl", "ls", "--test", "m", cwd=tmp_path) == ["m1"]


def test_completion_reads_the_recordings_that_the_command_would(tmp_path: Path) -> None:
    put(tmp_path / "other/x.json", chat(model="m-other"))
    assert offered("recctl", "ls", str(tmp_path / "other"), "--model", "m-") == ["m-other"]
    assert offered("recctl", "show", "--dir", str(tmp_path / "other"), "ab7d") == []
    assert offered("recctl", "show", "--dir", SAMPLES.name, "ab7d") == ["ab7d61e2daa7"]
