"""`recctl hash`: the verdict on a name, the rules, since when none fits, and requests not yet recorded."""

from __future__ import annotations

import io
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.diff.repository import Repository, new_repository
from tests.helpers import Result, chat, problems, put, run, run_in_terminal, run_process, run_shell
from tests.samples import builder, openai_parts
from tests.samples.builder import Data, Recording, sha256_of, typed, whole

TEST = "tests/test_trip.py::test_ferry"
URL = openai_parts.OPENAI_URL
ERAS = [
    *("2026-10-09", "2026-06-17", "2026-04-09", "2026-03-18", "2026-01-21"),
    *("2025-11-03", "2025-10-09", "2025-10-04", "2025-07-29"),
]
NEWEST, REMOTE, SEARCH, PROJECT, BEDROCK, MODELS, DECIMALS, IDS, SHORT = ERAS
IN_FORCE = f"  in force  {NEWEST}, as in ogx 1.5"
NO_RULE = "no rule for this kind of request yet"


# ---- recordings


def trip(prompt: str = "When?", **body: Any) -> Recording:
    return chat("At nine.", prompt=prompt, test_id=TEST, **body)


def edited(recording: Recording, **body: Any) -> Recording:
    """The recording with another body, under its old name."""
    request = recording.document["request"]
    changed = {**request, "body": {**request["body"], **body}}
    return Recording(recording.path, {**recording.document, "request": changed})


def of_test(recording: Recording, test_id: str) -> Recording:
    """The recording with another test in it, under its old name."""
    return Recording(recording.path, {**recording.document, "test_id": test_id})


def named(recording: Recording, stem: str) -> Recording:
    """The recording under another name."""
    return Recording(f"{Path(recording.path).parent.as_posix()}/{stem}.json", recording.document)


def searched() -> Recording:
    """A recording whose request the newest rule hashes differently from those before."""
    return trip("score: 0.5")


def raw_hash(recording: Recording, era: str = IDS) -> str:
    """The hash of the eras that evened nothing out."""
    request = recording.document["request"]
    parts = {"method": "POST", "endpoint": "/v1/v1/chat/completions", "body": request["body"]}
    return sha256_of(parts if era == SHORT else {**parts, "test_id": recording.document["test_id"]})


def model_list(*names: str) -> Recording:
    models = [typed(openai_parts.MODEL, id=name, object="model") for name in names]
    return builder.inference(TEST, "https://api.openai.com/v1/models", {}, whole(models))


def withdrawn() -> Recording:
    return builder.file_processing(TEST, "pypdf", "process", "file-1", whole(None))


def first_line(result: Result) -> str:
    return result.out.splitlines()[0]


def details(result: Result) -> dict[str, str]:
    """The lines between the verdict and the hashes, by their names, but for the rule in force."""
    above = result.out.partition("\n\n")[0].splitlines()[1:]
    lines = {line[2:12].rstrip(): line[12:] for line in above}
    assert lines.pop("in force")
    return lines


def hashes(result: Result) -> list[str]:
    """The lines of the rules, as they stand."""
    return result.out.partition("\n\n")[2].splitlines()


def marked(result: Result) -> list[str]:
    """The rules with the mark."""
    return [line[2:12] for line in hashes(result) if line.startswith("* ")]


def in_force(result: Result) -> list[str]:
    """The rules said to be in force."""
    lines = result.out.partition("\n\n")[0].splitlines()
    return [line[12:22] for line in lines if line.startswith("  in force  ")]


def configure(directory: Path, rule: str) -> None:
    (directory / "pyproject.toml").write_text(f"[tool.recctl]\nhash-rule = {rule}\n")


# ---- the verdicts


def test_a_live_recording(tmp_path: Path) -> None:
    path = put(tmp_path / "recordings", searched())
    new, old = path.stem, raw_hash(searched())
    page = [
        f"rec-{new[:12]}  live: named by the rule in force: a replay finds it",
        f"  file      recordings/{new}.json",
        f"  test      {TEST}",
        IN_FORCE,
        "",
        f"* {NEWEST}  {new}",
        *(f"  {era}  {new}" for era in (REMOTE, SEARCH)),
        *(f"  {era}  {old}" for era in ERAS[3:8]),
        f"  {SHORT}  {raw_hash(searched(), SHORT)[:12]}",
    ]
    result = run("hash", f"rec-{new[:12]}", cwd=tmp_path)
    assert (result.code, result.out.splitlines(), result.err) == (0, page, "")


