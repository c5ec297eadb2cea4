"""Python modules as syntax trees, and what their names refer to: imports, definitions, assignments."""

from __future__ import annotations

import ast
import builtins
import warnings
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeAlias

Scope: TypeAlias = ast.Module | ast.ClassDef
Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
_BUILTINS = frozenset(dir(builtins))
# What `parse_source` raises for bytes that are not Python.
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Module:
    """A module's syntax tree, and what its names refer to."""

    def __init__(self, path: Path, tree: ast.Module) -> None:
        self.path = path
        self.tree = tree

    @cached_property
    def imports(self) -> dict[str, tuple[str, ...]]:
        """The names that imports bind anywhere in the module, with the dotted names that they may refer to.

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
        """The functions and classes at the module's top level, by name; several if it is redefined."""
        found: dict[str, list[Definition]] = {}
        for statement in statements(self.tree.body):
            if isinstance(statement, Definition):
                found.setdefault(statement.name, []).append(statement)
        return found

    @cached_property
    def assigned(self) -> dict[str, list[ast.expr | None]]:
        """The values assigned to names at the top level, or what the value is unpacked or iterated from.

        None if a name is bound inside an expression.
        """
        found: dict[str, list[ast.expr | None]] = {}
        for statement in statements(self.tree.body):
            for target, value in _assignments(statement):
                for name in _stored(target):
                    found.setdefault(name, []).append(value)
        return found

    def is_builtin(self, name: str) -> bool:
        """Return whether a name refers to a builtin here."""
        bound = name in self.definitions or name in self.assigned or name in self.imports
        return not bound and name in _BUILTINS


def dotted_names(node: ast.expr, module: Module) -> tuple[str, ...]:
    """Return the dotted names that an imported name, or an attribute of one, may refer to."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    targets = module.imports.get(node.id, ()) if isinstance(node, ast.Name) else ()
    return tuple(".".join([target, *reversed(names)]) for target in targets)


def parse_module(path: Path) -> Module | None:
    """Return the module of a file, the same object while it is unchanged; None if it cannot be parsed."""
    try:
        status = path.stat()
        return _parsed(path, status.st_mtime_ns, status.st_ino, status.st_size)
    except (OSError, *UNPARSABLE):
        return None


def syntax_tree(path: Path) -> ast.Module | None:
    """Return the tree of a file, the same object while it is unchanged; None if it cannot be parsed."""
    module = parse_module(path)
    return None if module is None else module.tree


@lru_cache(maxsize=512)
def _parsed(path: Path, _changed: int, _inode: int, _size: int) -> Module:
    return Module(path, parse_source(path.read_bytes()))


def parse_source(data: bytes) -> ast.Module:
    """Return the syntax tree of a Python file. Raises one of UNPARSABLE.

    Newer Pythons warn about invalid escape sequences. The project's pytest reports these, recctl does not.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(data)


def statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a scope, including those inside of `if`, `try`, `with`, `for` and `match`."""
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
    """Return the statements of a scope that bind a name: definitions, imports, assignments."""
    return [statement for statement in statements(scope.body) if name in _names_of(statement)]


def _names_of(statement: ast.stmt) -> Iterable[str]:
    if isinstance(statement, Definition):
        return (statement.name,)
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return (name for name, _ in imported_names(statement))
    # The statements inside of it are visited on their own.
    parts = (child for child in ast.iter_child_nodes(statement) if not isinstance(child, ast.stmt))
    return (name for part in parts for name in _stored(part))


def imported_names(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the names that an import statement binds, with the dotted name that each refers to."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            first = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (first, first)
    elif isinstance(node, ast.ImportFrom):
        prefix = "." * node.level + (f"{node.module}." if node.module else "")
        for alias in node.names:
            yield alias.asname or alias.name, f"{prefix}{alias.name}"


def _assignments(statement: ast.stmt) -> Iterator[tuple[ast.AST, ast.expr | None]]:
    """Yield the targets of a statement with their value; its other parts, which may bind names, with None."""
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
    """Yield the names that an expression or a pattern binds, except inside of lambdas and statements."""
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
        # The variables of a comprehension are local to it.
        own = [node.target] if isinstance(node, ast.comprehension) else []
        waiting.extend(child for child in ast.iter_child_nodes(node) if child not in own)
