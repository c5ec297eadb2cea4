"""The nearest sibling of a recording: by its test, its test function, its endpoint; then by the request."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from recctl.catalog.find import find
from recctl.catalog.scan import scan
from recctl.diff.nearest import Neighbor, function_of, nearest
from recctl.recordings.recording import load
from recctl.recordings.ref import Ref
from recctl.support.errors import separate
from tests.helpers import chat, put
from tests.samples.builder import Recording, inference, tool, typed, whole

FERRY = "tests/test_trip.py::test_ferry"
ASKED = "When does the last ferry to Inishmore leave on a Sunday in the winter?"


def siblings(directory: Path, wanted: Path) -> list[Neighbor]:
    """The nearest of all recordings in the directory."""
    return nearest(load(Ref(wanted)), separate(scan(find([directory]).files))[0])


def names(found: list[Neighbor]) -> list[str]:
    return [sibling.recording.summary.path.name for sibling in found]


def ferry(prompt: str = ASKED, test_id: str | None = FERRY, **more: str) -> Recording:
    return chat(prompt=prompt, test_id=test_id, **more)


# The strongest first: a request that is the same but for its test, of each tie.
TIES: dict[str, Recording] = {
    "test": ferry("Something else altogether"),
    "function": ferry(test_id=f"{FERRY}[winter]"),
    "endpoint": ferry(test_id="tests/test_trip.py::test_bus"),
}


@pytest.mark.parametrize("first", range(len(TIES)))
def test_the_strongest_tie_wins_however_near_the_others_are(tmp_path: Path, first: int) -> None:
    ties = list(TIES)[first:]
    wanted = put(tmp_path, ferry())
    paths = [put(tmp_path, TIES[tie]) for tie in ties]
    found = siblings(tmp_path, wanted)
    assert [(sibling.relation, sibling.recording.summary.path) for sibling in found] == [(ties[0], paths[0])]


def test_parameters_are_no_part_of_the_function() -> None:
    assert function_of(f"{FERRY}[txt=openai/gpt-4o::x]") == FERRY
    assert function_of(FERRY) == FERRY


def test_a_test_with_other_parameters_is_a_sibling_by_function(tmp_path: Path) -> None:
    wanted = put(tmp_path, ferry(test_id=f"{FERRY}[summer]"))
    near = put(tmp_path, ferry(test_id=f"{FERRY}[winter]"))
    put(tmp_path, ferry(test_id=f"{FERRY}_more[summer]"))
    found = siblings(tmp_path, wanted)
    assert [(sibling.relation, sibling.recording.summary.path) for sibling in found] == [("function", near)]


OTHERS: dict[str, Recording] = {
    "nothing else": ferry(),
    "another model": ferry(test_id=None, model="other"),
    "another endpoint": inference(None, "https://x/v1/v1/completions", {"model": "gpt-4o"}, whole(None)),
    "another kind": tool(None, "search", "find", {"query": ASKED}, whole(typed("x"))),
}


@pytest.mark.parametrize("case", OTHERS)
def test_without_a_tie_there_is_no_sibling(tmp_path: Path, case: str) -> None:
    wanted = put(tmp_path, ferry())
    put(tmp_path, OTHERS[case])
    assert siblings(tmp_path, wanted) == []


def test_no_test_is_not_one_test(tmp_path: Path) -> None:
    wanted = put(tmp_path, ferry(test_id=None))
    put(tmp_path, ferry("Another question", test_id=None))
    assert [sibling.relation for sibling in siblings(tmp_path, wanted)] == ["endpoint"]


def test_the_nearest_request_is_first_then_the_runners_up(tmp_path: Path) -> None:
    wanted = put(tmp_path, ferry())
    prompts = [
        ASKED.replace("Sunday", "Monday"),
        ASKED.replace("last ferry", "first bus"),
        "When does the ferry leave?",
        "Where is Inishmore?",
        "Hello.",
        "A poem about the rain, please.",
    ]
    near = [put(tmp_path, ferry(prompt)).name for prompt in prompts]
    found = siblings(tmp_path, wanted)
    assert names(found) == near[:4]
    distances = [sibling.distance for sibling in found]
    assert distances == sorted(distances)
    assert 0 < distances[0] < distances[-1] <= 1
    assert [sibling.differences for sibling in found] == [1] * 4


def test_an_equal_request_is_at_no_distance(tmp_path: Path) -> None:
    wanted = put(tmp_path, ferry(test_id=f"{FERRY}[a]"))
    put(tmp_path, ferry(test_id=f"{FERRY}[b]"))
    (found,) = siblings(tmp_path, wanted)
    assert (found.distance, found.differences) == (0.0, 0)


def test_equally_near_ones_come_by_path(tmp_path: Path) -> None:
    wanted = put(tmp_path, ferry("Bus one"))
    near = sorted(put(tmp_path, ferry(f"Bus {word}")).name for word in ("two", "three", "four", "five"))
    assert names(siblings(tmp_path, wanted)) == near


def test_calls_of_other_endpoints_of_the_test_are_further(tmp_path: Path) -> None:
    wanted = put(tmp_path, ferry())
    guard = inference(FERRY, "https://x/v1/v1/moderations", {"model": "gpt-4o", "input": ASKED}, whole(None))
    put(tmp_path, guard)
    near = put(tmp_path, ferry(ASKED.replace("Sunday", "Monday")))
    assert names(siblings(tmp_path, wanted))[0] == near.name


def test_the_nearest_is_found_whatever_the_size_of_its_answer(tmp_path: Path) -> None:
    wanted = put(tmp_path, ferry())
    near = put(
        tmp_path, chat("A long answer. " * 500, prompt=ASKED.replace("Sunday", "Monday"), test_id=FERRY)
    )
    for number in range(250):
        put(tmp_path, ferry(f"Question {number}"))
    assert names(siblings(tmp_path, wanted))[0] == near.name


@pytest.mark.parametrize("spelling", ["relative", "roundabout", "link"])
def test_a_recording_is_no_sibling_of_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spelling: str
) -> None:
    wanted = put(tmp_path / "recordings", ferry())
    near = put(tmp_path / "recordings", ferry("Something else"))
    (tmp_path / "link").symlink_to("recordings")
    monkeypatch.chdir(tmp_path)
    directory = {"relative": "recordings", "roundabout": "link/../recordings", "link": "link"}[spelling]
    found = siblings(tmp_path / "recordings", Path(directory) / wanted.name)
    assert names(found) == [near.name]


def test_a_file_that_is_no_recording_is_passed_over(tmp_path: Path) -> None:
    wanted = put(tmp_path, ferry())
    near = put(tmp_path, ferry("Something else"))
    (tmp_path / "broken.json").write_text("{")
    # Nested too deeply to be read or compared.
    deep = f'"body": {{"odd": {"[" * 600}{"]" * 600},'
    (tmp_path / "odd.json").write_text(near.read_text().replace('"body": {', deep, 1))
    assert names(siblings(tmp_path, wanted)) == [near.name]


def test_a_file_that_went_away_meanwhile_is_passed_over(tmp_path: Path) -> None:
    wanted = put(tmp_path, ferry())
    near, gone = put(tmp_path, ferry("Something else")), put(tmp_path, ferry("Something gone"))
    summaries = separate(scan(find([tmp_path]).files))[0]
    os.unlink(gone)
    assert names(nearest(load(Ref(wanted)), summaries)) == [near.name]
