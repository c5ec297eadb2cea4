"""`recctl rule`: what the rules of `recctl check` mean."""

from __future__ import annotations

from typing import Annotated

import typer

from recctl.check.registry import RULES, rule_named
from recctl.cli import completers
from recctl.views import output
from recctl.views.findings import rule_page, rules_page


def rule(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="[CODE]",
            help="A code or name; all rules if left out.",
            autocompletion=completers.rule_names,
        ),
    ] = None,
) -> None:
    """What does a finding of recctl check mean, why does it matter, and how do I fix it?

    Examples:

      recctl rule

      recctl rule RC101
    """
    output.write_page(list(rules_page(RULES) if code is None else rule_page(rule_named(code))))
