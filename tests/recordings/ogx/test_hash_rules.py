"""The hash of a request by today's rule, against the samples' own, real names, and by hand."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.recordings.ogx.hash_rules import NEWEST, Asked, asked_of
from recctl.recordings.recording import Recording, load, parse
from recctl.recordings.ref import Ref
from tests.helpers import SAMPLES, document
from tests.samples import builder
from tests.samples.builder import Data, http, inference, stable_body, tool, whole

CORPUS = os.environ.get("RECCTL_CORPUS")
ALL = sorted(SAMPLES.rglob("recordings/**/*.json"))
URL = "https://api.openai.com/v1/v1/chat/completions"
UUID = "0f6b1c2d-3e4f-4a5b-8c6d-7e8f90a1b2c3"
needs_corpus = pytest.mark.skipif(not CORPUS, reason="RECCTL_CORPUS names no directory of real recordings")


def hashed_parts(recording: Recording) -> Data | None:
    """What today's rule hashes of a recording."""
    return NEWEST.parts(asked_of(recording))


def request_hash(recording: Recording) -> str | None:
    """The hash of a recording by today's rule."""
    return NEWEST.hash(asked_of(recording))


def normalized(body: Any, drop: tuple[str, ...] = ()) -> Any:
    """A body as today's rule hashes it; with something to drop, as it was sent to Bedrock."""
    url = "https://bedrock-runtime.aws.com/v1/v1/chat/completions" if drop else URL
    parts = NEWEST.parts(Asked("inference", None, {"method": "POST", "url": url, "body": body}))
    assert parts is not None
    return parts["body"]


def read(made: builder.Recording) -> Recording:
    """A recording as recctl reads it from the bytes that the recorder wrote."""
    return parse(Path(made.path), made.to_bytes())


def asked(body: Data, url: str = URL, test_id: str | None = "t.py::t", **request: Any) -> Recording:
    """An inference request; `request` takes the place of what it says beside the body."""
    made = inference(test_id, URL, body, whole(None))
    made.document["request"].update({"url": url, **request})
    return read(made)


def sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


# ---- the samples and the corpus


def independent(recording: dict[str, Any]) -> str | None:
    """The hash as the samples' builder computes it; the withdrawn kind has no rule."""
    request = recording["request"]
    return None if "file_id" in request else builder.request_hash(recording.get("test_id"), request)


@pytest.mark.promise("Hashes are those of the recorder")
@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem[:12])
def test_every_sample_has_the_hash_that_its_builder_gave(path: Path) -> None:
    assert request_hash(load(Ref(path))) == independent(document(path))


@needs_corpus
def test_every_recording_of_the_corpus_has_the_hash_that_the_builder_would_give() -> None:
    paths = sorted(Path(CORPUS or "").rglob("recordings/**/*.json"))
    assert paths
    assert [path for path in paths if request_hash(load(Ref(path))) != independent(document(path))] == []


@needs_corpus
def test_most_full_names_of_the_corpus_are_the_hash() -> None:
    recordings = [load(Ref(path)) for path in sorted(Path(CORPUS or "").rglob("recordings/**/*.json"))]
    named = [(each.summary.name.hash or "", request_hash(each)) for each in recordings]
    full = [(name, found) for name, found in named if len(name) == 64]
    # The others were made under an older rule, or edited in place.
    assert sum(name == found for name, found in full) > 0.8 * len(full) > 0


# ---- what is hashed, by kind


def test_an_inference_request() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "h\u00e9"}]}
    parts = {"method": "POST", "endpoint": "/v1/v1/chat/completions", "body": body, "test_id": "t.py::t"}
    assert request_hash(asked(body)) == sha256(parts)


def test_a_test_of_no_name_is_null() -> None:
    parts: Data = {"method": "POST", "endpoint": "/v1/v1/chat/completions", "body": {}, "test_id": None}
    assert request_hash(asked({}, test_id=None)) == sha256(parts)


SHARED = ["http://localhost:11434/v1/models", "http://h/info?x", "https://h/v1/v1/models", "x:///models"]
OWN = [
    *(
        "http://localhost:11434/v1/v1/models",
        "http://127.0.0.1/models",
        "http://u@0.0.0.0:1/v1/openai/v1/models",
    ),
    *(
        "https://h/api/tags",
        "https://h/v1/models2",
        "https://h/v1/models/",
        "https://h/v1/info",
        "https://h/x",
    ),
]


@pytest.mark.parametrize("url", SHARED)
def test_lists_of_models_that_tests_share_have_no_test(url: str) -> None:
    path = "/" + url.partition("//")[2].partition("/")[2].partition("?")[0]
    parts: Data = {"method": "POST", "endpoint": path, "body": {}, "test_id": None}
    assert request_hash(asked({}, url)) == sha256(parts)


@pytest.mark.parametrize("url", OWN)
def test_others_have_their_test(url: str) -> None:
    path = "/" + url.partition("//")[2].partition("/")[2]
    parts = hashed_parts(asked({}, url, endpoint="/v1/models"))
    assert parts == {"method": "POST", "endpoint": path, "body": {}, "test_id": "t.py::t"}


def test_the_method_is_upper_case_and_the_endpoint_the_path_of_the_url() -> None:
    url = "https://user:key@host:8443/v1;w/v1/x;y?key=1#part"
    parts = hashed_parts(asked({}, url, method="get", endpoint="/other"))
    # What follows a semicolon in the last part of a path is a parameter, to the recorder.
    assert parts == {"method": "GET", "endpoint": "/v1;w/v1/x", "body": {}, "test_id": "t.py::t"}


