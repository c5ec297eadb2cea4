"""A walk through the functions and classes of a project that a file calls, each visited once."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from recctl.suite.executed_code import executed, is_property, source_of
from recctl.suite.modules import Definition, Function, Module, dotted_names
from recctl.suite.project import Found, Project
from recctl.suite.reflection import why_reflective

_MAX_FOLLOWED = 400


class Unproven(Exception):
    """Something that may generate tests; the message says what."""


class CallWalk:
    """Follows the calls of one file to the definitions of its project. Subclasses check what is in them.

    Use one per file: a walk that ended in Unproven has visited definitions without checking all of them.
    """

    def __init__(self, project: Project, module: Module) -> None:
        self._project = project
        self._module = module
        self._followed: dict[tuple[int, int], Definition] = {}
        self._values: dict[int, ast.expr] = {}
        self.entered: dict[Path, Module] = {}

    def _definition(self, node: Definition, module: Module) -> None:
        """Check a definition: its decorators, bases and body."""
        raise NotImplementedError

    def _expressions(self, nodes: Iterable[ast.AST], module: Module) -> None:
        """Check what is evaluated in expressions."""
        raise NotImplementedError

    def _bound(self, node: ast.expr, module: Module) -> list[Found | ast.expr]:
        """Return what a name is bound to: definitions, and the expressions that are assigned to it."""
        found: list[Found | ast.expr] = []
        if isinstance(node, ast.Name):
            found += [Found(module, one) for one in module.definitions.get(node.id, [])]
            for value in module.assigned.get(node.id, []):
                if value is None:
                    raise Unproven(f"{node.id} is bound in a way that cannot be followed")
                found.append(value)
        for dotted in dotted_names(node, module):
            one = self._project.find(module, dotted)
            if one is not None:
                found.append(one)
            elif self._project.imported(module, dotted)[0] is not None:
                raise Unproven(f"{source_of(node)} cannot be resolved")
        return found

    def _follow(self, found: Found, calls: int) -> None:
        if self._is_known(found, calls):
            return
        self._enter(found.module)
        if isinstance(found.node, ast.ClassDef):
            self._follow_class(found)
            return
        if why := why_reflective(found.module, found.node.body, skip_tests=False):
            raise Unproven(f"{found.node.name} in {found.module.path.name} uses reflection: {why}")
        for part in executed(found.node, calls):
            if isinstance(part, Definition):
                self._definition(part, found.module)
            else:
                self._expressions([part], found.module)

    def _follow_class(self, found: Found) -> None:
        if not isinstance(found.node, ast.ClassDef) or self._is_known(found, 0):
            return
        self._enter(found.module)
        if why := why_reflective(found.module, [found.node]):
            raise Unproven(f"{found.node.name} in {found.module.path.name} uses reflection: {why}")
        self._definition(found.node, found.module)
        # Python calls these implicitly: to create an object, to enter it as a context, to compare it.
        for method in found.node.body:
            if isinstance(method, Function) and (method.name.startswith("__") or is_property(method)):
                self._follow(Found(found.module, method), 1)

    def _enter(self, module: Module) -> None:
        """Note that a module was entered. Raises Unproven if anything in it uses reflection."""
        if module.path in self.entered:
            return
        if module is not self._module and (why := why_reflective(module)):
            raise Unproven(f"{module.path.name} uses reflection: {why}")
        self.entered[module.path] = module

    def _is_known(self, found: Found, calls: int) -> bool:
        """Return whether a definition was visited before, and note it. Raises Unproven for too many."""
        key = (id(found.node), calls)
        if key in self._followed:
            return True
        self._followed[key] = found.node
        if len(self._followed) > _MAX_FOLLOWED:
            raise Unproven("its code at import calls too much to follow")
        return False

    def _is_module(self, node: ast.expr, module: Module) -> bool:
        """Return whether an expression is a module of the project."""
        found = (self._project.imported(module, dotted) for dotted in dotted_names(node, module))
        return any(path is not None and not rest for path, rest in found)
