"""What users see of `diff`, byte for byte. After a wanted change: `python -m tests.cli.test_diff_golden`."""

from __future__ import annotations

import difflib
import re
import shlex
import sys
import tempfile
from pathlib import Path

import pytest

from tests.diff.repository import Repository, ferry, new_repository, responded
from tests.helpers import ROOT, isolate, run, run_in_terminal
from tests.samples.builder import failed

GOLDEN = Path(__file__).with_name("golden_diff")
_SAMPLES = ("--dir", "sample_recordings")
_PROMPT = "You are a travel guide on the west coast. Answer in one short {}: which ferries go to the islands?"
_TRIP = "tests/test_trip.py"

# name of the file → arguments of recctl, columns of the screen or None for a pipe
OF_SAMPLES: dict[str, tuple[tuple[str, ...], int | None]] = {
    "two": (("diff", "dcb9", "351e", *_SAMPLES), None),
    "two_answers": (("diff", "ec6c", "eb1e", *_SAMPLES, "--part", "response"), None),
    "two_json": (("diff", "dcb9", "351e", *_SAMPLES, "--json"), None),
    "nearest": (("diff", "ab7d", *_SAMPLES), None),
    "nearest_screen_80": (("diff", "322c", *_SAMPLES), 80),
    "nearest_screen_160": (("diff", "322c", *_SAMPLES), 160),
}
OF_STATES: dict[str, tuple[tuple[str, ...], int | None]] = {
    "review": (("diff",), None),
    "review_long": (("diff", "--long"), None),
    "review_screen_80": (("diff",), 80),
}
NAMES = [*OF_SAMPLES, *OF_STATES]


def rerecorded(top: Path) -> Repository:
    """A repository with one recording for each thing that may happen to it."""
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


def render(name: str, top: Path) -> str:
    """What the golden file of this name has to hold; `top` is an empty directory to use."""
    args, columns = (OF_SAMPLES | OF_STATES)[name]
    where = rerecorded(top).top if name in OF_STATES else ROOT
    if columns is None:
        result = run(*args, cwd=where)
    else:
        result = run_in_terminal(*args, columns=columns, rows=10_000, cwd=where, env={"NO_COLOR": "1"})
    place = "| cat" if columns is None else f"# {columns} columns"
    said = f"---- stderr\n{result.err}" if result.err else ""
    return f"$ {shlex.join(('recctl', *args))} {place}\n{result.out}{said}---- exit code {result.code}\n"


@pytest.mark.parametrize("name", NAMES)
def test_output_is_what_the_golden_file_holds(name: str, tmp_path: Path) -> None:
    expected = (GOLDEN / f"{name}.txt").read_text("utf-8")
    actual = render(name, tmp_path)
    if actual != expected:
        before, after = expected.splitlines(), actual.splitlines()
        diff = "\n".join(difflib.unified_diff(before, after, f"{name}.txt", "now", lineterm=""))
        pytest.fail(f"{diff}\n\nis this wanted? then: python -m tests.cli.test_diff_golden", pytrace=False)


def test_every_golden_file_has_a_case() -> None:
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if "screen" in name])
def test_screens_are_no_wider_than_they_are(name: str) -> None:
    _, columns = (OF_SAMPLES | OF_STATES)[name]
    rows = (GOLDEN / f"{name}.txt").read_text("utf-8").splitlines()[1:]
    # What is said on stderr is one line, however long.
    rows = [row for row in rows if not re.match(r"\d+ tests?: ", row)]
    assert max(map(len, rows)) <= (columns or 0)


def main() -> None:
    """Write every golden file anew, and remove those that no case has any more."""
    GOLDEN.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as home:
        isolate(patch, Path(home))
        for name in NAMES:
            (GOLDEN / f"{name}.txt").write_text(render(name, Path(home, name)), "utf-8")
    for path in GOLDEN.glob("*.txt"):
        if path.stem not in NAMES:
            path.unlink()
    sys.stdout.write(f"{len(NAMES)} golden files written to {GOLDEN.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
