"""Git repositories with recordings in them, as the tests of `diff` need them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.helpers import Result, chat, run
from tests.samples.builder import Recording

Item = dict[str, Any]

_SETTINGS = {"user.name": "Ada", "user.email": "ada@example.org", "commit.gpgsign": "false"}
_IDENTITY = [part for key, value in _SETTINGS.items() for part in ("-c", f"{key}={value}")]
TEST = "tests/test_trip.py::test_ferry"


@dataclass(frozen=True)
class Repository:
    """A repository, and what is done in it by hand."""

    top: Path

    def git(self, *args: str | bytes, cwd: Path | None = None) -> str:
        """Run git as its user would; it has to end well."""
        command = ["git", *_IDENTITY, *args]
        environment = {**os.environ, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(command, cwd=cwd or self.top, env=environment, capture_output=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.decode(errors="replace").strip()

    def copied_to(self, top: Path) -> Repository:
        """Copy it with all that is in it; quicker than to make it again."""
        shutil.copytree(self.top, top, symlinks=True)
        return Repository(top)

    def put(self, *recordings: Recording) -> list[Path]:
        """Write recordings to where the recorder keeps them."""
        paths = [self.top / recording.path for recording in recordings]
        for path, recording in zip(paths, recordings, strict=True):
            self.write(path, recording.to_bytes())
        return paths

    def write(self, name: str | Path, content: str | bytes) -> Path:
        """Write any file."""
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def commit(self, *recordings: Recording) -> str:
        """Put these recordings, and commit all that changed; the id of the commit."""
        self.put(*recordings)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Record")
        return self.git("rev-parse", "HEAD")

    def remove(self, *recordings: Recording) -> None:
        """Delete the files of recordings."""
        for recording in recordings:
            (self.top / recording.path).unlink()

    def replace(self, old: Recording, new: Recording) -> None:
        """Record anew: the old file goes, the new one comes."""
        self.remove(old)
        self.put(new)

    def diff(self, *args: str | Path, cwd: Path | None = None) -> Result:
        """Run `recctl diff` in it."""
        return run("diff", *args, cwd=cwd or self.top)

    def review(self, *args: str | Path) -> Item:
        """Return what `recctl diff --json` says; it has to end well, without a word on stderr."""
        result = self.diff("--json", *args)
        review: Item = json.loads(result.out)
        assert (result.code, result.err) == (1 if review["tests"] else 0, "")
        return review


def new_repository(top: Path, *options: str) -> Repository:
    """Return a repository without a commit, in a directory that is there or is made."""
    top.mkdir(exist_ok=True)
    repository = Repository(top)
    # Without the sample hooks, which only take time.
    repository.git("init", "--quiet", "--initial-branch=main", "--template=", *options)
    return repository


def told(review: Item) -> list[tuple[str | None, str, str | None]]:
    """Test, status and change of the answer of each recording, in the order of the review."""
    return [
        (test["test_id"], entry["status"], entry["response"])
        for test in review["tests"]
        for entry in test["recordings"]
    ]


def entries(review: Item) -> list[Item]:
    """Every recording of a review."""
    return [entry for test in review["tests"] for entry in test["recordings"]]


def request_changes(entry: Item) -> list[tuple[str, str]]:
    """Op and path of what changed in the request, but for the test id."""
    found = [(change["op"], change["path"]) for change in entry["changes"]]
    return [(op, path) for op, path in found if path != "test_id" and not path.startswith("response")]


def ferry(answer: str = "At nine.", *, test_id: str | None = TEST, **body: Any) -> Recording:
    """Return a recorded chat with an answer, of the one test that most tests here are about."""
    return chat(answer, **{"prompt": "When does the ferry leave?", **body}, test_id=test_id)
