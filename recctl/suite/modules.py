"""Python modules as syntax trees, and what their names stand for: imports, definitions, assignments."""

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
