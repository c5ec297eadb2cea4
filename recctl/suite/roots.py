"""Where the test file of a recording would be, and whether it exists."""

from __future__ import annotations

import os
import stat
import unicodedata
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Literal, TypeAlias

import msgspec

from recctl.recordings.ogx.filename import DIRECTORY
from recctl.suite.node_ids import parse_node_id
from recctl.support.errors import RecctlError
from recctl.support.paths import absolute_path

# Whether a file exists; unknown if that cannot be decided.
State: TypeAlias = Literal["there", "absent", "unknown"]


class Location(msgspec.Struct, frozen=True):
    """A test file: the root its node id is relative to, its path, its state, and why that is unknown."""

    root: Path
    path: Path
    state: State
    reason: str = ""


class Locator:
    """Finds test files, for one run of a command. What git tracks is read once a repository."""

    def __init__(self) -> None:
        self._repositories: dict[Path, _Tracked] = {}
        self._known: dict[tuple[Path, str], Location] = {}

    def locations(self, recording: Path, test_file: str) -> list[Location]:
        """Return where the test file of a recording may be: one location for each possible root."""
        return [self._location(root, test_file) for root in possible_roots(recording, test_file)]

    def _location(self, root: Path, test_file: str) -> Location:
        if (root, test_file) not in self._known:
            self._known[root, test_file] = self._look(root, test_file)
        return self._known[root, test_file]

    def _look(self, root: Path, test_file: str) -> Location:
        path = root / test_file
        at = root
        for name in PurePosixPath(test_file).parts:
            above, at = at, at / name
            try:
                mode = at.lstat().st_mode
            except FileNotFoundError:
                why = _alike(above, name) or self._why_not_absent(above, path)
                return Location(root, path, "unknown" if why else "absent", why)
            except OSError as error:
                return Location(root, path, "unknown", f"{at}: {(error.strerror or str(error)).lower()}")
            except ValueError:  # a NUL, a lone surrogate
                return Location(root, path, "unknown", "its test id is not a valid path")
            if stat.S_ISLNK(mode):
                return Location(root, path, "unknown", f"{at} is a symbolic link")
            if at != path and not stat.S_ISDIR(mode):
                return Location(root, path, "unknown", f"{at} is not a directory")
        if not stat.S_ISREG(mode):
            return Location(root, path, "unknown", f"{path} is not a regular file")
        return Location(root, path, "there")

    def _why_not_absent(self, directory: Path, path: Path) -> str:
        """Return why a file that is not on disk may still exist; "" if it does not."""
        from recctl.support.git import find_repository  # most test files are there

        try:
            top = find_repository(directory).top.resolve()
        except RecctlError as error:
            held = next(
                (above for above in (directory, *directory.parents) if (above / ".git").exists()), None
            )
            return f"git cannot say whether it tracks {path.name}: {error.message}" if held else ""
        if not (top / ".git").exists():  # GIT_DIR names another
            return f"git cannot say whether it tracks {path.name}: GIT_DIR names another repository"
        if top not in self._repositories:
            self._repositories[top] = _Tracked(top)
        return self._repositories[top].why(directory.resolve() / path.relative_to(directory))


class _Tracked:
    """The files in the index of a repository."""

    def __init__(self, top: Path) -> None:
        self._top = top

    @cached_property
    def _modes(self) -> dict[str, str] | str:
        from recctl.support.git import Repository

        try:
            return Repository(self._top).index_modes()
        except RecctlError as error:
            return error.message

    def _ignores(self, path: str) -> bool:
        from recctl.support.git import Repository

        return Repository(self._top).ignores(path)

    def why(self, path: Path) -> str:
        """Return why a file that is not on disk may still exist; "" if it does not."""
        modes = self._modes
        if isinstance(modes, str):
            return f"git cannot say what it tracks: {modes}"
        if not path.is_relative_to(self._top):
            return ""
        relative = path.relative_to(self._top)
        if relative.as_posix() in modes:
            return f"git tracks {relative.as_posix()}, which is not on disk"
        if self._ignores(relative.as_posix()):
            return f"git ignores {relative.as_posix()}, which may be generated"
        submodule = next((above for above in relative.parents if above.as_posix() in modes), None)
        return f"{submodule} is a submodule that is not checked out" if submodule else ""


def possible_roots(recording: Path, test_file: str) -> list[Path]:
    """Return the directories that a node id can be relative to, the likeliest first, by the recording's path.

    `X/tests/a/recordings/` and `tests/a/test_b.py` give X. If the recording is elsewhere, the first
    directory of the node id is looked for in its path.
    """
    pure = PurePosixPath(test_file)
    if pure.is_absolute() or os.pardir in pure.parts or not pure.parts:
        return []
    lexical = os.path.dirname(absolute_path(recording))
    found = _roots_above(lexical, pure)
    if (real := os.path.realpath(lexical)) != lexical:
        # Through a link the same directory may have other parents.
        known = {os.path.realpath(root) for root in found}
        found += [root for root in _roots_above(real, pure) if os.path.realpath(root) not in known]
    return found


def project_root(recording: Path, test_file: str) -> Path | None:
    """Return the likeliest of the `possible_roots`; None if there is none."""
    return next(iter(possible_roots(recording, test_file)), None)


def test_file_of(recording: Path, test_id: str) -> Path | None:
    """Return the Python file of a recording's test below the likeliest root; None if there is none."""
    name = parse_node_id(test_id).file
    root = project_root(recording, name)
    file = None if root is None else root / name
    return file if file is not None and file.suffix == ".py" and os.path.isfile(file) else None


def _roots_above(directory: str, test_file: PurePosixPath) -> list[Path]:
    parts, wanted = Path(directory).parts, test_file.parent.parts
    if not wanted:
        return _roots_of_top_file(Path(directory), test_file.name)
    whole = _starts(parts, wanted)
    likely = whole or _starts(parts, wanted[:1])
    roots = [Path(*parts[:start]) for start in likely]
    # Any directory above that has the file may be a root too: recordings can be stored anywhere.
    above = Path(directory).parents
    return roots + [root for root in above if root not in roots and os.path.lexists(root / test_file)]


def _starts(parts: tuple[str, ...], wanted: tuple[str, ...]) -> list[int]:
    """Return the indices at which a run of directories begins in a path, the deepest first."""
    last = len(parts) - len(wanted)
    return [start for start in range(last, 0, -1) if parts[start : start + len(wanted)] == wanted]


def _roots_of_top_file(directory: Path, name: str) -> list[Path]:
    # A recorder writes into a directory beside the test file.
    beside = [directory.parent] if directory.name == DIRECTORY else []
    above = (parent for parent in directory.parents if parent not in beside)
    return beside + [parent for parent in above if os.path.lexists(parent / name)]


def _alike(directory: Path, name: str) -> str:
    """Return that a directory contains this name in another case or Unicode form; "" if it does not."""
    try:
        names = os.listdir(directory)
    except OSError as error:
        return f"{directory}: {(error.strerror or str(error)).lower()}"
    plain = _plain(name)
    same = next((other for other in names if _plain(other) == plain), None)
    return f"{directory} contains {same}, which differs only in case or Unicode form" if same else ""


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
