"""References: what names a recording, what names several, what names none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.listing import COUNT
from tests.diff.repository import Repository, new_repository
from tests.helpers import ROOT, SAMPLES, Result, chat, few, problems, put, run, sample

SEED = sample("ab7d")
MODELS = "models-0f7ee7578f2181b20f2a051af0aba84368b5c7393c55f55db07cdfb692c0fba7"
HASHED = [path for path in SAMPLES.rglob("recordings/**/*.json") if not path.name.startswith("models-")]


def found(*references: str | Path, cwd: Path = ROOT) -> list[Path]:
    """The files that `show --raw` and `show --json` find for references among the samples."""
    result = run("show", "--json", "--dir", SAMPLES, "--", *references, cwd=cwd)
    assert (result.code, result.err) == (0, "")
    return [cwd / item["path"] for item in json.loads(result.out)]


def commit_all(repository: Repository, subject: str = "Record", *options: str) -> str:
    """Commit what there is; the commit as a message names it."""
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--allow-empty", "--message", subject, *options)
    return repository.git("log", "-1", "--abbrev=12", "--format=%h (%cs) %s")


def refused(*args: str | Path, cwd: Path = ROOT) -> list[str]:
    """The lines on stderr of a `show` that finds nothing."""
    result = run("show", *args, cwd=cwd)
    assert (result.code, result.data) == (2, b"")
    return result.err.splitlines()


# ---- one

FORMS: dict[str, str] = {
    "id": "rec-ab7d61e2daa7",
    "id, shorter": "rec-ab7d",
    "id, longer": f"rec-{SEED.stem[:20]}",
    "id of all digits": f"rec-{SEED.stem}",
    "four digits": "ab7d",
    "more digits": "ab7d61e2d",
    "all digits": SEED.stem,
    "upper case": "REC-AB7D61E2DAA7",
    "file name": SEED.name,
    "path from here": SEED.relative_to(ROOT).as_posix(),
    "path with dots": f"./sample_recordings/../{SEED.relative_to(ROOT)}",
    "absolute path": str(SEED),
}


@pytest.mark.parametrize("form", FORMS)
def test_form_of_a_reference_names_its_file(form: str) -> None:
    result = run("show", "--raw", "--dir", SAMPLES, FORMS[form], cwd=ROOT)
    assert result == Result(0, SEED.read_bytes(), "")


@pytest.mark.parametrize("digits", [4, 5, 8, 12])
@pytest.mark.parametrize("prefix", ["", "rec-"], ids=["bare", "rec-"])
def test_beginning_of_every_hash_names_its_file(digits: int, prefix: str) -> None:
    assert found(*(prefix + path.stem[:digits] for path in HASHED)) == HASHED


@pytest.mark.parametrize("form", [f"{MODELS}-27e22205", f"{MODELS}-27", f"{MODELS.upper()}-27E2"])
def test_model_lists_that_share_a_hash_are_named_by_digest(form: str) -> None:
    assert [path.name for path in found(form)] == [f"{MODELS}-27e22205.json"]


@pytest.mark.parametrize("form", ["models-348d", "348d", "rec-348d3b8866c3"])
def test_model_list_with_a_hash_of_its_own_needs_no_digest(form: str) -> None:
    assert [path.name[:11] for path in found(form)] == ["models-348d"]


def test_path_in_the_current_directory_needs_no_search(tmp_path: Path) -> None:
    path = put(tmp_path / "one.json", chat())
    assert run("show", "--raw", "one.json", cwd=tmp_path) == Result(0, path.read_bytes(), "")


def test_path_may_lie_outside_of_the_given_directories(tmp_path: Path) -> None:
    path = put(tmp_path, chat())
    assert run("show", "--raw", "--dir", SAMPLES, path) == Result(0, path.read_bytes(), "")


def test_path_reaches_a_file_of_any_name_and_a_symlink(tmp_path: Path) -> None:
    path = put(tmp_path, chat()).rename(tmp_path / "recorded.txt")
    (tmp_path / "link").symlink_to(path)
    for name in ("recorded.txt", "link"):
        assert run("show", "--text", f"./{name}", cwd=tmp_path) == Result(0, b"Hello.", "")


def test_directories_given_replace_those_of_the_project(tmp_path: Path) -> None:
    put(tmp_path / "recordings", chat("Near."))
    far = [put(tmp_path / name, chat(name)) for name in ("a", "b")]
    other = put(tmp_path / "b", chat("Other.", model="gpt-5"))
    assert run("show", "--text", far[0].stem, "--dir", "a", cwd=tmp_path) == Result(0, b"a", "")
    both = ["--dir", "a", "--dir", "b"]
    assert run("show", "--text", other.stem[:12], *both, cwd=tmp_path) == Result(0, b"Other.", "")
    assert len(refused(far[0].stem, *both, cwd=tmp_path)) == 3  # in both: which one?
    assert "among 1" in refused(other.stem, cwd=tmp_path)[0]


# ---- a call of a file

ONE_CALL = ["rec-ab7d61e2daa7", SEED.stem, SEED.name, SEED.relative_to(ROOT).as_posix(), str(SEED)]


@pytest.mark.parametrize("form", ONE_CALL)
def test_the_only_call_of_a_file_is_its_first(form: str) -> None:
    result = run("show", "--raw", "--dir", SAMPLES, f"{form}#1", cwd=ROOT)
    assert result == Result(0, SEED.read_bytes(), "")


@pytest.mark.parametrize("item", ["0", "2", "358", "00002", "999999999"])
@pytest.mark.parametrize("form", ONE_CALL)
def test_a_call_that_the_file_does_not_hold_is_named(form: str, item: str) -> None:
    line = f"recctl: {form}#{item}: no such call: the file holds 1; leave out #{item}"
    assert refused("--dir", SAMPLES, f"{form}#{item}", cwd=ROOT) == [line]


@pytest.mark.parametrize("command", [["show", "--json"], ["show"], ["diff"], ["hash"]])
def test_every_command_knows_the_calls_of_a_file(command: list[str]) -> None:
    named, alone = (run(*command, "--dir", SAMPLES, f"ab7d{item}", cwd=ROOT) for item in ("#1", ""))
    assert named == alone
    assert named.code < 2
    result = run(*command, "--dir", SAMPLES, "ab7d#2", cwd=ROOT)
    assert (result.code, problems(result)) == (
        2,
        ["recctl: ab7d#2: no such call: the file holds 1; leave out #2"],
    )


def test_a_call_of_a_file_in_the_current_directory_needs_no_search(tmp_path: Path) -> None:
    path = put(tmp_path / "one.json", chat())
    assert run("show", "--raw", "one.json#1", cwd=tmp_path) == Result(0, path.read_bytes(), "")


@pytest.mark.parametrize("reference", ["call#2", "call#2.json", "recordings/call#2.json", "call#2#1"])
def test_a_file_whose_name_ends_like_a_call_is_found(tmp_path: Path, reference: str) -> None:
    path = put(tmp_path / "recordings" / "call#2.json", chat())
    assert run("show", "--raw", reference, cwd=tmp_path) == Result(0, path.read_bytes(), "")


@pytest.mark.parametrize("reference", ["ab7d#", "ab7d#x", "ab7d#-1", "ab7d#1234567890", "#1", "ab7d#\u0661"])
def test_what_is_no_number_of_a_call_names_nothing(reference: str) -> None:
    (line,) = refused("--dir", SAMPLES, "--", reference, cwd=ROOT)
    assert f"no recording {reference} among {COUNT}" in line


# ---- several


def test_several_matches_are_listed_with_references_that_name_one() -> None:
    message, *matches = refused("models-0f7e", "--dir", SAMPLES)
    assert message == "recctl: models-0f7e fits 2 recordings; give more digits, or the path"
    listed = [tuple(line.split()) for line in matches]
    assert [reference for reference, _ in listed] == [f"{MODELS}-27e22205", f"{MODELS}-3e856bc2"]
    assert found(*(reference for reference, _ in listed)) == [ROOT / path for _, path in listed]


def test_same_name_in_two_directories_is_listed_by_path(tmp_path: Path) -> None:
    for name in ("a", "b"):
        put(tmp_path / name / "recordings" / "same.json", chat(name))
    _, *matches = refused("same", cwd=tmp_path)
    assert [line.split() for line in matches] == [
        [str(tmp_path / f"{name}/recordings/same.json"), f"{name}/recordings/same.json"] for name in "ab"
    ]


def test_of_very_many_matches_only_some_are_listed(tmp_path: Path) -> None:
    for number in range(14):
        put(tmp_path / f"recordings/{'abcd' * 15}{number:04x}.json", chat())
    message, *matches = refused("abcd", cwd=tmp_path)
    more = "(4 more are not listed)"
    assert message == f"recctl: abcd fits 14 recordings; give more digits, or the path {more}"
    assert len(matches) == 10


# ---- none

HINTS = {
    "a test": ("test_ferry_times", "for the recordings of a test: recctl ls --test 'test_ferry_times'"),
    "a test id": ("tests/a.py::test_b", "no such file or directory"),
    "words": ("hello", "a reference is rec-<hash>, 4 or more digits of a hash"),
}


@pytest.mark.parametrize("case", HINTS)
def test_no_match_says_what_may_be_meant(case: str) -> None:
    reference, hint = HINTS[case]
    (line,) = refused(reference, "--dir", SAMPLES, cwd=ROOT)
    assert line.startswith("recctl: ")
    assert reference in line
    assert hint in line


CHANGED = ["ab7d61e2daa8", "rec-ab7d61e2daa8", "ab7d6f", "rec-c8bbad9a79b8", "models-4a3b", "REC-AB7D6F"]


def test_a_hash_is_not_taken_for_one_that_looks_like_it(tmp_path: Path) -> None:
    samples = shutil.copytree(SAMPLES, tmp_path / "samples")
    commit_all(new_repository(tmp_path))
    known = "git history does not have it either"
    lines = [f"recctl: no recording {reference} among {COUNT}; {known}" for reference in CHANGED]
    assert refused(*CHANGED, "--dir", samples, cwd=tmp_path) == lines


@pytest.mark.parametrize("reference", ["ab7", "rec-ab7", "a", "models-3"])
def test_fewer_than_four_digits_name_nothing(reference: str) -> None:
    (line,) = refused(reference, "--dir", SAMPLES)
    assert f"no recording {reference} among {COUNT}" in line


def test_a_path_that_is_not_there_is_named_as_such() -> None:
    assert refused("./no/such.json", cwd=ROOT) == ["recctl: no/such.json: no such file or directory"]


def test_a_directory_is_no_recording() -> None:
    line = "recctl: sample_recordings: is a directory, not a recording; list it with: recctl ls"
    assert refused("./sample_recordings", cwd=ROOT) == [line]


# ---- one that git knows


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with two recordings, GONE and another one; the first is to go."""
    made = new_repository(tmp_path / "repository")
    made.put(GONE, chat("Stays.", prompt="Stay?", test_id="tests/a/test_b.py::test_c"))
    commit_all(made)
    return made


