"""States of real repositories: what belongs to them, and what git is not asked to run."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.diff.repository import TEST, Repository, entries, ferry, new_repository, told
from tests.helpers import HANGS_AFTER, few, run, run_in_terminal
from tests.samples.builder import inference, tool, typed, whole

OLD, NEW = ferry("At nine."), ferry("At ten.")
BUS = "other/test_bus.py::test_bus"
# A call of another endpoint, so that nobody takes it for the first one changed.
RANKED = inference(
    TEST, "https://x/v1/v1/embeddings", {"model": "e", "input": "Inishmore"}, whole(typed("x"))
)
RERECORDED = [(TEST, "rerecorded", "text")]


@pytest.fixture(scope="session")
def _recorded(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    repository = new_repository(tmp_path_factory.mktemp("recorded"))
    repository.commit(OLD)
    return repository


@pytest.fixture
def recorded(_recorded: Repository, tmp_path: Path) -> Repository:
    """A repository with one recording, committed."""
    return _recorded.copied_to(tmp_path / "repository")


# ---- which files belong to a state


def test_nothing_changed(recorded: Repository) -> None:
    result = recorded.diff()
    assert (result.code, result.out, result.err) == (0, "", "no recording changed\n")


STAGES: dict[str, tuple[str, ...]] = {
    "untracked": (),
    "staged": ("add", "."),
    "to be added": ("add", "--intent-to-add", "."),
}


@pytest.mark.parametrize("stage", STAGES)
def test_new_files_are_added(recorded: Repository, stage: str) -> None:
    recorded.put(RANKED)
    if STAGES[stage]:
        recorded.git(*STAGES[stage])
    assert told(recorded.review()) == [(TEST, "added", None)]


@pytest.mark.parametrize("staged", [False, True], ids=["not staged", "staged"])
def test_deleted_files_are_removed(recorded: Repository, staged: bool) -> None:
    recorded.remove(OLD)
    if staged:
        recorded.git("add", "--all")
    assert told(recorded.review()) == [(TEST, "removed", None)]


def test_a_file_that_only_left_the_index_is_still_there(recorded: Repository) -> None:
    recorded.git("rm", "--quiet", "--cached", OLD.path)
    assert told(recorded.review()) == []


def test_what_is_staged_does_not_count_but_what_lies_there(recorded: Repository) -> None:
    recorded.put(NEW)
    recorded.git("add", ".")
    recorded.put(OLD)
    assert told(recorded.review()) == []


@pytest.mark.parametrize("name", ["tests/.gitignore", ".git/info/exclude"])
def test_ignored_files_do_not_count(recorded: Repository, name: str) -> None:
    recorded.write(name, "recordings/\n")
    recorded.put(RANKED)
    assert told(recorded.review()) == []


def test_tracked_files_count_though_ignored(recorded: Repository) -> None:
    recorded.write(".gitignore", "recordings/\n")
    recorded.put(NEW)
    assert told(recorded.review()) == RERECORDED


def test_other_files_do_not_count(recorded: Repository) -> None:
    recorded.write("tests/data.json", "{")
    recorded.write("tests/recordings/notes.txt", "{")
    recorded.write("package.json", "{}")
    assert told(recorded.review()) == []


def test_a_recording_by_its_name_counts_wherever_it_lies(recorded: Repository) -> None:
    recorded.write(f"elsewhere/{Path(NEW.path).name}", ferry(prompt="Another bus").to_bytes())
    assert told(recorded.review()) == [(TEST, "added", None)]


def test_a_link_is_no_recording(recorded: Repository) -> None:
    target = recorded.write("kept", OLD.to_bytes())
    recorded.remove(OLD)
    (recorded.top / OLD.path).symlink_to(target)
    assert told(recorded.review()) == [(TEST, "removed", None)]
    recorded.git("add", "--all")
    recorded.git("commit", "--quiet", "--message", "Link")
    assert told(recorded.review("--rev", "HEAD~1")) == [(TEST, "removed", None)]
    assert told(recorded.review()) == []


def test_files_outside_a_sparse_checkout_are_not_removed(recorded: Repository) -> None:
    recorded.commit(ferry(test_id=BUS))
    recorded.git("sparse-checkout", "set", "other")
    assert not (recorded.top / OLD.path).exists()
    assert recorded.git("status", "--porcelain") == ""
    assert told(recorded.review()) == []


def test_a_mode_is_no_change(recorded: Repository) -> None:
    (recorded.top / OLD.path).chmod(0o755)
    assert told(recorded.review()) == []
    recorded.commit()
    assert told(recorded.review("--rev", "HEAD~1")) == []


def test_another_spelling_of_the_same_is_quiet(recorded: Repository) -> None:
    recorded.write(OLD.path, json.dumps(OLD.document))
    assert told(recorded.review()) == [(TEST, "volatile", "same")]


def test_a_repository_of_sha256(tmp_path: Path) -> None:
    repository = new_repository(tmp_path, "--object-format=sha256")
    repository.commit(OLD)
    assert told(repository.review()) == []
    repository.put(NEW)
    assert told(repository.review()) == RERECORDED


def test_a_second_working_tree(recorded: Repository, tmp_path: Path) -> None:
    recorded.git("worktree", "add", "--quiet", str(tmp_path / "second"))
    second = Repository(tmp_path / "second")
    second.put(NEW)
    assert told(second.review()) == RERECORDED
    assert told(recorded.review()) == []


@pytest.mark.slow
def test_more_files_than_git_is_asked_for_at_once(repository: Repository) -> None:
    numbers = range(501)
    repository.commit(*(ferry("At nine.", prompt=f"Ferry {number}?") for number in numbers))
    repository.put(*(ferry("At ten.", prompt=f"Ferry {number}?") for number in numbers))
    assert told(repository.review()) == RERECORDED * 501


# ---- where it looks


def test_from_a_subdirectory_all_of_the_repository_is_looked_at(recorded: Repository) -> None:
    recorded.put(NEW)
    here = recorded.write("deep/down/file", "").parent
    review = json.loads(recorded.diff("--json", cwd=here).out)
    assert told(review) == RERECORDED
    assert entries(review)[0]["new"]["path"] == str(recorded.top / OLD.path)
    below = json.loads(recorded.diff("--json", cwd=recorded.top / "tests").out)
    assert entries(below)[0]["new"]["path"] == OLD.path.removeprefix("tests/")


@pytest.fixture(scope="module")
def _two_suites(_recorded: Repository, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    recorded = _recorded.copied_to(tmp_path_factory.mktemp("suites") / "repository")
    before, after = (ferry(answer, test_id=BUS) for answer in ("Six.", "Seven."))
    recorded.commit(before)
    recorded.commit(NEW, after)
    recorded.put(OLD, before)
    return recorded


@pytest.fixture
def two_suites(_two_suites: Repository, tmp_path: Path) -> Repository:
    """A repository where recordings of two directories changed, one commit long."""
    return _two_suites.copied_to(tmp_path / "two")


LIMITS: dict[str, tuple[str, list[str], list[str]]] = {
    "one": (".", ["tests"], [TEST]),
    "both": (".", ["tests", "other"], [BUS, TEST]),
    "the recordings": (".", ["other/recordings"], [BUS]),
    "with a slash": (".", ["tests/"], [TEST]),
    "all": (".", ["."], [BUS, TEST]),
    "from below": ("tests", ["../other"], [BUS]),
    "a file": (".", [OLD.path], [TEST]),
}


@pytest.mark.parametrize("case", LIMITS)
@pytest.mark.parametrize(
    "rev", [(), pytest.param(("--rev", "HEAD~1"), marks=pytest.mark.slow)], ids=["working tree", "revisions"]
)
def test_dir_limits_what_is_looked_at(two_suites: Repository, case: str, rev: tuple[str, ...]) -> None:
    here, limits, tests = LIMITS[case]
    options = [option for limit in limits for option in ("--dir", limit)]
    result = two_suites.diff(*options, *rev, "--json", cwd=two_suites.top / here)
    assert sorted(test or "" for test, *_ in told(json.loads(result.out))) == tests
    assert result.code == (1 if tests else 0)


@pytest.mark.parametrize("rev", [(), ("--rev", "HEAD~1")], ids=["working tree", "revisions"])
@pytest.mark.parametrize("limit", few(["test", "oth", "tests/rec", "nowhere"], 2))
def test_a_dir_without_recordings_is_no_all_clear(
    two_suites: Repository, limit: str, rev: tuple[str, ...]
) -> None:
    result = two_suites.diff("--dir", limit, *rev)
    assert (result.code, result.out) == (2, "")
    assert f"no recordings in {limit}, in either state" in result.err


def test_the_configured_directories_limit_it_too(two_suites: Repository) -> None:
    two_suites.write("pyproject.toml", '[tool.recctl]\nrecordings = ["other"]\n')
    bus = [(BUS, "rerecorded", "text")]
    assert told(two_suites.review()) == bus
    assert told(two_suites.review("--rev", "HEAD~1")) == bus
    assert told(json.loads(two_suites.diff("--json", cwd=two_suites.top / "tests").out)) == bus
    assert told(two_suites.review("--dir", "tests")) == RERECORDED


def test_a_directory_outside_the_repository_is_refused(recorded: Repository, tmp_path: Path) -> None:
    result = recorded.diff("--dir", tmp_path)
    assert (result.code, result.out) == (2, "")
    assert str(tmp_path) in result.err
    assert "not in the repository" in result.err


# ---- names that are awkward

NAMES = {
    "a blank": "two words",
    "quotes": "a \"quoted\" 'name'",
    "a line break": "two\nlines",
    "a tab": "a\ttab",
    "a backslash": "back\\slash",
    "not ASCII": "étoile 京都 🧳",
    "not UTF-8": os.fsdecode(b"caf\xe9"),
    "a dash": "--output=x",
    "a wildcard": ":(exclude)*[a]?",
    "a colon": "HEAD:a",
}


@pytest.mark.parametrize("case", few(NAMES, kept=("a line break", "not UTF-8", "a dash", "a wildcard")))
def test_directories_and_files_of_any_name(repository: Repository, case: str) -> None:
    name = f"{NAMES[case]}/recordings/{NAMES[case]}.json"
    repository.write(name, OLD.to_bytes())
    repository.commit()
    repository.write(name, NEW.to_bytes())
    shown = os.fsencode(name).decode("utf-8", "backslashreplace")
    shown = f"./{shown}" if shown.startswith("-") else shown
    for options in ((), ("--dir", NAMES[case])):
        (entry,) = entries(repository.review(*(f"./{each}" if each in name else each for each in options)))
        assert (entry["status"], entry["old"]["path"], entry["new"]["path"]) == ("rerecorded", shown, shown)
    repository.commit()
    (entry,) = entries(repository.review("--rev", "HEAD~1"))
    assert (entry["status"], entry["new"]["path"]) == ("rerecorded", shown)


@pytest.mark.parametrize("case", few(NAMES, kept=("a line break", "not UTF-8")))
def test_an_unreadable_file_of_any_name_is_named_in_one_line(repository: Repository, case: str) -> None:
    repository.commit(OLD)
    repository.write(f"recordings/{NAMES[case]}.json", "{")
    result = repository.diff()
    assert (result.code, result.out) == (2, "")
    assert result.err.count("\n") == 2
    assert "is cut short" in result.err


@pytest.mark.parametrize(
    "case", few([name for name in NAMES if name != "not UTF-8"], kept=("a line break", "a wildcard"))
)
def test_test_files_of_any_name_are_followed(repository: Repository, case: str) -> None:
    old, new = f"tests/test_{NAMES[case]}.py", f"tests/test_{NAMES[case]}_b.py"
    repository.write(old, "def test_ferry(): ...\n")
    before = ferry(test_id=f"{old}::test_ferry")
    repository.commit(before)
    repository.git("mv", "--", old, new)
    repository.replace(before, ferry(prompt="When does the bus leave?", test_id=f"{new}::test_ferry"))
    assert told(repository.review()) == [(f"{new}::test_ferry", "moved", "volatile")]


# ---- what cannot be answered


def test_a_revision_that_is_not_there(recorded: Repository) -> None:
    result = recorded.diff("--rev", "nowhere")
    message = (
        f"recctl: unknown revision nowhere in {recorded.top}; see: git log --oneline, git branch --all\n"
    )
    assert (result.code, result.out, result.err) == (2, "", message)


REVISIONS = ["--output=stolen", "-h", "--all", "--help", "^HEAD", "HEAD^{tree}", "HEAD:tests", "a..b..c", "*"]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_revision_is_never_taken_for_an_option(recorded: Repository, revision: str) -> None:
    before = sorted(recorded.top.rglob("*"))
    for form in ("{}", "{}..HEAD", "HEAD..{}", "HEAD...{}"):
        result = recorded.diff(f"--rev={form.format(revision)}")
        assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
        assert "unknown revision" in result.err
    assert sorted(recorded.top.rglob("*")) == before


def test_outside_a_repository(tmp_path: Path) -> None:
    result = run("diff", cwd=tmp_path)
    message = (
        f"recctl: {tmp_path} is not in a git repository; name two recordings to compare: recctl diff A B\n"
    )
    assert (result.code, result.out, result.err) == (2, "", message)
    assert run("diff", "--rev", "HEAD", cwd=tmp_path).err == message


def test_a_bare_repository(recorded: Repository, tmp_path: Path) -> None:
    recorded.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    result = run("diff", cwd=tmp_path / "bare")
    assert (result.code, result.out) == (2, "")
    assert "is a bare repository" in result.err


def test_inside_the_directory_of_git(recorded: Repository) -> None:
    result = recorded.diff(cwd=recorded.top / ".git")
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert "a bug in recctl" not in result.err


def test_a_repository_without_a_commit(repository: Repository) -> None:
    repository.put(OLD)
    for options in ((), ("--rev", "HEAD"), ("--rev", "HEAD..HEAD")):
        result = repository.diff(*options)
        assert (result.code, result.out) == (2, "")
        assert "there is no commit yet" in result.err


def test_a_shallow_clone_that_lacks_the_base(recorded: Repository, tmp_path: Path) -> None:
    base = recorded.git("rev-parse", "HEAD")
    recorded.commit(NEW)
    recorded.git("clone", "--quiet", "--depth=1", f"file://{recorded.top}", str(tmp_path / "shallow"))
    shallow = Repository(tmp_path / "shallow")
    for revision in (base, "HEAD~1", f"{base}..HEAD", f"{base}...HEAD"):
        result = shallow.diff("--rev", revision)
        assert (result.code, result.out) == (2, "")
        assert "git fetch --unshallow" in result.err
    assert told(shallow.review()) == []


def test_commits_without_one_in_common(recorded: Repository) -> None:
    recorded.git("checkout", "--quiet", "--orphan", "other")
    recorded.commit(NEW)
    result = recorded.diff("--rev", "main...other")
    assert (result.code, result.out) == (2, "")
    assert "no common ancestor" in result.err
    assert told(recorded.review("--rev", "main..other")) == RERECORDED


def test_git_is_not_to_be_found(recorded: Repository, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    result = run("diff", cwd=recorded.top, env={"PATH": str(tmp_path / "bin")})
    assert (result.code, result.out) == (2, "")
    assert result.err == "recctl: git not found; install git, or add it to PATH\n"


def test_an_object_that_is_not_there(recorded: Repository) -> None:
    blob = recorded.git("rev-parse", f"HEAD:{OLD.path}")
    (recorded.top / ".git/objects" / blob[:2] / blob[2:]).unlink()
    recorded.put(NEW)
    result = recorded.diff()
    assert (result.code, result.out) == (2, "")
    assert f"git does not have the object {blob}" in result.err


# ---- merges


@pytest.fixture
def diverged(recorded: Repository) -> Repository:
    """Two branches from one commit: `main` has another answer, `topic` another answer and a bus."""
    recorded.git("checkout", "--quiet", "-b", "topic")
    recorded.commit(NEW, RANKED)
    recorded.git("checkout", "--quiet", "main")
    recorded.commit(ferry("At eleven."))
    return recorded


def test_a_state_is_compared_with_another_or_with_what_both_come_from(diverged: Repository) -> None:
    guard = tool(TEST, "guard", "check", {"text": "Inishmore"}, whole(typed("x")))
    diverged.commit(guard)
    both = diverged.review("--rev", "main..topic")
    assert sorted(told(both)) == [(TEST, "added", None), (TEST, "removed", None), *RERECORDED]
    topic = diverged.review("--rev", "main...topic")
    assert sorted(told(topic)) == [(TEST, "added", None), *RERECORDED]
    ends = (diverged.git("rev-parse", "main~2"), diverged.git("rev-parse", "topic"))
    assert (topic["base"], topic["head"]) == ends


def test_a_merge_commit(diverged: Repository) -> None:
    diverged.git("merge", "--quiet", "--no-edit", "--strategy-option=theirs", "topic")
    assert sorted(told(diverged.review("--rev", "HEAD~1"))) == [(TEST, "added", None), *RERECORDED]
    assert told(diverged.review("--rev", "topic..HEAD")) == []
    assert told(diverged.review("--rev", "HEAD^2")) == []
    assert told(diverged.review()) == []


def test_both_ends_may_be_left_out(diverged: Repository) -> None:
    assert told(diverged.review("--rev", "..topic")) == told(diverged.review("--rev", "main..topic"))
    assert told(diverged.review("--rev", "topic..")) == told(diverged.review("--rev", "topic..main"))
    assert told(diverged.review("--rev", "topic")) == told(diverged.review("--rev", "topic..main"))


CONFLICTS = ["merge", "cherry-pick", "rebase"]


@pytest.mark.parametrize("command", CONFLICTS)
def test_a_half_merged_state(diverged: Repository, command: str) -> None:
    with pytest.raises(AssertionError):
        diverged.git(command, "topic")
    assert "<<<<<<<" in (diverged.top / OLD.path).read_text()
    result = diverged.diff()
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert "a merge is in progress" in result.err
    assert told(diverged.review("--rev", "main~1..main")) == RERECORDED


def test_conflict_markers_that_were_committed(diverged: Repository) -> None:
    with pytest.raises(AssertionError):
        diverged.git("merge", "topic")
    diverged.commit()
    result = diverged.diff("--rev", "HEAD~1")
    assert result.code == 2
    assert "added  rec-" in result.out
    assert f"{OLD.path}: as of {diverged.git('rev-parse', 'HEAD')[:12]} is not JSON at line" in result.err


# ---- programs that the repository's own settings name

Prepare = Callable[[Repository, str], None]
ATTRIBUTES = "*.json filter=trap diff=trap merge=trap\n"


def set_to(*settings: str, attributes: bool = False) -> Prepare:
    """Settings of the repository that name the program."""

    def prepare(repository: Repository, program: str) -> None:
        if attributes:
            repository.write(".git/info/attributes", ATTRIBUTES)
        for setting in settings:
            repository.git("config", setting, program)

    return prepare


def set_hooks(repository: Repository, program: str) -> None:
    for hook in ("post-index-change", "reference-transaction", "post-checkout", "fsmonitor-watchman"):
        (repository.write(f"hooks/{hook}", Path(program).read_bytes())).chmod(0o755)
    repository.git("config", "core.hooksPath", str(repository.top / "hooks"))


def set_lazy_fetch(repository: Repository, program: str) -> None:
    blob = repository.git("rev-parse", f"HEAD:{OLD.path}")
    settings = {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": str(repository.top),
        "remote.origin.uploadpack": program,
    }
    for setting, value in settings.items():
        repository.git("config", setting, value)
    (repository.top / ".git/objects" / blob[:2] / blob[2:]).unlink()


# How each is set, and the plain git command that shows that it would run.
TRAPS: dict[str, tuple[Prepare, tuple[str, ...]]] = {
    "fsmonitor": (set_to("core.fsmonitor"), ("status",)),
    "hooks": (set_hooks, ("status",)),
    "diff.external": (set_to("diff.external"), ("diff",)),
    "a diff driver": (set_to("diff.trap.command", attributes=True), ("diff",)),
    "textconv": (set_to("diff.trap.textconv", attributes=True), ("diff",)),
    "a filter": (set_to("filter.trap.clean", attributes=True), ("diff",)),
    "a filter process": (set_to("filter.trap.process", attributes=True), ("diff",)),
    "a pager": (set_to("core.pager", "pager.diff", "pager.ls-files"), ("diff",)),
    "a fetch": (set_lazy_fetch, ("cat-file", "-p", f"HEAD:{OLD.path}")),
}


@pytest.mark.parametrize("case", few(TRAPS, kept=("fsmonitor", "textconv", "a filter process", "a fetch")))
def test_nothing_that_the_repository_names_is_run(recorded: Repository, tmp_path: Path, case: str) -> None:
    prepare, command = TRAPS[case]
    marker = tmp_path / "sprung"
    recorded.commit(NEW)
    recorded.put(ferry("At eleven."))
    prepare(recorded, trap(tmp_path, marker))
    for options in ((), ("--rev", "HEAD~1")):
        result = recorded.diff(*options)
        assert result.code == (2 if case == "a fetch" else 1), result.err
    run_in_terminal("diff", cwd=recorded.top)
    assert not marker.exists()
    in_terminal(recorded, *command)
    assert marker.exists(), "the trap is none"


def trap(directory: Path, marker: Path) -> str:
    """A program that leaves a marker when it is run."""
    program = directory / "trap"
    program.write_text(f"#!/bin/sh\ntouch '{marker}'\nexit 1\n")
    program.chmod(0o755)
    return str(program)


def in_terminal(repository: Repository, *command: str) -> None:
    """Run git as a person does, well or not; without a pager of the user's, which would wait for keys."""
    master, slave = pty.openpty()
    git, environment = ["git", *command], {**os.environ, "PAGER": "cat"}
    try:
        subprocess.run(
            git,
            cwd=repository.top,
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            timeout=HANGS_AFTER,
            check=False,
        )
    finally:
        os.close(slave)
        os.close(master)
