"""Whether a hook that gets all collected items only filters, reorders and marks them."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

from recctl.suite.harmless_names import REFLECTIVE_BUILTINS, is_harmless, words
from recctl.suite.modules import Function, Module, dotted_names
from recctl.suite.reflection import why_reflective

# Methods that filtering, reordering and marking need.
_METHODS = words(
    "add add_marker addoption append clear copy count debug difference endswith extend format get "
    "get_closest_marker get_plugin get_terminal_writer getini getoption getplugin group has_plugin hasplugin "
    "index info insert intersection is_relative_to items iter_markers iter_markers_with_node join keys "
    "listchain lower lstrip match pop popleft pytest_deselected relative_to remove replace resolve reverse "
    "rsplit rstrip search setdefault shuffle sort split startswith strip union update upper values warning "
    "write write_line"
)
_STORED = frozenset(
    {"extra_keyword_matches", "fixturenames", "keywords", "own_markers", "stash", "user_properties"}
)
_CALLED = frozenset(dir(builtins)) - REFLECTIVE_BUILTINS - {"object", "super"}


def why_not_filter(hook: Function, module: Module) -> str | None:
    """Return what a hook does with items beyond filtering, reordering and marking them."""
    waiting, seen = [hook], {hook.name}
    while waiting:
        function = waiting.pop()
        if why := why_reflective(module, function.body, skip_tests=False):
            return why
        inner = {node.name for node in _walk(function.body) if isinstance(node, Function)}
        for node in _walk(function.body):
            if why := _why_store(node):
                return why
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            helpers = module.definitions.get(name, [])
            if not helpers and name not in inner and not _is_filtering(node.func, module):
                return f"it calls {ast.unparse(node.func)[:60]}"
            for helper in helpers:
                if not isinstance(helper, Function):
                    return f"it makes a {helper.name}"
                if helper.name not in seen:
                    seen.add(helper.name)
                    waiting.append(helper)
    return None


def _walk(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    for statement in body:
        yield from ast.walk(statement)


def _why_store(node: ast.AST) -> str | None:
    if (
        isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store | ast.Del)
        and node.attr not in _STORED
    ):
        return f"it sets {node.attr}"
    return None


def _is_filtering(callee: ast.expr, module: Module) -> bool:
    """Return whether a call is one of those that filtering, reordering and marking need."""
    names = dotted_names(callee, module)
    if names:
        return all(is_harmless(name) and not name.startswith(("copy.", "dataclasses.")) for name in names)
    if isinstance(callee, ast.Name):
        return callee.id in _CALLED and callee.id not in module.imports and callee.id not in module.assigned
    if isinstance(callee, ast.Attribute):
        return callee.attr in _METHODS
    return isinstance(callee, ast.Call)  # the result of another call, which is checked itself
