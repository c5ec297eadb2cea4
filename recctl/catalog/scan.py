"""Summaries of many files: from the index where they did not change, else read, on all cores if it pays."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import msgspec

from recctl.catalog.index import SUMMARIES, Index, Kept, Stamp
from recctl.recordings.ogx.filename import parse_filename
from recctl.recordings.recording import read
from recctl.recordings.summary import Summary
from recctl.support.errors import RecctlError, Unreadable
from recctl.support.jsonvalue import MOST_BYTES
from recctl.support.paths import absolute_path
from recctl.support.processes import parallel_map

_WORTH_AN_INDEX = 50  # files from which looking them up costs less than reading them
_WORTH_A_CORE = 500  # files to read from which several processes pay


class _Result(msgspec.Struct, frozen=True, array_like=True):
    """A file that was read: its stamp (None if it changed meanwhile), its size, and what is kept."""

    stamp: Stamp | None
    size: int
    kept: Kept


class Scan(msgspec.Struct):
    """Summaries of files, in their order; `problems` fills with those that are no recordings.

    `use_index` False does without one; `notes` fills with what there is to say of it. `workers` is the number
    of processes that read: by default one for each core, if that pays.
    """

    files: tuple[Path, ...]
    use_index: bool = True
    workers: int | None = None
    problems: list[Unreadable] = msgspec.field(default_factory=list)
    notes: list[str] = msgspec.field(default_factory=list)

    def __iter__(self) -> Iterator[Summary]:
        if self.use_index and len(self.files) >= _WORTH_AN_INDEX:
            try:
                index = self._index()
            except RecctlError as error:
                self.notes.append(f"{error.message}; going on without it")
            else:
                yield from self._with_index(*index)
                return
        results = _read_all(self.files, self.workers)
        for path, result in zip(self.files, results, strict=True):
            if summary := self._summary(path, result):
                yield summary

    def _index(self) -> tuple[list[str], Index[Kept]]:
        places = [absolute_path(path) for path in self.files]
        return places, Index({os.path.dirname(place) for place in places}, SUMMARIES)

    def _with_index(self, places: Sequence[str], index: Index[Kept]) -> Iterator[Summary]:
        known = [_known(index, path, place) for path, place in zip(self.files, places, strict=True)]
        results = _read_all(
            [path for path, held in zip(self.files, known, strict=True) if held is None], self.workers
        )
        for path, place, held in zip(self.files, places, known, strict=True):
            if held is not None:
                yield held
                continue
            result = next(results)
            if result is not None and result.stamp is not None:
                index.put(*os.path.split(place), result.stamp, result.kept)
            if summary := self._summary(path, result):
                yield summary
        index.save()
        self.notes += index.problems

    def _summary(self, path: Path, result: _Result | None) -> Summary | None:
        if result is not None:
            return _summary_of(path, result.size, result.kept)
        from recctl.catalog.preview import summarize_with_preview

        try:
            return summarize_with_preview(path, read(path))
        except Unreadable as error:
            self.problems.append(error)
            return None


def _known(index: Index[Kept], path: Path, place: str) -> Summary | None:
    """The summary of a file that is as it was; asked for every file, so that each call counts."""
    try:
        status = os.stat(place)
    except (OSError, ValueError):
        return None
    directory, _, name = place.rpartition(os.sep)
    kept = index.get(directory, name, Stamp.of(status))
    return None if kept is None else _summary_of(path, status.st_size, kept)


_shared: dict[str | None, str | None] = {}


def _share(text: str | None) -> str | None:
    """The same string for equal ones: a hundred thousand recordings have a few hundred urls and tests."""
    return _shared.setdefault(text, text)


def _summary_of(path: Path, size: int, kept: Kept) -> Summary:
    return Summary(
        path=path,
        name=parse_filename(path.name),
        test_id=_share(kept.test_id),
        kind=kept.kind,
        method=kept.method,
        url=_share(kept.url),
        endpoint=_share(kept.endpoint),
        model=_share(kept.model),
        provider=kept.provider,
        streaming=kept.streaming,
        chunks=kept.chunks,
        status=kept.status,
        exception=kept.exception,
        size=size,
        failed=kept.failed,
        turns=kept.turns,
        preview=kept.preview,
    )


def _read_all(files: Sequence[Path], workers: int | None) -> Iterator[_Result | None]:
    """Yield what is read of each file, in order; None for one that is to be looked at by itself."""
    if files:
        # Before there are several processes, and only where there is something to read.
        import_module("recctl.catalog.preview")
    return parallel_map(_read_one, files, workers, _WORTH_A_CORE)


def _read_one(path: Path) -> _Result | None:
    from recctl.catalog.preview import summarize_with_preview

    try:
        # Not to wait for a writer, should the file have become a pipe.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            if status.st_size > MOST_BYTES:
                return None
            before = Stamp.of(status)
            raw = file.readall()
            after = Stamp.of(os.fstat(file.fileno()))
        summary = summarize_with_preview(path, raw)
    except (OSError, ValueError, Unreadable):
        return None
    kept = Kept(*(getattr(summary, field) for field in Kept.__struct_fields__))
    return _Result(before if before == after else None, len(raw), kept)
