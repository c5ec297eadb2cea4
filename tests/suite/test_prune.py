"""prune as a command: what it shows, what it removes, when it refuses, and that undo brings it back."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.edit.trees import strangers, tree_of
from tests.helpers import Result, chat, few, problems, put, run
from tests.samples import openai_parts
from tests.samples.builder import inference, whole
from tests.suite.projects import git, record, write

CORPUS = os.environ.get("RECCTL_CORPUS")
FILE = "tests/a/test_b.py"
LIVE = [f"{FILE}::test_{name}" for name in ("one", "two", "three")]
GONE = [f"{FILE}::test_gone[x::y]", "tests/z/test_gone.py::TestGone::test_x"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Three live tests and two gone ones, a recording of each; and one recording outside any test."""
    root = write(
        tmp_path / "project", {FILE: "\n".join(f"def test_{name}(): ..." for name in ("one", "two", "three"))}
    )
    record(root, *LIVE, *GONE, None)
    return root


def paths_of(root: Path, test_ids: list[str]) -> list[str]:
    """Where the recordings of these tests lie, as prune shows it."""
    found = {json.loads(path.read_bytes())["test_id"]: path for path in root.rglob("*.json")}
    return [found[test_id].relative_to(root).as_posix() for test_id in test_ids]


def prune(root: Path, *args: str | Path) -> Result:
    """Prune a project, from inside it."""
    return run("prune", *args, cwd=root)


# ---- the dry run


@pytest.mark.promise("Nothing changes without --write or --fix")
def test_a_dry_run_shows_all_and_changes_nothing(project: Path, state: Path) -> None:
    before, (gone, other) = tree_of(project), paths_of(project, GONE)
    sizes = [f"{(project / path).stat().st_size / 1000:.1f} kB" for path in (gone, other)]
    result = prune(project)
    assert result.code == 1
    assert result.out.splitlines() == [
        GONE[0],
        f"  1 file, {sizes[0]}: {FILE} does not define test_gone, and nothing generates it",
        f"    {gone}",
        GONE[1],
        f"  1 file, {sizes[1]}: tests/z/test_gone.py does not exist",
        f"    {other}",
        "",
        "Kept, because it is unknown whether their tests exist:",
        "     1  it records no test id",
    ]
    total = sum((project / path).stat().st_size for path in (gone, other))
    rest = "3 live, 1 not judged; --write removes them"
    assert result.err == f"2 recordings of 2 tests to remove, {total / 1000:.1f} kB; {rest}\n"
    assert (tree_of(project), list(state.iterdir())) == (before, [])


def test_recordings_are_grouped_by_test(project: Path) -> None:
    more = [
        put(project / "tests/a/recordings", chat(test_id=GONE[0], prompt=str(number))) for number in range(3)
    ]
    lines = prune(project).out.splitlines()
    assert lines.count(GONE[0]) == 1
    start = lines.index(GONE[0])
    assert lines[start + 1].strip().startswith("4 files, ")
    listed = [line.strip() for line in lines[start + 2 : start + 6]]
    assert listed == sorted(listed)
    assert {path.relative_to(project).as_posix() for path in more} < set(listed)


def test_nothing_gone_is_nothing_to_do(project: Path) -> None:
    for path in paths_of(project, GONE):
        (project / path).unlink()
    before = tree_of(project)
    result = prune(project, "--write")
    assert (result.code, result.err) == (0, "nothing to remove; 3 live, 1 not judged\n")
    assert tree_of(project) == before


@pytest.mark.promise("JSON has every key, always")
def test_json_has_these_keys(project: Path) -> None:
    result = prune(project, "--json")
    found = json.loads(result.out)
    assert (result.code, list(found)) == (1, ["remove", "keep", "unjudged", "refused"])
    assert (found["keep"], found["unjudged"], found["refused"]) == (3, 1, None)
    expected = [
        {
            "path": path,
            "test_id": test_id,
            "reason": reason,
            "size": (project / path).stat().st_size,
            "git": None,
            "renamed_to": None,
        }
        for path, test_id, reason in zip(
            paths_of(project, GONE),
            GONE,
            (
                "tests/a/test_b.py does not define test_gone, and nothing generates it",
                "tests/z/test_gone.py does not exist",
            ),
            strict=True,
        )
    ]
    assert sorted(found["remove"], key=lambda item: str(item["path"])) == expected


# ---- doing it


