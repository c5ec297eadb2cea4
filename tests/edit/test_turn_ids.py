"""normalize: an id that the request of any other recording carries stays, and is reported."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recctl.catalog.index import Stamp, now
from recctl.catalog.index_database import index_directory
from tests.edit.processes import wait_until
from tests.helpers import Result, chat, document, problems, put, run
from tests.samples.builder import Recording, http, sse, streamed, tool, whole

TEST = "tests/a/test_chat.py::test_two_turns[x::y]"
CARRIED = "resp-1/é"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "tests/a/recordings"


def answered(answer_id: object, *, prompt: str = "Hi.", test_id: str | None = TEST) -> Recording:
    """A recording whose answer came with this id and time."""
    recording = chat(test_id=test_id, prompt=prompt)
    recording.document["response"]["body"]["__data__"] |= {"id": answer_id, "created": 7}
    return recording


def carrying(text: str = CARRIED, *, test_id: str | None = TEST) -> Recording:
    """A recording whose request has this text in it."""
    return chat(test_id=test_id, prompt=f"go on from {text}.")


def data_of(path: Path) -> object:
    """The id and the time of a recorded answer."""
    data = document(path)["response"]["body"]["__data__"]
    return data["id"], data["created"]


def write_twice(*args: Path) -> Result:
    """Normalize; a second run must find nothing due."""
    first = run("normalize", *args, "--write")
    second = run("normalize", *args, "--write")
    assert (second.code, "nothing to normalize" in second.err) == (0, True)
    return first


@pytest.mark.promise("An id that a request carries stays")
def test_a_carried_id_stays_and_the_rest_is_normalized(place: Path) -> None:
    path = put(place, answered(CARRIED))
    put(place, carrying())
    assert write_twice(place).code == 1
    assert data_of(path) == (CARRIED, 0)


def test_a_carried_id_is_reported(place: Path, tmp_path: Path) -> None:
    path = put(place, answered(CARRIED))
    put(place, carrying())
    result = run("normalize", "tests", cwd=tmp_path)
    shown = path.relative_to(tmp_path).as_posix()
    kept = f"response.body.__data__.id stays {CARRIED}: the request of another recording contains it"
    assert result.out.splitlines() == [f"{shown}  created 1", f"{shown}  {kept}"]
    assert result.err == "1 of 2 recordings to normalize, 1 value, 1 id kept; --write normalizes them\n"


def test_a_carried_id_is_in_json(place: Path) -> None:
    path = put(place, answered(CARRIED))
    put(place, carrying())
    (item,) = json.loads(run("normalize", place, "--json").out)
    assert [change["path"] for change in item["changes"]] == ["response.body.__data__.created"]
    new = f"rec-{path.stem[:12]}"
    assert item["kept"] == [{"path": "response.body.__data__.id", "old": CARRIED, "new": new}]


def test_ids_that_stay_are_nothing_due(place: Path) -> None:
    path = put(place, answered(CARRIED))
    put(place, carrying())
    run("normalize", place, "--write")
    before = path.read_bytes()
    result = run("normalize", place, "--write")
    assert (result.code, result.err) == (0, "2 recordings, nothing to normalize, 1 id kept\n")
    assert path.read_bytes() == before


def test_the_file_alone_is_named_and_the_other_lies_beside_it(place: Path) -> None:
    path = put(place, answered(CARRIED))
    put(place, carrying())
    assert write_twice(path).code == 1
    assert data_of(path) == (CARRIED, 0)


def test_the_other_lies_elsewhere_but_is_named_too(place: Path, tmp_path: Path) -> None:
    path = put(place, answered(CARRIED))
    put(tmp_path / "elsewhere/recordings", carrying())
    assert write_twice(tmp_path).code == 1
    assert data_of(path) == (CARRIED, 0)


# ---- where the other request lies


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a recording whose id another one carries, in a directory far from it."""
    put(tmp_path / "tests/a/recordings/first.json", answered(CARRIED))
    return tmp_path


