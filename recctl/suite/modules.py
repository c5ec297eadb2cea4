"""Python modules of a project as syntax trees: what their names stand for, and what imports lead to."""

from __future__ import annotations

import ast
import builtins
import os
import warnings
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeAlias

import msgspec

from recctl.suite.harmless_names import is_harmless

Scope: TypeAlias = ast.Module | ast.ClassDef
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_BUILTINS = frozenset(dir(builtins))
Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Module:
    """A module's syntax tree, and what its names stand for."""

    def __init__(self, path: Path, tree: ast.Module) -> None:
        self.path = path
        self.tree = tree

    @cached_property
    def imports(self) -> dict[str, tuple[str, ...]]:
        """Names that imports bind anywhere in the module, with the dotted names that they may stand for.

        Relative imports begin with their dots.
        """
        found: dict[str, tuple[str, ...]] = {}
        for node in ast.walk(self.tree):
            for name, target in imported_names(node):
                if target not in found.get(name, ()):
                    found[name] = (*found.get(name, ()), target)
        return found

    @cached_property
    def definitions(self) -> dict[str, list[Definition]]:
        """Functions and classes defined at the module's top level, by name; several where it is redefined."""
        found: dict[str, list[Definition]] = {}
        for statement in statements(self.tree.body):
            if isinstance(statement, Definition):
                found.setdefault(statement.name, []).append(statement)
        return found

    @cached_property
    def assigned(self) -> dict[str, list[ast.expr | None]]:
        """What plain names are assigned at the top level: the value, or what it is a part or an item of.

        None where a name is bound inside an expression.
        """
        found: dict[str, list[ast.expr | None]] = {}
        for statement in statements(self.tree.body):
            for target, value in _assignments(statement):
                for name in _stored(target):
                    found.setdefault(name, []).append(value)
        return found

    def is_builtin(self, name: str) -> bool:
        """Return whether a name stands for a builtin here."""
        bound = name in self.definitions or name in self.assigned or name in self.imports
        return not bound and name in _BUILTINS


class Found(msgspec.Struct, frozen=True):
    """A definition in a module of the project."""

    module: Module
    node: Definition


class Project:
    """The modules below a root directory, as imports reach them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._imported: dict[tuple[Path, str], tuple[Path | None, str]] = {}

    def imported(self, module: Module, dotted: str) -> tuple[Path | None, str]:
        """Return the file of this project that a dotted name begins with, and what of the name is left.

        `tests.helpers.make` gives `tests/helpers.py` and `make`; None where no file of the project fits.
        """
        key = (module.path.parent, dotted)
        if key not in self._imported:
            self._imported[key] = self._import(module, dotted)
        return self._imported[key]

    def _import(self, module: Module, dotted: str) -> tuple[Path | None, str]:
        level = len(dotted) - len(dotted.lstrip("."))
        parts = tuple(part for part in dotted[level:].split(".") if part)
        for base in self._bases(module.path, level):
            for length in range(len(parts), 0, -1):
                stem = base.joinpath(*parts[:length])
                for path in (stem.with_name(f"{stem.name}.py"), stem / "__init__.py"):
                    if os.path.isfile(path):
                        return path, ".".join(parts[length:])
            if level and os.path.isfile(base / "__init__.py"):
                return base / "__init__.py", ".".join(parts)
        return None, dotted

    def find(self, module: Module, dotted: str, depth: int = 8) -> Found | None:
        """Return the function or class that a dotted name stands for, if this project defines it once."""
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
        """Return what a class itself defines under a name, if it does so once."""
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
        """Yield what a class, or what it inherits from in this project, defines under these names."""
        if not isinstance(owner.node, ast.ClassDef) or depth == 0:
            return
        for statement in statements(owner.node.body):
            if isinstance(statement, Definition) and statement.name in names:
                yield Found(owner.module, statement)
        for base in owner.node.bases:
            if found := self.class_of(owner.module, base):
                yield from self.methods(found, names, depth - 1)

    def is_unknown(self, module: Module, dotted: str) -> bool:
        """Return whether a dotted name stands for something outside the project that may make tests."""
        return not is_harmless(dotted) and self.imported(module, dotted)[0] is None

    def class_of(self, module: Module, node: ast.expr) -> Found | None:
        """Return the class of the project that a base class names; None for one from elsewhere."""
        plain = node.value if isinstance(node, ast.Subscript) else node
        if isinstance(plain, ast.Name) and (defined := module.definitions.get(plain.id)):
            return Found(module, defined[-1])
        return next(
            (found for dotted in dotted_names(plain, module) if (found := self.find(module, dotted))), None
        )

    def _bases(self, path: Path, level: int) -> Iterator[Path]:
        """Yield the directories from which an import may be resolved."""
        if level:
            yield path.parents[level - 1]
            return
        # pytest puts the first directory without __init__.py on the path; a project may add others.
        above = [path.parent, *path.parent.parents]
        below_root = [directory for directory in above if directory.is_relative_to(self.root)]
        yield from below_root
        yield self.root / "src"


def dotted_names(node: ast.expr, module: Module) -> tuple[str, ...]:
    """Return what an imported name, or an attribute of one, may stand for; none where it is not imported."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    targets = module.imports.get(node.id, ()) if isinstance(node, ast.Name) else ()
    return tuple(".".join([target, *reversed(names)]) for target in targets)


