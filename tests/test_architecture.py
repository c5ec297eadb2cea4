"""The shape of the program: who may import whom, who prints, who writes, how large a module gets."""

from __future__ import annotations

import ast
import importlib.metadata
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from recctl.cli import app
from tests.helpers import HANGS_AFTER, ROOT, SAMPLES, sample

PACKAGE = ROOT / "recctl"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

# Rooms from the ground up. A module imports from its own room and from those on lower floors.
FLOORS: tuple[frozenset[str], ...] = tuple(
    frozenset(floor.split())
    for floor in (
        "recctl",  # the version
        "support",
        "recordings",
        "conversation suite",
        "catalog",
        "diff edit",
        "check",
        "views",
        "cli",
        "__main__",
        "hook",
    )
)
PRINTS = {"recctl.views.output"}
ASKS_ABOUT_STDOUT = {"recctl.views.terminal_info"}
IMPORTS_RICH = {"recctl.views.terminal"}
# Besides the edits and their journal: the scratch directory and the report of a pytest collection.
WRITES = {
    "recctl.catalog.index",
    "recctl.catalog.index_database",
    "recctl.support.processes",  # to a pipe
    "recctl.edit.plan",
    "recctl.edit.journal",
    "recctl.edit.journal_entry",
    "recctl.edit.journal_writer",
    "recctl.edit.restoring",
    "recctl.suite.collect",
    "recctl.suite.collect_plugin",
    "recctl.recordings.ogx.recorder_script",  # to a pipe
    "recctl.views.output",  # GitHub's summary of a step
}
WRITERS = {
    "write_bytes",
    "write_text",
    "unlink",
    "remove",
    "rename",
    "rmtree",
    "rmdir",
    "mkdir",
    "makedirs",
    "touch",
    "symlink_to",
}
MOST_LINES = 300

each_module = pytest.mark.parametrize("name", MODULES)


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text("utf-8"))


def imports(name: str) -> set[str]:
    """Every module that a module imports anywhere in it, in functions too."""
    found = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {module if module in MODULES else str(node.module) for module in inner}
    return found


def own_imports(name: str) -> set[str]:
    """The modules of recctl that a module imports."""
    return {module for module in imports(name) if module in MODULES}


def room(name: str) -> str:
    return name.split(".")[1] if "." in name else name


# ---- imports


@each_module
def test_rich_is_imported_by_one_module_only(name: str) -> None:
    imported = {module.partition(".")[0] for module in imports(name)}
    assert ("rich" in imported) == (name in IMPORTS_RICH)


def test_every_room_is_on_one_floor() -> None:
    rooms = [name for floor in FLOORS for name in floor]
    assert sorted(rooms) == sorted({room(name) for name in MODULES}), "give a new room its floor"


@each_module
def test_imports_lead_down(name: str) -> None:
    # No loop variable may be called `room`: Python 3.12.0 and 3.12.1 would take the function for it.
    floors = {each: number for number, floor in enumerate(FLOORS) for each in floor}
    others = {module for module in own_imports(name) if room(module) != room(name)}
    assert {
        module for module in others if floors.get(room(module), 99) >= floors.get(room(name), -1)
    } == set()


def test_no_modules_import_each_other() -> None:
    graph = {name: own_imports(name) for name in MODULES}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"these import each other: {' → '.join(error.args[1])}", pytrace=False)
    assert len(order) == len(MODULES)


# ---- what modules do


@each_module
def test_one_module_prints(name: str) -> None:
    used = set(printing(tree(name)))
    assert bool(used) == (name in PRINTS | ASKS_ABOUT_STDOUT)
    assert used <= {"sys.stdout"} or name in PRINTS


def printing(module: ast.Module) -> Iterator[str]:
    """What in a module writes to the screen, or could."""
    for node in ast.walk(module):
        text = ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""
        if text in ("sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__", "print"):
            yield text
        if text.endswith((".echo", ".secho")):
            yield text
        if isinstance(node, ast.ImportFrom) and node.module == "sys":
            yield from (alias.name for alias in node.names if alias.name in ("stdout", "stderr"))


@each_module
def test_files_are_written_by_few(name: str) -> None:
    assert bool(set(writing(tree(name)))) == (name in WRITES)


def writing(module: ast.Module) -> Iterator[str]:
    """The calls in a module that make, change or remove files."""
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        called = ast.unparse(call.func)
        owner, _, verb = called.rpartition(".")
        if (verb in WRITERS and owner not in ("", "output")) or called in ("os.replace", "shutil.copy"):
            yield called
        strings = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
        if verb in ("open", "fdopen") and {"w", "wb", "a", "ab", "x", "xb", "r+b"} & set(map(str, strings)):
            yield called


@each_module
def test_module_is_short(name: str) -> None:
    assert len(MODULES[name].read_text("utf-8").splitlines()) <= MOST_LINES


@each_module
def test_everything_public_says_what_it_is(name: str) -> None:
    assert ast.get_docstring(tree(name))
    assert [node.name for node in public(tree(name)) if not ast.get_docstring(node)] == []


