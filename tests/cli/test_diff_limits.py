"""What limits a review: revisions as git names them, paths, references, tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.diff.repository import Repository, ferry, new_repository, told
from tests.samples.builder import Recording

BUS, TRAM = "tests/city/test_bus.py::test_bus[a/b::c]", "tests/city/test_tram.py::TestTram::test_tram"
FERRY = "tests/test_trip.py::test_ferry"


def changed(recording: Recording) -> Recording:
    """The same request with another answer."""
    return Recording(
        recording.path, {**recording.document, "response": ferry("At ten.").document["response"]}
    )


@pytest.fixture(scope="module")
def _repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    made = new_repository(tmp_path_factory.mktemp("made"))
    recordings = [ferry(test_id=test) for test in (FERRY, BUS, TRAM)]
    made.write("tests/test_trip.py", "")
    made.commit(*recordings)
    made.commit(changed(recordings[0]))
    made.commit(*map(changed, recordings[1:]))
    return made


@pytest.fixture
def repository(_repository: Repository, tmp_path: Path) -> Repository:
    """Three commits: of recordings of three tests, the ferry's anew, the city's anew."""
    return _repository.copied_to(tmp_path / "repository")


def found_in(repository: Repository, *args: str | Path) -> list[str | None]:
    """The tests of which a review lists something."""
    return sorted(test for test, *_ in told(repository.review(*args)))  # type: ignore[type-var]


# ---- revisions

REVISIONS: dict[str, list[str]] = {
    "HEAD^!": [BUS, TRAM],
    "HEAD~1^!": [FERRY],
    "HEAD~2^!": [BUS, TRAM, FERRY],  # the first commit: all of it came
    "HEAD^-": [BUS, TRAM],
    "HEAD^-1": [BUS, TRAM],
    "HEAD^@": [BUS, TRAM],
    "HEAD~1": [BUS, TRAM],
    "@~2": [BUS, TRAM, FERRY],
    "HEAD~2..HEAD~1": [FERRY],
    "main@{0}": [],
    ":/Record": [],
    "first": [BUS, TRAM, FERRY],  # an annotated tag
    "first^!": [BUS, TRAM, FERRY],
}


@pytest.mark.parametrize("rev", REVISIONS)
def test_revisions_are_what_git_says_they_are(repository: Repository, rev: str) -> None:
    repository.git("tag", "--annotate", "--message", "x", "first", "HEAD~2")
    assert found_in(repository, "--rev", rev) == sorted(REVISIONS[rev])


def test_the_first_commit_in_a_repository_of_sha256(tmp_path: Path) -> None:
    made = new_repository(tmp_path / "other", "--object-format=sha256")
    made.commit(ferry())
    assert [status for _, status, _ in told(made.review("--rev", "HEAD^!"))] == ["added"]


@pytest.fixture
def merged(repository: Repository) -> Repository:
    """After a merge: HEAD^1 has what main had, HEAD^2 comes from the side, where a tram was recorded."""
    repository.git("checkout", "--quiet", "-b", "side", "HEAD~1")
    repository.commit(ferry(test_id="tests/test_side.py::test_side"))
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-edit", "side")
    return repository


def test_a_merge_is_compared_with_its_first_parent(merged: Repository) -> None:
    assert found_in(merged, "--rev", "HEAD^!") == ["tests/test_side.py::test_side"]
    assert found_in(merged, "--rev", "HEAD^-") == ["tests/test_side.py::test_side"]
    assert found_in(merged, "--rev", "HEAD^-2") == [BUS, TRAM]


def test_more_commits_than_two_states(merged: Repository) -> None:
    result = merged.diff("--rev", "HEAD^@")
    assert (result.code, result.out) == (2, "")
    assert result.err == "recctl: HEAD^@ names 2 commits; compare two states: BASE..HEAD\n"


UNKNOWN = [
    "HEAD~9^!",
    "HEAD~2^-",
    "HEAD~2^@",
    "^HEAD",
    "main first",
    "HEAD:tests",
    "--all",
    "-x^!",
    "nowhere^!",
    "",
]


@pytest.mark.parametrize("rev", [rev for rev in UNKNOWN if rev])
def test_a_form_that_names_no_state(repository: Repository, rev: str) -> None:
    result = repository.diff(f"--rev={rev}")
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert f"unknown revision {rev} in " in result.err


def test_what_came_before_a_shallow_clone_begins_is_not_called_nothing(
    repository: Repository, tmp_path: Path
) -> None:
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.top}", str(tmp_path / "shallow"))
    result = Repository(tmp_path / "shallow").diff("--rev", "HEAD^!")
    assert (result.code, result.out) == (2, "")
    assert result.err == "recctl: HEAD has no parent in this shallow clone; git fetch --unshallow\n"


# ---- paths, references, tests

DIGITS = {test: Path(ferry(test_id=test).path).stem[:8] for test in (FERRY, BUS, TRAM)}
LIMITS: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "a directory": (("tests/city",), [BUS, TRAM]),
    "a directory with a slash": (("tests/city/",), [BUS, TRAM]),
    "two directories": (("tests/city", "tests/recordings"), [BUS, TRAM, FERRY]),
    "the whole": ((".",), [BUS, TRAM, FERRY]),
    "a recording by its path": ((ferry(test_id=BUS).path,), [BUS]),
    "an id": ((f"rec-{Path(ferry(test_id=BUS).path).stem[:12]}",), [BUS]),
    "digits": ((DIGITS[TRAM],), [TRAM]),
    "the call of a file": ((f"{DIGITS[TRAM]}#1",), [TRAM]),
    "two references": ((DIGITS[FERRY], DIGITS[BUS]), [BUS, FERRY]),
    "three of them": (
        tuple(Path(ferry(test_id=test).path).stem[:8] for test in (FERRY, BUS, TRAM)),
        [BUS, TRAM, FERRY],
    ),
    "a reference and a directory": (
        (Path(ferry(test_id=FERRY).path).stem[:8], "tests/city"),
        [BUS, TRAM, FERRY],
    ),
    "a test file": (("tests/test_trip.py",), [FERRY]),
    "a test file that is gone": (("tests/city/test_bus.py",), [BUS]),
    "a test id": ((BUS,), [BUS]),
    "a test without its parameters": (("tests/city/test_bus.py::test_bus",), [BUS]),
    "a class": (("tests/city/test_tram.py::TestTram",), [TRAM]),
    "the beginning of a name": (("tests/city/test_tram.py::TestTr",), []),
    "part of a test": (("--test", "tram"), [TRAM]),
    "in another case": (("--test", "TRAM"), [TRAM]),
    "a glob": (("--test", "*trip*ferry"), [FERRY]),
    "a test and a directory": (("--test", "ferry", "tests/city"), []),
    "a test that is not there": (("--test", "nowhere"), []),
}


@pytest.mark.parametrize("case", LIMITS)
def test_what_a_review_is_limited_to(repository: Repository, case: str) -> None:
    limits, expected = LIMITS[case]
    assert found_in(repository, "--rev", "HEAD~2", *limits) == sorted(expected)


# Without a revision recordings are compared with each other: what names none limits the review.
OF_RECORDINGS = {
    "a recording by its path",
    "an id",
    "digits",
    "the call of a file",
    "two references",
    "three of them",
}
WORKING = sorted(LIMITS.keys() - OF_RECORDINGS - {"a reference and a directory"})


@pytest.mark.parametrize("case", WORKING)
def test_what_a_review_of_the_working_tree_is_limited_to(repository: Repository, case: str) -> None:
    repository.git("reset", "--quiet", "HEAD~2")
    limits, expected = LIMITS[case]
    assert found_in(repository, *limits) == sorted(expected)


def test_paths_are_relative_to_where_one_is(repository: Repository) -> None:
    result = repository.diff("--rev", "HEAD~2", "city", cwd=repository.top / "tests")
    assert (FERRY in result.out, BUS in result.out, result.code) == (False, True, 1)


def test_a_directory_that_is_gone_meanwhile(repository: Repository) -> None:
    shutil.rmtree(repository.top / "tests/city")
    repository.commit()
    assert found_in(repository, "--rev", "HEAD^", "tests/city") == [BUS, TRAM]


def test_an_old_name_shows_what_became_of_it(repository: Repository) -> None:
    old, new = ferry(test_id=FERRY), ferry(test_id=FERRY, prompt="When does the ferry leave, please?")
    repository.replace(old, new)
    repository.commit()
    for recording in (old, new):
        found = told(repository.review("--rev", "HEAD^", Path(recording.path).stem[:10]))
        assert [(test, status) for test, status, _ in found] == [(FERRY, "moved")]


def test_a_recording_that_did_not_change(repository: Repository) -> None:
    result = repository.diff("--rev", "HEAD^", Path(ferry(test_id=FERRY).path).stem[:10])
    assert (result.code, result.out, result.err) == (0, "", "no recording changed\n")


def test_a_reference_that_fits_several_lists_them(repository: Repository) -> None:
    for digit in "01":
        repository.write(f"tests/recordings/{'abcd' + digit * 60}.json", ferry().to_bytes())
    repository.commit()
    result = repository.diff("--rev", "HEAD^", "abcd")
    assert (result.code, result.out) == (2, "")
    assert "abcd fits 2 recordings" in result.err


def test_a_reference_hides_what_is_unreadable_elsewhere_only(repository: Repository) -> None:
    broken, digits = "abcd" + "0" * 60, Path(ferry(test_id=FERRY).path).stem[:8]
    repository.write(f"tests/recordings/{broken}.json", "{")
    repository.commit(ferry(test_id=FERRY))
    result = repository.diff("--rev", "HEAD^", digits)
    assert (result.code, "is cut short" in result.err) == (1, False)
    result = repository.diff("--rev", "HEAD^", "abcd")
    assert (result.code, "is cut short" in result.err) == (2, True)
