"""The modules of a project as imports find them: files and definitions that dotted names refer to."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from recctl.suite.harmless_names import is_harmless
from recctl.suite.modules import (
    Definition,
    Module,
    dotted_names,
    parse_module,
    statements,
    statements_named,
)


class Found(msgspec.Struct, frozen=True):
    """A definition in a module of the project."""

    module: Module
    node: Definition


class Project:
    """The modules below a root directory, as imports find them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._imported: dict[tuple[Path, str], tuple[Path | None, str]] = {}

    def imported(self, module: Module, dotted: str) -> tuple[Path | None, str]:
        """Return the file of this project that a dotted name begins with, and the rest of the name.

        `tests.helpers.make` gives `tests/helpers.py` and `make`; None if no file of the project fits.
        """
        key = (module.path.parent, dotted)
        if key not in self._imported:
            files = module_files(module.path, dotted, self.root)
            self._imported[key] = next(files, (None, dotted))
        return self._imported[key]

    def find(self, module: Module, dotted: str, depth: int = 8) -> Found | None:
        """Return the function or class that a dotted name refers to, if this project defines it once."""
        path, rest = self.imported(module, dotted)
        other = parse_module(path) if path is not None and rest else None
        if other is None or depth == 0:
            return None
        first, *inner = rest.split(".")
        defined = other.definitions.get(first, [])
        imported = other.imports.get(first, ())
        if first in other.assigned or len(defined) + len(imported) != 1:
            return None
        found = Found(other, defined[0]) if defined else self.find(other, imported[0], depth - 1)
        for name in inner:
            found = self.method(found, name) if found else None
        return found

    def method(self, owner: Found, name: str) -> Found | None:
        """Return what a class itself defines under a name, if it does so exactly once."""
        scope = owner.node
        named = statements_named(scope, name) if isinstance(scope, ast.ClassDef) else []
        return Found(owner.module, named[0]) if len(named) == 1 and isinstance(named[0], Definition) else None

    def imported_beside(self, module: Module, directory: Path) -> Iterator[Module]:
        """Yield the modules below a directory that a module imports, and those that they import."""
        waiting, seen = [module], {module.path}
        while waiting:
            one = waiting.pop()
            for dotted in {dotted for targets in one.imports.values() for dotted in targets}:
                path, _ = self.imported(one, dotted.removesuffix(".*"))
                if path is None or path in seen or not path.is_relative_to(directory):
                    continue
                seen.add(path)
                if other := parse_module(path):
                    yield other
                    waiting.append(other)

    def methods(self, owner: Found, names: Iterable[str], depth: int = 8) -> Iterator[Found]:
        """Yield what a class, or a base class in this project, defines under these names."""
        if not isinstance(owner.node, ast.ClassDef) or depth == 0:
            return
        for statement in statements(owner.node.body):
            if isinstance(statement, Definition) and statement.name in names:
                yield Found(owner.module, statement)
        for base in owner.node.bases:
            if found := self.class_of(owner.module, base):
                yield from self.methods(found, names, depth - 1)

    def is_unknown(self, module: Module, dotted: str) -> bool:
        """Return whether a dotted name refers to something outside the project that may generate tests."""
        return not is_harmless(dotted) and self.imported(module, dotted)[0] is None

    def class_of(self, module: Module, node: ast.expr) -> Found | None:
        """Return the class of the project that a base class refers to; None for one from elsewhere."""
        plain = node.value if isinstance(node, ast.Subscript) else node
        if isinstance(plain, ast.Name) and (defined := module.definitions.get(plain.id)):
            return Found(module, defined[-1])
        return next(
            (found for dotted in dotted_names(plain, module) if (found := self.find(module, dotted))), None
        )


def module_files(importer: Path, dotted: str, root: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files that the dotted name of an import may begin with, each with the rest of the name.

    The file that Python would most likely take comes first: of `tests.helpers.make` that is
    `tests/helpers/make.py` before `tests/helpers.py` and `make`. Names of relative imports begin with dots.
    """
    level = len(dotted) - len(dotted.lstrip("."))
    parts = tuple(part for part in dotted[level:].split(".") if part)
    for base in _import_bases(importer, level, root):
        for length in range(len(parts), 0, -1):
            stem = base.joinpath(*parts[:length])
            for path in (Path(f"{stem}.py"), stem / "__init__.py"):
                if os.path.isfile(path):
                    yield path, ".".join(parts[length:])
        if level and os.path.isfile(base / "__init__.py"):
            yield base / "__init__.py", ".".join(parts)


def _import_bases(importer: Path, level: int, root: Path) -> Iterator[Path]:
    """Yield the directories in which an import of this level is looked for."""
    if level:
        yield from importer.parents[level - 1 : level]
        return
    # pytest puts the first directory without __init__.py on the path; a project may add others.
    yield from (directory for directory in importer.parents if directory.is_relative_to(root))
    yield root / "src"