def public(
    parent: ast.Module | ast.ClassDef,
) -> Iterator[ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef]:
    """Functions and classes without an underscore, and the methods of such classes."""
    for node in parent.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef) and node.name[0] != "_":
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


# ---- what a command loads

# Top-level modules of everything that is installed, but for what typer, msgspec and the environment load.
INSTALLED = set(importlib.metadata.packages_distributions()) - {
    "recctl",
    "_virtualenv",
    "_distutils_hack",
    "annotated_doc",
    "shellingham",
    "typing_extensions",
}
HEAVY = {"rich", "asyncio", "pydantic", "deepdiff", "ssl", "unittest", "pygments", "markdown_it", "pytest"}
LOADED = """
import sys
from recctl.__main__ import main
main(sys.argv[1:])
print(*sys.modules, file=sys.stderr)
"""
COMMANDS: dict[str, list[str]] = {
    "ls": ["ls", str(SAMPLES)],
    "ls --json": ["ls", str(SAMPLES), "--json"],
    "ls --ids": ["ls", str(SAMPLES), "--ids"],
    "show": ["show", str(sample("ab7d"))],
    "show --text": ["show", str(sample("ab7d")), "--text"],
    "show --json": ["show", str(sample("ab7d")), "--json"],
    "show --chunks": ["show", str(sample("ab7d")), "--chunks"],
    "show --raw": ["show", str(sample("ab7d")), "--raw"],
    "check": ["check", str(sample("ab7d")), "--ignore", "RC301"],
    "normalize": ["normalize", str(SAMPLES)],
    "undo --list": ["undo", "--list"],
    "wrong usage": ["ls", "--nope"],
}
# Modules that only some commands need: orjson writes JSON, decoding one recording needs no listing.
NOT_LOADED = {
    "ls": {"orjson", "recctl.views.as_json", "recctl.views.show", "recctl.views.terminal"},
    "ls --json": {"recctl.views.listing", "recctl.conversation.request.conversation"},
    "ls --ids": {"orjson", "recctl.views.listing"},
    "show": {"orjson", "recctl.views.as_json", "recctl.views.listing", "recctl.views.terminal"},
    "show --text": {"orjson", "recctl.conversation.request.conversation", "recctl.views.show"},
    "show --json": {"recctl.conversation.request.conversation", "recctl.views.show"},
    "show --raw": {"orjson", "recctl.conversation.request.conversation", "recctl.views.show"},
    "check": {
        "orjson",
        "sqlite3",
        "detect_secrets",
        "recctl.support.git",
        "recctl.edit.journal",
        "recctl.conversation.read_response",
    },
}
# What each loads that is not Python's own nor recctl's: all of it, and nothing else.
LIBRARIES = {
    "--version": {"typer"},
    "ls --json": {"typer", "msgspec", "orjson", "platformdirs"},  # the samples are enough for an index
    "check": {"typer", "msgspec"},
    "normalize": {"typer", "msgspec"},
}


def loaded_by(arguments: list[str]) -> tuple[int, set[str]]:
    """The exit code, and the names of all modules that a fresh interpreter has loaded in the end."""
    command = [sys.executable, "-c", LOADED, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=HANGS_AFTER)
    return done.returncode, set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_command_loads_these_libraries(name: str) -> None:
    """Those of the hooks and of a listing: a commit waits for them."""
    _, loaded = loaded_by(COMMANDS.get(name, [name]))
    own = {module.partition(".")[0] for module in loaded} & INSTALLED
    assert own == LIBRARIES[name]


def test_a_listing_from_the_index_reads_no_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RECCTL_CACHE_DIR", str(tmp_path))
    for name in ("ls", "ls --json"):
        cold, warm = loaded_by(COMMANDS[name]), loaded_by(COMMANDS[name])
        assert (cold[0], warm[0]) == (0, 0)
        assert (
            warm[1]
            & {"recctl.catalog.preview", "recctl.conversation.answer", "recctl.conversation.read_response"}
            == set()
        )


def test_the_version_loads_a_handful_of_modules() -> None:
    _, loaded = loaded_by(["--version"])
    own = {module for module in loaded if module.startswith("recctl.")}
    small = {"__main__", "cli", "cli.app", "cli.exit_codes", "support", "support.errors", "support.paths"}
    assert own - {f"recctl.{name}" for name in small} <= {
        "recctl.views",
        "recctl.views.output",
        "recctl.views.styled_lines",
        "recctl.views.problems",
        "recctl.views.escaping",
        "recctl.views.terminal_info",
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_in_a_pipe_loads_only_what_it_needs(name: str) -> None:
    code, loaded = loaded_by(COMMANDS[name])
    assert (code, "recctl.cli.app" in loaded) == (0, True)
    others = {f"recctl.cli.commands.{other}" for other in app.COMMANDS if other != COMMANDS[name][0]}
    assert loaded & (HEAVY | others | NOT_LOADED.get(name, set())) == set()
