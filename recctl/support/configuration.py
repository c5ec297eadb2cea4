"""The project a command runs in: its root, and what its pyproject.toml says under `[tool.recctl]`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from recctl.support.errors import RecctlError
from recctl.support.suggestions import did_you_mean

NO_CACHE_VARIABLE = "RECCTL_NO_CACHE"  # set: do without the index of earlier runs
DEFAULT_MAX_SIZE = 1000  # kB


class CheckSettings(msgspec.Struct, frozen=True):
    """`[tool.recctl.check]`: codes or prefixes to select and to ignore, the latter also by path glob.

    Globs are relative to `base`, the directory of the pyproject.toml. `max_size` is in kB.
    """

    base: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_path_ignores: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    baseline: Path | None = None
    strict: bool = False
    max_size: int = DEFAULT_MAX_SIZE


class Project(msgspec.Struct, frozen=True):
    """`root` is the git top level, else the current directory.

    `recordings` are the configured directories and `hash_rule` names the era of the recorder; each
    None where nothing is configured.
    """

    root: Path
    recordings: tuple[Path, ...] | None = None
    hash_rule: str | None = None
    check: CheckSettings = msgspec.field(default_factory=CheckSettings)


def find_project(start: Path) -> Project:
    """The project around a directory. Raises RecctlError for a pyproject.toml that cannot be used."""
    parents = (start, *start.parents)
    # os.path says no where it may not look; pathlib would raise.
    top = next((parent for parent in parents if os.path.exists(parent / ".git")), None)
    nearest = next((path for parent in parents if os.path.isfile(path := parent / "pyproject.toml")), None)
    if nearest is None:
        return Project(top or start)
    own = _Table(nearest, "tool.recctl", _own_table(nearest))
    own.refuse_others("recordings", "hash-rule", "check")
    recordings = own.strings("recordings", single=True, example='recordings = ["tests/recordings"]')
    return Project(
        top or start,
        tuple(nearest.parent / name for name in recordings) or None,
        own.string("hash-rule"),
        _check_settings(nearest.parent, own.table("check")),
    )


def _check_settings(base: Path, table: _Table) -> CheckSettings:
    table.refuse_others("select", "ignore", "per-path-ignores", "baseline", "strict", "max-size")
    ignores = table.table("per-path-ignores")
    baseline = table.string("baseline")
    return CheckSettings(
        base,
        _codes(table, "select"),
        _codes(table, "ignore"),
        {glob: _codes(ignores, glob) for glob in ignores.values},
        None if baseline is None else base / baseline,
        table.flag("strict"),
        table.number("max-size", DEFAULT_MAX_SIZE),
    )


def _codes(table: _Table, key: str) -> tuple[str, ...]:
    return tuple(code.upper() for code in table.strings(key))


class _Table(msgspec.Struct, frozen=True):
    """A table of a pyproject.toml; every look at a value raises RecctlError where it has the wrong type."""

    file: Path
    name: str
    values: Mapping[str, Any]

    def table(self, key: str) -> _Table:
        value = self.values.get(key, {})
        inner = _Table(self.file, f"{self.name}.{key}", value)
        return inner if isinstance(value, dict) else inner.refuse("must be a table")

    def strings(
        self, key: str, *, single: bool = False, example: str = 'a list of strings, as ["RC1", "RC404"]'
    ) -> tuple[str, ...]:
        value = self.values.get(key)
        if value is None:
            return ()
        given = [value] if single and isinstance(value, str) else value
        if not isinstance(given, list) or not all(isinstance(item, str) and item for item in given):
            self.refuse(f"{key} must be strings", example)
        return tuple(given) or self.refuse(f"{key} must not be empty", example) if single else tuple(given)

    def string(self, key: str) -> str | None:
        value = self.values.get(key)
        return (
            value
            if value is None or (isinstance(value, str) and value)
            else self.refuse(f"{key} must be a string")
        )

    def flag(self, key: str) -> bool:
        value = self.values.get(key, False)
        return value if isinstance(value, bool) else self.refuse(f"{key} must be true or false")

    def number(self, key: str, default: int) -> int:
        value = self.values.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        return self.refuse(f"{key} must be a whole number above 0")

    def refuse_others(self, *known: str) -> None:
        for key in self.values:
            if key not in known:
                meant = did_you_mean(key, known)
                self.refuse(f"has no key {key}", f"{meant} known are {', '.join(known)}".lstrip())

    def refuse(self, why: str, hint: str = "") -> NoReturn:
        raise RecctlError(f"{self.file}: [{self.name}] {why}", hint or "mend it")


def _own_table(pyproject: Path) -> Mapping[str, Any]:
    import tomllib  # only where there is something to read

    hint = "mend it, or name a directory"
    try:
        tool = tomllib.loads(pyproject.read_text("utf-8")).get("tool", {})
    except (OSError, ValueError, RecursionError) as error:
        raise RecctlError(f"{pyproject}: cannot be used: {error}", hint) from None
    own = tool.get("recctl", {}) if isinstance(tool, dict) else None
    if not isinstance(own, dict):
        raise RecctlError(f"{pyproject}: [tool.recctl] must be a table", hint)
    return own
