"""Whether a test expects an error, read from its name and its source without importing it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from recctl.recordings.summary import Summary
from recctl.suite.expected_errors import accepts_failure
from recctl.suite.modules import Function, statements_named, syntax_tree
from recctl.suite.node_ids import parse_node_id
from recctl.suite.roots import test_file_of

# What the source shows: unknown if there is none, maybe if it is not conclusive.
Answer: TypeAlias = Literal["yes", "no", "maybe", "unknown"]

# Words in the name of a test, or in its parameters, which show that an error is expected.
_TELLING = re.compile(
    r"error|fail|invalid|unsupported|reject|denied|deny|forbid|raise|exception|wrong|missing|not_found|"
    r"nonexist|non_exist|unknown|unauth|unavail|timeout|exceed|malformed|bad_|broken"
)
_STATUS = re.compile(r"(?<!\d)[45]\d\d(?!\d)")
_CALLS = 2  # levels of helper functions that are followed


def expects_failure(summary: Summary) -> Answer:
    """Return whether the test of a recording seems to accept an error, by its name or by its code."""
    test_id = summary.header.test_id
    if test_id is None:
        return "no"
    name = test_id.partition("::")[2].lower()
    # In parameters such numbers are the sizes of models.
    if _TELLING.search(name) or _STATUS.search(name.partition("[")[0]):
        return "yes"
    file = test_file_of(summary.path, test_id)
    module = None if file is None else syntax_tree(file)
    if module is None:
        return "unknown"
    functions = list(_functions(module, parse_node_id(test_id).names))
    if not functions:
        return "unknown"
    return "yes" if accepts_failure([*_with_helpers(functions, module), *_marks(module)]) else "no"


def _functions(module: ast.Module, names: tuple[str, ...]) -> Iterator[ast.stmt]:
    """Yield the definitions of a test in a module or in base classes, with the marks of its class."""
    scopes: list[ast.Module | ast.ClassDef] = [module]
    for name in names[:-1]:
        inner = (statement for scope in scopes for statement in statements_named(scope, name))
        scopes = [statement for statement in inner if isinstance(statement, ast.ClassDef)]
    last = names[-1] if names else ""
    for scope in scopes:
        found = [each for owner in _with_bases(scope, module) for each in statements_named(owner, last)]
        if found and isinstance(scope, ast.ClassDef):
            yield from map(_as_expression, scope.decorator_list)
            yield from (each for each in statements_named(scope, "pytestmark"))
        yield from found


def _as_expression(decorator: ast.expr) -> ast.stmt:
    return ast.Expr(decorator)


def _with_bases(scope: ast.Module | ast.ClassDef, module: ast.Module) -> list[ast.Module | ast.ClassDef]:
    """Return a scope, followed by its base classes in the module if it is a class."""
    found = [scope]
    for each in found:
        for base in each.bases if isinstance(each, ast.ClassDef) else ():
            named = statements_named(module, base.id) if isinstance(base, ast.Name) else []
            found += [one for one in named if isinstance(one, ast.ClassDef) and one not in found]
    return found


def _marks(module: ast.Module) -> list[ast.stmt]:
    return statements_named(module, "pytestmark")


def _with_helpers(functions: Iterable[ast.stmt], module: ast.Module) -> list[ast.stmt]:
    """Return functions, with those of the same module that they call or use as fixtures."""
    found = list(functions)
    newest = list(found)
    for _ in range(_CALLS):
        names = {name for function in newest for name in _mentioned(function)}
        named = (each for name in sorted(names) for each in statements_named(module, name))
        newest = [each for each in named if isinstance(each, Function) and each not in found]
        found += newest
    return found


def _mentioned(function: ast.stmt) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id
        elif isinstance(node, ast.arg):
            yield node.arg
