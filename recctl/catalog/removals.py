"""What git knows of a recording that no reference finds: which commit removed it, or where it is."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from recctl.recordings.ogx.filename import SUFFIX
from recctl.support.errors import RecctlError
from recctl.support.git import Repository, find_repository

State: TypeAlias = Literal["removed", "deleted", "elsewhere", "another branch"]

_FORM = "--format=%x01%H%x00%cs%x00=%s"
_PLAIN = ("--no-ext-diff", "--no-textconv", "--no-color", "--no-show-signature", "--no-notes", "--no-renames")


class Commit(msgspec.Struct, frozen=True):
    """A commit: its id, day (ISO) and subject."""

    id: str
    day: str
    subject: str

    def __str__(self) -> str:
        return f"{self.id[:12]} ({self.day}) {self.subject}"


class Trace(msgspec.Struct, frozen=True):
    """A file that git knows: its path from the top of the repository, and what became of it.

    `removed`: `commit` did it, which git takes for a renaming to `renamed`. `deleted`: HEAD has it, the
    working tree has not. `elsewhere`: it is there, in a directory that was not searched. `another
    branch`: `commit` added it, and HEAD does not come from that.
    """

    path: str
    state: State
    commit: Commit | None = None
    renamed: str | None = None

    @property
    def became(self) -> str:
        """What became of it, for a sentence."""
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
        """What to do to have it."""
        if self.state == "elsewhere":
            return "give its path, or its directory with --dir"
        before = "^" if self.state == "removed" else ""
        revision = f"{self.commit.id[:12]}{before}" if self.commit else "HEAD"
        return f"to have it back: git checkout {revision} -- {shlex.quote(f':/{self.path}')}"


def trace_names(directory: Path, stems: Iterable[str], fits: Callable[[str], bool]) -> Trace | None:
    """Return what git knows of a file whose name begins with a stem; None where it knows of none.

    Stems are plain: letters, digits and dashes. `fits` decides by the file name. Raises RecctlError
    where there is no repository around the directory, or git fails.
    """
    pathspecs = [f":(top,glob)**/{stem}*{SUFFIX}" for stem in stems]
    return _trace(find_repository(directory), pathspecs, fits)


def trace_path(path: Path) -> Trace | None:
    """Return what git knows of a path at which there is no file; None where it knows nothing."""
    directory = next((parent for parent in path.absolute().parents if parent.is_dir()), Path(os.sep))
    repository = find_repository(directory)
    place = os.path.normpath(path.absolute())
    relative = os.path.relpath(
        os.path.join(os.path.realpath(directory), os.path.relpath(place, directory)),
        os.path.realpath(repository.top),
    )
    if relative.startswith(os.pardir):
        return None
    return _trace(repository, (f":(top,literal){relative}",), lambda _: True)


def _trace(repository: Repository, pathspecs: Sequence[str], fits: Callable[[str], bool]) -> Trace | None:
    found = next((path for path in _tracked(repository, pathspecs) if _has_name(path, fits)), None)
    if found is not None:
        return Trace(found, "elsewhere" if os.path.lexists(repository.top / found) else "deleted")
    # Merges show nothing of their own accord; a removal that only a merge made is found second.
    for merges in ("off", "first-parent"):
        for commit, path in _log(repository, pathspecs, "--diff-filter=D", f"--diff-merges={merges}"):
            if _has_name(path, fits):
                return Trace(path, "removed", commit, _renamed(repository, commit, path))
    for commit, path in _log(repository, pathspecs, "--diff-filter=A", "--all"):
        if _has_name(path, fits):
            return Trace(path, "another branch", commit)
    if repository.is_shallow():
        raise RecctlError("this clone is shallow, git fetch --unshallow may tell")
    return None


def _has_name(path: str, fits: Callable[[str], bool]) -> bool:
    return fits(path.rpartition("/")[2])


def _tracked(repository: Repository, pathspecs: Sequence[str]) -> list[str]:
    """Files of HEAD and the index."""
    has_commit = bool(repository.head_tree_id())
    tree = ("--with-tree=HEAD",) if has_commit else ()
    listed = repository.output("ls-files", "-z", "--full-name", *tree, "--", *pathspecs, literally=False)
    return [os.fsdecode(entry) for entry in listed.split(b"\0") if entry]


def _log(repository: Repository, pathspecs: Sequence[str], *options: str) -> Iterator[tuple[Commit, str]]:
    """Commits and each path that they show, the newest first."""
    if not repository.head_tree_id() and "--all" not in options:
        return
    command = ("log", "-z", "--name-only", *_PLAIN, *options, _FORM, "--", *pathspecs)
    entries = iter(os.fsdecode(entry) for entry in repository.output(*command, literally=False).split(b"\0"))
    commit = Commit("", "", "")
    for entry in entries:
        if entry.lstrip("\n").startswith("\x01"):
            commit = Commit(entry.lstrip("\n")[1:], next(entries), next(entries)[1:])
        elif entry.strip("\n"):
            yield commit, entry.lstrip("\n")


def _renamed(repository: Repository, commit: Commit, path: str) -> str | None:
    try:
        return repository.renamed(f"{commit.id}^", commit.id).get(path)
    except RecctlError:  # the first commit of a shallow clone
        return None
