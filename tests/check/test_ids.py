"""RC201: what the recorder would have normalized, and that `normalize` agrees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.check.samples import PLACE, config, findings, found, lay_out, model_list, project, with_bytes
from tests.helpers import chat, document, run
from tests.samples.builder import Recording, answered, with_mapping
from tests.samples.streams import STREAMS, TEST

PLAIN = chat(test_id=TEST)
OWN = f"rec-{Path(PLAIN.path).name[:12]}"
EPOCH = "1970-01-01T00:00:00.000000Z"
DURATIONS = ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")

DUE: list[tuple[str, Any]] = [
    ("id", "chatcmpl-1"),
    ("id", ""),
    ("id", None),
    ("id", 7),
    ("created", 7),
    ("created", 0.0),
    ("created", False),
    ("created", None),
    ("created", "0"),
    ("created_at", "2026-01-01T00:00:00Z"),
    ("created_at", 1760600000.0),
    ("created_at", None),
    *((key, value) for key in DURATIONS for value in (7, 0.0, False, "0")),
]
NOT_DUE: list[tuple[str, Any]] = [
    ("id", OWN),
    ("created", 0),
    ("created_at", EPOCH),
    *((key, value) for key in DURATIONS for value in (0, None)),
    ("updated", 7),
    ("choices", [{"id": "call_1", "created": 7}]),
    ("usage", {"created": 7, "total_duration": 7}),
]


def normalized(root: Path) -> list[str]:
    """The keys that `normalize --json` would change."""
    out = run("normalize", "tests", "--json", cwd=root).out
    return [change["path"].rpartition(".")[2] for item in json.loads(out) for change in item["changes"]]


@pytest.mark.parametrize(("key", "value"), DUE, ids=str)
def test_what_is_due(key: str, value: object, tmp_path: Path) -> None:
    files = project(answered(PLAIN, **{key: value}))
    assert found(tmp_path, files, "RC201") == [f"ids or times are not normalized: {key} 1"]
    assert normalized(tmp_path) == [key]


@pytest.mark.parametrize(("key", "value"), NOT_DUE, ids=str)
def test_what_is_not_due(key: str, value: object, tmp_path: Path) -> None:
    assert found(tmp_path, project(answered(PLAIN, **{key: value})), "RC201") == []
    assert normalized(tmp_path) == []


@pytest.mark.parametrize("value", [{"seconds": 1}, [1], {}, []], ids=str)
@pytest.mark.parametrize("key", ["id", "created", "created_at", "total_duration"])
def test_values_of_odd_types_are_due_as_well(key: str, value: object, tmp_path: Path) -> None:
    files = project(answered(PLAIN, **{key: value}))
    assert found(tmp_path, files, "RC201") == [f"ids or times are not normalized: {key} 1"]
    assert normalized(tmp_path) == [key]


def test_chunks_are_counted(tmp_path: Path) -> None:
    stream = answered(STREAMS["OpenAI chat"](["Hel", "lo."], "stop"), id="chatcmpl-1", created=7)
    assert found(tmp_path, project(stream), "RC201") == ["ids or times are not normalized: id 3, created 3"]


def test_one_chunk_of_many_is_enough(tmp_path: Path) -> None:
    stream = STREAMS["OpenAI chat"](["a"] * 30, "stop")
    stream.document["response"]["body"][29]["__data__"]["created"] = 7
    assert found(tmp_path, project(stream), "RC201") == ["ids or times are not normalized: created 1"]


def test_a_listed_model_keeps_its_name(tmp_path: Path) -> None:
    files = project(answered(model_list("a", "b"), created=7, id="x"))
    assert found(tmp_path, files, "RC201") == ["ids or times are not normalized: created 2"]
    assert normalized(tmp_path) == ["created", "created"]


def test_a_listed_model_keeps_its_time_where_an_older_rule_is_in_force(tmp_path: Path) -> None:
    made = answered(model_list("a", "b"), created=7, created_at="2026")
    files = project(made, config=config('hash-rule = "2026-06-17"', "tool.recctl"))
    assert found(tmp_path, files, "RC201") == ["ids or times are not normalized: created_at 2"]
    assert normalized(tmp_path) == ["created_at", "created_at"]
    assert run("check", "tests", "--fix", cwd=tmp_path).code == 1
    body = document(tmp_path / made.path)["response"]["body"]
    assert [(item["__data__"]["created"], item["__data__"]["created_at"]) for item in body] == [
        (7, EPOCH)
    ] * 2


def test_a_listed_model_keeps_no_other_time(tmp_path: Path) -> None:
    files = project(answered(model_list("a", "b"), created_at="2026"))
    assert found(tmp_path, files, "RC201") == ["ids or times are not normalized: created_at 2"]


def test_without_a_hash_in_the_name_an_id_is_not_due(tmp_path: Path) -> None:
    files = project(Recording(f"{PLACE}/x.json", answered(PLAIN, id="chatcmpl-1", created=7).document))
    assert found(tmp_path, files, "RC201") == ["ids or times are not normalized: created 1"]
    assert normalized(tmp_path) == ["created"]


def test_a_mapping_is_not_applied_before(tmp_path: Path) -> None:
    """What a replay reads is right; what is in the file is due all the same."""
    recording = with_mapping(answered(PLAIN, id="chatcmpl-17"), {OWN: "chatcmpl-17"})
    assert found(tmp_path, project(recording), "RC201") == ["ids or times are not normalized: id 1"]
    assert normalized(tmp_path) == ["id"]


SPELLED = {
    "escapes in a key": (b'"created": 0', b'"cre\\u0061ted": 7'),
    "an exponent": (b'"created": 0', b'"created": 0e5'),
    "minus nothing": (b'"created": 0', b'"created": -0'),
    "not a number": (b'"created": 0', b'"created": NaN'),
    "not a number beside it": (b'"created": 0', b'"x": NaN, "created": 7'),
    "compact": (b'"created": 0', b'"created":7'),
    "an escaped id": (OWN.encode(), OWN.replace("-", "\\u002d").encode()),
}


@pytest.mark.parametrize("name", SPELLED)
def test_however_it_is_escaped_normalize_agrees(name: str, tmp_path: Path) -> None:
    old, new = SPELLED[name]
    messages = found(tmp_path, with_bytes(lambda raw: raw.replace(old, new)), "RC201")
    assert bool(messages) == bool(normalized(tmp_path))
    assert bool(messages) == (name not in ("minus nothing", "an escaped id"))


def test_an_id_that_stays_is_silent_and_a_time_beside_it_is_not(tmp_path: Path) -> None:
    files = project(answered(PLAIN, id="chatcmpl-17", created=7), chat(test_id=TEST, prompt="chatcmpl-17"))
    assert found(tmp_path, files, "RC201") == ["ids or times are not normalized: created 1"]
    assert normalized(tmp_path) == ["created"]


def test_an_id_stays_where_only_its_own_file_was_given(tmp_path: Path) -> None:
    files = project(answered(PLAIN, id="chatcmpl-17"), chat(test_id=TEST, prompt="chatcmpl-17"))
    lay_out(tmp_path, files)
    assert findings(tmp_path, PLAIN.path, "--select", "RC201") == []


# ---- whatever an answer holds

odd = (
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats(-1, 1) | st.sampled_from(["", OWN, EPOCH, "x"])
)
fields = st.dictionaries(
    st.sampled_from(["id", "created", "created_at", *DURATIONS, "object", "updated"]),
    odd | st.just("model") | st.lists(odd, max_size=1) | st.dictionaries(st.just("id"), odd),
)


@given(chunks=st.lists(fields, min_size=1, max_size=4))
def test_check_and_normalize_agree(
    chunks: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    stream = STREAMS["OpenAI chat"](["a"] * len(chunks), None)
    for item, more in zip(stream.document["response"]["body"], chunks, strict=True):
        item["__data__"] |= more
    root = tmp_path_factory.mktemp("agree")
    messages = found(root, project(stream), "RC201,RC103")
    due = normalized(root)
    assert bool(messages) == bool(due)
    if not any("another recording" in message for message in messages):
        reported = [
            int(part.rpartition(" ")[2]) for one in messages for part in one.split(": ")[1].split(", ")
        ]
        assert sum(reported) == len(due)
