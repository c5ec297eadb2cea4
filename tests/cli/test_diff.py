"""`recctl diff` of recordings: exit codes, parts, verdicts, JSON, and what a person sees."""

from __future__ import annotations

import base64
import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from tests.diff.repository import Repository, ferry, new_repository
from tests.helpers import SAMPLES, Result, chat, few, put, run, run_in_terminal, sample
from tests.samples import builder, openai_parts
from tests.samples.builder import Data, Recording, failed, http, inference, tool, typed, whole

Item = dict[str, Any]

TEST = "tests/test_trip.py::test_ferry"
SUMMARY_KEYS = [
    "id",
    "path",
    "item",
    "hash",
    "digest",
    "test_id",
    "kind",
    "method",
    "url",
    "endpoint",
    "model",
]
SUMMARY_KEYS += ["provider", "streaming", "chunks", "status", "exception", "answer", "size"]
HEX = re.compile(r"[0-9a-f]{12}")


def pair(directory: Path, old: Recording, new: Recording) -> tuple[Path, Path]:
    """Two recordings, each in a directory of its own: they may have one name."""
    return put(directory / "a", old), put(directory / "b", new)


def diff(directory: Path, old: Recording, new: Recording, *options: str) -> Result:
    """`recctl diff` of two recordings; never a word on stderr."""
    result = run("diff", *pair(directory, old, new), *options)
    assert result.err == ""
    return result


def changed(directory: Path, old: Recording, new: Recording, *options: str) -> list[tuple[str, str]]:
    """Op and path of each change, as --json tells them."""
    changes = json.loads(diff(directory, old, new, "--json", *options).out)["changes"]
    return [(change["op"], change["path"]) for change in changes]


def last_line(result: Result) -> str:
    return result.out.splitlines()[-1]


# ---- exit codes


def test_the_same(tmp_path: Path) -> None:
    result = diff(tmp_path, ferry(), ferry("At ten."))
    assert result.code == 0
    assert result.out.splitlines()[-2:] == ["The requests are the same.", "Same hash."]


def test_different(tmp_path: Path) -> None:
    result = diff(tmp_path, ferry(), ferry(prompt="When does the bus leave?"))
    assert result.code == 1
    assert "  When does the [-ferry-]{+bus+} leave?" in result.out.splitlines()
    assert last_line(result) == "Not the same hash: body differs."


def test_a_recording_and_itself(tmp_path: Path) -> None:
    path = put(tmp_path, ferry())
    assert run("diff", path, path, "--part", "all").code == 0


WRONG: dict[str, tuple[list[str], str]] = {
    "no such reference": (["0000ffff", "ab7d"], "no recording 0000ffff"),
    "three": (["ab7d", "12ec", "322c"], "3 recordings given; diff compares two"),
    "a recording that no state has": (["0000ffff", "--rev", "HEAD"], "no recording 0000ffff"),
    "a path that no state has": (["./nowhere", "--rev", "HEAD"], "no recordings in nowhere, in either state"),
    "a part of a review": (["--part", "response"], "--part needs recordings to compare"),
    "no such part": (["ab7d", "12ec", "--part", "headers"], "--part"),
    "nothing near": (["c1dc"], "nothing to compare"),
    "stdin twice": (["-", "-"], "- is given twice"),
    "a directory": (["./sample_recordings", "ab7d"], "sample_recordings: is a directory, not a recording"),
    "a file that is not there": (["./nowhere.json", "ab7d"], "nowhere.json: no such file or directory"),
    "the second is not there": (["ab7d", "./nowhere.json"], "nowhere.json: no such file or directory"),
}


@pytest.mark.parametrize("case", few(WRONG, 5))
def test_what_cannot_be_compared(case: str) -> None:
    args, message = WRONG[case]
    result = run("diff", *args, "--dir", SAMPLES, cwd=SAMPLES.parent)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert result.err.startswith("recctl: ")
    assert message in result.err


def test_a_recording_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    result = run("diff", tmp_path / "broken.json", sample("ab7d"))
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert "broken.json: is cut short" in result.err


