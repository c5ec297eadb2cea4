"""A repository as git reads it. Nothing is written, and nothing that the repository configures is run.

No hooks, fsmonitor, textconv, filters or external diff programs take part: trees and blobs are read
by their plumbing, and files of the working tree are hashed here.
"""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from recctl.support.errors import RecctlError, Unreadable
from recctl.support.git_output import Version as Version
from recctl.support.git_output import batch, complaint, entries, object_id, text, versions
from recctl.support.jsonvalue import MOST_BYTES

# Paths from the top of the repository → the id of the blob there.
Tree: TypeAlias = dict[str, str]

_SAFE = (
    "--no-pager",
    "--no-optional-locks",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", "log.showRoot=true"),
    *("-c", f"core.hooksPath={os.devnull}"),
)
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # for versions of git without the variable above
    "LC_ALL": "C",
}
# Of `git log`: a commit's id, day and subject, after a byte that begins no path; nothing configured is run.
LOG_OPTIONS = (
    *("--no-ext-diff", "--no-textconv", "--no-color", "--no-show-signature", "--no-notes"),
    "--format=%x01%H%x00%cs%x00=%s",
)
_REGULAR_MODES = ("100644", "100755")
_PORTION = 500  # blobs read at once, which bounds memory


class Repository(msgspec.Struct, frozen=True):
    """A repository with a working tree, whose root is `top`."""

    top: Path

    def commit(self, revision: str) -> str:
        """Return the id of the commit that a revision names. Raises RecctlError."""
        # An option is no revision. --end-of-options would do, but rev-parse knows it since 2.30 only.
        if not revision.startswith("-"):
            done = _run(("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"), self.top)
            # `^HEAD` names a commit too, one to exclude.
            if done.returncode == 0 and not done.stdout.startswith(b"^"):
                return text(done)
        if revision == "HEAD":
            raise RecctlError(f"{self.top}: there is no commit yet to compare with", "commit first")
        if self.is_shallow():
            hint = "this clone is shallow: git fetch --unshallow, or --deepen, may bring it"
            raise RecctlError(f"unknown revision {revision}", hint)
        raise RecctlError(
            f"unknown revision {revision} in {self.top}", "see: git log --oneline, git branch --all"
        )

    def named(self, revision: str) -> tuple[list[str], list[str]]:
        """Return the ids that a revision names, and those that it excludes, as `X^!` does its parents."""
        # An option is no revision.
        done = (
            None if revision.startswith("-") else _run(("rev-parse", "--revs-only", revision, "--"), self.top)
        )
        ids = [] if done is None or done.returncode else text(done).split()
        out = [name.removeprefix("^") for name in ids if name.startswith("^")]
        return [name for name in ids if not name.startswith("^")], out

    def is_shallow(self) -> bool:
        """Return whether the clone is shallow."""
        return text(_run(("rev-parse", "--is-shallow-repository"), self.top)) == "true"

    def merge_base(self, one: str, other: str) -> str:
        """Return the merge base of two commits. Raises RecctlError if there is none."""
        done = _run(("merge-base", one, other), self.top)
        if done.returncode:
            raise RecctlError(
                f"{one[:12]} and {other[:12]} have no common ancestor", "give the revisions with .."
            )
        return text(done)

    def tree(self, commit: str) -> Tree:
        """Return the regular files of a commit."""
        listed = self._output("ls-tree", "-r", "-z", "--full-tree", commit)
        files = {}
        for entry in entries(listed):
            attributes, _, path = entry.partition("\t")
            mode, _, blob = attributes.split(" ")
            if mode in _REGULAR_MODES:
                files[path] = blob
        return files

    def head_tree(self) -> Tree:
        """Return the regular files of HEAD; none before the first commit."""
        head = self._id_of("HEAD^{commit}")
        return self.tree(head) if head else {}

    def working_files(self) -> dict[str, bool]:
        """Return the tracked files and the untracked ones that are not ignored.

        The value is True for those that a sparse checkout leaves out of the working tree.
        """
        listed = self._output(
            "ls-files", "-t", "-z", "--cached", "--others", "--exclude-standard", "--full-name"
        )
        return {entry[2:]: entry.startswith("S ") for entry in entries(listed)}

    def index_modes(self) -> dict[str, str]:
        """Return the modes of what the index tracks (files, links, submodules), by path from the top."""
        listed = entries(self._output("ls-files", "--stage", "-z", "--full-name"))
        rows = (entry.partition("\t") for entry in listed)
        return {path: attributes.partition(" ")[0] for attributes, _, path in rows}

    def ignores(self, path: str) -> bool:
        """Return whether git ignores a path from the top."""
        given = os.fsencode(path) + b"\0"
        arguments = ("check-ignore", "--stdin", "-z", "--no-index")
        return bool(_run(arguments, self.top, given, left_out=("--literal-pathspecs",)).stdout)

    def blob_id(self, data: bytes, like: str) -> str:
        """Return the id of a blob of these bytes, by the hash algorithm of the id `like`."""
        return object_id(b"blob", data, like)

    def empty_tree(self, like: str) -> str:
        """Return the id of the empty tree, by the hash algorithm of the id `like`."""
        return object_id(b"tree", b"", like)

    def blobs(self, ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the ids and the bytes of blobs."""
        for start in range(0, len(ids), _PORTION):
            portion = ids[start : start + _PORTION]
            asked = "".join(f"{blob}\n" for blob in portion).encode()
            yield from batch(self._output("cat-file", "--batch", given=asked))

    def holds(self, ids: Sequence[str]) -> set[str]:
        """Return those of the ids whose objects exist in the repository."""
        asked = "".join(f"{one}\n" for one in ids).encode()
        listed = self._output("cat-file", "--batch-check=%(objectname)", given=asked)
        return set(listed.decode().split("\n")) & set(ids)  # the lines of others are `<id> missing`

    def renamed(self, base: str, head: str | None) -> dict[str, str]:
        """Return the renamed files, old path → new path; `head` None is the working tree."""
        sides = (base,) if head is None else (base, head)
        options = (
            "-r",
            "-z",
            "-M",
            "-l0",
            "--diff-filter=R",
            "--name-status",
            "--no-ext-diff",
            "--no-textconv",
        )
        # diff-index --cached: files of the working tree would go through filters.
        command = ("diff-index", "--cached") if head is None else ("diff-tree",)
        fields = iter(entries(self._output(*command, *options, *sides)))
        return {old: new for _, old, new in zip(fields, fields, fields, strict=False)}

    def history(self, path: Path) -> list[Version]:
        """Return the versions of a file in HEAD's history, the newest first, also under earlier names."""
        if not self._id_of("HEAD^{commit}"):
            return []  # nothing is committed yet
        options = (
            "--follow",
            "--raw",
            "--no-abbrev",
            "-z",
            "-M",
            "--diff-merges=first-parent",
        )
        listed = self._output("log", *options, *LOG_OPTIONS, "--", os.fspath(path))
        return list(versions(iter(entries(listed))))

    def unmerged(self) -> bool:
        """Return whether a merge is in progress, resolved or not."""
        return bool(self._id_of("MERGE_HEAD")) or bool(self._output("ls-files", "--unmerged", "-z"))

    def head_tree_id(self) -> str:
        """Return the id of HEAD's tree; "" before the first commit."""
        return self._id_of("HEAD^{tree}")

    def _id_of(self, name: str) -> str:
        """Return the id of the object that a name of ours resolves to; "" if there is none."""
        done = _run(("rev-parse", "--verify", "--quiet", name), self.top)
        return text(done) if done.returncode == 0 else ""

    def output(self, *arguments: str, literally: bool = True) -> bytes:
        """Return the output of a git command that only reads; `literally` False enables pathspec magic.

        Raises RecctlError if it fails.
        """
        return self._output(*(() if literally else ("--no-literal-pathspecs",)), *arguments)

    def _output(self, *arguments: str, given: bytes | None = None) -> bytes:
        done = _run(arguments, self.top, given)
        if done.returncode:
            raise RecctlError(f"git {arguments[0]} failed: {complaint(done)}", "git fsck may find more")
        return done.stdout


def find_repository(start: Path) -> Repository:
    """Return the repository of a directory. Raises RecctlError if there is none with a working tree."""
    done = _run(("rev-parse", "--show-toplevel"), start)
    if done.returncode == 0:
        return Repository(Path(os.fsdecode(done.stdout.removesuffix(b"\n"))))
    if text(_run(("rev-parse", "--is-bare-repository"), start)) == "true":
        raise RecctlError(
            f"{start} is a bare repository: it has no files to compare", "run this in a clone of it"
        )
    why = complaint(done)
    if "not a git repository" in why:
        raise RecctlError(
            f"{start} is not in a git repository", "name two recordings to compare: recctl diff A B"
        )
    raise RecctlError(f"git refuses {start}: {why}")


def read_regular(path: Path) -> bytes | None:
    """Return the bytes of a regular file; None if there is none, or if it is a symbolic link.

    Raises Unreadable if it is too large.
    """
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return None
        if status.st_size > MOST_BYTES:
            raise Unreadable(path, f"is too large to be a recording: {status.st_size:,} bytes")
        return path.read_bytes()
    except OSError:
        return None


def _run(
    arguments: Sequence[str], directory: Path, given: bytes | None = None, left_out: Sequence[str] = ()
) -> subprocess.CompletedProcess[bytes]:
    command = ["git", *(option for option in _SAFE if option not in left_out), *arguments]
    try:
        return subprocess.run(
            command,
            cwd=directory,
            input=b"" if given is None else given,
            capture_output=True,
            env={**os.environ, **_ENVIRONMENT},
            check=False,
        )
    except FileNotFoundError:
        raise RecctlError("git not found", "install git, or add it to PATH") from None
    except OSError as error:  # as for arguments that are too long
        raise RecctlError(f"git cannot be run: {error.strerror or error}") from None
