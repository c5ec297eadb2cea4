"""Where recordings are: directories → files, and references → files. Nothing here opens a recording."""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from recctl.config import find_project
from recctl.errors import AmbiguousReference, NoSuchReference, RecctlError, Unreadable
from recctl.filename import DIRECTORY, SUFFIX, RecordingName, parse_filename
from recctl.paths import absolute_path, current_directory, is_missing

ENVIRONMENT_VARIABLE = "RECCTL_RECORDINGS"
_SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".nox"})
_VENV_MARK = "pyvenv.cfg"

_MIN_PREFIX = 4
_REFERENCE = re.compile(rf"(?:rec-)?(?P<hash>[0-9a-f]{{{_MIN_PREFIX},64}})")
_TEST_SUFFIX = ".py"
_LISTED_MATCHES = 10


class Found(msgspec.Struct, frozen=True):
    """Files to read as recordings, sorted by path, and the places that could not be looked into."""

    files: tuple[Path, ...]
    problems: tuple[Unreadable, ...]


def find_default(start: Path, environ: Mapping[str, str]) -> Found:
    """The files to read when nobody says where: configured, from the environment, or all in `recordings`.

    Raises RecctlError for a pyproject.toml that cannot be used, and where there is no such directory.
    """
    project = find_project(start)
    if project.recordings is not None:
        return find(project.recordings)
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
    """The files to read as recordings: named files as they are, directories searched.

    A tree with directories named `recordings` holds recordings in these, and where a file's name
    has a recording's form. In a tree without any, every .json file is taken as one. Symlinked
    directories are not followed.
    """
    files: list[tuple[str, str]] = []
    problems: list[Unreadable] = []
    for path in paths:
        try:
            mode = _mode(path, "name a directory of recordings, or a recording")
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
    """Return the files of all, each once, and all problems."""
    files = ((absolute_path(path), os.fspath(path)) for each in found for path in each.files)
    return Found(_in_order(files), tuple(problem for each in found for problem in each.problems))


def _in_order(files: Iterable[tuple[str, str]]) -> tuple[Path, ...]:
    """Paths, given with their absolute forms, sorted, each place once (`a/x.json` and `./a/../a/x.json`)."""
    by_place: dict[str, str] = {}
    for place, path in files:
        by_place.setdefault(place, path)
    return tuple(Path(by_place[place]) for place in sorted(by_place))


class _Tree(msgspec.Struct):
    """The .json files of a tree, absolute path → path; those below a directory named `recordings` apart."""

    inside: dict[str, str] = msgspec.field(default_factory=dict)
    outside: dict[str, str] = msgspec.field(default_factory=dict)
    has_recordings: bool = False
    problems: list[Unreadable] = msgspec.field(default_factory=list)

    def recordings(self) -> list[tuple[str, str]]:
        """Those to read as recordings."""
        if not self.has_recordings:
            return list(self.outside.items())
        named = (item for item in self.outside.items() if parse_filename(os.path.basename(item[1])).hash)
        return [*self.inside.items(), *named]


def _search(root: Path) -> _Tree:
    tree = _Tree()
    above = DIRECTORY in Path(absolute_path(root)).parts
    for directory, names in _directories(root, tree.problems):
        is_inside = above or DIRECTORY in directory.split(os.sep)
        tree.has_recordings = tree.has_recordings or is_inside
        # Strings, since there may be a hundred thousand.
        there = absolute_path(Path(directory)).rstrip(os.sep)
        found = tree.inside if is_inside else tree.outside
        found.update((f"{there}/{name}", os.path.join(directory, name)) for name in names)
    return tree


def _directories(root: Path, problems: list[Unreadable]) -> Iterator[tuple[str, list[str]]]:
    """Every directory at or below `root` with the .json files in it; dead ends are added to `problems`."""
    pending = [os.fspath(root)]
    while pending:
        directory = pending.pop()
        try:
            below, names = look_into(directory)
        except OSError as error:
            problems.append(Unreadable(Path(directory), f"cannot be searched: {error.strerror or error}"))
            continue
        if directory != os.fspath(root) and os.path.exists(os.path.join(directory, _VENV_MARK)):
            continue
        pending.extend(os.path.join(directory, name) for name in below if name not in _SKIPPED)
        yield directory, names


def look_into(directory: str) -> tuple[list[str], list[str]]:
    """The names of the subdirectories and of the .json files in a directory. Raises OSError."""
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
    """The names of the .json files in a directory; none where it cannot be listed."""
    try:
        return look_into(directory)[1]
    except OSError:  # its files may be named all the same
        return []


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link to itself
        return False


