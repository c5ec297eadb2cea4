"""What names in code lead to within a project, followed once: definitions, and what runs in them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from recctl.suite.executed_code import executed, is_property, source_of
from recctl.suite.modules import Definition, Function, Module, dotted_names
from recctl.suite.project import Found, Project
from recctl.suite.reflection import why_reflective

_MOST_FOLLOWED = 400


class Unproven(Exception):
    """Something that may make tests, as people read it."""


class Following:
    """Follows calls of one file to definitions of its project; those that inherit look at what is in them.

    One for each file: what was followed for another may have ended in Unproven.
    """

    def __init__(self, project: Project, module: Module) -> None:
        self._project = project
        self._module = module
        self._followed: dict[tuple[int, int], Definition] = {}
        self._values: dict[int, ast.expr] = {}
        self.entered: dict[Path, Module] = {}

    def _definition(self, node: Definition, module: Module) -> None:
        """Look at a definition: its decorators, bases and body."""
        raise NotImplementedError

    def _expressions(self, nodes: Iterable[ast.AST], module: Module) -> None:
        """Look at what is evaluated in expressions."""
        raise NotImplementedError

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
                raise Unproven(f"{source_of(node)} is not known")
        return found

    def _follow(self, found: Found, calls: int) -> None:
        if self._is_known(found, calls):
            return
        self._enter(found.module)
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
        self._enter(found.module)
        if why := why_reflective(found.module, [found.node]):
            raise Unproven(f"{found.node.name} in {found.module.path.name} reaches other names: {why}")
        self._definition(found.node, found.module)
        # Python itself calls these: to make an object, to enter it, to compare it.
        for method in found.node.body:
            if isinstance(method, Function) and (method.name.startswith("__") or is_property(method)):
                self._follow(Found(found.module, method), 1)

    def _enter(self, module: Module) -> None:
        """Note a module that is followed into. Raises Unproven where any of it reaches other names."""
        if module.path in self.entered:
            return
        if module is not self._module and (why := why_reflective(module)):
            raise Unproven(f"{module.path.name} reaches other names: {why}")
        self.entered[module.path] = module

    def _is_known(self, found: Found, calls: int) -> bool:
        """Return whether a definition was followed before, and note it. Raises Unproven for too many."""
        key = (id(found.node), calls)
        if key in self._followed:
            return True
        self._followed[key] = found.node
        if len(self._followed) > _MOST_FOLLOWED:
            raise Unproven("what it does at import leads too far")
        return False

    def _is_module(self, node: ast.expr, module: Module) -> bool:
        """Return whether an expression is a module of the project."""
        found = (self._project.imported(module, dotted) for dotted in dotted_names(node, module))
        return any(path is not None and not rest for path, rest in found)
