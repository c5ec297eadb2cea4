"""The review of recordings whose request changed: does the name still fit it, and is the test still there?"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.diff.repository import TEST, Repository, entries, ferry, told
from tests.helpers import chat_stream, few
from tests.samples import openai_parts
from tests.samples.builder import (
    Data,
    Recording,
    failed,
    file_processing,
    inference,
    old_inference,
    request_hash,
    responded,
    sha256_of,
    tool,
    typed,
    whole,
)

GONE = "request changed, name did not: no replay finds it"
ALREADY = "request changed, name did not, and did not fit before: no replay finds it"
MODELS = "https://x/v1/v1/models"


def edited(recording: Recording, edit: Callable[[Data], object]) -> Recording:
    """The recording with its document edited in place, under the name it has."""
    document = copy.deepcopy(recording.document)
    edit(document)
    return Recording(recording.path, document)


def body(**values: Any) -> Callable[[Data], object]:
    return lambda document: document["request"]["body"].update(values)


def request(**values: Any) -> Callable[[Data], object]:
    return lambda document: document["request"].update(values)


def finds(recording: Recording) -> bool:
    """Whether a replay finds the file, by the hash as the tests' own builder computes it."""
    document = recording.document
    return request_hash(document["test_id"], document["request"]) in recording.path


def turned_round(document: Data) -> None:
    document["request"]["body"] = dict(reversed(document["request"]["body"].items()))


def listed() -> Recording:
    return inference(None, MODELS, {}, whole([openai_parts.listed_model("gpt-4o", 1, "system")]))


SEARCHED = tool(TEST, "search", "find", {"query": "Aran"}, whole(typed("x", content="Found.")))

# What was edited in place: the recording before, the edit, and the status that it gives.
EDITS: dict[str, tuple[Recording, Callable[[Data], object], str]] = {
    "a prompt": (ferry(), body(messages=[openai_parts.user("When does the bus leave?")]), "edited"),
    "the model": (ferry(), body(model="gpt-5"), "edited"),
    "a float that counts": (ferry(temperature=0.12345), body(temperature=0.12346), "edited"),
    "one for 1.0": (ferry(seed=1), body(seed=1.0), "edited"),
    "the test": (ferry(), lambda document: document.update(test_id=f"{TEST}_more"), "edited"),
    "the endpoint": (ferry(), request(url="https://api.openai.com/v1/v1/completions"), "edited"),
    "a tool's arguments": (SEARCHED, request(kwargs={"query": "Bere"}), "edited"),
    "the method of a model list": (listed(), request(method="GET"), "edited"),
    "the order of keys": (ferry(seed=1), turned_round, "volatile"),
    "digits that the rule rounds": (ferry(temperature=0.1234561), body(temperature=0.1234562), "rerecorded"),
    "digits in words": (
        ferry(prompt="At 48.8566141"),
        body(messages=[openai_parts.user("At 48.8566142")]),
        "rerecorded",
    ),
    "the host": (ferry(), request(url="https://elsewhere/v1/v1/chat/completions"), "rerecorded"),
    "the test of a tool": (SEARCHED, lambda document: document.update(test_id=f"{TEST}_more"), "rerecorded"),
    "what has no rule": (
        file_processing(TEST, "store", "process", "file-1", whole(None)),
        request(file_id="file-2"),
        "rerecorded",
    ),
}


@pytest.mark.parametrize("answer", few(["same", "other"], 1))
@pytest.mark.parametrize("case", EDITS)
def test_a_request_changed_in_place(repository: Repository, case: str, answer: str) -> None:
    old, edit, status = EDITS[case]
    new = edited(old, edit)
    if answer == "other":
        new = edited(new, lambda document: document["response"].update(body={"other": True}))
        status = status.replace("volatile", "rerecorded")
    if case != "what has no rule":
        assert finds(old)
        assert finds(new) == (status != "edited")
    repository.commit(old)
    repository.put(new)
    review = repository.review()
    ((_, found, _),) = told(review)
    assert (found, review["summary"]["edited"]) == (status, int(status == "edited"))
    assert (GONE in repository.diff("--long").out) == (status == "edited")


def test_a_name_that_did_not_fit_before_either(repository: Repository) -> None:
    old = Recording(f"tests/recordings/{'0' * 64}.json", ferry().document)
    repository.commit(old)
    repository.put(edited(old, body(seed=1)))
    assert [status for _, status, _ in told(repository.review())] == ["edited"]
    assert ALREADY in repository.diff().out


def test_a_name_that_fits_again(repository: Repository) -> None:
    repository.commit(edited(ferry(), body(seed=1)))
    repository.put(ferry())
    assert [status for _, status, _ in told(repository.review())] == ["rerecorded"]
    assert "its name fits its request again" in repository.diff().out


