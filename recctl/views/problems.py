"""What went wrong, said on stderr: one line each, with what it may have been meant."""

from __future__ import annotations

from recctl.support.errors import AmbiguousReference, RecctlError, Unreadable
from recctl.support.paths import display_path
from recctl.views import output


def say_problem(problem: RecctlError) -> None:
    """A problem in one line: where, what, why, what to do; then what an ambiguous reference fits."""
    place = f"{display_path(problem.path)}: " if isinstance(problem, Unreadable) else ""
    hint = f"; {problem.hint}" if problem.hint else ""
    output.say(f"recctl: {place}{problem.message}{hint}")
    if isinstance(problem, AmbiguousReference):
        for reference, path in problem.matches:
            output.say(f"  {reference}  {display_path(path)}")
