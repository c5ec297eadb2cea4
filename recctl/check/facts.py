"""Facts kept per recording once its bytes are dropped, for the rules that compare recordings."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from recctl.check.context import Context
from recctl.check.fingerprint import request_shape
from recctl.check.turn_links import TurnLinks, turn_links
from recctl.edit.normalize import changes_in
from recctl.recordings.ogx.hash_rules import NameStatus
from recctl.recordings.ref import Ref
from recctl.recordings.summary import Summary


class Unnormalized(msgspec.Struct, frozen=True):
    """Values of a response that are not normalized: their field, the value if it is an id, how many."""

    field: str
    id: str | None
    count: int


class Facts(msgspec.Struct, frozen=True):
    """Facts of a recording.

    `hash` is that of the request by the rule in force, `status` how the file's name fits it; `shape` is the
    same for two near-duplicates.
    """

    summary: Summary
    status: NameStatus
    hash: str | None
    links: TurnLinks
    shape: str
    unnormalized: tuple[Unnormalized, ...]

    @property
    def ref(self) -> Ref:
        """The recording."""
        return self.summary.ref

    @property
    def path(self) -> Path:
        """The file that holds the recording."""
        return self.summary.ref.path

    @property
    def is_dead(self) -> bool:
        """Whether RC101 or RC102 reports that no replay finds it; False where there is no hash rule."""
        return self.status in ("edited", "superseded", "ahead")


def facts_of(context: Context) -> Facts:
    """Return the facts of a recording."""
    summary, fit = context.summary, context.fit
    links = turn_links(summary.header.kind, context.request)
    shape = request_shape(summary, context.request)
    return Facts(summary, fit.status, fit.hash, links, shape, _unnormalized(context))


def _unnormalized(context: Context) -> tuple[Unnormalized, ...]:
    changes = changes_in(context.path, context.raw, rule=context.settings.hash_rule)
    values = Counter((str(one.path[-1]), str(one.old) if one.is_id else None) for one in changes)
    return tuple(Unnormalized(field, value, count) for (field, value), count in values.items())