def nested(depth: int, leaf: int) -> Any:
    value: Any = leaf
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("options", [(), ("--json",)], ids=["page", "json"])
def test_a_request_nested_deeply_but_not_past_reading(tmp_path: Path, options: tuple[str, ...]) -> None:
    paths = pair(tmp_path, ferry(odd=1), ferry(odd=2))
    for number, path in enumerate(paths):
        document = json.loads(path.read_bytes())
        document["request"]["body"]["odd"] = nested(600, number)
        path.write_text(json.dumps(document))
    assert json.loads(paths[0].read_text())
    result = run("diff", *paths, *options)
    assert "a bug in recctl" not in result.err
    assert (result.code, bool(result.err)) in [(1, False), (2, True)]


# ---- JSON


def test_json_of_two(tmp_path: Path) -> None:
    old, new = ferry(), ferry(prompt="When does the bus leave?", seed=1)
    result = diff(tmp_path, old, new, "--json")
    item = json.loads(result.out)
    assert {"a", "b", "equal", "changes"} <= item.keys()
    assert (list(item["a"]), list(item["b"])) == (SUMMARY_KEYS, SUMMARY_KEYS)
    assert item["a"]["answer"]
    assert (item["equal"], result.code) == (False, 1)
    prompts = {"old": "When does the ferry leave?", "new": "When does the bus leave?"}
    assert item["changes"] == [
        {"path": "body.messages[0].content", "op": "changed", **prompts},
        {"path": "body.seed", "op": "added", "old": None, "new": 1},
    ]


@pytest.mark.promise("JSON has every key, always")
def test_json_has_the_same_keys_whatever_is_compared(tmp_path: Path) -> None:
    results = [
        diff(tmp_path / "same", ferry(), ferry(), "--json"),
        diff(tmp_path / "other", ferry(), ferry(seed=1), "--json", "--part", "all"),
        run("diff", "ab7d", "--dir", SAMPLES, "--json"),
        run("diff", "c1dc", "ab7d", "--dir", SAMPLES, "--json"),
    ]
    items = [json.loads(result.out) for result in results]
    assert len({tuple(item) for item in items}) == 1
    assert [item["equal"] for item in items] == [True, False, False, False]
    assert [item["same_hash"] for item in items] == [True, False, False, None]
    assert [item["hash_differs_in"] for item in items] == [[], ["body"], ["body", "test_id"], []]
    assert [bool(item["siblings"]) for item in items] == [False, False, True, False]


def test_json_of_a_review(tmp_path: Path) -> None:
    repository = new_repository(tmp_path)
    repository.commit(ferry())
    for options in ((), ("--rev", "HEAD"), ("--rev", "HEAD..HEAD")):
        result = repository.diff("--json", *options)
        assert (result.code, result.err) == (0, "")
        assert list(json.loads(result.out)) == ["base", "head", "tests", "summary"]


ODD_VALUES = [2**70, "\ud800", float("nan"), float("inf"), "\x00\x9b\u202e", {"": {"a": []}}]


@pytest.mark.parametrize("value", ODD_VALUES, ids=["big", "surrogate", "nan", "inf", "controls", "empty key"])
def test_json_is_one_document_whatever_the_request_holds(tmp_path: Path, value: object) -> None:
    result = diff(tmp_path, ferry(odd=value), ferry(odd=1), "--json")
    (change,) = json.loads(result.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))[
        "changes"
    ]
    assert change["old"] == (None if isinstance(value, float) else value)


# ---- parts


def saying(message: Data, finish: str = "stop", **counts: int) -> Recording:
    """An answer of one and the same request."""
    response = whole(openai_parts.chat("m", {}, {"role": "assistant", **message}, counts, finish=finish))
    return Recording(ferry().path, {**ferry().document, "response": response})


def calling(**arguments: Any) -> Data:
    function = {"name": "route", "arguments": json.dumps(arguments)}
    return {"tool_calls": [{"id": f"call_{len(str(arguments))}", "type": "function", "function": function}]}


def failing(message: str) -> Recording:
    error = {"type": "RateLimitError", "message": message, "status_code": 429}
    return Recording(ferry().path, {**ferry().document, "response": failed(error)})


