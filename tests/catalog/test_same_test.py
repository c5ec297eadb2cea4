"""One way to read a test id: the head of a file tells the same test as a listing does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recctl.catalog import same_test
from recctl.catalog.same_test import SameTest
from recctl.recordings.recording import load
from recctl.recordings.ref import Ref
from tests.helpers import chat, put
from tests.samples.builder import Data, Recording, http, tool, whole

OWN = "tests/a/test_a.py::test_own"
REQUESTS = "tests/a/test_a.py::test_of_the_request"


def _named(recording: Recording, test_id: object) -> Data:
    return {**recording.document, "test_id": test_id}


HTTP = http(REQUESTS, "https://example.org/x", {"a": 1}, whole({}))
TOOL = tool(REQUESTS, "brave", "search", {"a": 1}, whole({}))
SHAPES: dict[str, Data] = {
    **{
        f"{kind}, {test_id!r}": _named(recording, test_id)
        for kind, recording in {"http": HTTP, "tool": TOOL, "inference": chat()}.items()
        for test_id in (OWN, None, "", 7, 'a "quoted" é \\ one')
    },
    "http, without": {key: value for key, value in HTTP.document.items() if key != "test_id"},
    "http, last": {**{k: v for k, v in HTTP.document.items() if k != "test_id"}, "test_id": OWN},
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_head_of_a_file_tells_the_test_of_its_summary(tmp_path: Path, name: str) -> None:
    path = tmp_path / "one.json"
    path.write_text(json.dumps(SHAPES[name], indent=2))
    assert same_test.test_id_of(path) == load(Ref(path)).summary.header.test_id


@pytest.mark.parametrize("recording", [HTTP, TOOL], ids=["http", "tool"])
def test_whose_request_alone_names_the_test_belongs_to_it(tmp_path: Path, recording: Recording) -> None:
    given = put(tmp_path / "one.json", chat(test_id=REQUESTS))
    other = tmp_path / "other.json"
    other.write_text(json.dumps(_named(recording, None), indent=2))
    assert SameTest([given]).others(Ref(given), REQUESTS) == [Ref(other)]
