"""The rules of recctl against the recorders themselves, installed as their users install them.

`python -m tests.recorders` installs them. Each test says which release it asked, and how much.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings

from recctl.recordings.ogx.hash_releases import choose_rule, rule_of_release
from recctl.recordings.ogx.hash_rules import NEWEST, Asked, HashRule, asked_of
from recctl.recordings.ogx.recorder import Recorder
from recctl.recordings.ogx.volatile import by_recorder
from recctl.recordings.recording import load
from recctl.recordings.ref import Ref
from tests.edit.recorder import unsettled
from tests.helpers import SAMPLES, document, run
from tests.recorders import RELEASES, python_of
from tests.recordings.ogx.test_hash_eras import any_request, hash_in

pytestmark = pytest.mark.slow

CORPUS = os.environ.get("RECCTL_CORPUS")
CORPUS_FILES = sorted(Path(CORPUS).rglob("recordings/**/*.json")) if CORPUS else []
FILES = [*sorted(SAMPLES.rglob("recordings/**/*.json")), *CORPUS_FILES]


@pytest.fixture(scope="module", params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    """A release that is installed."""
    name: str = request.param
    if not python_of(name).exists():
        pytest.skip(f"{name} is not installed: python -m tests.recorders")
    return name


@pytest.fixture(scope="module")
def recorder(release: str) -> Iterator[Recorder]:
    """Its recorder, at work."""
    with Recorder(str(python_of(release))) as started:
        yield started


@pytest.fixture(scope="module")
def rule(release: str) -> HashRule:
    """The rule that recctl has for it."""
    return choose_rule(release).rule


def test_it_is_the_release_that_was_asked_for(release: str, recorder: Recorder, rule: HashRule) -> None:
    assert recorder.name.split() == release.split("==")
    assert rule_of_release(*release.split("==")) is rule
    assert recorder.found.digits == rule.digits


@pytest.mark.promise("Hashes are those of the recorder")
def test_every_recording_has_the_hash_that_the_recorder_gives(
    release: str, recorder: Recorder, rule: HashRule, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {path: asked_of(load(Ref(path))) for path in FILES}
    theirs = dict(zip(asked, map(recorder.hash, asked.values()), strict=True))
    wrong = [path for path, one in asked.items() if rule.hash(one) != theirs[path]]
    with capsys.disabled():
        print(f"\n{release}: {len(FILES):,} files, {len(wrong)} disagreements")
    assert (wrong, recorder.errors) == ([], [])
    assert sum(found is not None for found in theirs.values()) > 50


def test_any_request_has_the_hash_that_the_recorder_gives(
    release: str, recorder: Recorder, rule: HashRule, capsys: pytest.CaptureFixture[str]
) -> None:
    requests = []

    @settings(max_examples=1000)
    @given(asked=any_request)
    def compared(asked: Asked) -> None:
        requests.append(asked)
        assert rule.hash(asked) == recorder.hash(asked)

    compared()
    with capsys.disabled():
        print(f"\n{release}: {len(requests):,} made requests, 0 disagreements")
    assert recorder.errors == []


# What a listing of many texts, one a line, takes from the recorder beside its hashes.
NORMALIZING = """
import json, sys
from {module} import _normalize_response
for line in sys.stdin:
    data, digest = json.loads(line)
    sys.__stdout__.write("@" + json.dumps(_normalize_response(data, digest)) + "\\n")
"""


def test_every_response_is_normalised_as_the_recorder_does_it(
    release: str, recorder: Recorder, rule: HashRule
) -> None:
    random = Random(1)  # the same on every run
    found = [(path.name, data) for path in FILES for data in _data_in(unsettled(document(path), random))]
    found += [(name, {**data, "created": 7}) for name, data in found if data.get("object") == "model"]
    lines = [json.dumps([data, hash_of(name)]) for name, data in found]
    command = [str(python_of(release)), "-I", "-c", NORMALIZING.format(module=recorder.found.module)]
    done = subprocess.run(
        command, input="\n".join(lines), capture_output=True, text=True, check=True, cwd="/"
    )
    theirs = [line[1:] for line in done.stdout.splitlines() if line.startswith("@")]
    ours = [json.dumps(normalised(name, data, rule)) for name, data in found]
    assert len(ours) == len(theirs) > 100
    assert [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other] == []


def _data_in(content: Any) -> Iterator[dict[str, Any]]:
    body = content["response"]["body"]
    for item in body if isinstance(body, list) else [body]:
        if isinstance(item, dict) and isinstance(item.get("__data__"), dict):
            yield item["__data__"]


def hash_of(name: str) -> str:
    return name.removeprefix("models-").partition(".")[0].partition("-")[0]


def normalised(name: str, data: dict[str, Any], rule: HashRule) -> dict[str, Any]:
    """The data with what recctl would replace."""
    due = by_recorder(data, f"rec-{hash_of(name)[:12]}", rule.normalizes_models)
    return data | {str(path[0]): new for path, new in due}


@pytest.mark.skipif(not CORPUS, reason="RECCTL_CORPUS names no directory of real recordings")
def test_check_finds_by_the_recorder_what_it_finds_by_its_rule(
    release: str, tmp_path: Path, rule: HashRule, recorder: Recorder
) -> None:
    options = ("--select", "RC101,RC102", "--format", "json")
    (tmp_path / "pyproject.toml").write_text(f'[tool.recctl]\nhash-rule = "{rule.since}"\n')
    by_rule = run("check", CORPUS or "", *options, cwd=tmp_path)
    asked = run("check", CORPUS or "", *options, "--recorder", str(python_of(release)), cwd=tmp_path)
    assert (asked.code, asked.data) == (by_rule.code, by_rule.data)
    assert "differently" not in asked.err
    (tmp_path / "pyproject.toml").unlink()
    told = run("check", CORPUS or "", *options, "--recorder", str(python_of(release)), cwd=tmp_path)
    assert told.data == by_rule.data
    asked_for = [asked_of(load(Ref(path))) for path in CORPUS_FILES]
    differs = any(rule.hash(one) not in (None, NEWEST.hash(one)) for one in asked_for)
    why = f'its release has the rule of {rule.since}, which agrees: [tool.recctl] hash-rule = "{rule.since}"'
    assert (why in told.err) == differs


def test_a_recorder_hashes_a_list_of_models_as_a_person_reads_the_source(
    recorder: Recorder, rule: HashRule
) -> None:
    """By the second computation, which owes nothing to recctl."""
    for url in ("https://h/v1/v1/models", "http://localhost/v1/openai/v1/models", "http://h/info"):
        asked = Asked("inference", "a.py::b", {"method": "GET", "url": url, "body": {}})
        assert recorder.hash(asked) == hash_in(rule.since, asked)