def _named(project: Path, *, cwd: Path | None = None, env: dict[str, str | None] | None = None) -> object:
    """The id and time of the one file, after it alone was named."""
    path = put(project / "tests/a/recordings", answered(CARRIED))
    assert run("normalize", path, "--write", cwd=cwd or project, env=env).code == 1
    return data_of(path)


@pytest.mark.parametrize("command", ["normalize", "check"])
def test_all_recordings_of_the_project_count_though_one_file_was_named(project: Path, command: str) -> None:
    path = put(project / "tests/a/recordings", answered(CARRIED))
    put(project / "tests/z/recordings", carrying(test_id="tests/z/test_z.py::test_z"))
    fix = ("normalize", path, "--write") if command == "normalize" else ("check", path, "--fix")
    assert run(*fix, cwd=project).code == 1
    assert data_of(path) == (CARRIED, 0)


def test_so_do_those_of_the_repository_that_the_file_is_in(project: Path, tmp_path_factory: Any) -> None:
    (project / ".git").mkdir()
    put(project / "tests/z/recordings", carrying(test_id=None))
    assert _named(project, cwd=tmp_path_factory.mktemp("elsewhere")) == (CARRIED, 0)


def test_so_do_configured_directories(project: Path) -> None:
    put(project / "kept/elsewhere.json", carrying(test_id=None))
    assert _named(project) == (f"rec-{Path(answered(CARRIED).path).name[:12]}", 0)
    (project / "pyproject.toml").write_text('[tool.recctl]\nrecordings = ["kept"]\n')
    assert _named(project) == (CARRIED, 0)


def test_a_project_that_does_not_say_where_they_are_stops_it(project: Path) -> None:
    """Nothing is changed on a guess."""
    path = put(project / "tests/a/recordings", answered(CARRIED))
    (project / "pyproject.toml").write_text("[tool.recctl]\nrecordings = 7\n")
    result = run("normalize", path, "--write", cwd=project)
    assert (result.code, len(problems(result)), data_of(path)) == (2, 1, (CARRIED, 7))
    assert "pyproject.toml: [tool.recctl] recordings must be a string or a list" in problems(result)[0]


def test_so_do_the_directories_of_the_variable(project: Path, tmp_path_factory: Any) -> None:
    kept = tmp_path_factory.mktemp("kept")
    put(kept / "one.json", carrying(test_id=None))
    assert _named(project, env={"RECCTL_RECORDINGS": str(kept)}) == (CARRIED, 0)


