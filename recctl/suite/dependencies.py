"""What a test file reads: the modules that it imports, conftest.py, and the data files that they name.

Found by looking at paths, without importing anything, and within bounds: a project may be large.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from recctl.recordings.ogx.filename import DIRECTORY
from recctl.suite.modules import imported_names, syntax_tree
from recctl.suite.project import module_files

MAX_FILE_BYTES = 2_000_000
_MAX_MODULES = 60
_MAX_FILES_BELOW = 5_000  # of a directory and those below
_MAX_DEPTH = 3  # directories below a module's
_MAX_NAME = 200  # characters
_DATA = (".json", ".jsonl", ".yaml", ".yml", ".toml", ".txt", ".md", ".csv")
_SKIPPED = frozenset({DIRECTORY, "__pycache__", "node_modules", "venv"})
_PLAIN = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)


@lru_cache(maxsize=256)
def nodes_of(module: ast.Module) -> tuple[ast.AST, ...]:
    """Return every node of a module, parents first, without operators and contexts."""
    return tuple(node for node in ast.walk(module) if not isinstance(node, _PLAIN))


class Dependencies:
    """The files that test files read, for one run of a command. Each directory is searched once."""

    def __init__(self) -> None:
        self._modules: dict[tuple[Path, Path], tuple[Path, ...]] = {}
        self._data: dict[tuple[Path, Path], tuple[Path, ...]] = {}
        self._below: dict[Path, tuple[Path, ...]] = {}

    def modules(self, file: Path, root: Path) -> tuple[ast.Module, ...]:
        """Return the trees of a test file, of conftest.py around it, and of what they import below `root`."""
        trees = map(_small_tree, self._module_paths(file, root))
        return tuple(tree for tree in trees if tree is not None)

    def data_files(self, file: Path, root: Path) -> tuple[Path, ...]:
        """Return the data files that lie beside or below these modules and are named in one of them."""
        if (file, root) not in self._data:
            named = frozenset().union(*map(_file_names, self.modules(file, root)))
            directories = {path.parent for path in self._module_paths(file, root)}
            found = {path for directory in directories for path in self._data_below(directory)}
            self._data[file, root] = tuple(
                path for path in sorted(found) if not named.isdisjoint((path.name, path.stem))
            )
        return self._data[file, root]

    def _module_paths(self, file: Path, root: Path) -> tuple[Path, ...]:
        if (file, root) not in self._modules:
            self._modules[file, root] = tuple(_followed_imports(file, root))
        return self._modules[file, root]

    def _data_below(self, directory: Path) -> tuple[Path, ...]:
        if directory not in self._below:
            self._below[directory] = tuple(_find_data(directory))
        return self._below[directory]


def _small_tree(path: Path) -> ast.Module | None:
    try:
        return syntax_tree(path) if os.path.getsize(path) <= MAX_FILE_BYTES else None
    except OSError:
        return None


def _followed_imports(file: Path, root: Path) -> list[Path]:
    """Return a test file, conftest.py around it, and what these import, one from another, nearest first."""
    suite = root / file.relative_to(root).parts[0] if file.is_relative_to(root) else file.parent
    pending = [file, *_conftests(file, root)]
    known = dict.fromkeys(pending)
    while pending and len(known) < _MAX_MODULES:
        path = pending.pop(0)
        # What tests import from the product is read; what that imports is not.
        tree = _small_tree(path) if path == file or suite in path.parents else None
        for found in () if tree is None else _imported(tree, path, root):
            if found not in known:
                known[found] = None
                pending.append(found)
    return list(known)[:_MAX_MODULES]


def _conftests(file: Path, root: Path) -> list[Path]:
    above = (parent for parent in file.parents if parent.is_relative_to(root))
    return [path for parent in above if os.path.isfile(path := parent / "conftest.py")]


def _imported(tree: ast.Module, importer: Path, root: Path) -> Iterator[Path]:
    """Yield the files below `root` that the imports of a module may mean."""
    for node in nodes_of(tree):
        if isinstance(node, ast.Import):
            names = [(alias.name, 0) for alias in node.names]
        else:  # the last name may be a module, or something in one
            names = [(dotted, 1) for _, dotted in imported_names(node)]
        for dotted, most in names:
            for path, rest in module_files(importer, dotted, root):
                if len(rest.split(".") if rest else ()) <= most and path.is_relative_to(root):
                    yield path


@lru_cache(maxsize=256)
def _file_names(module: ast.Module) -> frozenset[str]:
    """Return the last parts of constants that may be paths."""
    values = (node.value for node in nodes_of(module) if isinstance(node, ast.Constant))
    return frozenset(
        value.rpartition("/")[2] for value in values if isinstance(value, str) and 0 < len(value) <= _MAX_NAME
    )


def _find_data(directory: Path) -> Iterator[Path]:
    entries = 0
    for above, below, names in os.walk(directory):
        depth = len(Path(above).parts) - len(directory.parts)
        below[:] = [
            name for name in below if depth < _MAX_DEPTH and name not in _SKIPPED and not name.startswith(".")
        ]
        entries += len(below) + len(names)
        if entries > _MAX_FILES_BELOW:
            return
        yield from (Path(above, name) for name in names if name.endswith(_DATA))