def test_a_name_of_no_hash_is_not_judged(repository: Repository) -> None:
    old = Recording("tests/recordings/mine.json", ferry().document)
    repository.commit(old)
    repository.put(edited(old, body(seed=1)))
    assert [status for _, status, _ in told(repository.review())] == ["rerecorded"]


def test_an_older_rule_that_explains_both_is_no_edit(repository: Repository) -> None:
    """By the first rule a name has 12 digits: dead under the newest one, but nobody edited it in place."""
    first = old_inference("https://x/v1/v1/chat", {"model": "m", "n": 1}, whole(None))
    repository.commit(first)
    repository.put(edited(first, request(headers={"a": "b"}, url="https://y/v1/v1/chat")))
    assert [status for _, status, _ in told(repository.review())] == ["rerecorded"]
    repository.put(edited(first, body(n=2)))
    assert [status for _, status, _ in told(repository.review())] == ["edited"]


def test_the_hash_rule_in_force_is_the_projects(repository: Repository) -> None:
    """Before 2026-03-18 project ids were hashed: to change one is an edit by that rule, not by the newest."""
    old = ferry(extra_body={"project_id": "a"})
    new = edited(old, body(extra_body={"project_id": "b"}))
    repository.commit(old)
    repository.put(new)
    assert [status for _, status, _ in told(repository.review())] == ["rerecorded"]
    asked = {"method": "POST", "endpoint": "/v1/v1/chat/completions", "test_id": TEST}
    digest = sha256_of({**asked, "body": old.document["request"]["body"]})
    path = f"tests/recordings/{digest}.json"
    repository.write("pyproject.toml", '[tool.recctl]\nhash-rule = "2026-01-21"\n')
    repository.commit(Recording(path, old.document))
    repository.put(Recording(path, new.document))
    assert [status for _, status, _ in told(repository.review())] == ["edited"]


@pytest.mark.parametrize("how", ["added", "moved"])
def test_a_file_that_came_under_a_wrong_name(repository: Repository, how: str) -> None:
    repository.commit(*([ferry()] if how == "moved" else []))
    if how == "moved":
        repository.remove(ferry())
    repository.put(Recording(f"tests/recordings/{'0' * 64}.json", ferry(seed=1).document))
    assert [status for _, status, _ in told(repository.review())] == [how]
    words = f"  {how}  "
    (row,) = [row for row in repository.diff().out.splitlines() if row.startswith(words)]
    assert "its name is not the hash of its request: no replay finds it" in row


def test_what_died_is_said_first(repository: Repository) -> None:
    quota = {"type": "RateLimitError", "message": "Too many.", "status_code": 429}
    recordings = [ferry(prompt=f"Ferry {number}?", test_id=f"t.py::test_{number}") for number in range(3)]
    repository.commit(*recordings)
    error, dead, words = recordings
    repository.put(
        responded(error, failed(quota)),
        edited(dead, body(seed=1)),
        responded(words, ferry("Ten.").document["response"]),
    )
    assert [(test, status) for test, status, _ in told(repository.review())] == [
        ("t.py::test_1", "edited"),
        ("t.py::test_0", "rerecorded"),
        ("t.py::test_2", "rerecorded"),
    ]
    result = repository.diff()
    assert result.out.splitlines()[1].endswith(f"  {GONE}  same answer")
    assert "3 tests: 1 edited, 2 rerecorded" in result.err
    assert "; 1 that no replay finds" in result.err


def test_a_test_renamed_in_place_shows_both_names(repository: Repository) -> None:
    repository.commit(ferry())
    repository.put(edited(ferry(), lambda document: document.update(test_id=f"{TEST}_more")))
    assert f'~ test_id  "{TEST}" → "{TEST}_more"' in repository.diff().out


# ---- what an answer was recorded as


STREAM = chat_stream("At ", "nine.", test_id=TEST)


def retyped(document: Data, *numbers: int) -> None:
    for number in numbers:
        document["response"]["body"][number]["__type__"] = "elsewhere.Chunk"


def test_another_type_alone_is_quiet(repository: Repository) -> None:
    new = edited(STREAM, lambda document: retyped(document, 0, 1))
    repository.commit(STREAM)
    repository.put(new)
    ((_, status, response),) = told(repository.review())
    assert (status, response) == ("rerecorded", "type")
    assert repository.diff().out == ""
    assert repository.diff().err == "1 test: 1 rerecorded; 1 insignificant, see --long\n"
    (entry,) = entries(repository.review())
    assert [(change["path"], change["new"]) for change in entry["changes"]] == [
        (f"response.body[{number}].__type__", "elsewhere.Chunk") for number in (0, 1)
    ]
    row = repository.diff("--long").out.splitlines()[1]
    assert "same answer except its type: __type__ of chunk 0: " in row
    assert row.endswith('"elsewhere.Chunk", and 1 place more')


