"""Find the files to read as recordings. Nothing here opens one.

Files, not recordings: whether and how many recordings a file holds is known when it is read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from recctl.recordings.ogx.filename import DIRECTORY, SUFFIX, parse_filename
from recctl.support.configuration import find_project
from recctl.support.errors import RecctlError, Unreadable
from recctl.support.paths import absolute_path

ENVIRONMENT_VARIABLE = "RECCTL_RECORDINGS"
_SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox"})
_VENV_MARK = "pyvenv.cfg"


class Found(msgspec.Struct, frozen=True):
    """Files to read as recordings, sorted by path, and why some paths could not be searched."""

    files: tuple[Path, ...]
    problems: tuple[Unreadable, ...]


def find_default(start: Path, environ: Mapping[str, str]) -> Found:
    """Return the files of the configuration, else of the environment, else in directories `recordings`.

    Raises RecctlError for a pyproject.toml that cannot be used, and where there is no such directory.
    """
    project = find_project(start)
    if project.settings.recordings is not None:
        return find(project.settings.recordings)
    if named := environ.get(ENVIRONMENT_VARIABLE):
        return find(Path(part) for part in named.split(os.pathsep) if part)
    tree = _search(project.root)
    if not tree.has_recordings and not tree.problems:
        raise RecctlError(
            f"no recordings: no directory named {DIRECTORY} below {project.root}",
            f"name a directory, or set [tool.recctl] recordings in pyproject.toml or {ENVIRONMENT_VARIABLE}",
        )
    return Found(_in_order(tree.inside.items()), tuple(tree.problems))


def find(paths: Iterable[Path]) -> Found:
    """Return the files to read as recordings: named files as they are, and what is found in directories.

    In a tree with directories named `recordings` these are the .json files below them, and others
    with a recording's name. In a tree without any, it is every .json file. Symlinked directories are
    not followed.
    """
    files: list[tuple[str, str]] = []
    problems: list[Unreadable] = []
    for path in paths:
        try:
            mode = mode_of(path, "name a directory of recordings, or a recording")
        except Unreadable as problem:
            problems.append(problem)
            continue
        if stat.S_ISDIR(mode):
            tree = _search(path)
            files += tree.recordings()
            problems += tree.problems
        elif stat.S_ISREG(mode):
            files.append((absolute_path(path), os.fspath(path)))
        else:
            problems.append(Unreadable(path, "is neither a file nor a directory"))
    return Found(_in_order(files), tuple(problems))


def united(*found: Found) -> Found:
    """Return the files of all, without duplicates, and all problems."""
    files = ((absolute_path(path), os.fspath(path)) for each in found for path in each.files)
    return Found(_in_order(files), tuple(problem for each in found for problem in each.problems))


def _in_order(files: Iterable[tuple[str, str]]) -> tuple[Path, ...]:
    """Return paths, given as pairs of absolute path and path, sorted; the first of those of one file."""
    by_location: dict[str, str] = {}
    for location, path in files:
        by_location.setdefault(location, path)
    return tuple(Path(by_location[location]) for location in sorted(by_location))


class _Tree(msgspec.Struct):
    """The .json files of a tree, absolute path → path, inside and outside of directories `recordings`."""

    inside: dict[str, str] = msgspec.field(default_factory=dict)
    outside: dict[str, str] = msgspec.field(default_factory=dict)
    has_recordings: bool = False
    problems: list[Unreadable] = msgspec.field(default_factory=list)

    def recordings(self) -> list[tuple[str, str]]:
        """Return those to read as recordings, as pairs of absolute path and path."""
        if not self.has_recordings:
            return list(self.outside.items())
        named = (item for item in self.outside.items() if parse_filename(os.path.basename(item[1])).hash)
        return [*self.inside.items(), *named]


def _search(root: Path) -> _Tree:
    tree = _Tree()
    above = DIRECTORY in Path(absolute_path(root)).parts
    for directory in _directories(root):
        if isinstance(directory, Unreadable):
            tree.problems.append(directory)
            continue
        is_inside = above or DIRECTORY in directory.path.split(os.sep)
        tree.has_recordings = tree.has_recordings or is_inside
        # Strings, since there may be a hundred thousand.
        there = absolute_path(Path(directory.path)).rstrip(os.sep)
        found = tree.inside if is_inside else tree.outside
        found.update((f"{there}/{name}", os.path.join(directory.path, name)) for name in directory.files)
    return tree


class _Directory(msgspec.Struct, frozen=True):
    path: str
    files: list[str]


def _directories(root: Path) -> Iterator[_Directory | Unreadable]:
    """Yield each directory at or below `root` with the names of its .json files, or why it is unreadable."""
    pending = [os.fspath(root)]
    while pending:
        directory = pending.pop()
        try:
            below, names = list_directory(directory)
        except OSError as error:
            yield Unreadable(Path(directory), f"cannot be searched: {error.strerror or error}")
            continue
        if directory != os.fspath(root) and os.path.exists(os.path.join(directory, _VENV_MARK)):
            continue
        pending.extend(os.path.join(directory, name) for name in below if name not in _SKIPPED)
        yield _Directory(directory, names)


def list_directory(directory: str) -> tuple[list[str], list[str]]:
    """Return the names of the subdirectories and of the .json files in a directory. Raises OSError."""
    below: list[str] = []
    names: list[str] = []
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                below.append(entry.name)
            elif entry.name.endswith(SUFFIX) and _is_file(entry):
                names.append(entry.name)
    return below, names


def recordings_in(directory: str) -> list[str]:
    """Return the names of the .json files in a directory; none where it cannot be listed."""
    try:
        return list_directory(directory)[1]
    except OSError:  # its files can still be given by name
        return []


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link to itself
        return False


def mode_of(path: Path, hint: str = "") -> int:
    """Return the mode of the file or directory at a path, links followed. Raises Unreadable."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        raise Unreadable(path, "no such file or directory", hint) from None
    except ValueError:  # a NUL inside
        raise Unreadable(path, "is not a valid path") from None
    except OSError as error:
        raise Unreadable(path, f"cannot be read: {error.strerror or error}", hint) from None
