"""Reflection: code that uses names which its source does not show, by `globals()`, `setattr` and others."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from recctl.suite.harmless_names import REFLECTIVE_ATTRIBUTES, REFLECTIVE_BUILTINS, is_reflective
from recctl.suite.modules import Function, Module, dotted_names

# Setting these renames a test after it was collected.
_NODE_IDS = frozenset({"_nodeid", "nodeid"})


def why_reflective(
    module: Module, body: Iterable[ast.AST] | None = None, skip_tests: bool = True
) -> str | None:
    """Return which reflection a module, or a part of it, uses; None if none.

    The bodies of tests and fixtures do not count: they run after the collection.
    """
    for node in _nodes(module.tree.body if body is None else body, skip_tests):
        if why := _why(node, module):
            return f"{why} at line {getattr(node, 'lineno', 0)}"
    return None


def _why(node: ast.AST, module: Module) -> str | None:
    if isinstance(node, ast.Name):
        if node.id in REFLECTIVE_BUILTINS and node.id not in module.imports:
            return f"it uses {node.id}"
        # As a whole, under its own name or an alias; attributes of it are checked as such.
        return next(
            (f"it passes {name} on" for name in dotted_names(node, module) if is_reflective(name)), None
        )
    if isinstance(node, ast.Attribute):
        if node.attr in REFLECTIVE_ATTRIBUTES or (node.attr in _NODE_IDS and isinstance(node.ctx, ast.Store)):
            return f"it uses {node.attr}"
        return next((f"it uses {name}" for name in dotted_names(node, module) if is_reflective(name)), None)
    if isinstance(node, ast.ImportFrom) and not node.level:
        reached = (f"{node.module}.{alias.name}" for alias in node.names)
        return next((f"it imports {name}" for name in reached if is_reflective(name)), None)
    if isinstance(node, ast.Call) and _makes_class(node):
        return "it creates a class with type"
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in REFLECTIVE_ATTRIBUTES:
        return f"it names {node.value}"
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and _is_type(node.value):
        return "it assigns type to another name"
    return None


def _nodes(body: Iterable[ast.AST], skip_tests: bool) -> Iterator[ast.AST]:
    """Yield the nodes to check. Iterative, because an expression may be nested deeply."""
    waiting = [(node, False) for node in body]
    while waiting:
        node, in_method = waiting.pop()
        if isinstance(node, ast.Call) and _sets_own(node, in_method):
            # setattr(self, ...) and setattr(config.option, ...) create no tests.
            waiting += [(child, in_method) for child in (*node.args, *node.keywords)]
            continue
        yield node
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id != "type":
            continue  # the attribute was checked, with this name
        children = ast.iter_child_nodes(node)
        in_method = in_method or isinstance(node, ast.ClassDef)
        if skip_tests and isinstance(node, Function) and (node.name.startswith("test") or _is_fixture(node)):
            children = (child for child in children if not isinstance(child, ast.stmt))
        waiting += [(child, in_method) for child in children]


def _sets_own(call: ast.Call, in_method: bool) -> bool:
    if not (isinstance(call.func, ast.Name) and call.func.id == "setattr" and call.args):
        return False
    target = call.args[0]
    return (in_method and isinstance(target, ast.Name) and target.id == "self") or (
        isinstance(target, ast.Attribute) and target.attr == "option"
    )


def _is_fixture(function: Function) -> bool:
    nodes = (node for decorator in function.decorator_list for node in ast.walk(decorator))
    return any("fixture" in (getattr(node, "id", ""), getattr(node, "attr", "")) for node in nodes)


def _makes_class(call: ast.Call) -> bool:
    """Return whether a call creates a class: type(...) with several arguments, or the type of a class."""
    func = call.func
    if isinstance(func, ast.Call):
        return _is_type(func.func)
    if isinstance(func, ast.Attribute):
        return func.attr == "__class__" or _is_type(func.value)
    return _is_type(func) and _has_many(call)


def _has_many(call: ast.Call) -> bool:
    return len(call.args) > 1 or bool(call.keywords) or any(isinstance(arg, ast.Starred) for arg in call.args)


def _is_type(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Name) and node.id == "type"
