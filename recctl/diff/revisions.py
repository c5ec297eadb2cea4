"""Read the recordings that differ between two states of a repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from recctl.recordings.ogx.filename import is_recording_path
from recctl.recordings.recording import Recording, parse
from recctl.support.errors import RecctlError, Unreadable, separate
from recctl.support.git import Repository, Tree, read_regular

WORKING_TREE = "the working tree"


class States(msgspec.Struct, frozen=True):
    """Two states: their names, the recordings whose files differ, renamed files, unreadable files.

    `paths` are those of all recordings of either state, changed or not.
    """

    base: str
    head: str
    old: tuple[Recording, ...]
    new: tuple[Recording, ...]
    renamed: Mapping[Path, Path]
    problems: tuple[Unreadable, ...]
    paths: tuple[Path, ...]


def read_revisions(repository: Repository, revisions: str, below: Sequence[Path]) -> States:
    """Return the states that `BASE`, `BASE..HEAD`, `BASE...HEAD`, `X^!` or `X^-` names.

    HEAD is the default of either side. `...` compares with the merge base, as a pull request does,
    `X^!` with the first parent of X. `below` limits the paths, unless it is empty. Raises RecctlError.
    """
    base, head = _sides(repository, revisions)
    old_tree, new_tree = repository.tree(base), repository.tree(head)
    wanted = _wanted(repository, below)
    paths = _paths(repository, [*old_tree, *new_tree], wanted, below)
    old_tree, new_tree = _differing(old_tree, new_tree, wanted)
    old, old_problems = separate(_read_blobs(repository, old_tree, base))
    new, new_problems = separate(_read_blobs(repository, new_tree, head))
    renamed = _renamed(repository, base, head)
    return States(base, head, tuple(old), tuple(new), renamed, (*old_problems, *new_problems), paths)


def _sides(repository: Repository, revisions: str) -> tuple[str, str]:
    """Return the ids of the two states, the older first. Raises RecctlError."""
    base, dots, head = _split(revisions)
    if not dots:
        return _sides_of_one(repository, revisions)
    base, head = repository.commit(base or "HEAD"), repository.commit(head or "HEAD")
    return repository.merge_base(base, head) if dots == "..." else base, head


def _sides_of_one(repository: Repository, revision: str) -> tuple[str, str]:
    """Return the states that `BASE`, `X^!`, `X^-` or `X^@` names, as git rev-parse resolves it."""
    if not revision:
        raise RecctlError("--rev is empty", "name a revision: BASE[..HEAD]")
    named, left_out = repository.named(revision)
    if len(named) > 1:
        raise RecctlError(f"{revision} names {len(named)} commits", "compare two states: BASE..HEAD")
    if named and left_out:
        return repository.commit(left_out[0]), repository.commit(named[0])
    if named and revision.endswith("^!"):
        if repository.is_shallow():
            raise RecctlError(
                f"{revision.removesuffix('^!')} has no parent in this shallow clone", "git fetch --unshallow"
            )
        return repository.empty_tree(like=named[0]), repository.commit(named[0])
    # git cannot parse these two with `^{commit}` added, which `commit` does: resolved here.
    base = named[0] if named and (revision.endswith("^@") or revision.startswith(":/")) else revision
    return repository.commit(base), repository.commit("HEAD")


def read_working_tree(repository: Repository, below: Sequence[Path]) -> States:
    """Return HEAD and the working tree, untracked files included. Raises RecctlError."""
    if repository.unmerged():
        raise RecctlError(
            "a merge is in progress", "conclude it (git commit) or abort it (git merge --abort) first"
        )
    base = repository.commit("HEAD")
    wanted = _wanted(repository, below)
    tree = {path: blob for path, blob in repository.tree(base).items() if wanted(path)}
    files = repository.working_files()
    paths = _paths(repository, [*tree, *files], wanted, below)
    changed = _Changed(dict(tree))
    for path, is_excluded in files.items():
        if wanted(path):
            changed.add(repository, base, path, is_excluded)
    old, old_problems = separate(_read_blobs(repository, changed.old, base))
    new, new_problems = separate(changed.new)
    renamed = _renamed(repository, base, None)
    problems = (*new_problems, *old_problems)
    return States(base, WORKING_TREE, tuple(old), tuple(new), renamed, problems, paths)


class _Changed(msgspec.Struct):
    """What the working tree changes: `old` are the blobs it lacks, `new` are its recordings."""

    old: Tree
    new: list[Recording | Unreadable] = msgspec.field(default_factory=list)

    def add(self, repository: Repository, base: str, path: str, is_excluded: bool) -> None:
        """Compare a file with its blob; `is_excluded` if a sparse checkout leaves the file out."""
        file = repository.top / path
        try:
            data = read_regular(file)
        except Unreadable as problem:
            self.new.append(problem)
            self.old.pop(path, None)
            return
        if data is None:
            if is_excluded:
                self.old.pop(path, None)
        elif self.old.get(path) == repository.blob_id(data, like=base):
            del self.old[path]
        else:
            self.new.append(_parse(file, data))


def _renamed(repository: Repository, base: str, head: str | None) -> dict[Path, Path]:
    top = repository.top
    return {top / old: top / new for old, new in repository.renamed(base, head).items()}


def _split(revisions: str) -> tuple[str, str, str]:
    dots = "..." if "..." in revisions else ".."
    base, separator, head = revisions.partition(dots)
    return base, separator, head


def _wanted(repository: Repository, below: Iterable[Path]) -> Callable[[str], bool]:
    """Return whether a path of the repository may be a recording below one of the given paths."""
    roots = [_relative(repository, path) for path in below]

    def wanted(path: str) -> bool:
        return is_recording_path(path) and (
            not roots or any(root in ("", path) or path.startswith(f"{root}/") for root in roots)
        )

    return wanted


def _paths(
    repository: Repository, files: Iterable[str], wanted: Callable[[str], bool], below: Sequence[Path]
) -> tuple[Path, ...]:
    """Return the paths of the recordings of both states.

    Raises RecctlError if the given paths have none: a misspelled path.
    """
    found = tuple(repository.top / path for path in dict.fromkeys(files) if wanted(path))
    if below and not found:
        named = ", ".join(str(path) for path in below)
        raise RecctlError(f"no recordings in {named}, in either state", "name a directory of recordings")
    return found


def _relative(repository: Repository, path: Path) -> str:
    try:
        relative = path.resolve().relative_to(repository.top.resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):  # RuntimeError: links in a circle
        raise RecctlError(
            f"{path} is not in the repository {repository.top}", "name a directory of it"
        ) from None
    return "" if relative == "." else relative


def _differing(old: Tree, new: Tree, wanted: Callable[[str], bool]) -> tuple[Tree, Tree]:
    def only(one: Tree, other: Tree) -> Tree:
        return {path: blob for path, blob in one.items() if other.get(path) != blob and wanted(path)}

    return only(old, new), only(new, old)


def _read_blobs(repository: Repository, tree: Tree, commit: str) -> Iterator[Recording | Unreadable]:
    blobs = dict(repository.blobs(sorted(set(tree.values()))))
    for path, blob in tree.items():
        yield _parse(repository.top / path, blobs[blob], f"as of {commit[:12]} ")


def _parse(path: Path, data: bytes, when: str = "") -> Recording | Unreadable:
    try:
        return parse(path, data)
    except Unreadable as problem:
        return Unreadable(path, f"{when}{problem.message}", problem.hint)