def test_a_tool_is_hashed_without_its_test_and_not_normalized() -> None:
    kwargs = {"query": "score: 0.123456789", "share": 0.123456789}
    made = tool("t.py::t", "search", "find", kwargs, whole(None))
    parts = {"provider": "search", "tool_name": "find", "kwargs": kwargs}
    assert request_hash(read(made)) == sha256(parts)


def test_a_plain_call_is_hashed_with_the_whole_url_and_a_normalized_payload() -> None:
    payload = {"share": 0.123456789, "extra_body": {"project_id": "p", "x": 1}}
    made = http("t.py::t", "https://host/v1/messages?beta=1", payload, whole(None))
    parts = {"test_id": "t.py::t", "url": "https://host/v1/messages?beta=1", "method": "POST"}
    stable = {"share": 0.12346, "extra_body": {"x": 1}}
    assert request_hash(read(made)) == sha256({**parts, "payload": stable})


def test_the_withdrawn_kind_has_no_rule() -> None:
    made = builder.file_processing("t.py::t", "store", "process", "file-1", whole(None))
    assert (hashed_parts(read(made)), request_hash(read(made))) == (None, None)


# ---- the quirks of the body, by hand

SEARCHED = f"document_id: {UUID}, score: 0.73129, attributes: {{'file': 'a.txt', 'n': 1.0}}, <|{UUID}|>"
BODIES: dict[str, tuple[Any, Any]] = {
    "floats at five places": ([0.1234567, 1e-9, -0.000004, 2.0], [0.12346, 0.0, -0.0, 2.0]),
    "integers and booleans": ({"a": 10**20, "b": True, "c": None}, {"a": 10**20, "b": True, "c": None}),
    "decimals in words": ("at 48.856614, 2.35, -1.00005", "at 48.85661, 2.35, -1.00005"),
    "decimals of four places": ("0.1234 and 0.123", "0.12340 and 0.123"),
    "a search": (SEARCHED, "document_id: __NORMALIZED__, score: __NORMALIZED__, <|__NORMALIZED__|>"),
    "a score with an exponent": ("score:-1.5e-07.", "score: __NORMALIZED__."),
    "a score that came to a word only by the second replacement": (
        "score: , attributes: {x}5",
        "score: 5",
    ),
    "an id that came to a word only by the second replacement": (
        f"document_id: , attributes: {{x}}{UUID}",
        "document_id: __NORMALIZED__",
    ),
    "an id in upper case": (f"document_id: {UUID.upper()}", f"document_id: {UUID.upper()}"),
    "keys are left alone": ({"score: 0.5": 1, "0.123456": 2}, {"score: 0.5": 1, "0.123456": 2}),
    "a float is rounded, its spelling in words is not": (
        {"a": 0.100000001, "b": "0.10"},
        {"a": 0.1, "b": "0.10"},
    ),
    "a project at the root": (
        {"extra_body": {"project_id": "p", "k": 1}, "extra_query": {"project_id": "p"}},
        {"extra_body": {"k": 1}, "extra_query": {}},
    ),
    "a project deeper": (
        {"a": {"extra_body": {"project_id": "p"}}, "project_id": "p"},
        {"a": {"extra_body": {"project_id": "p"}}, "project_id": "p"},
    ),
    "a project deeper in the extra body": (
        {"extra_body": {"extra_body": {"project_id": "p"}}},
        {"extra_body": {"extra_body": {"project_id": "p"}}},
    ),
    "items of a list are roots": (
        {"a": [{"extra_body": {"project_id": "p"}}, [{"extra_query": {"project_id": "p"}}]]},
        {"a": [{"extra_body": {}}, [{"extra_query": {}}]]},
    ),
    "an extra body that is no object": ({"extra_body": "project_id"}, {"extra_body": "project_id"}),
}


@pytest.mark.parametrize("case", BODIES)
def test_bodies_are_normalized(case: str) -> None:
    body, stable = BODIES[case]
    assert json.dumps(normalized(body)) == json.dumps(stable)


def test_bedrock_leaves_stream_options_out_at_the_root() -> None:
    options = {"stream_options": {"include_usage": True}}
    body = {**options, "extra": {**options, "k": 1}, "items": [options]}
    parts = hashed_parts(asked(body, "https://bedrock-runtime.aws.com/v1/v1/chat/completions"))
    assert parts is not None
    assert parts["body"] == {"extra": {**options, "k": 1}, "items": [options]}
    assert request_hash(asked(body)) == sha256(hashed_parts(asked(body)))


@pytest.mark.parametrize("url", ["https://host/bedrock/chat", "https://host/v1?x=bedrock"])
def test_bedrock_is_a_word_of_the_host(url: str) -> None:
    parts = hashed_parts(asked({"stream_options": 1}, url))
    assert parts is not None
    assert parts["body"] == {"stream_options": 1}


@pytest.mark.parametrize("url", ["", "http://[", "//", "no url"])
def test_a_url_that_is_none_has_a_hash_all_the_same(url: str) -> None:
    made = inference("t.py::t", URL, {}, whole(None))
    made.document["request"]["url"] = url
    assert len(request_hash(read(made)) or "") == 64


_bodies = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from([SEARCHED, "0.123456", "score: 1", f"<|{UUID}|>", "document_id: x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["extra_body", "extra_query", "project_id", "stream_options", "k"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_bodies, st.booleans())
def test_any_body_is_normalized_as_the_builder_does(body: Any, bedrock: bool) -> None:
    drop = ("stream_options",) if bedrock else ()
    assert json.dumps(normalized(body, drop=drop)) == json.dumps(stable_body(body, bedrock=bedrock))


@given(_bodies)
def test_normalizing_leaves_the_body_as_it_was(body: Any) -> None:
    before = json.dumps(body)
    normalized(body)
    assert json.dumps(body) == before
