"""Recordings from bytes: the fast and the slow way agree, and what is no recording says why."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recctl.conversation.answer import answer, answer_of
from recctl.conversation.transcript import Choice, Failure, Transcript
from recctl.recordings.ogx.outline import read_outline, read_request
from recctl.recordings.recording import load, parse, read, summarize
from recctl.recordings.ref import Ref
from recctl.recordings.summary import Summary
from recctl.support.errors import Unreadable
from recctl.support.jsonvalue import Json, JsonObject
from tests.conversation.test_splitting import Place, json_values, places, put
from tests.helpers import examples
from tests.make_samples import SAMPLES_DIR, recorded_paths

PATH = Path("ab7d61e2daa7.json")
SAMPLES = {path: (SAMPLES_DIR / path).read_bytes() for path in sorted(recorded_paths(SAMPLES_DIR))}
each_sample = pytest.mark.parametrize("path", SAMPLES, ids=[Path(path).stem[:20] for path in SAMPLES])
RESTORE = "restore it from git or record it again"

Outcome = Summary | tuple[str, str]


def outcome(way: Callable[[], Summary]) -> Outcome:
    """The summary, or the message and hint of why there is none; anything else raised fails the test."""
    try:
        return way()
    except Unreadable as error:
        return error.message, error.hint


def fast(raw: bytes) -> Outcome:
    return outcome(lambda: summarize(PATH, raw))


def slow(raw: bytes) -> Outcome:
    return outcome(lambda: parse(PATH, raw).summary)


def dumped(document: Json) -> bytes:
    return json.dumps(document).encode()


# ---- two ways, one summary


@each_sample
def test_both_ways_agree_on_a_sample(path: str) -> None:
    raw = SAMPLES[path]
    assert summarize(Path(path), raw) == parse(Path(path), raw).summary


@each_sample
def test_a_sample_is_read_the_fast_way(path: str) -> None:
    """Else the agreement above would compare the slow way with itself."""
    document = json.loads(SAMPLES[path])
    body = document["response"]["body"]
    outline = read_outline(SAMPLES[path])
    assert outline.request.url == document["request"].get("url")
    assert outline.bodies.chunks == (len(body) if isinstance(body, list) else None)
    assert json.loads(read_request(SAMPLES[path])) == document["request"]


# A recording of each kind with every key that a summary is made from.
TYPED = {"__type__": "ollama._types.ChatResponse", "__data__": {"error_message": None, "error_code": None}}
EXCEPTION = {
    "category": "c",
    "provider": "p",
    "type": "APIError",
    "message": "m",
    "status_code": 400,
    "body": None,
}
HEADS: dict[str, JsonObject] = {
    "inference": {
        "test_id": "t.py::test_a",
        "request": {
            "method": "POST",
            "url": "https://api.openai.com/v1/v1/chat/completions",
            "headers": {},
            "body": {"model": "inner", "messages": []},
            "endpoint": "/v1/chat/completions",
            "model": "outer",
            "provider_metadata": {"provider": "openai"},
        },
        "response": {"body": [TYPED, TYPED], "is_streaming": True},
        "id_normalization_mapping": {},
    },
    "exception": {
        "test_id": None,
        "request": {"method": "POST", "url": "http://0.0.0.0:11434/api/chat", "body": {"model": "inner"}},
        "response": {
            "body": None,
            "is_streaming": False,
            "is_exception": True,
            "exception_data": EXCEPTION,
            "exception_message": "m",
        },
    },
    "http": {
        "test_id": "t.py::test_a",
        "request": {
            "test_id": "t.py::test_b",
            "url": "https://api.anthropic.com/v1/messages",
            "method": "POST",
            "payload": {"model": "inner"},
            "body": {"model": "innermost"},
        },
        "response": {"status": 200, "body": TYPED, "is_streaming": False},
    },
    "tool": {
        "request": {"test_id": "t.py::test_a", "provider": "tavily", "tool_name": "search", "kwargs": {}},
        "response": {
            "body": {**TYPED, "__data__": {"error_message": "m", "error_code": 1}},
            "is_streaming": False,
        },
    },
    "file": {
        "request": {"test_id": "t.py::test_a", "provider": "p", "api": "files", "file_id": "f"},
        "response": {"body": {}, "is_streaming": False},
    },
}
ODD_VALUES: list[Json] = [
    None,
    True,
    False,
    0,
    5,
    -1,
    400,
    2**64,
    1.5,
    200.0,
    float("nan"),
    float("inf"),
    "",
    "x",
]
ODD_VALUES += [
    "é\u2028",
    "\ud800",
    [],
    [1],
    [[]],
    [None],
    {},
    {"a": 1},
    {"model": "m"},
    {"provider": 5},
    "http://[x",
]


def disagreements(documents: Iterator[Json]) -> list[tuple[Json, Outcome, Outcome]]:
    raws = [(document, dumped(document)) for document in documents]
    return [(document, fast(raw), slow(raw)) for document, raw in raws if fast(raw) != slow(raw)]


def without(value: Json, place: Place) -> Json:
    """A copy of the value that lacks one key or item."""
    *parent, last = place
    inner = value
    for key in parent:
        inner = inner[key]
    if isinstance(inner, dict):
        return put(value, tuple(parent), {key: item for key, item in inner.items() if key != last})
    return put(value, tuple(parent), [item for index, item in enumerate(inner) if index != last])


@pytest.mark.parametrize("kind", HEADS)
def test_both_ways_agree_on_odd_values_at_every_place(kind: str) -> None:
    head = HEADS[kind]
    assert disagreements(put(head, place, odd) for place in places(head) for odd in ODD_VALUES) == []


@pytest.mark.parametrize("kind", HEADS)
def test_both_ways_agree_on_missing_keys_at_every_place(kind: str) -> None:
    head = HEADS[kind]
    assert disagreements(without(head, place) for place in places(head) if place) == []


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(dumped({"response": {}, "request": {}}), id="key order changed"),
        pytest.param(json.dumps(HEADS["http"], sort_keys=True).encode(), id="keys sorted"),
        pytest.param(json.dumps(HEADS["http"], indent="\t").encode(), id="indented by tabs"),
        pytest.param(
            json.dumps(HEADS["http"], separators=(" ,\r\n", " :\n\n ")).encode(), id="blanks anywhere"
        ),
        pytest.param(json.dumps(HEADS["http"], separators=(",", ":")).encode(), id="no blanks"),
        pytest.param(b" \n" + dumped(HEADS["tool"]) + b"\n\n ", id="blanks around"),
        pytest.param(
            dumped(HEADS["tool"]).replace(b'"request"', b'"re\\u0071uest"'), id="key with an escape"
        ),
        pytest.param(dumped(HEADS["tool"]).replace(b"search", "søk 京都".encode()), id="not ASCII"),
        pytest.param(b'{"request": {"model": "a", "model": "b"}, "response": {}}', id="key twice"),
        pytest.param(b'{"request": {"model": "a"}, "request": {}, "response": {}}', id="request twice"),
        pytest.param(b'{"request": 5, "request": {}, "response": {}}', id="request twice, first a number"),
        pytest.param(b'{"request": {}, "response": {"body": [1], "body": null}}', id="body twice"),
        pytest.param(b'{"request": {"payload": null, "body": {}}, "response": {}}', id="payload null"),
        pytest.param(
            b'{"request": {"payload":null ,"url": "x"}, "response": {}}', id="payload null, blank after"
        ),
        pytest.param(
            b'{"request": {"body": {"m": "\\ud800"}}, "response": {}}', id="half a pair in the request"
        ),
        pytest.param(b'{"request": {"model": "\\udc00"}, "response": {}}', id="half a pair as the model"),
        pytest.param(b'{"request": {}, "response": {"body": ["\\ud83d"]}}', id="half a pair in the answer"),
        pytest.param(b'{"request": {}, "response": {"status": 1e400}}', id="number out of range"),
        pytest.param(b'{"request": {}, "response": {"status": -0}}', id="minus zero"),
        pytest.param(
            b'{"request": {}, "response": {"body": [NaN, -Infinity]}}', id="not a number in the body"
        ),
    ],
)
def test_both_ways_agree_however_it_is_spelled(raw: bytes) -> None:
    assert isinstance(slow(raw), Summary)
    assert fast(raw) == slow(raw)


HUGE = "7" * 5000  # more digits than Python converts


def test_both_ways_agree_on_a_number_of_too_many_digits_at_every_place() -> None:
    head = HEADS["http"]
    marked = {place: dumped(put(head, place, "HUGE")) for place in places(head)}
    raws = {place: raw.replace(b'"HUGE"', HUGE.encode()) for place, raw in marked.items()}
    assert [place for place, raw in raws.items() if fast(raw) != slow(raw)] == []


sample_documents = st.sampled_from([json.loads(raw) for raw in SAMPLES.values()])
documents = sample_documents | st.sampled_from([*HEADS.values()])


@st.composite
def spoilt(draw: st.DrawFn) -> Json:
    """A recording with other JSON at one or two places, more often near its top than deep in a chunk."""
    document: Json = draw(documents)
    for _ in range(draw(st.integers(1, 2))):
        depth = draw(st.integers(1, 4))
        shallow = [place for place in places(document) if len(place) <= depth]
        document = put(document, draw(st.sampled_from(shallow)), draw(json_values))
    return document


@given(document=spoilt(), ascii_only=st.booleans())
@examples(120)
def test_both_ways_agree_on_a_spoilt_recording(document: Json, ascii_only: bool) -> None:
    raw = json.dumps(document, ensure_ascii=ascii_only).encode(errors="surrogatepass")
    assert fast(raw) == slow(raw)


REQUEST_KEYS = (
    "model url body payload provider tool_name file_id api test_id endpoint method provider_metadata"
)
RESPONSE_KEYS = "body is_streaming status is_exception exception_data exception_message"
requests = st.dictionaries(st.sampled_from(REQUEST_KEYS.split()), json_values)
responses = st.dictionaries(st.sampled_from(RESPONSE_KEYS.split()), json_values)


@pytest.mark.promise("Fast and full ways of reading give the same answer")
@given(request=requests, response=responses, rest=st.dictionaries(st.just("test_id"), json_values))
@examples(100)
def test_both_ways_agree_on_any_request_and_response(
    request: JsonObject, response: JsonObject, rest: JsonObject
) -> None:
    raw = dumped({"request": request, "response": response, **rest})
    assert isinstance(slow(raw), Summary)
    assert fast(raw) == slow(raw)


@given(raw=st.binary(max_size=20) | st.text(max_size=20).map(str.encode) | json_values.map(dumped))
@examples(80)
def test_both_ways_agree_on_any_bytes(raw: bytes) -> None:
    assert fast(raw) == slow(raw)


# ---- what is no recording


NO_REQUEST = 'is JSON but no recording: it has no "request" object'
NO_RESPONSE = 'is JSON but no recording: it has no "response" object'
NO_OBJECT = "is JSON but no recording: it holds"
DEEP = "is nested too deeply to be a recording"


@pytest.mark.parametrize(
    ("raw", "beginning", "hint"),
    [
        pytest.param(b"", "is empty", RESTORE, id="empty"),
        pytest.param(b" \n\t\r\n", "is empty", RESTORE, id="only blanks"),
        pytest.param(b'{"request": {', "is cut short: not JSON at line 1 column 14, ", RESTORE, id="cut"),
        pytest.param(
            b'{\n"a": "b', "is cut short: not JSON at line 2 column 6, ", RESTORE, id="cut in a string"
        ),
        pytest.param(
            b'{"a": 1\n\n', "is cut short: not JSON at line 3 column 1, ", RESTORE, id="cut at a line"
        ),
        pytest.param(
            b'{"a": tru', "is cut short: not JSON at line 1 column ", RESTORE, id="cut in a literal"
        ),
        pytest.param(b'{"a": -', "is cut short: not JSON at line 1 column ", RESTORE, id="cut in a number"),
        pytest.param(
            b'{"a": "\\u00', "is cut short: not JSON at line 1 column ", RESTORE, id="cut in an escape"
        ),
        pytest.param(b"hello", "is not JSON at line 1 column 1: ", "", id="words"),
        pytest.param(b"{'a': 1}", "is not JSON at line 1 column 2: ", "", id="single quotes"),
        pytest.param(b'{"a": 1} x', "is not JSON at line 1 column 10: ", "", id="more after the end"),
        pytest.param(b'{"a": "\t"}', "is not JSON at line 1 column 8: ", "", id="tab in a string"),
        pytest.param(b'\xef\xbb\xbf{"a": 1}', "is not JSON at line 1 column 1: ", "", id="byte order mark"),
        pytest.param(
            b"<<<<<<< HEAD\n{}\n=======", "is not JSON at line 1 column 1: ", "", id="conflict of a merge"
        ),
        pytest.param(b'{"a": "\xe9"}', "is not UTF-8: byte 7 is 0xe9", "", id="Latin 1"),
        pytest.param('{"a": 1}'.encode("utf-16"), "is not UTF-8: byte 0 is 0xff", "", id="UTF-16"),
        pytest.param(b"[]", f"{NO_OBJECT} an array, not an object", "", id="array"),
        pytest.param(b"5", f"{NO_OBJECT} a single value, not an object", "", id="number"),
        pytest.param(b"null", f"{NO_OBJECT} a single value, not an object", "", id="null"),
        pytest.param(b"{}", NO_REQUEST, "", id="empty object"),
        pytest.param(b'{"response": {}}', NO_REQUEST, "", id="no request"),
        pytest.param(b'{"request": {}}', NO_RESPONSE, "", id="no response"),
        pytest.param(b'{"request": [], "response": {}}', NO_REQUEST, "", id="request an array"),
        pytest.param(b'{"request": {}, "response": null}', NO_RESPONSE, "", id="response null"),
        pytest.param(b'{"request": {}, "request": 5, "response": {}}', NO_REQUEST, "", id="request twice"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, DEEP, "", id="nested deeply"),
        pytest.param(
            b'{"request": {}, "response": {"body": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
            DEEP,
            "",
            id="body nested deeply",
        ),
        pytest.param(
            b'{"request": {}, "response": {}, "test_id": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_002,
            DEEP,
            "",
            id="test id nested deeply",
        ),
    ],
)
def test_what_is_no_recording_says_why(raw: bytes, beginning: str, hint: str) -> None:
    with pytest.raises(Unreadable) as raised:
        parse(PATH, raw)
    assert raised.value.path == PATH
    message = (raised.value.message, raised.value.hint)
    assert (message[0][: len(beginning)], message[1]) == (beginning, hint)
    assert fast(raw) == message


@pytest.mark.parametrize("kind", HEADS)
def test_a_recording_cut_anywhere_is_unreadable(kind: str) -> None:
    raw = dumped(HEADS[kind])
    cuts = [raw[:end] for end in range(len(raw))]
    assert [cut for cut in cuts if not isinstance(slow(cut), tuple) or fast(cut) != slow(cut)] == []


@pytest.mark.parametrize("depth", [100, 400, 700])
def test_a_deep_body_is_read_whole_or_refused(depth: int) -> None:
    """Ids are replaced in it, which walks through all of it."""
    body = b"[" * depth + b'"old"' + b"]" * depth
    raw = b'{"request": {}, "response": {"body": ' + body + b'}, "id_normalization_mapping": {"new": "old"}}'
    said = slow(raw)
    if isinstance(said, Summary):
        assert dumped(parse(PATH, raw).response["body"]) == body.replace(b"old", b"new")
    else:
        assert said == (DEEP, "")


# ---- files that cannot be read


def test_a_file_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "abcdefabcdef.json"
    path.write_bytes(dumped(HEADS["tool"]))
    recording = load(Ref(path))
    assert (recording.raw, recording.summary.path) == (dumped(HEADS["tool"]), path)
    assert recording.summary.name.id == "rec-abcdefabcdef"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no such file or directory"):
        read(tmp_path / "none.json")


@pytest.mark.parametrize(("name", "why"), [("", "Is a directory"), ("file/below.json", "Not a directory")])
def test_a_path_that_is_no_file(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unreadable, match=f"cannot be read: {why}"):
        read(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    path.touch(mode=0o000)
    with pytest.raises(Unreadable, match="permission denied") as raised:
        read(path)
    assert "chmod" in raised.value.hint


# ---- what a summary says


def summary(kind: str, place: Place = (), new: Json = None) -> Summary:
    document = put(HEADS[kind], place, new) if place else HEADS[kind]
    return summarize(PATH, dumped(document))


@pytest.mark.parametrize(
    ("kind", "endpoint", "model", "provider"),
    [
        ("inference", "/v1/v1/chat/completions", "outer", "openai"),
        ("exception", "/api/chat", "inner", "ollama"),
        ("http", "/v1/messages", "inner", "anthropic"),
        ("tool", "tavily.search", None, "tavily"),
        ("file", "p.files", None, "p"),
    ],
)
def test_kinds_and_what_was_called(kind: str, endpoint: str, model: str | None, provider: str) -> None:
    said = summary(kind).header
    expected = "inference" if kind == "exception" else kind
    assert (said.kind, said.endpoint, said.model, said.provider) == (expected, endpoint, model, provider)


@pytest.mark.parametrize(
    ("kind", "place", "new", "field", "expected"),
    [
        pytest.param("http", (), None, "test_id", "t.py::test_a", id="test id of the document"),
        pytest.param("http", ("test_id",), None, "test_id", "t.py::test_b", id="test id of the request"),
        pytest.param("exception", (), None, "test_id", None, id="no test id"),
        pytest.param("inference", (), None, "streaming", True, id="streaming"),
        pytest.param("inference", (), None, "chunks", 2, id="chunks"),
        pytest.param(
            "inference", ("response", "is_streaming"), False, "chunks", None, id="a list that is whole"
        ),
        pytest.param(
            "inference", ("response", "is_streaming"), "yes", "streaming", False, id="streaming, odd"
        ),
        pytest.param("inference", ("response", "body"), None, "chunks", None, id="streamed nothing"),
        pytest.param("inference", ("response", "body"), [], "chunks", 0, id="streamed no chunks"),
        pytest.param("inference", ("request", "model"), None, "model", "inner", id="model of the body"),
        pytest.param("inference", ("request", "model"), 5, "model", "inner", id="model a number"),
        pytest.param("inference", ("request", "url"), None, "endpoint", "/v1/chat/completions", id="no url"),
        pytest.param("http", ("request", "payload"), None, "kind", "inference", id="payload null"),
        pytest.param("http", ("response", "status"), 404, "failed", True, id="status of an error"),
        pytest.param("http", ("response", "status"), 399, "failed", False, id="status of no error"),
        pytest.param("http", ("response", "status"), "404", "status", None, id="status a string"),
        pytest.param("http", ("response", "status"), True, "status", None, id="status true"),
        pytest.param("exception", (), None, "exception", "APIError", id="exception"),
        pytest.param("exception", (), None, "status", 400, id="status of an exception"),
        pytest.param("exception", (), None, "failed", True, id="exception failed"),
        pytest.param(
            "exception",
            ("response", "exception_data"),
            None,
            "exception",
            "Exception",
            id="exception unnamed",
        ),
        pytest.param("exception", ("response", "is_exception"), False, "exception", None, id="no exception"),
        pytest.param("tool", (), None, "failed", True, id="error of a tool"),
        pytest.param("tool", ("response", "body"), TYPED, "failed", False, id="answer of a tool"),
        pytest.param("inference", (), None, "failed", False, id="answer"),
    ],
)
def test_fields_of_a_summary(kind: str, place: Place, new: Json, field: str, expected: object) -> None:
    assert getattr(summary(kind, place, new).header, field) == expected


def test_the_size_is_in_bytes() -> None:
    raw = json.dumps(HEADS["tool"] | {"é": "京"}, ensure_ascii=False).encode()
    assert summarize(PATH, raw).size == len(raw)


# ---- ids as a replay sees them


@pytest.mark.parametrize(
    ("mapping", "body", "expected"),
    [
        pytest.param({"new": "old"}, {"id": "old"}, {"id": "new"}, id="a value"),
        pytest.param({"new": "old"}, [["old"], "old"], [["new"], "new"], id="in lists"),
        pytest.param({"new": "old"}, "an old one, old", "an new one, new", id="within a string"),
        pytest.param({"new": "old"}, {"old": 1}, {"new": 1}, id="a key"),
        pytest.param({"n1": "id1", "n2": "id2"}, "id1 id2", "n1 n2", id="two ids"),
        pytest.param({"new": "old"}, [1, 1.5, True, None], [1, 1.5, True, None], id="other values"),
        pytest.param({}, "old", "old", id="empty"),
        pytest.param(None, "old", "old", id="null"),
        pytest.param(["old"], "old", "old", id="a list"),
        pytest.param(
            {f"new{n}": f"old{n}" for n in range(150)},
            {"old7": "old70, (old149) old150 [old-7]"},
            {"new7": "new70, (new149) old150 [old-7]"},
            id="very many",
        ),
        pytest.param({"a": None, "b": 5, "c": "", "new": "old"}, "old b", "new b", id="odd originals"),
    ],
)
def test_ids_are_replaced_in_the_response_only(mapping: Json, body: Json, expected: Json) -> None:
    document = {
        "test_id": "old",
        "request": {"body": body},
        "response": {"body": body},
        "id_normalization_mapping": mapping,
    }
    recording = parse(PATH, dumped(document))
    assert (recording.response["body"], recording.request["body"]) == (expected, body)
    assert recording.header.test_id == "old"


def test_replaced_ids_reach_the_answer() -> None:
    chunks = [{"choices": [{"delta": {"content": text}}]} for text in ("Saved as plan_17.", " See plan_17.")]
    document = {
        "request": {},
        "response": {"body": chunks, "is_streaming": True},
        "id_normalization_mapping": {"plan_1": "plan_17"},
    }
    assert answer(parse(PATH, dumped(document))).choices[0].text == "Saved as plan_1. See plan_1."


# ---- answers that failed


SAID = {"choices": [{"index": 0, "delta": {"content": "Take the"}}]}
ERROR_BODY = {"error": {"type": "t", "message": "No."}}
RAISED = Failure("APIError", "m", 400, "c", "p", None)


@pytest.mark.parametrize(
    ("body", "response", "expected"),
    [
        pytest.param(
            None,
            {"is_exception": True, "exception_data": EXCEPTION},
            Transcript("error", error=RAISED),
            id="exception",
        ),
        pytest.param(
            [SAID, SAID],
            {"is_streaming": True, "is_exception": True, "exception_data": EXCEPTION},
            Transcript("openai-chat", (Choice(0, text="Take theTake the"),), error=RAISED),
            id="exception after a part of the stream",
        ),
        pytest.param(
            ERROR_BODY,
            {"is_exception": True, "exception_data": EXCEPTION},
            Transcript("error", error=RAISED),
            id="exception outweighs the error in the body",
        ),
        pytest.param(
            None,
            {"is_exception": True, "exception_message": "Oh"},
            Transcript("error", error=Failure(None, "Oh")),
            id="exception with nothing but a message",
        ),
        pytest.param(
            None,
            {
                "is_exception": True,
                "exception_data": {"message": None, "body": [1]},
                "exception_message": "Oh",
            },
            Transcript("error", error=Failure(None, "Oh", body=[1])),
            id="exception with its message outside",
        ),
        pytest.param(
            [SAID],
            {"is_exception": False, "exception_data": EXCEPTION, "status": 200},
            Transcript("openai-chat", (Choice(0, text="Take the"),)),
            id="no exception",
        ),
        pytest.param(
            ERROR_BODY,
            {"status": 400},
            Transcript("error", error=Failure("t", "No.", 400, body=ERROR_BODY)),
            id="status and error",
        ),
        pytest.param(
            {"detail": "Oh"},
            {"status": 500},
            Transcript("error", error=Failure(None, "Oh", 500, body={"detail": "Oh"})),
            id="status and an unknown body",
        ),
        pytest.param(
            "Bad gateway",
            {"status": 502},
            Transcript("error", error=Failure(None, None, 502, body="Bad gateway")),
            id="status and a text",
        ),
        pytest.param(
            {"odd": 1},
            {"is_exception": True, "exception_message": "Oh"},
            Transcript("unknown", error=Failure(None, "Oh"), body={"odd": 1}),
            id="exception beside an unknown body",
        ),
        pytest.param(
            None,
            {"status": 502},
            Transcript("error", error=Failure(None, None, 502)),
            id="status and no body",
        ),
        pytest.param(None, {"status": 399}, Transcript("empty"), id="status of no error"),
        pytest.param(None, {"status": "500"}, Transcript("empty"), id="status a string"),
        pytest.param(
            ERROR_BODY,
            {"status": 200},
            Transcript("error", error=Failure("t", "No.", body=ERROR_BODY)),
            id="error with a status of none",
        ),
    ],
)
def test_answers_that_failed(body: Json, response: JsonObject, expected: Transcript) -> None:
    document = {"request": {}, "response": {"body": body, **response}}
    assert answer(parse(PATH, dumped(document))) == expected


@each_sample
def test_a_sample_failed_when_its_answer_has_an_error(path: str) -> None:
    recording = parse(Path(path), SAMPLES[path])
    assert recording.header.failed == (answer(recording).error is not None)


@given(response=responses)
@example(response={"is_exception": True, "exception_data": {"status_code": "x", "body": 1}})
@examples(80)
def test_any_response_has_an_answer(response: JsonObject) -> None:
    assert isinstance(answer_of(response), Transcript)
