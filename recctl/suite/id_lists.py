"""Liveness by lists of node ids, one a line, as `pytest --collect-only -q` prints them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from recctl.recordings.summary import Summary
from recctl.suite.liveness import LIVE, Liveness, LivenessSource, stale, unjudged
from recctl.suite.node_ids import is_among, parse_node_id, with_and_without_groups
from recctl.suite.roots import Locator
from recctl.support.errors import RecctlError

STDIN = "-"
_HINT = "write one test id a line, as pytest --collect-only -q prints them"
_MAX_QUOTED = 100
# What pytest prints besides node ids if nothing went wrong.
_CLEAN = re.compile(
    r"=* ?(?:\d+ tests? collected(?:, )?)?(?:\d+ warnings?)?(?: in [\d.]+s(?: \([\d:]+\))?)? ?=*"
)
_WARNINGS = re.compile(r"=+ warnings summary\b")
_END_OF_WARNINGS = "-- Docs: "
_FAILED = re.compile(
    r"^ERROR |Interrupted|\b\d+ errors?\b|deselected|no tests (?:collected|ran)|^Traceback \(most recent call"
)
# The outcome after a node id, in the output of a test run.
_OUTCOMES = frozenset(("PASSED", "FAILED", "SKIPPED", "ERROR", "XFAIL", "XPASS"))
_OUTCOME_WITH_REASON = re.compile(rf" (?:{'|'.join(sorted(_OUTCOMES))}) \(")
_SUFFIX = re.compile(r"\.\w+$")


def listed_tests(sources: Iterable[str]) -> frozenset[str]:
    """Return the test ids in files, or on stdin for `-`.

    Raises RecctlError for a list that is empty or unreadable, or is the output of a failed or narrowed
    collection.
    """
    ids: set[str] = set()
    for source in sources:
        found = set(_ids_in(source, _text(source)))
        if not found:
            raise RecctlError(f"{source}: contains no test ids", _HINT)
        ids |= found
    return frozenset(ids)


def liveness_by_list(ids: frozenset[str]) -> LivenessSource:
    """Return the source by which a test is live if it is listed, and unjudged if its file is not known."""
    locator = Locator()
    known = with_and_without_groups(ids)

    def liveness(summary: Summary) -> Liveness:
        if is_among(summary.header.test_id or "", known):
            return LIVE
        locations = locator.locations(summary.path, parse_node_id(summary.header.test_id or "").file)
        unknown = next((location.reason for location in locations if location.state == "unknown"), None)
        if unknown is None and len(locations) > 1 and all(one.state == "absent" for one in locations):
            unknown = f"its file may belong to {locations[0].root} or to {locations[1].root}"
        # Output of a test module without a line break precedes a node id.
        if unknown is None and any(listed.endswith(summary.header.test_id or "") for listed in ids):
            unknown = "a line of the list ends with its test id"
        return stale("its test is not in the list") if unknown is None else unjudged(unknown)

    return liveness


def _ids_in(source: str, text: str) -> Iterator[str]:
    among_warnings = False
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip("\r")
        if among_warnings or _WARNINGS.match(line):
            among_warnings = not line.startswith(_END_OF_WARNINGS)
        elif _is_test_id(line):
            yield line
        elif line.strip() and not line.startswith("#") and not _CLEAN.fullmatch(line):
            quoted = line if len(line) <= _MAX_QUOTED else f"{line[:_MAX_QUOTED]}…"
            failed = _FAILED.search(line) is not None
            why = "is of a collection that failed or left tests out" if failed else "is not a test id"
            raise RecctlError(f"{source}: line {number} {why}: {quoted}", _HINT)


def _has_outcome(line: str) -> bool:
    """Return whether a line ends with an outcome, perhaps with a reason in parentheses and a percentage."""
    text = line
    head, bracket, percentage = line.rpartition("[")
    if (
        bracket
        and head.endswith(" ")
        and percentage.endswith("%]")
        and percentage[:-2].lstrip(" ").isdecimal()
    ):
        text = head.rstrip(" ")
    if text.endswith(")"):
        return bool(_OUTCOME_WITH_REASON.search(text))
    _, space, word = text.rpartition(" ")
    return bool(space) and word in _OUTCOMES


def _is_test_id(line: str) -> bool:
    file, colons, name = line.partition("::")
    if not colons or not file or not name or file != file.lstrip() or _has_outcome(line):
        return False
    first, _, rest = file.partition(" ")
    # A directory with a blank in its name, or a word of pytest followed by a node id.
    return not rest or (bool(_SUFFIX.search(file)) and not first.isupper() and not first.endswith(":"))


def _text(source: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if source == STDIN else Path(source).read_bytes()
        return raw.decode().removeprefix("\ufeff")
    except (OSError, AttributeError) as error:  # stdin may be closed
        why = getattr(error, "strerror", None) or "stdin is closed"
        raise RecctlError(f"{source}: cannot be read: {why}", _HINT) from None
    except UnicodeDecodeError:
        raise RecctlError(f"{source}: is not UTF-8", _HINT) from None