def parse_module(path: Path) -> Module | None:
    """Return a file's module, the same object while the file stays; None where it cannot be parsed."""
    try:
        status = path.stat()
        return _parsed(path, status.st_mtime_ns, status.st_ino, status.st_size)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def syntax_tree(path: Path) -> ast.Module | None:
    """Return a file's syntax tree, the same object while the file does not change; None where it has none."""
    module = parse_module(path)
    return None if module is None else module.tree


@lru_cache(maxsize=512)
def _parsed(path: Path, _changed: int, _inode: int, _size: int) -> Module:
    return Module(path, parse_source(path.read_bytes()))


def parse_source(data: bytes) -> ast.Module:
    """Return the syntax tree of a Python file. Raises what `ast.parse` raises.

    Newer Pythons warn about an escape such as "\\d". The warning is not ours to print, nor an error.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(data)


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a scope, those inside its `if`, `try`, `with`, `for` and `match` included."""
    for statement in body:
        yield statement
        if isinstance(statement, Definition):
            continue
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.stmt):
                yield from statements([child])
            elif isinstance(child, ast.ExceptHandler | ast.match_case):
                yield from statements(child.body)


def statements_named(scope: Scope, name: str) -> list[ast.stmt]:
    """Return the statements that give a scope this name: definitions, imports, assignments."""
    return [statement for statement in statements(scope.body) if name in _names_of(statement)]


def _names_of(statement: ast.stmt) -> Iterable[str]:
    if isinstance(statement, Definition):
        return (statement.name,)
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return (name for name, _ in imported_names(statement))
    # What stands inside it as statements of its own has its turn.
    parts = (child for child in ast.iter_child_nodes(statement) if not isinstance(child, ast.stmt))
    return (name for part in parts for name in _stored(part))


def imported_names(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the names that an import statement binds, with the dotted name of what each stands for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            first = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (first, first)
    elif isinstance(node, ast.ImportFrom):
        prefix = "." * node.level + (f"{node.module}." if node.module else "")
        for alias in node.names:
            yield alias.asname or alias.name, f"{prefix}{alias.name}"


def _assignments(statement: ast.stmt) -> Iterator[tuple[ast.AST, ast.expr | None]]:
    """Yield what a statement stores to, with the value; its other parts, which may bind names, with None."""
    if isinstance(statement, Definition):
        return
    parts: dict[ast.AST, ast.expr | None] = {
        child: None for child in ast.iter_child_nodes(statement) if not isinstance(child, ast.stmt)
    }
    if isinstance(statement, ast.Assign):
        parts |= dict.fromkeys(statement.targets, statement.value)
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        parts[statement.target] = statement.value
    elif isinstance(statement, ast.For | ast.AsyncFor):
        parts[statement.target] = statement.iter
    elif isinstance(statement, ast.With | ast.AsyncWith):
        parts |= {item: item.context_expr for item in statement.items}
    yield from parts.items()


def _stored(node: ast.AST) -> Iterator[str]:
    """Yield the names that an expression or a pattern binds, but for those inside functions and handlers."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Lambda | ast.stmt):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest
        # The variables of a comprehension are its own.
        own = [node.target] if isinstance(node, ast.comprehension) else []
        waiting.extend(child for child in ast.iter_child_nodes(node) if child not in own)
