"""README stays true: what it shows is what recctl prints, and its commands and options exist."""

from __future__ import annotations

import re
import subprocess

import pytest

from recctl.cli.app import COMMANDS
from tests.helpers import ROOT, run
from tests.readme import README, printed, rules_table, shown


@pytest.mark.parametrize("arguments", [arguments for arguments, _ in shown()])
def test_shown_output_is_what_recctl_prints(arguments: str) -> None:
    assert dict(shown())[arguments] == printed(arguments)


def test_something_of_ls_and_show_is_shown() -> None:
    assert {arguments.split()[0] for arguments, _ in shown()} >= {"ls", "show"}


def test_the_table_of_rules_is_what_the_rules_say() -> None:
    assert f"<!-- rules -->\n\n{rules_table()}\n" in README.read_text()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_described(command: str) -> None:
    assert f"recctl {command}" in README.read_text()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_described(command: str) -> None:
    offered = set(re.findall(r"--[a-z][a-z-]+", run(command, "--help", env={"COLUMNS": "200"}).out))
    assert {option for option in offered if option not in README.read_text()} - {"--help"} == set()


@pytest.mark.parametrize("marker", ["main-job", "tests"])
def test_setup_commands_are_found_by_ci(marker: str) -> None:
    """The extraction in .ci/run, run by itself."""
    script = (ROOT / ".ci/run").read_text()
    function = script[script.index("readme_command()") : script.index("failed=()")]
    done = subprocess.run(
        ["bash", "-c", f"{function}\nreadme_command {marker}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.match(r"python3 -m venv (--upgrade-deps )?\.venv && ", done.stdout)
    assert done.stdout.count("\n") == 1
