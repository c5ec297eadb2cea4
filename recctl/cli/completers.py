"""What a shell may complete values of options and arguments to.

Everything is loaded when it is asked for. Only plain words are offered: shells evaluate what they
are given, and a recording may hold anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from recctl.recordings.summary import Summary

_PLAIN = re.compile(r"[A-Za-z0-9_./@+][A-Za-z0-9_./:@+=,-]*")


def rule_codes(incomplete: str) -> list[str]:
    """Codes of rules; of a list, as `RC1,RC404`, the last is completed."""
    from recctl.check.registry import RULES

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{rule.code}" for rule in RULES if rule.code.startswith(last.upper())]


def rule_names(incomplete: str) -> list[str]:
    """Codes and names of rules."""
    from recctl.check.registry import RULES

    return _fitting((name for rule in RULES for name in (rule.code, rule.name)), incomplete)


def command_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """The commands."""
    root = ctx.find_root()
    return _fitting(root.command.list_commands(root), incomplete)  # type: ignore[attr-defined]


def models(ctx: typer.Context, incomplete: str) -> list[str]:
    """The models of the recordings."""
    return _fitting((summary.header.model for summary in _summaries(ctx)), incomplete)


def providers(ctx: typer.Context, incomplete: str) -> list[str]:
    """The providers of the recordings."""
    return _fitting((summary.header.provider for summary in _summaries(ctx)), incomplete)


def endpoints(ctx: typer.Context, incomplete: str) -> list[str]:
    """The endpoints of the recordings."""
    return _fitting((summary.header.endpoint for summary in _summaries(ctx)), incomplete)


def test_texts(ctx: typer.Context, incomplete: str) -> list[str]:
    """Names of tests and classes, or whole ids without parameters where a path is begun."""
    ids = _test_ids(ctx)
    if "/" in incomplete or "::" in incomplete:
        return _fitting(ids, incomplete)
    return _fitting((name for each in ids for name in each.split("::")[1:]), incomplete)


def paths(ctx: typer.Context, incomplete: str) -> list[str]:
    """Ids of tests, once a test file is named; before that completing files is left to the shell."""
    from recctl.catalog.test_paths import parse_test_path

    file, separator, _ = incomplete.partition("::")
    test = parse_test_path(file)
    if not separator or test is None:
        return []
    of_file = (each.header.test_id or "" for each in _summaries(ctx) if test.selects(each))
    names = {each.partition("[")[0].partition("::")[2] for each in of_file}
    classes = {name.rpartition("::")[0] for name in names}
    return _fitting((f"{file}::{name}" for name in names | classes if name), incomplete)


def references(ctx: typer.Context, incomplete: str) -> list[str]:
    """References, `rec-` and 12 digits or the digits alone; completing files is left to the shell."""
    from recctl.recordings.ogx.filename import parse_filename

    if "/" in incomplete:
        return []
    names = [parse_filename(path.name) for path in _files(ctx)]
    found = _fitting((name.reference for name in names), incomplete)
    bare = (name.id.removeprefix("rec-") for name in names if name.id)
    return found or _fitting(bare, incomplete)


def _files(ctx: typer.Context) -> tuple[Path, ...]:
    from recctl.cli.path_arguments import search

    given = _given(ctx)
    return search(given.get("directories") or given.get("paths")).files


def _given(ctx: typer.Context) -> dict[str, Any]:
    """The options and arguments so far; the option that waits for its value keeps typer from reading them."""
    words = ctx.parent.args if ctx.parent else []
    if not words or not words[-1].startswith("-"):
        return ctx.params
    return ctx.command.make_context(ctx.info_name, words[:-1], resilient_parsing=True).params


def _summaries(ctx: typer.Context) -> Iterable[Summary]:
    from recctl.catalog.scan import scan
    from recctl.cli.path_arguments import use_index
    from recctl.support.errors import separate

    return separate(scan(_files(ctx), use_index=use_index(False)))[0]


def _test_ids(ctx: typer.Context) -> set[str]:
    return {summary.header.test_id.partition("[")[0] for summary in _summaries(ctx) if summary.header.test_id}


def _fitting(values: Iterable[str | None], incomplete: str) -> list[str]:
    return sorted(set(_plain(values, incomplete)))


def _plain(values: Iterable[str | None], incomplete: str) -> Iterator[str]:
    wanted = incomplete.lower()
    for value in values:
        if value and value.lower().startswith(wanted) and _PLAIN.fullmatch(value):
            yield value
