"""What a test file does while pytest imports it: whether tests can come of it that its source does not name.

Code runs at import in module and class bodies, in decorators and base classes, and in the functions called
from there. Each call is followed where it leads to a function of the project; what leads elsewhere has to
be known as harmless.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable

from recctl.live.execution import evaluated, executed, never_runs
from recctl.live.harmless import REACHING_METHODS, is_harmless, is_harmless_base
from recctl.live.modules import Definition, Found, Function, Module, Project, dotted_names
from recctl.live.reflection import why_reflective

_BUILTINS = frozenset(dir(builtins))
# Methods of a class by which it takes part in how others are made.
_CLASS_HOOKS = frozenset(
    {"__init_subclass__", "__set_name__", "__prepare__", "__mro_entries__", "__class_getitem__"}
)
# Decorators that are attributes of another definition of the same scope.
_COMPANIONS = frozenset({"setter", "getter", "deleter"})
_CONSTRUCTORS = ("__init__", "__new__", "__post_init__", "__call__")
# Callables that are given a module's name and do nothing with the module.
_TAKE_NAMES = frozenset({"getLogger", "get_logger", "getChild"})
_MOST_FOLLOWED = 400
_MOST_SHOWN = 60
_IMPORTORSKIP = "importorskip"
# A patch that is no decorator may stay.
_PATCH = ("mock.patch", "unittest.mock.patch")


class Unproven(Exception):
    """Something that may make tests, as people read it."""


class ImportTime:
    """Follows what the modules of a project do at import."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._followed: dict[tuple[int, int], Definition] = {}
        self._values: dict[int, ast.expr] = {}

    def why_unproven(self, module: Module) -> str | None:
        """Return what in a module may make tests that its source does not name; None where nothing may."""
        try:
            self._body(module.tree.body, module, conditional=False)
        except Unproven as reason:
            return str(reason)
        except RecursionError:
            return f"{module.path.name} is nested too deeply"
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
                    f"it holds a {type(statement).__name__.lower()} statement at line {statement.lineno}"
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
            # What annotations name is looked up and left alone.
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
        if isinstance(plain, ast.Name) and self._is_builtin(plain.id, module) and plain.id != "type":
            return
        found = self._bound(plain, module)
        if len(found) == 1 and not isinstance(base, ast.Call) and _is_class(found[0]):
            self._follow_base(found[0], module)
            return
        names = dotted_names(plain, module)
        if found or not names or not all(map(is_harmless_base, names)):
            raise Unproven(f"class {node.name} inherits from {_text(base)}, which is not known")

    def _follow_base(self, found: Found | ast.expr, module: Module) -> None:
        # One of the same module is looked at where it stands.
        if isinstance(found, Found) and found.module is not module:
            self._follow_class(found)

    def _expressions(self, nodes: Iterable[ast.AST], module: Module) -> None:
        """Go through what is evaluated: calls, and what is used of other packages."""
        for node in evaluated(nodes):
            if isinstance(node, ast.Call):
                if any(name.startswith(_PATCH) for name in dotted_names(node.func, module)):
                    raise Unproven(f"it patches at line {node.lineno}")
                self._given(node, module)
                self._callee(node.func, module, 1, "it calls")
                continue
            for dotted in dotted_names(node, module):
                if not is_harmless(dotted) and self._project.imported(module, dotted)[0] is None:
                    raise Unproven(f"it uses {_text(node)}, which is not known")

    def _given(self, call: ast.Call, module: Module) -> None:
        """Raise Unproven where a call is given what reaches the names of a module."""
        names = dotted_names(call.func, module)
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        for function in given:
            for found in self._bound(function, module) if isinstance(function, ast.Name) else ():
                if isinstance(found, Found) and isinstance(found.node, Function):
                    self._follow(found, 1)  # it may be called back
        if _last_name(call.func) == _IMPORTORSKIP:
            self._imports(given[0] if given else None)
        if _last_name(call.func) in _TAKE_NAMES or (names and all(map(is_harmless, names))):
            return
        for value in given:
            if (isinstance(value, ast.Name) and value.id == "__name__") or self._is_module(value, module):
                raise Unproven(f"it passes {_text(value)} on at line {call.lineno}")

    def _imports(self, name: ast.expr | None) -> None:
        """Raise Unproven where importorskip gives a module that is not known."""
        if not (isinstance(name, ast.Constant) and isinstance(name.value, str) and is_harmless(name.value)):
            raise Unproven(f"it imports {_text(name) if name else 'something'}, which is not known")

    def _callee(self, callee: ast.expr, module: Module, calls: int, doing: str) -> None:
        """Raise Unproven unless what is called, and what that returns, `calls` times in all, is harmless."""
        while isinstance(callee, ast.Call):
            callee, calls = callee.func, calls + 1
        if isinstance(callee, ast.Lambda):
            self._expressions([callee.body], module)
        elif isinstance(callee, ast.Attribute):
            self._attribute(callee, module, calls, doing)
        elif isinstance(callee, ast.Name):
            self._name(callee, module, calls, doing)
        else:
            raise Unproven(f"{doing} {_text(callee)}")

    def _name(self, callee: ast.Name | ast.Attribute, module: Module, calls: int, doing: str) -> None:
        """Raise Unproven unless a name stands for something harmless, whatever it is bound to."""
        names = dotted_names(callee, module)
        bound = self._bound(callee, module)
        for one in bound:
            if isinstance(one, Found):
                self._follow(one, calls)
            else:  # another name of something
                self._callee(one, module, calls, doing)
        builtin = isinstance(callee, ast.Name) and self._is_builtin(callee.id, module)
        if not bound and not builtin and not (names and all(map(is_harmless, names))):
            raise Unproven(f"{doing} {_text(callee)}, which is not known")

    def _attribute(self, callee: ast.Attribute, module: Module, calls: int, doing: str) -> None:
        if callee.attr in REACHING_METHODS:
            raise Unproven(f"{doing} {_text(callee)}")
        if dotted_names(callee, module):
            self._name(callee, module, calls, doing)
            return
        # A method of a value: the calls that made the value are looked at where they stand.
        value: ast.expr = callee
        while isinstance(value, ast.Attribute | ast.Subscript | ast.Call):
            value = value.func if isinstance(value, ast.Call) else value.value
        if not isinstance(value, ast.Name):
            return
        for one in self._bound(value, module):
            if isinstance(one, Found):
                method = self._project.method(one, callee.attr) if callee.value is value else None
                self._follow(method or one, calls)
            else:
                self._used(one, module, calls)

    def _used(self, value: ast.expr, module: Module, calls: int) -> None:
        """Follow the functions of the project that a value may be, or hold."""
        if id(value) in self._values:
            return
        self._values[id(value)] = value
        for node in evaluated([value]):
            for one in [] if isinstance(node, ast.Call) else self._bound(node, module):
                if isinstance(one, Found):
                    self._follow(one, calls)
                else:
                    self._used(one, module, calls)

    # ---- what names lead to

    def _bound(self, node: ast.expr, module: Module) -> list[Found | ast.expr]:
        """Return what the project binds to a name: definitions, and the expressions it is assigned."""
        found: list[Found | ast.expr] = []
        if isinstance(node, ast.Name):
            found += [Found(module, one) for one in module.definitions.get(node.id, [])]
            for value in module.assigned.get(node.id, []):
                if value is None:
                    raise Unproven(f"{node.id} is bound in a way that is not followed")
                found.append(value)
        for dotted in dotted_names(node, module):
            one = self._project.find(module, dotted)
            if one is not None:
                found.append(one)
            elif self._project.imported(module, dotted)[0] is not None:
                raise Unproven(f"{_text(node)} is not known")
        return found

    def _follow(self, found: Found, calls: int) -> None:
        if self._is_known(found, calls):
            return
        if isinstance(found.node, ast.ClassDef):
            self._follow_class(found)
            return
        if why := why_reflective(found.module, found.node.body, skip_tests=False):
            raise Unproven(f"{found.node.name} in {found.module.path.name} reaches other names: {why}")
        for part in executed(found.node, calls):
            if isinstance(part, Definition):
                self._definition(part, found.module)
            else:
                self._expressions([part], found.module)

    def _follow_class(self, found: Found) -> None:
        if not isinstance(found.node, ast.ClassDef) or self._is_known(found, 0):
            return
        if why := why_reflective(found.module, [found.node]):
            raise Unproven(f"{found.node.name} in {found.module.path.name} reaches other names: {why}")
        self._definition(found.node, found.module)
        for name in _CONSTRUCTORS:
            if method := self._project.method(found, name):
                self._follow(method, 1)

    def _is_known(self, found: Found, calls: int) -> bool:
        """Return whether a definition was followed before, and note it. Raises Unproven for too many."""
        key = (id(found.node), calls)
        if key in self._followed:
            return True
        self._followed[key] = found.node
        if len(self._followed) > _MOST_FOLLOWED:
            raise Unproven("what it does at import leads too far")
        return False

    def _is_builtin(self, name: str, module: Module) -> bool:
        bound = name in module.definitions or name in module.assigned or name in module.imports
        return not bound and name in _BUILTINS

    def _is_module(self, node: ast.expr, module: Module) -> bool:
        """Return whether an expression is a module of the project."""
        found = (self._project.imported(module, dotted) for dotted in dotted_names(node, module))
        return any(path is not None and not rest for path, rest in found)


def _is_class(found: Found | ast.expr) -> bool:
    return isinstance(found, Found) and isinstance(found.node, ast.ClassDef)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _text(node: ast.expr) -> str:
    """Return an expression as source, cut."""
    return ast.unparse(node)[:_MOST_SHOWN]
