"""The shape of the program that no linter holds: who writes files, how long a module gets, what loads.

Who imports whom, who prints and what has a docstring are import-linter's and ruff's to check: see
pyproject.toml.
"""

from __future__ import annotations

import ast
import importlib.metadata
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from recctl.cli import app
from tests.helpers import HANGS_AFTER, ROOT, SAMPLES, few, sample

PACKAGE = ROOT / "recctl"
MODULES = {path.relative_to(PACKAGE).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
MAX_LINES = 300

# Besides the edits and their journal: the scratch directory and the report of a pytest collection.
WRITERS = {
    "catalog/index.py",
    "catalog/index_database.py",
    "edit/files.py",
    "edit/journal/entry.py",
    "edit/journal/store.py",
    "edit/journal/writer.py",
    "edit/staging.py",
    "edit/undo.py",
    "recordings/ogx/recorder_script.py",  # to a pipe
    "suite/collect.py",
    "suite/collect_plugin.py",
    "views/output.py",  # GitHub's summary of a step
}
WRITING = {
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


def test_no_module_is_long() -> None:
    lengths = {name: len(path.read_text("utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: lines for name, lines in lengths.items() if lines > MAX_LINES} == {}


def test_few_modules_write_files() -> None:
    calls = {name: set(writing(ast.parse(path.read_text("utf-8")))) for name, path in MODULES.items()}
    assert {name: found for name, found in calls.items() if found and name not in WRITERS} == {}
    assert {name for name in WRITERS if not calls.get(name)} == set(), "take them off the list"


def writing(module: ast.Module) -> Iterator[str]:
    """The calls in a module that make, change or remove files."""
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        called = ast.unparse(call.func)
        owner, _, verb = called.rpartition(".")
        if (verb in WRITING and owner not in ("", "output")) or called in ("os.replace", "shutil.copy"):
            yield called
        strings = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
        if verb in ("open", "fdopen") and {"w", "wb", "a", "ab", "x", "xb", "r+b"} & set(map(str, strings)):
            yield called


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
        "recctl.edit.journal.store",
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


@pytest.mark.parametrize("name", few(COMMANDS, 4))
def test_a_command_in_a_pipe_loads_only_what_it_needs(name: str) -> None:
    code, loaded = loaded_by(COMMANDS[name])
    assert (code, "recctl.cli.app" in loaded) == (0, True)
    others = {f"recctl.cli.commands.{other}" for other in app.COMMANDS if other != COMMANDS[name][0]}
    assert loaded & (HEAVY | others | NOT_LOADED.get(name, set())) == set()