@pytest.mark.promise("The dry run shows exactly what --write does")
def test_write_removes_exactly_what_was_shown(project: Path) -> None:
    dry, gone, before = prune(project), paths_of(project, GONE), tree_of(project)
    result = prune(project, "--write")
    assert (result.code, result.out) == (1, dry.out)
    assert result.err == dry.err.replace("to remove", "removed").replace(
        "--write removes them", "recctl undo restores them"
    )
    assert tree_of(project) == {name: entry for name, entry in before.items() if name not in gone}
    assert strangers(project / "tests/a/recordings") == []


def test_a_second_run_finds_nothing(project: Path) -> None:
    prune(project, "--write")
    before = tree_of(project)
    result = prune(project, "--write")
    assert (result.code, result.err) == (0, "nothing to remove; 3 live, 1 not judged\n")
    assert tree_of(project) == before


def test_undo_brings_all_back(project: Path) -> None:
    paths = paths_of(project, GONE)
    (project / paths[0]).chmod(0o600)
    (project / paths[1]).chmod(0o755)
    before = tree_of(project)
    assert prune(project, "--write").code == 1
    assert (run("undo").code, tree_of(project)) == (0, before)


def test_a_path_limits_what_is_looked_at(project: Path) -> None:
    result = prune(project, "tests/z", "--write", "--max-share", "100")
    assert (result.code, result.out.count(".json")) == (1, 1)
    assert [(project / path).exists() for path in paths_of(project, GONE[:1])] == [True]


@pytest.mark.promise("A bad file is named and hides no good one")
def test_a_bad_file_is_named_and_stays(project: Path) -> None:
    bad = project / "tests/a/recordings/bad.json"
    bad.write_bytes(b"{")
    gone = [project / path for path in _json_paths(project)]
    result = prune(project, "--write")
    assert (result.code, len(problems(result))) == (2, 1)
    assert problems(result)[0].startswith("recctl: tests/a/recordings/bad.json: is cut short")
    assert (bad.exists(), [path.exists() for path in gone]) == (True, [False, False])


def _json_paths(root: Path) -> list[str]:
    return [item["path"] for item in json.loads(prune(root, "--json").out)["remove"]]


def test_a_test_id_cannot_steer_a_terminal(project: Path) -> None:
    record(project, f"{FILE}::test_gone[\x1b[31m\nred]")
    result = prune(project)
    assert "\x1b" not in result.out
    assert f"{FILE}::test_gone[\\x1b[31m\\nred]" in result.out.splitlines()


# ---- what is never judged


def test_recordings_of_no_one_test_are_kept(project: Path) -> None:
    urls = [
        "https://api.openai.com/v1/models",
        "https://api.openai.com/v1/openai/v1/models",
        "http://0.0.0.0/api/tags",
    ]
    models = whole([openai_parts.listed_model("gpt-4o", 0, "system")])
    for number, url in enumerate(urls):
        put(project / f"tests/z/recordings/{number}", inference(GONE[1], url, {}, models))
    found = json.loads(prune(project, "--json").out)
    assert (len(found["remove"]), found["keep"], found["unjudged"]) == (2, 3, 4)
    out = prune(project).out
    assert "     3  its hash does not cover its test id, so any test may use it" in out.splitlines()


@pytest.mark.parametrize(
    ("url", "removed"),
    [
        ("http://localhost:8000/v1/v1/models", 3),  # its hash has the test in it, under every rule
        ("https://api.openai.com/v1/v1/models", 2),  # since 2026-06-17 any test may use it
        ("http://localhost:11434/api/tags", 2),  # so it was until 2026-10-09
        ("http://localhost:8080/info", 2),
    ],
)
def test_a_model_list_is_judged_where_no_rule_shares_it(project: Path, url: str, removed: int) -> None:
    models = whole([openai_parts.listed_model("gpt-4o", 0, "system")])
    made = inference(GONE[1], url, {}, models)
    put(project / "tests/z/recordings/models-of-a-test.json", made)
    assert len(json.loads(prune(project, "--json").out)["remove"]) == removed


def test_the_test_of_the_request_counts_where_the_document_names_none(project: Path) -> None:
    recording = chat(test_id=None, prompt="x")
    recording.document["request"]["test_id"] = GONE[1]
    put(project / "tests/z/recordings", recording)
    assert len(json.loads(prune(project, "--json").out)["remove"]) == 3


# ---- not too much at once


@pytest.fixture
def mostly_gone(project: Path) -> Path:
    """Four of seven judged recordings would go."""
    record(project, f"{FILE}::test_old", f"{FILE}::test_older")
    return project


TOO_MUCH = "4 of 7 judged recordings would go, more than 50 percent"


