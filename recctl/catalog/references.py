"""References: a recording named by its path, its id, or the beginning of its hash. Opens no file."""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from recctl.catalog.find import Found, mode_of
from recctl.recordings.ogx.filename import SUFFIX, RecordingName, parse_filename
from recctl.recordings.ref import Ref
from recctl.support.errors import AmbiguousReference, NoSuchReference, RecctlError, Unreadable
from recctl.support.paths import current_directory, is_missing

_MIN_PREFIX = 4
_REFERENCE = re.compile(rf"(?:rec-)?(?P<hash>[0-9a-f]{{{_MIN_PREFIX},64}})(?:-(?P<digest>[0-9a-f]{{1,8}}))?")
_CALL = re.compile(r"(?P<file>.+)#(?P<item>\d{1,9})", re.ASCII | re.DOTALL)
_TEST_SUFFIX = ".py"
_LISTED_MATCHES = 10


class Library:
    """The recordings that references may name; directories are searched once, and only if need be."""

    def __init__(self, search: Callable[[], Found]) -> None:
        self._search = search
        self._found: Found | None = None

    def problems(self) -> tuple[Unreadable, ...]:
        """Return what could not be searched; nothing before a search was needed."""
        return self._found.problems if self._found else ()

    def files(self) -> tuple[Path, ...]:
        """Return every file that a reference may name. Raises RecctlError where there is none."""
        if self._found is None:
            self._found = self._search()
        return self._found.files

    def resolve(self, reference: str) -> Ref:
        """Return the recording that a reference names; see `resolve`."""
        return resolve(reference, () if names_a_path(reference) else self.files())


def names_a_path(reference: str) -> bool:
    """Return whether a reference is a path, with or without the number of a call, which needs no search."""
    form = _CALL.fullmatch(reference)
    return os.sep in reference or os.path.isfile(reference) or bool(form and os.path.isfile(form["file"]))


def resolve(reference: str, files: Sequence[Path]) -> Ref:
    """Return the one recording a reference names: by path, by id, or by the unique beginning of a hash.

    Any of these may end in `#N`, the number of the call in the file. `files` are those to look
    among. Raises AmbiguousReference, NoSuchReference, or Unreadable for a path that is not there.
    """
    form = _CALL.fullmatch(reference)
    # A name may itself end like the number of a call.
    if form is None or os.path.lexists(reference) or _of_name(reference, files):
        return Ref(_file(reference, files))
    path = _file(form["file"], files)
    if int(form["item"]) != 1:
        hint = f"leave out #{form['item']}"
        raise NoSuchReference(f"{reference}: no such call: the file holds 1", hint)
    return Ref(path)


def _file(reference: str, files: Sequence[Path]) -> Path:
    if names_a_path(reference):
        return _existing(Path(reference))
    # A file's whole name comes first: it may look like the beginning of another's hash.
    matches = _of_name(reference, files)
    wanted = reference.removesuffix(SUFFIX).lower()
    matches = matches or [path for path in files if _fits(wanted, parse_filename(path.name))]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise _ambiguous(reference, matches, files)
    raise _unknown(reference, wanted, files)


def _of_name(name: str, files: Iterable[Path]) -> list[Path]:
    return [path for path in files if name in (path.name.removesuffix(SUFFIX), path.name)]


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
        return Unreadable(path, "no such file or directory")
    return Unreadable(path, f"no such file or directory: {found.became}", found.way_back)


def _fits(wanted: str, name: RecordingName) -> bool:
    if wanted.startswith("models-"):
        return name.stem.startswith(wanted) and len(wanted) >= len("models-") + _MIN_PREFIX
    form = _REFERENCE.fullmatch(wanted)
    if form is None or name.hash is None or not name.hash.startswith(form["hash"]):
        return False
    return form["digest"] is None or (name.digest is not None and name.digest.startswith(form["digest"]))


def _ambiguous(reference: str, matches: Sequence[Path], files: Iterable[Path]) -> AmbiguousReference:
    references = shortest_references(map(Ref, files))
    listed = [(references[Ref(path)], path) for path in matches[:_LISTED_MATCHES]]
    more = len(matches) - len(listed)
    hint = "give more digits, or the path" + (f" ({more} more are not listed)" if more else "")
    return AmbiguousReference(f"{reference} fits {len(matches)} recordings", hint, listed)


def _unknown(reference: str, wanted: str, files: Sequence[Path]) -> NoSuchReference:
    searched = f"no recording {reference} among {len(files):,}"
    if "::" in reference or reference.startswith("test_"):
        test = reference.rpartition("::")[2]
        return NoSuchReference(searched, f"for the recordings of a test: recctl ls --test '{test}'")
    stems = _stems(wanted)
    if not stems:
        forms = f"rec-<hash>, {_MIN_PREFIX} or more digits of a hash, models-<hash>-<digest>, or a path"
        return NoSuchReference(searched, f"a reference is {forms}")
    # Similar hashes do not mean similar requests: none is suggested.
    from recctl.catalog.removals import trace_names

    around = next((path.absolute().parent for path in files), current_directory())
    try:
        found = trace_names(around, stems, lambda name: _fits(wanted, parse_filename(name)))
    except RecctlError as error:
        return NoSuchReference(searched, f"git cannot say whether there was one: {error.message}")
    if found is None:
        return NoSuchReference(searched, "git history does not have it either")
    return NoSuchReference(f"{searched}: {found.became}", found.way_back)


def _stems(wanted: str) -> tuple[str, ...]:
    """Return how the names of files begin that a reference fits; () for what is no hash."""
    if wanted.startswith("models-"):
        return (wanted,) if re.fullmatch(rf"models-[0-9a-f-]{{{_MIN_PREFIX},}}", wanted) else ()
    form = _REFERENCE.fullmatch(wanted)
    return (form["hash"], f"models-{form['hash']}") if form else ()


def shortest_references(refs: Iterable[Ref]) -> dict[Ref, str]:
    """Return for each recording the shortest reference that names no other: its id, full name or path."""
    names = {ref: parse_filename(ref.path.name) for ref in refs}
    shared: dict[str, int] = {}
    for name in names.values():
        for form in {name.id, name.reference}:
            if form is not None:
                shared[form] = shared.get(form, 0) + 1
    references = {}
    for ref, name in names.items():
        forms = (form for form in (name.id, name.reference) if form is not None and shared[form] == 1)
        references[ref] = next(forms, str(ref))
    return references
