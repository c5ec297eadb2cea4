"""Which nodes of a syntax tree run when a module is imported, or a function is called."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from recctl.suite.modules import Definition, Function

_MAX_SHOWN = 60
_GUARDS = frozenset({"TYPE_CHECKING", "typing.TYPE_CHECKING"})


def never_runs(test: ast.expr) -> bool:
    """Return whether a condition is false under pytest: TYPE_CHECKING, or `__name__ == "__main__"`."""
    if ast.unparse(test) in _GUARDS:
        return True
    return (
        isinstance(test, ast.Compare)
        and len(test.ops) == 1
        and isinstance(test.ops[0], ast.Eq)
        and {ast.unparse(test.left), ast.unparse(test.comparators[0])} == {"__name__", "'__main__'"}
    )


def evaluated(nodes: Iterable[ast.AST]) -> Iterator[ast.expr]:
    """Yield the calls, names and attributes that are evaluated in expressions.

    The bodies of lambdas do not run; a name that is only compared by `is` is not used.
    """
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Lambda):
            waiting.append(node.args)
            continue
        if isinstance(node, ast.stmt):
            continue
        if isinstance(node, ast.Call) or isinstance(getattr(node, "ctx", None), ast.Load):
            yield from [node] if isinstance(node, ast.Call | ast.Name | ast.Attribute) else []
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Compare) and all(isinstance(op, ast.Is | ast.IsNot) for op in node.ops):
            children = [child for child in children if not isinstance(child, ast.Name)]
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            # A dotted name is yielded as a whole, not its parts.
            children = [] if _is_dotted(node) else children
        waiting.extend(children)


def _is_dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def executed(function: Function, calls: int) -> Iterator[ast.AST]:
    """Yield what runs when a function is called, then what it returned, and so on: `calls` calls in all."""
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


def is_property(function: Function) -> bool:
    """Return whether a function is a property, which runs when it is looked up."""
    return any(last_name(decorator).endswith("property") for decorator in function.decorator_list)


def has_plain_name(call: ast.Call) -> bool:
    """Return whether a call of getattr has a constant as the name of the attribute."""
    return len(call.args) > 1 and isinstance(call.args[1], ast.Constant)


def last_name(node: ast.expr) -> str:
    """Return a name, or the last part of a dotted name; "" for other expressions."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def source_of(node: ast.expr) -> str:
    """Return the source of an expression, cut to fit a message."""
    return ast.unparse(node)[:_MAX_SHOWN]