GONE = chat("Gone.", test_id="tests/a/test_b.py::test_c")
HASH = Path(GONE.path).stem
COMMANDS = [["show"], ["show", "--json"], ["diff"], ["hash"]]


def back(revision: str, path: str = GONE.path) -> str:
    return f"to get it back: git checkout {revision} -- :/{path}"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_commit_that_removed_it_is_named(repository: Repository, command: list[str]) -> None:
    repository.remove(GONE)
    removal = commit_all(repository, "Remove \x1b[31m it")
    repository.write("notes.txt", "Notes")
    commit_all(repository, "Take notes")
    known = f"git history held {GONE.path}, removed in {removal}".replace("\x1b", "\\x1b")
    for reference in (HASH, HASH[:6], f"rec-{HASH[:12]}"):
        line = f"recctl: no recording {reference} among 1: {known}; {back(removal[:12] + '^')}"
        result = run(*command, reference, cwd=repository.top)
        assert (result.code, result.err) == (2, f"{line}\n")


def test_what_a_message_says_brings_it_back(repository: Repository) -> None:
    repository.remove(GONE)
    commit_all(repository, "Remove")
    (line,) = refused(HASH, cwd=repository.top)
    repository.git(*line.partition("get it back: git ")[2].split())
    assert run("show", "--text", HASH, cwd=repository.top) == Result(0, b"Gone.", "")