@pytest.mark.promise("prune refuses to remove more than its share")
@pytest.mark.parametrize("write_it", [[], ["--write"]], ids=["dry", "write"])
def test_too_much_is_refused(mostly_gone: Path, write_it: list[str], state: Path) -> None:
    before = tree_of(mostly_gone)
    result = prune(mostly_gone, *write_it)
    insist = "nothing was removed; to remove them anyway: --max-share 100"
    assert (result.code, problems(result)) == (2, [f"recctl: {TOO_MUCH}; {insist}"])
    assert result.out.count(".json") == 4
    assert result.err.startswith("4 recordings of 4 tests to remove, ")
    assert "--write removes them" not in result.err
    assert (tree_of(mostly_gone), list(state.iterdir())) == (before, [])


def test_too_much_is_in_json(mostly_gone: Path) -> None:
    result = prune(mostly_gone, "--json", "--write")
    found = json.loads(result.out)
    assert (result.code, found["refused"], len(found["remove"])) == (2, TOO_MUCH, 4)


@pytest.mark.parametrize("share", ["100", "58", "57.2"])
def test_insisting_removes_it(mostly_gone: Path, share: str) -> None:
    assert prune(mostly_gone, "--write", "--max-share", share).code == 1
    assert sorted(path.name for path in mostly_gone.rglob("test_b.py")) == ["test_b.py"]
    assert json.loads(prune(mostly_gone, "--json").out) == {
        "remove": [],
        "keep": 3,
        "unjudged": 1,
        "refused": None,
    }


@pytest.mark.parametrize("share", ["57", "50", "0", "nan"])
def test_a_smaller_share_refuses(mostly_gone: Path, share: str) -> None:
    before = tree_of(mostly_gone)
    assert prune(mostly_gone, "--write", "--max-share", share).code == 2
    assert tree_of(mostly_gone) == before


def test_exactly_the_share_is_not_too_much(project: Path) -> None:
    record(project, f"{FILE}::test_old")
    assert prune(project, "--write", "--max-share", "50").code == 1


def test_what_is_not_judged_does_not_count(project: Path) -> None:
    """Two of five: recordings of no test would make the share small."""
    for number in range(50):
        put(project / "tests/common/recordings", chat(test_id=None, prompt=str(number)))
    assert prune(project, "--write", "--max-share", "39").code == 2
    assert prune(project, "--write", "--max-share", "40").code == 1


@pytest.mark.parametrize("share", ["-1", "101", "half"])
def test_a_share_that_is_none(project: Path, share: str) -> None:
    before = tree_of(project)
    result = prune(project, "--write", f"--max-share={share}")
    assert (result.code, result.out, len(problems(result))) == (2, "", 1)
    assert "--max-share" in problems(result)[0]
    assert tree_of(project) == before


# ---- git


@pytest.fixture
def committed(project: Path) -> Path:
    """The project in git, with one more gone recording that is modified and one that git does not know."""
    (changed,) = record(project, f"{FILE}::test_changed")
    git(project, "init")
    git(project, "add", ".")
    git(project, "commit", "-m", "all")
    changed.write_bytes(changed.read_bytes() + b"\n")
    record(project, f"{FILE}::test_new")
    return project


def _states(found: dict[str, Any]) -> dict[str, str | None]:
    return {item["test_id"]: item["git"] for item in found["remove"]}


EXPECTED_STATES = {
    **dict.fromkeys(GONE, "unchanged"),
    f"{FILE}::test_changed": "modified",
    f"{FILE}::test_new": "untracked",
}


def test_what_git_does_not_hold_is_listed_apart(committed: Path) -> None:
    lines = prune(committed, "--max-share", "100").out.splitlines()
    (here,) = [number for number, line in enumerate(lines) if line.startswith("Not committed to git")]
    assert lines[here] == "Not committed to git as they are; only recctl undo can restore these:"
    before = {line for line in lines[:here] if "::" in line}
    after = {line for line in lines[here:] if "::" in line}
    assert (before, after) == (set(GONE), {f"{FILE}::test_changed", f"{FILE}::test_new"})
    assert sorted(line.rpartition("  ")[2] for line in lines[here:] if ".json" in line) == [
        "modified",
        "untracked",
    ]


def test_the_state_in_git_is_in_json(committed: Path) -> None:
    assert _states(json.loads(prune(committed, "--json").out)) == EXPECTED_STATES


