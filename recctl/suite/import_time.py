"""Whether the import of a test file may generate tests that its source does not name.

Code runs at import in module and class bodies, in decorators and base classes, and in the functions called
from there. Each call is followed where it leads to a function of the project; what leads elsewhere has to
be known as harmless.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from recctl.suite.call_graph import CallWalk, Unproven
from recctl.suite.executed_code import evaluated, has_plain_name, last_name, never_runs, source_of
from recctl.suite.harmless_names import REFLECTIVE_METHODS, is_harmless, is_harmless_base
from recctl.suite.modules import Definition, Function, Module, dotted_names
from recctl.suite.project import Found

# Methods of a class that are called when other classes are created.
_CLASS_HOOKS = frozenset(
    {"__init_subclass__", "__set_name__", "__prepare__", "__mro_entries__", "__class_getitem__"}
)
# Decorators that are attributes of a property.
_COMPANIONS = frozenset({"setter", "getter", "deleter"})
# Callables that get a module's name and do nothing with the module.
_TAKE_NAMES = frozenset({"getLogger", "get_logger", "getChild"})
_IMPORTORSKIP = "importorskip"
# With more arguments than these two they copy attributes of any name.
_COPYING = frozenset({"functools.update_wrapper", "functools.wraps"})
_COPIED = 2
# A patch that is not a decorator may stay in place.
_PATCH = ("mock.patch", "unittest.mock.patch")


class ImportTime(CallWalk):
    """Follows what a file of a project does when it is imported."""

    def why_unproven(self) -> str | None:
        """Return what in the file may generate tests that its source does not name; None if nothing may."""
        try:
            self._body(self._module.tree.body, self._module, conditional=False)
        except Unproven as reason:
            return str(reason)
        except RecursionError:
            return f"{self._module.path.name} is nested too deeply"
        return None

    # ---- statements of a module or class

    def _body(self, body: Iterable[ast.stmt], module: Module, conditional: bool) -> None:
        for statement in body:
            if isinstance(statement, Definition):
                if conditional:
                    raise Unproven(f"{statement.name} is defined conditionally")
                self._definition(statement, module)
            elif isinstance(statement, ast.ImportFrom) and any(
                alias.name == "*" for alias in statement.names
            ):
                raise Unproven(f"it imports * from {'.' * statement.level}{statement.module or ''}")
            elif isinstance(statement, ast.Match | ast.Global):
                raise Unproven(
                    f"it has a {type(statement).__name__.lower()} statement at line {statement.lineno}"
                )
            else:
                self._other(statement, module)

    def _other(self, statement: ast.stmt, module: Module) -> None:
        never = statement.body if isinstance(statement, ast.If) and never_runs(statement.test) else []
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.stmt):
                if not any(child is other for other in never):
                    self._body([child], module, conditional=True)
            elif isinstance(child, ast.ExceptHandler):
                self._expressions(filter(None, [child.type]), module)
                self._body(child.body, module, conditional=True)
            elif not (isinstance(statement, ast.AnnAssign) and child is statement.annotation):
                self._expressions([child], module)

    def _definition(self, node: Definition, module: Module) -> None:
        for decorator in node.decorator_list:
            self._decorator(decorator, node, module)
        if isinstance(node, Function):
            if node.name in _CLASS_HOOKS:
                raise Unproven(f"it defines {node.name}")
            # Annotations are evaluated, but nothing in them is called.
            self._expressions([*node.args.defaults, *filter(None, node.args.kw_defaults)], module)
            return
        if node.keywords:
            raise Unproven(f"class {node.name} has a metaclass or other keywords")
        for base in node.bases:
            self._base(base, node, module)
        self._body(node.body, module, conditional=False)

    # ---- decorators, bases, calls

    def _decorator(self, decorator: ast.expr, node: Definition, module: Module) -> None:
        if isinstance(decorator, ast.Attribute) and decorator.attr in _COMPANIONS:
            return
        if isinstance(decorator, ast.Call):
            self._expressions([*decorator.args, *decorator.keywords], module)
            self._given(decorator, module)
        self._callee(decorator, module, 1, f"{node.name} is decorated with")

    def _base(self, base: ast.expr, node: ast.ClassDef, module: Module) -> None:
        self._expressions([base], module)
        plain = base.value if isinstance(base, ast.Subscript) else base
        plain = plain.func if isinstance(plain, ast.Call) else plain
        if isinstance(plain, ast.Name) and module.is_builtin(plain.id) and plain.id != "type":
            return
        found = self._bound(plain, module)
        if len(found) == 1 and not isinstance(base, ast.Call) and _is_class(found[0]):
            self._follow_base(found[0], module)
            return
        names = dotted_names(plain, module)
        if found or not names or not all(map(is_harmless_base, names)):
            raise Unproven(f"class {node.name} inherits from {source_of(base)}, which may generate tests")

    def _follow_base(self, found: Found | ast.expr, module: Module) -> None:
        # A class of the same module is checked where it is defined.
        if isinstance(found, Found) and found.module is not module:
            self._follow_class(found)

    def _expressions(self, nodes: Iterable[ast.AST], module: Module) -> None:
        """Check what is evaluated: calls, and what is used of other packages."""
        for node in evaluated(nodes):
            if isinstance(node, ast.Call):
                if any(name.startswith(_PATCH) for name in dotted_names(node.func, module)):
                    raise Unproven(f"it patches at line {node.lineno}")
                self._given(node, module)
                self._callee(node.func, module, 1, "it calls")
                continue
            for dotted in dotted_names(node, module):
                if self._project.is_unknown(module, dotted):
                    raise Unproven(f"it uses {source_of(node)}, which may generate tests")

    def _given(self, call: ast.Call, module: Module) -> None:
        """Raise Unproven if a call gets a module, or something else by which it may use reflection."""
        names = dotted_names(call.func, module)
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if any(name in _COPYING for name in names) and (len(call.args) > _COPIED or call.keywords):
            raise Unproven(f"it copies attributes at line {call.lineno}")
        if last_name(call.func) == "getattr" and not has_plain_name(call):
            raise Unproven(f"it computes the name of an attribute at line {call.lineno}")
        # pytest's marks only keep their arguments; others may call them.
        for function in given if not any(name.startswith("pytest.") for name in names) else ():
            self._called_back(function, module)
        if last_name(call.func) == _IMPORTORSKIP:
            self._imports(given[0] if given else None)
        if last_name(call.func) in _TAKE_NAMES or (names and all(map(is_harmless, names))):
            return
        for value in given:
            if (isinstance(value, ast.Name) and value.id == "__name__") or self._is_module(value, module):
                raise Unproven(f"it passes {source_of(value)} on at line {call.lineno}")

    def _called_back(self, value: ast.expr, module: Module) -> None:
        """Follow what a call may call back: functions of the project, and lambdas."""
        for node in ast.walk(value):
            if isinstance(node, ast.Lambda):
                self._expressions([node.body], module)
            elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
                for found in self._bound(node, module):
                    if isinstance(found, Found) and isinstance(found.node, Function):
                        self._follow(found, 1)

    def _imports(self, name: ast.expr | None) -> None:
        """Raise Unproven if importorskip imports a module that may generate tests."""
        if not (isinstance(name, ast.Constant) and isinstance(name.value, str) and is_harmless(name.value)):
            raise Unproven(f"it imports {source_of(name) if name else 'something'}, which may generate tests")

    def _callee(self, callee: ast.expr, module: Module, calls: int, doing: str) -> None:
        """Raise Unproven unless a callee, and what it returns, `calls` calls in all, is harmless."""
        while isinstance(callee, ast.Call):
            callee, calls = callee.func, calls + 1
        if isinstance(callee, ast.Lambda):
            self._expressions([callee.body], module)
        elif isinstance(callee, ast.Attribute):
            self._attribute(callee, module, calls, doing)
        elif isinstance(callee, ast.Name):
            self._name(callee, module, calls, doing)
        else:
            raise Unproven(f"{doing} {source_of(callee)}")

    def _name(self, callee: ast.Name | ast.Attribute, module: Module, calls: int, doing: str) -> None:
        """Raise Unproven unless everything that a name is bound to is harmless."""
        names = dotted_names(callee, module)
        bound = self._bound(callee, module)
        for one in bound:
            if isinstance(one, Found):
                self._follow(one, calls)
            else:  # an alias
                self._callee(one, module, calls, doing)
        builtin = isinstance(callee, ast.Name) and module.is_builtin(callee.id)
        if not bound and not builtin and not (names and all(map(is_harmless, names))):
            raise Unproven(f"{doing} {source_of(callee)}, which may generate tests")

    def _attribute(self, callee: ast.Attribute, module: Module, calls: int, doing: str) -> None:
        if callee.attr in REFLECTIVE_METHODS:
            raise Unproven(f"{doing} {source_of(callee)}")
        if dotted_names(callee, module):
            self._name(callee, module, calls, doing)
            return
        # A method of a value: the calls that created the value are checked where they occur.
        value: ast.expr = callee
        names: list[str] = []
        while isinstance(value, ast.Attribute | ast.Subscript | ast.Call):
            names += [value.attr] if isinstance(value, ast.Attribute) else []
            value = value.func if isinstance(value, ast.Call) else value.value
        if not isinstance(value, ast.Name):
            return
        for one in self._bound(value, module):
            if isinstance(one, Found):
                for method in self._project.methods(one, names):
                    self._follow(method, calls)
                self._follow(one, calls)
            else:
                self._used(one, module, calls)

    def _used(self, value: ast.expr, module: Module, calls: int) -> None:
        """Follow the functions of the project that a value may be or contain."""
        if id(value) in self._values:
            return
        self._values[id(value)] = value
        for node in evaluated([value]):
            for one in [] if isinstance(node, ast.Call) else self._bound(node, module):
                if isinstance(one, Found):
                    self._follow(one, calls)
                else:
                    self._used(one, module, calls)


def _is_class(found: Found | ast.expr) -> bool:
    return isinstance(found, Found) and isinstance(found.node, ast.ClassDef)
