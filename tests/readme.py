"""What README shows of recctl, and how to write it anew: `python -m tests.readme`.

A block ```console that begins with `$ recctl …` shows what that command prints on a terminal of 100
columns without colour, in a fresh clone.
"""

from __future__ import annotations

import re
import shlex
import sys
import tempfile
from pathlib import Path

import pytest

from tests.helpers import ROOT, isolate, run_in_terminal

README = ROOT / "README.md"
_COLUMNS = 100
_BLOCK = re.compile(r"```console\n\$ recctl (?P<arguments>[^\n]*)\n(?P<output>.*?)```\n", re.DOTALL)


def shown() -> list[tuple[str, str]]:
    """The arguments of each command that README shows, with the output that it shows."""
    return [(found["arguments"], found["output"]) for found in _BLOCK.finditer(README.read_text())]


def printed(arguments: str) -> str:
    """What a command prints on the terminal."""
    result = run_in_terminal(*shlex.split(arguments), columns=_COLUMNS, cwd=ROOT, env={"NO_COLOR": "1"})
    return result.out.replace("\r\n", "\n")


def renewed() -> str:
    """README with every output as it is now."""
    return _BLOCK.sub(
        lambda found: f"```console\n$ recctl {found['arguments']}\n{printed(found['arguments'])}```\n",
        README.read_text(),
    )


def main() -> int:
    """Write README anew."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as home:
        isolate(patch, Path(home))
        README.write_text(renewed())
    return 0


if __name__ == "__main__":
    sys.exit(main())
