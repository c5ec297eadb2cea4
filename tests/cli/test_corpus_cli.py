"""The commands on a large tree of real recordings, which RECCTL_CORPUS names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.helpers import few, problems, run

CORPUS = os.environ.get("RECCTL_CORPUS")

pytestmark = pytest.mark.skipif(not CORPUS, reason="RECCTL_CORPUS names no directory of real recordings")


@pytest.fixture
def corpus() -> Path:
    return Path(CORPUS or "").resolve()


def test_ls_lists_every_file_of_the_corpus(corpus: Path) -> None:
    result = run("ls", corpus, "--json", cwd=corpus)
    assert (result.code, problems(result)) == (0, [])
    listed = sorted(item["path"] for item in json.loads(result.out))
    assert listed == sorted(path.relative_to(corpus).as_posix() for path in corpus.rglob("*.json"))


@pytest.mark.slow
def test_every_id_of_the_corpus_is_shown_as_the_file_it_was_printed_for(corpus: Path) -> None:
    listed = [item["path"] for item in json.loads(run("ls", corpus, "--json", cwd=corpus).out)]
    references = run("ls", corpus, "--ids", cwd=corpus).out.splitlines()
    result = run("show", "--json", "--dir", corpus, "--", *references, cwd=corpus)
    assert (result.code, result.err) == (0, "")
    assert [item["path"] for item in json.loads(result.out)] == listed


@pytest.mark.parametrize("view", few([[], ["--text"], ["--chunks"]], 1), ids=["page", "text", "chunks"])
def test_every_view_of_the_whole_corpus_ends_well(corpus: Path, view: list[str]) -> None:
    result = run("show", *view, "--", *sorted(corpus.rglob("*.json")))
    reports = [line for line in problems(result) if "the answer has no text" not in line]
    assert (result.code, reports) == (0, [])
    assert "\x1b" not in result.out or view == ["--text"]
