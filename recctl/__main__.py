"""The entry: the one boundary where errors become a line of text and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from recctl.errors import RecctlError

_DEBUG_VARIABLE = "RECCTL_TRACEBACK"
_TROUBLE = 2
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run recctl with these arguments (the process's own by default); returns the exit code."""
    from recctl.render import output
    from recctl.render.problems import say_problem

    try:
        return _run(arguments)
    except RecctlError as error:
        say_problem(error)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:
        if os.environ.get(_DEBUG_VARIABLE):
            raise
        output.say(
            f"recctl: a bug in recctl: {type(error).__name__}: {error}; "
            f"please report it with what {_DEBUG_VARIABLE}=1 prints"
        )
    return _TROUBLE


def _run(arguments: Sequence[str] | None) -> int:
    from typer.exceptions import TyperException

    from recctl.cli import app
    from recctl.render import output

    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = app(args=given, prog_name="recctl", standalone_mode=False)
        output.flush()
    except TyperException as error:
        message = error.format_message().rstrip(".")
        raise RecctlError(message, f"see: {_command(error, given)} --help") from None
    except OSError as error:
        if error.filename is not None:
            raise
        raise output.cannot_write(error) from None  # by help, which writes itself
    except SystemExit:
        return 0  # only ever because the reader of the output has gone
    return code if isinstance(code, int) else 0


def _command(error: Exception, given: Sequence[str]) -> str:
    """The command that was wrongly used, as it was typed."""
    from recctl.cli import COMMANDS

    context = getattr(error, "ctx", None)
    named = next((word for word in given if not word.startswith("-")), "")
    return context.command_path if context else f"recctl {named}" if named in COMMANDS else "recctl"


def run() -> None:
    """The console script."""
    sys.exit(main())


if __name__ == "__main__":
    run()
