"""Liveness by collection: the tests that the project's own pytest collects."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import msgspec

from recctl.recordings.summary import Summary
from recctl.suite.liveness import LIVE, Liveness, LivenessSource, stale, unjudged
from recctl.suite.node_ids import is_among, parse_node_id, with_and_without_groups
from recctl.suite.roots import Location
from recctl.suite.source import LivenessBySource
from recctl.support.errors import RecctlError
from recctl.support.jsonvalue import JsonObject

_PLUGIN = "_recctl_collect"
_REPORT = "RECCTL_COLLECT_REPORT"
_LAST_LINES = 5
_NO_TESTS = 5
_NO_PYTEST = re.compile(r"No module named '?pytest'?$", re.MULTILINE)
_NOT_COLLECTED = "its test is in the source but was not collected; --exact counts it as stale"


class Collection(msgspec.Struct, frozen=True):
    """The result of a collection: node ids, the files collected as a whole, and whether options narrowed it.

    `root` is pytest's rootdir, to which the ids are relative.
    """

    ids: frozenset[str]
    files: frozenset[str]
    narrowed: bool
    root: Path


def collect(root: Path, python: str, arguments: Sequence[str]) -> Collection:
    """Run pytest --collect-only in a project. Raises RecctlError if it fails or finds no tests."""
    with tempfile.TemporaryDirectory(prefix="recctl-") as scratch:
        plugin = resources.files("recctl.suite").joinpath("collect_plugin.py").read_bytes()
        Path(scratch, f"{_PLUGIN}.py").write_bytes(plugin)
        report = Path(scratch, "report.json")
        done = _run_pytest(root, python, arguments, scratch, report)
        found = _load(report)
    if found is None and _NO_PYTEST.search(done.stdout):
        raise RecctlError(
            f"cannot collect tests: {python} has no pytest",
            "name the interpreter that runs the project's tests with --python",
        )
    if done.returncode == _NO_TESTS or (found is not None and not done.returncode and not found["ids"]):
        raise _failed("found no tests", python, done)
    if done.returncode or found is None or found["exit"] or found["errors"]:
        raise _failed(f"failed with exit code {done.returncode}", python, done)
    files = frozenset(found["files"]) - frozenset(found["partial"])
    return Collection(frozenset(found["ids"]), files, bool(found["narrowed"]), Path(found["root"]))


def liveness_by_collection(
    collection: Collection, listed: frozenset[str] = frozenset(), exact: bool = False
) -> LivenessSource:
    """Return the source by which a collected test is live; another one is stale only if that is proved.

    Parameters, options and the environment decide what is collected. So a test is stale if the source
    proves it too; with `exact` it is stale if its file was collected as a whole.
    """
    known = with_and_without_groups(collection.ids | listed)
    source = LivenessBySource()

    def liveness(summary: Summary) -> Liveness:
        if is_among(summary.header.test_id or "", known):
            return LIVE
        location = _in_root(collection, source.locations(summary))
        if location is None:
            return unjudged(f"its test is outside of {collection.root}, which was collected")
        file = parse_node_id(summary.header.test_id or "").file
        if location.state == "unknown":
            return unjudged(location.reason)
        if file not in collection.files and (collection.narrowed or location.state == "there"):
            return unjudged("the collection did not cover its test file")
        if exact:
            where = (
                f"{file} does not exist" if location.state == "absent" else f"{file} was collected without it"
            )
            return stale(where)
        found = source(summary)
        return unjudged(_NOT_COLLECTED) if found.status == "live" else found

    return liveness


def _in_root(collection: Collection, locations: Sequence[Location]) -> Location | None:
    """Return the location of a test file whose root is the one that was collected."""
    root = os.path.realpath(collection.root)
    return next((location for location in locations if os.path.realpath(location.root) == root), None)


def active_python() -> str:
    """Return the interpreter of the active virtual environment, the first on PATH, or recctl's own."""
    if environment := os.environ.get("VIRTUAL_ENV"):
        return str(Path(environment, "bin", "python"))
    return shutil.which("python") or shutil.which("python3") or sys.executable


def _run_pytest(
    root: Path, python: str, arguments: Sequence[str], scratch: str, report: Path
) -> subprocess.CompletedProcess[str]:
    # With a cache directory of its own it leaves nothing in the project, and no earlier run narrows it.
    cache = f"cache_dir={Path(scratch, 'cache')}"
    command = [python, "-m", "pytest", "--collect-only", "-q", "-p", _PLUGIN, "-o", cache, *arguments]
    search = os.pathsep.join(filter(None, (scratch, os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": search, _REPORT: str(report), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(
            command,
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise RecctlError(
            f"{python} cannot be run: {error.strerror}", "name the interpreter with --python"
        ) from None


def _load(report: Path) -> JsonObject | None:
    try:
        found = json.loads(report.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _failed(why: str, python: str, done: subprocess.CompletedProcess[str]) -> RecctlError:
    lines = [line for line in done.stdout.splitlines() if line.strip()][-_LAST_LINES:]
    printed = " | ".join(lines) or "it printed nothing"
    return RecctlError(
        f"collecting tests with {python} {why}: {printed}",
        "fix it, name another interpreter with --python, or give --tests a list",
    )
