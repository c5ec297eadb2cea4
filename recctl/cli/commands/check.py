"""`recctl check`: which recordings are wrong or dead."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from recctl.check.context import Settings
from recctl.check.engine import Item, check_files
from recctl.check.rules.rule import Finding, Rule
from recctl.check.selection import is_ignored_by_path, require_known, selected
from recctl.cli import completers
from recctl.cli.exit_codes import ERROR, FINDINGS, SUCCESS
from recctl.cli.options import DropOldOption, PathsArgument, forbid_together
from recctl.cli.path_arguments import find_recordings
from recctl.cli.reporting import print_notes, report_problems
from recctl.cli.rule_in_force import RecorderOption, hash_rule
from recctl.support.configuration import Project, find_project
from recctl.support.errors import RecctlError, Unreadable
from recctl.support.paths import absolute_path, current_directory, display_path
from recctl.views import output
from recctl.views.progress import progress
from recctl.views.styled_lines import Line
from recctl.views.terminal_info import terminal_info
from recctl.views.units import plural

Format = Literal["text", "json", "github"]


def check(
    context: typer.Context,
    paths: PathsArgument = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODES",
            help="Only these rules: codes or prefixes, such as RC1,RC404.",
            autocompletion=completers.rule_codes,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODES",
            help="All but these rules: codes or prefixes.",
            autocompletion=completers.rule_codes,
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Fix what can be fixed safely; recctl undo restores the files.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", help="How to print findings.")] = "text",
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Report only findings that this baseline lacks.", readable=False),
    ] = None,
    write_baseline: Annotated[
        bool, typer.Option("--write-baseline", help="Accept every current finding: write it to the baseline.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 for warnings too.")] = False,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="Print only counts, by rule and by directory.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print only findings: no counts, no hints.")
    ] = False,
    long: Annotated[
        bool, typer.Option("--long", help="On a terminal, list every finding with its path.")
    ] = False,
    recorder: RecorderOption = None,
    drop_old: DropOldOption = False,
) -> None:
    """Which of these recordings are wrong or dead, and why?

    Prints nothing if all are fine. Exits with 1 for errors and for files that --fix fixed, for
    warnings only with --strict. recctl rule CODE explains a finding.

    Examples:

      recctl check

      recctl check tests/integration --select RC1,RC4 --format github
    """
    forbid_together(fix=fix, write_baseline=write_baseline)
    if statistics and form != "text":
        raise RecctlError("--statistics prints text", f"leave out --format {form}")
    project = find_project(current_directory())
    rules, ignored = _rules(project, select, ignore)
    baseline = baseline or project.settings.check.baseline
    if write_baseline and baseline is None:
        raise RecctlError("--write-baseline needs a file", "name it: --baseline .recctl-baseline.json")
    found = find_recordings(paths)
    settings = Settings(hash_rule(project, recorder, context), project.settings.check.max_size)
    warnings: list[str] = []
    checked = check_files(found.files, rules, settings, ignored, warnings.append)
    items = list(chain(*(checked if quiet else progress(checked, "checking", len(found.files)))))
    findings = _sorted(_reported(items, project))
    print_notes(warnings)
    problems = [*found.problems, *(item for item in items if isinstance(item, Unreadable))]
    hint = _print_no_hint if quiet else output.print_stderr
    if write_baseline and baseline is not None:
        hint(_accept(findings, baseline, found.files, rules))
        raise typer.Exit(report_problems(problems))
    fixed_since = 0
    if baseline is not None:
        findings, fixed_since = _not_accepted(findings, baseline, found.files, rules)
    fixed = _fix(findings, found.files, drop_old) if fix else _Fixed(findings)
    _print(fixed.left, form, found.files, _TextOptions(statistics, quiet, long))
    code = max(report_problems(problems), fixed.code)
    if fixed.count:
        hint(f"fixed {plural(fixed.count, 'recording')}; recctl undo restores them")
    if fixed_since:
        hint(f"{plural(fixed_since, 'accepted finding')} no longer found; --write-baseline removes them")
    if form == "github":
        _append_job_summary(fixed.left, len(found.files))
    fails = any(strict or project.settings.check.strict or one.rule.severity == "error" for one in fixed.left)
    raise typer.Exit(ERROR if code else FINDINGS if fails or fixed.count else SUCCESS)


def _rules(
    project: Project, select: list[str] | None, ignore: list[str] | None
) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    """Return the rules to run and the codes ignored: what the options say, else the project.

    Raises RecctlError for unknown codes.
    """
    settings = project.settings.check
    for codes in settings.per_path_ignores.values():
        require_known(codes, "[tool.recctl.check] per-path-ignores")
    selected_codes = _codes(select, settings.select, "select")
    ignored_codes = _codes(ignore, settings.ignore, "ignore")
    return selected(selected_codes, ignored_codes), ignored_codes


def _codes(given: list[str] | None, configured: Sequence[str], name: str) -> tuple[str, ...]:
    if given is None:
        require_known(configured, f"[tool.recctl.check] {name}")
        return tuple(configured)
    codes = tuple(code.upper() for text in given for code in text.replace(",", " ").split())
    if not codes:
        raise RecctlError(f"--{name} names no rule", "give codes or prefixes, such as RC1,RC404")
    require_known(codes, f"--{name}")
    return codes


def _reported(items: Iterable[Item], project: Project) -> Iterator[Finding]:
    """Yield the findings that no path glob of the project ignores."""
    ignores, base = project.settings.check.per_path_ignores, project.directory
    for item in items:
        if isinstance(item, Finding) and not is_ignored_by_path(item, ignores, base):
            yield item


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda one: (absolute_path(one.path), one.rule.code, one.line or 0))


def _print_no_hint(_hint: str) -> None:
    """Print nothing: replaces `print_stderr` with --quiet."""


def _accept(findings: list[Finding], baseline: Path, files: Sequence[Path], rules: Sequence[Rule]) -> str:
    """Write the findings to a baseline; return what to print about it. Raises RecctlError."""
    from recctl.check.baseline import Baseline, Scope

    Baseline.read_to_replace(baseline).replace(findings, Scope(files, [rule.code for rule in rules]))
    return f"accepted {plural(len(findings), 'finding')} in {display_path(baseline)}"


def _not_accepted(
    findings: list[Finding], baseline: Path, files: Sequence[Path], rules: Sequence[Rule]
) -> tuple[list[Finding], int]:
    """Return the findings that a baseline lacks, and how many of its findings no longer occur."""
    from recctl.check.baseline import Baseline, Scope

    accepted = Baseline.read(baseline)
    return accepted.new(findings), accepted.past(findings, Scope(files, [rule.code for rule in rules]))


class _Fixed(msgspec.Struct, frozen=True):
    """The findings that are left, how many files were fixed, and the exit code that follows."""

    left: list[Finding]
    count: int = 0
    code: int = SUCCESS


def _fix(findings: list[Finding], files: Sequence[Path], drop_old: bool) -> _Fixed:
    from recctl.check.fixes import plan_fixes
    from recctl.cli.apply import apply_plan, report_skipped

    outcome = apply_plan(list(plan_fixes(findings)), "check", files, drop_old)
    done = set(outcome.done)
    left = [finding for finding in findings if not (finding.fixable and finding.path in done)]
    return _Fixed(left, len(done), report_skipped(outcome))


class _TextOptions(msgspec.Struct, frozen=True):
    """What `--format text` prints: only counts, only findings, paths as well."""

    statistics: bool
    quiet: bool
    long: bool


def _print(findings: list[Finding], form: Format, files: Sequence[Path], options: _TextOptions) -> None:
    if form == "text" and not findings:
        return
    from recctl.views.findings import finding_object, findings_totals

    if form == "json":
        from recctl.views.as_json import encode

        output.write_json(encode([finding_object(finding) for finding in findings]))
        return
    if form == "github":
        from recctl.views.github import workflow_commands

        output.write_text(workflow_commands(findings, os.environ))
    else:
        output.write_page(_page(findings, files, options))
    if findings and not options.quiet:
        output.print_stderr(findings_totals(findings, len(files)))


def _page(findings: list[Finding], files: Sequence[Path], options: _TextOptions) -> list[Line]:
    from recctl.views.findings import counts_page, findings_page, statistics_page

    if options.statistics:
        return list(statistics_page(findings))
    info = terminal_info()
    if info.is_terminal:
        from recctl.views.findings_by_test import findings_by_test_page

        page = list(findings_by_test_page(findings, files, info.width, options.long))
    else:
        page = list(findings_page(findings))
    return page[:-1] if options.quiet else [*page, *counts_page(findings)]


def _append_job_summary(findings: list[Finding], files: int) -> None:
    from recctl.views.github import SUMMARY_VARIABLE, summary_table

    if path := os.environ.get(SUMMARY_VARIABLE):
        output.append(Path(path), summary_table(findings, files))
