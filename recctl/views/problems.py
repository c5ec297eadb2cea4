"""Print problems to stderr, one line each."""

from __future__ import annotations

from recctl.support.errors import AmbiguousReference, RecctlError, Unreadable
from recctl.support.paths import display_path
from recctl.views import output


def print_problem(problem: RecctlError) -> None:
    """Print a problem: where, what, why, what to do; then what an ambiguous reference matches."""
    where = f"{display_path(problem.path)}: " if isinstance(problem, Unreadable) else ""
    hint = f"; {problem.hint}" if problem.hint else ""
    output.print_stderr(f"recctl: {where}{problem.message}{hint}")
    if isinstance(problem, AmbiguousReference):
        for reference, path in problem.matches:
            output.print_stderr(f"  {reference}  {display_path(path)}")