def test_another_type_and_volatile_values_are_quiet(repository: Repository) -> None:
    new = edited(STREAM, lambda document: retyped(document, 0))
    new.document["response"]["body"][1]["__data__"]["created"] = 7
    repository.commit(STREAM)
    repository.put(new)
    assert [response for *_, response in told(repository.review())] == ["type"]


OTHER: dict[str, tuple[Callable[[Data], object], str, str]] = {
    "a value of a chunk": (
        lambda document: document["response"]["body"][1]["__data__"].update(service_tier="flex"),
        "response.body[1].__data__.service_tier",
        "answer changed: service_tier of chunk 1 added",
    ),
    "a type and a value": (
        lambda document: document["response"]["body"][0].update(__type__="elsewhere.Chunk", service_tier=1),
        "response.body[0].__type__",
        "answer changed: __type__ of chunk 0: ",
    ),
    "how it is marked": (
        lambda document: document["response"].update(status=200),
        "response.status",
        "answer changed: status added",
    ),
}


@pytest.mark.parametrize("case", OTHER)
def test_another_answer_names_the_place(repository: Repository, case: str) -> None:
    edit, path, words = OTHER[case]
    repository.commit(STREAM)
    repository.put(edited(STREAM, edit))
    (entry,) = entries(repository.review())
    assert (entry["response"], path in [change["path"] for change in entry["changes"]]) == ("other", True)
    assert words in repository.diff().out


def test_other_vectors_are_one_change(repository: Repository) -> None:
    def embedded(*numbers: float) -> Recording:
        item = {"object": "embedding", "index": 0, "embedding": list(numbers)}
        answer = whole(typed(openai_parts.EMBEDDING, data=[item], model="e", object="list"))
        return inference(TEST, "https://x/v1/v1/embeddings", {"model": "e", "input": "Aran"}, answer)

    repository.commit(embedded(*(number / 7 for number in range(500))))
    repository.put(embedded(*(number / 9 for number in range(500))))
    (entry,) = entries(repository.review())
    (change,) = entry["changes"]
    assert (entry["response"], change["path"]) == ("other", "response.body.__data__.data[0].embedding")
    assert json.loads(change["new"])[1] == 1 / 9
    assert len(repository.diff().out) < 300


# ---- whether the test of a removed recording is still there

SOURCE = "def test_ferry(): ...\ndef test_bus(): ...\n"


@pytest.mark.parametrize("form", ["working tree", "HEAD^", "HEAD^!", "from..to"])
def test_a_removed_recording_whose_test_lives_on(repository: Repository, form: str) -> None:
    bus, nobody = ferry(test_id="tests/test_trip.py::test_bus"), ferry(test_id=None)
    base = repository.commit(ferry(), bus, nobody)
    repository.write("tests/test_trip.py", SOURCE)
    base = repository.commit()
    repository.remove(ferry(), bus, nobody)
    repository.write("tests/test_trip.py", "def test_ferry(): ...\n")
    if form != "working tree":
        repository.commit()
    options = () if form == "working tree" else ("--rev", form.replace("from", base).replace("to", "HEAD"))
    found = {test["test_id"]: test["recordings"] for test in repository.review(*options)["tests"]}
    assert {test: [each["test_lives"] for each in recordings] for test, recordings in found.items()} == {
        TEST: [True],
        "tests/test_trip.py::test_bus": [False],
        None: [None],
    }
    out = repository.diff(*options).out
    assert (out.count("its test still exists"), out.count("its test no longer exists")) == (1, 1)


@pytest.mark.parametrize("change", ["a test file", "an untracked test file", "the configuration"])
def test_of_another_state_than_the_working_tree_nothing_is_known(repository: Repository, change: str) -> None:
    repository.write("tests/test_trip.py", SOURCE)
    repository.write("pytest.ini", "")
    repository.commit(ferry())
    repository.remove(ferry())
    repository.commit()
    assert [entry["test_lives"] for entry in entries(repository.review("--rev", "HEAD^"))] == [True]
    file = {"a test file": "tests/test_trip.py", "the configuration": "pytest.ini"}.get(
        change, "tests/test_a.py"
    )
    repository.write(file, "# changed\n")
    assert [entry["test_lives"] for entry in entries(repository.review("--rev", "HEAD^"))] == [None]


def test_only_removed_ones_say_whether_the_test_lives(repository: Repository) -> None:
    repository.write("tests/test_trip.py", SOURCE)
    repository.commit(ferry())
    repository.put(ferry("At ten."), ferry(prompt="And back?"))
    assert [entry["test_lives"] for entry in entries(repository.review())] == [None, None]
