"""`recctl check`: which recordings are wrong or dead."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec
import typer

from recctl.check.context import Settings
from recctl.check.engine import Item, check_files
from recctl.check.rules.rule import Finding, Rule
from recctl.check.selection import is_ignored_by_path, require_known, selected
from recctl.cli import completers
from recctl.cli.options import (
    DONE,
    FINDINGS,
    TROUBLE,
    DropOldOption,
    PathsArgument,
    refuse_together,
    report,
    search,
    tell,
)
from recctl.cli.rule_in_force import RecorderOption, hash_rule
from recctl.support.configuration import Project, find_project
from recctl.support.errors import RecctlError, Unreadable
from recctl.support.paths import absolute_path, current_directory, display_path
from recctl.views import output
from recctl.views.escaping import plural
from recctl.views.progress import progress
from recctl.views.styled_lines import Line
from recctl.views.terminal_info import screen

Format = Literal["text", "json", "github"]
_LookedAt: TypeAlias = tuple[Sequence[Path], Sequence[str]]  # files, and codes of rules


def check(
    context: typer.Context,
    paths: PathsArgument = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODES",
            help="Only these rules: codes or prefixes, as RC1,RC404.",
            autocompletion=completers.rule_codes,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="CODES", help="Not these rules.", autocompletion=completers.rule_codes),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Fix what needs no decision; recctl undo takes it back.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print what was found.")] = "text",
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Report only what this file does not accept.", readable=False),
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Accept what is found now: write it to the baseline.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for warnings too.")] = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Only counts: by rule, and by directory.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only findings: no counts, no hints.")] = False,
    long: Annotated[bool, typer.Option("--long", help="On a terminal: each finding, with its path.")] = False,
    recorder: RecorderOption = None,
    drop_old: DropOldOption = False,
) -> None:
    """Which of these recordings are wrong or dead, and why?

    Silent where nothing is. Exits 1 for errors, and for what --fix fixed; for warnings only with
    --strict. recctl rule CODE explains a finding.

    Examples:

      recctl check

      recctl check tests/integration --select RC1,RC4 --format github
    """
    refuse_together(fix=fix, write_baseline=write_baseline)
    if statistics and form != "text":
        raise RecctlError("--statistics is text", f"leave out --format {form}")
    project = find_project(current_directory())
    rules, ignored = _rules(project, select, ignore)
    accepted_in = baseline or project.check.baseline
    if write_baseline and accepted_in is None:
        raise RecctlError("--write-baseline needs a file", "name it: --baseline .recctl-baseline.json")
    found = search(paths)
    settings = Settings(hash_rule(project, recorder, context), project.check.max_size)
    warnings: list[str] = []
    checked = check_files(found.files, rules, settings, ignored, warnings.append)
    items = list(chain(*(checked if quiet else progress(checked, "checking", len(found.files)))))
    findings = _in_order(_reported(items, project))
    tell(warnings)
    problems = [*found.problems, *(item for item in items if isinstance(item, Unreadable))]
    scope = (found.files, [rule.code for rule in rules])
    hint = _nothing if quiet else output.say
    if write_baseline and accepted_in is not None:
        hint(_accept(findings, accepted_in, scope))
        raise typer.Exit(report(problems))
    past = 0
    if accepted_in is not None:
        findings, past = _new(findings, accepted_in, scope)
    fixed = _fix(findings, found.files, drop_old) if fix else _Fixed(findings)
    _print(fixed.left, form, found.files, _Looks(statistics, quiet, long))
    code = max(report(problems), fixed.code)
    if fixed.done:
        hint(f"fixed {plural(fixed.done, 'recording')}; recctl undo takes it back")
    if past:
        hint(f"{plural(past, 'accepted finding')} no longer found; --write-baseline drops what is past")
    if form == "github":
        _summarize(fixed.left, len(found.files))
    severe = any(strict or project.check.strict or finding.rule.severity == "error" for finding in fixed.left)
    raise typer.Exit(TROUBLE if code else FINDINGS if severe or fixed.done else DONE)


def _rules(
    project: Project, select: list[str] | None, ignore: list[str] | None
) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """The rules to look by, and the codes ignored: what the options say, else the project.

    Raises RecctlError for unknown codes.
    """
    settings = project.check
    for codes in settings.per_path_ignores.values():
        require_known(codes, "[tool.recctl.check] per-path-ignores")
    chosen = _codes(select, settings.select, "select")
    ignored = _codes(ignore, settings.ignore, "ignore")
    return selected(chosen, ignored), ignored


def _codes(given: list[str] | None, configured: Sequence[str], name: str) -> tuple[str, ...]:
    if given is None:
        require_known(configured, f"[tool.recctl.check] {name}")
        return tuple(configured)
    codes = tuple(code.upper() for text in given for code in text.replace(",", " ").split())
    if not codes:
        raise RecctlError(f"--{name} names no rule", "give codes or prefixes, as RC1,RC404")
    require_known(codes, f"--{name}")
    return codes


def _reported(items: Iterable[Item], project: Project) -> Iterator[Finding]:
    """Yield the findings that no path glob of the project ignores."""
    ignores, base = project.check.per_path_ignores, project.directory
    for item in items:
        if isinstance(item, Finding) and not is_ignored_by_path(item, ignores, base):
            yield item


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: (absolute_path(one.path), one.rule.code, one.line or 0))


def _nothing(_hint: str) -> None:
    """Leave a hint out."""


def _accept(findings: list[Finding], file: Path, looked_at: _LookedAt) -> str:
    from recctl.check.baseline import Baseline, Scope

    Baseline.read_to_replace(file).replace(findings, Scope(*looked_at))
    return f"accepted {plural(len(findings), 'finding')} in {display_path(file)}"


def _new(findings: list[Finding], file: Path, looked_at: _LookedAt) -> tuple[list[Finding], int]:
    from recctl.check.baseline import Baseline, Scope

    accepted = Baseline.read(file)
    return accepted.new(findings), accepted.past(findings, Scope(*looked_at))


class _Fixed(msgspec.Struct, frozen=True):
    """The findings that are left, how many files were fixed, and the exit code that follows."""

    left: list[Finding]
    done: int = 0
    code: int = DONE


def _fix(findings: list[Finding], files: Sequence[Path], drop_old: bool) -> _Fixed:
    from recctl.check.fixes import plan_fixes
    from recctl.cli.apply import carry_out, tell_skipped

    outcome = carry_out(list(plan_fixes(findings)), "check", files, drop_old)
    done = set(outcome.done)
    left = [finding for finding in findings if not (finding.fixable and finding.path in done)]
    return _Fixed(left, len(done), tell_skipped(outcome))


class _Looks(msgspec.Struct, frozen=True):
    """How findings are printed as text: only counted, without their counts, with paths."""

    statistics: bool
    quiet: bool
    long: bool


def _print(findings: list[Finding], form: Format, files: Sequence[Path], looks: _Looks) -> None:
    if form == "text" and not findings:
        return
    from recctl.views.findings import finding_object, findings_totals

    if form == "json":
        from recctl.views.as_json import encode

        output.write_json(encode([finding_object(finding) for finding in findings]))
        return
    if form == "github":
        from recctl.views.github import annotated

        output.write_text(annotated(findings, os.environ))
    else:
        output.write_page(_page(findings, files, looks))
    if findings and not looks.quiet:
        output.say(findings_totals(findings, len(files)))


def _page(findings: list[Finding], files: Sequence[Path], looks: _Looks) -> list[Line]:
    from recctl.views.findings import counts_page, findings_page, statistics_page

    if looks.statistics:
        return list(statistics_page(findings))
    shown = screen()
    if shown.terminal:
        from recctl.views.findings_by_test import screen_page

        page = list(screen_page(findings, files, shown.width, looks.long))
    else:
        page = list(findings_page(findings))
    return page[:-1] if looks.quiet else [*page, *counts_page(findings)]


def _summarize(findings: list[Finding], files: int) -> None:
    from recctl.views.github import SUMMARY_VARIABLE, summary_table

    if place := os.environ.get(SUMMARY_VARIABLE):
        output.append(Path(place), summary_table(findings, files))
