"""The proof that a test does not exist: nothing in its project can generate one of that name."""

from __future__ import annotations

import ast
import keyword
import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath

from recctl.suite.import_time import ImportTime
from recctl.suite.modules import Definition, Module, parse_module
from recctl.suite.node_ids import NodeId
from recctl.suite.plugins import Plugins
from recctl.suite.project import Project
from recctl.suite.pytest_settings import Collecting, Unclear, read_configuration
from recctl.suite.reflection import why_reflective

_WRITING = (b"write", b"open(", b"copy", b"touch", b"extract", b"render", b"dump")


class Proof:
    """Proves for tests below one root directory that they do not exist. Each file is read once."""

    def __init__(self, project: Project) -> None:
        self._root = project.root
        self._project = project
        self._plugins = Plugins(project)
        self._files: dict[Path, str | None] = {}
        self._entered: dict[Path, Module] = {}
        self._holding: dict[str, bool] = {}
        self._read: dict[Path, dict[Path, bytes]] = {}

    def why_not(self, path: Path, module: Module | None, test: NodeId, absent: Sequence[str]) -> str | None:
        """Return why a test that is not in the source may still exist; None if it does not.

        `module` is None if its file does not exist; `absent` are those of its names that are not in the file.
        """
        try:
            collecting = self._collecting
        except Unclear as reason:
            return str(reason)
        if why := _why_odd(test, module, collecting):
            return why
        if module is None:
            if not self._holds_tests(test.file, collecting):
                return "there are no test files where its test file would be"
            if why := self._why_generated(path):
                return why
        elif why := self._why_dynamic(module) or _why_mentioned(module, absent):
            return f"{test.file} may generate it: {why}"
        elif why := self._why_set_elsewhere(path, absent[0]):
            return why
        return self._plugins.why_unproven(path, collecting)

    @cached_property
    def _collecting(self) -> Collecting:
        return read_configuration(self._root)

    def _holds_tests(self, test_file: str, collecting: Collecting) -> bool:
        """Return whether there are test files in the first directory of this one at all."""
        first = PurePosixPath(test_file).parts[0]
        if first not in self._holding:
            directory = self._root if first == test_file else self._root / first
            below = _python_files(directory, deep=first != test_file)
            relative = (path.relative_to(self._root).as_posix() for path in below)
            self._holding[first] = any(map(collecting.takes_file, relative))
        return self._holding[first]

    def _tests_around(self, path: Path) -> Path:
        """Return the first directory below the root on the way to a file; the root for a file in it."""
        first = self._root / path.relative_to(self._root).parts[0]
        return self._root if first == path else first

    def _why_dynamic(self, module: Module) -> str | None:
        """Return what in a file, or in what it imports from the tests, may generate tests."""
        if module.path not in self._files:
            import_time = ImportTime(self._project, module)
            self._files[module.path] = (
                why_reflective(module) or import_time.why_unproven() or self._why_imports(module)
            )
            self._entered |= import_time.entered
        return self._files[module.path]

    def _why_set_elsewhere(self, test_file: Path, name: str) -> str | None:
        """Return which other file of the tests may set an attribute of this name."""
        texts = self._texts(test_file) | {path: _bytes_of(path) for path in self._entered}
        for path, raw in texts.items():
            if path == test_file or name.encode() not in raw:
                continue
            module = parse_module(path)
            if module is None:
                return f"{path.name} names it and cannot be parsed"
            if any(_is_set(node, name) for node in ast.walk(module.tree)):
                return f"{path.name} may set an attribute {name}"
        return None

    def _why_generated(self, test_file: Path) -> str | None:
        """Return which file of the tests may write a test file that does not exist, because it names it."""
        name = test_file.name.encode()
        for path, raw in self._texts(test_file).items():
            if name in raw:
                return f"{path.name} names {test_file.name}, and may generate it"
            module = parse_module(path) if b".py" in raw and any(word in raw for word in _WRITING) else None
            if module is not None and any(map(_is_suffix, ast.walk(module.tree))):
                return f"{path.name} may generate test files"
        return None

    def _texts(self, test_file: Path) -> dict[Path, bytes]:
        """Return the bytes of the Python files among the tests, read once."""
        directory = self._tests_around(test_file)
        if directory not in self._read:
            files = [*_python_files(directory, deep=directory != self._root), self._root / "conftest.py"]
            self._read[directory] = {path: _bytes_of(path) for path in files}
        return self._read[directory]

    def _why_imports(self, module: Module) -> str | None:
        for other in self._project.imported_beside(module, self._tests_around(module.path)):
            if why := why_reflective(other):
                return f"{other.path.name}, which it imports, uses reflection: {why}"
        return None


def _why_odd(test: NodeId, module: Module | None, collecting: Collecting) -> str | None:
    """Return why pytest does not give this id to a Python test by its default rules."""
    if not all(name.isidentifier() and not keyword.iskeyword(name) for name in test.names):
        return "its test id is not one that pytest gives to a Python test"
    if any(name.startswith("_") and "__" in name.lstrip("_") for name in test.names):
        return "its name may be a private one, which Python mangles in a class"
    if module is not None and test.names == (module.path.stem,) and _has_doctest(module):
        return "its test id may be that of the module's doctest"
    if not collecting.takes_file(test.file):
        return f"{test.file} does not match pytest's python_files"
    # A class that exists may be collected whatever its name is, as those of unittest are.
    there = (
        {node.name for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)} if module else set()
    )
    *classes, function = test.names
    names = (*(name for name in classes if name not in there), function)
    return (
        None
        if collecting.takes(names)
        else "its name does not match pytest's python_classes and python_functions"
    )


def _has_doctest(module: Module) -> bool:
    """Return whether a module may hold doctests, whose node ids end with the module's name."""
    return "__doc__" in module.assigned or ">>>" in (ast.get_docstring(module.tree) or "")


def _why_mentioned(module: Module, names: Sequence[str]) -> str | None:
    """Return where a file mentions the name of a test, other than by defining it in another scope."""
    for node in ast.walk(module.tree):
        if isinstance(node, Definition) and node.name in names:
            continue
        for _, value in ast.iter_fields(node):
            values = value if isinstance(value, list) else [value]
            held = {one.strip() for one in values if isinstance(one, str)}.intersection(names)
            if held:
                return f"{min(held)} occurs in it at line {getattr(node, 'lineno', 0)}"
    return None


def _is_set(node: ast.AST, name: str) -> bool:
    """Return whether a node sets an attribute of this name, or is a string that could be used to set it."""
    if isinstance(node, ast.Constant):
        return node.value == name
    return isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Store)


def _is_suffix(node: ast.AST) -> bool:
    """Return whether a node may be the end of a file name: `.py`, or an f-string that ends with it."""
    if isinstance(node, ast.JoinedStr) and node.values:
        last = node.values[-1]
        return isinstance(last, ast.Constant) and str(last.value).endswith(".py")
    return isinstance(node, ast.Constant) and node.value in (".py", "%s.py", "{}.py", "py")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _python_files(directory: Path, deep: bool) -> Iterator[Path]:
    for above, names, files in os.walk(directory):
        yield from (Path(above, name) for name in files if name.endswith(".py"))
        if not deep:
            names.clear()
