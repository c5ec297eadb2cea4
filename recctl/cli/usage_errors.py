"""Usage errors that typer finds, as one line with a hint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from recctl.cli.app import COMMANDS
from recctl.support.errors import RecctlError
from recctl.support.suggestions import did_you_mean

_QUOTED = re.compile(r"'(?P<value>[^']*)' is not one of ")
_NO_COMMAND = re.compile(r"No such command '(?P<value>.*)'")


def usage_error(error: Any, given: Sequence[str]) -> RecctlError:
    """Return typer's exception as a RecctlError that suggests a similar word and names the help."""
    option = getattr(error, "option_name", None)
    message = (error.message if option else error.format_message()).rstrip(".")
    see = f"see: {_command(error, given)} --help"
    suggestion = _suggestion(error, message, option)
    return RecctlError(message, f"{suggestion} {see}" if suggestion else see)


def _suggestion(error: Any, message: str, option: str | None) -> str:
    context = getattr(error, "ctx", None)
    if option and context:
        return did_you_mean(option, _options(context.command.params))
    if unknown := _NO_COMMAND.search(message):
        return did_you_mean(unknown["value"], COMMANDS)
    choices = getattr(getattr(getattr(error, "param", None), "type", None), "choices", ())
    value = _QUOTED.search(message)
    return did_you_mean(value["value"], map(str, choices)) if value and choices else ""


def _options(params: Iterable[Any]) -> list[str]:
    return [name for param in params for name in (*param.opts, *param.secondary_opts) if name.startswith("-")]


def _command(error: Any, given: Sequence[str]) -> str:
    """Return the command that was wrongly used, as it was typed."""
    context = getattr(error, "ctx", None)
    if context:
        return str(context.command_path)
    name = next((word for word in given if not word.startswith("-")), "")
    return f"recctl {name}" if name in COMMANDS else "recctl"
