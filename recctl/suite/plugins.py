"""Whether conftest.py files and plugins of a project may generate tests or change their node ids."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from recctl.suite.executed_code import last_name
from recctl.suite.harmless_names import PLUGINS, is_harmless
from recctl.suite.hooks import is_suspicious, why_hooks, why_patched
from recctl.suite.modules import Module, dotted_names, parse_module
from recctl.suite.project import Project
from recctl.suite.pytest_settings import Collecting
from recctl.suite.reflection import why_reflective

_ENTRY_POINT = b"pytest11"
_SETUPS = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})
_LEFT_OUT = frozenset({"node_modules", "site-packages", "__pycache__"})
# Arguments of hooks through which tests can be changed.
_HANDED = frozenset({"collector", "config", "item", "items", "metafunc", "pluginmanager", "session"})


class Plugins:
    """The conftest.py files and plugins of a project. Each is read at most once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._root = project.root
        self._top = _repository_top(project.root)
        self._verdicts: dict[Path, str | None] = {}

    def why_unproven(self, test_file: Path, collecting: Collecting) -> str | None:
        """Return what may generate a test in a file, or change its node id; None if nothing may."""
        if self._anywhere:
            return self._anywhere
        known = (self._why_plugin(name, None) for name in collecting.plugins)
        return next(filter(None, [*known, *self._on_the_way(test_file)]), None)

    @cached_property
    def _anywhere(self) -> str | None:
        """Which hooks any file of the project defines: they apply to the tests of other files too."""
        for path in self._sources:
            try:
                raw = path.read_bytes()
            except OSError as error:
                return f"{path.name} cannot be read: {(error.strerror or str(error)).lower()}"
            if path.name in _SETUPS and _ENTRY_POINT in raw:
                return f"{path.relative_to(self._top)} declares a pytest plugin"
            if path.suffix == ".py" and is_suspicious(raw) and (why := self._why_hooks(path)):
                return why
        return None

    @cached_property
    def _sources(self) -> list[Path]:
        found = []
        for directory, names, files in os.walk(self._top):
            names[:] = [name for name in names if _is_searched(directory, name)]
            # Outside of the project only the plugins matter that it may have installed.
            wanted = files if Path(directory).is_relative_to(self._root) else _SETUPS.intersection(files)
            found += [Path(directory, name) for name in wanted if name.endswith(".py") or name in _SETUPS]
        return sorted(found)

    def _why_hooks(self, path: Path) -> str | None:
        module = parse_module(path)
        if module is None:
            return f"{path.relative_to(self._top)} cannot be parsed, and may define hooks of pytest"
        why = why_hooks(module)
        return f"{path.relative_to(self._top)} {why}" if why else None

    def _on_the_way(self, test_file: Path) -> Iterator[str | None]:
        """Yield what the conftest.py files and plugins that apply to a test file may do to its tests."""
        # A test module may load plugins too.
        if module := parse_module(test_file):
            yield from (self._why_plugin(name, module) for name in _plugins_of(module))
        for directory in test_file.parents:
            if not directory.is_relative_to(self._top):
                return
            path = directory / "conftest.py"
            if os.path.lexists(path):
                yield self._why_loaded(path, path.relative_to(self._top).as_posix())

    def _why_loaded(self, path: Path, name: str) -> str | None:
        """Return what a plugin, or one that it loads, may do. Each is checked once."""
        if path not in self._verdicts:
            self._verdicts[path] = self._why_any({path: name})
        return self._verdicts[path]

    def _why_any(self, named: dict[Path, str]) -> str | None:
        """Return what any of these plugins, or of those that they load, may do."""
        waiting = list(named)
        while waiting:
            path = waiting.pop(0)
            module = parse_module(path)
            if module is None:
                return f"{named[path]} cannot be parsed"
            if why := next(self._doings(module, named[path]), None):
                return why
            for plugin in _plugins_of(module):
                found = self._plugin(plugin, module)
                if isinstance(found, str):
                    return found
                if found is not None and found not in named:
                    named[found] = f"the plugin {plugin}"
                    waiting.append(found)
        return None

    def _doings(self, module: Module, name: str) -> Iterator[str]:
        """Yield what a plugin, and the modules beside it that it imports, may do."""
        if why := why_hooks(module):
            yield f"{name} {why}"
        if why := why_reflective(module) or why_patched(module) or self._why_handed(module):
            yield f"{name} may change tests: {why}"
        for other in self._project.imported_beside(module, module.path.parent):
            if why := why_reflective(other):
                yield f"{other.path.name}, which {name} imports, may change tests: {why}"

    def _why_handed(self, module: Module) -> str | None:
        """Return which other package gets the arguments of a hook, or is imported with *."""
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                dotted = "." * node.level + (node.module or "")
                if self._project.is_unknown(module, dotted):
                    return f"it imports * from {dotted}"
            if isinstance(node, ast.Call) and self._is_foreign(node.func, module):
                given = [*node.args, *(keyword.value for keyword in node.keywords)]
                if any(last_name(value) in _HANDED for value in given):
                    return f"it calls {ast.unparse(node.func)[:60]}"
        return None

    def _is_foreign(self, callee: ast.expr, module: Module) -> bool:
        return any(self._project.is_unknown(module, dotted) for dotted in dotted_names(callee, module))

    def _why_plugin(self, name: str, loader: Module | None) -> str | None:
        """Return why a plugin may generate tests or change their node ids."""
        found = self._plugin(name, loader)
        return self._why_loaded(found, f"the plugin {name}") if isinstance(found, Path) else found

    def _plugin(self, name: str, loader: Module | None) -> Path | str | None:
        """Return the file of a plugin, or why there is none to read; None for one that is harmless."""
        if name in PLUGINS or is_harmless(name):
            return None
        beside = loader or Module(self._project.root / "conftest.py", ast.Module([], []))
        path, rest = self._project.imported(beside, name)
        if path is None or rest:
            return f"the plugin {name} is not known"
        return path


def _repository_top(directory: Path) -> Path:
    """Return the top of the repository that holds a directory; the directory itself outside of any."""
    return next((above for above in (directory, *directory.parents) if (above / ".git").exists()), directory)


def _is_searched(directory: str, name: str) -> bool:
    if name.startswith(".") or name in _LEFT_OUT:
        return False
    return not os.path.exists(os.path.join(directory, name, "pyvenv.cfg"))


def _plugins_of(module: Module) -> Iterator[str]:
    """Yield the modules that `pytest_plugins` names, or words for a message if these are not constants."""
    if "pytest_plugins" in module.imports:
        yield "that pytest_plugins imports"
    for value in module.assigned.get("pytest_plugins", []):
        items = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
        for item in items:
            yield str(item.value) if isinstance(item, ast.Constant) else "that pytest_plugins computes"
    if any(
        isinstance(node, ast.Attribute) and last_name(node.value) == "pytest_plugins"
        for node in ast.walk(module.tree)
    ):
        yield "that pytest_plugins is given"