def test_the_root_of_all_files_is_no_project(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From / or from above one's home everything there is would be searched for a hook on one file."""
    home = place.parents[2] / "home"
    monkeypatch.setenv("HOME", str(home / "me"))
    put(home / "me/stranger/recordings", carrying(test_id=None))
    path = put(home / "me/mine/recordings", answered(CARRIED))
    assert run("normalize", path, "--write", cwd=home).code == 1
    assert data_of(path) == (f"rec-{path.stem[:12]}", 0)


OPENED = """
import sys
from recctl.__main__ import main
sys.addaudithook(lambda event, args: event == "open" and print(args[0], file=sys.stderr))
sys.exit(main(sys.argv[1:]))
"""


def _opened(*args: str | Path, cwd: Path) -> int:
    """How many recordings a run opens."""
    done = subprocess.run(
        [sys.executable, "-c", OPENED, *map(str, args)], cwd=cwd, capture_output=True, text=True, timeout=60
    )
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return len({line for line in done.stderr.splitlines() if line.endswith(".json")})


def test_a_second_run_reads_no_request_again(project: Path) -> None:
    """A hook on one file asks the index about the others, and reads them only if one is due at all."""
    path = put(project / "tests/a/recordings", answered(CARRIED))
    settled = chat()
    others = [put(project / f"tests/z/recordings/{n}.json", carrying(f"resp-{n}")) for n in range(60)]
    # An entry counts only where the file did not change just now.
    wait_until(lambda: Stamp.of(others[-1].stat()).is_settled(now()))
    assert _opened("normalize", path, cwd=project) >= 60
    assert _opened("normalize", path, cwd=project) <= 3
    assert _opened("check", path, "--select", "RC2", cwd=project) <= 3
    others[7].write_bytes(carrying().to_bytes())
    assert _opened("normalize", path, cwd=project) <= 4
    assert run("normalize", path, "--write", cwd=project).code == 1
    assert data_of(path) == (CARRIED, 0)
    plain = put(project / "plain/recordings", settled)
    assert _opened("normalize", plain, cwd=project) == 1


def test_a_damaged_index_is_said_and_changes_no_answer(project: Path) -> None:
    path = put(project / "tests/a/recordings", answered(CARRIED))
    others = [put(project / f"tests/z/recordings/{n}.json", carrying()) for n in range(60)]
    wait_until(lambda: Stamp.of(others[-1].stat()).is_settled(now()))
    first = run("normalize", path, "--json", cwd=project)
    (database,) = index_directory().glob("*-requests.sqlite")
    for damage in (b"", b"no database", database.read_bytes().replace(b"x\x01", b"y\x01")):
        database.write_bytes(damage)
        again = run("normalize", path, "--json", cwd=project)
        assert (again.code, again.out) == (first.code, first.out)
        assert len(problems(again)) == (damage == b"no database")
    assert json.loads(first.out)[0]["kept"][0]["old"] == CARRIED


STAYS_WHEREVER = {
    "another test": "tests/a/test_chat.py::test_two_turns[x]",
    "another test file": "tests/b/test_other.py::test_it",
    "no test": None,
}


@pytest.mark.parametrize("name", STAYS_WHEREVER)
@pytest.mark.parametrize("own", [TEST, None], ids=["of a test", "outside tests"])
def test_the_request_of_another_test_counts_too(place: Path, name: str, own: str | None) -> None:
    """A fixture, or a test before, may hand a value on: its replay needs it as it is."""
    path = put(place, answered(CARRIED, test_id=own))
    put(place, carrying(test_id=STAYS_WHEREVER[name]))
    assert write_twice(place).code == 1
    assert data_of(path) == (CARRIED, 0)


def _asked_by_http(test_id: str) -> Recording:
    return http(test_id, "https://example.org/x", {"previous": CARRIED}, whole({}))


def _asked_of_a_tool(test_id: str) -> Recording:
    return tool(test_id, "brave", "search", {"previous": CARRIED}, whole({}))


@pytest.mark.parametrize("shape", [_asked_by_http, _asked_of_a_tool])
@pytest.mark.parametrize("command", ["normalize", "check"])
def test_a_recording_whose_request_alone_names_its_test_counts(
    place: Path, shape: Callable[[str], Recording], command: str
) -> None:
    path = put(place, answered(CARRIED))
    other = shape(TEST)
    other.document["test_id"] = None
    put(place, other)
    fix = (
        ("check", path, "--fix", "--select", "RC2") if command == "check" else ("normalize", path, "--write")
    )
    assert run(*fix).code == 1
    assert data_of(path) == (CARRIED, 0)


CHANGED_ALL_THE_SAME = {
    "another answer": answered(CARRIED, prompt="Again."),
    "a request with half of it": carrying("resp-1"),
}


@pytest.mark.parametrize("where", CHANGED_ALL_THE_SAME)
def test_an_id_that_is_only_in(place: Path, where: str) -> None:
    path = put(place, answered(CARRIED))
    put(place, CHANGED_ALL_THE_SAME[where])
    assert write_twice(place).code == 1
    assert data_of(path) == (f"rec-{path.stem[:12]}", 0)


def test_an_id_in_the_recordings_own_request_does_not_stay(place: Path) -> None:
    path = put(place, answered(CARRIED, prompt=CARRIED))
    assert write_twice(place).code == 1
    assert data_of(path) == (f"rec-{path.stem[:12]}", 0)


def test_a_tool_calls_id_is_never_due(place: Path) -> None:
    recording = answered("resp-1")
    message = recording.document["response"]["body"]["__data__"]["choices"][0]["message"]
    message["tool_calls"] = [
        {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    ]
    path = put(place, recording)
    assert write_twice(place).code == 1
    calls = document(path)["response"]["body"]["__data__"]["choices"][0]["message"]["tool_calls"]
    assert calls == message["tool_calls"]


# ---- however the other request is written

SPELLINGS = {
    "as the recorder does": lambda raw: raw,
    "raw UTF-8": lambda raw: raw.replace(b"\\u00e9", "é".encode()),
    "upper-case escapes": lambda raw: raw.replace(b"\\u00e9", b"\\u00E9"),
    "an escaped slash": lambda raw: raw.replace(b"resp-1/", b"resp-1\\/"),
    "an escaped dash": lambda raw: raw.replace(b"resp-1", b"resp\\u002d1"),
    "NaN beside it": lambda raw: raw.replace(b'"headers": {}', b'"headers": {"x": NaN}'),
    "a lone surrogate beside it": lambda raw: raw.replace(b'"headers": {}', b'"headers": {"x": "\\ud83d"}'),
    "an earlier request": lambda raw: raw.replace(b'"request": {', b'"request": {}, "request": {'),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_an_id_stays_however_the_other_request_spells_it(place: Path, name: str) -> None:
    path = put(place, answered(CARRIED))
    other = put(place, carrying())
    other.write_bytes(SPELLINGS[name](other.read_bytes()))
    assert CARRIED in json.dumps(document(other), ensure_ascii=False)
    assert write_twice(place).code == 1
    assert data_of(path) == (CARRIED, 0)


def test_an_answer_with_nan_in_it_is_no_request(place: Path) -> None:
    """Two answers with the same id, as servers with short ids give them; one has a NaN among its logprobs."""
    one, other = (put(place, answered("chatcmpl-884", prompt=prompt)) for prompt in ("Hi.", "Ho."))
    other.write_bytes(other.read_bytes().replace(b'"logprobs": null', b'"logprobs": NaN'))
    assert write_twice(place).code == 1
    assert [data_of(path) for path in (one, other)] == [(f"rec-{p.stem[:12]}", 0) for p in (one, other)]


# ---- with --volatile too

INTERACTIONS = "https://generativelanguage.googleapis.com/v1beta/interactions"


def interaction(answer_id: str, prompt: str, *, stream: bool, **more: str) -> Recording:
    """A recorded interaction, whole or as events."""
    body = {"id": answer_id, "object": "interaction", "created": "2026-04-16T07:41:09Z"}
    lines = sse("interaction.start", {"interaction": body}) + sse(
        "content.stop", {"interaction_id": answer_id}
    )
    response = streamed(*lines) if stream else whole(body)
    return http(TEST, INTERACTIONS, {"input": prompt, **more}, response)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_volatile_ids_stay_when_the_next_request_carries_them(place: Path, stream: bool) -> None:
    first = put(place, interaction("v1_first", "Hi.", stream=stream))
    second = put(place, interaction("v1_second", "Go on.", stream=stream, previous_interaction_id="v1_first"))
    result = run("normalize", place, "--volatile", "--write")
    assert (result.code, "1 id kept" in result.err or "2 ids kept" in result.err) == (1, True)
    assert b"v1_first" in first.read_bytes()
    assert b"2026-04-16" not in first.read_bytes()
    assert b'"previous_interaction_id": "v1_first"' in second.read_bytes()
    assert b"v1_second" not in second.read_bytes()
    assert f"rec-{second.stem[:12]}".encode() in second.read_bytes()
    assert run("normalize", place, "--volatile", "--write").code == 0
