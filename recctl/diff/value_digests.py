"""Digests of JSON values: equal if and only if the JSON texts are, with keys in any order."""

from __future__ import annotations

import json
from hashlib import blake2b

from recctl.support.jsonvalue import Json

_BYTES = 20


class Digests:
    """The digests of JSON values, each computed once at whatever depth it occurs."""

    def __init__(self) -> None:
        self._cache: dict[int, tuple[Json, bytes]] = {}

    def of(self, value: Json) -> bytes:
        """Return the digest of a value. 1 and 1.0 have different ones: their JSON texts differ."""
        if not isinstance(value, dict | list):
            return _digest(b"", json.dumps(value).encode())
        cached = self._cache.get(id(value))
        if cached is None:
            # Keep the value, so that no other object can get its id.
            cached = self._cache[id(value)] = value, self._of_container(value)
        return cached[1]

    def _of_container(self, value: Json) -> bytes:
        if isinstance(value, list):
            return _digest(b"[", b"".join(map(self.of, value)))
        parts = (self.of(part) for key in sorted(value) for part in (key, value[key]))
        return _digest(b"{", b"".join(parts))


def _digest(kind: bytes, content: bytes) -> bytes:
    return blake2b(content, digest_size=_BYTES, person=kind).digest()
