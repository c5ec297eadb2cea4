"""The picture that README begins with: two commands on a terminal, as rich draws one."""

from __future__ import annotations

import io
import re

from rich.console import Console
from rich.text import Text

from tests.helpers import ROOT, run_in_terminal

PICTURE = ROOT / "docs/terminal.svg"
_COLUMNS = 96
_SHOWN = (("ls", "--test", "trip_agent"), ("show", "rec-eb1ef74fea40"))
# rich's pictures name fonts to load from the network; any monospaced font will do.
_FONT_TO_LOAD = re.compile(r"\s*@font-face \{[^}]*\}")


def picture() -> str:
    """Return the picture: what the commands write on a terminal, colours included."""
    console = Console(width=_COLUMNS, record=True, file=io.StringIO())
    for number, command in enumerate(_SHOWN):
        result = run_in_terminal(*command, columns=_COLUMNS, rows=10_000, cwd=ROOT)
        console.print("\n" * min(number, 1), end="")
        console.print(Text("$ ", "dim"), Text(f"recctl {' '.join(command)}", "bold"), sep="")
        console.print(Text.from_ansi(result.out.rstrip("\n")))  # releases differ in what a last line break is
    drawn = console.export_svg(title="recctl", unique_id="recctl")
    return "".join(f"{line.rstrip()}\n" for line in _FONT_TO_LOAD.sub("", drawn).splitlines())
