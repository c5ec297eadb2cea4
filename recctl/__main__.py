"""The entry point: the one place where errors become a line of text and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from recctl.cli.exit_codes import ERROR, INTERRUPTED, SUCCESS
from recctl.support.errors import RecctlError

_DEBUG_VARIABLE = "RECCTL_TRACEBACK"
COMPLETION_VARIABLE = "_RECCTL_COMPLETE"  # set by the shell's completion script


def main(arguments: Sequence[str] | None = None) -> int:
    """Run recctl with these arguments, by default those of the process; return the exit code."""
    if COMPLETION_VARIABLE in os.environ:
        return _complete()
    from recctl.views import output
    from recctl.views.problems import print_problem

    try:
        return _run(arguments)
    except RecctlError as error:
        print_problem(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if os.environ.get(_DEBUG_VARIABLE):
            raise
        output.print_stderr(
            f"recctl: a bug in recctl: {type(error).__name__}: {error}; "
            f"please report it with the traceback that {_DEBUG_VARIABLE}=1 prints"
        )
    return ERROR


def _complete() -> int:
    """Answer a shell that completes a command line; return the exit code."""
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
        raise output.cannot_write(error) from None  # typer prints help itself
    except SystemExit:
        return SUCCESS  # stdout was closed (`| head`), see views.output
    return code if isinstance(code, int) else SUCCESS


def run() -> None:
    """Exit with the code of `main`: the console script."""
    sys.exit(main())


if __name__ == "__main__":
    run()
