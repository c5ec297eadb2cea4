"""The nearest siblings among real recordings."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

import pytest

from recctl.catalog.find import find
from recctl.catalog.scan import scan
from recctl.diff.changes import changes
from recctl.diff.comparison import request_view
from recctl.diff.nearest import nearest
from recctl.recordings.recording import load
from recctl.recordings.summary import Summary
from recctl.support.errors import separate
from tests.diff.applying import applied, spelled
from tests.helpers import FUZZ

CORPUS = os.environ.get("RECCTL_CORPUS")
pytestmark = pytest.mark.skipif(not CORPUS, reason="RECCTL_CORPUS names no directory of real recordings")

# Of every so-many-th recording the nearest one is looked for, among all.
SHARE = 4 if FUZZ <= 1 else 1


@pytest.fixture(scope="module")
def summaries() -> list[Summary]:
    return separate(scan(find([Path(CORPUS or "")]).files))[0]


def test_a_recording_of_a_test_with_several_calls_of_its_sort_has_a_sibling_of_that_test(
    summaries: list[Summary],
) -> None:
    calls: dict[tuple[object, ...], list[Summary]] = defaultdict(list)
    for summary in summaries:
        if summary.header.test_id is not None:
            calls[summary.header.test_id, summary.header.kind, summary.header.endpoint].append(summary)
    several = [summary for group in calls.values() if len(group) > 1 for summary in group]
    assert several
    for summary in several[::SHARE]:
        found = nearest(load(summary.ref), summaries)[0]
        assert (found.relation, found.recording.header.test_id) == ("test", summary.header.test_id)
        assert found.recording.summary.path != summary.path


@pytest.mark.slow
def test_no_model_list_nor_embedding_is_near_to_what_goes_to_another_endpoint(
    summaries: list[Summary],
) -> None:
    found = [(summary, near) for summary in summaries for near in nearest(load(summary.ref), summaries, 1)]
    others = [
        (summary, near.recording.summary)
        for summary, near in found
        if near.recording.header.endpoint != summary.header.endpoint
    ]
    elsewhere = ("/models", "/tags", "/ps", "/show", "/embeddings", "/embed", "/moderations", "/rerank")
    assert others
    assert [
        pair for pair in others if any((each.header.endpoint or "").endswith(elsewhere) for each in pair)
    ] == []


@pytest.mark.slow
def test_a_recording_of_no_test_has_one_of_its_endpoint_and_model(summaries: list[Summary]) -> None:
    places: dict[tuple[object, ...], list[Summary]] = defaultdict(list)
    for summary in summaries:
        places[summary.header.kind, summary.header.endpoint, summary.header.model].append(summary)
    alone = [summary for summary in summaries if summary.header.test_id is None]
    assert alone
    for summary in alone:
        found = nearest(load(summary.ref), summaries)
        place = places[summary.header.kind, summary.header.endpoint, summary.header.model]
        assert [each.relation for each in found] == ["endpoint"] * min(len(place) - 1, 4)
        assert {each.recording.summary.path for each in found} <= {each.path for each in place}


def test_the_changes_to_a_sibling_make_its_request_of_the_own(summaries: list[Summary]) -> None:
    for summary in summaries[::SHARE]:
        recording = load(summary.ref)
        for sibling in nearest(recording, summaries, count=1):
            old, new = request_view(recording), request_view(sibling.recording)
            assert spelled(applied(old, changes(old, new))) == spelled(new)
