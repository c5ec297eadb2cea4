"""Values that a shell offers for options and arguments.

Imports happen inside the functions: only a completing shell needs them. Only plain words are offered:
a shell evaluates what it completes, and a recording may hold any text.
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
    """Return codes of rules; in a list such as `RC1,RC404` the last one is completed."""
    from recctl.check.registry import RULES

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{rule.code}" for rule in RULES if rule.code.startswith(last.upper())]


def rule_names(incomplete: str) -> list[str]:
    """Return codes and names of rules."""
    from recctl.check.registry import RULES

    return _matching((name for rule in RULES for name in (rule.code, rule.name)), incomplete)


def command_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the names of the commands."""
    root = ctx.find_root()
    return _matching(root.command.list_commands(root), incomplete)  # type: ignore[attr-defined]


def models(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the models of the recordings."""
    return _matching((summary.header.model for summary in _summaries(ctx)), incomplete)


def providers(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the providers of the recordings."""
    return _matching((summary.header.provider for summary in _summaries(ctx)), incomplete)


def endpoints(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the endpoints of the recordings."""
    return _matching((summary.header.endpoint for summary in _summaries(ctx)), incomplete)


def test_texts(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return names of tests and classes, or whole ids without parameters once a path is typed."""
    ids = _test_ids(ctx)
    if "/" in incomplete or "::" in incomplete:
        return _matching(ids, incomplete)
    return _matching((name for each in ids for name in each.split("::")[1:]), incomplete)


def paths(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return ids of tests once a test file is typed; until then the shell completes files."""
    from recctl.catalog.test_paths import parse_test_path

    file, separator, _ = incomplete.partition("::")
    test = parse_test_path(file)
    if not separator or test is None:
        return []
    of_file = (each.header.test_id or "" for each in _summaries(ctx) if test.selects(each))
    names = {each.partition("[")[0].partition("::")[2] for each in of_file}
    classes = {name.rpartition("::")[0] for name in names}
    return _matching((f"{file}::{name}" for name in names | classes if name), incomplete)


def references(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return references, `rec-` and 12 digits or only the digits; the shell completes files."""
    from recctl.recordings.ogx.filename import parse_filename

    if "/" in incomplete:
        return []
    names = [parse_filename(path.name) for path in _files(ctx)]
    found = _matching((name.reference for name in names), incomplete)
    bare = (name.id.removeprefix("rec-") for name in names if name.id)
    return found or _matching(bare, incomplete)


def _files(ctx: typer.Context) -> tuple[Path, ...]:
    from recctl.cli.path_arguments import find_recordings

    parsed = _parsed_so_far(ctx)
    return find_recordings(parsed.get("directories") or parsed.get("paths")).files


def _parsed_so_far(ctx: typer.Context) -> dict[str, Any]:
    """Return the options and arguments so far.

    While the last option lacks its value, typer cannot parse them: then parse them without it.
    """
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


def _matching(values: Iterable[str | None], incomplete: str) -> list[str]:
    return sorted(set(_plain_matches(values, incomplete)))


def _plain_matches(values: Iterable[str | None], incomplete: str) -> Iterator[str]:
    wanted = incomplete.lower()
    for value in values:
        if value and value.lower().startswith(wanted) and _PLAIN.fullmatch(value):
            yield value
