"""What users see of representative samples, byte for byte. How to change it: see `regenerate`."""

from __future__ import annotations

import difflib

import pytest

from tests.cli.regenerate import GOLDEN, NAMES, render


@pytest.mark.parametrize("name", NAMES)
def test_output_is_what_the_golden_file_holds(name: str) -> None:
    expected = (GOLDEN / f"{name}.txt").read_bytes()
    actual = render(name).encode()
    if actual != expected:
        before, after = (text.decode(errors="backslashreplace").splitlines() for text in (expected, actual))
        diff = "\n".join(difflib.unified_diff(before, after, f"golden/{name}.txt", "now", lineterm=""))
        pytest.fail(f"{diff}\n\nis this wanted? then: python -m tests.cli.regenerate", pytrace=False)


def test_every_golden_file_has_a_case() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(NAMES)
