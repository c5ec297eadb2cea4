"""The project a command runs in: its root, and the settings of its pyproject.toml under `[tool.recctl]`."""

from __future__ import annotations

import json
import os
from collections import abc
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, time
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_args, get_origin

import msgspec
from msgspec import Meta

from recctl.support.errors import RecctlError
from recctl.support.suggestions import did_you_mean

NO_CACHE_VARIABLE = "RECCTL_NO_CACHE"  # if set, the index of earlier runs is not used
DEFAULT_MAX_SIZE = 1000  # kB
_MAX_SHOWN = 60  # characters of a wrong value

_Problem: TypeAlias = tuple[str, str]  # the name of a table, and what is wrong in it


class Code(str):
    """The code of a rule, or a prefix of codes, in capitals."""

    __slots__ = ()


# The description of a type is what an error message says that a value must be.
_Codes: TypeAlias = Annotated[
    tuple[Code, ...], Meta(description='a list of strings, such as ["RC1", "RC404"]')
]
_Directories: TypeAlias = Annotated[
    tuple[Path, ...],
    Meta(min_length=1, description='a string or a list of strings, such as ["tests/recordings"]'),
]
_HashRule: TypeAlias = Annotated[str, Meta(min_length=1, description='a string, such as "ogx 1.4"')]
_File: TypeAlias = Annotated[Path, Meta(description='a string, such as ".recctl-baseline.json"')]
_Flag: TypeAlias = Annotated[bool, Meta(description="true or false")]
_KiloBytes: TypeAlias = Annotated[int, Meta(gt=0, description="a whole number above 0")]


class CheckSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[tool.recctl.check]`: codes or prefixes to select and to ignore, the latter also by path glob.

    Globs are relative to the directory of the pyproject.toml. `max_size` is in kB.
    """

    select: _Codes = ()
    ignore: _Codes = ()
    per_path_ignores: Mapping[str, _Codes] = msgspec.field(default_factory=dict)
    baseline: _File | None = None
    strict: _Flag = False
    max_size: _KiloBytes = DEFAULT_MAX_SIZE


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`[tool.recctl]`: where recordings are, the rule that hashes them, and what `check` does.

    `recordings` and `hash_rule` are None where they are not configured.
    """

    recordings: _Directories | None = None
    hash_rule: _HashRule | None = None
    check: CheckSettings = msgspec.field(default_factory=CheckSettings)


class Project(msgspec.Struct, frozen=True):
    """`root` is the git top level, else the current directory; `directory` that of the pyproject.toml.

    Without a pyproject.toml `directory` is None and every setting has its default.
    """

    root: Path
    directory: Path | None = None
    settings: Settings = msgspec.field(default_factory=Settings)


def find_project(start: Path) -> Project:
    """Return the project around a directory. Raises RecctlError for a pyproject.toml that cannot be used."""
    parents = (start, *start.parents)
    # os.path says no where it may not look; pathlib would raise.
    top = next((parent for parent in parents if os.path.exists(parent / ".git")), None)
    nearest = next((path for parent in parents if os.path.isfile(path := parent / "pyproject.toml")), None)
    if nearest is None:
        return Project(top or start)
    return Project(top or start, nearest.parent, _settings(nearest, _own_table(nearest)))


def _own_table(pyproject: Path) -> Any:
    """Return the value of `tool.recctl`, which may have any type."""
    import tomllib  # only where there is something to read

    try:
        tool = tomllib.loads(pyproject.read_text("utf-8")).get("tool", {})
    except OSError as error:
        why = f"cannot be read: {(error.strerror or str(error)).lower()}"
        raise RecctlError(f"{pyproject}: {why}", "fix it, or name a directory") from None
    except (ValueError, RecursionError) as error:
        raise RecctlError(f"{pyproject}: not valid TOML: {error}", "fix it, or name a directory") from None
    if not isinstance(tool, dict):
        raise _wrong(pyproject, "tool", f"must be a table, not {_shown(tool)}")
    return tool.get("recctl", {})


def _settings(pyproject: Path, table: Any) -> Settings:
    if isinstance(table, dict) and isinstance(table.get("recordings"), str):
        table = {**table, "recordings": [table["recordings"]]}
    decode = partial(_decode, pyproject.parent)
    try:
        return msgspec.convert(table, Settings, dec_hook=decode)
    except msgspec.ValidationError as error:
        problems = _problems("tool.recctl", table, Settings, decode)
        raise _wrong(pyproject, *next(problems, ("tool.recctl", str(error)))) from None


def _decode(base: Path, kind: type, value: Any) -> Any:
    """Return a string as a code or as a path below `base`. Raises ValueError for other values and ""."""
    if not isinstance(value, str) or not value:
        raise ValueError("not a string")
    return Code(value.upper()) if kind is Code else base / value


def _problems(name: str, value: Any, kind: Any, decode: Callable[[type, Any], Any]) -> Iterator[_Problem]:
    """Yield what is wrong with a table: its name, and why."""
    if not isinstance(value, dict):
        yield name, f"must be a table, not {_shown(value)}"
        return
    kinds = _kinds(kind, value)
    unknown = [key for key in value if key not in kinds]
    yield from ((name, _unknown(key, kinds)) for key in unknown)
    for key in (key for key in kinds if key in value):
        inner = kinds[key]
        if get_origin(inner) is abc.Mapping or inner is CheckSettings:
            yield from _problems(f"{name}.{key}", value[key], inner, decode)
        elif not _converts(value[key], inner, decode):
            yield name, f"{key} must be {_allowed(inner)}, not {_shown(value[key])}"


def _kinds(kind: Any, table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the type of each key that a table may have: of a struct's fields, or of any key of a mapping."""
    if get_origin(kind) is abc.Mapping:
        return dict.fromkeys(table, get_args(kind)[1])
    return {field.encode_name: field.type for field in msgspec.structs.fields(kind)}


def _converts(value: Any, kind: Any, decode: Callable[[type, Any], Any]) -> bool:
    try:
        msgspec.convert(value, kind, dec_hook=decode)
    except msgspec.ValidationError:
        return False
    return True


def _allowed(kind: Any) -> str:
    """Return what a value of this type, or of this type or None, has to be."""
    metas = (meta for part in (kind, *get_args(kind)) for meta in getattr(part, "__metadata__", ()))
    return next(str(meta.description) for meta in metas)


def _unknown(key: str, known: Iterable[str]) -> str:
    meant = did_you_mean(key, known)
    return f"has no key {key}; {f'{meant} known are' if meant else 'known are'} {', '.join(known)}"


def _shown(value: Any) -> str:
    """Return a wrong value as text, cut to fit the message."""
    if isinstance(value, date | time):  # json.dumps would quote it
        return value.isoformat()
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):  # an integer of too many digits, or lists nested too deeply
        return "a value this large"
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


def _wrong(pyproject: Path, name: str, why: str) -> RecctlError:
    return RecctlError(f"{pyproject}: [{name}] {why}")
