"""`recctl show`: the page, the text, the chunks, the bytes."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from tests.samples.builder import inference, typed, whole

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
    words = f"recctl: {name}: the answer has no text; recctl show {name} shows what it is\n"
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
