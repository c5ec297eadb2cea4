"""The golden files, and how to write them anew: `python -m tests.cli.regenerate`.

Each holds what a user sees of one command: the command line, stdout, stderr, the exit code. After a
wanted change of the looks run this, read `git diff tests/cli/golden`, and commit both together.
"""

from __future__ import annotations

import shlex
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.helpers import ROOT, Result, isolate, run, run_in_terminal

GOLDEN = Path(__file__).with_name("golden")

_SAMPLES = "sample_recordings"
_SHOWN = {
    "seed": "ab7d",
    "tool_call": "ec6c",
    "tool_results": "a754",
    "two_choices": "cff1",
    "reasoning": "7206",
    "picture": "322c",
    "exception": "0dc9",
    "broken_stream": "351e",
    "http_error": "748a",
    "anthropic_stream": "8f4a",
    "gemini": "d9c2",
    "embeddings": "6cf7",
    "model_list": "models-0f7ee7578f2181b20f2a051af0aba84368b5c7393c55f55db07cdfb692c0fba7-2",
    "tool_result": "239f",
    "processed_file": "c1dc",
    "interaction_steps": "efcc",
    "bedrock": "bc64",
    "first_era": "c8bb",
}
_CHUNKS = {"seed": "ab7d", "two_choices": "cff1", "anthropic_stream": "8f4a"}

# name of the file → arguments of recctl
PIPED: Mapping[str, tuple[str, ...]] = {
    "ls": ("ls", _SAMPLES),
    "ls_long": ("ls", _SAMPLES, "--long", "--kind", "http"),
    **{f"show_{name}": ("show", start, "--dir", _SAMPLES) for name, start in _SHOWN.items()},
    **{f"chunks_{name}": ("show", "--chunks", start, "--dir", _SAMPLES) for name, start in _CHUNKS.items()},
}
# name of the file → arguments, columns of the screen
ON_SCREEN: Mapping[str, tuple[tuple[str, ...], int]] = {
    "screen_ls_80": (("ls", _SAMPLES), 80),
    "screen_ls_160": (("ls", _SAMPLES), 160),
    "screen_ls_long_80": (("ls", _SAMPLES, "--long", "--errors"), 80),
    "screen_show_80": (("show", "a754", "--dir", _SAMPLES), 80),
}
NAMES = [*PIPED, *ON_SCREEN]


def render(name: str) -> str:
    """What the golden file of this name has to hold."""
    if name in PIPED:
        args = PIPED[name]
        result, where = run(*args, cwd=ROOT), "| cat"
    else:
        args, columns = ON_SCREEN[name]
        result = run_in_terminal(*args, columns=columns, rows=10_000, cwd=ROOT, env={"NO_COLOR": "1"})
        where = f"# {columns} columns"
    return _page(shlex.join(("recctl", *args)), where, result)


def _page(command: str, where: str, result: Result) -> str:
    said = f"---- stderr\n{result.err}" if result.err else ""
    return f"$ {command} {where}\n{result.out}{said}---- exit code {result.code}\n"


def main() -> None:
    """Write every golden file, and remove those that no case has any more."""
    GOLDEN.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as home:
        isolate(patch, Path(home))
        for name in NAMES:
            (GOLDEN / f"{name}.txt").write_bytes(render(name).encode())
    for path in GOLDEN.glob("*.txt"):
        if path.stem not in NAMES:
            path.unlink()
    sys.stdout.write(f"{len(NAMES)} golden files written to {GOLDEN.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
