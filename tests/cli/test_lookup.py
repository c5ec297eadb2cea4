"""A lookup that sends nothing: the model that a Text-Embeddings-Inference server says it serves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recctl.conversation.read_response import assemble
from tests.helpers import document, put, run
from tests.samples.builder import Data, Recording, lookup, sha256_of, whole

URL = "http://localhost:8080/info"
TEST = "tests/integration/inference/test_embed.py::test_embed[emb=tei/bge]"
INFO = {"model_id": "BAAI/bge-small-en-v1.5", "model_dtype": "float16", "max_input_length": 512}
HASH = sha256_of({"method": "GET", "endpoint": "/info", "body": {}, "test_id": None})
DIGEST = "fd820408"  # of the model's name alone, by sha256sum


def made(test_id: str | None = TEST, **more: str) -> Recording:
    return lookup(test_id, URL, whole({**INFO, **more}))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Such a recording in its test's directory, the test beside it."""
    (tmp_path / "tests/integration/inference").mkdir(parents=True)
    (tmp_path / "tests/integration/inference/test_embed.py").write_text("def test_embed(): ...\n")
    return put(tmp_path / made().path, made())


def test_it_is_named_by_what_is_hashed_of_it(path: Path) -> None:
    assert path.name == f"models-{HASH}-{DIGEST}.json"


def test_it_is_listed(path: Path, tmp_path: Path) -> None:
    (row,) = json.loads(run("ls", "tests", "--json", cwd=tmp_path).out)
    assert (row["kind"], row["method"], row["endpoint"], row["url"]) == ("inference", "GET", "/info", URL)
    assert (row["id"], row["hash"], row["digest"]) == (f"rec-{HASH[:12]}", HASH, DIGEST)
    assert (row["test_id"], row["status"], row["streaming"]) == (TEST, 200, False)
    assert "BAAI/bge-small-en-v1.5" in run("ls", "tests", cwd=tmp_path).out


def test_it_is_shown(path: Path, tmp_path: Path) -> None:
    (shown,) = json.loads(run("show", path, "--json", cwd=tmp_path).out)
    assert (shown["response"]["type"], shown["response"]["models"]) == ("models", ["BAAI/bge-small-en-v1.5"])
    page = run("show", path, cwd=tmp_path)
    assert (page.code, page.err, "BAAI/bge-small-en-v1.5" in page.out) == (0, "", True)


def test_it_is_hashed(path: Path, tmp_path: Path) -> None:
    result = run("hash", path, cwd=tmp_path)
    assert (result.code, result.out.splitlines()[0].split()[:2]) == (0, [path.stem, "live:"])
    options = ("--method", "GET", "--test-id", "tests/other.py::test_other")
    asked = run("hash", "--url", URL, *options, cwd=tmp_path)
    assert (asked.code, f"  file      {path.relative_to(tmp_path)}\n" in asked.out) == (0, True)


def test_it_is_clean(path: Path, tmp_path: Path) -> None:
    result = run("check", "tests", cwd=tmp_path)
    assert (result.code, result.out, result.err) == (0, "", "")
    assert run("normalize", "tests", cwd=tmp_path).code == 0


JUDGED: dict[str, tuple[Data, str]] = {
    "another url": ({"url": "http://localhost:8080/v1/info"}, "RC101"),
    "another method": ({"method": "POST"}, "RC101"),
    "a body": ({"body": {"k": 1}}, "RC101"),
    "an empty body": ({"body": {}}, ""),
    "another host": ({"url": "https://tei.example.com/info?x=1"}, ""),
    "another test": ({"test_id": "tests/x.py::test_y"}, ""),
}


@pytest.mark.parametrize("case", JUDGED)
def test_its_name_is_judged(path: Path, tmp_path: Path, case: str) -> None:
    change, code = JUDGED[case]
    content = document(path)
    content["request"].update(change)
    path.write_text(json.dumps(content, indent=2) + "\n")
    found = json.loads(run("check", "tests", "--select", "RC1", "--format", "json", cwd=tmp_path).out)
    assert [finding["code"] for finding in found] == ([code] if code else [])


def test_an_older_rule_names_it_otherwise(path: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.recctl]\nhash-rule = "ogx 1.4"\n')
    (finding,) = json.loads(run("check", "tests", "--format", "json", cwd=tmp_path).out)
    assert (finding["code"], "newer hash rule, that of 2026-10-09" in finding["message"]) == ("RC102", True)


def test_two_models_answer_one_lookup(path: Path, tmp_path: Path) -> None:
    other = put(tmp_path / made().path.replace(DIGEST, "0123abcd"), made(model_id="other/model"))
    assert run("check", "tests", cwd=tmp_path).out == ""
    result = run("diff", path, other, "--part", "all", cwd=tmp_path)
    assert (result.code, "Same hash." in result.out) == (1, True)


NO_LISTS: dict[str, Data] = {
    "an answer that names its model": {"model_id": "ibm/granite", "results": [{"generated_text": "Hi"}]},
    "embeddings": {"model_id": "m", "embeddings": [[0.1]]},
    "no name": {"model_id": 7},
}


@pytest.mark.parametrize("case", NO_LISTS)
def test_what_is_no_list_of_models_is_none(case: str) -> None:
    assert assemble(NO_LISTS[case]).models is None
