"""The recordings of two states of a repository, as far as they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from recctl.recordings.ogx.filename import is_recording_path
from recctl.recordings.recording import Recording, parse
from recctl.support.errors import RecctlError, Unreadable
from recctl.support.git import Repository, Tree, read_regular

WORKING_TREE = "the working tree"


class States(msgspec.Struct, frozen=True):
    """Two states: their names, the recordings whose files differ, renamed files, unreadable files.

    `paths` are those of every recording of either state, changed or not.
    """

    base: str
    head: str
    old: tuple[Recording, ...]
    new: tuple[Recording, ...]
    renamed: Mapping[Path, Path]
    problems: tuple[Unreadable, ...]
    paths: tuple[Path, ...]


def between(repository: Repository, revisions: str, below: Sequence[Path]) -> States:
    """The states that a revision names: `BASE`, `BASE..HEAD`, `BASE...HEAD`, `X^!` or `X^-`.

    HEAD is the default of either side. `...` compares with the commit from which both come, as a
    pull request shows, `X^!` with the first parent of X. `below` limits the paths looked at, if it is
    not empty. Raises RecctlError.
    """
    base, head = _sides(repository, revisions)
    old, new = repository.tree(base), repository.tree(head)
    wanted = _wanted(repository, below)
    paths = _paths(repository, [*old, *new], wanted, below)
    old, new = _differing(old, new, wanted)
    problems: list[Unreadable] = []
    return States(
        base,
        head,
        _stored(repository, old, base, problems),
        _stored(repository, new, head, problems),
        _renamed(repository, base, head),
        tuple(problems),
        paths,
    )


def _sides(repository: Repository, revisions: str) -> tuple[str, str]:
    """The ids of the two states, the older first. Raises RecctlError."""
    base, dots, head = _split(revisions)
    if not dots:
        return _sides_of_one(repository, revisions)
    base, head = repository.commit(base or "HEAD"), repository.commit(head or "HEAD")
    return repository.merge_base(base, head) if dots == "..." else base, head


def _sides_of_one(repository: Repository, revision: str) -> tuple[str, str]:
    """The states that `BASE`, `X^!`, `X^-` or `X^@` names, as git rev-parse resolves it."""
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
                f"what came before {revision.removesuffix('^!')} is not here", "git fetch --unshallow"
            )
        return repository.empty_tree(like=named[0]), repository.commit(named[0])
    # To these two nothing can be added that says it has to be a commit.
    base = named[0] if named and (revision.endswith("^@") or revision.startswith(":/")) else revision
    return repository.commit(base), repository.commit("HEAD")


def in_working_tree(repository: Repository, below: Sequence[Path]) -> States:
    """HEAD and the working tree, untracked files included. Raises RecctlError."""
    if repository.unmerged():
        raise RecctlError(
            "a merge is going on here", "finish it (git commit) or leave it (git merge --abort) first"
        )
    base = repository.commit("HEAD")
    wanted = _wanted(repository, below)
    old = {path: blob for path, blob in repository.tree(base).items() if wanted(path)}
    files = repository.working_files()
    paths = _paths(repository, [*old, *files], wanted, below)
    problems: list[Unreadable] = []
    new: list[Recording] = []
    unchanged = set()
    for path, left_out in files.items():
        if not wanted(path):
            continue
        place = repository.top / path
        try:
            data = read_regular(place)
        except Unreadable as problem:
            problems.append(problem)
            unchanged.add(path)
            continue
        same = data is not None and old.get(path) == repository.blob_id(data, like=base)
        if same or (data is None and left_out):
            unchanged.add(path)
        elif data is not None:
            new += _parsed(place, data, problems)
    changed = {path: blob for path, blob in old.items() if path not in unchanged}
    recordings = _stored(repository, changed, base, problems)
    renamed = _renamed(repository, base, None)
    return States(base, WORKING_TREE, recordings, tuple(new), renamed, tuple(problems), paths)


def _renamed(repository: Repository, base: str, head: str | None) -> dict[Path, Path]:
    top = repository.top
    return {top / old: top / new for old, new in repository.renamed(base, head).items()}


def _split(revisions: str) -> tuple[str, str, str]:
    dots = "..." if "..." in revisions else ".."
    base, separator, head = revisions.partition(dots)
    return base, separator, head


def _wanted(repository: Repository, below: Iterable[Path]) -> Callable[[str], bool]:
    """Whether a path of the repository may be a recording, and lies below one of the given ones."""
    roots = [_relative(repository, path) for path in below]

    def wanted(path: str) -> bool:
        return is_recording_path(path) and (
            not roots or any(root in ("", path) or path.startswith(f"{root}/") for root in roots)
        )

    return wanted


def _paths(
    repository: Repository, files: Iterable[str], wanted: Callable[[str], bool], below: Sequence[Path]
) -> tuple[Path, ...]:
    """The recordings among the files of both states.

    Raises RecctlError where the given paths hold none: a wrong name.
    """
    found = tuple(repository.top / path for path in dict.fromkeys(files) if wanted(path))
    if below and not found:
        named = ", ".join(str(path) for path in below)
        raise RecctlError(f"no recordings in {named}, in either state", "name a directory of recordings")
    return found


def _relative(repository: Repository, path: Path) -> str:
    try:
        relative = path.resolve().relative_to(repository.top.resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):  # the last for links in a circle
        raise RecctlError(
            f"{path} is not in the repository {repository.top}", "name a directory of it"
        ) from None
    return "" if relative == "." else relative


def _differing(old: Tree, new: Tree, wanted: Callable[[str], bool]) -> tuple[Tree, Tree]:
    def only(one: Tree, other: Tree) -> Tree:
        return {path: blob for path, blob in one.items() if other.get(path) != blob and wanted(path)}

    return only(old, new), only(new, old)


def _stored(
    repository: Repository, tree: Tree, commit: str, problems: list[Unreadable]
) -> tuple[Recording, ...]:
    blobs = dict(repository.blobs(sorted(set(tree.values()))))
    found: list[Recording] = []
    for path, blob in tree.items():
        found += _parsed(repository.top / path, blobs[blob], problems, f"as of {commit[:12]} ")
    return tuple(found)


def _parsed(path: Path, data: bytes, problems: list[Unreadable], when: str = "") -> list[Recording]:
    try:
        return [parse(path, data)]
    except Unreadable as problem:
        problems.append(Unreadable(path, f"{when}{problem.message}", problem.hint))
        return []