def test_a_path_that_a_commit_removed_says_so_too(repository: Repository) -> None:
    repository.remove(GONE)
    removal = commit_all(repository, "Remove")
    removed = f"git history held {GONE.path}, removed in {removal}; {back(removal[:12] + '^')}"
    known = f"no such file or directory: {removed}"
    assert refused(GONE.path, cwd=repository.top) == [f"recctl: {GONE.path}: {known}"]
    below = repository.top / "tests"
    shown = GONE.path.removeprefix("tests/")
    assert refused(f"./{shown}", cwd=below) == [f"recctl: {shown}: {known}"]


def test_one_that_was_only_renamed_says_to_what(repository: Repository) -> None:
    other = GONE.path.replace(HASH, "0" * 64)
    repository.git("mv", GONE.path, other)
    renaming = commit_all(repository, "Rename")
    (line,) = refused(HASH, cwd=repository.top)
    assert f"git history held {GONE.path}, renamed to {other} in {renaming}; " in line


def test_the_last_removal_counts(repository: Repository) -> None:
    repository.remove(GONE)
    commit_all(repository, "Remove")
    repository.put(GONE)
    commit_all(repository, "Add again")
    repository.remove(GONE)
    removal = commit_all(repository, "Remove again")
    assert f"removed in {removal}; " in refused(HASH, cwd=repository.top)[0]


def test_one_that_a_merge_removed(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "side")
    repository.write("notes.txt", "Notes")
    commit_all(repository, "Take notes")
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    repository.remove(GONE)
    merge = commit_all(repository, "Merge")
    assert f"removed in {merge}; {back(merge[:12] + '^')}" in refused(HASH, cwd=repository.top)[0]


