"""Summaries of many files: from the index where they did not change, else read, on all cores if it pays."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import msgspec

from recctl.catalog.index import SUMMARIES, Index, Stamp, open_index, read_stamped
from recctl.recordings.header import Header
from recctl.recordings.recording import read
from recctl.recordings.ref import Ref
from recctl.recordings.summary import Summary
from recctl.support.errors import Unreadable, Warn, no_warning
from recctl.support.paths import absolute_path
from recctl.support.processes import parallel_map

_WORTH_A_CORE = 800  # files to read from which several processes pay


class _Result(msgspec.Struct, frozen=True, array_like=True):
    """A file that was read: its stamp (None if it changed while it was read), its size, and its header."""

    stamp: Stamp | None
    size: int
    header: Header


def scan(
    files: Sequence[Path], *, use_index: bool = True, workers: int | None = None, warn: Warn = no_warning
) -> Iterator[Summary | Unreadable]:
    """Yield the summary of each recording in the files, in their order; of other files why it has none.

    `workers` is the number of processes that read: by default one for each core, if that pays. `warn` gets a
    line for whatever keeps the index from being used.
    """
    if use_index:
        locations = [absolute_path(path) for path in files]
        index = open_index(locations, SUMMARIES, warn)
        if index is not None:
            yield from _with_index(files, locations, index, workers)
            return
    for path, result in zip(files, _read_all(files, workers), strict=True):
        yield _summary(path, result)


def _with_index(
    files: Sequence[Path], locations: Sequence[str], index: Index[Header], workers: int | None
) -> Iterator[Summary | Unreadable]:
    known = [_known(index, path, location) for path, location in zip(files, locations, strict=True)]
    unknown = [path for path, found in zip(files, known, strict=True) if found is None]
    results = _read_all(unknown, workers)
    for path, location, found in zip(files, locations, known, strict=True):
        if found is not None:
            yield found
            continue
        result = next(results)
        if result is not None and result.stamp is not None:
            index.put(*os.path.split(location), result.stamp, result.header)
        yield _summary(path, result)
    index.save()


def _known(index: Index[Header], path: Path, location: str) -> Summary | None:
    """Return the summary of a file that is as it was; called for every file, so that each call counts."""
    try:
        status = os.stat(location)
    except (OSError, ValueError):
        return None
    directory, _, name = location.rpartition(os.sep)
    header = index.get(directory, name, Stamp.of(status))
    return None if header is None else Summary(Ref(path), status.st_size, header)


def _summary(path: Path, result: _Result | None) -> Summary | Unreadable:
    if result is not None:
        return Summary(Ref(path), result.size, result.header)
    from recctl.catalog.preview import summarize_with_preview

    try:
        return summarize_with_preview(path, read(path))
    except Unreadable as error:
        return error


def _read_all(files: Sequence[Path], workers: int | None) -> Iterator[_Result | None]:
    """Yield what is read of each file, in order; None for one that is read again to report what is wrong."""
    if files:
        # Before there are several processes, and only where there is something to read.
        import_module("recctl.catalog.preview")
    return parallel_map(_read_one, files, workers, _WORTH_A_CORE)


def _read_one(path: Path) -> _Result | None:
    from recctl.catalog.preview import summarize_with_preview

    try:
        stamped = read_stamped(path)
        if stamped is None:
            return None
        summary = summarize_with_preview(path, stamped.raw)
    except (OSError, ValueError, Unreadable):
        return None
    return _Result(stamped.stamp, len(stamped.raw), summary.header)
