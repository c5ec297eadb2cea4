"""docs/json.md names every key that `--json` prints, with the type that its values have, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from recctl.check.rules.rule import Severity
from recctl.diff.changes import Op
from recctl.diff.comparison import Part
from recctl.diff.nearest import Relation
from recctl.diff.response_change import ResponseChange
from recctl.diff.review import Status
from recctl.edit.git_heads import GitState
from recctl.recordings.header import Kind
from tests.diff.repository import new_repository
from tests.helpers import ROOT, SAMPLES, chat, put, run
from tests.samples.builder import answered

PAGE = ROOT / "docs/json.md"
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
# Values that are whatever was recorded, or that another section describes.
CLOSED = {"any", "as `ls`", "as `ls` or null"}
ENUMERATIONS = {
    ("ls", "[].kind"): Kind,
    ("diff A B", "part"): Part,
    ("diff A B", "siblings[].same"): Relation,
    ("diff A B", "changes[].op"): Op,
    ("diff", "tests[].recordings[].status"): Status,
    ("diff", "tests[].recordings[].response"): ResponseChange,
    ("check", "[].severity"): Severity,
    ("prune", "remove[].git"): GitState,
}
TEST = "tests/test_trip.py::test_ferry"

Row = tuple[str, str]  # the type of a key, and its meaning


def documented(section: str) -> dict[str, Row]:
    """Return the keys of a section, each with its type and meaning."""
    title = r"## `diff` of two states" if section == "diff" else rf"## `{section}`"
    text = re.search(rf"^{title}.*?(?=^## |\Z)", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert text, section
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|(.*)\|$", text[0], re.MULTILINE)
    keys = {key: (kind.strip(), meaning.strip()) for key, kind, meaning in rows}
    return documented("ls") | keys if section == "show" else keys


def printed_keys(value: Any, known: dict[str, Row], at: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every key of a document, with its value; nothing of what is inside values that are closed."""
    if at in known:
        yield at, value
        if known[at][0] in CLOSED:
            return
    elif at and not at.endswith("[]"):
        yield at, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from printed_keys(inner, known, f"{at}.{key}" if at else key)
    elif isinstance(value, list):
        for inner in value:
            yield from printed_keys(inner, known, f"{at}[]")


def document_of(*arguments: str | Path, cwd: Path = ROOT) -> Any:
    return json.loads(run(*arguments, cwd=cwd).data)


def listing(_: Path) -> Any:
    return document_of("ls", SAMPLES, "--json")


def shown(_: Path) -> Any:
    return document_of("show", *sorted(SAMPLES.rglob("recordings/**/*.json")), "--json")


def comparison(tmp_path: Path) -> Any:
    """A recording and its nearest one: what `diff A B` prints has the same keys."""
    put(tmp_path / "recordings", chat(test_id=TEST, prompt="When does it leave?"))
    path = put(tmp_path / "recordings", chat(test_id=TEST, prompt="When does it arrive?"))
    return document_of("diff", path, "--dir", tmp_path, "--json")


def review(tmp_path: Path) -> Any:
    repository = new_repository(tmp_path)
    repository.commit(chat("At nine.", test_id=TEST))
    repository.put(chat("At ten.", test_id=TEST), chat(test_id=f"{TEST}_back"))
    return repository.review()


def findings(_: Path) -> Any:
    return document_of("check", SAMPLES, "--format", "json")


def normalization(tmp_path: Path) -> Any:
    """One recording with an id to normalize, one with an id that the request of a third carries."""
    for name in ("chatcmpl-Carried0", "chatcmpl-Free0"):
        put(tmp_path / "recordings", answered(chat(test_id=TEST, prompt=f"Make {name[-6:]}."), id=name))
    put(tmp_path / "recordings", chat(test_id=TEST, prompt="What became of chatcmpl-Carried0?"))
    return document_of("normalize", tmp_path, "--json")


def pruning(_: Path) -> Any:
    return document_of("prune", SAMPLES, "--json")


DOCUMENTS = {
    "ls": listing,
    "show": shown,
    "diff A B": comparison,
    "diff": review,
    "check": findings,
    "normalize": normalization,
    "prune": pruning,
}


@pytest.mark.promise("docs/json.md names every key of --json")
@pytest.mark.parametrize("section", DOCUMENTS)
def test_the_page_has_the_keys_that_are_printed(section: str, tmp_path: Path) -> None:
    known = documented(section)
    assert {key for key, _ in printed_keys(DOCUMENTS[section](tmp_path), known)} == set(known)


@pytest.mark.parametrize("section", DOCUMENTS)
def test_values_have_the_types_that_the_page_says(section: str, tmp_path: Path) -> None:
    known = documented(section)
    values = [*printed_keys(DOCUMENTS[section](tmp_path), known)]
    assert [(key, value) for key, value in values if not fits(value, known[key][0])] == []


def fits(value: Any, kind: str) -> bool:
    if kind in CLOSED:
        return True
    allowed = tuple(each for name in kind.split(" or ") for each in TYPES[name])
    return isinstance(value, allowed) and (bool in allowed or not isinstance(value, bool))


@pytest.mark.parametrize(("section", "key"), ENUMERATIONS)
def test_the_page_has_every_value_of_a_choice(section: str, key: str) -> None:
    meaning = documented(section)[key][1]
    listed = re.sub(r"\([^)]*\)", "", meaning.partition("one of ")[2])
    assert set(re.findall(r"`(\w+)`", listed)) == set(get_args(ENUMERATIONS[section, key]))