@pytest.mark.parametrize("staged", [False, True], ids=["deleted", "staged"])
def test_one_that_is_deleted_and_not_committed(repository: Repository, staged: bool) -> None:
    repository.remove(GONE)
    if staged:
        repository.git("add", "--all")
    known = f"git holds {GONE.path}, which is deleted here and not in a commit; {back('HEAD')}"
    assert refused(HASH, cwd=repository.top) == [f"recctl: no recording {HASH} among 1: {known}"]


def test_one_that_lies_elsewhere(repository: Repository) -> None:
    put(repository.top / "other", chat("Other."))
    known = f"{GONE.path} fits, and was not searched; give its path, or its directory with --dir"
    line = f"recctl: no recording {HASH} among 1: {known}"
    assert refused(HASH, "--dir", "other", cwd=repository.top) == [line]


def test_one_of_another_branch(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "side")
    other = chat("New.", prompt="New?", test_id="tests/a/test_b.py::test_c")
    repository.put(other)
    added = commit_all(repository, "Record more")
    repository.git("checkout", "--quiet", "main")
    stem = Path(other.path).stem
    known = f"another branch holds {other.path}, added in {added}; {back(added[:12], other.path)}"
    assert refused(stem, cwd=repository.top) == [f"recctl: no recording {stem} among 2: {known}"]


def test_a_list_of_models_that_was_removed(repository: Repository) -> None:
    name = f"models-{'ab12' * 16}-0123abcd"
    path = repository.top / f"tests/a/recordings/{name}.json"
    put(path, chat())
    commit_all(repository)
    path.unlink()
    removal = commit_all(repository, "Remove")
    for reference in (name, "models-ab12", "ab12ab12", "rec-ab12ab12ab12"):
        assert f"{name}.json, removed in {removal}; " in refused(reference, cwd=repository.top)[0]
    assert "git history does not have it either" in refused("models-ab13", cwd=repository.top)[0]


def test_settings_and_a_repository_below_another_do_not_matter(repository: Repository) -> None:
    repository.remove(GONE)
    removal = commit_all(repository, "Remove")
    for setting in ("diff.renames=copies", "log.showSignature=true", "color.ui=always", "log.diffMerges=off"):
        repository.git("config", *setting.split("="))
    assert f"removed in {removal}; " in refused(HASH, cwd=repository.top / "tests/a")[0]


def test_a_shallow_clone_does_not_know(repository: Repository, tmp_path: Path) -> None:
    repository.remove(GONE)
    commit_all(repository, "Remove")
    commit_all(repository, "More")
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.top}", str(tmp_path / "shallow"))
    known = "git cannot say whether there was one: this clone is shallow; git fetch --unshallow gets the rest"
    assert refused(HASH, cwd=tmp_path / "shallow") == [f"recctl: no recording {HASH} among 1; {known}"]


def test_outside_of_git_and_without_a_commit_nothing_is_known(tmp_path: Path) -> None:
    put(tmp_path / "recordings", chat())
    (line,) = refused("abcd", cwd=tmp_path)
    assert line.startswith("recctl: no recording abcd among 1; git cannot say whether there was one: ")
    assert "is not in a git repository" in line
    new_repository(tmp_path)
    assert "git history does not have it either" in refused("abcd", cwd=tmp_path)[0]
    without = run("show", "abcd", cwd=tmp_path, env={"PATH": str(tmp_path)})
    assert (without.code, "whether there was one: git not found" in without.err) == (2, True)


# ---- some good, some bad


@pytest.mark.parametrize("view", few([[], ["--text"], ["--raw"], ["--json"], ["--chunks"]], 2), ids=" ".join)
def test_a_bad_reference_does_not_hide_the_good_ones(view: list[str]) -> None:
    bad = ["rec-0000", "no-such-file", "0f7e", "no/such.json"]
    good = run("show", *view, "ab7d", "2204", "--dir", SAMPLES, cwd=ROOT)
    result = run("show", *view, bad[0], "ab7d", *bad[1:], "2204", "--dir", SAMPLES, cwd=ROOT)
    assert (result.code, result.data) == (2, good.data)
    assert [reference in line for reference, line in zip(bad, problems(result), strict=True)] == [True] * 4


def test_a_file_in_the_current_directory_may_be_named_like_a_reference(tmp_path: Path) -> None:
    put(tmp_path / "x.json", chat()).rename(tmp_path / "ab7d")
    assert run("show", "--text", "ab7d", "--dir", SAMPLES, cwd=tmp_path) == Result(0, b"Hello.", "")
