"""What a test file of a project reads: modules that it imports, conftest.py, and their data files.

Found by looking at paths, without importing anything, and within bounds: a project may be large.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from recctl.recordings.ogx.filename import DIRECTORY
from recctl.suite.modules import syntax_tree

_MOST_MODULES = 60
_LARGEST = 2_000_000  # bytes of a file
_MOST_BYTES = 16_000_000  # of all data files of a test
_MOST_ENTRIES = 5_000  # of a directory and those below
_DEEPEST = 3  # directories below a module's
_DATA = (".json", ".jsonl", ".yaml", ".yml", ".toml", ".txt", ".md", ".csv")
_SKIPPED = frozenset({DIRECTORY, "__pycache__", "node_modules", "venv"})
_LONGEST_NAME = 200
_PLAIN = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)


@lru_cache(maxsize=256)
def nodes_of(module: ast.Module) -> tuple[ast.AST, ...]:
    """Return every node of a module, parents first, but for operators and the like; found once."""
    return tuple(node for node in ast.walk(module) if not isinstance(node, _PLAIN))


def modules_of(file: Path, root: Path) -> tuple[ast.Module, ...]:
    """The syntax trees of a test file, of conftest.py around it, and of what these import below `root`."""
    trees = (_small_tree(path) for path in _module_paths(file, root, _changed(file)))
    return tuple(tree for tree in trees if tree is not None)


def _changed(file: Path) -> int:
    """When a file changed last; 0 for one that was removed since."""
    try:
        return os.stat(file).st_mtime_ns
    except OSError:
        return 0


def _small_tree(path: Path) -> ast.Module | None:
    try:
        return syntax_tree(path) if os.path.getsize(path) <= _LARGEST else None
    except OSError:
        return None


@lru_cache(maxsize=256)
def _module_paths(file: Path, root: Path, _time: int) -> tuple[Path, ...]:
    suite = root / file.relative_to(root).parts[0] if file.is_relative_to(root) else file.parent
    pending = [file, *_conftests(file, root)]
    known = dict.fromkeys(pending)
    while pending and len(known) < _MOST_MODULES:
        path = pending.pop(0)
        # What tests import from the product is looked at, what that imports is not.
        tree = _small_tree(path) if path == file or suite in path.parents else None
        for found in () if tree is None else _imported(tree, path.parent, root):
            if found not in known:
                known[found] = None
                pending.append(found)
    return tuple(known)[:_MOST_MODULES]


def _conftests(file: Path, root: Path) -> list[Path]:
    above = [parent for parent in file.parents if parent == root or root in parent.parents]
    return [path for parent in above if os.path.isfile(path := parent / "conftest.py")]


def _imported(tree: ast.Module, directory: Path, root: Path) -> Iterator[Path]:
    """The files below `root` that the imports of a module may mean."""
    around = [
        parent for parent in (directory, *directory.parents) if parent == root or root in parent.parents
    ]
    for node in nodes_of(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(around, alias.name, ())
        elif isinstance(node, ast.ImportFrom):
            bases = around[node.level - 1 : node.level] if node.level else around
            yield from _files(bases, node.module or "", [alias.name for alias in node.names])


def _files(bases: Iterable[Path], module: str, names: Iterable[str]) -> Iterator[Path]:
    """The files of a module, and of those of its submodules that are named."""
    for base in bases:
        place = base.joinpath(*module.split(".")) if module else base
        if place != base and os.path.isfile(path := place.with_name(f"{place.name}.py")):
            yield path
        if os.path.isdir(place):
            inside = [place / "__init__.py"]
            for name in names:
                inside += (place / f"{name}.py", place / name / "__init__.py")
            yield from (path for path in inside if os.path.isfile(path))


def data_of(file: Path, root: Path, modules: tuple[ast.Module, ...]) -> Iterator[str]:
    """The texts of data files that lie by these modules and are named in them, blanks normalized."""
    room = _MOST_BYTES
    for path in _data_files(file, root, modules):
        try:
            status = os.stat(path)
            room -= status.st_size
            if status.st_size <= _LARGEST and room >= 0:
                yield _data(path, status.st_mtime_ns)
        except (OSError, ValueError):
            continue


@lru_cache(maxsize=64)
def _data_files(file: Path, root: Path, modules: tuple[ast.Module, ...]) -> tuple[Path, ...]:
    named = frozenset().union(*map(_names, modules))
    directories = {path.parent for path in _module_paths(file, root, _changed(file))}
    found = {path for directory in directories for path in _data_below(directory)}
    return tuple(path for path in sorted(found) if not named.isdisjoint((path.name, path.stem)))


@lru_cache(maxsize=256)
def _names(module: ast.Module) -> frozenset[str]:
    """The last parts of constants that may be paths."""
    values = (node.value for node in nodes_of(module) if isinstance(node, ast.Constant))
    return frozenset(
        value.rpartition("/")[2]
        for value in values
        if isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME
    )


@lru_cache(maxsize=256)
def _data_below(directory: Path) -> tuple[Path, ...]:
    found: list[Path] = []
    entries = 0
    for place, below, names in os.walk(directory):
        depth = len(Path(place).parts) - len(directory.parts)
        below[:] = [
            name for name in below if depth < _DEEPEST and name not in _SKIPPED and not name.startswith(".")
        ]
        entries += len(below) + len(names)
        if entries > _MOST_ENTRIES:
            break
        found += (Path(place, name) for name in names if name.endswith(_DATA))
    return tuple(found)


@lru_cache(maxsize=128)
def _data(path: Path, _time: int) -> str:
    text = path.read_text("utf-8", "replace")
    try:
        lines = text.splitlines() if path.suffix == ".jsonl" else [text]
        values = [json.loads(line) for line in lines if line.strip()] if path.suffix[:5] == ".json" else None
    except (ValueError, RecursionError):
        values = None
    if values is None:
        return " ".join(text.replace('\\"', '"').replace("\\n", " ").split())
    return "\0".join(" ".join(each.split()) for each in _strings(values))


def _strings(values: list[object]) -> Iterator[str]:
    pending = list(values)
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
