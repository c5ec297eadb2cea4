"""What the tests of `ls` share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.helpers import ROOT, run

Item = dict[str, Any]

COUNT = 63  # sample recordings
TOTALS = f"{COUNT} recordings, 54 tests, 16 models, 192.6 kB\n"


def listed(*args: str | Path, cwd: Path = ROOT) -> list[Item]:
    """Return the objects that `ls --json` prints; it has to end well."""
    result = run("ls", *args, "--json", cwd=cwd)
    assert (result.code, result.err.count("\n")) == (0, 1), result.err
    items: list[Item] = json.loads(result.out)
    return items
