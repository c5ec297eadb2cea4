"""Summaries of many files: from the index where they did not change, else read, on two cores if it pays."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

import msgspec

from recctl.catalog.index import SUMMARIES, Index, Stamp
from recctl.recordings.header import Header
from recctl.recordings.recording import read
from recctl.recordings.ref import Ref
from recctl.recordings.summary import Summary
from recctl.support.errors import RecctlError, Unreadable
from recctl.support.jsonvalue import MOST_BYTES
from recctl.support.paths import absolute_path
from recctl.support.processes import blocks_of, in_two

_WORTH_AN_INDEX = 50  # files from which looking them up costs less than reading them
_WORTH_A_CORE = 500  # files to read from which a second process pays
_BLOCK = 50  # files that a process reads before the other's turn


class _Result(msgspec.Struct, frozen=True, array_like=True):
    """A file that was read: its stamp (None if it changed meanwhile), its size, and its header."""

    stamp: Stamp | None
    size: int
    header: Header


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[_Result | None]).decode


class Scan(msgspec.Struct):
    """Summaries of files, in their order; `problems` fills with those that are no recordings.

    `use_index` False does without one; `notes` fills with what there is to say of it.
    """

    files: tuple[Path, ...]
    use_index: bool = True
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
        results = _read_all(self.files)
        for path, result in zip(self.files, results, strict=True):
            if summary := self._summary(path, result):
                yield summary

    def _index(self) -> tuple[list[str], Index[Header]]:
        places = [absolute_path(path) for path in self.files]
        return places, Index({os.path.dirname(place) for place in places}, SUMMARIES)

    def _with_index(self, places: Sequence[str], index: Index[Header]) -> Iterator[Summary]:
        known = [_known(index, path, place) for path, place in zip(self.files, places, strict=True)]
        results = _read_all([path for path, held in zip(self.files, known, strict=True) if held is None])
        for path, place, held in zip(self.files, places, known, strict=True):
            if held is not None:
                yield held
                continue
            result = next(results)
            if result is not None and result.stamp is not None:
                index.put(*os.path.split(place), result.stamp, result.header)
            if summary := self._summary(path, result):
                yield summary
        index.save()
        self.notes += index.problems

    def _summary(self, path: Path, result: _Result | None) -> Summary | None:
        if result is not None:
            return Summary(Ref(path), result.size, result.header)
        from recctl.catalog.preview import summarize_with_preview

        try:
            return summarize_with_preview(path, read(path))
        except Unreadable as error:
            self.problems.append(error)
            return None


def _known(index: Index[Header], path: Path, place: str) -> Summary | None:
    """The summary of a file that is as it was; asked for every file, so that each call counts."""
    try:
        status = os.stat(place)
    except (OSError, ValueError):
        return None
    directory, _, name = place.rpartition(os.sep)
    header = index.get(directory, name, Stamp.of(status))
    return None if header is None else Summary(Ref(path), status.st_size, header)


def _read_all(files: Sequence[Path]) -> Iterator[_Result | None]:
    """What is read of each file, in order; None for one that is to be looked at by itself."""
    if files:
        # Before there are two processes, and only where there is something to read.
        import_module("recctl.catalog.preview")
    if len(files) < _WORTH_A_CORE:
        yield from map(_read_one, files)
        return
    for data in in_two(blocks_of(files, _BLOCK), _read_block):
        yield from _decode(data)


def _read_block(files: Sequence[Path]) -> bytes:
    results = [_read_one(path) for path in files]
    try:
        return _encode(results)
    except (UnicodeEncodeError, OverflowError):  # lone surrogates and long integers cannot be handed over
        return _encode([result if result is None or _is_plain(result) else None for result in results])


def _is_plain(result: _Result) -> bool:
    try:
        return bool(_encode(result))
    except (UnicodeEncodeError, OverflowError):
        return False


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
    return _Result(before if before == after else None, len(raw), summary.header)
