"""README and the pages below docs/ stay true: what they show, name and link to is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from recctl.cli.app import COMMANDS
from tests.cli_reference import REFERENCE, reference
from tests.helpers import ROOT, run
from tests.picture import PICTURE, picture
from tests.readme import README, WRITTEN, printed, rules_table, shown

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PAGES = (*WRITTEN, REFERENCE, CONTRIBUTING, ROOT / "SECURITY.md")
# Pages that name files of this repository, and none of a made-up project.
ON_THE_CODE = (CONTRIBUTING, ROOT / "docs/architecture.md")
OF_THE_REPOSITORY = (
    r"`((?:recctl|tests|docs|sample_recordings|\.ci|\.github)/[^`\s]*|[\w.-]+\.(?:md|py|toml|yaml|txt))`"
)

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@pytest.mark.promise("README and docs/ show what recctl prints")
@pytest.mark.parametrize(
    ("page", "arguments"), [(page, arguments) for page in WRITTEN for arguments, _ in shown(page)]
)
def test_shown_output_is_what_recctl_prints(page: Path, arguments: str) -> None:
    assert dict(shown(page))[arguments] == printed(arguments)


def test_something_of_each_job_is_shown() -> None:
    commands = {arguments.split()[0] for page in WRITTEN for arguments, _ in shown(page)}
    assert commands >= {"ls", "show", "diff", "check", "prune"}


def test_the_picture_is_what_recctl_prints() -> None:
    assert PICTURE.read_text() == picture()
    assert f"({PICTURE.relative_to(ROOT)})" in README.read_text()


def test_the_table_of_rules_is_what_the_rules_say() -> None:
    assert f"<!-- rules -->\n\n{rules_table()}\n" in (ROOT / "docs/check.md").read_text()


def test_the_reference_is_what_the_commands_say() -> None:
    assert REFERENCE.read_text() == reference()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_readme(command: str) -> None:
    assert f"recctl {command}" in README.read_text()


@pytest.mark.promise("README and docs/ show what recctl prints")
@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_described(command: str) -> None:
    """By a sentence in the pages: that docs/cli.md has it goes without saying."""
    offered = set(re.findall(r"--[a-z][a-z-]+", run(command, "--help", env={"COLUMNS": "200"}).out))
    described = "".join(page.read_text() for page in WRITTEN)
    assert {option for option in offered if option not in described} - {"--help"} == set()


def test_every_environment_variable_is_described() -> None:
    code = "".join(path.read_text() for path in (ROOT / "recctl").rglob("*.py"))
    # The one left out is set by recctl itself, for its plugin in the pytest that `prune --collect` runs.
    variables = set(re.findall(r'"(RECCTL_[A-Z_]+)"', code)) - {"RECCTL_COLLECT_REPORT"}
    described = (ROOT / "docs/configuration.md").read_text()
    assert {name for name in variables if f"| {name} |" not in described} == set()


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for file, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", page.read_text()):
        target = page.parent / file if file else page
        assert target.exists(), file
        assert not anchor or anchor in anchors(target.read_text()), f"{file}#{anchor}"


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", ON_THE_CODE, ids=lambda page: page.name)
def test_every_file_named_is_there(page: Path) -> None:
    named = set(re.findall(OF_THE_REPOSITORY, page.read_text()))
    assert {name for name in named if not [*ROOT.glob(name)]} == set()
    assert len(named) > 20


@each_page
def test_no_address_is_made_up(page: Path) -> None:
    assert not re.search(r"\bexample\.(?:org|com|net)\b", page.read_text())


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
