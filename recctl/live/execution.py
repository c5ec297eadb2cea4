"""Which parts of a syntax tree run: when a module is imported, an expression evaluated, a function called."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from recctl.live.modules import Definition, Function

_GUARDS = frozenset({"TYPE_CHECKING", "typing.TYPE_CHECKING"})


def never_runs(test: ast.expr) -> bool:
    """Return whether a condition is false under pytest: TYPE_CHECKING, and being the main program."""
    if ast.unparse(test) in _GUARDS:
        return True
    return (
        isinstance(test, ast.Compare)
        and len(test.ops) == 1
        and isinstance(test.ops[0], ast.Eq)
        and {ast.unparse(test.left), ast.unparse(test.comparators[0])} == {"__name__", "'__main__'"}
    )


def calls_in(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    """Yield the calls that run when expressions are evaluated: not those in the bodies of lambdas."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Lambda):
            waiting.append(node.args)
            continue
        if isinstance(node, ast.stmt):
            continue
        if isinstance(node, ast.Call):
            yield node
        waiting.extend(ast.iter_child_nodes(node))


def executed(function: Function, calls: int) -> Iterator[ast.AST]:
    """Yield what runs when a function is called, and what it returned is called, `calls` in all."""
    waiting: list[tuple[ast.AST, int]] = [(statement, calls) for statement in function.body]
    while waiting:
        node, left = waiting.pop()
        if isinstance(node, Definition):
            yield node
            if left > 1 and isinstance(node, Function):
                waiting += [(statement, left - 1) for statement in node.body]
            continue
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                waiting.append((child, left))
            else:
                yield child