class Library:
    """The recordings that references may name; directories are searched once, and only if need be."""

    def __init__(self, search: Callable[[], Found]) -> None:
        self._search = search
        self._found: Found | None = None

    @property
    def problems(self) -> tuple[Unreadable, ...]:
        """The places that could not be searched, as far as a search was needed."""
        return self._found.problems if self._found else ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that a reference may name."""
        if self._found is None:
            self._found = self._search()
        return self._found.files

    def resolve(self, reference: str) -> Path:
        """The file that a reference names; see `resolve`."""
        return resolve(reference, () if names_a_path(reference) else self.files)


def names_a_path(reference: str) -> bool:
    """Whether a reference is a path, which needs no search."""
    return os.sep in reference or os.path.isfile(reference)


def resolve(reference: str, files: Sequence[Path]) -> Path:
    """The one file a reference names: by path, by id, or by the unique beginning of a hash.

    Raises AmbiguousReference, NoSuchReference, or Unreadable for a path that is not there.
    """
    if names_a_path(reference):
        return _existing(Path(reference))
    names = {path: parse_filename(path.name) for path in files}
    wanted = reference.removesuffix(SUFFIX).lower()
    # A file's whole name comes first: it may look like the beginning of another's hash.
    matches = [path for path, name in names.items() if reference in (name.stem, path.name)]
    matches = matches or [path for path, name in names.items() if _fits(wanted, name)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise _ambiguous(reference, matches, names)
    raise _unknown(reference, wanted, names)


def _mode(path: Path, hint: str = "") -> int:
    """The mode of what a path leads to. Raises Unreadable."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        raise Unreadable(path, "is not there", hint) from None
    except ValueError:  # a NUL inside
        raise Unreadable(path, "is no path") from None
    except OSError as error:
        raise Unreadable(path, f"cannot be read: {error.strerror or error}", hint) from None


def _existing(path: Path) -> Path:
    if path.name.endswith(SUFFIX) and is_missing(path):
        raise _missing(path)
    test_path = path.suffix == _TEST_SUFFIX or f"{_TEST_SUFFIX}::" in os.fspath(path)
    lists = f"recctl ls {shlex.quote(os.fspath(path))} lists its recordings" if test_path else ""
    mode = _mode(path, lists)
    if test_path and stat.S_ISREG(mode):
        raise Unreadable(path, "is a test file, not a recording", lists)
    if not stat.S_ISREG(mode):
        hint = "list it with: recctl ls" if stat.S_ISDIR(mode) else ""
        raise Unreadable(path, "is a directory, not a recording" if hint else "is not a regular file", hint)
    return path


def _missing(path: Path) -> Unreadable:
    from recctl.removals import trace_path

    try:
        found = trace_path(path)
    except (RecctlError, OSError, ValueError):
        found = None
    if found is None or found.state == "elsewhere":
        return Unreadable(path, "is not there")
    return Unreadable(path, f"is not there: {found.became}", found.way_back)


def _fits(wanted: str, name: RecordingName) -> bool:
    if wanted.startswith("models-"):
        return name.stem.startswith(wanted) and len(wanted) >= len("models-") + _MIN_PREFIX
    form = _REFERENCE.fullmatch(wanted)
    return form is not None and name.hash is not None and name.hash.startswith(form["hash"])


def _ambiguous(
    reference: str, matches: list[Path], names: Mapping[Path, RecordingName]
) -> AmbiguousReference:
    references = shortest_references(names)
    listed = [(references[path], path) for path in matches[:_LISTED_MATCHES]]
    more = len(matches) - len(listed)
    hint = "give more digits, or the path" + (f" ({more} more are not listed)" if more else "")
    return AmbiguousReference(f"{reference} fits {len(matches)} recordings", hint, listed)


def _unknown(reference: str, wanted: str, names: Mapping[Path, RecordingName]) -> NoSuchReference:
    searched = f"no recording {reference} among {len(names):,}"
    if "::" in reference or reference.startswith("test_"):
        test = reference.rpartition("::")[2]
        return NoSuchReference(searched, f"for the recordings of a test: recctl ls --test '{test}'")
    stems = _stems(wanted)
    if not stems:
        forms = f"rec-<hash>, {_MIN_PREFIX} or more digits of a hash, models-<hash>-<digest>, or a path"
        return NoSuchReference(searched, f"a reference is {forms}")
    # A hash says nothing of what was asked: that another one looks like it would mean nothing.
    from recctl.removals import trace_names

    around = next((path.absolute().parent for path in names), current_directory())
    try:
        found = trace_names(around, stems, lambda name: _fits(wanted, parse_filename(name)))
    except RecctlError as error:
        return NoSuchReference(searched, f"nothing is known of it: {error.message}")
    if found is None:
        return NoSuchReference(searched, "nothing is known of it: git history does not hold it either")
    return NoSuchReference(f"{searched}: {found.became}", found.way_back)


def _stems(wanted: str) -> tuple[str, ...]:
    """How names of files begin that a reference fits; none for what is no reference to a hash."""
    if wanted.startswith("models-"):
        return (wanted,) if re.fullmatch(rf"models-[0-9a-f-]{{{_MIN_PREFIX},}}", wanted) else ()
    form = _REFERENCE.fullmatch(wanted)
    return (form["hash"], f"models-{form['hash']}") if form else ()


def shortest_references(names: Mapping[Path, RecordingName]) -> dict[Path, str]:
    """For each file the shortest reference that names no other one: its id, its full name, or its path."""
    shared: dict[str, int] = {}
    for name in names.values():
        for form in {name.id, name.reference}:
            if form is not None:
                shared[form] = shared.get(form, 0) + 1
    references = {}
    for path, name in names.items():
        forms = (form for form in (name.id, name.reference) if form is not None and shared[form] == 1)
        references[path] = next(forms, os.fspath(path))
    return references