def test_a_superseded_recording(tmp_path: Path) -> None:
    old = raw_hash(searched())
    put(tmp_path / "recordings", named(searched(), old))
    result = run("hash", old[:8], cwd=tmp_path)
    verdict = "superseded: named by an older rule: a replay does not find it"
    assert (result.code, first_line(result), result.err) == (1, f"rec-{old[:12]}  {verdict}", "")
    assert details(result) == {
        "file": f"recordings/{old}.json",
        "test": TEST,
        "rule": f"of {PROJECT}: project_id is left out of extra_body and extra_query",
    }
    assert (marked(result), in_force(result)) == ([PROJECT], [NEWEST])


def test_a_recording_of_the_first_era(tmp_path: Path) -> None:
    old = builder.old_inference(URL, {"model": "m", "messages": []}, whole(None))
    path = put(tmp_path / "recordings", old)
    result = run("hash", path, cwd=tmp_path)
    assert (result.code, first_line(result).split()[:2]) == (1, [f"rec-{path.stem}", "superseded:"])
    assert details(result)["test"] == "none"
    assert details(result)["rule"] == f"of {SHORT}: method, endpoint and body; names have 12 digits"
    assert (marked(result), hashes(result)[-1]) == ([SHORT], f"* {SHORT}  {path.stem}")


def test_a_recording_ahead_of_its_project(tmp_path: Path) -> None:
    configure(tmp_path, f'"{MODELS}"')
    path = put(tmp_path / "recordings", searched())
    result = run("hash", path.stem, cwd=tmp_path)
    verdict = "ahead: named by a newer rule than the one in force: a replay does not find it"
    assert (result.code, first_line(result)) == (1, f"rec-{path.stem[:12]}  {verdict}")
    assert details(result)["rule"].startswith(f"of {NEWEST}: any test may use /info")
    assert (marked(result), in_force(result)) == ([NEWEST], [MODELS])


def test_an_edited_recording(tmp_path: Path) -> None:
    path = put(tmp_path / "recordings", edited(trip(), temperature=1))
    result = run("hash", path.stem, cwd=tmp_path)
    verdict = "edited: named by no rule: a replay does not find it"
    assert (result.code, first_line(result), result.err) == (1, f"rec-{path.stem[:12]}  {verdict}", "")
    assert details(result) == {"file": f"recordings/{path.name}", "test": TEST}
    assert (marked(result), in_force(result), path.stem in "".join(hashes(result))) == ([], [NEWEST], False)


def test_a_kind_without_a_rule(tmp_path: Path) -> None:
    path = put(tmp_path / "recordings", withdrawn())
    result = run("hash", path.stem, cwd=tmp_path)
    verdict = "unknown: no hash rule is known for this kind of request"
    assert (result.code, first_line(result), result.err) == (0, f"rec-{path.stem[:12]}  {verdict}", "")
    assert hashes(result) == [
        f"  {NEWEST}  {NO_RULE}",
        *(f"  {era}  {NO_RULE}" for era in ERAS[1:]),
    ]


def test_a_tool_has_a_hash_since_the_second_era(tmp_path: Path) -> None:
    path = put(tmp_path / "recordings", builder.tool(TEST, "search", "find", {"q": "x"}, whole(None)))
    result = run("hash", path, cwd=tmp_path)
    lines = [f"  {era}  {path.stem}" for era in ERAS[1:8]] + [f"  {SHORT}  {NO_RULE}"]
    assert (result.code, hashes(result)) == (0, [f"* {NEWEST}  {path.stem}", *lines])


def test_plain_http_has_a_hash_since_2026(tmp_path: Path) -> None:
    path = put(tmp_path / "recordings", builder.http(TEST, "https://h/v1/messages", {"k": 1}, whole(None)))
    result = run("hash", path, cwd=tmp_path)
    lines = [f"  {era}  {path.stem}" for era in ERAS[1:5]] + [f"  {era}  {NO_RULE}" for era in ERAS[5:]]
    assert (result.code, hashes(result)) == (0, [f"* {NEWEST}  {path.stem}", *lines])


