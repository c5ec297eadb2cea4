"""The requests of many files as text: from the index where a file did not change, else read."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Sequence
from pathlib import Path

from recctl.catalog.index import REQUESTS, Index, Stamp, open_index, read_stamped
from recctl.recordings.ogx.outline import NotPlain, read_request
from recctl.recordings.recording import parse
from recctl.support.configuration import NO_CACHE_VARIABLE
from recctl.support.errors import Unreadable, Warn, no_warning
from recctl.support.jsonvalue import loads

_FAST = 1  # zlib's level, enough to shrink text to a third


def request_texts(paths: Sequence[str], warn: Warn = no_warning) -> dict[str, str]:
    """Return the JSON text of each request by the absolute path of its file, with ASCII escapes.

    Empty where there is none. `warn` gets a line for whatever keeps the index from being used.
    """
    index = None if os.environ.get(NO_CACHE_VARIABLE) else open_index(paths, REQUESTS, warn)
    if index is None:
        return {path: _read(path)[1] for path in paths}
    texts = {path: _text(index, path) for path in paths}
    index.save()
    return texts


def _text(index: Index[bytes], path: str) -> str:
    """Return the text of a request; called for every file, so that each call counts."""
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
    """Return the stamp of a file (None if it changed while it was read) and the text of its request."""
    try:
        stamped = read_stamped(path)
    except (OSError, ValueError):
        stamped = None
    return (None, "") if stamped is None else (stamped.stamp, _request_text(path, stamped.raw))


def _request_text(path: str, raw: bytes) -> str:
    # Serialized again, so that every character is written in one way only.
    try:
        return json.dumps(loads(read_request(raw)))
    except (NotPlain, ValueError, RecursionError):
        try:
            return json.dumps(parse(Path(path), raw).request)
        except Unreadable:
            return ""
