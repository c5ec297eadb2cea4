"""The hash rules of all eras, against a second computation, and the verdicts that follow from them.

The hash is written here once more, from the description of the format: era by era, in a few lines.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recctl.recordings.header import Kind
from recctl.recordings.ogx.filename import parse_filename
from recctl.recordings.ogx.hash_rules import NEWEST, RULES, Asked, Fit, HashRule, asked_of, fit_of
from recctl.recordings.recording import load
from recctl.recordings.ref import Ref
from tests.helpers import few
from tests.samples.builder import Data

CORPUS = os.environ.get("RECCTL_CORPUS")
needs_corpus = pytest.mark.skipif(not CORPUS, reason="RECCTL_CORPUS names no directory of real recordings")

SHORT, IDS, DECIMALS, MODELS, BEDROCK, PROJECT, SEARCH, REMOTE, INFO = ERAS = (
    "2025-07-29",
    "2025-10-04",
    "2025-10-09",
    "2025-11-03",
    "2026-01-21",
    "2026-03-18",
    "2026-04-09",
    "2026-06-17",
    "2026-10-09",
)
CHAT = "https://api.openai.com/v1/v1/chat/completions"
AWS = "https://bedrock-runtime.us-east-1.amazonaws.com/v1/v1/chat/completions"
UUID = "0f6b1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3"
OTHER_UUID = "9f6b1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3"
TEST = "tests/test_trip.py::test_ferry"

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.since)


# ---- the rules, written a second time


def sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def expected(era: str, asked: Asked) -> str | None:
    """The hash that the recorder of an era gave a request; None for kinds it did not know."""
    request = asked.request
    if asked.kind == "tool" and era >= IDS:
        return sha256({key: request[key] for key in ("provider", "tool_name", "kwargs")})
    if asked.kind == "http" and era >= BEDROCK:
        whole = {key: request[key] for key in ("test_id", "url", "method")}
        return sha256({**whole, "payload": even(request["payload"], era)})
    if asked.kind != "inference":
        return None
    split = re.fullmatch(r"(?:(\w+)://([^/?#]*))?([^?#]*).*", request["url"])
    assert split is not None
    scheme, host, path = split[1], split[2] or "", split[3]
    if scheme in (None, "http", "https") and ";" in path.rpartition("/")[2]:
        path = path[: path.index(";", path.rindex("/"))]
    body = even(request.get("body", {}), era, bedrock="bedrock" in host and era >= BEDROCK)
    hashed = {"method": request["method"].upper(), "endpoint": path, "body": body}
    if era < IDS:
        return sha256(hashed)
    shared = ["/v1/models"] + ["/api/tags"] * (era < INFO) + ["/info"] * (era >= INFO)
    shared += ["/v1/openai/v1/models"] * (MODELS <= era < INFO)
    name = host.rpartition("@")[2].partition(":")[0].lower()
    if path in shared and era < REMOTE:
        return sha256(hashed)
    if path in shared or (
        era >= REMOTE and path.endswith("/models") and name not in ("localhost", "127.0.0.1", "0.0.0.0")
    ):
        return sha256({**hashed, "test_id": None})
    return sha256({**hashed, "test_id": asked.test_id})


def even(value: Any, era: str, root: bool = True, bedrock: bool = False) -> Any:
    """A body as the recorder of an era evened it out."""
    if era < DECIMALS:
        return value
    if isinstance(value, list):
        return [even(item, era) for item in value]
    if isinstance(value, dict):
        kept = dict(value)
        if bedrock:
            kept.pop("stream_options", None)
        for key in ("extra_body", "extra_query"):
            if era >= PROJECT and root and isinstance(kept.get(key), dict):
                kept[key] = {name: item for name, item in kept[key].items() if name != "project_id"}
        return {key: even(item, era, False) for key, item in kept.items()}
    if isinstance(value, float):
        return round(value, 5)
    return words(value, era) if isinstance(value, str) else value


def words(text: str, era: str) -> str:
    """A string of a body as the recorder of an era evened it out."""
    uuid = "[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"
    if era >= SEARCH:
        text = re.sub(r"score:\s*[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?", "score: __NORMALIZED__", text)
        text = re.sub(r",?\s*attributes:\s*\{[^}]*\}", "", text)
        text = re.sub(rf"document_id:\s*{uuid}", "document_id: __NORMALIZED__", text)
        text = re.sub(rf"<\|{uuid}\|>", "<|__NORMALIZED__|>", text)
    return re.sub(r"-?\d+\.\d{4,}", lambda found: f"{float(found[0]):.5f}", text)


def inference(body: Any, url: str = CHAT, test_id: str | None = TEST, method: str = "POST") -> Asked:
    return Asked("inference", test_id, {"method": method, "url": url, "body": body})


def lookup(url: str = "http://localhost:8080/info", test_id: str | None = TEST) -> Asked:
    """A lookup that sends nothing: its request has no body."""
    return Asked("inference", test_id, {"test_id": test_id, "method": "GET", "url": url, "headers": {}})


def http(payload: Any, url: str = CHAT, test_id: str | None = TEST) -> Asked:
    request = {"test_id": test_id, "url": url, "method": "POST", "payload": payload}
    return Asked("http", test_id, request)


def tool(kwargs: Any, test_id: str | None = TEST) -> Asked:
    request = {"test_id": test_id, "provider": "search", "tool_name": "find", "kwargs": kwargs}
    return Asked("tool", test_id, request)


def withdrawn() -> Asked:
    """The kind that was withdrawn after a week; no rule is known for it."""
    return Asked("file", TEST, {"test_id": TEST, "provider": "p", "api": "a", "file_id": "f"})


# ---- any request

_SEARCHED = (
    "score: 0.73",
    "score:-1.5e-07",
    "score: ",
    "attributes: {'n': 1}",
    ", attributes: {",
    "}",
    f"document_id: {UUID}",
    "document_id: ",
    f"<|{UUID}|>",
    "<|",
    UUID,
    UUID.upper(),
)
# Digits of any script, and exponents.
_decimals = st.from_regex(r"-?\d{1,3}\.\d{0,7}(e-?\d{1,2})?", fullmatch=True)
_texts = st.lists(st.sampled_from(_SEARCHED) | _decimals | st.text(max_size=4), max_size=4).map("".join)
_short_floats = st.builds(
    lambda digit, power: float(f"{digit}e{power}"), st.integers(-99, 99), st.integers(-330, 300)
)
_leaves = st.none() | st.booleans() | st.integers() | st.floats() | _short_floats | _decimals | _texts
_keys = st.sampled_from(
    ["extra_body", "extra_query", "project_id", "stream_options", "messages", "score: 0.12345"]
)
_bodies = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=8,
)
_hosts = st.sampled_from(
    [
        "api.openai.com",
        "localhost:11434",
        "u:p@LOCALHOST",
        "127.0.0.1",
        "0.0.0.0:80",
        "127.0.0.2",
        "bedrock-runtime.aws.com",
        "my-bedrock:443",
    ]
)
_paths = st.sampled_from(
    [
        "/v1/v1/chat/completions",
        "/api/tags",
        "/v1/models",
        "/v1/openai/v1/models",
        "/v1/v1/models",
        "/models",
        "/v1/models/",
        "/v1/models;v=1",
        "/info",
        "/v1/info",
        "/bedrock",
        "",
    ]
)
_urls = st.just("vertexai:///generate_content") | st.builds(
    "https://{}{}{}".format, _hosts, _paths, st.sampled_from(["", "?x=1", "?bedrock#bedrock"])
)
_tests = st.none() | st.sampled_from([TEST, "tests/test_trip.py::test_train[é]"])
any_request = (
    st.builds(inference, _bodies, _urls, _tests, st.sampled_from(["POST", "get", "Put"]))
    | st.builds(lookup, _urls, _tests)
    | st.builds(http, _bodies, _urls, _tests)
    | st.builds(tool, _bodies, _tests)
    | st.builds(withdrawn)
)


def test_the_eras_are_known_newest_first() -> None:
    assert tuple(rule.since for rule in reversed(RULES)) == ERAS
    assert [rule.digits for rule in RULES] == [64] * 8 + [12]
    assert NEWEST.since == INFO


@pytest.mark.promise("Hashes are those of the recorder")
@each_rule
@given(asked=any_request)
def test_any_request_has_the_hash_of_the_second_computation(rule: HashRule, asked: Asked) -> None:
    assert rule.hash(asked) == expected(rule.since, asked)


@pytest.mark.parametrize("rule", few(RULES, 3), ids=lambda rule: rule.since)
@given(asked=any_request)
def test_no_rule_changes_the_request(rule: HashRule, asked: Asked) -> None:
    before = copy.deepcopy(asked.request)
    rule.hash(asked)
    assert json.dumps(asked.request) == json.dumps(before)


# ---- the one thing in a body that changes is found wherever it is

_changing = (
    _short_floats
    | st.floats()
    | _decimals
    | st.sampled_from([*_SEARCHED, {"extra_body": {"project_id": "p"}}, {"stream_options": 1}])
)
_places = st.lists(st.sampled_from(["list", "k", "extra_body", "extra_query"]), max_size=4)


def put_into(value: Any, places: list[str]) -> Any:
    """The value alone, inside lists and objects."""
    for place in places:
        value = [value] if place == "list" else {place: value}
    return value


@each_rule
@given(value=_changing, places=_places, url=st.sampled_from([CHAT, AWS]))
@example(value=1e-45, places=["k"], url=CHAT)
def test_a_value_alone_is_normalized_wherever_it_is(
    rule: HashRule, value: Any, places: list[str], url: str
) -> None:
    asked = inference(put_into(value, places), url)
    assert rule.hash(asked) == expected(rule.since, asked)


VALUES: dict[str, Any] = {
    "a float of five places": 0.12345,
    "a float of six places": 0.123456,
    "a float with an exponent": 1e-7,
    **{
        f"1e-{power}": float(f"1e-{power}")
        for power in (5, 9, 10, 19, 20, 30, 39, 40, 50, 60, 99, 100, 300, 320)
    },
    "a large float": 1.5e300,
    "a negative zero": -1e-9,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "a whole float": 3.0,
    "a large integer": 10**30,
    "a decimal of four places": "0.1234",
    "a decimal of three places": "0.123",
    "a decimal of 400 digits": f"{'9' * 400}.1234",
    "a decimal and an exponent": "1.123456e-7",
    "a version": "1.2.34567",
    "Arabic-Indic digits": "\u0661.\u0661\u0662\u0663\u0664\u0665\u0666",
    "Arabic-Indic digits after others": "1.123\u0664",
    "mathematical digits": "\U0001d7ce.\U0001d7cf\U0001d7cf\U0001d7cf\U0001d7cf",
    "digits that are no decimals": "1.\u00b2\u00b2\u00b2\u00b2",
    "a score": "score: 1",
    "a score in other digits": "score: \u0661",
    "attributes": "a, attributes: {}",
    "a document": f"document_id:{UUID}",
    "a mark": f"<|{UUID}|>",
    "attributes that hid a decimal": "1, attributes: {}.23456",
}


@each_rule
@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_value(rule: HashRule, value: Any) -> None:
    for body in (value, [value], {"k": {"k": [value]}}):
        assert rule.hash(inference(body)) == expected(rule.since, inference(body))
        assert rule.hash(http(body)) == expected(rule.since, http(body))


# ---- what each era changed

# A request → the eras whose hash of it is not that of the era before.
CHANGED_IN: dict[str, tuple[Asked, list[str]]] = {
    "a plain request": (inference({"k": 1}), [IDS]),
    "a plain request outside a test": (inference({"k": 1}, test_id=None), [IDS]),
    "/v1/models": (inference({}, "http://h/v1/models"), [REMOTE]),
    "/v1/models of this machine": (inference({}, "http://localhost:1/v1/models"), [REMOTE]),
    "/api/tags": (inference({}, "http://h/api/tags"), [REMOTE, INFO]),
    "/api/tags/": (inference({}, "http://h/api/tags/"), [IDS]),
    "/v1/openai/v1/models": (inference({}, "http://h/v1/openai/v1/models"), [IDS, MODELS, REMOTE]),
    "/v1/openai/v1/models of this machine": (
        inference({}, "http://127.0.0.1/v1/openai/v1/models"),
        [IDS, MODELS, REMOTE, INFO],
    ),
    "/v1/v1/models": (inference({}, "http://h/v1/v1/models"), [IDS, REMOTE]),
    "/v1/v1/models of this machine": (inference({}, "http://LocalHost:8000/v1/v1/models"), [IDS]),
    "models without a host": (inference({}, "vertexai:///models"), [IDS, REMOTE]),
    "/v1/v1/models outside a test": (inference({}, "http://h/v1/v1/models", test_id=None), [IDS]),
    "/v1/models2": (inference({}, "http://h/v1/models2"), [IDS]),
    "a parameter of the path": (inference({}, "http://h/v1/models;x"), [REMOTE]),
    "a lookup that sends nothing": (lookup(), [IDS, INFO]),
    "a lookup that sends nothing, elsewhere": (lookup("http://h/v1/info"), [IDS]),
    "a float": (inference({"k": 0.1234567}), [IDS, DECIMALS]),
    "a short float": (inference({"k": 0.12345}), [IDS]),
    "a decimal in words": (inference({"k": "at 0.1234"}), [IDS, DECIMALS]),
    "a short decimal in words": (inference({"k": "at 0.123"}), [IDS]),
    "stream options": (inference({"stream_options": 1}), [IDS]),
    "stream options to Bedrock": (inference({"stream_options": 1}, AWS), [IDS, BEDROCK]),
    "stream options to Bedrock, deeper": (inference({"k": {"stream_options": 1}}, AWS), [IDS]),
    "stream options to Bedrock, in a list": (inference({"k": [{"stream_options": 1}]}, AWS), [IDS]),
    "stream options to a path of that name": (inference({"stream_options": 1}, "http://h/bedrock"), [IDS]),
    "stream options to a query of that name": (inference({"stream_options": 1}, "http://h/x?bedrock"), [IDS]),
    "a plain request to Bedrock": (inference({"k": 1}, AWS), [IDS]),
    "a project in the extra body": (inference({"extra_body": {"project_id": 1}}), [IDS, PROJECT]),
    "a project in the extra query": (inference({"extra_query": {"project_id": 1}}), [IDS, PROJECT]),
    "a project deeper": (inference({"k": {"extra_body": {"project_id": 1}}}), [IDS]),
    "a project in a list": (inference({"k": [{"extra_body": {"project_id": 1}}]}), [IDS, PROJECT]),
    "a project in a list as the body": (inference([{"extra_body": {"project_id": 1}}]), [IDS, PROJECT]),
    "a project elsewhere": (inference({"project_id": 1, "extra": {"project_id": 1}}), [IDS]),
    "an extra body without a project": (inference({"extra_body": {"k": 1}}), [IDS]),
    "a score": (inference({"k": "score: 0.5"}), [IDS, SEARCH]),
    "a long score": (inference({"k": "score: 0.51234567"}), [IDS, DECIMALS, SEARCH]),
    "attributes": (inference({"k": "x, attributes: {'a': 1}"}), [IDS, SEARCH]),
    "a document": (inference({"k": f"document_id: {UUID}"}), [IDS, SEARCH]),
    "a document in upper case": (inference({"k": f"document_id: {UUID.upper()}"}), [IDS]),
    "a mark": (inference({"k": f"<|{UUID}|>"}), [IDS, SEARCH]),
    "a name that is a score": (inference({"score: 0.5": 1}), [IDS]),
    "all at once": (
        inference(
            {"a": 0.1234567, "b": "score: 1", "stream_options": 1, "extra_body": {"project_id": 1}}, AWS
        ),
        [IDS, DECIMALS, BEDROCK, PROJECT, SEARCH],
    ),
    "a tool": (tool({"k": 0.1234567, "q": "score: 0.5"}), [IDS]),
    "plain http": (http({"k": 0.1234567}), [BEDROCK]),
    "plain http to Bedrock": (http({"stream_options": 1}, AWS), [BEDROCK]),
    "plain http with a project": (http({"extra_body": {"project_id": 1}}), [BEDROCK, PROJECT]),
    "plain http with a score": (http("score: 1"), [BEDROCK, SEARCH]),
    "the withdrawn kind": (withdrawn(), []),
}


@pytest.mark.parametrize("case", CHANGED_IN)
def test_a_request_is_hashed_differently_from_an_era_on(case: str) -> None:
    asked, eras = CHANGED_IN[case]
    hashes = [rule.hash(asked) for rule in reversed(RULES)]
    changed = [ERAS[number] for number, (old, new) in enumerate(pairwise(hashes), 1) if old != new]
    assert changed == eras


OTHER = "tests/test_trip.py::test_train"
# Two requests → the eras that tell them apart.
TOLD_APART: dict[str, tuple[Asked, Asked, list[str]]] = {
    "two tests": (inference({}), inference({}, test_id=OTHER), list(ERAS[1:])),
    "a test and none": (inference({}), inference({}, test_id=None), list(ERAS[1:])),
    "two tests and /v1/models": (
        inference({}, "http://h/v1/models"),
        inference({}, "http://h/v1/models", OTHER),
        [],
    ),
    "two tests and /v1/openai/v1/models": (
        inference({}, "http://h/v1/openai/v1/models"),
        inference({}, "http://h/v1/openai/v1/models", OTHER),
        [IDS, DECIMALS],
    ),
    "two tests and /v1/openai/v1/models of this machine": (
        inference({}, "http://localhost/v1/openai/v1/models"),
        inference({}, "http://localhost/v1/openai/v1/models", OTHER),
        [IDS, DECIMALS, INFO],
    ),
    "two tests and another host's models": (
        inference({}, "http://h/v1/v1/models"),
        inference({}, "http://h/v1/v1/models", OTHER),
        [IDS, DECIMALS, MODELS, BEDROCK, PROJECT, SEARCH],
    ),
    "two tests and this machine's models": (
        inference({}, "http://localhost/v1/v1/models"),
        inference({}, "http://localhost/v1/v1/models", OTHER),
        list(ERAS[1:]),
    ),
    "two tests and a lookup that sends nothing": (lookup(), lookup(test_id=OTHER), list(ERAS[1:-1])),
    "a lookup that sends nothing and one that sends no fields": (
        lookup("http://h/x"),
        inference({}, "http://h/x", method="GET"),
        [],
    ),
    "a lookup that sends nothing and one that sends null": (
        lookup("http://h/x"),
        inference(None, "http://h/x", method="GET"),
        list(ERAS),
    ),
    "two tests and a tool": (tool({}), tool({}, OTHER), []),
    "two tests and plain http": (http({}), http({}, test_id=OTHER), list(ERAS[4:])),
    "two bodies": (inference({"k": 1}), inference({"k": 2}), list(ERAS)),
    "two hosts": (inference({}, "http://a/x"), inference({}, "https://b:1/x?y=1#z"), []),
    "two hosts and plain http": (http({}, "http://a/x"), http({}, "http://b/x"), list(ERAS[4:])),
    "two paths": (inference({}, "http://a/x"), inference({}, "http://a/y"), list(ERAS)),
    "two methods": (inference({}, method="GET"), inference({}, method="POST"), list(ERAS)),
    "two spellings of a method": (inference({}, method="get"), inference({}, method="GET"), []),
    "floats from the sixth place": (inference(0.123456), inference(0.123457), [SHORT, IDS]),
    "floats from the fifth place": (inference(0.12345), inference(0.12346), list(ERAS)),
    "decimals from the sixth place": (inference("0.1234561"), inference("0.123457"), [SHORT, IDS]),
    "two projects": (
        inference({"extra_body": {"project_id": 1}}),
        inference({"extra_body": {"project_id": 2}}),
        list(ERAS[:5]),
    ),
    "stream options or none, to Bedrock": (
        inference({"stream_options": {}}, AWS),
        inference({}, AWS),
        [SHORT, IDS, DECIMALS, MODELS],
    ),
    "two scores": (inference("score: 0.1"), inference("score: 0.2"), list(ERAS[:6])),
    "attributes or none": (inference("a, attributes: {x}"), inference("a"), list(ERAS[:6])),
    "two documents": (
        inference(f"document_id: {UUID}"),
        inference(f"document_id: {OTHER_UUID}"),
        list(ERAS[:6]),
    ),
    "two marks": (inference(f"<|{UUID}|>"), inference(f"<|{OTHER_UUID}|>"), list(ERAS[:6])),
    "two ids elsewhere": (inference(f"id: {UUID}"), inference(f"id: {OTHER_UUID}"), list(ERAS)),
    "two tools' kwargs": (tool({"k": 0.1234561}), tool({"k": 0.1234562}), list(ERAS[1:])),
}


@pytest.mark.parametrize("case", TOLD_APART)
def test_twoany_request_are_told_apart_in_some_eras(case: str) -> None:
    one, other, eras = TOLD_APART[case]
    assert [rule.since for rule in reversed(RULES) if rule.hash(one) != rule.hash(other)] == eras


# ---- which rule explains a name

# Hashed differently in every era: a list of models of this machine, under a name that says Bedrock.
RICH = inference(
    {"a": 0.1234567, "b": "score: 1", "stream_options": 1, "extra_body": {"project_id": 1}},
    "http://bedrock@localhost/v1/openai/v1/models",
)


def of(era: str) -> HashRule:
    """The rule of an era, looked up by the test itself."""
    (rule,) = [rule for rule in RULES if rule.since == era]
    return rule


def hash_in(era: str, asked: Asked) -> str:
    digest = expected(era, asked)
    assert digest is not None
    return digest


def name_in(era: str, asked: Asked) -> str:
    """What the recorder of an era called the file."""
    return f"{hash_in(era, asked)[: 12 if era == SHORT else 64]}.json"


def fit(asked: Asked, filename: str, in_force: str = INFO) -> Fit:
    return fit_of(asked, parse_filename(filename), of(in_force))


def told(found: Fit) -> tuple[str, str | None]:
    return found.status, found.rule.since if found.rule else None


def test_the_name_of_each_era_is_explained_by_its_rule() -> None:
    found = {era: told(fit(RICH, name_in(era, RICH))) for era in ERAS}
    assert found == {**{era: ("superseded", era) for era in ERAS}, INFO: ("live", INFO)}


@pytest.mark.parametrize("in_force", ERAS)
def test_a_project_may_be_at_any_rule(in_force: str) -> None:
    found = {era: told(fit(RICH, name_in(era, RICH), in_force)) for era in ERAS}
    ahead = {era: ("ahead" if era > in_force else "superseded", era) for era in ERAS}
    assert found == {**ahead, in_force: ("live", in_force)}


def test_of_several_older_rules_the_newest_is_named() -> None:
    asked = inference({"k": "score: 0.5"})
    assert told(fit(asked, name_in(IDS, asked))) == ("superseded", PROJECT)
    assert told(fit(asked, name_in(SHORT, asked))) == ("superseded", SHORT)


def test_the_rule_in_force_explains_a_name_that_older_ones_give_too() -> None:
    asked = inference({"k": 1})
    assert [told(fit(asked, name_in(IDS, asked), era)) for era in ERAS[1:]] == [
        ("live", era) for era in ERAS[1:]
    ]


def test_a_long_name_is_ahead_of_a_project_that_gives_short_ones() -> None:
    asked = inference({"k": 1})
    assert told(fit(asked, name_in(SHORT, asked), SHORT)) == ("live", SHORT)
    assert told(fit(asked, name_in(IDS, asked), SHORT)) == ("ahead", INFO)


@pytest.mark.parametrize("in_force", [SHORT, DECIMALS, SEARCH, INFO])
def test_the_hash_is_that_of_the_rule_in_force(in_force: str) -> None:
    names = [*(name_in(era, RICH) for era in ERAS), f"{'0' * 64}.json", "hand-made.json"]
    assert {fit(RICH, name, in_force).hash for name in names} == {expected(in_force, RICH)}


EDITED: dict[str, str] = {
    "another hash": f"{'0' * 64}.json",
    "another short hash": f"{'0' * 12}.json",
    "the whole hash of the short era": f"{hash_in(SHORT, RICH)}.json",
    "a long name cut to 12 digits": f"{hash_in(INFO, RICH)[:12]}.json",
    "a name with no hash": "hand-made.json",
    "no name": ".json",
    "a hash in upper case": f"{hash_in(INFO, RICH).upper()}.json",
    "a hash with a digit more": f"{hash_in(INFO, RICH)}0.json",
    "a hash with a digit less": f"{hash_in(INFO, RICH)[:-1]}.json",
    "a list of models with another hash": f"models-{'0' * 64}-0123abcd.json",
    "a list of models without a digest": f"models-{hash_in(INFO, RICH)}.json",
}


@pytest.mark.parametrize("case", EDITED)
def test_no_rule_explains(case: str) -> None:
    assert told(fit(RICH, EDITED[case])) == ("edited", None)


def test_lists_of_models_are_named_by_the_hash_and_a_digest() -> None:
    asked = inference({}, "http://h/v1/openai/v1/models")
    assert told(fit(asked, f"models-{expected(INFO, asked)}-0123abcd.json")) == ("live", INFO)
    assert told(fit(asked, f"models-{expected(SEARCH, asked)}-0123abcd.json")) == ("superseded", SEARCH)
    assert told(fit(asked, f"models-{expected(IDS, asked)}-0123abcd.json")) == ("superseded", DECIMALS)
    short = f"models-{hash_in(SHORT, asked)[:12]}-0123abcd.json"
    assert told(fit(asked, short)) == ("superseded", SHORT)


@pytest.mark.parametrize("name", ["0" * 64, "0" * 12, "hand-made"])
def test_a_kind_without_a_rule_is_unknown(name: str) -> None:
    found = fit(withdrawn(), f"{name}.json")
    assert (told(found), found.hash) == (("unknown", None), None)


def test_a_kind_that_the_rule_in_force_did_not_know_is_not_unknown() -> None:
    asked = http({"k": 1})
    found = fit(asked, name_in(INFO, asked), DECIMALS)
    assert (told(found), found.hash) == (("ahead", INFO), None)
    assert told(fit(asked, f"{'0' * 64}.json", DECIMALS)) == ("edited", None)


@given(asked=any_request, era=st.sampled_from([*ERAS, None]), in_force=st.sampled_from(ERAS))
def test_any_name_is_explained_by_the_nearest_rule(asked: Asked, era: str | None, in_force: str) -> None:
    digest = "0" * 64 if era is None else expected(era, asked) or "0" * 64
    path = Path(f"{digest[: 12 if era == SHORT else 64]}.json")
    assert told(fit(asked, path.name, in_force)) == verdict(path, asked, in_force)


def verdict(path: Path, asked: Asked, in_force: str) -> tuple[str, str | None]:
    """The status of a name and the rule that explains its name, computed here."""
    name = path.stem.removeprefix("models-").partition("-")[0]
    hashes = {era: expected(era, asked) for era in ERAS}
    fitting = [era for era in ERAS if name == (hashes[era] or "")[: 12 if era == SHORT else 64]]
    if not fitting:
        return ("edited" if hashes[INFO] else "unknown"), None
    since = in_force if in_force in fitting else fitting[-1]
    return ("live" if since == in_force else "ahead" if since > in_force else "superseded"), since


# ---- the corpus


@dataclass(frozen=True)
class Real:
    """A real recording: the request as recctl sees it, and as the file has it."""

    asked: Asked
    raw: Asked


@cache
def corpus() -> dict[Path, Real]:
    """Every recording of the corpus, read both ways."""
    paths = sorted(Path(CORPUS or "").rglob("recordings/**/*.json"))
    return {path: Real(asked_of(load(Ref(path))), as_it_is(json.loads(path.read_bytes()))) for path in paths}


def as_it_is(document: Data) -> Asked:
    """The request of a file, its kind told by its keys."""
    request = document["request"]
    kinds: dict[str, Kind] = {"tool_name": "tool", "file_id": "file", "payload": "http", "body": "inference"}
    kind = next(kind for key, kind in kinds.items() if key in request)
    return Asked(kind, document.get("test_id"), request)


@needs_corpus
def test_every_recording_of_the_corpus_has_the_hashes_of_the_second_computation() -> None:
    assert corpus()
    wrong = [
        (path, rule.since)
        for path, real in corpus().items()
        for rule in RULES
        if rule.hash(real.asked) != expected(rule.since, real.raw)
    ]
    assert wrong == []


@needs_corpus
@pytest.mark.parametrize("in_force", few([INFO, REMOTE, MODELS, SHORT], 1))
def test_every_recording_of_the_corpus_has_the_verdict_of_the_second_computation(in_force: str) -> None:
    found = {path: told(fit(real.asked, path.name, in_force)) for path, real in corpus().items()}
    assert found == {path: verdict(path, real.raw, in_force) for path, real in corpus().items()}


@needs_corpus
@pytest.mark.parametrize(("in_force", "models"), [(SEARCH, 6), (INFO, 1)])
def test_how_many_of_the_corpus_fit_which_rule(in_force: str, models: int) -> None:
    """It is of the time of the rule of 2026-04-09; of its lists of models one fits today's."""
    found = Counter[tuple[str, ...]]()
    for path, real in corpus().items():
        status, since = told(fit(real.asked, path.name, in_force))
        kind = "models" if path.name.startswith("models-") else str(real.asked.kind)
        short = len(path.stem) == 12
        found[(status, str(since), "short" if short else kind)] += 1
    live = {key[2]: number for key, number in found.items() if key[0] == "live"}
    assert live == {"inference": 327, "http": 7, "tool": 4, "models": models}
    older = {since for status, since, kind in found if status == "superseded" and kind == "models"}
    assert (SEARCH in older) == (in_force == INFO)
    assert found["superseded", SHORT, "short"] == 80
    assert {key[0] for key in found} <= {"live", "superseded", "edited", "ahead"}
    assert sum(found.values()) == 458
