"""What README and the pages below docs/ show of recctl; `python -m tests.regenerate` writes it anew.

A block ```console that begins with `$ recctl …` shows what that command prints on a terminal of 100
columns without colour, in a fresh clone. The table of rules, docs/cli.md and the picture come from recctl
as well.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from pathlib import Path

import pytest

from recctl.check.registry import RULES
from recctl.check.rules.rule import Rule
from recctl.views.findings import first_sentence
from tests.cli_reference import REFERENCE, reference
from tests.helpers import ROOT, isolate, run_in_terminal
from tests.picture import PICTURE, picture

README = ROOT / "README.md"
# What people write: docs/cli.md is generated as a whole.
WRITTEN = (README, *(page for page in sorted((ROOT / "docs").glob("*.md")) if page != REFERENCE))
_COLUMNS = 100
_BLOCK = re.compile(r"```console\n\$ recctl (?P<arguments>[^\n]*)\n(?P<output>.*?)```\n", re.DOTALL)
_TABLE = re.compile(r"(?P<mark><!-- rules -->\n\n)(?:\|[^\n]*\n)*\n?")


def shown(page: Path) -> list[tuple[str, str]]:
    """Return the arguments of each command that a page shows, with the output that it shows."""
    return [(found["arguments"], found["output"]) for found in _BLOCK.finditer(page.read_text())]


def printed(arguments: str) -> str:
    """Return what a command prints on the terminal."""
    result = run_in_terminal(*shlex.split(arguments), columns=_COLUMNS, cwd=ROOT, env={"NO_COLOR": "1"})
    return result.out.replace("\r\n", "\n")


def rules_table() -> str:
    """Return the table of the rules of check, from the rules themselves."""
    rows = "".join(f"| {rule.code} | {rule.name} | {rule.severity} | {_meaning(rule)} |\n" for rule in RULES)
    return f"| code | name | severity | what it finds |\n|---|---|---|---|\n{rows}"


def _meaning(rule: Rule) -> str:
    return first_sentence(rule.meaning) + " (`--fix`)" * rule.fixable


def renewed(page: Path) -> str:
    """Return a page with every output, and the table of rules, as they are now."""
    text = _TABLE.sub(lambda found: f"{found['mark']}{rules_table()}\n", page.read_text())
    return _BLOCK.sub(
        lambda found: f"```console\n$ recctl {found['arguments']}\n{printed(found['arguments'])}```\n",
        text,
    )


def main() -> None:
    """Write README, the pages, docs/cli.md and the picture anew."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as home:
        isolate(patch, Path(home))
        for page in WRITTEN:
            page.write_text(renewed(page))
        REFERENCE.write_text(reference())
        PICTURE.write_text(picture())
