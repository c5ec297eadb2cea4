"""Digests of JSON values: equal exactly where the JSON texts are, keys in any order."""

from __future__ import annotations

import json
from hashlib import blake2b

from recctl.support.jsonvalue import Json

_BYTES = 20


class Digests:
    """The digests of values, each computed once, however deep it lies."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Json, bytes]] = {}

    def of(self, value: Json) -> bytes:
        """The digest of a value. 1 and 1.0 have different ones, for they hash differently."""
        if not isinstance(value, dict | list):
            return _digest(b"", json.dumps(value).encode())
        known = self._known.get(id(value))
        if known is None:
            # The value is kept, so that no other one gets its id.
            known = self._known[id(value)] = value, self._of_container(value)
        return known[1]

    def _of_container(self, value: Json) -> bytes:
        if isinstance(value, list):
            return _digest(b"[", b"".join(map(self.of, value)))
        parts = (self.of(part) for key in sorted(value) for part in (key, value[key]))
        return _digest(b"{", b"".join(parts))


def _digest(sort: bytes, content: bytes) -> bytes:
    return blake2b(content, digest_size=_BYTES, person=sort).digest()
