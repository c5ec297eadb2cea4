"""The requests of many recordings as text: from the index where a file did not change, else read."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from recctl.catalog.index import REQUESTS, Index, Stamp
from recctl.recordings.ogx.outline import NotPlain, read_request
from recctl.recordings.recording import parse
from recctl.support.configuration import NO_CACHE_VARIABLE
from recctl.support.errors import RecctlError, Unreadable
from recctl.support.jsonvalue import MOST_BYTES, loads

_WORTH_AN_INDEX = 50  # files from which looking them up costs less than reading them
_FAST = 1  # zlib's level: requests are text, which shrinks to a third all the same


class RequestTexts(msgspec.Struct):
    """The JSON text of each request by absolute path, all in one spelling; empty where there is none.

    `notes` fills with what there is to say of the index.
    """

    paths: Sequence[str]
    notes: list[str] = msgspec.field(default_factory=list)

    def read(self) -> dict[str, str]:
        """Return the text for each path."""
        index = self._index()
        if index is None:
            return {path: _read(path)[1] for path in self.paths}
        texts = {path: _text(index, path) for path in self.paths}
        index.save()
        self.notes += index.problems
        return texts

    def _index(self) -> Index[bytes] | None:
        if len(self.paths) < _WORTH_AN_INDEX or os.environ.get(NO_CACHE_VARIABLE):
            return None
        try:
            return Index(_directories(self.paths), REQUESTS)
        except RecctlError as error:
            self.notes.append(f"{error.message}; going on without it")
            return None


def _directories(paths: Iterable[str]) -> set[str]:
    return {os.path.dirname(path) for path in paths}


def _text(index: Index[bytes], path: str) -> str:
    """The text of a request; asked for every file, so that each call counts."""
    directory, _, name = path.rpartition(os.sep)
    try:
        kept = index.get(directory, name, Stamp.of(os.stat(path)))
        if kept is not None:
            return zlib.decompress(kept).decode("ascii")
    except (OSError, ValueError, zlib.error):
        pass
    stamp, text = _read(path)
    if stamp is not None:
        index.put(directory, name, stamp, zlib.compress(text.encode("ascii"), _FAST))
    return text


def _read(path: str) -> tuple[Stamp | None, str]:
    """The stamp of a file (None if it changed as it was read) and the text of its request."""
    try:
        # Not to wait for a writer, should the file have become a pipe.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            if status.st_size > MOST_BYTES:
                return None, ""
            raw = file.readall()
            after = Stamp.of(os.fstat(file.fileno()))
    except (OSError, ValueError):
        return None, ""
    before = Stamp.of(status)
    return before if before == after else None, _request_text(path, raw)


def _request_text(path: str, raw: bytes) -> str:
    # Dumped anew, so that one spelling of every character is enough to look for.
    try:
        return json.dumps(loads(read_request(raw)))
    except (NotPlain, ValueError, RecursionError):
        try:
            return json.dumps(parse(Path(path), raw).request)
        except Unreadable:
            return ""
