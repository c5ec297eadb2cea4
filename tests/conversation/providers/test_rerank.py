"""Rerank answers: their scores, best first, as lines of text."""

from __future__ import annotations

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Choice, Transcript
from recctl.support.jsonvalue import Json

RESULTS = [{"index": 1, "relevance_score": 0.96}, {"index": 0, "relevance_score": 0.08}]
SCORES = "document 1: 0.96\ndocument 0: 0.08"


def answer(text: str) -> Transcript:
    return Transcript("rerank", (Choice(0, text=text),))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"results": RESULTS}, answer(SCORES), id="results"),
        pytest.param({"data": RESULTS}, answer(SCORES), id="data"),
        pytest.param(
            {"rankings": [{"index": 1, "logit": -2.5}]}, answer("document 1: -2.5"), id="logits instead"
        ),
        pytest.param(
            {"__type__": "x.RerankResponse", "__data__": {"results": RESULTS}}, answer(SCORES), id="by class"
        ),
        pytest.param({"__type__": "x.RerankResponse", "__data__": {}}, answer(""), id="no results"),
        pytest.param(
            {"results": [*RESULTS, {"relevance_score": 0}]},
            answer(f"{SCORES}\ndocument None: 0"),
            id="a result without index",
        ),
    ],
)
def test_scores(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


def test_usage_is_kept() -> None:
    usage = {"prompt_tokens": 18, "total_tokens": 18}
    assert assemble({"results": RESULTS, "usage": usage}).usage == usage
