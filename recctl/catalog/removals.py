"""Ask git for a recording that no reference finds: the commit that removed it, or where it is."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from recctl.recordings.ogx.filename import SUFFIX
from recctl.support.errors import RecctlError
from recctl.support.git import LOG_OPTIONS, Repository, find_repository

State: TypeAlias = Literal["removed", "deleted", "elsewhere", "another branch"]


class Commit(msgspec.Struct, frozen=True):
    """A commit: its id, day (ISO) and subject."""

    id: str
    day: str
    subject: str

    def __str__(self) -> str:
        return f"{self.id[:12]} ({self.day}) {self.subject}"


class Trace(msgspec.Struct, frozen=True):
    """A file that git knows: its path from the top of the repository, and what happened to it.

    `removed`: `commit` removed it, or renamed it to `renamed`. `deleted`: HEAD has it, the working tree
    does not. `elsewhere`: it is in the working tree, where was not searched. `another branch`: `commit`
    added it, which is no ancestor of HEAD.
    """

    path: str
    state: State
    commit: Commit | None = None
    renamed: str | None = None

    @property
    def became(self) -> str:
        """What happened to it, as part of a sentence."""
        if self.state == "removed":
            how = f"renamed to {self.renamed}" if self.renamed else "removed"
            return f"git history held {self.path}, {how} in {self.commit}"
        if self.state == "deleted":
            return f"git holds {self.path}, which is deleted here and not in a commit"
        if self.state == "elsewhere":
            return f"{self.path} fits, and was not searched"
        return f"another branch holds {self.path}, added in {self.commit}"

    @property
    def way_back(self) -> str:
        """What to do to get it."""
        if self.state == "elsewhere":
            return "give its path, or its directory with --dir"
        before = "^" if self.state == "removed" else ""
        revision = f"{self.commit.id[:12]}{before}" if self.commit else "HEAD"
        return f"to get it back: git checkout {revision} -- {shlex.quote(f':/{self.path}')}"


def trace_names(directory: Path, stems: Iterable[str], fits: Callable[[str], bool]) -> Trace | None:
    """Return a file that git knows and whose name begins with a stem; None where there is none.

    Stems consist of letters, digits and dashes. `fits` decides by the file name. Raises RecctlError
    where there is no repository around the directory, or git fails.
    """
    pathspecs = [f":(top,glob)**/{stem}*{SUFFIX}" for stem in stems]
    return _trace(find_repository(directory), pathspecs, fits)


def trace_path(path: Path) -> Trace | None:
    """Return what git knows of a path without a file; None where it knows nothing."""
    directory = next((parent for parent in path.absolute().parents if parent.is_dir()), Path(os.sep))
    repository = find_repository(directory)
    location = os.path.normpath(path.absolute())
    relative = os.path.relpath(
        os.path.join(os.path.realpath(directory), os.path.relpath(location, directory)),
        os.path.realpath(repository.top),
    )
    if relative.startswith(os.pardir):
        return None
    return _trace(repository, (f":(top,literal){relative}",), lambda _: True)


def _trace(repository: Repository, pathspecs: Sequence[str], fits: Callable[[str], bool]) -> Trace | None:
    found = next((path for path in _tracked(repository, pathspecs) if _has_name(path, fits)), None)
    if found is not None:
        return Trace(found, "elsewhere" if os.path.lexists(repository.top / found) else "deleted")
    # By default merges show no changes; a removal made by a merge itself is found by the second log.
    for merges in ("off", "first-parent"):
        for commit, path in _log(repository, pathspecs, "--diff-filter=D", f"--diff-merges={merges}"):
            if _has_name(path, fits):
                return Trace(path, "removed", commit, _renamed(repository, commit, path))
    for commit, path in _log(repository, pathspecs, "--diff-filter=A", "--all"):
        if _has_name(path, fits):
            return Trace(path, "another branch", commit)
    if repository.is_shallow():
        raise RecctlError("this clone is shallow; git fetch --unshallow gets the rest")
    return None


def _has_name(path: str, fits: Callable[[str], bool]) -> bool:
    return fits(path.rpartition("/")[2])


def _tracked(repository: Repository, pathspecs: Sequence[str]) -> list[str]:
    """Return the matching files of HEAD and of the index."""
    has_commit = bool(repository.head_tree_id())
    tree = ("--with-tree=HEAD",) if has_commit else ()
    listed = repository.output("ls-files", "-z", "--full-name", *tree, "--", *pathspecs, literally=False)
    return [os.fsdecode(path) for path in listed.split(b"\0") if path]


def _log(repository: Repository, pathspecs: Sequence[str], *options: str) -> Iterator[tuple[Commit, str]]:
    """Yield commits, newest first, with each path that they changed."""
    if not repository.head_tree_id() and "--all" not in options:
        return
    command = ("log", "-z", "--name-only", "--no-renames", *LOG_OPTIONS, *options, "--", *pathspecs)
    fields = iter(os.fsdecode(field) for field in repository.output(*command, literally=False).split(b"\0"))
    commit = Commit("", "", "")
    for field in fields:
        if field.lstrip("\n").startswith("\x01"):
            commit = Commit(field.lstrip("\n")[1:], next(fields), next(fields)[1:])
        elif field.strip("\n"):
            yield commit, field.lstrip("\n")


def _renamed(repository: Repository, commit: Commit, path: str) -> str | None:
    try:
        return repository.renamed(f"{commit.id}^", commit.id).get(path)
    except RecctlError:  # the first commit of a shallow clone
        return None
