"""`recctl ls`: what it prints in a pipe and as JSON, the totals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.listing import COUNT, TOTALS, Item, listed
from tests.helpers import ROOT, SAMPLES, SEED_TEXT, Result, chat, chat_stream, document, put, run, sample

NONE = type(None)
KEYS: dict[str, tuple[type, ...]] = {
    "id": (str, NONE),
    "path": (str,),
    "item": (int,),
    "hash": (str, NONE),
    "digest": (str, NONE),
    "test_id": (str, NONE),
    "kind": (str, NONE),
    "method": (str, NONE),
    "url": (str, NONE),
    "endpoint": (str, NONE),
    "model": (str, NONE),
    "provider": (str, NONE),
    "streaming": (bool,),
    "chunks": (int, NONE),
    "status": (int, NONE),
    "exception": (str, NONE),
    "answer": (str,),
    "size": (int,),
}


# ---- JSON


def test_json_is_indented_by_two_and_ends_with_a_line_break() -> None:
    result = run("ls", SAMPLES, "--json", cwd=ROOT)
    assert result == Result(0, result.data, TOTALS)
    assert result.out == json.dumps(json.loads(result.out), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.promise("JSON has every key, always")
def test_every_object_has_every_key_in_order(everything: list[Item]) -> None:
    assert [list(item) for item in everything] == [list(KEYS)] * COUNT


@pytest.mark.parametrize("key", KEYS)
def test_every_value_has_its_type_and_is_known_somewhere(everything: list[Item], key: str) -> None:
    values = [item[key] for item in everything]
    assert {type(value) for value in values} <= set(KEYS[key])
    assert any(value is not None for value in values)


def test_every_file_is_listed_once(everything: list[Item]) -> None:
    assert sorted(item["path"] for item in everything) == sorted(
        path.relative_to(ROOT).as_posix() for path in SAMPLES.rglob("recordings/**/*.json")
    )


def test_all_facts_of_the_seed() -> None:
    digest = "ab7d61e2daa7183d814f9b2c775072ebfbd7dafb4086a47e04e80822e4edf81f"
    test = "TestConversationResponses::test_conversation_multi_turn_and_streaming[txt=openai/gpt-4o]"
    assert listed(sample("ab7d")) == [
        {
            "id": "rec-ab7d61e2daa7",
            "path": f"sample_recordings/tests/integration/responses/recordings/{digest}.json",
            "item": 1,
            "hash": digest,
            "digest": None,
            "test_id": f"tests/integration/responses/test_conversation_responses.py::{test}",
            "kind": "inference",
            "method": "POST",
            "url": "https://api.openai.com/v1/v1/chat/completions",
            "endpoint": "/v1/v1/chat/completions",
            "model": "gpt-4o",
            "provider": "openai",
            "streaming": True,
            "chunks": 23,
            "status": None,
            "exception": None,
            "answer": SEED_TEXT,
            "size": 19393,
        }
    ]


FACTS: dict[str, Item] = {
    "models-0f7ee7578f2181b20f2a051af0aba84368b5c7393c55f55db07cdfb692c0fba7-3e85": {
        "id": "rec-0f7ee7578f21",
        "hash": "0f7ee7578f2181b20f2a051af0aba84368b5c7393c55f55db07cdfb692c0fba7",
        "digest": "3e856bc2",
        "streaming": False,
        "chunks": None,
    },
    "c8bbda9a79b8": {"id": "rec-c8bbda9a79b8", "hash": "c8bbda9a79b8", "test_id": None, "provider": "ollama"},
    "239f": {"kind": "tool", "endpoint": "tavily.web_search", "method": None, "url": None, "model": None},
    "c1dc": {"kind": "file", "endpoint": "pypdf.process_file", "provider": "pypdf"},
    "f245": {"kind": "http", "endpoint": "/v1/messages", "provider": "anthropic", "status": 200},
    "748a": {"kind": "http", "status": 400, "exception": None, "provider": "gemini"},
    "0dc9": {"status": 400, "exception": "BadRequestError", "streaming": False, "chunks": None},
    "351e": {"status": None, "exception": "APIError", "streaming": True, "chunks": 3},
    "de6b": {"provider": "vertexai", "endpoint": "/generate_content"},
    "3776": {"provider": "bedrock", "model": "openai.gpt-oss-20b-1:0"},
    "c5a4": {"provider": "watsonx", "model": "meta-llama/llama-3-3-70b-instruct"},
    "ac68": {"provider": "fireworks", "endpoint": "/inference/v1/v1/chat/completions"},
    "ecf6": {"provider": "azure"},
    "091d": {"kind": "http", "streaming": True, "chunks": 33},
}


@pytest.mark.parametrize("start", FACTS)
def test_facts_of_a_sample(start: str) -> None:
    (item,) = listed(sample(start))
    assert {key: item[key] for key in FACTS[start]} == FACTS[start]


def test_facts_are_those_of_the_documents(everything: list[Item]) -> None:
    for item in everything:
        path = ROOT / item["path"]
        response = document(path)["response"]
        assert item["size"] == path.stat().st_size
        assert item["streaming"] is response["is_streaming"]
        assert item["chunks"] == (len(response["body"]) if response["is_streaming"] else None)


@pytest.mark.parametrize(
    ("cwd", "path"),
    [
        (ROOT, "sample_recordings/tests/integration/recordings/responses/c8bbda9a79b8.json"),
        (SAMPLES / "tests/integration/recordings", "responses/c8bbda9a79b8.json"),
        (SAMPLES / "tests/integration/agents", str(sample("c8bb"))),
    ],
    ids=["at the top", "just above", "beside"],
)
@pytest.mark.parametrize("given_relative", [True, False], ids=["given relative", "given absolute"])
def test_path_is_relative_below_the_current_directory_else_absolute(
    cwd: Path, path: str, given_relative: bool
) -> None:
    given = path if given_relative else sample("c8bb")
    assert [item["path"] for item in listed(given, cwd=cwd)] == [path]


# ---- lines in a pipe


def test_a_line_has_tab_separated_fields_and_nothing_is_cut(tmp_path: Path) -> None:
    answer = "word " * 20
    path = put(tmp_path, chat_stream(*answer, test_id="tests/test_a.py::test_b[c]", model="m" * 300))
    result = run("ls", tmp_path, cwd=tmp_path)
    line = f"rec-{path.stem[:12]}\ttests/test_a.py::test_b[c]\t{'m' * 300}\t/v1/v1/chat/completions\t100\t"
    line += f"{answer.strip()}\t{path.stat().st_size}\t{path.name}\tinference\topenai\n"
    size = f"{path.stat().st_size / 1000:.1f} kB"
    assert result == Result(0, line.encode(), f"1 recording, 1 test, 1 model, {size}\n")


def test_an_unknown_value_is_an_empty_field() -> None:
    result = run("ls", sample("01c7"), cwd=ROOT)
    assert (result.code, result.out.split("\t")[2], result.out.split("\t")[4]) == (0, "", "")


def test_long_adds_three_fields_to_a_line() -> None:
    short, long = (run("ls", SAMPLES, *more, cwd=ROOT) for more in ((), ("--long",)))
    assert (long.code, long.err) == (0, TOTALS)
    added = [line.split("\t")[8:] for line in long.out.splitlines()]
    assert [line.split("\t")[:10] for line in long.out.splitlines()] == [
        line.split("\t") for line in short.out.splitlines()
    ]
    assert [
        "http",
        "gemini",
        "POST",
        "https://generativelanguage.googleapis.com/v1beta/interactions",
        "400",
    ] in added
    assert {len(fields) for fields in added} == {5}


def test_line_breaks_and_tabs_inside_a_value_break_no_line(tmp_path: Path) -> None:
    put(
        tmp_path, chat("one\ttwo\r\nthree\u2028four\x0bfive", test_id="t.py::a[\t\n\r\x0b\x0c\x1c\x85\u2028]")
    )
    result = run("ls", tmp_path, cwd=tmp_path)
    assert (result.code, len(result.out.splitlines()), result.out.count("\t")) == (0, 1, 9)


def test_lines_and_objects_agree(everything: list[Item]) -> None:
    result = run("ls", SAMPLES, cwd=ROOT)
    assert (result.code, result.err) == (0, TOTALS)
    fields = [line.split("\t") for line in result.out.splitlines()]
    keys = ["id", "test_id", "model", "endpoint", "chunks", "answer", "size", "path", "kind", "provider"]
    for at, key in enumerate(keys):
        assert [line[at] for line in fields] == [
            "" if item[key] is None else str(item[key]) for item in everything
        ]


ANSWERS = {
    "ab7d": SEED_TEXT,
    "2204": "京都 and 北京, cafe\u0301 🇯🇵 🧳",
    "1ed6": 'get_weather(city="Bergen"), get_weather(city="Oslo")',
    "4073": 'get_weather(city="Cork", days=1)',
    "b354": 'get_tide(harbour="Brest")',
    "8f4a": 'find_train(start="Turin", end="Lyon")',
    "6cf7": "2 embeddings of 8",
    "models-348d": "2 models: llama3.2:3b, gpt-oss:20b",
    "651a": "404 Unknown flight: XX 0000",
    "351e": "APIError The server had an error while streaming.",
    "df79": "I cannot help with a forged visa.",
    "c1dc": "Tram 28 crosses the Alfama.",
    "e1b5": 'get_forecast(city="Faro")',
}


@pytest.mark.parametrize("start", ANSWERS)
def test_the_answer_in_a_few_words(start: str) -> None:
    result = run("ls", sample(start), cwd=ROOT)
    assert (result.code, result.out.split("\t")[5]) == (0, ANSWERS[start])
    (item,) = listed(sample(start))
    assert item["answer"] == ANSWERS[start]


# ---- totals


@pytest.mark.parametrize(
    ("args", "totals"),
    [
        ([], TOTALS),
        (["--kind", "file"], f"1 of {COUNT} recordings, 1 test, 0 models, 770 B\n"),
        (["--kind", "tool"], f"3 of {COUNT} recordings, 3 tests, 0 models, 2.4 kB\n"),
        (
            ["--kind", "tool", "--limit", "2"],
            f"3 of {COUNT} recordings, 3 tests, 0 models, 2.4 kB; first 2 shown\n",
        ),
    ],
    ids=["all", "one", "some", "limited"],
)
@pytest.mark.parametrize(
    "view", [[], ["--json"], ["--ids"], ["--long"]], ids=["lines", "json", "ids", "long"]
)
def test_totals_are_on_stderr_in_every_view(args: list[str], totals: str, view: list[str]) -> None:
    result = run("ls", SAMPLES, *args, *view, cwd=ROOT)
    assert (result.code, result.err) == (0, totals)
    assert result.data
