"""The hash rule in force: that of the project's settings, or of an installed recorder."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from recctl.cli.reporting import print_notes
from recctl.recordings.ogx.hash_releases import choose_rule
from recctl.recordings.ogx.hash_rules import HashRule
from recctl.support.configuration import Project

RECORDER_VARIABLE = "RECCTL_RECORDER"

RecorderOption = Annotated[
    str | None,
    typer.Option(
        "--recorder",
        metavar="PYTHON",
        help=f"Hash with the recorder of this interpreter, which recctl runs; or set {RECORDER_VARIABLE}.",
    ),
]


def hash_rule(project: Project, recorder: str | None, context: typer.Context) -> HashRule:
    """Return the hash rule of an interpreter's recorder, else the one that the project names.

    Prints a note if the choice needs one, and at the end of the command a note if the recorder and
    recctl's own rule differ. Raises RecctlError.
    """
    rule = project_rule(project)
    python = recorder or os.environ.get(RECORDER_VARIABLE)
    return _recorder_rule(python, rule, context) if python else rule


def project_rule(project: Project) -> HashRule:
    """Return the rule that a project names, and print a note if it needs one. Raises RecctlError."""
    choice = choose_rule(project.settings.hash_rule)
    if choice.note:
        print_notes([choice.note])
    return choice.rule


def _recorder_rule(python: str, replaces: HashRule, context: typer.Context) -> HashRule:
    from recctl.recordings.ogx.recorder import Recorder, notes_on, rule_of_recorder

    running = Recorder(python)
    context.call_on_close(running.close)
    rule = rule_of_recorder(running, replaces)
    context.call_on_close(lambda: print_notes(notes_on(rule)))
    return rule
