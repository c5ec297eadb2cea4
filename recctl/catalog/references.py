"""What references name: a file by its path, its id, or the beginning of its hash. Opens no recording."""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from recctl.catalog.find import Found, mode_of
from recctl.recordings.ogx.filename import SUFFIX, RecordingName, parse_filename
from recctl.support.errors import AmbiguousReference, NoSuchReference, RecctlError, Unreadable
from recctl.support.paths import current_directory, is_missing

_MIN_PREFIX = 4
_REFERENCE = re.compile(rf"(?:rec-)?(?P<hash>[0-9a-f]{{{_MIN_PREFIX},64}})(?:-(?P<digest>[0-9a-f]{{1,8}}))?")
_TEST_SUFFIX = ".py"
_LISTED_MATCHES = 10


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


def _existing(path: Path) -> Path:
    if path.name.endswith(SUFFIX) and is_missing(path):
        raise _missing(path)
    test_path = path.suffix == _TEST_SUFFIX or f"{_TEST_SUFFIX}::" in os.fspath(path)
    lists = f"recctl ls {shlex.quote(os.fspath(path))} lists its recordings" if test_path else ""
    mode = mode_of(path, lists)
    if test_path and stat.S_ISREG(mode):
        raise Unreadable(path, "is a test file, not a recording", lists)
    if not stat.S_ISREG(mode):
        hint = "list it with: recctl ls" if stat.S_ISDIR(mode) else ""
        raise Unreadable(path, "is a directory, not a recording" if hint else "is not a regular file", hint)
    return path


def _missing(path: Path) -> Unreadable:
    from recctl.catalog.removals import trace_path

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
    if form is None or name.hash is None or not name.hash.startswith(form["hash"]):
        return False
    return form["digest"] is None or (name.digest is not None and name.digest.startswith(form["digest"]))


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
    from recctl.catalog.removals import trace_names

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
