"""Hooks by which a project's own conftest.py files and plugins make tests, or give tests other ids.

Hooks: https://docs.pytest.org/en/stable/reference/reference.html#collection-hooks
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from recctl.live.configuration import Collecting
from recctl.live.handling import why_handling
from recctl.live.harmless import PLUGINS, is_harmless
from recctl.live.modules import Function, Module, Project, parse_module
from recctl.live.reflection import why_reflective

# Hooks that make collectors and items, or see each of them as it is made.
_MAKING = (
    "pytest_collect_directory",
    "pytest_collect_file",
    "pytest_collection",
    "pytest_itemcollected",
    "pytest_make_collect_report",
    "pytest_pycollect_makeitem",
    "pytest_pycollect_makemodule",
)
# Hooks that are handed all items and may do anything with them.
_HANDED_ITEMS = ("pytest_collection_finish", "pytest_collection_modifyitems")
_HOOKS = frozenset({*_MAKING, *_HANDED_ITEMS})
_HOOK_NAMES = tuple(hook.encode() for hook in sorted(_HOOKS))
_LOADING = frozenset(
    {"consider_module", "consider_pluginarg", "import_plugin", "load_setuptools_entrypoints"}
)
_ID_NAMES = (b"nodeid", b"_id")
# What makes tests of a source: whoever sets a part of it may change what comes out.
_MACHINERY = frozenset({"_pytest", "ast", "importlib", "pluggy", "pytest", "python", "rewrite", "unittest"})
_ENTRY_POINT = b"pytest11"
_SETUPS = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})
_LEFT_OUT = frozenset({"node_modules", "site-packages", "__pycache__", "build", "dist"})


class Hooks:
    """The hooks of the conftest.py files and plugins below a directory, read once and only if asked for."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._root = project.root
        self._top = _repository_top(project.root)

    @cached_property
    def renaming(self) -> str | None:
        """What any file of the project does to the ids of tests when they run: no collection shows it."""
        for path in self._sources:
            raw = _bytes_of(path) if path.suffix == ".py" and path.is_relative_to(self._root) else b""
            if not any(name in raw for name in _ID_NAMES) or b"pytest" not in raw:
                continue
            module = parse_module(path)
            if module is None or any(map(_renames, ast.walk(module.tree))):
                return f"{path.relative_to(self._top)} may change the ids of tests"
        return None

    def why_unproven(self, test_file: Path, collecting: Collecting) -> str | None:
        """Return what may make a test in a file, or give it another id; None where nothing may."""
        if self.renaming:
            return self.renaming
        if self._anywhere:
            return self._anywhere
        known = (self._why_plugin(name, None) for name in collecting.plugins)
        return next(filter(None, [*known, *self._on_the_way(test_file)]), None)

    @cached_property
    def _anywhere(self) -> str | None:
        """What any file of the project does by hooks: they work for the tests of other files too."""
        for path in self._sources:
            try:
                raw = path.read_bytes()
            except OSError as error:
                return f"{path.name} cannot be read: {(error.strerror or str(error)).lower()}"
            if path.name in _SETUPS and _ENTRY_POINT in raw:
                return f"{path.relative_to(self._top)} declares a pytest plugin"
            if b"pluginmanager" in raw and (why := self._why_registering(path)):
                return why
            is_own = path.is_relative_to(self._root) and path.suffix == ".py"
            if is_own and any(hook in raw for hook in _HOOK_NAMES) and (why := self._why_file(path)):
                return why
        return None

    @cached_property
    def _sources(self) -> list[Path]:
        found = []
        for directory, names, files in os.walk(self._top):
            names[:] = [name for name in names if _is_searched(directory, name)]
            # Of what lies beside the project only the plugins matter that it may have installed.
            wanted = files if Path(directory).is_relative_to(self._root) else _SETUPS.intersection(files)
            found += [Path(directory, name) for name in wanted if name.endswith(".py") or name in _SETUPS]
        return sorted(found)

    def _why_file(self, path: Path) -> str | None:
        name = path.relative_to(self._top)
        module = parse_module(path)
        if module is None:
            return f"{name} names hooks of pytest and cannot be parsed"
        defined = [
            node for node in ast.walk(module.tree) if isinstance(node, Function) and node.name in _HOOKS
        ]
        for node in defined:
            if node.name in _MAKING:
                return f"{name} defines {node.name}"
            if why := why_handling(node, module):
                return f"{node.name} in {name} does more than filter, reorder and mark: {why}"
        mentioned = {*_mentions(module.tree)} & _HOOKS
        return f"{name} refers to {min(mentioned)}" if mentioned else None

    def _why_registering(self, path: Path) -> str | None:
        """Return what a file hands to pytest's plugin manager, unless the file itself defines it."""
        module = parse_module(path)
        calls = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call)) if module else ()
        for call in calls:
            callee = call.func
            if not isinstance(callee, ast.Attribute) or "pluginmanager" not in ast.unparse(callee.value):
                continue
            if callee.attr in _LOADING or (callee.attr == "register" and not _is_own(call, module)):
                return f"{path.relative_to(self._top)} loads a plugin: {ast.unparse(call)[:60]}"
        return None

    def _on_the_way(self, test_file: Path) -> Iterator[str | None]:
        """Yield what the conftest.py files above a test file do to it."""
        # A test module may load plugins too, and pytest reads it like one.
        module = parse_module(test_file)
        yield from (self._why_plugin(name, module) for name in (_plugins_of(module) if module else ()))
        for directory in test_file.parents:
            if not directory.is_relative_to(self._top):
                return
            path = directory / "conftest.py"
            if not os.path.lexists(path):
                continue
            module = parse_module(path)
            if module is None:
                yield f"{path.relative_to(self._top)} cannot be parsed"
                return
            why = why_reflective(module) or next(filter(None, map(_why_patch, ast.walk(module.tree))), None)
            yield f"{path.relative_to(self._top)} may reach tests: {why}" if why else None
            yield from (self._why_plugin(name, module) for name in _plugins_of(module))

    def _why_plugin(self, name: str, loader: Module | None) -> str | None:
        """Return why a plugin that is named is not known to leave tests alone."""
        if name in PLUGINS or is_harmless(name):
            return None
        beside = loader or Module(self._project.root / "conftest.py", ast.Module([], []))
        path, rest = self._project.imported(beside, name)
        module = parse_module(path) if path is not None and not rest else None
        if module is None:
            return f"the plugin {name} is not known"
        why = why_reflective(module)
        return f"the plugin {name} may reach tests: {why}" if why else None


