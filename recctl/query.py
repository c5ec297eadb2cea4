"""Which recordings a listing shows, and in which order."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from recctl.paths import absolute_path
from recctl.summary import Kind, Summary

SortKey = Literal["test", "id", "path", "model", "endpoint", "provider", "chunks", "size"]

_ORDERS: dict[SortKey, Callable[[Summary], str | int | None]] = {
    "test": lambda summary: summary.test_id,
    "id": lambda summary: summary.name.id,
    "path": lambda summary: absolute_path(summary.path),
    "model": lambda summary: summary.model,
    "endpoint": lambda summary: summary.endpoint,
    "provider": lambda summary: summary.provider,
    "chunks": lambda summary: summary.chunks,
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
        """The summaries that fit, sorted; what has no value to sort by comes last.

        Equals stay in the order in which they come, which is that of their paths.
        """
        fitting = [summary for summary in summaries if self._fits(summary)]
        order = _ORDERS[self.sort]
        known = [(value, summary) for summary in fitting if (value := order(summary)) is not None]
        known.sort(key=lambda pair: pair[0], reverse=self.reverse)
        return [summary for _, summary in known] + [summary for summary in fitting if order(summary) is None]

    def _fits(self, summary: Summary) -> bool:
        return (
            (self.kind is None or summary.kind == self.kind)
            and (self.streaming is None or summary.streaming == self.streaming)
            and (not self.errors or summary.failed)
            and _matches(self.test, summary.test_id, brackets=False)
            and _matches(self.model, summary.model)
            and _matches(self.endpoint, summary.endpoint)
            and _matches(self.provider, summary.provider)
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
    """Whether a value fits `wanted`, case-insensitive: a glob on the whole value where it holds a
    wildcard, else any part of it. Without `brackets` only `*` and `?` are wild, for values full of `[`.
    """
    pattern = wanted.lower()
    if not brackets:
        pattern = pattern.replace("[", "[[]")
    if not any(wild in wanted for wild in ("*?[" if brackets else "*?")):
        plain = wanted.lower()
        return lambda value: plain in value.lower()
    expression = re.compile(fnmatch.translate(pattern))
    return lambda value: expression.match(value.lower()) is not None
