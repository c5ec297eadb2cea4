"""File names of recordings taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.recordings.ogx.filename import RecordingName, is_recording_path, parse_filename
from tests.helpers import examples

HASH = "ab7d61e2daa7183d814f9b2c775072ebfbd7dafb4086a47e04e80822e4edf81f"
SHORT = HASH[:12]


@pytest.mark.parametrize(
    ("filename", "digits", "digest", "reference"),
    [
        pytest.param(f"{HASH}.json", HASH, None, f"rec-{SHORT}", id="64 digits"),
        pytest.param(f"{SHORT}.json", SHORT, None, f"rec-{SHORT}", id="12 digits"),
        pytest.param(
            f"models-{HASH}-27e22205.json", HASH, "27e22205", f"models-{HASH}-27e22205", id="model list"
        ),
        pytest.param(
            f"models-{SHORT}-27e22205.json",
            SHORT,
            "27e22205",
            f"models-{SHORT}-27e22205",
            id="old model list",
        ),
        pytest.param(HASH, HASH, None, f"rec-{SHORT}", id="without suffix"),
    ],
)
def test_names_of_the_recorder(filename: str, digits: str, digest: str | None, reference: str) -> None:
    name = parse_filename(filename)
    assert name == RecordingName(filename.removesuffix(".json"), digits, digest)
    assert (name.id, name.reference) == (f"rec-{SHORT}", reference)


@pytest.mark.parametrize(
    "stem",
    [
        pytest.param("", id="empty"),
        pytest.param("notes", id="words"),
        pytest.param(HASH[:63], id="63 digits"),
        pytest.param(f"{HASH}0", id="65 digits"),
        pytest.param(HASH[:11], id="11 digits"),
        pytest.param(HASH[:13], id="13 digits"),
        pytest.param(HASH.upper(), id="capitals"),
        pytest.param(f"g{HASH[1:]}", id="no hex digit"),
        pytest.param(f"{HASH[:-1]}٣", id="a digit of another script"),
        pytest.param(f"{HASH}\n", id="line end"),
        pytest.param(f" {HASH}", id="blank"),
        pytest.param(f"rec-{SHORT}", id="an id"),
        pytest.param(f"models-{HASH}", id="model list without digest"),
        pytest.param(f"models-{HASH}-27e2220", id="short digest"),
        pytest.param(f"models-{HASH}-27e222055", id="long digest"),
        pytest.param(f"{HASH}-27e22205", id="digest without models"),
        pytest.param(f"model-{HASH}-27e22205", id="other beginning"),
        pytest.param(f"{HASH}.json", id="suffix twice"),
    ],
)
def test_other_names_are_kept_as_they_are(stem: str) -> None:
    name = parse_filename(f"{stem}.json")
    assert name == RecordingName(stem, None, None)
    assert (name.id, name.reference) == (None, stem)


@given(st.text())
@examples(100)
def test_any_name_is_taken_apart(filename: str) -> None:
    name = parse_filename(filename)
    assert filename in (name.stem, f"{name.stem}.json")
    assert (name.id is None) == (name.hash is None)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/recordings/notes.json", True),
        ("tests/recordings/responses/notes.json", True),
        (f"anywhere/{HASH}.json", True),
        (f"models-{HASH}-27e22205.json", True),
        (f"{SHORT}.json", True),
        ("tests/recordings/notes.txt", False),
        (f"tests/{HASH}", False),
        ("tests/my_recordings/notes.json", False),
        ("recordings.json", False),
        ("package.json", False),
    ],
)
def test_paths_taken_for_recordings(path: str, expected: bool) -> None:
    assert is_recording_path(path) is expected
