"""RC101 to RC106: recordings that a replay does not find."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check.samples import (
    COMMON,
    PLACE,
    codes,
    config,
    findings,
    found,
    lay_out,
    model_list,
    old,
    project,
    replaced,
    tool_answer,
)
from tests.helpers import chat
from tests.samples.builder import answered, http, moved, whole
from tests.samples.streams import TEST

PLAIN = chat(test_id=TEST)
RIGHT = Path(PLAIN.path).stem
WRONG = (f"{PLACE}/{'a' * 64}.json", f"{PLACE}/{'b' * 64}.json")


# ---- edited and superseded


def test_the_message_has_the_hash_of_an_edited_file(tmp_path: Path) -> None:
    (message,) = found(tmp_path, project(moved(PLAIN, WRONG[0])), "RC101")
    assert (
        message
        == f"its name is not the hash of its request under any hash rule; the current hash is {RIGHT[:12]}…"
    )


def test_the_message_has_the_right_name_of_a_file_without_a_hash(tmp_path: Path) -> None:
    (message,) = found(tmp_path, project(moved(PLAIN, f"{PLACE}/x.json")), "RC101")
    assert message == f"its name is not a request hash; the name for its request is {RIGHT}.json"


def test_an_older_rule_is_reported(tmp_path: Path) -> None:
    (message,) = found(tmp_path, project(old()), "RC102")
    assert message == "its name fits an older hash rule, that of 2025-07-29, not the one in force"


def test_a_newer_rule_is_reported(tmp_path: Path) -> None:
    """The project says that its recorder is older than the one that made the file."""
    asked = chat(test_id=TEST, prompt="score: 0.25")
    files = project(asked, config=config('hash-rule = "2026-03-18"', "tool.recctl"))
    (message,) = found(tmp_path, files, "RC102")
    assert message == "its name fits a newer hash rule, that of 2026-10-09, not the one in force"


@pytest.mark.parametrize("era", ["2025-10-09", "2026-01-21", "2026-03-18", "2026-04-09"])
def test_where_rules_agree_every_era_finds_the_file(era: str, tmp_path: Path) -> None:
    files = project(PLAIN, config=config(f'hash-rule = "{era}"', "tool.recctl"))
    assert found(tmp_path, files, "RC101,RC102") == []


def test_a_name_is_not_both_edited_and_superseded(tmp_path: Path) -> None:
    files = {**project(old()), **replaced("::test_one", "::test_two")}
    assert [code for code, _ in codes(tmp_path, files, "RC101,RC102")] == ["RC101", "RC102"]


@pytest.mark.parametrize("change", ["POST", "api.openai.com"])
def test_what_is_hashed_counts(change: str, tmp_path: Path) -> None:
    """The method is part of the hash, the host is not."""
    files = replaced(change, "GET" if change == "POST" else "api.example.com")
    assert len(found(tmp_path, files, "RC101")) == (change == "POST")


# ---- directories


def test_the_message_names_the_directory_in_which_a_replay_looks(tmp_path: Path) -> None:
    (message,) = found(tmp_path, project(moved(PLAIN, "tests/b/recordings")), "RC104")
    assert message == f"it is not in {PLACE}/, where its test looks"


@pytest.mark.parametrize(
    "directory", ["x/tests/a/recordings", "tests/common/recordings", "common/recordings"]
)
def test_directories_that_are_right(directory: str, tmp_path: Path) -> None:
    lay_out(tmp_path, project(moved(PLAIN, directory)))
    assert findings(tmp_path, ".", "--select", "RC104") == []


@pytest.mark.parametrize(
    "directory", ["tests/a", "tests/a/recordings/responses", "a/recordings", "tests/common"]
)
def test_directories_that_are_wrong(directory: str, tmp_path: Path) -> None:
    lay_out(tmp_path, project(moved(PLAIN, directory)))
    assert [one["code"] for one in findings(tmp_path, ".", "--select", "RC104")] == ["RC104"]


def test_a_test_at_the_top_of_the_project(tmp_path: Path) -> None:
    files = project(chat(test_id="test_top.py::test_one"))
    lay_out(tmp_path, files)
    assert findings(tmp_path, ".", "--select", "RC104") == []


def test_a_file_that_replay_finds_already_is_not_to_be_replaced(tmp_path: Path) -> None:
    """To move the copy where the message points would overwrite the live one."""
    name = Path(PLAIN.path).name
    (message,) = found(tmp_path, project(PLAIN, moved(PLAIN, "tests/b/recordings")), "RC104")
    assert message == f"it is not in {PLACE}/, where its test looks and finds another {name}"


def test_a_part_of_a_name_is_no_directory(tmp_path: Path) -> None:
    files = project(moved(PLAIN, "tests/aa/recordings"))
    assert len(found(tmp_path, files, "RC104")) == 1


def test_the_old_layout_is_no_wrong_directory(tmp_path: Path) -> None:
    files = project(old(), config=config('hash-rule = "2025-07-29"', "tool.recctl"))
    assert found(tmp_path, files, "RC104,RC105,RC102,RC101") == [
        "it names no test and is not in common/recordings/"
    ]


@pytest.mark.parametrize("directory", [COMMON, "common/recordings"])
def test_calls_outside_tests_belong_in_the_shared_directory(directory: str, tmp_path: Path) -> None:
    lay_out(tmp_path, project(moved(chat(), directory)))
    assert findings(tmp_path, ".", "--select", "RC1") == []


@pytest.mark.parametrize("make", [lambda: model_list("a"), tool_answer], ids=["models", "tool"])
def test_what_is_hashed_without_a_test_may_be_in_any_directory(make: object, tmp_path: Path) -> None:
    assert callable(make)
    recording = make()
    recording.document["test_id"] = None
    recording.document["request"].pop("test_id", None)
    assert found(tmp_path, project(moved(recording, PLACE)), "RC105") == []


def test_an_http_call_names_its_test_in_its_request(tmp_path: Path) -> None:
    recording = http(TEST, "https://h.org/v1/messages", {"model": "x"}, whole({"a": 1}))
    recording.document["test_id"] = None
    assert found(tmp_path, project(recording), "RC105") == []


# ---- one request, two files


def test_of_two_the_one_with_the_right_name_stays(tmp_path: Path) -> None:
    assert codes(tmp_path, project(PLAIN, moved(PLAIN, WRONG[0])), "RC106") == [("RC106", "a" * 12)]


def test_the_message_names_the_one_that_stays(tmp_path: Path) -> None:
    messages = found(tmp_path, project(PLAIN, moved(PLAIN, WRONG[0])), "RC106")
    assert messages == [f"it records the same request as {RIGHT}.json, which a replay finds instead"]


def test_without_a_live_twin_it_adds_nothing_to_a_wrong_name(tmp_path: Path) -> None:
    """Neither of two with a wrong name is better than the other; RC101 is reported for both."""
    files = project(*(moved(PLAIN, name) for name in WRONG))
    assert codes(tmp_path, files, "RC106,RC101") == [("RC101", "a" * 12), ("RC101", "b" * 12)]


def test_of_two_with_older_names_none_is_reported(tmp_path: Path) -> None:
    files = project(moved(old(), PLACE), moved(old(), f"{PLACE}/{'a' * 64}.json"))
    assert {code for code, _ in codes(tmp_path, files, "RC106,RC101,RC102")} == {"RC101", "RC102"}


def test_of_three_each_but_the_live_one_is_reported(tmp_path: Path) -> None:
    files = project(PLAIN, *(moved(PLAIN, name) for name in WRONG))
    assert codes(tmp_path, files, "RC106") == [("RC106", "a" * 12), ("RC106", "b" * 12)]


def test_the_right_one_is_found_where_only_the_other_was_given(tmp_path: Path) -> None:
    lay_out(tmp_path, project(PLAIN, moved(PLAIN, WRONG[0])))
    reported = findings(tmp_path, WRONG[0], "--select", "RC106")
    assert [one["message"] for one in reported] == [
        f"it records the same request as {RIGHT}.json, which a replay finds instead"
    ]
    assert findings(tmp_path, PLAIN.path, "--select", "RC106") == []


def test_a_file_with_the_right_name_that_holds_another_request_is_not_the_same(tmp_path: Path) -> None:
    """The content of one recording was copied over another."""
    other = chat(test_id=TEST, prompt="Ho.")
    files = project(moved(other, PLAIN.path), moved(PLAIN, WRONG[0]))
    assert found(tmp_path, files, "RC106") == []


def test_an_old_name_beside_the_new_one(tmp_path: Path) -> None:
    """A recording of the first era, made again under a later rule without a test."""
    anew = moved(chat(), PLACE)
    before = moved(old(), PLACE)
    assert codes(tmp_path, project(anew, before), "RC106") == [("RC106", Path(before.path).name[:12])]


def test_lists_of_models_may_share_a_request(tmp_path: Path) -> None:
    lists = [model_list("a"), model_list("a", "b"), model_list("c")]
    assert len({Path(one.path).name for one in lists}) == 3
    assert found(tmp_path, project(*lists), "RC106") == []


# ---- the id of another recording

FOREIGN = "rec-0123456789ab"


def test_a_foreign_id_is_reported_once_a_file(tmp_path: Path) -> None:
    (message,) = found(tmp_path, project(answered(PLAIN, id=FOREIGN)), "RC103")
    assert message == f"its response holds {FOREIGN}, the id of another recording"


@pytest.mark.parametrize("id_", [FOREIGN, "chatcmpl-1", "rec-0123456789aB", f"{FOREIGN}c", f"x{FOREIGN}", ""])
def test_an_id_is_either_foreign_or_not_normalized(id_: str, tmp_path: Path) -> None:
    reported = codes(tmp_path, project(answered(PLAIN, id=id_)), "RC103,RC201")
    assert [code for code, _ in reported] == ["RC103" if id_ == FOREIGN else "RC201"]


def test_a_foreign_id_does_not_hide_a_time(tmp_path: Path) -> None:
    reported = codes(tmp_path, project(answered(PLAIN, id=FOREIGN, created=7)), "RC103,RC201")
    assert [code for code, _ in reported] == ["RC103", "RC201"]


def test_a_copy_is_foreign_under_its_new_name_only(tmp_path: Path) -> None:
    reported = codes(tmp_path, project(PLAIN, moved(PLAIN, WRONG[0])), "RC103")
    assert reported == [("RC103", "a" * 12)]


@pytest.mark.parametrize(
    ("test_id", "stays"),
    [(TEST, True), (f"{TEST}[x]", True), (None, True)],
    ids=["its own", "another", "none"],
)
def test_an_id_stays_that_any_request_holds(test_id: str | None, stays: bool, tmp_path: Path) -> None:
    later = moved(chat(test_id=test_id, prompt=f"go on from {FOREIGN}"), PLACE)
    files = project(answered(PLAIN, id=FOREIGN), later)
    assert (found(tmp_path, files, "RC103") == []) == stays
    given = findings(tmp_path, PLAIN.path, "--select", "RC103")
    assert (given == []) == stays


def test_its_own_request_is_no_later_one(tmp_path: Path) -> None:
    recording = answered(chat(test_id=TEST, prompt=f"go on from {FOREIGN}"), id=FOREIGN)
    assert len(found(tmp_path, project(recording), "RC103")) == 1


def test_lists_of_models_with_wrong_names_are_not_the_same(tmp_path: Path) -> None:
    """None of them is dead, whichever answers."""
    lists = [
        moved(one, f"{COMMON}/models-{'0' * 64}-{number * 8}.json")
        for number, one in zip("12", map(model_list, "ab"), strict=True)
    ]
    assert [code for code, _ in codes(tmp_path, project(*lists), "RC101,RC106")] == ["RC101", "RC101"]


def test_a_link_to_itself_in_the_directory_hides_no_recording(tmp_path: Path) -> None:
    lay_out(tmp_path, project(PLAIN, moved(PLAIN, WRONG[1])))
    before = findings(tmp_path, WRONG[1], "--select", "RC106")
    (tmp_path / WRONG[1]).with_name("loop.json").symlink_to("loop.json")
    assert findings(tmp_path, WRONG[1], "--select", "RC106") == before != []
