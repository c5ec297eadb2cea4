"""RC301: requests that carry on what no recording of their test produces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from recctl.check.facts import Seen
from recctl.check.rules.rule import Note, Rule
from recctl.check.same_test import Siblings

_SHOWN_WORDS = 40
_MANY_CALLS = "carry a tool call that no recording of the test made"
_MANY_ANSWERS = "carry an answer that no recording of the test gave"


def broken_chain(seen: Seen, siblings: Siblings) -> Iterator[Note]:
    """Yield the first thing that a request carries on and that neither a recording nor the test made."""
    if not seen.carried or seen.summary.header.test_id is None:
        return
    for what, carried, many in _unproduced(seen, siblings, siblings.of_test(seen)):
        made = siblings.source_texts.makes(seen.summary, carried)
        if made != "yes":
            lead = "probably dead" if made == "no" else "may be dead"
            yield Note(f"{lead}: its request carries {what}", many=many)
            return


def is_reachable(seen: Seen, siblings: Siblings) -> bool:
    """Whether what a request carries on is made by the test, or by recordings that are not dead."""
    if not seen.carried:
        return True
    others = [other for other in siblings.of_test(seen) if not other.is_dead]
    unproduced = (carried for _, carried, _ in _unproduced(seen, siblings, others))
    return all(siblings.source_texts.makes(seen.summary, carried) == "yes" for carried in unproduced)


def _unproduced(seen: Seen, siblings: Siblings, others: Iterable[Seen]) -> Iterator[tuple[str, str, str]]:
    """What a request carries on and none of the others produces: in words, itself, and for many."""
    produced = [siblings.produced(other) for other in others]
    for carried in seen.carried.ids:
        if not any(carried in one.ids for one in produced):
            yield f"{carried}, which no recording of its test made", carried, _MANY_CALLS
    for words in seen.carried.answers:
        if not any(one.answered(words) for one in produced):
            yield (
                f'the answer "{_shortened(words)}", which no recording of its test gave',
                words,
                _MANY_ANSWERS,
            )


def _shortened(words: str) -> str:
    return words if len(words) <= _SHOWN_WORDS else f"{words[:_SHOWN_WORDS].rstrip()}…"


BROKEN_CHAIN = Rule(
    "RC301",
    "broken-chain",
    "warning",
    meaning="The request carries on a tool call or an answer of the model that no other recording of the "
    "same test produces, and that the source of the test does not make either. What is looked at is the test "
    "file, the modules of the project that it imports, their data files, and conftest.py. The message says "
    '"may be dead" where there is no test file, or where that puts answers together in ways not followed.',
    why="In a replay every answer comes from a recording. A turn that builds on an answer which no recording "
    "gives any more cannot be reached: the recording is probably dead.",
    fix="Compare it with the others of its test (recctl ls --test NAME, recctl diff REF), and delete it if "
    "a live recording took its place.",
    needs_all=False,
    look_around=broken_chain,
)

RULES = (BROKEN_CHAIN,)