def test_a_list_of_models(tmp_path: Path) -> None:
    path = put(tmp_path / "recordings", model_list("gpt-4o"))
    result = run("hash", path.stem[:20], cwd=tmp_path)
    assert (result.code, first_line(result).split()[:2]) == (0, [path.stem, "live:"])
    assert marked(result) == [NEWEST]


def test_a_name_with_no_hash(tmp_path: Path) -> None:
    put(tmp_path / "recordings/hand-made.json", trip())
    result = run("hash", "hand-made", cwd=tmp_path)
    assert (result.code, first_line(result).split()[:2], marked(result)) == (1, ["hand-made", "edited:"], [])
    assert Path(trip().path).stem in hashes(result)[0]


def test_a_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    put(tmp_path / "recordings/evil\x1b[31m.json", trip())
    result = run("hash", "recordings/evil\x1b[31m.json", cwd=tmp_path)
    assert (result.code, "\x1b" in result.out) == (1, False)
    assert details(result)["file"] == "recordings/evil\\x1b[31m.json"


def test_a_test_id_stays_on_its_line(tmp_path: Path) -> None:
    path = put(tmp_path / "recordings", of_test(trip(), "tests/a.py::b\n\x1b[2J"))
    result = run("hash", path, cwd=tmp_path)
    assert details(result)["test"] == "tests/a.py::b\\n\\x1b[2J"


def test_only_the_directories_given_are_searched(tmp_path: Path) -> None:
    put(tmp_path / "recordings", trip("One?"))
    path = put(tmp_path / "other", trip("Two?"))
    assert run("hash", path.stem, "--dir", "other", cwd=tmp_path).code == 0
    missed = run("hash", path.stem, cwd=tmp_path)
    assert (missed.code, missed.out, len(problems(missed))) == (2, "", 1)