def test_a_checkout_seen_through_a_link_is_the_same(committed: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(committed)
    found = json.loads(run("prune", tmp_path / "link", "--json", cwd=tmp_path).out)
    assert _states(found) == EXPECTED_STATES


def test_undo_brings_back_what_git_does_not_hold(committed: Path) -> None:
    before = tree_of(committed / "tests")
    assert prune(committed, "--write", "--max-share", "100").code == 1
    assert [path.exists() for path in committed.glob("tests/z/recordings/*.json")] == []
    assert (run("undo").code, tree_of(committed / "tests")) == (0, before)


def test_git_itself_is_not_changed(committed: Path) -> None:
    before = tree_of(committed / ".git")
    assert prune(committed, "--write", "--max-share", "100").code == 1
    assert tree_of(committed / ".git") == before


def test_before_the_first_commit_all_is_untracked(project: Path) -> None:
    git(project, "init")
    git(project, "add", ".")
    assert set(_states(json.loads(prune(project, "--json").out)).values()) == {"untracked"}


# ---- with lists and with pytest


def test_a_list_as_the_truth(project: Path, tmp_path: Path) -> None:
    (tmp_path / "live.txt").write_text("\n".join([*LIVE[:2], GONE[0]]))
    args: list[str | Path] = ["--tests", tmp_path / "live.txt", "--write"]
    gone = paths_of(project, [LIVE[2], GONE[1]])
    result = prune(project, *args)
    assert (result.code, "its test is not in the list" in result.out) == (1, True)
    assert [(project / path).exists() for path in gone] == [False, False]
    assert (prune(project, *args).code, run("undo").code) == (0, 0)


def test_pytest_as_the_truth(project: Path) -> None:
    gone = paths_of(project, GONE)
    args = ["--collect", "--python", sys.executable, "--write"]
    result = prune(project, *args)
    assert (result.code, f"{FILE} does not define test_gone, and nothing generates it" in result.out) == (
        1,
        True,
    )
    assert [(project / path).exists() for path in gone] == [False, False]
    assert prune(project, *args).code == 0


def test_arguments_after_dashes_go_to_pytest(project: Path) -> None:
    args = ["--collect", "--python", sys.executable, "--json", "--", "tests/a", "-k", "one or two"]
    found = json.loads(prune(project, *args).out)
    assert ([item["test_id"] for item in found["remove"]], found["keep"]) == (GONE[:1], 3)


def test_paths_before_dashes_are_recctls(project: Path) -> None:
    args = ["tests/z", "--collect", "--python", sys.executable, "--max-share", "100", "--json", "--", "-q"]
    found = json.loads(prune(project, *args).out)
    assert ([item["test_id"] for item in found["remove"]], found["keep"]) == (GONE[1:], 0)


def test_the_project_root_is_where_pytest_runs(project: Path) -> None:
    git(project, "init")
    args = ["--collect", "--python", sys.executable, "--json"]
    found = json.loads(run("prune", ".", *args, cwd=project / "tests").out)
    assert (sorted(item["test_id"] for item in found["remove"]), found["keep"]) == (GONE, 3)


@pytest.mark.parametrize("settings", few(["pytest.ini", "pyproject.toml", None], 1))
def test_pytest_runs_in_the_package_that_has_settings_for_it(tmp_path: Path, settings: str | None) -> None:
    """In a monorepo the ids of a package with settings of its own are relative to the package."""
    package = tmp_path / "packages/a"
    write(package, {FILE: "def test_one(): ..."})
    write(tmp_path / "packages/b", {FILE: "def test_gone(): ..."})
    if settings:
        write(
            package, {settings: "[pytest]\n" if settings == "pytest.ini" else "[tool.pytest.ini_options]\n"}
        )
    record(package, f"{FILE}::test_one", f"{FILE}::test_gone")
    git(tmp_path, "init")
    args = ["--collect", "--exact", "--python", sys.executable, "--json", "--", "--import-mode=importlib"]
    result = run("prune", *args, cwd=package)
    found = json.loads(result.out)
    assert f"collected by {sys.executable}\n" in result.err
    assert ([item["test_id"] for item in found["remove"]], found["keep"], found["unjudged"]) == (
        ([f"{FILE}::test_gone"], 1, 0) if settings else ([], 0, 2)
    )


def test_exact_needs_a_collection(project: Path) -> None:
    result = prune(project, "--exact")
    assert (result.code, problems(result)) == (
        2,
        ["recctl: --exact needs --collect; add --collect"],
    )


@pytest.mark.promise("A failed or narrowed collection removes nothing beyond what it covered")
def test_a_failed_collection_removes_nothing(project: Path) -> None:
    write(project, {"tests/a/test_bad.py": "import missing_module"})
    before = tree_of(project / "tests")
    result = prune(project, "--collect", "--python", sys.executable, "--write", "--max-share", "100")
    assert (result.code, result.out, len(problems(result))) == (2, "", 1)
    assert "failed with exit code 2" in problems(result)[0]
    assert "missing_module" in problems(result)[0]
    assert tree_of(project / "tests") == before


def test_a_list_adds_to_the_collection(project: Path, tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text(GONE[0])
    args: list[str | Path] = [
        "--collect",
        "--python",
        sys.executable,
        "--tests",
        tmp_path / "more.txt",
        "--json",
    ]
    found = json.loads(prune(project, *args).out)
    assert ([item["test_id"] for item in found["remove"]], found["keep"]) == (GONE[1:], 4)


@pytest.mark.parametrize(
    "args", [["--", "-k", "x"], ["tests", "--", "tests/a"], ["--write", "--", "-x"]], ids=str
)
def test_arguments_for_pytest_ask_for_collect(project: Path, args: list[str]) -> None:
    before = tree_of(project)
    result = prune(project, *args)
    assert (result.code, problems(result)) == (
        2,
        ["recctl: arguments after -- are for pytest; add --collect, or write a path as ./PATH"],
    )
    assert tree_of(project) == before


# ---- a large tree of real recordings

DEAD_FILES, UNJUDGED_FILES = 160, 90
real = pytest.mark.skipif(not CORPUS, reason="RECCTL_CORPUS names no directory of real recordings")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    copy = tmp_path / "corpus"
    shutil.copytree(CORPUS or "", copy)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    for number, path in enumerate(sorted(copy.rglob("*.json"))):
        path.chmod((0o644, 0o755, 0o600)[number % 3])
    return copy


def _judged_here(corpus: Path) -> tuple[set[str], int]:
    """The files whose test is not listed, and how many name none: computed without recctl."""
    listed = set((corpus / "live-test-ids.txt").read_text("utf-8").splitlines())
    tests = {path: json.loads(path.read_bytes()).get("test_id") for path in corpus.rglob("*.json")}
    dead = {
        path.relative_to(corpus).as_posix() for path, test in tests.items() if test and test not in listed
    }
    return dead, sum(test is None for test in tests.values())


@real
def test_exactly_the_files_of_dead_tests(corpus: Path) -> None:
    dead, unjudged = _judged_here(corpus)
    assert (len(dead), unjudged) == (DEAD_FILES, UNJUDGED_FILES)
    result = prune(corpus, "--tests", "live-test-ids.txt", "--json")
    found = json.loads(result.out)
    assert (result.code, found["refused"], problems(result)) == (1, None, [])
    assert {item["path"] for item in found["remove"]} == dead
    assert (len(found["remove"]), found["unjudged"], found["keep"]) == (DEAD_FILES, UNJUDGED_FILES, 208)


@pytest.mark.slow
@real
def test_a_pruned_corpus_comes_back_as_it_was(corpus: Path) -> None:
    dead, before = _judged_here(corpus)[0], tree_of(corpus)
    args = ["--tests", "live-test-ids.txt", "--write"]
    assert prune(corpus, *args).code == 1
    assert tree_of(corpus) == {name: entry for name, entry in before.items() if name not in dead}
    assert prune(corpus, *args).code == 0
    result = run("undo")
    assert (result.code, result.err) == (0, f"{DEAD_FILES} files of prune restored; --long lists them\n")
    assert tree_of(corpus) == before


@pytest.mark.slow
@real
def test_a_normalized_corpus_comes_back_as_it_was(corpus: Path) -> None:
    before = tree_of(corpus)
    assert run("normalize", corpus, "--volatile", "--write").code == 1
    assert tree_of(corpus) != before
    assert (run("undo").code, tree_of(corpus)) == (0, before)


@real
def test_without_its_tests_the_source_tells_nothing(corpus: Path) -> None:
    before = tree_of(corpus)
    result = prune(corpus, "--write")
    assert (result.code, "there are no test files where its test file would be" in result.out) == (0, True)
    assert tree_of(corpus) == before


@real
def test_where_hardly_a_test_is_left_it_refuses(corpus: Path) -> None:
    (corpus / "tests/integration/test_last.py").write_text("")
    before = tree_of(corpus)
    result = prune(corpus, "--write")
    assert (result.code, "more than 50 percent" in result.err) == (2, True)
    assert tree_of(corpus) == before
