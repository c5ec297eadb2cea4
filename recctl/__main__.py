"""The entry: the one boundary where errors become a line of text and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from recctl.support.errors import RecctlError

_DEBUG_VARIABLE = "RECCTL_TRACEBACK"
_TROUBLE = 2
_INTERRUPTED = 130
COMPLETION_VARIABLE = "_RECCTL_COMPLETE"  # by which a shell's script asks for completions


def main(arguments: Sequence[str] | None = None) -> int:
    """Run recctl with these arguments (the process's own by default); returns the exit code."""
    if COMPLETION_VARIABLE in os.environ:
        return _complete()
    from recctl.views import output
    from recctl.views.problems import say_problem

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


def _complete() -> int:
    """Answer a shell that completes a command line."""
    from recctl.cli.app import app
    from recctl.cli.shell_completion import complete
    from recctl.views import output

    how = os.environ[COMPLETION_VARIABLE]
    code, answer = complete(lambda: app(args=[], prog_name="recctl", standalone_mode=False), how)
    output.write_text(answer)
    return code


def _run(arguments: Sequence[str] | None) -> int:
    from typer.exceptions import TyperException

    from recctl.cli.app import app
    from recctl.views import output

    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = app(args=given, prog_name="recctl", standalone_mode=False)
        output.flush()
    except TyperException as error:
        from recctl.cli.usage_errors import usage_error

        raise usage_error(error, given) from None
    except OSError as error:
        if error.filename is not None:
            raise
        raise output.cannot_write(error) from None  # by help, which writes itself
    except SystemExit:
        return 0  # only ever because the reader of the output has gone
    return code if isinstance(code, int) else 0


def run() -> None:
    """The console script."""
    sys.exit(main())


if __name__ == "__main__":
    run()
