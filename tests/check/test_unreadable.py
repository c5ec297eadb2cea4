"""RC001 to RC004: files that cannot be read, or that different readers understand differently."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.check.samples import (
    PLACE,
    SAMPLES,
    Project,
    codes,
    findings,
    found,
    lay_out,
    nested,
    project,
    replaced,
    with_bytes,
)
from tests.helpers import chat, problems, run
from tests.samples import openai_parts
from tests.samples.builder import http, inference, whole
from tests.samples.streams import TEST

UNREADABLE = [(code, name) for code in ("RC001", "RC003") for name in SAMPLES[code]]

WORDS = {
    "empty": "is empty",
    "cut short": "is cut short",
    "cut short by one brace": "is cut short",
    "a merge conflict": "is not JSON at line",
    "Latin-1": "is not UTF-8: byte",
    "UTF-16": "is not UTF-8: byte",
    "a byte order mark": "Unexpected UTF-8 BOM",
    "two documents": "Extra data",
}


@pytest.mark.parametrize("name", WORDS)
def test_the_message_says_what_is_wrong(name: str, tmp_path: Path) -> None:
    (message,) = found(tmp_path, SAMPLES["RC001"][name], "RC001")
    assert WORDS[name] in message


@pytest.mark.parametrize(("code", "name"), UNREADABLE, ids=map(" ".join, UNREADABLE))
def test_nothing_else_is_said_of_a_file_that_cannot_be_read(code: str, name: str, tmp_path: Path) -> None:
    lay_out(tmp_path, SAMPLES[code][name])
    assert [finding["code"] for finding in findings(tmp_path)] == [code]


@pytest.mark.parametrize(("code", "name"), UNREADABLE, ids=map(" ".join, UNREADABLE))
@pytest.mark.parametrize("select", ["RC203", "RC404", "RC501"])
def test_where_the_rule_is_not_asked_for_the_file_is_a_problem(
    code: str, name: str, select: str, tmp_path: Path
) -> None:
    lay_out(tmp_path, SAMPLES[code][name])
    result = run("check", "tests", "--select", select, "--format", "json", cwd=tmp_path)
    assert (result.code, json.loads(result.out), len(problems(result))) == (2, [], 1)


@pytest.mark.promise("A bad file is named and hides no good one")
@pytest.mark.parametrize("rules", ["RC1", "RC106", "RC103", "RC401", "RC4", "RC5"])
@pytest.mark.parametrize("code", ["RC001", "RC003"])
def test_a_file_that_cannot_be_read_hides_no_other(code: str, rules: str, tmp_path: Path) -> None:
    """A file beside it breaks many rules; its findings are the same with and without."""
    other = SAMPLES["RC106"]["two copies"]
    lay_out(tmp_path, other)
    alone = run("check", "tests", "--select", rules, "--format", "json", cwd=tmp_path).out
    deep = with_bytes(
        lambda raw: raw.replace(b'"id": "', b'"z": ' + nested(900).encode() + b', "id": "x'),
        chat(test_id=TEST, prompt="Deep."),
    )
    bad = deep if code == "RC003" else {f"{PLACE}/{'c' * 64}.json": b"{"}
    lay_out(tmp_path, {**bad, **other})
    both = run("check", "tests", "--select", rules, "--format", "json", cwd=tmp_path)
    bad_names = {Path(name).name for name in bad if name.endswith(".json")}
    reported = [one for one in json.loads(both.out or "null") if Path(one["path"]).name not in bad_names]
    assert reported == json.loads(alone)


def test_a_request_of_no_kind_is_no_recording(tmp_path: Path) -> None:
    """The rule says so: its request is of no known kind."""
    files = {f"{PLACE}/{'a' * 64}.json": b'{\n  "test_id": null,\n  "request": {},\n  "response": {}\n}\n'}
    assert len(found(tmp_path, files, "RC003")) == 1


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    lay_out(tmp_path, project(chat(test_id=TEST)))
    result = run("check", "tests", "gone.json", cwd=tmp_path)
    assert (result.code, "gone.json" in result.err) == (2, True)


# ---- duplicate keys


def test_each_key_is_reported_once(tmp_path: Path) -> None:
    twice = '"headers": {"a": 1, "a": 2, "b": 3, "b": 4, "b": 5, "c": {"a": 1, "a": 2}}'
    messages = found(tmp_path, replaced('"headers": {}', twice), "RC002")
    assert messages == [
        f"{key} is a duplicate key in one object; parsers keep the last value" for key in "ab"
    ]


def test_the_line_is_that_of_the_key(tmp_path: Path) -> None:
    """A key that is part of another word above it, as id is of test_id."""
    files = replaced('"headers": {}', '"headers": {},\n    "id": 1,\n    "id": 2')
    lay_out(tmp_path, files)
    (name,) = [name for name in files if name.endswith(".json")]
    lines = files[name].decode().splitlines()
    out = run("check", "tests", "--select", "RC002", "--format", "github", cwd=tmp_path).out
    number = lines.index('    "id": 1,') + 1
    assert f"line={number}," in out


def test_a_document_with_a_key_twice_is_not_written_anew(tmp_path: Path) -> None:
    files = replaced('"headers": {}', '"headers": {"a": 1, "a": 2}')
    assert [code for code, _ in codes(tmp_path, files, "RC002,RC404")] == ["RC002"]


def test_a_key_twice_is_found_beside_a_number_of_many_digits(tmp_path: Path) -> None:
    files = replaced('"headers": {}', f'"headers": {{"n": {"1" * 300}, "a": 1, "a": 2}}')
    assert len(found(tmp_path, files, "RC002")) == 1


# ---- unknown formats

SILENT: dict[str, Project] = {
    "an error": project(http(TEST, "https://h.org/x", {"model": "x"}, whole({"error": {"message": "no"}}))),
    "no body": project(inference(TEST, openai_parts.OPENAI_URL, {}, whole(None))),
    "vectors": project(
        inference(TEST, openai_parts.OPENAI_URL, {}, whole(openai_parts.embeddings("x", [[0.5]], 1)))
    ),
    "a known look under another class": replaced(
        "openai.types.chat.chat_completion.ChatCompletion", "my.Own"
    ),
}


@pytest.mark.parametrize("name", SILENT)
def test_a_format_that_is_known(name: str, tmp_path: Path) -> None:
    assert found(tmp_path, SILENT[name], "RC004") == []
