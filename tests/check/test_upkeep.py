"""RC401 to RC404: tests that do not exist, near-duplicates, large files, other formatting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.check.samples import (
    FILE,
    PLACE,
    Project,
    call,
    codes,
    config,
    findings,
    found,
    lay_out,
    model_list,
    project,
    refused,
    replaced,
    said,
    second_turn,
    tool_answer,
    with_bytes,
)
from tests.helpers import chat, run
from tests.samples import openai_parts
from tests.samples.builder import Data, Recording, answered, http, moved, old_inference, sse, streamed, whole
from tests.samples.streams import STREAMS, TEST, chat_chunks

PLAIN = chat(test_id=TEST)

# ---- tests that do not exist

SOURCES = {
    "there": ("def test_one(): ...\n", []),
    "async": ("async def test_one(): ...\n", []),
    "imported": ("from tests.common import test_one\n", []),
    "assigned": ("test_one = make()\n", []),
    "in a branch": ("if True:\n    def test_one(): ...\n", []),
    "generated": ("globals()['test_' + 'one'] = make()\n", []),
    "all imported": ("from tests.common import *\n", []),
    "not Python": ("def test_one(:\n", []),
    "gone": (
        "def test_two(): ...\n",
        ["stale: tests/a/test_chat.py does not define test_one, and nothing generates it"],
    ),
    "in a class now": (
        "class TestA:\n    def test_one(self): ...\n",
        ["stale: tests/a/test_chat.py does not define test_one, and nothing generates it"],
    ),
    "a comment": (
        "# def test_one(): ...\n",
        ["stale: tests/a/test_chat.py does not define test_one, and nothing generates it"],
    ),
    "nothing": ("", ["stale: tests/a/test_chat.py does not define test_one, and nothing generates it"]),
}


@pytest.mark.parametrize("name", SOURCES)
def test_what_the_test_file_says(name: str, tmp_path: Path) -> None:
    source, messages = SOURCES[name]
    assert found(tmp_path, project(PLAIN, source=source), "RC401") == messages


def test_a_test_file_that_does_not_exist(tmp_path: Path) -> None:
    files = {PLAIN.path: PLAIN.to_bytes(), "tests/b/test_b.py": b""}
    assert found(tmp_path, files, "RC401") == [f"stale: {FILE} does not exist"]


def test_recordings_without_a_project_are_not_reported(tmp_path: Path) -> None:
    assert found(tmp_path, {PLAIN.path: PLAIN.to_bytes()}, "RC401") == []


def test_what_any_test_may_use_is_not_reported(tmp_path: Path) -> None:
    assert found(tmp_path, project(tool_answer(), source=""), "RC401") == []


def test_parameters_do_not_count(tmp_path: Path) -> None:
    files = project(chat(test_id=f"{TEST}[a::b-c]"))
    assert found(tmp_path, files, "RC401") == []


# ---- near-duplicates


def pair(*recordings: Recording) -> list[str]:
    """The names of two recordings in order."""
    return sorted(Path(one.path).name for one in recordings)


def asking(*prompts: str, **body: Any) -> list[Recording]:
    """Recordings of one test that ask these and get the same answer."""
    return [chat(test_id=TEST, prompt=prompt, **body) for prompt in prompts]


UUIDS = ("0f6b1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3", "7a2e9d10-44c1-4b0e-9f3a-51d6c8b7e0f4")
ALIKE = {
    "uuids": UUIDS,
    "uuids in capitals": tuple(one.upper() for one in UUIDS),
    "ids of calls": ("call_KInRNLIriUKirjfBCuJqJTWT", "call_Zt61pPq0AaBdKInRNLIriU0x"),
    "ids of answers": ("chatcmpl-9xKInRNLIriUKirj", "chatcmpl-7pPq0AaBdKInRNLI"),
    "ids of responses": ("resp_68f0a1b2c3", "resp_71f2b3c4d5"),
    "ids of files": ("file-abc123DEF456", "file-xyz789GHI012"),
    "ids of recordings": ("rec-0123456789ab", "rec-ba9876543210"),
    "times": ("2026-04-11T10:00:00Z", "2027-05-12T11:01:02Z"),
    "times with fractions": ("2026-04-11T10:00:00.123+02:00", "2026-04-12T10:00:00.9+0200"),
    "times with a blank": ("2026-04-11 10:00:00", "2026-04-12 10:00:00"),
}
DIFFERENT = {
    "words": ("Rome", "Bonn"),
    "numbers": ("17", "18"),
    "days": ("2026-04-11", "2026-04-12"),
    "parts of a uuid": ("0f6b1c2d-3e4f", "7a2e9d10-44c1"),
    "names of tools": ("file_search", "file_delete"),
    "names of functions": ("call_waiter", "call_doctor"),
    "words with a dash": ("item-number", "item-colour"),
    "an id and a word": ("call_KInRNLIriUKirjfBCuJqJTWT", "nobody"),
}


@pytest.mark.parametrize("name", ALIKE)
def test_what_changes_at_each_run_is_passed_over(name: str, tmp_path: Path) -> None:
    recordings = asking(*(f"Find {part} now." for part in ALIKE[name]))
    first, second = pair(*recordings)
    assert found(tmp_path, project(*recordings), "RC402") == [
        f"it differs from {first} only in ids and times"
    ]
    assert codes(tmp_path, {}, "RC402") == [("RC402", second[:12])]


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_a_person_wrote_is_not(name: str, tmp_path: Path) -> None:
    recordings = asking(*(f"Find {part} now." for part in DIFFERENT[name]))
    assert found(tmp_path, project(*recordings), "RC402") == []


def test_of_three_each_but_the_first_is_reported(tmp_path: Path) -> None:
    recordings = asking(*UUIDS, UUIDS[0].replace("0f", "1f"))
    assert len(found(tmp_path, project(*recordings), "RC402")) == 2


ANSWERS: dict[str, tuple[list[Recording], bool]] = {
    "fingerprints": (
        [answered(one, system_fingerprint=f"fp_{number}") for number, one in enumerate(asking(*UUIDS))],
        True,
    ),
    "obfuscation": (
        [
            answered(chat_chunks([openai_parts.delta("Hi.", finish="stop")], prompt=uuid), obfuscation=pad)
            for uuid, pad in zip(UUIDS, ("xk3", "Qw8ab"), strict=True)
        ],
        True,
    ),
    "ids not normalized": (
        [answered(one, id=f"chatcmpl-{number}", created=number) for number, one in enumerate(asking(*UUIDS))],
        True,
    ),
    "ids of calls": ([second_turn(f"call_{part}") for part in ("9mQx4Lw2Bd", "Zt61pPq0Aa")], True),
    "tokens": (
        [answered(one, usage={"total_tokens": number}) for number, one in enumerate(asking(*UUIDS))],
        False,
    ),
    "another end": (
        [
            chat_chunks([openai_parts.delta("Hi.", finish=end)], prompt=uuid)
            for uuid, end in zip(UUIDS, ("stop", "null"), strict=True)
        ],
        False,
    ),
    "more chunks": (
        [
            chat_chunks(*([openai_parts.delta("Hi.")] for _ in range(count)), prompt=uuid)
            for uuid, count in zip(UUIDS, (20, 21), strict=True)
        ],
        False,
    ),
    "another model": ([chat(test_id=TEST, prompt=uuid, model=f"gpt-{uuid[0]}") for uuid in UUIDS], False),
    "two exceptions": (
        [
            Recording(f"{PLACE}/{digit * 64}.json", {**refused().document, "response": response})
            for digit, response in zip(
                "ab",
                (refused().document["response"] | {"exception_data": {"type": kind}} for kind in ("A", "B")),
                strict=True,
            )
        ],
        False,
    ),
    "events": (
        [
            http(
                TEST,
                "https://h.org/v1/messages",
                {"messages": [openai_parts.user(uuid)]},
                streamed(
                    *sse(
                        "message_start",
                        {"type": "message_start", "message": {"id": f"msg_01{uuid[:8]}", "type": "message"}},
                    )
                ),
                status=None,
            )
            for uuid in UUIDS
        ],
        True,
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_count_too(name: str, tmp_path: Path) -> None:
    recordings, alike = ANSWERS[name]
    assert len({one.path for one in recordings}) == 2
    assert (len(found(tmp_path, project(*recordings), "RC402")) == 1) == alike


@pytest.mark.parametrize(("test_id", "is_told"), [(TEST, True), (None, False)], ids=["a test", "none"])
def test_recordings_without_a_test_are_not_compared(
    test_id: str | None, is_told: bool, tmp_path: Path
) -> None:
    files = project(*(chat(test_id=test_id, prompt=uuid) for uuid in UUIDS))
    assert bool(found(tmp_path, files, "RC402")) == is_told


def test_a_near_duplicate_is_found_though_the_first_was_not_given(tmp_path: Path) -> None:
    recordings = sorted(asking(*UUIDS), key=lambda one: one.path)
    lay_out(tmp_path, project(*recordings))
    given = [len(findings(tmp_path, one.path, "--select", "RC402")) for one in recordings]
    assert given == [0, 1]


DEAD = [f"{PLACE}/{digit * 64}.json" for digit in "0f"]  # before and after every live name
LATER = ("call_9mQx4Lw2Bd", "call_Zt61pPq0Aa")


def near(tmp_path: Path, *recordings: Recording, source: str = "def test_one(): ...\n") -> dict[str, str]:
    """Which files RC402 reports, and which file each message names, however the files are given."""
    lay_out(tmp_path, project(*recordings, source=source))
    names = sorted(Path(one.path).name for one in recordings)
    orders = [["tests"], [f"{PLACE}/{name}" for name in names], [f"{PLACE}/{name}" for name in names[::-1]]]
    orders += [[f"{PLACE}/{name}" for name in names] * 2]
    results = [{_pair(one) for one in findings(tmp_path, *given, "--select", "RC402")} for given in orders]
    alone = [findings(tmp_path, f"{PLACE}/{name}", "--select", "RC402") for name in names]
    results.append({_pair(one) for found_alone in alone for one in found_alone})
    assert results == [results[0]] * len(results)
    return dict(results[0])


def _pair(finding: dict[str, Any]) -> tuple[str, str]:
    return Path(finding["path"]).name, finding["message"].split()[3]


@pytest.mark.parametrize("name", DEAD)
@pytest.mark.parametrize("dies", [0, 1])
def test_of_a_live_and_a_dead_one_the_dead_one_is_reported(name: str, dies: int, tmp_path: Path) -> None:
    recordings = asking(*UUIDS)
    live = Path(recordings[1 - dies].path).name
    recordings[dies] = moved(recordings[dies], name)
    assert near(tmp_path, *recordings) == {Path(name).name: live}


def test_of_two_dead_ones_none_is_reported(tmp_path: Path) -> None:
    recordings = [moved(one, name) for one, name in zip(asking(*UUIDS), DEAD, strict=True)]
    assert near(tmp_path, *recordings) == {}


def test_of_a_superseded_and_a_live_one_the_superseded_one_is_reported(tmp_path: Path) -> None:
    """The request of the first era has the same hash with and without a test."""
    live, other = asking(*UUIDS)
    prompt = other.document["request"]["body"]["messages"][0]["content"]
    old = old_inference(openai_parts.OPENAI_URL, other.document["request"]["body"], whole({}))
    renamed = Recording(f"{PLACE}/{Path(old.path).name}", other.document)
    assert prompt in UUIDS
    lay_out(tmp_path, project(live, renamed))
    assert codes(tmp_path, {}, "RC102") == [("RC102", Path(renamed.path).name[:12])]
    assert near(tmp_path, live, renamed) == {Path(renamed.path).name: Path(live.path).name}


@pytest.mark.parametrize("made", [0, 1])
def test_of_two_live_ones_the_unreachable_one_is_reported(made: int, tmp_path: Path) -> None:
    turns = [second_turn(call_id) for call_id in LATER]
    first = said(openai_parts.assistant(None, tool_calls=[call(LATER[made])]))
    kept, stale = (Path(turns[index].path).name for index in (made, 1 - made))
    assert near(tmp_path, *turns, first) == {stale: kept}


@pytest.mark.parametrize("made", [0, 1])
def test_what_only_a_dead_recording_made_no_replay_comes_to(made: int, tmp_path: Path) -> None:
    turns = [second_turn(call_id) for call_id in LATER]
    first = said(openai_parts.assistant(None, tool_calls=[call(LATER[made])]))
    dead = said(openai_parts.assistant("Let me see.", tool_calls=[call(LATER[1 - made])]))
    kept, stale = (Path(turns[index].path).name for index in (made, 1 - made))
    assert near(tmp_path, *turns, first, moved(dead, DEAD[0])) == {stale: kept}


@pytest.mark.parametrize("wrong", range(8))
def test_no_message_prefers_a_dead_file(wrong: int, tmp_path: Path) -> None:
    """Whichever of three alike have a wrong name: none of those with the right one is reported."""
    recordings = asking(*UUIDS, UUIDS[0].replace("0f", "1f"))
    names = [f"{PLACE}/{digit * 64}.json" for digit in "05f"]
    dead = {index for index in range(3) if wrong & 1 << index}
    placed = [moved(one, names[index]) if index in dead else one for index, one in enumerate(recordings)]
    reported = near(tmp_path, *placed)
    dead_names = {Path(placed[index].path).name for index in dead}
    assert not dead_names & {*reported.values()}
    assert len(reported) == (2 if len(dead) < 3 else 0)
    assert dead_names <= {*reported} or len(dead) == 3


# ---- large files


def sized(size: int) -> Recording:
    """A recording of so many bytes."""
    short = chat("", test_id=TEST)
    recording = chat("x" * (size - len(short.to_bytes())), test_id=TEST)
    assert len(recording.to_bytes()) == size
    return recording


@pytest.mark.parametrize(("size", "is_large"), [(2000, False), (2001, True), (1999, False)])
def test_the_limit_is_the_last_that_is_allowed(size: int, is_large: bool, tmp_path: Path) -> None:
    files = project(sized(size), config=config("max-size = 2"))
    assert found(tmp_path, files, "RC403") == ["its size is 2 kB, the limit is 2 kB"] * is_large


def test_the_message_has_the_size(tmp_path: Path) -> None:
    (message,) = found(tmp_path, project(sized(1_234_567)), "RC403")
    assert message == "its size is 1,235 kB, the limit is 1,000 kB"


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "true", '"1"'])
def test_a_limit_that_is_none(value: str, tmp_path: Path) -> None:
    lay_out(tmp_path, project(PLAIN, config=config(f"max-size = {value}")))
    result = run("check", "tests", cwd=tmp_path)
    assert (result.code, "max-size must be a whole number above 0" in result.err) == (2, True)


# ---- formatting

LEAD = "it is not formatted as the recorder does it: "
OTHER = "indentation, escapes or numbers differ"
ODD: dict[str, tuple[Project, str]] = {
    "CRLF": (with_bytes(lambda raw: raw.replace(b"\n", b"\r\n")), "lines end in CRLF"),
    "not ASCII": (replaced("Hello.", "Grüß Gott."), "characters outside ASCII are not escaped"),
    "an emoji": (replaced("Hello.", "\U0001f600"), "characters outside ASCII are not escaped"),
    "no line break": (with_bytes(bytes.rstrip), "no single line break at the end"),
    "two line breaks": (with_bytes(lambda raw: raw + b"\n"), "no single line break at the end"),
    "a blank in front": (with_bytes(lambda raw: b" " + raw), OTHER),
    "compact": (
        with_bytes(lambda raw: json.dumps(json.loads(raw), separators=(",", ":")).encode() + b"\n"),
        OTHER,
    ),
    "tabs": (with_bytes(lambda raw: json.dumps(json.loads(raw), indent="\t").encode() + b"\n"), OTHER),
    "a blank at the end of a line": (with_bytes(lambda raw: raw.replace(b"{\n", b"{ \n", 1)), OTHER),
    "an empty list over two lines": (replaced('"headers": {}', '"headers": {\n    }'), OTHER),
    "capitals in an escape": (replaced("Hello.", "\\u00E9"), OTHER),
    "an escaped slash": (replaced("Hello.", "a\\/b"), OTHER),
    "an escaped letter": (replaced("Hello.", "\\u0041"), OTHER),
    "DEL as it is": (replaced("Hello.", "a\x7fb"), OTHER),
    "an escaped tab": (replaced("Hello.", "a\\u0009b"), OTHER),
    "the exponent of orjson": (replaced('"headers": {}', '"headers": 1e-7'), OTHER),
    "a small number of orjson": (replaced('"headers": {}', '"headers": 0.00001'), OTHER),
    "a large number of orjson": (replaced('"headers": {}', '"headers": 1e16'), OTHER),
    "a capital exponent": (replaced('"headers": {}', '"headers": 1E+16'), OTHER),
    "noughts at the end": (replaced('"headers": {}', '"headers": 1.50'), OTHER),
    "more digits than a number has": (replaced('"headers": {}', '"headers": 0.10000000000000000001'), OTHER),
}
FINE = {
    "NaN": "NaN",
    "infinity": "[\n      Infinity,\n      -Infinity\n    ]",
    "minus nothing": "-0.0",
    "an integer over 64 bits": "123456789012345678901234567890",
    "a large float": "1e+16",
    "a large float written out": "1234567890123456.0",
    "a small float": "1e-07",
    "another small float": "1.5e-05",
    "the smallest float": "5e-324",
    "the largest float": "1.7976931348623157e+308",
    "a half of a pair": '"\\ud83d"',
    "escapes": '"\\u00e9\\u2028\\ud83d\\ude00\\b\\f\\n\\r\\t\\"\\\\/\\u0000\\u007f"',
    "empty": "[\n      {},\n      []\n    ]",
}


def twice(root: Path, files: Project, select: str) -> list[str]:
    """What is found in a project, which is the same the fast way."""
    messages = found(root, files, select)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recctl.check.engine._MANY", 0)
        assert found(root, files, select) == messages
    return messages


@pytest.mark.parametrize("name", ODD)
def test_another_formatting_is_reported(name: str, tmp_path: Path) -> None:
    files, what = ODD[name]
    assert twice(tmp_path, files, "RC404") == [f"{LEAD}{what}"]


@pytest.mark.parametrize("name", FINE)
def test_what_the_recorder_writes_so_too(name: str, tmp_path: Path) -> None:
    files = replaced('"headers": {}', f'"headers": {FINE[name]}')
    (raw,) = (data for path, data in files.items() if path.endswith(".json"))
    assert (json.dumps(json.loads(raw), indent=2) + "\n").encode() == raw
    assert twice(tmp_path, files, "RC404") == []


@pytest.mark.parametrize("name", ODD)
def test_fix_writes_what_the_recorder_would(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECCTL_STATE_DIR", str(tmp_path / "state"))
    lay_out(tmp_path, ODD[name][0])
    (path,) = (tmp_path / PLACE).iterdir()
    document = json.loads(path.read_bytes())
    assert run("check", "tests", "--select", "RC404", "--fix", cwd=tmp_path).code == 1
    assert path.read_bytes() == (json.dumps(document, indent=2) + "\n").encode()
    assert findings(tmp_path, "tests", "--select", "RC404") == []


def test_samples_are_formatted_right(tmp_path: Path) -> None:
    recordings: list[Recording] = [make(["Hel", "lo."], "stop") for make in STREAMS.values()]
    for number, recording in enumerate([*recordings, model_list("a")]):
        assert found(tmp_path / str(number), project(moved(recording, PLACE)), "RC404") == []


def test_a_document_that_only_looks_so(tmp_path: Path) -> None:
    """Text inside strings is not formatting."""
    body: Data = {"model": "x", "note": '0.00001\n1e-7,\n"a": 1'}
    files = project(http(TEST, "https://h.org/v1/messages", body, whole({"a": "e-7\n"})))
    assert twice(tmp_path, files, "RC404") == []
