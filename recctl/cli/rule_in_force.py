"""What commands that hash share: the rule in force, by the project or by a recorder that is asked."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from recctl.cli.options import tell
from recctl.recordings.ogx.hash_releases import choose_rule
from recctl.recordings.ogx.hash_rules import HashRule
from recctl.support.configuration import Project

RECORDER_VARIABLE = "RECCTL_RECORDER"

RecorderOption = Annotated[
    str | None,
    typer.Option(
        "--recorder",
        metavar="PYTHON",
        help=f"Hash by the recorder installed for this Python, which runs; or {RECORDER_VARIABLE}.",
    ),
]


def hash_rule(project: Project, recorder: str | None, context: typer.Context) -> HashRule:
    """Return the rule in force: by the recorder of an interpreter, else the one a project names.

    Says what was decided, and at the end of the command where a recorder and recctl's own rule
    differ. Raises RecctlError.
    """
    rule = project_rule(project)
    python = recorder or os.environ.get(RECORDER_VARIABLE)
    return _rule_by(python, rule, context) if python else rule


def project_rule(project: Project) -> HashRule:
    """Return the rule that a project names, and say what was decided. Raises RecctlError."""
    choice = choose_rule(project.hash_rule)
    if choice.note:
        tell([choice.note])
    return choice.rule


def _rule_by(python: str, replaces: HashRule, context: typer.Context) -> HashRule:
    from recctl.recordings.ogx.recorder import Recorder, notes_on, rule_of_recorder

    asked = Recorder(python)
    context.call_on_close(asked.close)
    rule = rule_of_recorder(asked, replaces)
    context.call_on_close(lambda: tell(notes_on(rule)))
    return rule
