"""Whether the source of a test produces certain words: by strings, templates or data files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from recctl.recordings.summary import Summary
from recctl.suite.dependencies import MAX_FILE_BYTES, Dependencies
from recctl.suite.expectations import Answer
from recctl.suite.modules import syntax_tree
from recctl.suite.node_ids import parse_node_id
from recctl.suite.roots import project_root, test_file_of
from recctl.suite.string_expressions import texts_of

_MAX_DATA_BYTES = 16_000_000  # of all data files of a test


class SourceTexts:
    """The texts that the sources of tests produce, for one run of a command. Each file is read once."""

    def __init__(self) -> None:
        self._dependencies = Dependencies()
        self._texts = lru_cache(maxsize=64)(texts_of)
        self._text = lru_cache(maxsize=128)(_text_of)

    def makes(self, summary: Summary, words: str) -> Answer:
        """Return whether the source of a recording's test produces these words, blanks normalized.

        Strings and templates count, first of the test file, then of conftest.py and what they import from the
        project, last the data files that these name.
        """
        file = test_file_of(summary.path, summary.header.test_id or "")
        module = None if file is None else syntax_tree(file)
        root = project_root(summary.path, parse_node_id(summary.header.test_id or "").file)
        if file is None or module is None or root is None:
            return "unknown"
        own = self._texts((module,))
        if own.contain(words):
            return "yes"
        made = self._texts(self._dependencies.modules(file, root))
        if made.contain(words) or any(words in text for text in self._data_of(file, root)):
            return "yes"
        return "maybe" if own.may_make(words) else "no"

    def _data_of(self, file: Path, root: Path) -> Iterator[str]:
        """Yield the texts of the data files that a test reads, blanks normalized."""
        left = _MAX_DATA_BYTES
        for path in self._dependencies.data_files(file, root):
            try:
                size = os.path.getsize(path)
                left -= size
                if size <= MAX_FILE_BYTES and left >= 0:
                    yield self._text(path)
            except (OSError, ValueError):
                continue


def _text_of(path: Path) -> str:
    text = path.read_text("utf-8", "replace")
    try:
        lines = text.splitlines() if path.suffix == ".jsonl" else [text]
        values = [json.loads(line) for line in lines if line.strip()] if path.suffix[:5] == ".json" else None
    except (ValueError, RecursionError):
        values = None
    if values is None:
        return " ".join(text.replace('\\"', '"').replace("\\n", " ").split())
    return "\0".join(" ".join(each.split()) for each in _strings(values))


def _strings(values: list[object]) -> Iterator[str]:
    pending = list(values)
    while pending:
        value = pending.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
