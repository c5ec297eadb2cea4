"""`recctl check`: which recordings are wrong or dead."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from recctl.check import Checker, ignored_by_path
from recctl.commands.common import DONE, FINDINGS, TROUBLE, PathsArgument, report, search
from recctl.config import Project, find_project
from recctl.errors import RecctlError
from recctl.hash_rules import rule_since
from recctl.paths import current_directory, display_path
from recctl.render import output
from recctl.render.progress import progress
from recctl.render.safe import plural
from recctl.rules import refuse_unknown, selected
from recctl.rules.rule import Finding, Rule
from recctl.rules.subject import Settings

Format = Literal["text", "json", "github"]


def check(
    paths: PathsArgument = None,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="CODES", help="Only these rules: codes or prefixes, as RC1,RC404."),
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="CODES", help="Not these rules.")] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what can be mended; recctl undo takes it back.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print what was found.")] = "text",
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Pass over what this file accepts.", readable=False),
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Accept what is found now: write it to the baseline.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for warnings too.")] = False,
) -> None:
    """Which of these recordings are wrong or dead, and why?

    Silent where nothing is. Exits 1 for errors, and for what --fix mended; for warnings only with
    --strict. recctl rule CODE explains a finding.

    Examples:

      recctl check

      recctl check tests/integration --select RC1,RC4 --format github
    """
    project = find_project(current_directory())
    rules = _rules(project, select, ignore)
    accepted_in = baseline or project.check.baseline
    found = search(paths)
    checker = Checker(found.files, rules, Settings(rule_since(project.hash_rule), project.check.max_size))
    findings = _in_order(
        finding
        for of_file in progress(checker, "checking", len(found.files))
        for finding in of_file
        if not ignored_by_path(finding, project.check.per_path_ignores, project.check.base)
    )
    problems = [*found.problems, *checker.problems]
    if write_baseline:
        raise typer.Exit(_accept(findings, accepted_in, report(problems)))
    mended = 0
    if accepted_in is not None:
        from recctl import baseline as accepted

        findings, mended = accepted.new_findings(findings, accepted.read_baseline(accepted_in), accepted_in)
    fixed = _Fixed(findings)
    if fix:
        fixed = _fix(findings, found.files)
    _print(fixed.left, form, len(found.files))
    code = max(report(problems), fixed.code)
    if fixed.done:
        output.say(f"mended {plural(fixed.done, 'recording')}; recctl undo takes it back")
    if mended:
        output.say(f"{mended:,} of the accepted findings are there no more; --write-baseline forgets them")
    grave = any(strict or finding.rule.severity == "error" for finding in fixed.left)
    raise typer.Exit(TROUBLE if code else FINDINGS if grave or fixed.done else DONE)


def _rules(project: Project, select: list[str] | None, ignore: list[str] | None) -> tuple[Rule, ...]:
    """The rules to look by: what the options say, else the project. Raises RecctlError for unknown codes."""
    chosen, left_out = _codes(select), _codes(ignore)
    refuse_unknown(chosen, "--select")
    refuse_unknown(left_out, "--ignore")
    settings = project.check
    for codes, key in ((settings.select, "select"), (settings.ignore, "ignore")):
        refuse_unknown(codes, f"[tool.recctl.check] {key}")
    for codes in settings.per_path_ignores.values():
        refuse_unknown(codes, "[tool.recctl.check] per-path-ignores")
    return selected(
        settings.select if select is None else chosen, settings.ignore if ignore is None else left_out
    )


def _codes(given: list[str] | None) -> list[str]:
    return [code.upper() for text in given or () for code in text.replace(",", " ").split()]


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: (str(one.path), one.rule.code, one.line or 0))


def _accept(findings: list[Finding], file: Path | None, code: int) -> int:
    if file is None:
        raise RecctlError("--write-baseline needs a file", "name it: --baseline .recctl-baseline.json")
    from recctl import baseline as accepted

    accepted.write_baseline(file, findings)
    output.say(f"accepted {plural(len(findings), 'finding')} in {display_path(file)}")
    return code


class _Fixed(msgspec.Struct, frozen=True):
    """The findings that are left, how many files were mended, and the exit code that follows."""

    left: list[Finding]
    done: int = 0
    code: int = DONE


def _fix(findings: list[Finding], files: Sequence[Path]) -> _Fixed:
    from recctl.commands.changing import carry_out, tell_skipped
    from recctl.fixing import fixes

    planned = fixes(findings, files)
    if not planned:
        return _Fixed(findings)
    outcome = carry_out(planned, "check", files)
    done = set(outcome.done)
    left = [finding for finding in findings if not (finding.fixable and finding.path in done)]
    return _Fixed(left, len(done), tell_skipped(outcome))


def _print(findings: list[Finding], form: Format, files: int) -> None:
    from recctl.render.findings import finding_object, findings_page, findings_totals

    if form == "json":
        from recctl.render.as_json import encode

        output.write_json(encode([finding_object(finding) for finding in findings]))
        return
    totals = findings_totals(findings, files) if findings else ""
    if form == "github":
        from recctl.render.github import SUMMARY_VARIABLE, annotated, summary_table

        output.write_text(annotated(findings, os.environ))
        if place := os.environ.get(SUMMARY_VARIABLE):
            output.append(Path(place), summary_table(findings, files, totals))
    elif findings:
        output.write_page(list(findings_page(findings)))
    if findings:
        output.say(totals)
