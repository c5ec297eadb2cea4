"""What git's HEAD holds of files, whichever repositories they are in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, TypeAlias

from recctl.support.errors import RecctlError
from recctl.support.git import Repository, Tree, find_repository

GitState: TypeAlias = Literal["unchanged", "modified", "untracked"]


class Repositories:
    """The repositories around directories; git is asked once for each."""

    def __init__(self) -> None:
        self._known: dict[Path, Repository | None] = {}

    def around(self, directory: Path) -> Repository | None:
        """Return the repository around a directory, which may have been removed; its top has no links."""
        if directory not in self._known:
            self._known[directory] = self._find(directory)
        return self._known[directory]

    def _find(self, directory: Path) -> Repository | None:
        if os.path.lexists(directory / ".git"):
            return _repository_of(directory)
        if directory != directory.parent:
            return self.around(directory.parent)
        # No `.git` anywhere above: there is a repository only if the environment names one.
        return _repository_of(directory) if {"GIT_DIR", "GIT_WORK_TREE"} <= os.environ.keys() else None


def _repository_of(directory: Path) -> Repository | None:
    """Return the repository that git finds for a directory; None where there is none, or git fails."""
    try:
        return Repository(find_repository(directory).top.resolve())
    except RecctlError:
        return None


class GitHeads:
    """The files of HEAD, repository by repository, read once each; none where git fails.

    Paths are given with the links of their directories resolved.
    """

    def __init__(self) -> None:
        self._repositories = Repositories()
        self._trees: dict[Path, Tree] = {}

    def blob(self, path: Path, data: bytes) -> str | None:
        """Return the id under which HEAD holds a file with these bytes; None where it does not."""
        repository = self._repositories.around(path.parent)
        held = None if repository is None else self._held(repository, path)
        if repository is None or held is None:
            return None
        return held if repository.blob_id(data, held) == held else None

    def state(self, path: Path, data: bytes | None) -> GitState | None:
        """Return whether HEAD has a file, and with these bytes; None outside a repository."""
        repository = self._repositories.around(path.parent)
        if repository is None:
            return None
        if self._held(repository, path) is None:
            return "untracked"
        return "modified" if data is None or self.blob(path, data) is None else "unchanged"

    def _held(self, repository: Repository, path: Path) -> str | None:
        if not path.is_relative_to(repository.top):
            return None
        if repository.top not in self._trees:
            self._trees[repository.top] = _head_tree(repository)
        return self._trees[repository.top].get(path.relative_to(repository.top).as_posix())


def _head_tree(repository: Repository) -> Tree:
    try:
        return repository.head_tree()
    except RecctlError:
        return {}
