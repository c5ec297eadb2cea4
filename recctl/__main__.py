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

    try:
        return _run(arguments)
    except RecctlError as error:
        output.say_error(error)
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

    try:
        code = app(args=arguments, prog_name="recctl", standalone_mode=False)
    except TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "recctl"
        output.say_error(RecctlError(error.format_message().rstrip("."), f"see: {command} --help"))
        return _TROUBLE
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else _TROUBLE
    return code if isinstance(code, int) else 0


def run() -> None:
    """The console script."""
    sys.exit(main())


if __name__ == "__main__":
    run()
