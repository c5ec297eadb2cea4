"""A small pytest project as data: its files, how its tests are run, and which test is removed from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

Text = str | bytes
FILE = "tests/unit/test_it.py"


@dataclass(frozen=True)
class Project:
    """What stands in a project, and how its tests are run.

    `files` are texts (dedented) or bytes by path, `links` targets by path. `env` may name `{root}`.
    `plugins` are modules that the environment loads as installed ones; with `autoload` pytest loads
    all that are installed itself. `args` and `env` are given to the project's own runs of pytest and not
    to the collection by recctl, which has to know that it may lack them, except for one that is exact.
    `listed` is False where ids change after pytest lists them, so that no list can have them.
    Tests are run in `cwd`, where recctl is asked too, but for `asked_from`.

    `cut` removes a test: by path the text to take out, None for the whole file. `by_source` says whether
    the sources alone have to prove that the removed test is gone.

    `after` changes the tree once recordings lie in it, in a way that takes no test away; recctl is asked
    then, `without_override` as a user who may not search every directory. `recordings` is a directory
    for them instead of those beside the test files. `below` is where in its temporary directory the
    project lies.
    """

    name: str
    files: Mapping[str, Text]
    cut: Mapping[str, str | None] = field(default_factory=dict)
    by_source: bool = True
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    plugins: tuple[str, ...] = ()
    autoload: bool = False
    listed: bool = True
    versions: tuple[str, ...] = ("8", "9")
    git: bool = True
    cwd: str = "."
    asked_from: str | None = None
    below: str = "project"
    links: Mapping[str, str] = field(default_factory=dict)
    after: Callable[[Path], None] | None = None
    without_override: bool = False
    recordings: str | None = None

    def bytes_of(self, path: str) -> bytes:
        """Return a file as it is written."""
        text = self.files[path]
        return text if isinstance(text, bytes) else dedent(text).lstrip("\n").encode()

    def without_test(self) -> Mapping[str, bytes | None]:
        """Return the files that the removal changes, None for one that goes."""
        return {path: self._cut(path, text) for path, text in self.cut.items()}

    def _cut(self, path: str, text: str | None) -> bytes | None:
        if text is None:
            return None
        before = self.bytes_of(path)
        if before.count(text.encode()) != 1:
            raise ValueError(f"{self.name}: {text!r} is not once in {path}")
        return before.replace(text.encode(), b"")


def single(
    name: str,
    source: Text,
    *,
    cut: str | None = None,
    more: Mapping[str, Text] | None = None,
    by_source: bool = True,
    env: Mapping[str, str] | None = None,
    args: tuple[str, ...] = (),
    plugins: tuple[str, ...] = (),
    versions: tuple[str, ...] = ("8", "9"),
    git: bool = True,
) -> Project:
    """Return a project with one test file, and `more` files that are no tests."""
    removal = {} if cut is None else {FILE: cut}
    return Project(
        name,
        {FILE: source, **(more or {})},
        removal,
        by_source,
        args,
        env or {},
        plugins,
        versions=versions,
        git=git,
    )
