"""What pytest collects by the configuration of a project, in any of the files where pytest looks for it.

Rules: https://docs.pytest.org/en/stable/reference/customize.html
"""

from __future__ import annotations

import configparser
import fnmatch
import os
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

_DEFAULTS = {
    "python_files": ("test_*.py", "*_test.py"),
    "python_classes": ("Test",),
    "python_functions": ("test",),
}
_TOML = ("pytest.toml", ".pytest.toml", "pyproject.toml")
_INI = ("pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg")
_SECTIONS = {"setup.cfg": "tool:pytest"}
_GLOB = frozenset("*?[")
# The prefix of unittest, which pytest's settings do not change.
_UNITTEST = "test"


class Unclear(Exception):
    """A configuration that cannot be read, and why."""


class Collecting(msgspec.Struct, frozen=True):
    """The settings of pytest: patterns of files, classes and functions, and the plugins that are loaded."""

    files: tuple[str, ...]
    classes: tuple[str, ...]
    functions: tuple[str, ...]
    plugins: tuple[str, ...]

    def takes_file(self, test_file: str) -> bool:
        """Return whether a file, relative to the root, matches python_files."""
        path = Path(test_file)
        return any(_matches_path(pattern, path) for pattern in self.files)

    def takes(self, names: tuple[str, ...]) -> bool:
        """Return whether pytest can collect these names, classes and then a function, by default rules."""
        *classes, function = names
        return all(_matches_name(name, self.classes) for name in classes) and _matches_name(
            function, (*self.functions, _UNITTEST)
        )


def read_configuration(root: Path, environment: Mapping[str, str] = os.environ) -> Collecting:
    """Return the settings of pytest in a root directory. Raises Unclear."""
    options: list[dict[str, tuple[str, ...]]] = [_from_options(environment.get("PYTEST_ADDOPTS", ""))]
    for name in (*_TOML, *_INI):
        path = root / name
        if os.path.lexists(path):
            settings = _settings_in(path)
            options += [settings, _from_options(" ".join(settings.get("addopts", ())))]
    plugins = [plugin for found in options for plugin in found.get("-p", ())]
    plugins += environment.get("PYTEST_PLUGINS", "").replace(",", " ").split()
    patterns = {
        key: tuple(dict.fromkeys([*(one for found in options for one in found.get(key, ())), *usual]))
        for key, usual in _DEFAULTS.items()
    }
    return Collecting(
        patterns["python_files"], patterns["python_classes"], patterns["python_functions"], tuple(plugins)
    )


def pytest_directory(start: Path, top: Path) -> Path:
    """Return where to run pytest: the nearest directory with settings for it, from `start` up to `top`."""
    for directory in (start, *start.parents):
        if directory == top or not directory.is_relative_to(top):
            break
        if any(_has_settings(directory / name) for name in (*_TOML, *_INI)):
            return directory
    return top


def _has_settings(path: Path) -> bool:
    if not os.path.isfile(path):
        return False
    if path.name not in ("pyproject.toml", *_SECTIONS, "tox.ini"):
        return True  # pytest's own files count even when empty
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if path.suffix == ".toml":
            return "pytest" in tomllib.loads(text).get("tool", {})
        return _parsed(text).has_section(_SECTIONS.get(path.name, "pytest"))
    except (OSError, ValueError, TypeError, AttributeError, configparser.Error, RecursionError):
        return False


def _settings_in(path: Path) -> dict[str, tuple[str, ...]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        values = _from_toml(text, path.name) if path.suffix == ".toml" else _from_ini(text, path.name)
        return {key: tuple(_words(value)) for key, value in values.items() if key in (*_DEFAULTS, "addopts")}
    except (OSError, ValueError, configparser.Error, RecursionError) as error:
        raise Unclear(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from None


def _from_toml(text: str, name: str) -> Mapping[str, Any]:
    document = tomllib.loads(text)
    tables = [document.get("pytest"), document]
    if name == "pyproject.toml":
        tool = document.get("tool")
        pytest = tool.get("pytest") if isinstance(tool, dict) else None
        tables = [pytest, pytest.get("ini_options") if isinstance(pytest, dict) else None]
    return {key: value for table in tables if isinstance(table, dict) for key, value in table.items()}


def _from_ini(text: str, name: str) -> Mapping[str, Any]:
    parser = _parsed(text)
    section = _SECTIONS.get(name, "pytest")
    return dict(parser[section]) if parser.has_section(section) else {}


def _parsed(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    parser.read_string(text)
    return parser


def _words(value: object) -> list[str]:
    if isinstance(value, str):
        return shlex.split(value, comments=False)
    return [str(one) for one in value] if isinstance(value, list) else []


def _from_options(options: str) -> dict[str, tuple[str, ...]]:
    """Return the settings in the options `-o NAME=VALUE` and `-p PLUGIN`. Raises Unclear."""
    found: dict[str, list[str]] = {}
    try:
        words = shlex.split(options)
    except ValueError as error:
        raise Unclear(f"addopts cannot be read: {error}") from None
    for key, value in _pairs(words):
        if key == "-p" and not value.startswith("no:"):
            found.setdefault("-p", []).append(value)
        elif key in ("-o", "--override-ini"):
            name, _, patterns = value.partition("=")
            found.setdefault(name, []).extend(patterns.split())
        elif key in ("-c", "--config-file", "--rootdir"):
            raise Unclear(f"addopts has {key}, which selects another configuration")
    return {key: tuple(values) for key, values in found.items()}


def _pairs(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield options with their values: `-p x`, `-px`, `--long x`, `--long=x`."""
    waiting = ""
    for word in words:
        if waiting:
            yield waiting, word
            waiting = ""
        elif word in ("-p", "-o", "-c", "--override-ini", "--config-file", "--rootdir"):
            waiting = word
        elif word.startswith("--"):
            name, _, value = word.partition("=")
            yield name, value
        elif word[:2] in ("-p", "-o", "-c"):
            yield word[:2], word[2:]


def _matches_path(pattern: str, path: Path) -> bool:
    if "/" not in pattern:
        return fnmatch.fnmatchcase(path.name, pattern)
    return fnmatch.fnmatchcase(f"/{path.as_posix()}", f"*/{pattern.lstrip('/')}")


def _matches_name(name: str, patterns: Iterable[str]) -> bool:
    """Return whether a name begins with a pattern, or matches it as a glob, as pytest does it."""
    return any(
        name.startswith(pattern) or (_GLOB.intersection(pattern) and fnmatch.fnmatchcase(name, pattern))
        for pattern in patterns
    )