def test_a_file_that_is_no_recording(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("{")
    result = run("hash", "x.json", cwd=tmp_path)
    assert (result.code, result.out, len(problems(result))) == (2, "", 1)
    assert result.err.startswith("recctl: x.json: ")


# ---- the rule of a project


@pytest.mark.parametrize("era", ERAS)
def test_a_project_says_its_rule(tmp_path: Path, era: str) -> None:
    configure(tmp_path, f'"{era}"')
    path = put(tmp_path / "recordings", trip())
    live = put(tmp_path / "recordings", named(trip(), raw_hash(trip(), SHORT)[:12])) if era == SHORT else path
    result = run("hash", live, cwd=tmp_path)
    assert (result.code, marked(result), in_force(result)) == (0, [era], [era])


def test_a_rule_of_no_era_is_refused(tmp_path: Path) -> None:
    configure(tmp_path, '"2025-12-24"')
    path = put(tmp_path / "recordings", trip())
    said = f'there is no rule 2025-12-24; known are {", ".join(ERAS)}; or name a release, as "ogx 1.5.0"'
    expected = Result(2, b"", f"recctl: [tool.recctl] hash-rule: {said}\n")
    assert run("hash", path, cwd=tmp_path) == expected
    assert run("hash", "--url", URL, "--body", "nothing", cwd=tmp_path) == expected


@pytest.mark.parametrize("value", ["3", '""', "[]", "2025-11-03", "true"])
def test_a_rule_that_is_no_string_is_refused(tmp_path: Path, value: str) -> None:
    configure(tmp_path, value)
    result = run("hash", put(tmp_path / "recordings", trip()), cwd=tmp_path)
    assert (result.code, result.out, len(problems(result))) == (2, "", 1)
    assert "[tool.recctl] hash-rule must be a string" in result.err


# ---- since when


@dataclass(frozen=True)
class Commit:
    """A commit as the page tells it."""

    name: str

    def since(self, what: str = "") -> str:
        return f"{self.name}; there {what} changed" if what else self.name


def commit(repository: Repository, subject: str, *recordings: Recording) -> Commit:
    """Put these recordings and commit all that changed."""
    repository.put(*recordings)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--allow-empty", "--allow-empty-message", "--message", subject)
    return Commit(repository.git("log", "-1", "--abbrev=12", "--format=%h (%cs) %s"))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository without a commit."""
    return new_repository(tmp_path / "repository")


def told(repository: Repository, name: str, code: int = 1) -> str | None:
    """What the page says of since when; it has to end so, without a word on stderr."""
    result = run("hash", name, cwd=repository.top)
    assert (result.code, result.err) == (code, "")
    return details(result).get("since")


def other_answer(recording: Recording, answer: str) -> Recording:
    """The recording with another answer; the request stays."""
    response = chat(answer).document["response"]
    return Recording(recording.path, {**recording.document, "response": response})


def test_edited_in_the_third_of_five_commits(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    commit(repository, "Answer", other_answer(made, "At ten."))
    third = commit(repository, "Replace a name everywhere", edited(made, user="ada"))
    commit(repository, "Answer again", other_answer(edited(made, user="ada"), "At noon."))
    commit(repository, "Replace another", edited(made, user="eve"))
    assert told(repository, made.path) == third.since("body")


def test_edited_but_not_committed(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    repository.put(edited(made, user="ada"))
    since = "uncommitted changes; there body changed"
    assert told(repository, made.path) == since
    repository.git("add", "--all")
    assert told(repository, made.path) == since


def test_edited_and_then_changed_without_a_commit(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    edit = commit(repository, "Edit", edited(made, user="ada"))
    repository.put(edited(made, user="eve"))
    assert told(repository, made.path) == edit.since("body")


CHANGES: dict[str, tuple[Recording, str]] = {
    "the test": (of_test(trip(), "tests/test_trip.py::test_train"), "test_id"),
    "the body": (edited(trip(), user="ada"), "body"),
    "both": (of_test(edited(trip(), user="ada"), "tests/x.py::y"), "body, test_id"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_changed_is_told(repository: Repository, case: str) -> None:
    changed, what = CHANGES[case]
    commit(repository, "Record", trip())
    edit = commit(repository, "Edit", changed)
    assert told(repository, changed.path) == edit.since(what)


def test_the_method_and_the_url_are_told_too(repository: Repository) -> None:
    made = trip()
    request = {**made.document["request"], "method": "PUT", "url": "https://api.openai.com/v2/chat"}
    commit(repository, "Record", made)
    edit = commit(repository, "Edit", Recording(made.path, {**made.document, "request": request}))
    assert told(repository, made.path) == edit.since("method, endpoint")


def test_the_parts_of_a_tool_are_told(repository: Repository) -> None:
    made = builder.tool(TEST, "search", "find", {"q": "x"}, whole(None))
    request = {**made.document["request"], "kwargs": {"q": "y"}}
    commit(repository, "Record", made)
    edit = commit(repository, "Edit", Recording(made.path, {**made.document, "request": request}))
    assert told(repository, made.path) == edit.since("kwargs")


def test_what_the_hash_leaves_out_is_not_told(repository: Repository) -> None:
    made = trip("score: 0.5", temperature=0)
    commit(repository, "Record", made)
    commit(repository, "Another score", edited(made, messages=[openai_parts.user("score: 0.6")]))
    edit = commit(repository, "Edit", edited(made, messages=[openai_parts.user("score: 0.6")], temperature=1))
    assert told(repository, made.path) == edit.since("body")


def test_renamed_by_hand(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    hand = named(made, "ferry")
    repository.git("mv", made.path, hand.path)
    renaming = commit(repository, "Give it a name")
    commit(repository, "Answer", other_answer(hand, "At ten."))
    assert told(repository, hand.path) == renaming.since("name")


def test_renamed_and_back(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    repository.git("mv", made.path, "tests/recordings/ferry.json")
    commit(repository, "Give it a name")
    repository.git("mv", "tests/recordings/ferry.json", made.path)
    commit(repository, "Take it away")
    assert told(repository, made.path, code=0) is None


def test_moved_with_its_name(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    repository.git("mv", "tests", "checks")
    commit(repository, "Move")
    path = made.path.replace("tests/", "checks/", 1)
    assert told(repository, path, code=0) is None
    edit = commit(repository, "Edit", Recording(path, edited(made, user="ada").document))
    assert told(repository, path) == edit.since("body")


def test_never_fitted(repository: Repository) -> None:
    made = named(trip(), "ferry")
    added = commit(repository, "Write by hand", made)
    commit(repository, "Answer", other_answer(made, "At ten."))
    repository.put(edited(made, user="ada"))
    assert told(repository, made.path) == f"it was added, in {added.name}"


def test_a_similar_recording_is_no_earlier_version(repository: Repository) -> None:
    commit(repository, "Record", trip("When does it leave?"))
    made = edited(trip("When does it arrive?"), user="ada")
    added = commit(repository, "Add", made)
    assert told(repository, made.path) == f"it was added, in {added.name}"


def test_a_recording_that_once_fitted_an_older_rule(repository: Repository) -> None:
    old = named(searched(), raw_hash(searched()))
    commit(repository, "Record", old)
    edit = commit(repository, "Edit", edited(old, user="ada"))
    assert told(repository, old.path) == edit.since("body")


def test_what_changed_is_told_by_the_rule_that_fitted(repository: Repository) -> None:
    old = named(searched(), raw_hash(searched()))
    commit(repository, "Record", old)
    edit = commit(repository, "Edit", edited(old, messages=[openai_parts.user("score: 0.6")]))
    assert told(repository, old.path) == edit.since("body")


def test_a_superseded_recording_has_no_such_line(repository: Repository) -> None:
    old = named(searched(), raw_hash(searched()))
    commit(repository, "Record", old)
    assert told(repository, old.path) is None


def test_a_version_that_is_no_json_counts_as_one_that_does_not_fit(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    repository.write(made.path, "<<<<<<< HEAD\n")
    broken = commit(repository, "Merge")
    commit(repository, "Mend", edited(made, user="ada"))
    assert told(repository, made.path) == broken.since()


def test_a_version_that_is_no_json_between_others_is_passed_over(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    edit = commit(repository, "Edit", edited(made, user="ada"))
    repository.write(made.path, "{")
    commit(repository, "Cut")
    commit(repository, "Mend", edited(made, user="ada"))
    assert told(repository, made.path) == edit.since("body")


def test_removed_and_added_again(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    repository.remove(made)
    commit(repository, "Remove")
    again = commit(repository, "Add again", edited(made, user="ada"))
    assert told(repository, made.path) == again.since("body")


def test_edited_on_a_branch(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    repository.git("checkout", "--quiet", "-b", "side")
    edit = commit(repository, "Edit", edited(made, user="ada"))
    repository.git("checkout", "--quiet", "main")
    repository.write("notes.txt", "Notes")
    commit(repository, "Take notes")
    repository.git("merge", "--quiet", "--no-ff", "--message", "Merge", "side")
    assert told(repository, made.path) == edit.since("body")


def test_edited_in_a_merge(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    repository.git("checkout", "--quiet", "-b", "side")
    repository.write("notes.txt", "Notes")
    commit(repository, "Take notes")
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    merge = commit(repository, "Merge", edited(made, user="ada"))
    assert repository.git("status", "--short") == ""
    assert told(repository, made.path) == merge.since("body")


def test_a_commit_without_a_message(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    edit = commit(repository, "", edited(made, user="ada"))
    since = told(repository, made.path) or ""
    assert since.startswith(edit.name.strip())
    assert since.endswith("; there body changed")


def test_settings_of_the_log_do_not_matter(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    edit = commit(repository, "Edit", edited(made, user="ada"))
    settings = ["log.showRoot=false", "log.abbrevCommit=true", "log.showSignature=true", "color.ui=always"]
    settings += ["diff.renames=false", "diff.noprefix=true", "log.diffMerges=off", "format.pretty=oneline"]
    for setting in settings:
        repository.git("config", *setting.split("="))
    assert told(repository, made.path) == edit.since("body")


def test_a_shallow_clone_does_not_know_when_a_file_was_added(repository: Repository, tmp_path: Path) -> None:
    made = trip()
    commit(repository, "Record", made)
    commit(repository, "Edit", edited(made, user="ada"))
    commit(repository, "Edit again", edited(made, user="eve"))
    shallow = tmp_path / "shallow"
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.top}", str(shallow))
    assert "it was added" not in (told(Repository(shallow), made.path) or "")


def test_a_subject_cannot_steer_the_terminal(repository: Repository) -> None:
    made = trip()
    commit(repository, "Record", made)
    commit(repository, "Edit \x1b[31m it", edited(made, user="ada"))
    assert "Edit \\x1b[31m it; there body changed" in (told(repository, made.path) or "")


def test_a_file_that_git_does_not_know_has_no_such_line(repository: Repository) -> None:
    commit(repository, "Begin")
    repository.put(edited(trip(), user="ada"))
    assert told(repository, trip().path) is None


def test_a_repository_without_a_commit_has_no_such_line(repository: Repository) -> None:
    repository.put(edited(trip(), user="ada"))
    assert told(repository, trip().path) is None


def test_outside_of_git_or_without_it_the_verdict_is_the_same(repository: Repository, tmp_path: Path) -> None:
    path = put(tmp_path / "recordings", edited(trip(), user="ada"))
    outside = run("hash", path, cwd=tmp_path)
    assert (outside.code, outside.err, list(details(outside))) == (1, "", ["file", "test"])
    commit(repository, "Record", edited(trip(), user="ada"))
    without = run("hash", trip().path, cwd=repository.top, env={"PATH": str(tmp_path)})
    assert (without.code, without.err, list(details(without))) == (1, "", ["file", "test"])
    assert hashes(without) == hashes(outside)


# ---- a request that need not be recorded


def sent(directory: Path, recording: Recording) -> Path:
    """A file with what the request of a recording sends."""
    request = recording.document["request"]
    path = directory / "body.json"
    path.write_text(json.dumps(request["payload"] if "payload" in request else request["body"]))
    return path


def of_request(directory: Path, recording: Recording, *options: str) -> Result:
    """`recctl hash` of the url and the body of a recording."""
    body = sent(directory, recording)
    return run("hash", "--url", recording.document["request"]["url"], "--body", body, *options, cwd=directory)


def test_a_request_that_is_recorded(tmp_path: Path) -> None:
    path = put(tmp_path / "recordings", searched())
    page = [
        f"rec-{path.stem[:12]}  inference request",
        f"  test      {TEST}",
        f"  file      recordings/{path.name}",
        IN_FORCE,
        "",
        f"* {NEWEST}  {path.stem}",
        *(f"  {era}  {path.stem}" for era in (REMOTE, SEARCH)),
        *(f"  {era}  {raw_hash(searched())}" for era in ERAS[3:8]),
        f"  {SHORT}  {raw_hash(searched(), SHORT)[:12]}",
    ]
    result = of_request(tmp_path, searched(), "--test-id", TEST)
    assert (result.code, result.out.splitlines(), result.err) == (0, page, "")


def test_a_request_that_is_not_recorded(tmp_path: Path) -> None:
    put(tmp_path / "recordings", trip("Another?"))
    result = of_request(tmp_path, trip(), "--test-id", TEST)
    assert (result.code, result.err, marked(result)) == (1, "", [])
    assert details(result) == {"test": TEST, "file": "none: a replay would miss it"}
    assert hashes(result)[0] == f"  {NEWEST}  {Path(trip().path).stem}"


def test_a_request_of_another_test_is_not_recorded(tmp_path: Path) -> None:
    put(tmp_path / "recordings", trip())
    assert of_request(tmp_path, trip(), "--test-id", f"{TEST}_2").code == 1
    without = of_request(tmp_path, trip())
    assert (without.code, details(without)["test"]) == (1, "none")


def test_a_request_outside_of_tests(tmp_path: Path) -> None:
    put(tmp_path / "recordings", chat(prompt="Hi?"))
    assert of_request(tmp_path, chat(prompt="Hi?")).code == 0


def test_a_plain_http_request(tmp_path: Path) -> None:
    made = builder.http(TEST, "https://h/v1/messages?beta=1", {"k": 0.1234567}, whole(None))
    path = put(tmp_path / "recordings", made)
    result = of_request(tmp_path, made, "--http", "--test-id", TEST)
    assert (result.code, first_line(result)) == (0, f"rec-{path.stem[:12]}  http request")
    assert details(result)["file"] == f"recordings/{path.name}"
    assert of_request(tmp_path, made, "--test-id", TEST).code == 1


def test_a_plain_http_request_that_the_rule_in_force_did_not_know(tmp_path: Path) -> None:
    configure(tmp_path, f'"{DECIMALS}"')
    made = builder.http(TEST, "https://h/v1/messages", {"k": 1}, whole(None))
    put(tmp_path / "recordings", made)
    result = of_request(tmp_path, made, "--http", "--test-id", TEST)
    assert (result.code, marked(result)) == (1, [])
    assert re.match(r"rec-(?![0-9a-f]{12})", first_line(result)) is None


@pytest.mark.parametrize("method", ["GET", "get"])
def test_a_request_of_another_method(tmp_path: Path, method: str) -> None:
    made = trip()
    request = {**made.document["request"], "method": "GET"}
    got = named(
        Recording(made.path, {**made.document, "request": request}), builder.request_hash(TEST, request)
    )
    put(tmp_path / "recordings", got)
    assert of_request(tmp_path, got, "--test-id", TEST, "--method", method).code == 0
    assert of_request(tmp_path, got, "--test-id", TEST).code == 1


def test_every_list_of_models_that_answers_is_named(tmp_path: Path) -> None:
    paths = [put(tmp_path / "recordings", model_list(name)) for name in ("gpt-4o", "gpt-5")]
    result = of_request(tmp_path, model_list("gpt-4o"))
    files = [line[12:] for line in result.out.splitlines() if line.startswith("  file")]
    assert (result.code, files) == (0, sorted(f"recordings/{path.name}" for path in paths))


def test_a_request_is_looked_for_under_the_rule_in_force(tmp_path: Path) -> None:
    path = put(tmp_path / "recordings", named(searched(), raw_hash(searched(), SHORT)[:12]))
    assert of_request(tmp_path, searched(), "--test-id", TEST).code == 1
    configure(tmp_path, f'"{SHORT}"')
    result = of_request(tmp_path, searched(), "--test-id", TEST)
    assert (result.code, first_line(result)) == (0, f"rec-{path.stem}  inference request")
    assert (marked(result), in_force(result)) == ([SHORT], [SHORT])


def test_only_the_directories_given_are_searched_for_a_request(tmp_path: Path) -> None:
    put(tmp_path / "recordings", trip())
    put(tmp_path / "other", trip("Another?"))
    assert of_request(tmp_path, trip(), "--test-id", TEST, "--dir", "other").code == 1
    assert of_request(tmp_path, trip(), "--test-id", TEST, "--dir", "other", "--dir", "recordings").code == 0


def test_a_directory_that_is_not_there_is_named_and_the_hash_told(tmp_path: Path) -> None:
    put(tmp_path / "recordings", trip())
    dirs = ["--dir", "recordings", "--dir", "nowhere"]
    result = of_request(tmp_path, trip(), "--test-id", TEST, *dirs)
    assert (result.code, marked(result), len(problems(result))) == (2, [NEWEST], 1)
    assert result.err.startswith("recctl: nowhere: no such file or directory")


def test_without_any_recordings_the_hash_is_told_all_the_same(tmp_path: Path) -> None:
    result = of_request(tmp_path, trip(), "--test-id", TEST)
    assert (result.code in (1, 2), hashes(result)[0].split()[1]) == (True, Path(trip().path).stem)
    assert ["no recordings" in line for line in problems(result)] == [True]


def test_a_body_on_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "recordings", trip())
    body = sent(tmp_path, trip()).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body)))
    result = run("hash", "--url", URL, "--body", "-", "--test-id", TEST, cwd=tmp_path)
    assert (result.code, result.err) == (0, "")


def test_a_body_in_a_pipe_and_none_at_all(tmp_path: Path) -> None:
    put(tmp_path / "recordings", trip())
    body = sent(tmp_path, trip())
    options = f"--url {URL} --body - --test-id {TEST}"
    assert run_shell(f"cat '{body}' | recctl hash {options}", cwd=tmp_path).code == 0
    nothing = run_process("hash", *options.split(), cwd=tmp_path)
    parts: Data = {"method": "POST", "endpoint": "/v1/v1/chat/completions", "body": {}, "test_id": TEST}
    assert (nothing.code, hashes(nothing)[0]) == (1, f"  {NEWEST}  {sha256_of(parts)}")


# ---- wrong usage

NOT_JSON = {
    "cut": b'{"model": ',
    "words": b"hello",
    "Latin-1": b'"h\xe9"',
    "byte order mark": b"\xef\xbb\xbf{}",
    "two documents": b"{} {}",
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("case", NOT_JSON)
def test_a_body_that_is_no_json(tmp_path: Path, case: str) -> None:
    put(tmp_path / "recordings", trip())
    (tmp_path / "body.json").write_bytes(NOT_JSON[case])
    result = run("hash", "--url", URL, "--body", "body.json", cwd=tmp_path)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert result.err.startswith("recctl: body.json: is not JSON: ")
    assert result.err.endswith("; --body takes the JSON that is sent\n")


def test_no_json_on_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"hello")))
    result = run("hash", "--url", URL, "--body", "-", cwd=tmp_path)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert "-: is not JSON: " in result.err


def test_a_closed_stdin(tmp_path: Path) -> None:
    result = run_shell(f"recctl hash --url {URL} --body - <&-", cwd=tmp_path)
    assert result == Result(2, b"", "recctl: stdin is closed; give a file with --body\n")


USAGES: dict[str, tuple[list[str], str]] = {
    "nothing": ([], "hash needs a recording, or --url and --body; give one of the two"),
    "a body alone": (["--body", "x"], "hash needs a recording, or --url and --body; give one of the two"),
    "both": (["abcd", "--url", URL], "hash needs a recording, or --url and --body; give one of the two"),
    "all three": (
        ["abcd", "--url", URL, "--body", "x"],
        "hash needs a recording, or --url and --body; give one of the two",
    ),
    "a url alone": (["--url", URL], "--url needs --body; for an empty body: --body - < /dev/null"),
    "a body that is not there": (
        ["--url", URL, "--body", "nowhere.json"],
        "nowhere.json: no such file or directory",
    ),
    "a body that is a directory": (
        ["--url", URL, "--body", "recordings"],
        "recordings: cannot be read: Is a directory",
    ),
    "two recordings": (["abcd", "ef01"], "Got unexpected extra argument(s) (ef01); see: recctl hash --help"),
}


@pytest.mark.parametrize("case", USAGES)
def test_wrong_usage(tmp_path: Path, case: str) -> None:
    put(tmp_path / "recordings", trip())
    arguments, said = USAGES[case]
    assert run("hash", *arguments, cwd=tmp_path) == Result(2, b"", f"recctl: {said}\n")


# ---- widths

LONG: Data = {"test_id": f"tests/{'long/' * 40}test_trip.py::test_ferry[{'x' * 200}]"}


def test_nothing_is_cut_in_a_pipe(tmp_path: Path) -> None:
    made = chat(prompt="Hi?", **LONG)
    path = put(tmp_path / ("deep/" * 30 + "recordings"), made)
    result = run("hash", path, cwd=tmp_path, env={"COLUMNS": "20"})
    assert (result.code, len(result.out.splitlines())) == (0, 14)
    assert details(result) == {"file": path.relative_to(tmp_path).as_posix(), "test": LONG["test_id"]}
    assert hashes(result)[0] == f"* {NEWEST}  {path.stem}"


def test_the_digits_are_on_one_row_of_a_terminal(tmp_path: Path) -> None:
    made = chat(prompt="Hi?", **LONG)
    path = put(tmp_path / "recordings", made)
    result = run_in_terminal("hash", path, cwd=tmp_path, columns=80, env={"NO_COLOR": "1"})
    rows = [row.rstrip() for row in result.out.split("\n")]
    assert (result.code, max(map(len, rows))) == (0, 80)
    digits = [row for row in rows if row[14:] == path.stem]
    assert digits == [f"* {NEWEST}  {path.stem}", *(f"  {era}  {path.stem}" for era in ERAS[1:8])]
    assert rows.index(digits[0]) + 8 == rows.index(f"  {SHORT}  {raw_hash(made, SHORT)[:12]}")
