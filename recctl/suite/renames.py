"""What a test was renamed to: the only new test of its file that has the code of the old one in HEAD."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from recctl.suite.modules import UNPARSABLE, Function, parse_source, statements, syntax_tree
from recctl.suite.node_ids import parse_node_id
from recctl.suite.roots import possible_roots
from recctl.support.errors import RecctlError
from recctl.support.git import Repository, Tree


class Renames:
    """Finds the new names of tests. Each file is read from HEAD once."""

    def __init__(self, repository: Repository | None) -> None:
        self._repository = repository
        self._old: dict[str, dict[str, str]] = {}

    def new_id(self, recording: Path, test_id: str) -> str | None:
        """Return the node id to which a test was renamed; None if there is not exactly one candidate."""
        test = parse_node_id(test_id)
        roots = possible_roots(recording, test.file)
        if self._repository is None or len(roots) != 1:
            return None
        try:
            file = self._file_now(roots[0], test.file)
            now = _tests_of(syntax_tree(roots[0] / file))
            before = self._in_head(roots[0] / test.file)
        except RecctlError:
            return None
        name = "::".join(test.names)
        code = before.get(name)
        new = [other for other, other_code in now.items() if other_code == code and other not in before]
        if file != test.file and now.get(name) == code:
            new = [name]
        if code is None or len(new) != 1:
            return None
        _, bracket, parameters = test_id.partition("[")
        return f"{file}::{new[0]}{bracket}{parameters}"

    def _file_now(self, root: Path, test_file: str) -> str:
        """Return the path of a test file, after a rename that git detects."""
        if self._repository is None or (root / test_file).exists():
            return test_file
        top, here = self._repository.top.resolve(), root.resolve()
        if not here.is_relative_to(top):
            return test_file
        new = self._moved.get((here.relative_to(top) / test_file).as_posix())
        moved = None if new is None else top / new
        return moved.relative_to(here).as_posix() if moved and moved.is_relative_to(here) else test_file

    @cached_property
    def _moved(self) -> dict[str, str]:
        return {} if self._repository is None else self._repository.renamed("HEAD", None)

    @cached_property
    def _tree(self) -> Tree:
        return {} if self._repository is None else self._repository.head_tree()

    def _in_head(self, path: Path) -> dict[str, str]:
        """Return the code of the tests that a file has in HEAD, by name."""
        if self._repository is None:
            return {}
        top, real = self._repository.top.resolve(), path.parent.resolve() / path.name
        relative = real.relative_to(top).as_posix() if real.is_relative_to(top) else ""
        if relative not in self._old:
            blob = self._tree.get(relative)
            data = b"".join(data for _, data in self._repository.blobs([blob])) if blob else b""
            self._old[relative] = _tests_of(_parsed(data))
        return self._old[relative]


def _parsed(data: bytes) -> ast.Module | None:
    try:
        return parse_source(data)
    except UNPARSABLE:
        return None


def _tests_of(module: ast.Module | None) -> dict[str, str]:
    """Return the code of the functions of a module and its classes, by name as in a node id."""
    return {} if module is None else dict(_functions(module, ""))


def _functions(scope: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, str]]:
    for statement in statements(scope.body):
        if isinstance(statement, ast.ClassDef):
            yield from _functions(statement, f"{prefix}{statement.name}::")
        elif isinstance(statement, Function):
            parts = (statement.args, *statement.decorator_list, *statement.body)
            yield f"{prefix}{statement.name}", " ".join(map(ast.dump, parts))
