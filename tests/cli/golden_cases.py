"""The commands whose output is kept in golden files.

Each file holds what a user sees of one command: the command line, stdout, stderr, the exit code. After a
wanted change of the output run `python -m tests.regenerate`, read `git diff tests/cli/golden`, and commit
both together.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.diff.repository import Repository, ferry, new_repository
from tests.helpers import ROOT, run, run_in_terminal
from tests.samples.builder import failed, responded

GOLDEN = Path(__file__).with_name("golden")

_SAMPLES = "sample_recordings"
_DIR = ("--dir", _SAMPLES)
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
_PROMPT = "You are a travel guide on the west coast. Answer in one short {}: which ferries go to the islands?"
_TRIP = "tests/test_trip.py"


@dataclass(frozen=True)
class Case:
    """A command line, and where it runs: in the checkout, or in a repository that was recorded anew."""

    args: tuple[str, ...]
    columns: int | None = None
    """The width of the terminal; None for a pipe."""
    in_repository: bool = False

    def render(self, directory: Path) -> str:
        """Return what the golden file has to hold; the repository is made in `directory`, which is empty."""
        where = rerecorded(directory).top if self.in_repository else ROOT
        if self.columns is None:
            result, suffix = run(*self.args, cwd=where), "| cat"
        else:
            plain = {"NO_COLOR": "1"}
            result = run_in_terminal(*self.args, columns=self.columns, rows=10_000, cwd=where, env=plain)
            suffix = f"# {self.columns} columns"
        err = f"---- stderr\n{result.err}" if result.err else ""
        command = shlex.join(("recctl", *self.args))
        return f"$ {command} {suffix}\n{result.out}{err}---- exit code {result.code}\n"


# By the name of the file.
CASES: Mapping[str, Case] = {
    "ls": Case(("ls", _SAMPLES)),
    "ls_long": Case(("ls", _SAMPLES, "--long", "--kind", "http")),
    **{f"show_{name}": Case(("show", start, *_DIR)) for name, start in _SHOWN.items()},
    **{f"chunks_{name}": Case(("show", "--chunks", start, *_DIR)) for name, start in _CHUNKS.items()},
    "screen_ls_80": Case(("ls", _SAMPLES), 80),
    "screen_ls_160": Case(("ls", _SAMPLES), 160),
    "screen_ls_long_80": Case(("ls", _SAMPLES, "--long", "--errors"), 80),
    "screen_show_80": Case(("show", "a754", *_DIR), 80),
    "diff_two": Case(("diff", "dcb9", "351e", *_DIR)),
    "diff_two_answers": Case(("diff", "ec6c", "eb1e", *_DIR, "--part", "response")),
    "diff_two_json": Case(("diff", "dcb9", "351e", *_DIR, "--json")),
    "diff_nearest": Case(("diff", "ab7d", *_DIR)),
    "diff_nearest_screen_80": Case(("diff", "322c", *_DIR), 80),
    "diff_nearest_screen_160": Case(("diff", "322c", *_DIR), 160),
    "diff_review": Case(("diff",), in_repository=True),
    "diff_review_long": Case(("diff", "--long"), in_repository=True),
    "diff_review_screen_80": Case(("diff",), 80, in_repository=True),
}


def rerecorded(top: Path) -> Repository:
    """Return a repository with one recording for each thing that may happen to it."""
    tests = [
        f"{_TRIP}::test_{name}" for name in ("words", "error", "prompt", "same", "gone", "new", "edited")
    ]
    words, error, prompt, same = (
        ferry("The ferry leaves at nine.", prompt=_PROMPT.format("sentence"), test_id=test)
        for test in tests[:4]
    )
    gone, new = ferry(prompt="Which museums?", test_id=tests[4]), ferry(prompt="A bus?", test_id=tests[5])
    edited = ferry(prompt="A tram?", test_id=tests[6])
    repository = new_repository(top)
    repository.commit(words, error, prompt, same, gone, edited)
    edited.document["request"]["body"]["messages"][0]["content"] = "A train?"
    repository.put(edited)
    repository.put(ferry("The ferry leaves at ten.", prompt=_PROMPT.format("sentence"), test_id=tests[0]))
    quota = {"type": "RateLimitError", "message": "Too many requests.", "status_code": 429}
    repository.put(responded(error, failed(quota)), new)
    repository.replace(prompt, ferry("At nine.", prompt=_PROMPT.format("paragraph"), test_id=tests[2]))
    same.document["response"]["body"]["__data__"]["id"] = "chatcmpl-Aq7"
    repository.put(same)
    repository.remove(gone)
    return repository


def write(scratch: Path) -> int:
    """Write every golden file, remove those without a case, and return how many there are."""
    GOLDEN.mkdir(exist_ok=True)
    for name, case in CASES.items():
        directory = scratch / name
        directory.mkdir()
        (GOLDEN / f"{name}.txt").write_bytes(case.render(directory).encode())
    for path in GOLDEN.glob("*.txt"):
        if path.stem not in CASES:
            path.unlink()
    return len(CASES)
