"""pytest hooks in a file of a project that may generate tests or change their node ids.

Hooks: https://docs.pytest.org/en/stable/reference/reference.html#collection-hooks
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from recctl.suite.item_hooks import why_not_filter
from recctl.suite.modules import Function, Module

# Hooks that create collectors and items, are called for each of them, or run them.
_MAKING = (
    "pytest_collect_directory",
    "pytest_collect_file",
    "pytest_collection",
    "pytest_collectreport",
    "pytest_collectstart",
    "pytest_itemcollected",
    "pytest_make_collect_report",
    "pytest_pycollect_makeitem",
    "pytest_pycollect_makemodule",
    "pytest_runtest_protocol",
    "pytest_runtestloop",
)
# Hooks that get all items, and may do anything with them.
_HANDED_ITEMS = ("pytest_collection_finish", "pytest_collection_modifyitems")
_HOOKS = frozenset({*_MAKING, *_HANDED_ITEMS})
# A file without any of these needs no closer look.
_SIGNS = (*(hook.encode() for hook in sorted(_HOOKS)), b"nodeid", b"_id", b"from_parent", b"pluginmanager")
_LOADING = frozenset(
    {"consider_module", "consider_pluginarg", "import_plugin", "load_setuptools_entrypoints"}
)
# Attributes of items and collectors that decide which tests there are, and their node ids.
_PARTS = frozenset({"_getobj", "_nodeid", "collect", "nodeid", "obj"})
# Modules that turn source into tests: patching them may change which.
_MACHINERY = frozenset({"_pytest", "ast", "importlib", "pluggy", "pytest", "python", "rewrite", "unittest"})


def is_suspicious(raw: bytes) -> bool:
    """Return whether a file may contain any of this: False is definitive, True means unknown."""
    return any(sign in raw for sign in _SIGNS)


def why_hooks(module: Module) -> str | None:
    """Return which hooks a file defines or loads that may generate tests or change their node ids."""
    for node in ast.walk(module.tree):
        if isinstance(node, Function) and node.name in _MAKING:
            return f"defines {node.name}"
        if (
            isinstance(node, Function)
            and node.name in _HANDED_ITEMS
            and (why := why_not_filter(node, module))
        ):
            return f"does more in {node.name} than filter, reorder and mark: {why}"
        if isinstance(node, ast.Attribute) and node.attr == "from_parent":
            return "creates items or collectors"
    mentioned = {*_mentions(module.tree)} & _HOOKS
    if mentioned:
        return f"refers to {min(mentioned)}"
    return _why_renaming(module) or _why_loading(module)


def why_patched(module: Module) -> str | None:
    """Return what a file patches in pytest or in the import system."""
    return next(filter(None, map(_why_patch, ast.walk(module.tree))), None)


def _why_renaming(module: Module) -> str | None:
    is_about_pytest = any("pytest" in name for names in module.imports.values() for name in names) or any(
        isinstance(node, Function) and node.name.startswith("pytest_") for node in ast.walk(module.tree)
    )
    if is_about_pytest and any(map(_renames, ast.walk(module.tree))):
        return "may change tests or their ids"
    return None


def _renames(node: ast.AST) -> bool:
    """Return whether a node sets an attribute of an item, or is the name of one."""
    if isinstance(node, ast.Constant):
        return node.value in ("_nodeid", "_id")
    if not (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)):
        return False
    is_own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
    return node.attr in _PARTS - {"obj", "collect"} or (node.attr in (*_PARTS, "_id") and not is_own)


def _why_loading(module: Module) -> str | None:
    """Return which plugin a file registers with pytest, unless the file itself defines it."""
    if not any(getattr(node, "attr", "") == "pluginmanager" for node in ast.walk(module.tree)):
        return None
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in _LOADING or (node.func.attr == "register" and not _is_own(node, module)):
            return f"loads a plugin: {ast.unparse(node)[:60]}"
    return None


def _is_own(register: ast.Call, module: Module) -> bool:
    """Return whether what is registered is defined in the same file, where its hooks are checked."""
    given = register.args[0] if register.args else None
    given = given.func if isinstance(given, ast.Call) else given
    return isinstance(given, ast.Name) and given.id in module.definitions


def _mentions(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a module uses or imports, and its strings: a hook may be an alias."""
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


def _why_patch(node: ast.AST) -> str | None:
    """Return what a node patches in pytest or in the import system."""
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
