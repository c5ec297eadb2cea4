"""What users see of representative commands, byte for byte. To change it: `python -m tests.regenerate`."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pytest

from tests.cli.golden_cases import CASES, GOLDEN


@pytest.mark.parametrize("name", CASES)
def test_output_is_what_the_golden_file_holds(name: str, tmp_path: Path) -> None:
    expected = (GOLDEN / f"{name}.txt").read_bytes()
    actual = CASES[name].render(tmp_path).encode()
    if actual != expected:
        before, after = (text.decode(errors="backslashreplace").splitlines() for text in (expected, actual))
        diff = "\n".join(difflib.unified_diff(before, after, f"golden/{name}.txt", "now", lineterm=""))
        pytest.fail(f"{diff}\n\nis this wanted? then: python -m tests.regenerate", pytrace=False)


def test_every_golden_file_has_a_case() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(CASES)


# --long of ls shows every cell in full.
ON_SCREEN = [name for name, case in CASES.items() if case.columns and "--long" not in case.args]


@pytest.mark.parametrize("name", ON_SCREEN)
def test_no_row_is_wider_than_its_screen(name: str) -> None:
    rows = (GOLDEN / f"{name}.txt").read_text("utf-8").splitlines()[1:]
    # A summary on stderr is one line, however long.
    rows = [row for row in rows if not re.match(r"\d+ tests?: ", row)]
    assert max(map(len, rows)) <= (CASES[name].columns or 0)
