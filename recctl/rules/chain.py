"""RC301: requests that carry on what no recording of their test produces."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.rules.rule import Note, Rule
from recctl.rules.seen import Seen
from recctl.rules.siblings import Siblings

_SHOWN_WORDS = 40


def _broken_chain(seen: Seen, siblings: Siblings) -> Iterator[Note]:
    if not seen.carried or seen.summary.test_id is None:
        return
    from recctl.live.expectations import is_in_source  # few requests carry anything on

    produced = [siblings.produced(other) for other in siblings.of_test(seen)]
    for carried in seen.carried.ids:
        if not any(carried in one.ids for one in produced) and not is_in_source(seen.summary, carried):
            yield Note(f"probably dead: its request carries {carried}, which no recording of its test made")
            return
    for words in seen.carried.answers:
        if not any(one.answered(words) for one in produced) and not is_in_source(seen.summary, words):
            shown = words if len(words) <= _SHOWN_WORDS else f"{words[:_SHOWN_WORDS].rstrip()}…"
            what = f'its request carries the answer "{shown}"'
            yield Note(f"probably dead: {what}, which no recording of its test gave")
            return


BROKEN_CHAIN = Rule(
    "RC301",
    "broken-chain",
    "warning",
    meaning="The request carries on a tool call or an answer of the model that no other recording of the "
    "same test produces, and that the test file does not hold either.",
    why="In a replay every answer comes from a recording. A turn that builds on an answer which no recording "
    "gives any more cannot be reached: the recording is probably dead.",
    mend="Compare it with the others of its test (recctl ls --test NAME, recctl diff REF), and delete it if "
    "a later recording took its place.",
    needs_all=False,
    look_around=_broken_chain,
)

RULES = (BROKEN_CHAIN,)
