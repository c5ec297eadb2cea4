"""Problems and notes on stderr, and the exit code that follows from problems."""

from __future__ import annotations

from collections.abc import Iterable

from recctl.cli.exit_codes import ERROR, SUCCESS
from recctl.support.errors import RecctlError
from recctl.views import output
from recctl.views.problems import print_problem


def print_notes(notes: Iterable[str]) -> None:
    """Print each note on stderr; notes never change the exit code."""
    for note in notes:
        output.print_stderr(f"recctl: {note}")


def report_problems(problems: Iterable[RecctlError]) -> int:
    """Print each problem on stderr; return ERROR if there was one, else SUCCESS."""
    code = SUCCESS
    for problem in problems:
        code = ERROR
        print_problem(problem)
    return code
