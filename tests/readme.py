"""What README shows of recctl; `python -m tests.regenerate` writes it anew.

A block ```console that begins with `$ recctl …` shows what that command prints on a terminal of 100
columns without colour, in a fresh clone.
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
from tests.helpers import ROOT, isolate, run_in_terminal

README = ROOT / "README.md"
_COLUMNS = 100
_BLOCK = re.compile(r"```console\n\$ recctl (?P<arguments>[^\n]*)\n(?P<output>.*?)```\n", re.DOTALL)

_TABLE = re.compile(r"(?P<mark><!-- rules -->\n\n)(?:\|[^\n]*\n)*\n?")


def shown() -> list[tuple[str, str]]:
    """The arguments of each command that README shows, with the output that it shows."""
    return [(found["arguments"], found["output"]) for found in _BLOCK.finditer(README.read_text())]


def printed(arguments: str) -> str:
    """What a command prints on the terminal."""
    result = run_in_terminal(*shlex.split(arguments), columns=_COLUMNS, cwd=ROOT, env={"NO_COLOR": "1"})
    return result.out.replace("\r\n", "\n")


def rules_table() -> str:
    """The table of the rules of check, from the rules themselves."""
    rows = "".join(f"| {rule.code} | {rule.name} | {rule.severity} | {_meaning(rule)} |\n" for rule in RULES)
    return f"| code | name | severity | what it finds |\n|---|---|---|---|\n{rows}"


def _meaning(rule: Rule) -> str:
    return first_sentence(rule.meaning) + " (`--fix`)" * rule.fixable


def renewed() -> str:
    """README with every output, and the table of rules, as they are now."""
    text = _TABLE.sub(lambda found: f"{found['mark']}{rules_table()}\n", README.read_text())
    return _BLOCK.sub(
        lambda found: f"```console\n$ recctl {found['arguments']}\n{printed(found['arguments'])}```\n",
        text,
    )


def main() -> None:
    """Write README anew."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as home:
        isolate(patch, Path(home))
        README.write_text(renewed())
