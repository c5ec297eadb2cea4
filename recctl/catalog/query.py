"""Which recordings a listing shows, and in which order."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from recctl.recordings.header import Kind
from recctl.recordings.summary import Summary
from recctl.support.paths import absolute_path

SortKey = Literal["test", "id", "path", "model", "endpoint", "provider", "chunks", "size"]

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
    """A question to a listing; None means anything. Texts match as `matcher` says."""

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
        """Return the summaries that fit, sorted; what has no value to sort by comes last.

        Recordings of one test come in the order of their turns. Other equals stay in the order in
        which they come, which is that of their paths.
        """
        fitting = [summary for summary in summaries if self._fits(summary)]
        if self.sort == "test":
            fitting.sort(key=lambda summary: summary.header.turns)
        order = _ORDERS[self.sort]
        known = [(value, summary) for summary in fitting if (value := order(summary)) is not None]
        known.sort(key=lambda pair: pair[0], reverse=self.reverse)
        return [summary for _, summary in known] + [summary for summary in fitting if order(summary) is None]

    def _fits(self, summary: Summary) -> bool:
        return (
            (self.kind is None or summary.header.kind == self.kind)
            and (self.streaming is None or summary.header.streaming == self.streaming)
            and (not self.errors or summary.header.failed)
            and _matches(self.test, summary.header.test_id, brackets=False)
            and _matches(self.model, summary.header.model)
            and _matches(self.endpoint, summary.header.endpoint)
            and _matches(self.provider, summary.header.provider)
        )


_matchers: dict[tuple[str, bool], Callable[[str], bool]] = {}


def _matches(wanted: str | None, value: str | None, *, brackets: bool = True) -> bool:
    if wanted is None:
        return True
    if value is None:
        return False
    if (wanted, brackets) not in _matchers:
        _matchers[wanted, brackets] = matcher(wanted, brackets=brackets)
    return _matchers[wanted, brackets](value)


def matcher(wanted: str, *, brackets: bool = True) -> Callable[[str], bool]:
    """Return whether a value fits `wanted`, case-insensitive: a glob on the whole value where it holds a
    wildcard, else any part of it.

    Without `brackets`, for test ids, only `*` and `?` are wild, and the glob also fits what stands
    after any `::` or `/`.
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
    # The earliest place where the part before the first star fits leaves the most room for the
    # rest, so that no other has to be tried: it takes no longer for ids full of slashes.
    head = re.compile(r"(?:^|(?<=::)|(?<=/))" + _fixed(first) + ("" if star else r"\Z"), re.DOTALL)
    tail = re.compile(fnmatch.translate(star + rest))

    def fits(value: str) -> bool:
        value = value.lower()
        found = head.search(value)
        return found is not None and tail.match(value, found.end()) is not None

    return fits


def _fixed(part: str) -> str:
    """A part of a glob without stars as a regular expression."""
    return "".join("." if char == "?" else re.escape(char) for char in part.replace("[[]", "["))


FilterName = Literal["test", "model", "endpoint", "provider"]
_NEAR = 3
_CLOSE_ENOUGH = 0.7  # of difflib's ratio
_EVERY_TEST = "test_"


def near_values(query: Query, summaries: Iterable[Summary]) -> dict[FilterName, list[str]]:
    """Return for each filter that no recording fits the values nearest to it; [] where none is near.

    Of test ids it is the name of the function, else of the file.
    """
    found: dict[FilterName, list[str]] = {}
    everything = list(summaries)
    for name, wanted in _texts(query).items():
        values = {value for summary in everything if (value := _VALUES[name](summary)) is not None}
        fits = matcher(wanted, brackets=name != "test")
        if not any(map(fits, values)):
            found[name] = nearest_tests(wanted, values) if name == "test" else _nearest(wanted, values)
    return found


def nearest_tests(wanted: str, test_ids: Iterable[str]) -> list[str]:
    """Return the names of files, classes and functions nearest to what a test id or glob ends with."""
    return _nearest(wanted, _names_in(test_ids))


_VALUES: dict[FilterName, Callable[[Summary], str | None]] = {
    "test": lambda summary: summary.header.test_id,
    "model": lambda summary: summary.header.model,
    "endpoint": lambda summary: summary.header.endpoint,
    "provider": lambda summary: summary.header.provider,
}


def _texts(query: Query) -> dict[FilterName, str]:
    given: dict[FilterName, str | None] = {
        "test": query.test,
        "model": query.model,
        "endpoint": query.endpoint,
        "provider": query.provider,
    }
    return {name: text for name, text in given.items() if text is not None}


def _names_in(test_ids: Iterable[str]) -> set[str]:
    """The files, classes and functions that test ids name, without parameters."""
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
    """A value, and what in it begins at a word and has about the wanted length."""
    starts = [0, *(found.end() for found in re.finditer(r"[_/.:-]+", value))]
    return {value, *(value[start : start + length + extra] for start in starts for extra in (0, 1))} - {""}
