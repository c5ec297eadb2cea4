"""Live tests read from the test files, without importing anything.

Cautious: what may be inherited or generated is not judged, and parameters are not looked at.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath

from recctl.live.judgement import LIVE, Judgement, parse_test_id, stale, unjudged
from recctl.paths import absolute_path
from recctl.summary import Summary

# Calls by which a module or class can come to names that its source does not show.
_GENERATORS = frozenset({"exec", "eval", "globals", "locals", "setattr", "vars"})
_MAKING_CLASSES = frozenset({("type", 3)})  # with one argument it only asks
_Scope = ast.Module | ast.ClassDef


def by_source(summary: Summary) -> Judgement:
    """What the test file says of a recording's test."""
    test = parse_test_id(summary.test_id or "")
    root = project_root(summary.path, test.file)
    if root is None:
        return unjudged("its place does not tell where its test file would be")
    file = root / test.file
    if file.suffix != ".py":
        return unjudged(f"{test.file} is no Python file")
    if not os.path.exists(file):
        if not _holds_tests(root / Path(test.file).parts[0]):
            return unjudged("there are no test files where it lies")
        return stale(f"{test.file} is gone")
    return _in_file(file, test.names) if test.names else unjudged("its test id names no test")


def project_root(recording: Path, test_file: str) -> Path | None:
    """The directory that a test id is relative to, from where the recording lies.

    `X/tests/a/recordings/` and `tests/a/test_b.py` give X; where the recording lies elsewhere, the
    first directory of the test id in its path tells. None where neither does.
    """
    place = os.path.dirname(absolute_path(recording))
    directory, _, _ = test_file.rpartition("/")
    if not directory:
        # The test file is at the root: the recording lies in a directory beside it.
        above = Path(place).parents
        return next((parent for parent in above if os.path.isfile(parent / test_file)), None)
    return _root_above(place, directory)


@lru_cache(maxsize=4096)
def _root_above(place: str, directory: str) -> Path | None:
    parts, wanted = Path(place).parts, PurePosixPath(directory).parts
    for length in (len(wanted), 1):
        for start in range(len(parts) - length, 0, -1):
            if parts[start : start + length] == wanted[:length]:
                return Path(*parts[:start])
    return None


@lru_cache(maxsize=256)
def _holds_tests(directory: Path) -> bool:
    """Whether there is any Python file below a directory: recordings may be kept apart from their tests."""
    return any(
        name.endswith(".py")
        for _, _, names in os.walk(directory.parent if directory.suffix else directory)
        for name in names
    )


def _in_file(file: Path, names: tuple[str, ...]) -> Judgement:
    module = syntax_tree(file)
    if module is None:
        return unjudged(f"{file.name} cannot be parsed")
    scopes: list[_Scope] = [module]
    for position, name in enumerate(names):
        found = [statement for scope in scopes for statement in statements_named(scope, name)]
        if not found:
            return _missing(scopes, name, file, module)
        classes = [statement for statement in found if isinstance(statement, ast.ClassDef)]
        if position == len(names) - 1 or len(classes) < len(found):
            return LIVE
        scopes = list(classes)  # several where branches define it
    return LIVE


def syntax_tree(file: Path) -> ast.Module | None:
    """The syntax tree of a file, the same object while the file does not change; None where it has none."""
    try:
        return _parsed(file, file.stat().st_mtime_ns)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=256)
def _parsed(file: Path, _changed: int) -> ast.Module:
    return ast.parse(file.read_bytes())


def _missing(scopes: Sequence[_Scope], name: str, file: Path, module: ast.Module) -> Judgement:
    for scope in scopes:
        if isinstance(scope, ast.ClassDef) and (
            scope.keywords or scope.decorator_list or any(_real_bases(scope))
        ):
            return unjudged(f"{name} may be inherited by {scope.name}")
    if _generates(module, name):
        return unjudged(f"{name} may be generated in {file.name}")
    last = scopes[-1]
    return stale(f"{name} is no longer in {last.name if isinstance(last, ast.ClassDef) else file.name}")


def _real_bases(scope: ast.ClassDef) -> Iterator[ast.expr]:
    return (base for base in scope.bases if not (isinstance(base, ast.Name) and base.id == "object"))


def statements_named(scope: _Scope, name: str) -> list[ast.stmt]:
    """The statements that give a scope this name: definitions, imports, assignments."""
    return [statement for statement in _statements(scope.body) if name in _names_of(statement)]


def _names_of(statement: ast.stmt) -> Iterable[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (statement.name,)
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return (alias.asname or alias.name.partition(".")[0] for alias in statement.names)
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return (node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
    return ()


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a scope, those inside its `if`, `try`, `with` and `for` included."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.stmt):
                yield from _statements([child])
            elif isinstance(child, ast.ExceptHandler | ast.match_case):
                yield from _statements(child.body)


def _generates(module: ast.Module, name: str) -> bool:
    """Whether a name may come into a module or its classes in ways that are not followed here."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            return True
        if isinstance(node, ast.Call) and (_called(node.func), len(node.args)) in _MAKING_CLASSES:
            return True
        if isinstance(node, ast.Call) and _called(node.func) in _GENERATORS:
            return True
        # A walrus, a loop, a global of a function, an attribute of a class or module.
        if (
            isinstance(node, ast.Name | ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and name == _stored(node)
        ):
            return True
    return False


def _called(function: ast.expr) -> str | None:
    if isinstance(function, ast.Attribute):
        # model.eval() is none of them, builtins.eval() is.
        is_builtin = isinstance(function.value, ast.Name) and function.value.id == "builtins"
        return function.attr if is_builtin else None
    return function.id if isinstance(function, ast.Name) else None


def _stored(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr
