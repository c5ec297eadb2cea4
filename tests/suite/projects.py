"""Small real projects: test files, and recordings beside them."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from textwrap import dedent

from recctl.recordings.recording import read, summarize
from recctl.recordings.summary import Summary
from recctl.suite.liveness import Liveness
from recctl.suite.source import LivenessBySource
from tests.helpers import chat, put


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Write text files below a directory."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), "utf-8")
    return root


def record(root: Path, *test_ids: str | None) -> list[Path]:
    """Write a recording of each test where the recorder would."""
    return [put(_place(root, test_id), chat(test_id=test_id, prompt=str(test_id))) for test_id in test_ids]


def _place(root: Path, test_id: str | None) -> Path:
    if test_id is None:
        return root / "tests/common/recordings"
    return root / PurePosixPath(test_id.partition("::")[0]).parent / "recordings"


def summary_of(path: Path) -> Summary:
    """Return what prune knows of a recording."""
    return summarize(path, read(path))


def by_source(summary: Summary) -> Liveness:
    """Return what the source says of one recording's test, with nothing kept from another."""
    return LivenessBySource()(summary)


# Root may search any directory, unless it gives these away.
_PRIVILEGES = "-dac_override,-dac_read_search"
WITHOUT_PRIVILEGES = ("setpriv", f"--bounding-set={_PRIVILEGES}", f"--inh-caps={_PRIVILEGES}")


def git(root: Path, *args: str) -> None:
    """Run git in a repository, as somebody."""
    who = ["-c", "user.name=n", "-c", "user.email=e", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *who, *args], cwd=root, check=True, capture_output=True)
