"""docs/cli.md: every command with its options, from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from recctl.cli.app import COMMANDS, app
from tests.helpers import ROOT

REFERENCE = ROOT / "docs/cli.md"
_INTRODUCTION = """\
# The commands

<!-- Generated from the commands: change their help instead, then run the regenerator of the tests. -->

What each is for, with examples of what it prints, is in the pages that [README](../README.md) lists.
`recctl help COMMAND` prints the same on a terminal. `recctl --version` prints the version,
`recctl --install-completion` sets up completion for your shell; `recctl --show-completion` prints its script.
"""
_MARKUP = re.compile(r"\[/?not bold\]")


def reference() -> str:
    """Return the page."""
    group: Any = get_command(app)
    return "\n".join([_INTRODUCTION, *(_section(group.get_command(None, name)) for name in COMMANDS)])


def _section(command: Any) -> str:
    arguments = [param for param in command.params if not _is_option(param)]
    options = [param for param in command.params if _is_option(param)]
    usage = " ".join(["recctl", command.name, "[OPTIONS]", *(param.metavar for param in arguments)])
    parts = [f"## `recctl {command.name}`", f"```\n{usage}\n```", *_description(command.help)]
    for title, params in (("argument", arguments), ("option", options)):
        if params:
            rows = "".join(f"| {_name(param)} | {_help(param)} |\n" for param in params)
            parts.append(f"| {title} | |\n|---|---|\n{rows}".rstrip())
    return "\n\n".join(parts) + "\n"


def _description(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text, its examples as a block."""
    plain, _, examples = _MARKUP.sub("", text).partition("Examples:\n")
    yield _prose(plain.strip())
    if examples:
        yield "\n".join(["```sh", *(line.strip() for line in examples.splitlines()), "```"])


def _is_option(param: Any) -> bool:
    return str(param.opts[0]).startswith("-")


def _name(param: Any) -> str:
    """Return the names of an option with what it takes: `--limit N`."""
    if not _is_option(param):
        return f"`{_cell(param.metavar)}`"
    names = ", ".join(f"`{name}`" for name in (*param.opts, *param.secondary_opts))
    return names if param.is_flag else f"{names} `{_cell(_metavar(param))}`"


def _metavar(param: Any) -> str:
    return param.metavar or "|".join(param.type.choices)


def _help(param: Any) -> str:
    """Return what an option does, with its default where that is a value."""
    has_default = _is_option(param) and not param.is_flag and param.default is not None
    return _prose(_cell(param.help + f" Default: {param.default}." * has_default))


def _cell(text: str) -> str:
    """Return a text as it has to stand in a table: a bar would end the cell."""
    return text.replace("|", "\\|")


def _prose(text: str) -> str:
    """Return a text with its signs shown as they are: `rec-<hash>` is no tag, `*` no emphasis."""
    return text.replace("<", "&lt;").replace("*", "\\*")