def embedding(*numbers: float) -> Recording:
    item = {"object": "embedding", "index": 0, "embedding": list(numbers)}
    body = typed(openai_parts.EMBEDDING, data=[item], model="e", object="list")
    return inference(TEST, "https://x/v1/v1/embeddings", {"model": "e", "input": "Aran"}, whole(body))


CHOICE = "response.choices[0]"
ANSWERS: dict[str, tuple[Recording, Recording, list[tuple[str, str]]]] = {
    "the same": (saying({"content": "Nine."}), saying({"content": "Nine."}), []),
    "text": (saying({"content": "Nine."}), saying({"content": "Ten."}), [("changed", f"{CHOICE}.text")]),
    "reasoning": (
        saying({"content": "Nine.", "reasoning": "It is summer."}),
        saying({"content": "Nine.", "reasoning": "It is winter."}),
        [("changed", f"{CHOICE}.reasoning")],
    ),
    "an argument": (
        saying(calling(to="Aran", days=1)),
        saying(calling(to="Bere", days=1)),
        [("changed", f"{CHOICE}.tool_calls[0].arguments.to")],
    ),
    "the finish": (
        saying({"content": "Nine."}),
        saying({"content": "Nine."}, finish="length"),
        [("changed", f"{CHOICE}.finish_reason")],
    ),
    "usage": (
        saying({"content": "Nine."}, prompt_tokens=7),
        saying({"content": "Nine."}, prompt_tokens=8),
        [("changed", "response.usage.prompt_tokens")],
    ),
    "the error": (failing("Too many."), failing("Far too many."), [("changed", "response.error.message")]),
    "dimensions": (embedding(0.5), embedding(0.5, 0.25), [("changed", "response.embeddings.dimensions")]),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_the_part_of_the_answer(tmp_path: Path, case: str) -> None:
    old, new, changes = ANSWERS[case]
    assert changed(tmp_path, old, new, "--part", "response") == changes
    assert run("diff", *pair(tmp_path, old, new), "--part", "response").code == (1 if changes else 0)
    assert changed(tmp_path, old, new) == []


def test_all_parts_are_the_request_then_the_answer(tmp_path: Path) -> None:
    old, new = ferry("At nine."), ferry("At ten.", prompt="When does the bus leave?")
    request, answer = ("changed", "body.messages[0].content"), ("changed", f"{CHOICE}.text")
    assert changed(tmp_path, old, new) == [request]
    assert changed(tmp_path, old, new, "--part", "request") == [request]
    assert changed(tmp_path, old, new, "--part", "response") == [answer]
    assert changed(tmp_path, old, new, "--part", "all") == [request, answer]


def test_words_of_an_answer(tmp_path: Path) -> None:
    result = diff(tmp_path, ferry("It leaves at nine."), ferry("It leaves at ten."), "--part", "response")
    assert result.out.splitlines()[-4:-2] == [f"~ {CHOICE}.text", "  It leaves at [-nine-]{+ten+}."]


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("request", "The requests are the same."),
        ("response", "The answers are the same."),
        ("all", "Requests and answers are the same."),
    ],
)
def test_what_is_the_same_is_said(tmp_path: Path, part: str, words: str) -> None:
    assert words in diff(tmp_path, ferry(), ferry(), "--part", part).out.splitlines()


