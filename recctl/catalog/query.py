"""Queries: the recordings that fit filters, in an order; and what is near where none fits."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from recctl.recordings.header import Header, Kind
from recctl.recordings.summary import Summary
from recctl.support.paths import absolute_path

FilterName = Literal["test", "model", "endpoint", "provider"]
SortKey = Literal["test", "id", "path", "model", "endpoint", "provider", "chunks", "size"]

_FILTERED: dict[FilterName, Callable[[Header], str | None]] = {
    "test": lambda header: header.test_id,
    "model": lambda header: header.model,
    "endpoint": lambda header: header.endpoint,
    "provider": lambda header: header.provider,
}
_ORDERS: dict[SortKey, Callable[[Summary], str | int | None]] = {
    "test": lambda summary: summary.header.test_id,
    "id": lambda summary: summary.name.id,
    "path": lambda summary: absolute_path(summary.path),
    "model": lambda summary: summary.header.model,
    "endpoint": lambda summary: summary.header.endpoint,
    "provider": lambda summary: summary.header.provider,
    "chunks": lambda summary: summary.header.chunks,
    "size": lambda summary: summary.size,
}


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Filters of a listing, None for any value, and its order. Texts match as `matcher` says."""

    test: str | None = None
    model: str | None = None
    endpoint: str | None = None
    provider: str | None = None
    kind: Kind | None = None
    streaming: bool | None = None
    errors: bool = False
    sort: SortKey = "test"
    reverse: bool = False

    def select(self, summaries: Iterable[Summary]) -> list[Summary]:
        """Return the summaries that fit, sorted; those without a value to sort by come last.

        Recordings of one test come in the order of their turns. Other equals stay in the order in
        which they come, which is that of their paths.
        """
        filters = list(self._filters())
        fitting = [summary for summary in summaries if all(fits(summary.header) for fits in filters)]
        if self.sort == "test":
            fitting.sort(key=lambda summary: summary.header.turns)
        order = _ORDERS[self.sort]
        known = [(value, summary) for summary in fitting if (value := order(summary)) is not None]
        known.sort(key=lambda pair: pair[0], reverse=self.reverse)
        return [summary for _, summary in known] + [summary for summary in fitting if order(summary) is None]

    def _filters(self) -> Iterator[Callable[[Header], bool]]:
        if self.kind is not None:
            yield lambda header: header.kind == self.kind
        if self.streaming is not None:
            yield lambda header: header.streaming == self.streaming
        if self.errors:
            yield lambda header: header.failed
        for name, wanted in _texts(self).items():
            yield _filter(_FILTERED[name], matcher(wanted, brackets=name != "test"))


def _filter(
    value_of: Callable[[Header], str | None], fits: Callable[[str], bool]
) -> Callable[[Header], bool]:
    return lambda header: (value := value_of(header)) is not None and fits(value)


def matcher(wanted: str, *, brackets: bool = True) -> Callable[[str], bool]:
    """Return a predicate of values that fit `wanted`, in any case.

    With a wildcard it is a glob on the whole value, else any part of it. Without `brackets`, for
    test ids, only `*` and `?` are wild, and the glob may begin after any `::` or `/`.
    """
    pattern = wanted.lower()
    if not any(wild in wanted for wild in ("*?[" if brackets else "*?")):
        return lambda value: pattern in value.lower()
    if not brackets:
        return _test_matcher(pattern.replace("[", "[[]"))
    whole = re.compile(fnmatch.translate(pattern))
    return lambda value: whole.match(value.lower()) is not None


def _test_matcher(pattern: str) -> Callable[[str], bool]:
    first, star, rest = pattern.partition("*")
    # The first match of the part before the first star leaves the most to the rest, so that no other
    # has to be tried: ids full of slashes take no longer.
    head = re.compile(r"(?:^|(?<=::)|(?<=/))" + _fixed(first) + ("" if star else r"\Z"), re.DOTALL)
    tail = re.compile(fnmatch.translate(star + rest))

    def fits(value: str) -> bool:
        value = value.lower()
        found = head.search(value)
        return found is not None and tail.match(value, found.end()) is not None

    return fits


def _fixed(part: str) -> str:
    """Return the regular expression of a part of a glob without stars."""
    return "".join("." if char == "?" else re.escape(char) for char in part.replace("[[]", "["))


_NEAR = 3
_CLOSE_ENOUGH = 0.7  # of difflib's ratio
_EVERY_TEST = "test_"


def near_values(query: Query, summaries: Iterable[Summary]) -> dict[FilterName, list[str]]:
    """Return the values nearest to each filter that no recording fits; [] where none is near.

    For test ids these are names of functions, classes or files.
    """
    found: dict[FilterName, list[str]] = {}
    everything = list(summaries)
    for name, wanted in _texts(query).items():
        values = {value for summary in everything if (value := _FILTERED[name](summary.header)) is not None}
        fits = matcher(wanted, brackets=name != "test")
        if not any(map(fits, values)):
            found[name] = nearest_tests(wanted, values) if name == "test" else _nearest(wanted, values)
    return found


def nearest_tests(wanted: str, test_ids: Iterable[str]) -> list[str]:
    """Return the names of files, classes and functions nearest to what a test id or glob ends with."""
    return _nearest(wanted, _names_in(test_ids))


def _texts(query: Query) -> dict[FilterName, str]:
    return {name: text for name in _FILTERED if (text := getattr(query, name)) is not None}


def _names_in(test_ids: Iterable[str]) -> set[str]:
    """Return the files, classes and functions that test ids name, without parameters."""
    names = set()
    for test_id in test_ids:
        file, *inner = test_id.partition("[")[0].split("::")
        names |= {file.rpartition("/")[2], *inner}
    return names


def _nearest(wanted: str, values: Iterable[str]) -> list[str]:
    import difflib  # only where nothing fits

    parts = re.split(r"::|/", re.sub(r"[*?]", "", wanted.partition("[")[0]).lower())
    plain = next(filter(None, reversed(parts)), "").removeprefix(_EVERY_TEST)
    pieces: dict[str, list[str]] = {}
    for value in sorted(values):
        for piece in _pieces(value.lower().removeprefix(_EVERY_TEST), len(plain)):
            pieces.setdefault(piece, []).append(value)
    near = difflib.get_close_matches(plain, pieces, _NEAR, _CLOSE_ENOUGH)
    return list(dict.fromkeys(value for piece in near for value in pieces[piece]))[:_NEAR]


def _pieces(value: str, length: int) -> set[str]:
    """Return a value, and those parts of it that begin at a word and have about the wanted length."""
    starts = [0, *(found.end() for found in re.finditer(r"[_/.:-]+", value))]
    return {value, *(value[start : start + length + extra] for start in starts for extra in (0, 1))} - {""}
