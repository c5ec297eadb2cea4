"""Liveness by the source of a project, read without importing anything.

A test is stale only if that is proved: its file does not exist; or pytest collects the file, the test is
not in it, and nothing in it, in what it imports, or in the project's plugins can generate tests. In every
other case the test is unjudged, with the reason. Parameters are ignored.
"""

from __future__ import annotations

import ast
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from recctl.recordings.summary import Summary
from recctl.suite.liveness import LIVE, Liveness, stale, unjudged
from recctl.suite.modules import Module, Scope, parse_module, statements_named
from recctl.suite.node_ids import NodeId, parse_node_id
from recctl.suite.project import Found, Project
from recctl.suite.roots import Location, Locator

if TYPE_CHECKING:
    from recctl.suite.absence_proof import Proof  # most recordings belong to tests that exist


class LivenessBySource:
    """The source of liveness that reads test files, for one run of a command. Each file is read once."""

    def __init__(self) -> None:
        self._locator = Locator()
        self._roots: dict[Path, _Root] = {}

    def __call__(self, summary: Summary) -> Liveness:
        """Return the liveness of a recording."""
        test = parse_node_id(summary.header.test_id or "")
        locations = self._locator.locations(summary.path, test.file)
        if not locations:
            return unjudged("its test file cannot be located from the recording's path")
        if PurePosixPath(test.file).suffix != ".py" or "\\" in test.file:
            return unjudged(f"{test.file} is not a Python file")
        if not test.names:
            return unjudged("its test id names no test")
        found = [self._root(location.root).judge(location, test) for location in locations]
        if LIVE in found:
            return LIVE
        if len(locations) > 1:
            return unjudged(f"{test.file} may belong to {locations[0].root} or to {locations[1].root}")
        return found[0]

    def locations(self, summary: Summary) -> list[Location]:
        """Return where the test file of a recording may be."""
        return self._locator.locations(summary.path, parse_node_id(summary.header.test_id or "").file)

    def _root(self, root: Path) -> _Root:
        if root not in self._roots:
            self._roots[root] = _Root(root)
        return self._roots[root]


class _Missing(msgspec.Struct, frozen=True):
    """The names of a test that its file does not define, and the class that lacks the first, if any."""

    names: tuple[str, ...]
    scope: str


class _Root:
    """The tests below one root directory."""

    def __init__(self, root: Path) -> None:
        self._project = Project(root)

    @cached_property
    def _proof(self) -> Proof:
        from recctl.suite.absence_proof import Proof  # most recordings belong to tests that exist

        return Proof(self._project)

    def judge(self, location: Location, test: NodeId) -> Liveness:
        """Return the liveness of a test whose file would be here."""
        module = None if location.state == "absent" else parse_module(location.path)
        missing = None if module is None else self._missing(module, test.names)
        if module is not None and missing is None:
            return LIVE
        if location.state == "unknown":
            return unjudged(location.reason)
        if module is None and location.state == "there":
            return unjudged(f"{test.file} cannot be parsed")
        absent = test.names if missing is None else missing.names
        if why := self._proof.why_not(location.path, module, test, absent):
            return unjudged(why)
        if missing is None:
            return stale(f"{test.file} does not exist")
        where = f" in {missing.scope}" if missing.scope else ""
        return stale(f"{test.file} does not define {absent[0]}{where}, and nothing generates it")

    def _missing(self, module: Module, names: tuple[str, ...]) -> _Missing | None:
        """Return the names of a test from the first that its file does not define; None if it defines all."""
        scopes: list[tuple[Module, Scope]] = [(module, module.tree)]
        for position, name in enumerate(names):
            found = [(owner, one) for owner, scope in scopes for one in statements_named(scope, name)]
            if not found:
                if any(self._is_inherited(owner, scope, name, set()) for owner, scope in scopes):
                    return None
                last = scopes[-1][1]
                return _Missing(names[position:], last.name if isinstance(last, ast.ClassDef) else "")
            classes = [(owner, one) for owner, one in found if isinstance(one, ast.ClassDef)]
            if position == len(names) - 1 or len(classes) < len(found):
                return None
            scopes = list(classes)  # several if branches define it
        return None

    def _is_inherited(self, module: Module, scope: Scope, name: str, seen: set[int]) -> bool:
        if not isinstance(scope, ast.ClassDef) or id(scope) in seen:
            return False
        seen.add(id(scope))
        bases = (self._project.class_of(module, base) for base in scope.bases)
        return any(self._is_given_by(base, name, seen) for base in bases if base is not None)

    def _is_given_by(self, base: Found, name: str, seen: set[int]) -> bool:
        if not isinstance(base.node, ast.ClassDef):
            return False
        return bool(statements_named(base.node, name)) or self._is_inherited(
            base.module, base.node, name, seen
        )