REQUESTS: dict[str, tuple[Recording, Recording, list[tuple[str, str]]]] = {
    "the test": (ferry(), ferry(test_id=f"{TEST}_more"), [("changed", "test_id")]),
    "no test": (ferry(), ferry(test_id=None), [("changed", "test_id")]),
    "the url": (
        inference(TEST, "https://x/v1/v1/chat", {}, whole(None)),
        inference(TEST, "https://y/v1/v1/chat", {}, whole(None)),
        [("changed", "url")],
    ),
    "the model": (ferry(), ferry(model="gpt-5"), [("changed", "model"), ("changed", "body.model")]),
    "a payload": (
        http(TEST, "https://x/v1/messages", {"messages": []}, whole(None)),
        http(TEST, "https://x/v1/messages", {"messages": [], "top_k": 1}, whole(None)),
        [("added", "payload.top_k")],
    ),
    "a tool": (
        tool(TEST, "search", "find", {"query": "Aran"}, whole(None)),
        tool(TEST, "search", "look", {"query": "Bere"}, whole(None)),
        [("changed", "tool_name"), ("changed", "kwargs.query")],
    ),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_what_is_compared_of_requests(tmp_path: Path, case: str) -> None:
    old, new, changes = REQUESTS[case]
    assert changed(tmp_path, old, new) == changes


def test_a_model_named_twice_is_shown_once(tmp_path: Path) -> None:
    rows = diff(tmp_path, ferry(), ferry(model="gpt-5")).out.splitlines()
    assert [row for row in rows if row.startswith("~ ")] == ['~ body.model  "gpt-4o" → "gpt-5"']


# ---- the verdict

NORMALIZED = "Same hash: the rule normalizes what differs."
UUIDS = ["0f6b1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3", "11111111-3e4f-4a5b-8c6d-7e8f90a1b2c3"]
FOUND = "document_id: {}, score: {}, attributes: {{'n': {}}} <|{}|>"
VERDICTS: dict[str, tuple[Recording, Recording, str]] = {
    "the same request": (ferry(), ferry("At ten."), "Same hash."),
    "float digits": (ferry(temperature=0.1234561), ferry(temperature=0.1234562), NORMALIZED),
    "digits in words": (ferry(prompt="At 48.8566141"), ferry(prompt="At 48.8566142"), NORMALIZED),
    "a file search": (
        ferry(prompt=FOUND.format(UUIDS[0], 0.5, 1, UUIDS[0])),
        ferry(prompt=FOUND.format(UUIDS[1], 0.25, 2, UUIDS[1])),
        NORMALIZED,
    ),
    "project ids": (
        ferry(extra_body={"project_id": "a"}),
        ferry(extra_body={"project_id": "b"}),
        NORMALIZED,
    ),
    "the host": (
        inference(TEST, "https://x/v1/v1/chat", {}, whole(None)),
        inference(TEST, "https://y/v1/v1/chat", {}, whole(None)),
        NORMALIZED,
    ),
    "the case of the method": (
        ferry(),
        Recording(
            ferry().path, {**ferry().document, "request": {**ferry().document["request"], "method": "post"}}
        ),
        NORMALIZED,
    ),
    "floats that count": (
        ferry(temperature=0.12345),
        ferry(temperature=0.12346),
        "Not the same hash: body differs.",
    ),
    "one and one as a float": (ferry(seed=1), ferry(seed=1.0), "Not the same hash: body differs."),
    "the test alone": (
        ferry(),
        ferry(test_id=f"{TEST}_more"),
        "Not the same hash: the requests are the same, but the test id is part of it.",
    ),
    "test and body": (
        ferry(),
        ferry(test_id=f"{TEST}_more", seed=1),
        "Not the same hash: body, test_id differ.",
    ),
    "the endpoint": (
        inference(TEST, "https://x/v1/v1/chat", {}, whole(None)),
        inference(TEST, "https://x/v1/v1/more", {}, whole(None)),
        "Not the same hash: endpoint differs.",
    ),
    "a kind without a rule": (
        builder.file_processing(TEST, "store", "process", "file-1", whole(None)),
        builder.file_processing(TEST, "store", "process", "file-2", whole(None)),
        "No hash rule is known for requests of this kind.",
    ),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_the_verdict(tmp_path: Path, case: str) -> None:
    old, new, verdict = VERDICTS[case]
    result = diff(tmp_path, old, new)
    assert last_line(result) == verdict
    if "rule is known" not in verdict:
        hashes = [
            builder.request_hash(one.document["test_id"], one.document["request"]) for one in (old, new)
        ]
        assert (hashes[0] == hashes[1]) == verdict.startswith("Same hash")


def test_the_requests_are_not_called_the_same_where_the_rule_normalizes_more_than_the_test(
    tmp_path: Path,
) -> None:
    old, new = ferry(temperature=0.1234561), ferry(temperature=0.1234562, test_id=f"{TEST}_more")
    verdict = last_line(diff(tmp_path, old, new))
    assert verdict.startswith("Not the same hash: ")
    assert "test id" in verdict
    assert "the requests are the same" not in verdict


def test_another_answer_is_not_normalized_by_the_rule(tmp_path: Path) -> None:
    """What differs is the answer, which no hash is made of."""
    result = diff(tmp_path, ferry("At nine."), ferry("At ten."), "--part", "all")
    assert last_line(result) == "Same hash."


def test_a_name_that_is_not_the_hash_is_said(tmp_path: Path) -> None:
    wrong = put(tmp_path / f"{'0' * 64}.json", ferry())
    result = run("diff", wrong, put(tmp_path, ferry()))
    warning = "rec-000000000000 is not named by the current hash of its request: a replay will not find it."
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[-2:] == ["Same hash.", warning]


def test_a_name_of_the_first_length_is_not_found_today(tmp_path: Path) -> None:
    digest = Path(ferry().path).stem
    result = run("diff", put(tmp_path / f"{digest[:12]}.json", ferry()), put(tmp_path, ferry()))
    assert last_line(result).endswith(
        "is not named by the current hash of its request: a replay will not find it."
    )


def test_names_of_no_hash_are_not_judged(tmp_path: Path) -> None:
    result = run("diff", put(tmp_path / "mine.json", ferry()), put(tmp_path / "yours.json", ferry()))
    assert last_line(result) == "Same hash."


# ---- the nearest sibling


def test_the_sibling_and_the_runners_up_are_named(tmp_path: Path) -> None:
    wanted = put(tmp_path, ferry())
    near = put(tmp_path, ferry(prompt="When does the bus leave?"))
    for prompt in ("Where is the museum?", "Good morning to you all.", "Bye."):
        put(tmp_path, ferry(prompt=prompt))
    put(tmp_path, ferry(test_id="t.py::another"))
    result = run("diff", wanted, "--dir", tmp_path)
    rows = result.out.splitlines()
    assert (result.code, result.err) == (1, "")
    assert rows[2].startswith(f"+ rec-{near.stem[:12]}")
    chosen = rows.index("Next are:")
    assert re.fullmatch(
        rf"Nearest of the same test: rec-{near.stem[:12]}, \d+% of the request differs, in 1 place\.",
        rows[chosen - 1],
    )
    assert all(
        re.fullmatch(r"  rec-[0-9a-f]{12}  \d+% of the request differs, in 1 place", row)
        for row in rows[chosen + 1 : chosen + 4]
    )
    assert rows[chosen + 4] == ""


TIES = {
    "test": (TEST, "Nearest of the same test: "),
    "function": (f"{TEST}[winter]", "Nearest of the same test function with other parameters: "),
    "endpoint": ("t.py::another", "Nearest of the same endpoint and model: "),
}


@pytest.mark.parametrize("tie", TIES)
def test_why_a_sibling_was_chosen_is_said(tmp_path: Path, tie: str) -> None:
    test_id, words = TIES[tie]
    wanted, near = put(tmp_path, ferry()), put(tmp_path, ferry(prompt="A bus?", test_id=test_id))
    assert f"{words}rec-{near.stem[:12]}, " in run("diff", wanted, "--dir", tmp_path).out
    item = json.loads(run("diff", wanted, "--dir", tmp_path, "--json").out)
    assert (item["b"]["hash"], [each["same"] for each in item["siblings"]]) == (near.stem, [tie])
    assert {"id", "path", "same", "distance", "differences"} == item["siblings"][0].keys()


def test_no_sibling_says_what_to_do(tmp_path: Path) -> None:
    wanted = put(tmp_path, ferry())
    name = f"rec-{wanted.stem[:12]}"
    result = run("diff", wanted, "--dir", tmp_path)
    why = f"nothing to compare {name} with: no similar request of its test, nor of its endpoint and model"
    assert result == Result(2, b"", f"recctl: {why}; name a recording: recctl diff {name} REF\n")


def test_a_path_is_not_its_own_sibling(tmp_path: Path) -> None:
    """The project's directories are searched by absolute paths; the user gives a relative one."""
    wanted, near = put(tmp_path / "recordings", ferry()), put(tmp_path / "recordings", ferry(seed=1))
    for spelling in (wanted.relative_to(tmp_path), f"./recordings/../recordings/{wanted.name}", wanted):
        result = run("diff", str(spelling), "--json", cwd=tmp_path)
        assert json.loads(result.out)["b"]["hash"] == near.stem


def test_an_unreadable_recording_among_them_is_named(tmp_path: Path) -> None:
    """It might have been the nearest."""
    wanted = put(tmp_path, ferry())
    put(tmp_path, ferry(seed=1))
    (tmp_path / "broken.json").write_text("{")
    result = run("diff", wanted, "--dir", tmp_path)
    assert "+ body.seed  1" in result.out.splitlines()
    assert "broken.json: is cut short" in result.err
    assert result.code == 2


# ---- short to read


def picture(seed: int, size: int = 3_000) -> Data:
    data = base64.b64encode(bytes((seed * number) % 251 for number in range(size))).decode()
    return {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}


def looking(*parts: Data) -> Recording:
    return ferry(prompt=[{"type": "text", "text": "What is this?"}, *parts])


PICTURES: dict[str, tuple[Recording, Recording]] = {
    "another": (looking(picture(3)), looking(picture(5))),
    "one more": (looking(), looking(picture(5))),
    "none any more": (looking(picture(3)), looking()),
    "a shorter one": (looking(picture(3)), looking(picture(3, 2_000))),
    "instead of text": (ferry(), looking(picture(3))),
}


@pytest.mark.parametrize("case", PICTURES)
def test_a_picture_is_short_to_read(tmp_path: Path, case: str) -> None:
    result = diff(tmp_path, *PICTURES[case])
    assert result.code == 1
    assert len(result.out) < 1_200
    assert re.search(r"[A-Za-z0-9+/]{65}", result.out.replace(TEST, "")) is None
    assert "characters" in result.out


def test_two_pictures_can_be_told_apart(tmp_path: Path) -> None:
    """They begin alike and are of one length."""
    start = "data:image/png;base64," + "A" * 400
    pictures = [{"type": "image_url", "image_url": {"url": start + end}} for end in ("BBBB", "CCCC")]
    result = diff(tmp_path, looking(pictures[0]), looking(pictures[1]))
    assert len(set(HEX.findall(result.out.partition("body.messages")[2]))) >= 2


INPUTS = [f"The {number}th station on the line to the north." for number in range(200)]


def embedding_of(texts: list[str]) -> Recording:
    return inference(TEST, "https://x/v1/v1/embeddings", {"model": "e", "input": texts}, whole(None))


def test_one_of_two_hundred_inputs(tmp_path: Path) -> None:
    other = [*INPUTS[:77], INPUTS[77].replace("north", "south"), *INPUTS[78:]]
    result = diff(tmp_path, embedding_of(INPUTS), embedding_of(other))
    shown = ["~ body.input[77]", "  The 77th station on the line to the [-north-]{+south+}."]
    assert result.out.splitlines()[5:7] == shown
    assert len(result.out.splitlines()) == 9


def test_one_more_than_two_hundred_inputs(tmp_path: Path) -> None:
    result = diff(tmp_path, embedding_of(INPUTS), embedding_of(["The first.", *INPUTS]))
    assert result.out.splitlines()[5] == '+ body.input[0]  "The first."'
    assert len(result.out.splitlines()) == 8


LINES = [f"{number}: the boat goes to the island in the morning." for number in range(100)]
PROMPTS = {
    "lines": ("\n".join(LINES), "50: the boat", "50: the big boat", "{+big +}"),
    "one line": (" ".join(LINES), "50: the boat", "50: the big boat", "{+big +}"),
    "lines without blanks": (
        "\n".join(f"x{n}={n}" for n in range(100)),
        "x50=50",
        "x50=51",
        "x50=[-50-]{+51+}",
    ),
    "without blanks": (
        "船は朝に出る。" * 50 + "京都" + "船は朝に出る。" * 50,
        "京都",
        "大阪",
        "[-京都-]{+大阪+}",
    ),
}


@pytest.mark.parametrize("case", PROMPTS)
def test_a_long_prompt_shows_what_is_around_the_change_only(tmp_path: Path, case: str) -> None:
    prompt, old, new, marked = PROMPTS[case]
    result = diff(tmp_path, ferry(prompt=prompt), ferry(prompt=prompt.replace(old, new)))
    shown = result.out.partition("body.messages[0].content")[2].partition("Not the same hash")[0]
    assert marked in shown
    before, after = shown.split(marked)
    assert 10 < len(before.strip(" …\n")) < 120
    assert 10 < len(after.strip(" …\n")) < 120


@pytest.mark.parametrize("words", [200, 40_000])
def test_what_was_too_much_to_compare_word_by_word_is_said(tmp_path: Path, words: int) -> None:
    old, new = (" ".join(random.Random(seed).choices(["red", "boat"], k=words)) for seed in (1, 2))
    result = diff(tmp_path, ferry(prompt=old), ferry(prompt=new))
    assert ("(too long to compare all of it word by word)" in result.out) == (words > 200)


def test_two_changes_far_apart_have_a_gap_between(tmp_path: Path) -> None:
    prompt = " ".join(LINES)
    other = prompt.replace("20: the", "20: a").replace("80: the", "80: a")
    result = diff(tmp_path, ferry(prompt=prompt), ferry(prompt=other))
    assert result.out.count("[-the-]{+a+}") == 2
    assert "50: the boat" not in result.out
    assert " … " in result.out


# ---- what text must not do

# Two of them, so that what differs is hostile too.
HOSTILE = {
    "one": "\x1b]0;owned\x07\x9b31m\r\u202etxt\ufeff",
    "two": "\x1b[2J\x00\x08\x9d0;owned\u200b\u2028\u2066",
}
MARKUP = "[bold red]x[/bold red]"


def hostile(word: str) -> Recording:
    """A recording with control characters and markup wherever text may stand."""
    text = f"{word} {HOSTILE[word]} {MARKUP}"
    tools = [openai_parts.function_tool(f"tool{HOSTILE['one']}", text, **{f"key{HOSTILE[word]}": text})]
    asked = {f"key{HOSTILE['two']}": f"\x9b\u202e{word}", "prompt": f"{text}\nand a second line"}
    return chat(
        text, test_id=f"t.py::t{text}", model=f"m{text}", **asked, tools=tools, **{HOSTILE[word]: text}
    )


def assert_harmless(data: bytes) -> None:
    """No control character but the line breaks and colours that recctl wrote itself."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", data.decode())
    assert [char for char in text if not char.isprintable() and char != "\n"] == []
    assert "\\x1b" in text or "\\u001b" in text
    assert re.search(r"\[bold\s+red\]x\[/bold\s+red\]", text)


@pytest.mark.parametrize("part", ["request", "response", "all"])
def test_text_cannot_steer_the_terminal_in_a_comparison(tmp_path: Path, part: str) -> None:
    paths = pair(tmp_path, hostile("one"), hostile("two"))
    result = run_in_terminal("diff", *paths, "--part", part, columns=80)
    assert result.code == 1
    assert_harmless(result.data)


def test_text_cannot_steer_the_terminal_in_a_review(tmp_path: Path) -> None:
    repository = new_repository(tmp_path)
    for name in ("a", "b\x1b[31m"):
        repository.write(f"{name}/recordings/x.json", hostile("one").to_bytes())
    repository.commit()
    for name in ("a", "b\x1b[31m"):
        repository.write(f"{name}/recordings/x.json", hostile("two").to_bytes())
    repository.write("c\x1b[31m/recordings/broken.json", "{")
    result = run_in_terminal("diff", "--long", cwd=tmp_path)
    assert result.code == 2
    assert_harmless(result.data)


def test_an_error_cannot_steer_the_terminal(tmp_path: Path) -> None:
    new_repository(tmp_path).commit(ferry())
    for args in (["--rev", "x\x1b[31m"], ["x\x1b[31m"]):
        result = run_in_terminal("diff", *args, cwd=tmp_path)
        assert result.code == 2
        assert b"\x1b[31m" not in result.data


def test_a_pipe_gets_no_colours(tmp_path: Path) -> None:
    assert b"\x1b" not in diff(tmp_path, hostile("one"), hostile("two")).data


# ---- on a terminal


FEW = " ".join(LINES[:15])
WIDE = {
    "a long prompt": (ferry(prompt=FEW), ferry(prompt=FEW.replace("boat", "ship"))),
    "a picture": PICTURES["another"],
    "wide characters": (ferry(prompt="京都 から 船 で" * 20), ferry(prompt="大阪 から 船 で" * 20)),
    "another tool": (
        ferry(tools=[openai_parts.function_tool("tide", "The tide " * 20, harbour="Which " * 20)]),
        ferry(tools=[openai_parts.function_tool("route", "The way " * 20, start="From " * 20)]),
    ),
    "hostile text": (hostile("one"), hostile("two")),
}


@pytest.mark.parametrize("columns", [40, 80, 160])
@pytest.mark.parametrize("case", WIDE)
def test_rows_fit_the_terminal(tmp_path: Path, case: str, columns: int) -> None:
    result = run_in_terminal(
        "diff", *pair(tmp_path, *WIDE[case]), "--part", "all", columns=columns, env={"NO_COLOR": "1"}
    )
    assert result.code == 1
    assert max(cell_len(row) for row in result.out.splitlines()) <= columns


def test_a_pipe_is_not_wrapped(tmp_path: Path) -> None:
    added = "word " * 500
    paths = pair(tmp_path, ferry(), ferry(prompt=f"When does the ferry leave? {added.strip()}"))
    assert added.strip() in run("diff", *paths, env={"COLUMNS": "40"}).out


def test_red_and_green_are_marked_too(tmp_path: Path) -> None:
    paths = pair(tmp_path, ferry(), ferry(prompt="When does the bus leave?"))
    coloured = run_in_terminal("diff", *paths).out
    assert "\x1b[31m[-ferry-]\x1b[0m\x1b[32m{+bus+}\x1b[0m" in coloured


# ---- the review as a person reads it


@pytest.fixture
def reviewed(tmp_path: Path) -> Repository:
    """A repository where, of four tests, an answer became an error, one has other words, two are quiet."""
    repository = new_repository(tmp_path)
    tests = [f"tests/test_trip.py::test_{name}" for name in ("a", "b", "c", "d")]
    before = [ferry(test_id=test) for test in tests]
    repository.commit(*before)
    response = failing("Too many.").document["response"]
    repository.put(ferry("At ten.", test_id=tests[0]))
    repository.put(Recording(before[1].path, {**before[1].document, "response": response}))
    for one in before[2:]:
        data = one.document["response"]["body"]["__data__"]
        data["id"] = "chatcmpl-7"
        repository.put(one)
    return repository


def test_the_most_severe_test_is_the_first_heading(reviewed: Repository) -> None:
    result = reviewed.diff()
    rows = result.out.splitlines()
    headings = [row for row in rows if row.startswith("tests/")]
    assert result.code == 1
    assert headings == ["tests/test_trip.py::test_b", "tests/test_trip.py::test_a"]
    assert rows[1].endswith("  the answer became an error")
    assert "    ~ response.choices[0].text" in rows
    assert "      At [-nine-]{+ten+}." in rows


def test_the_review_ends_with_a_summary(reviewed: Repository) -> None:
    words = (
        "4 tests: 2 rerecorded, 2 volatile (1 error changed, 1 text changed); 2 insignificant, see --long\n"
    )
    assert reviewed.diff().err == words
    assert reviewed.diff("--json").err == ""


def test_long_lists_the_quiet_ones_too(reviewed: Repository) -> None:
    rows = reviewed.diff("--long").out.splitlines()
    assert [row[-6:] for row in rows if row.startswith("tests/")] == ["test_b", "test_a", "test_c", "test_d"]
    assert len([row for row in rows if row.startswith("  volatile  ")]) == 2