def _repository_top(directory: Path) -> Path:
    """Return the top of the repository that holds a directory; the directory itself outside of any."""
    return next((above for above in (directory, *directory.parents) if (above / ".git").exists()), directory)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _renames(node: ast.AST) -> bool:
    """Return whether a node stores a node id, or names the attribute by which to store one."""
    if isinstance(node, ast.Constant):
        return node.value in ("_nodeid", "_id")
    if not (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)):
        return False
    is_own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
    return node.attr in ("_nodeid", "nodeid") or (node.attr == "_id" and not is_own)


def _why_patch(node: ast.AST) -> str | None:
    """Return what a node replaces in pytest or in the machinery of imports."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("_pytest."):
        return f"it names {node.value}"
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_machinery(node):
        return f"it sets {ast.unparse(node)[:60]}"
    return None


def _is_machinery(node: ast.Attribute) -> bool:
    value: ast.expr = node
    while isinstance(value, ast.Attribute):
        value = value.value
    return isinstance(value, ast.Name) and value.id in _MACHINERY


def _is_searched(directory: str, name: str) -> bool:
    if name.startswith(".") or name in _LEFT_OUT:
        return False
    return not os.path.exists(os.path.join(directory, name, "pyvenv.cfg"))


def _is_own(register: ast.Call, module: Module | None) -> bool:
    """Return whether what is registered is defined in the same file, where its hooks are looked at."""
    given = register.args[0] if register.args else None
    given = given.func if isinstance(given, ast.Call) else given
    return module is not None and isinstance(given, ast.Name) and given.id in module.definitions


def _plugins_of(module: Module) -> Iterator[str]:
    """Yield the modules that `pytest_plugins` names; for one that is computed a name that nobody knows."""
    for value in module.assigned.get("pytest_plugins", []):
        items = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
        for item in items:
            yield str(item.value) if isinstance(item, ast.Constant) else "that pytest_plugins computes"


def _mentions(tree: ast.Module) -> Iterator[str]:
    """Yield names that a module stores, imports, or writes as text: a hook may have another name there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.strip()
        elif isinstance(node, ast.alias):
            yield node.asname or node.name
            yield node.name.rpartition(".")[2]
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
