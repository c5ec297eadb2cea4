"""RC301: requests that repeat what no recording of their test produces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from recctl.check.facts import Facts
from recctl.check.related import Related
from recctl.check.rules.rule import Rule, Violation

_MOST_SHOWN = 40  # characters of an answer
_GROUP_OF_CALLS = "have a tool call that no recording of the test made"
_GROUP_OF_ANSWERS = "have an answer that no recording of the test gave"


class _Unproduced(msgspec.Struct, frozen=True):
    """Something that a request repeats and no recording produces: a call id or a text, and how to say it."""

    value: str
    message: str
    group_message: str


def _broken_chain(facts: Facts, related: Related) -> Iterator[Violation]:
    """Yield the first thing that a request repeats and that neither a recording nor the test produces."""
    if not facts.links or facts.summary.header.test_id is None:
        return
    for one in _unproduced(facts, related, related.of_same_test(facts)):
        made = related.source_texts.makes(facts.summary, one.value)
        if made != "yes":
            lead = "probably dead" if made == "no" else "may be dead"
            yield Violation(f"{lead}: {one.message}", group_message=one.group_message)
            return


def is_reachable(facts: Facts, related: Related) -> bool:
    """Return whether the test, or recordings that are not dead, produce all that a request repeats."""
    if not facts.links:
        return True
    others = [other for other in related.of_same_test(facts) if not other.is_dead]
    return all(
        related.source_texts.makes(facts.summary, one.value) == "yes"
        for one in _unproduced(facts, related, others)
    )


def _unproduced(facts: Facts, related: Related, others: Iterable[Facts]) -> Iterator[_Unproduced]:
    """Yield what a request repeats and none of the others produces."""
    offers = [related.offer(other) for other in others]
    for call_id in facts.links.call_ids:
        if not any(call_id in offer.call_ids for offer in offers):
            message = f"its request contains {call_id}, which no recording of its test made"
            yield _Unproduced(call_id, message, _GROUP_OF_CALLS)
    for text in facts.links.texts:
        if not any(offer.has_text(text) for offer in offers):
            quoted = f'"{_shortened(text)}"'
            message = f"its request contains the answer {quoted}, which no recording of its test gave"
            yield _Unproduced(text, message, _GROUP_OF_ANSWERS)


def _shortened(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN].rstrip()}…"


BROKEN_CHAIN = Rule(
    "RC301",
    "broken-chain",
    "warning",
    meaning="The request contains a tool call or an answer of the model that no other recording of the "
    "same test produces, and that is not in the source of the test either. Searched are the test file, the "
    "modules of the project that it imports, their data files, and conftest.py. The message says "
    '"may be dead" if there is no test file, or if it builds texts in a way that recctl does not follow.',
    why="In a replay every answer comes from a recording. A request that repeats an answer which no "
    "recording gives any more is never made: the recording is probably dead.",
    how_to_fix="Compare it with the others of its test (recctl ls --test NAME, recctl diff REF), and delete "
    "it if a live recording has replaced it.",
    needs_document=False,
    check_related=_broken_chain,
)

RULES = (BROKEN_CHAIN,)
