"""Which ids an answer leaves behind that a later request of its test carries on."""

from __future__ import annotations

import json
from pathlib import Path

from recctl.errors import Unreadable
from recctl.families import Families
from recctl.recording import load


class Chains:
    """Which ids the requests of a test carry on; changing one of those would break its replay."""

    def __init__(self, families: Families) -> None:
        self._families = families
        self._requests: dict[Path, str] = {}

    def carried(self, values: set[str], path: Path, test_id: str | None) -> set[str]:
        """Those of the values that another recording of the same test has in its request."""
        if not any(values):
            return set()
        requests = [self._request(other) for other in self._families.of(path, test_id)]
        return {
            value
            for value in values
            if value and any(json.dumps(value)[1:-1] in request for request in requests)
        }

    def _request(self, path: Path) -> str:
        if path not in self._requests:
            try:
                # Dumped anew, so that one spelling of every character is enough to look for.
                self._requests[path] = json.dumps(load(path).request)
            except Unreadable:
                self._requests[path] = ""
        return self._requests[path]
