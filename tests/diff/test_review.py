"""The review of a re-recording: what is paired with what, what it is called, what comes first."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.diff.repository import TEST, Repository, entries, ferry, request_changes, told
from tests.helpers import chat, chat_stream, few
from tests.samples import openai_parts
from tests.samples.builder import (
    Data,
    Recording,
    answered,
    failed,
    http,
    inference,
    responded,
    sse,
    streamed,
    tool,
    typed,
    whole,
)

URL = openai_parts.OPENAI_URL
QUOTA = {"type": "RateLimitError", "message": "Too many requests.", "status_code": 429}
PROMPT = "When does the ferry leave?"


def said(answer: str | None = "At nine.", *calls: Data, finish: str = "stop") -> Recording:
    """An answer of the one request that most tests here are about."""
    message = openai_parts.assistant(answer, *calls) if calls else openai_parts.assistant(answer)
    return ferry_with(whole(openai_parts.chat("gpt-4o", {}, message, {}, finish=finish)))


def ferry_with(response: Data) -> Recording:
    return responded(ferry(), response)


def call(name: str, arguments: str, call_id: str = "call_1") -> Data:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def calling(*calls: Data, finish: str = "tool_calls") -> Recording:
    message = {**openai_parts.assistant(None), "tool_calls": list(calls)}
    return ferry_with(whole(openai_parts.chat("gpt-4o", {}, message, {}, finish=finish)))


def choosing(*texts: str) -> Recording:
    """An answer with a choice for each text."""
    body = openai_parts.chat("gpt-4o", {}, openai_parts.assistant(""), {})
    (choice,) = body["__data__"]["choices"]
    choices = [
        {**choice, "index": index, "message": openai_parts.assistant(text)}
        for index, text in enumerate(texts)
    ]
    body["__data__"]["choices"] = choices
    return ferry_with(whole(body))


def embedded(*numbers: float) -> Recording:
    item = {"object": "embedding", "index": 0, "embedding": list(numbers)}
    body = typed(openai_parts.EMBEDDING, data=[item], model="e", object="list", usage={"total_tokens": 3})
    return inference(TEST, "https://x/v1/v1/embeddings", {"model": "e", "input": "Inishmore"}, whole(body))


def reviewed(repository: Repository, old: Recording, new: Recording) -> tuple[str, str | None]:
    """Status and change of the answer, when one recording takes the place of another."""
    repository.commit(old)
    repository.replace(old, new)
    ((_, status, response),) = told(repository.review())
    return status, response


# ---- one recording, recorded anew: the kind of change of its answer

ANSWERS: dict[str, tuple[Recording, Recording, str]] = {
    "other words": (said("At nine."), said("At ten."), "text"),
    "other reasoning": (
        ferry_with(
            whole(openai_parts.chat("m", {}, {"role": "assistant", "content": "9", "reasoning": "a"}, {}))
        ),
        ferry_with(
            whole(openai_parts.chat("m", {}, {"role": "assistant", "content": "9", "reasoning": "b"}, {}))
        ),
        "text",
    ),
    "another refusal": (
        ferry_with(whole(openai_parts.chat("m", {}, {"role": "assistant", "refusal": "No."}, {}))),
        ferry_with(whole(openai_parts.chat("m", {}, {"role": "assistant", "refusal": "Never."}, {}))),
        "text",
    ),
    "an error for an answer": (said(), ferry_with(failed(QUOTA)), "error"),
    "an answer for an error": (ferry_with(failed(QUOTA)), said(), "error"),
    "another error": (ferry_with(failed(QUOTA)), ferry_with(failed({**QUOTA, "message": "Gone."})), "error"),
    "an error after some chunks": (
        ferry_with(streamed(*openai_parts.openai_chunks("m", [openai_parts.delta("At nine.")]))),
        ferry_with(failed(QUOTA, *openai_parts.openai_chunks("m", [openai_parts.delta("At nine.")]))),
        "error",
    ),
    "another argument": (
        calling(call("route", '{"to": "Aran"}')),
        calling(call("route", '{"to": "Bere"}')),
        "tool_calls",
    ),
    "a number that is a float": (
        calling(call("route", '{"days": 1}')),
        calling(call("route", '{"days": 1.0}')),
        "tool_calls",
    ),
    "one that is true": (
        calling(call("route", '{"far": 1}')),
        calling(call("route", '{"far": true}')),
        "tool_calls",
    ),
    "another tool": (calling(call("route", "{}")), calling(call("tide", "{}")), "tool_calls"),
    "one call more": (
        calling(call("route", "{}")),
        calling(call("route", "{}"), call("tide", "{}")),
        "tool_calls",
    ),
    "a call for words": (said(), calling(call("route", "{}")), "tool_calls"),
    "another reason to end": (said(), said(finish="length"), "finish_reason"),
    "other words and another reason": (said(), said("At", finish="length"), "finish_reason"),
    "an error and other words": (said("At"), ferry_with(failed(QUOTA, typed("x", content="Of"))), "error"),
    "other tokens": (answered(said(), usage={"total_tokens": 9}), said(), "other"),
    "other tokens and words": (answered(said("Nine."), usage={"total_tokens": 9}), said(), "text"),
}


@pytest.mark.parametrize("case", few(ANSWERS, 9))
def test_the_most_severe_change_of_an_answer(repository: Repository, case: str) -> None:
    old, new, change = ANSWERS[case]
    assert reviewed(repository, old, new) == ("rerecorded", change)


def test_one_choice_for_two_is_no_change_of_tool_calls(repository: Repository) -> None:
    status, response = reviewed(repository, choosing("At nine.", "At ten."), choosing("At nine."))
    assert status == "rerecorded"
    assert response in ("text", "other")


# What differs is neither an id nor a time, so somebody has to see it.
UNTOLD: dict[str, tuple[Recording, Recording]] = {
    "other vectors": (embedded(0.25, 0.5), embedded(-0.75, 0.125)),
    "arguments spelled otherwise": (
        calling(call("route", '{"to":"Aran"}')),
        calling(call("route", '{"to": "Aran"}')),
    ),
    "the id of a call": (calling(call("route", "{}", "call_1")), calling(call("route", "{}", "call_2"))),
    "other chunks": (
        chat_stream("At ", "nine.", test_id=TEST, prompt=PROMPT),
        chat_stream("At nine.", test_id=TEST, prompt=PROMPT),
    ),
    "another tier of service": (
        answered(said(), service_tier="default"),
        answered(said(), service_tier="flex"),
    ),
}


@pytest.mark.parametrize("case", UNTOLD)
def test_what_is_not_volatile_is_recorded_anew(repository: Repository, case: str) -> None:
    assert reviewed(repository, *UNTOLD[case]) == ("rerecorded", "other")


VOLATILE: dict[str, tuple[Recording, Recording]] = {
    "not normalised": (said(), answered(said(), id="chatcmpl-7", created=1754051825)),
    "a fingerprint": (
        answered(said(), system_fingerprint="fp_1"),
        answered(said(), system_fingerprint="fp_2"),
    ),
    "an id of Anthropic": tuple(
        http(
            TEST,
            "https://x/v1/messages",
            {"model": "claude", "messages": []},
            streamed(*sse("message_start", {"message": {"id": name, "type": "message"}})),
            status=None,
        )
        for name in ("msg_1", "msg_2")
    ),  # type: ignore[dict-item]
}


@pytest.mark.parametrize("case", VOLATILE)
def test_normalised_only(repository: Repository, case: str) -> None:
    assert reviewed(repository, *VOLATILE[case]) == ("volatile", "volatile")


def test_volatile_ones_are_counted_not_listed(repository: Repository) -> None:
    before = [ferry(prompt=f"Ferry {number}?") for number in range(3)]
    repository.commit(*before)
    repository.put(*(answered(one, id="chatcmpl-7") for one in before))
    result = repository.diff()
    assert (result.code, result.out) == (1, "")
    assert result.err == "1 test: 3 volatile; 3 insignificant, see --long\n"
    listed = repository.diff("--long").out.splitlines()
    assert listed[0] == TEST
    assert [row.split("  ")[1] for row in listed[1:]] == ["volatile"] * 3


# ---- requests that changed


def test_one_word_of_the_prompt_in_ten_tests(repository: Repository) -> None:
    prompt = "You are a travel guide. Answer question number {} in one short {}."
    tests = [f"tests/test_trip.py::test_guide[{number}]" for number in range(10)]
    before = [ferry(prompt=prompt.format(n, "sentence"), test_id=test) for n, test in enumerate(tests)]
    after = [ferry(prompt=prompt.format(n, "paragraph"), test_id=test) for n, test in enumerate(tests)]
    repository.commit(*before)
    repository.remove(*before)
    repository.put(*after)
    review = repository.review()
    assert told(review) == [(test, "moved", "volatile") for test in tests]
    for number, entry in enumerate(entries(review)):
        sentences = [prompt.format(number, word) for word in ("sentence", "paragraph")]
        change = dict(zip(("old", "new"), sentences, strict=True))
        assert entry["changes"] == [{"path": "body.messages[0].content", "op": "changed", **change}]
        names = (before[number], after[number])
        assert (entry["old"]["path"], entry["new"]["path"]) == tuple(one.path for one in names)
    assert review["summary"]["moved"] == 10


def test_requests_of_one_test_are_paired_by_nearness(repository: Repository) -> None:
    asked = ["When does the ferry to Aran leave?", "Which museums in Galway are free of charge?"]
    before = [ferry(prompt=prompt, seed=1) for prompt in asked]
    after = [ferry(prompt=prompt.replace("?", ", please?"), seed=1) for prompt in reversed(asked)]
    repository.commit(*before)
    repository.remove(*before)
    repository.put(*after)
    found = entries(repository.review())
    assert [entry["status"] for entry in found] == ["moved", "moved"]
    assert [(each["old"], each["new"]) for entry in found for each in entry["changes"]] == [
        (change["old"], change["old"].replace("?", ", please?"))
        for entry in found
        for change in entry["changes"]
    ]


def test_an_inserted_message_is_one_change(repository: Repository) -> None:
    messages = [openai_parts.user(PROMPT), openai_parts.assistant("At nine."), openai_parts.user("And back?")]
    before = ferry(messages=messages)
    repository.commit(before)
    system = {"role": "system", "content": "You are a travel guide."}
    repository.replace(before, ferry(messages=[system, *messages]))
    (entry,) = entries(repository.review())
    assert (entry["status"], request_changes(entry)) == ("moved", [("added", "body.messages[0]")])


def test_another_endpoint_is_another_request(repository: Repository) -> None:
    before = inference(TEST, "https://x/v1/v1/chat/completions", {"model": "m", "input": PROMPT}, whole(None))
    after = inference(TEST, "https://x/v1/v1/embeddings", {"model": "m", "input": PROMPT}, whole(None))
    repository.commit(before)
    repository.replace(before, after)
    assert sorted(told(repository.review())) == [(TEST, "added", None), (TEST, "removed", None)]


def test_the_same_prompt_in_another_test_is_another_recording(repository: Repository) -> None:
    """A near request is followed within a test only; across tests only an equal one."""
    before, after = ferry(test_id=f"{TEST}[a]"), ferry(prompt=PROMPT[:-1], test_id=f"{TEST}[b]")
    repository.commit(before)
    repository.replace(before, after)
    assert told(repository.review()) == [(f"{TEST}[a]", "removed", None), (f"{TEST}[b]", "added", None)]


def test_a_model_list_is_recorded_anew_under_another_name(repository: Repository) -> None:
    """The name of a model list ends in a digest of its answer: the request is the same all the same."""
    old, new = (listed("gpt-4o"), listed("gpt-4o", "gpt-5"))
    assert old.path.split("-")[1] == new.path.split("-")[1]
    assert reviewed(repository, old, new) == ("rerecorded", "other")


def listed(*names: str) -> Recording:
    models = [openai_parts.listed_model(name, 1715367049, "system") for name in names]
    return inference(None, "https://x/v1/v1/models", {}, whole(models))


def test_added_and_deleted(repository: Repository) -> None:
    old = tool(TEST, "search", "find", {"query": "Aran"}, whole(typed("x", content="Found.")))
    new = ferry()
    repository.commit(old)
    repository.replace(old, new)
    found = {entry["status"]: entry for entry in entries(repository.review())}
    assert (found["added"]["old"], found["removed"]["new"]) == (None, None)
    assert found["added"]["new"]["path"] == new.path
    assert found["removed"]["old"]["path"] == old.path
    assert [(entry["changes"], entry["response"]) for entry in found.values()] == [([], None)] * 2


def test_the_other_way_round_added_and_removed_change_places(repository: Repository) -> None:
    repository.commit(ferry(), ferry(prompt="And the museums?", test_id=f"{TEST}_more"))
    repository.commit(ferry("At ten."), tool("t.py::t", "search", "find", {}, whole(None)))
    repository.remove(ferry(prompt="And the museums?", test_id=f"{TEST}_more"))
    repository.commit()
    swapped = {"added": "removed", "removed": "added", "rerecorded": "rerecorded"}
    there = told(repository.review("--rev", "HEAD~2..HEAD"))
    back = told(repository.review("--rev", "HEAD..HEAD~2"))
    assert sorted((test or "", swapped[status]) for test, status, _ in there) == sorted(
        (test or "", status) for test, status, _ in back
    )
    assert len(there) == 3


# ---- renamed tests


SOURCE = "".join(f"def test_{number}(): ...\n" for number in range(20))


def renamed(repository: Repository, old: str, new: str, prompt: str = PROMPT) -> list[Any]:
    """What is told when a test file is renamed with git, its recordings made anew."""
    repository.write(old, SOURCE)
    before = ferry(test_id=f"{old}::test_ferry")
    repository.commit(before)
    repository.write(new, "").unlink()
    repository.git("mv", old, new)
    repository.replace(before, ferry(prompt=prompt, test_id=f"{new}::test_ferry"))
    return told(repository.review())


MOVES = {
    "in its directory": ("tests/test_trip.py", "tests/test_journey.py"),
    "to another directory": ("tests/test_trip.py", "tests/travel/test_trip.py"),
    "with a blank": ("tests/test trip.py", "tests/test été.py"),
}


@pytest.mark.parametrize("case", MOVES)
@pytest.mark.parametrize("prompt", few([PROMPT, "When does the bus leave?"], 1), ids=["same", "other prompt"])
def test_a_renamed_test_file_is_followed(repository: Repository, case: str, prompt: str) -> None:
    old, new = MOVES[case]
    assert renamed(repository, old, new, prompt) == [(f"{new}::test_ferry", "moved", "volatile")]
    repository.commit()
    assert told(repository.review("--rev", "HEAD~1")) == [(f"{new}::test_ferry", "moved", "volatile")]


def test_a_renamed_test_file_below_the_root_of_the_tests(repository: Repository) -> None:
    """Test ids begin where pytest was started, which need not be the top of the repository."""
    repository.write("python/tests/test_trip.py", SOURCE)
    before = ferry(test_id=TEST)
    repository.write(f"python/{before.path}", before.to_bytes())
    repository.commit()
    repository.git("mv", "python/tests/test_trip.py", "python/tests/test_journey.py")
    after = ferry(prompt="When does the bus leave?", test_id="tests/test_journey.py::test_ferry")
    (repository.top / "python" / before.path).unlink()
    repository.write(f"python/{after.path}", after.to_bytes())
    assert told(repository.review()) == [("tests/test_journey.py::test_ferry", "moved", "volatile")]


def test_a_file_of_the_same_name_in_another_project_is_not_renamed(repository: Repository) -> None:
    """Two projects in one repository, with the same test ids: only one renames its file."""
    for project in ("one", "two"):
        repository.write(f"{project}/tests/test_trip.py", f"# {project}\n{SOURCE}")
        repository.write(f"{project}/{ferry().path}", ferry().to_bytes())
    repository.commit()
    repository.git("mv", "one/tests/test_trip.py", "one/tests/test_journey.py")
    repository.write(f"two/{ferry().path}", ferry("At ten.").to_bytes())
    assert told(repository.review()) == [(TEST, "rerecorded", "text")]


def test_a_renamed_file_among_more_files_than_git_compares_by_itself(repository: Repository) -> None:
    """By default git looks for no renames among more than a thousand files; recordings are that many."""
    repository.git("config", "diff.renameLimit", "3")
    repository.write("tests/test_trip.py", SOURCE)
    before = [ferry(prompt=f"Ferry {number}?", test_id=TEST) for number in range(5)]
    repository.commit(*before)
    repository.git("mv", "tests/test_trip.py", "tests/test_journey.py")
    repository.write("tests/test_journey.py", SOURCE + "# more\n")
    repository.remove(*before)
    test = "tests/test_journey.py::test_ferry"
    repository.put(*(ferry(prompt=f"Boat {number}?", test_id=test) for number in range(5)))
    repository.git("add", "--all")
    assert told(repository.review()) == [(test, "moved", "volatile")] * 5


def test_a_renamed_test_function_is_quiet(repository: Repository) -> None:
    prompts = ["When does the ferry leave?", "And the last train?", "Where is the museum?"]
    before = [ferry(prompt=prompt, test_id="tests/test_trip.py::test_old") for prompt in prompts]
    after = [ferry(prompt=prompt, test_id="tests/test_trip.py::test_new") for prompt in prompts]
    repository.commit(*before)
    repository.remove(*before)
    repository.put(*after)
    review = repository.review()
    assert told(review) == [("tests/test_trip.py::test_new", "moved", "volatile")] * 3
    ids = {"old": "tests/test_trip.py::test_old", "new": "tests/test_trip.py::test_new"}
    assert [entry["changes"] for entry in entries(review)] == [
        [{"path": "test_id", "op": "changed", **ids}]
    ] * 3
    assert (repository.diff().code, repository.diff().out) == (1, "")
    assert repository.diff().err == "1 test: 3 moved; 3 insignificant, see --long\n"


def test_a_renamed_test_with_another_answer_is_listed(repository: Repository) -> None:
    before, after = ferry(test_id="t.py::test_old"), ferry("At ten.", test_id="t.py::test_new")
    repository.commit(before)
    repository.replace(before, after)
    assert told(repository.review()) == [("t.py::test_new", "moved", "text")]
    assert "At [-nine-]{+ten+}." in repository.diff().out


def test_recordings_that_only_changed_their_directory_are_quiet(repository: Repository) -> None:
    repository.commit(ferry())
    repository.git("mv", "tests", "elsewhere")
    assert told(repository.review()) == [(TEST, "moved", "same")]
    assert repository.diff().out == ""


# ---- order


def test_the_most_severe_comes_first_in_a_test_and_among_tests(repository: Repository) -> None:
    changes = [
        "other words",
        "other tokens",
        "an error for an answer",
        "another reason to end",
        "another tool",
    ]
    repository.commit(*(placed(ANSWERS[case][0], f"t.py::{n}") for n, case in enumerate(changes)))
    repository.put(*(placed(ANSWERS[case][1], f"t.py::{n}") for n, case in enumerate(changes)))
    repository.put(ferry(test_id="t.py::a_new_one"))
    severity = ["error", "tool_calls", "finish_reason", "text", "other", None]
    assert [response for _, _, response in told(repository.review())] == severity


def test_a_test_is_as_severe_as_its_most_severe_recording(repository: Repository) -> None:
    asked = {"t.py::a": ["One?"], "t.py::b": ["Two?", "Three?"]}
    recordings = [ferry(prompt=prompt, test_id=test) for test, prompts in asked.items() for prompt in prompts]
    repository.commit(*recordings)
    one, two, three = recordings
    repository.put(
        answered(one, usage={"total_tokens": 1}),
        responded(two, failed(QUOTA)),
        answered(three, usage={"total_tokens": 1}),
    )
    found = told(repository.review())
    assert [(test, response) for test, _, response in found] == [
        ("t.py::b", "error"),
        ("t.py::b", "other"),
        ("t.py::a", "other"),
    ]


def placed(recording: Recording, test_id: str) -> Recording:
    """The recording as one of another test, with the answer it has."""
    document = {**ferry(test_id=test_id).document, "response": recording.document["response"]}
    return Recording(ferry(test_id=test_id).path, document)


# ---- recordings that cannot be read


@pytest.mark.parametrize("state", ["old", "new"])
@pytest.mark.parametrize("form", ["working tree", "revisions"])
def test_an_unreadable_recording_is_named_and_the_rest_shown(
    repository: Repository, state: str, form: str
) -> None:
    old, new = ferry(), ferry("At ten.")
    broken, whole_one = "tests/recordings/broken.json", ferry(prompt="Broken?").to_bytes()
    repository.write(broken, "{" if state == "old" else whole_one)
    repository.commit(old)
    repository.write(broken, "{" if state == "new" else whole_one)
    repository.put(new)
    if form == "revisions":
        repository.commit()
    result = repository.diff(*(("--rev", "HEAD~1") if form == "revisions" else ()))
    assert (result.code, "At [-nine-]{+ten+}." in result.out) == (2, True)
    assert f"recctl: {broken}: " in result.err
    assert "is cut short" in result.err
    as_of = f"as of {repository.git('rev-parse', 'HEAD~1' if form == 'revisions' else 'HEAD')[:12]} "
    assert (as_of in result.err) == (state == "old")


def test_two_unreadable_recordings_are_both_named(repository: Repository) -> None:
    repository.commit(ferry())
    repository.write("tests/recordings/a.json", "")
    repository.write("tests/recordings/b.json", "[]")
    result = repository.diff("--json")
    assert (result.code, json.loads(result.out)["tests"]) == (2, [])
    assert "tests/recordings/a.json: is empty" in result.err
    assert "tests/recordings/b.json: is JSON but no recording" in result.err


# ---- the whole of the JSON


def test_the_json_of_a_review(repository: Repository) -> None:
    base = repository.commit(ferry())
    head = repository.commit(ferry("At ten."))
    repository.put(chat("At six.", test_id=None, prompt="And back?"))
    review = repository.review("--rev", base)
    assert list(review) == ["base", "head", "tests", "summary"]
    assert (review["base"], review["head"]) == (base, head)
    (test,) = review["tests"]
    assert list(test) == ["test_id", "recordings"]
    assert list(test["recordings"][0]) == ["status", "old", "new", "changes", "response", "test_lives"]
    counts = dict.fromkeys(("edited", "rerecorded", "moved", "added", "removed", "volatile"), 0)
    responses = review["summary"].pop("responses")
    assert review["summary"] == {**counts, "rerecorded": 1}
    assert responses["text"] == sum(responses.values()) == 1
    working = repository.review()
    assert (working["base"], working["head"]) == (head, "the working tree")
    assert told(working) == [(None, "added", None)]
    assert list(repository.review("--rev", "HEAD..HEAD")) == ["base", "head", "tests", "summary"]
