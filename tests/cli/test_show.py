"""`recctl show`: the page, the text, the chunks, the bytes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.views.logprobs import logprob_lines
from recctl.views.styled_lines import plain_text
from tests.helpers import (
    ROOT,
    SAMPLES,
    SEED_TEXT,
    Result,
    chat,
    chat_stream,
    document,
    put,
    run,
    run_in_terminal,
    sample,
)
from tests.samples.builder import Data, inference, streamed, typed, whole

ALL = sorted(SAMPLES.rglob("recordings/**/*.json"))
# ---- text

TEXTS = {
    "ab7d": SEED_TEXT,
    "2204": "京都 and 北京, cafe\u0301 🇯🇵 🧳",
    "12ec": " Ljubljana",
    "cde4": "Saved as plan_000000000001. Ask for plan_000000000001 to see it again.",
    "3776": "<reasoning>EU rules apply.</reasoning>Yes, it is safe.",
    "7206": "Rather cold. Choose a sunny wall.",
    "091d": "Rent a bike in Utrecht.",
    "8f4a": "I will look it up.",
    "351e": "Take the night",
    "d9c2": "Come in February, for the lights.",
    "e1b5": "Let me look.",
}


@pytest.mark.parametrize("start", TEXTS)
def test_text_is_exactly_the_assembled_text(start: str) -> None:
    result = run("show", "--text", start, "--dir", SAMPLES)
    assert result == Result(0, TEXTS[start].encode(), "")


def test_text_on_a_terminal_ends_its_line() -> None:
    result = run_in_terminal("show", "--text", sample("ab7d"))
    assert result == Result(0, SEED_TEXT.encode() + b"\n", "")


def test_text_that_ends_its_line_gets_no_other_on_a_terminal(tmp_path: Path) -> None:
    path = put(tmp_path, chat("one\n\ntwo\n"))
    assert run_in_terminal("show", "--text", path) == Result(0, b"one\n\ntwo\n", "")
    assert run("show", "--text", path) == Result(0, b"one\n\ntwo\n", "")


@pytest.mark.parametrize(
    "text", ["\x1b[31mred", "\r\n", "\u202eabc\ufeff", "\x00", "tab\t", "[bold]x[/bold]"]
)
def test_text_in_a_pipe_is_not_touched(tmp_path: Path, text: str) -> None:
    path = put(tmp_path, chat(text))
    assert run("show", "--text", path) == Result(0, text.encode(), "")


@given(st.text(), st.integers(1, 5))
def test_any_text_arrives_as_it_is_however_it_was_streamed(text: str, pieces: int) -> None:
    size = max(len(text) // pieces, 1)
    recording = chat_stream(*(text[at : at + size] for at in range(0, len(text), size)), model=text)
    with tempfile.TemporaryDirectory() as directory:
        path = put(Path(directory), recording)
        result = run("show", "--text", path)
    assert (result.code, result.out, bool(result.err)) == (0, text, not text)


def test_two_choices_are_told_apart() -> None:
    text = "==> choice 0 <==\nThe Ribeira quarter.\n\n==> choice 1 <==\nLivraria Lello\n"
    assert run("show", "--text", sample("cff1")) == Result(0, text.encode(), "")


def test_several_recordings_are_told_apart() -> None:
    text = f"==> rec-ab7d61e2daa7 <==\n{SEED_TEXT}\n\n==> rec-12ec0ec6c8fb <==\n Ljubljana\n"
    assert run("show", "--text", "ab7d", "12ec", "--dir", SAMPLES) == Result(0, text.encode(), "")


def test_choices_among_several_recordings_are_told_apart() -> None:
    parts = ["rec-cff10c2ec480 choice 0", "The Ribeira quarter.\n", "rec-cff10c2ec480 choice 1"]
    parts += ["Livraria Lello\n", "rec-ab7d61e2daa7", f"{SEED_TEXT}\n"]
    text = "\n".join(f"==> {part} <==" if at % 2 == 0 else part for at, part in enumerate(parts))
    assert run("show", "--text", "cff1", "ab7d", "--dir", SAMPLES) == Result(0, text.encode(), "")


@pytest.mark.parametrize("start", ["508f", "ec6c", "df79", "0dc9"])
def test_an_answer_without_text_says_so_beside_the_data(start: str) -> None:
    result = run("show", "--text", start, "--dir", SAMPLES)
    name = f"rec-{sample(start).stem[:12]}"
    words = f"recctl: {name}: the answer has no text; see: recctl show {name}\n"
    assert result == Result(0, b"", words)


# ---- bytes


@pytest.mark.parametrize("starts", [["ab7d"], ["c8bb", "ab7d"]], ids=["one", "two"])
def test_raw_writes_the_bytes_of_the_files(starts: list[str]) -> None:
    expected = b"".join(sample(start).read_bytes() for start in starts)
    assert run("show", "--raw", *starts, "--dir", SAMPLES) == Result(0, expected, "")


def test_raw_writes_bytes_that_are_no_recording(tmp_path: Path) -> None:
    (tmp_path / "cut.json").write_bytes(b'{"\xff\x00\r\n')
    assert run("show", "--raw", tmp_path / "cut.json") == Result(0, b'{"\xff\x00\r\n', "")


# ---- chunks


@pytest.mark.parametrize(
    "path", [path for path in ALL if document(path)["response"]["is_streaming"]], ids=str
)
def test_chunks_has_a_numbered_line_for_each_chunk(path: Path) -> None:
    result = run("show", "--chunks", path)
    count = len(document(path)["response"]["body"])
    assert (result.code, result.err) == (0, "")
    assert [int(line.split()[0]) for line in result.out.splitlines()] == list(range(count))


def test_chunks_shows_what_each_brought() -> None:
    out = run("show", "--chunks", sample("cff1")).out
    assert out.splitlines()[:4] == [
        '0  choice 0 role assistant  choice 0 "The"',
        '1  choice 1 role assistant  choice 1 "Livraria"',
        '2  choice 0 " Ribeira"',
        '3  choice 1 " Lello"',
    ]


# ---- the page


def test_a_page_says_where_it_is_from_what_was_asked_and_what_came() -> None:
    result = run("show", "ab7d", "--dir", SAMPLES, cwd=ROOT)
    rows = [
        "rec-ab7d61e2daa7  gpt-4o  openai",
        "format   openai-chat, streamed in 23 chunks",
        "Say goodbye",
        'stream_options  {"include_usage": true}',
        SEED_TEXT,
        "tokens  28 in, 20 out, 48 total",
    ]
    lines = [line.strip() for line in result.out.splitlines()]
    assert (result.code, result.err) == (0, "")
    assert [line for line in lines if line in rows] == rows


def test_a_page_in_a_pipe_is_neither_cut_nor_wrapped(tmp_path: Path) -> None:
    prompt, answer = "please " * 300, "word " * 500 + "\n" + "x" * 3000
    path = put(tmp_path, chat_stream(answer, prompt=prompt, model="m" * 400, test_id="t" * 400))
    result = run("show", path, env={"COLUMNS": "40"})
    lines = [line.strip() for line in result.out.splitlines()]
    assert (result.code, result.err) == (0, "")
    assert {prompt.strip(), "word " * 499 + "word", "x" * 3000} <= set(lines)
    assert {f"rec-{path.stem[:12]}  {'m' * 400}  openai", f"test     {'t' * 400}"} <= set(lines)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem[:12])
def test_the_page_of_every_sample_holds_its_text_and_calls(path: Path) -> None:
    result = run("show", path)
    response = json.loads(run("show", path, "--json").out)[0]["response"]
    assert (result.code, result.err) == (0, "")
    for choice in response["choices"]:
        spoken = [*choice["text"].split("\n"), *(call["name"] for call in choice["tool_calls"])]
        assert [word for word in spoken if word not in result.out and not word.startswith("{")] == []


def test_an_image_is_described_not_shown() -> None:
    result = run("show", sample("322c"))
    assert (result.code, "[image/png, 72 bytes]" in result.out, "iVBOR" in result.out) == (0, True, False)


def test_pages_of_several_are_apart() -> None:
    one, two = (run("show", sample(start)).out for start in ("ab7d", "c8bb"))
    assert run("show", sample("ab7d"), sample("c8bb")) == Result(0, f"{one}\n\n{two}".encode(), "")


def test_a_type_label_is_never_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "trap.py").write_text(f"open({str(tmp_path / 'sprung')!r}, 'w')\n")
    answer = typed("trap.Answer", choices=[{"index": 0, "message": {"content": "Hi."}}])
    url = "https://api.openai.com/v1/v1/chat/completions"
    path = put(tmp_path, inference(None, url, {"model": "m"}, whole(answer)))
    for view in ([], ["--json"], ["--text"], ["--chunks"]):
        assert run("show", path, *view, cwd=tmp_path).code == 0
    assert not (tmp_path / "sprung").exists()


# ---- tools, failures, files


def test_parameters_of_geminis_tools_are_shown(tmp_path: Path) -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "Where"}, "days": {"type": "integer"}},
        "required": ["city"],
    }
    function = {"name": "get_weather", "parameters": None, "parameters_json_schema": schema}
    body = {"model": "m", "contents": "Hi", "config": {"tools": [{"function_declarations": [function]}]}}
    answer = {"candidates": [{"content": {"parts": [{"text": "Hi."}]}}]}
    path = put(tmp_path, inference(None, "vertexai:///generate_content", body, whole(answer)))
    lines = [line.strip() for line in run("show", path).out.splitlines()]
    start = lines.index("tools")
    assert lines[start + 1 : start + 4] == ["get_weather(city, days?)", "city string  Where", "days integer"]


RAISED = {
    "body": None,
    "is_streaming": True,
    "is_exception": True,
    "exception_data": {"type": "RateLimitError", "message": "Slow down.", "status_code": 429},
}


def test_an_exception_is_no_empty_format(tmp_path: Path) -> None:
    url = "https://api.openai.com/v1/v1/chat/completions"
    path = put(tmp_path, inference(None, url, {"model": "m"}, RAISED))
    result = run("show", path)
    assert "  format   none: an exception was raised instead of an answer\n" in result.out
    assert result.out.endswith("Answer\nerror  status 429  RateLimitError\n  Slow down.\n")
    (item,) = json.loads(run("show", path, "--json").out)
    assert (item["response"]["type"], item["response"]["choices"]) == ("error", [])


def test_an_exception_after_a_part_of_the_answer_keeps_its_format(tmp_path: Path) -> None:
    url = "https://api.openai.com/v1/v1/chat/completions"
    chunk = {"choices": [{"index": 0, "delta": {"content": "Hi"}}]}
    path = put(tmp_path, inference(None, url, {"model": "m"}, {**RAISED, "body": [chunk]}))
    assert "  format   openai-chat, streamed in 1 chunk\n" in run("show", path).out


def test_a_processed_file_has_a_view() -> None:
    out = run("show", sample("c1dc")).out
    assert "  format   file-chunks\n" in out
    assert out.endswith("Answer\nanswer\n  Tram 28 crosses the Alfama.\n")


def test_an_unknown_format_is_shown_as_recorded(tmp_path: Path) -> None:
    path = put(tmp_path, inference(None, "https://api.example.com/x", {"model": "m"}, whole({"odd": [1]})))
    page, (item,) = run("show", path).out, json.loads(run("show", path, "--json").out)
    assert page.endswith(
        'a format recctl does not know; the body as recorded:\n  {\n    "odd": [\n      1\n    ]\n  }\n'
    )
    assert (item["response"]["type"], item["response"]["body"]) == ("unknown", {"odd": [1]})


# ---- in full

TOKENS = [
    {"token": "Hi", "logprob": -0.25, "bytes": [72, 105], "top_logprobs": [{"token": "Yo", "logprob": -3.5}]},
    {"token": "\x1b", "logprob": -1, "bytes": [27], "top_logprobs": []},
]
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5, "odd_tokens": 7}


def with_logprobs(directory: Path) -> Path:
    chunks = [
        {"choices": [{"index": 0, "delta": {"content": token["token"]}, "logprobs": {"content": [token]}}]}
        for token in TOKENS
    ]
    url = "https://api.openai.com/v1/v1/chat/completions"
    tool = {
        "type": "function",
        "function": {"name": "look", "strict": True, "parameters": {"$defs": {"x": {}}}},
    }
    body = {"model": "m", "tools": [tool]}
    return put(directory, inference(None, url, body, streamed(*chunks, {"choices": [], "usage": USAGE})))


def test_logprobs_are_counted_and_shown_in_full(tmp_path: Path) -> None:
    path = with_logprobs(tmp_path)
    short, long = run("show", path), run("show", path, "--long")
    assert (short.code, long.code) == (0, 0)
    assert "\nlogprobs  2 tokens; --long shows them\n" in short.out
    assert '\nlogprobs  2 tokens\n    -0.2500  "Hi"  "Yo" -3.5000\n    -1.0000  "\\u001b"' in long.out


def test_long_leaves_nothing_of_a_page_out_and_adds_the_rest(tmp_path: Path) -> None:
    path = with_logprobs(tmp_path)
    short, long = (run("show", path, *more).out for more in ([], ["--long"]))
    assert [line for line in short.splitlines() if line not in long and "--long" not in line] == []
    for rest in ('"odd_tokens": 7', '"strict": true', '"$defs"'):
        assert (rest in short, rest in long) == (False, True)


def test_long_shows_the_body_of_an_error() -> None:
    short, long = (run("show", sample("748a"), *more).out for more in ([], ["--long"]))
    assert ('"code": "invalid_request"' in short, '"code": "invalid_request"' in long) == (False, True)


def test_json_holds_the_logprobs(tmp_path: Path) -> None:
    (item,) = json.loads(run("show", with_logprobs(tmp_path), "--json").out)
    assert item["response"]["choices"][0]["logprobs"] == {"content": TOKENS}


def test_chunks_count_the_logprobs(tmp_path: Path) -> None:
    out = run("show", with_logprobs(tmp_path), "--chunks").out
    assert out.splitlines()[0] == '0  "Hi"  1 logprob'


@pytest.mark.parametrize(
    ("logprobs", "shown"),
    [
        pytest.param(
            {"tokens": ["a", "b"], "token_logprobs": [-0.5], "top_logprobs": [{"a": -0.5, "c": None}]},
            ['-0.5000  "a"  "a" -0.5000  "c" ?', '?  "b"'],
            id="text completion",
        ),
        pytest.param(
            {
                "chosenCandidates": [{"token": "a", "logProbability": -0.5}],
                "topCandidates": [{"candidates": [{"token": "b", "log_probability": -2}]}],
            },
            ['-0.5000  "a"  "b" -2.0000'],
            id="Gemini",
        ),
        pytest.param(
            {"refusal": [{"token": "a", "logprob": None}, 5]}, ['?  "a"', '?  "null"'], id="odd entries"
        ),
    ],
)
def test_logprobs_in_every_form_are_shown(logprobs: Data, shown: list[str]) -> None:
    lines = plain_text(list(logprob_lines(logprobs))).splitlines()
    assert [line.strip() for line in lines] == shown


@pytest.mark.parametrize("other", ["--text", "--chunks", "--raw"])
def test_long_goes_with_the_page_alone(other: str) -> None:
    result = run("show", "ab7d", "--long", other, "--dir", SAMPLES)
    assert (result.code, result.data) == (2, b"")
    assert result.err == f"recctl: --long and {other} cannot be combined; give one of them\n"


def test_long_beside_json_changes_nothing() -> None:
    plain, long = (run("show", "ab7d", "--json", *more, "--dir", SAMPLES) for more in ([], ["--long"]))
    assert (plain, plain.code) == (long, 0)
