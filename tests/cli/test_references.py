"""References: what names a recording, what names several, what names none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.listing import COUNT
from tests.helpers import ROOT, SAMPLES, Result, chat, problems, put, run, sample

SEED = sample("ab7d")
MODELS = "models-3a641f25d65695766fb77e424273f716b852f371e1e87f6e14fd5672b1ab6005"
HASHED = [path for path in SAMPLES.rglob("recordings/**/*.json") if not path.name.startswith("models-")]


def found(*references: str | Path, cwd: Path = ROOT) -> list[Path]:
    """The files that `show --raw` and `show --json` find for references among the samples."""
    result = run("show", "--json", "--dir", SAMPLES, "--", *references, cwd=cwd)
    assert (result.code, result.err) == (0, "")
    return [cwd / item["path"] for item in json.loads(result.out)]


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


@pytest.mark.parametrize("form", ["models-4a3a", "4a3a", "rec-4a3a4447b16b"])
def test_model_list_with_a_hash_of_its_own_needs_no_digest(form: str) -> None:
    assert [path.name[:11] for path in found(form)] == ["models-4a3a"]


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


# ---- several


def test_several_matches_are_listed_with_references_that_name_one() -> None:
    message, *matches = refused("models-3a64", "--dir", SAMPLES)
    assert message == "recctl: models-3a64 fits 2 recordings; give more digits, or the path"
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
    "a digit wrong at the end": ("ab7d61e2daa8", "the closest: rec-ab7d61e2daa7"),
    "a digit wrong in an id": ("rec-ab7d61e2daa8", "the closest: rec-ab7d61e2daa7"),
    "a digit too many": ("ab7d6f", "the closest: rec-ab7d61e2daa7"),
    "two digits exchanged": ("rec-c8bbad9a79b8", "the closest: rec-c8bbda9a79b8"),
    "a model list": ("models-4a3b", "the closest: models-4a3a4447b16b"),
    "a test": ("test_ferry_times", "for the recordings of a test: recctl ls --test 'test_ferry_times'"),
    "a test id": ("tests/a.py::test_b", "is not there"),
    "words": ("hello", "a reference is rec-<hash>, 4 or more digits of a hash"),
}


@pytest.mark.parametrize("case", HINTS)
def test_no_match_says_what_may_be_meant(case: str) -> None:
    reference, hint = HINTS[case]
    (line,) = refused(reference, "--dir", SAMPLES, cwd=ROOT)
    assert line.startswith("recctl: ")
    assert reference in line
    assert hint in line


@pytest.mark.parametrize("reference", ["ab7", "rec-ab7", "a", "models-3"])
def test_fewer_than_four_digits_name_nothing(reference: str) -> None:
    (line,) = refused(reference, "--dir", SAMPLES)
    assert f"no recording {reference} among {COUNT}" in line


def test_a_path_that_is_not_there_is_named_as_such() -> None:
    assert refused("./no/such.json", cwd=ROOT) == ["recctl: no/such.json: is not there"]


def test_a_directory_is_no_recording() -> None:
    line = "recctl: sample_recordings: is a directory, not a recording; list it with: recctl ls"
    assert refused("./sample_recordings", cwd=ROOT) == [line]


# ---- some good, some bad


@pytest.mark.parametrize("view", [[], ["--text"], ["--raw"], ["--json"], ["--chunks"]], ids=" ".join)
def test_a_bad_reference_does_not_hide_the_good_ones(view: list[str]) -> None:
    bad = ["rec-0000", "no-such-file", "3a64", "no/such.json"]
    good = run("show", *view, "ab7d", "2204", "--dir", SAMPLES, cwd=ROOT)
    result = run("show", *view, bad[0], "ab7d", *bad[1:], "2204", "--dir", SAMPLES, cwd=ROOT)
    assert (result.code, result.data) == (2, good.data)
    assert [reference in line for reference, line in zip(bad, problems(result), strict=True)] == [True] * 4


def test_a_file_in_the_current_directory_may_be_named_like_a_reference(tmp_path: Path) -> None:
    put(tmp_path / "x.json", chat()).rename(tmp_path / "ab7d")
    assert run("show", "--text", "ab7d", "--dir", SAMPLES, cwd=tmp_path) == Result(0, b"Hello.", "")
