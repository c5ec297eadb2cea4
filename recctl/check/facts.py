"""What is kept of a recording once its bytes are let go, for the rules that look at several."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

from recctl.check.context import Subject
from recctl.check.fingerprint import place_of
from recctl.check.turn_links import Carried, carried_by
from recctl.recordings.ogx.hash_rules import NameStatus
from recctl.recordings.ogx.normalized import due_values, is_normalized
from recctl.recordings.recording import Recording
from recctl.recordings.ref import Ref
from recctl.recordings.summary import Summary
from recctl.support.jsonvalue import Json, as_object, loads

_NO_MAPPING = b'"id_normalization_mapping": {}\n}\n'


class Due(msgspec.Struct, frozen=True):
    """Values of a response that the recorder would have normalized: their key, how many, and an id itself."""

    field: str
    id: str | None
    count: int


class Seen(msgspec.Struct, frozen=True):
    """What is kept of a recording.

    `hash` is the request hash by the rule in force, `place` what two near-duplicates share.
    """

    summary: Summary
    standing: NameStatus
    hash: str | None
    carried: Carried
    place: str
    due: tuple[Due, ...]

    @property
    def ref(self) -> Ref:
        """Which recording it is."""
        return self.summary.ref

    @property
    def path(self) -> Path:
        """The file that holds it."""
        return self.summary.path

    @property
    def is_dead(self) -> bool:
        """Whether no replay finds it, which RC101 or RC102 reports; what has no hash rule is not dead."""
        return self.standing in ("edited", "superseded", "ahead")


def seen_of(subject: Subject) -> Seen:
    """What is kept of a recording."""
    summary, fit = subject.summary, subject.fit
    carried = carried_by(summary.header.kind, subject.request)
    place = place_of(summary, subject.request)
    return Seen(summary, fit.status, fit.hash, carried, place, _due(subject))


def _due(subject: Subject) -> tuple[Due, ...]:
    own, of_models = subject.summary.name.id, subject.settings.hash_rule.normalizes_models
    if is_normalized(subject.raw, own, of_models):
        return ()
    values = due_values(_recorded_body(subject.recording), own, of_models)
    ids = ((field, value if field == "id" and isinstance(value, str) else None) for field, value in values)
    return tuple(Due(field, value, count) for (field, value), count in Counter(ids).items())


def _recorded_body(recording: Recording) -> Json:
    """The response body as it stands in the file, ids not yet replaced as a replay does it."""
    if recording.raw.endswith(_NO_MAPPING):
        return recording.response.get("body")
    return as_object(as_object(loads(recording.raw)).get("response")).get("body")
