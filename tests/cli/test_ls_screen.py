"""`recctl ls` on a terminal: grouped by test, a row a call."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.listing import COUNT, Item
from tests.helpers import SAMPLES, chat, chat_stream, put, run, run_in_terminal

PLAIN = {"NO_COLOR": "1"}
HASH = "0f7ee7578f2181b20f2a051af0aba84368b5c7393c55f55db07cdfb692c0fba7"
CALL = re.compile(r"^ +(rec-[0-9a-f]{12}\S*|\S+)  .*\S  +[\d.]+ (?:B|kB)$")


def screen(*args: str | Path, columns: int = 80, env: dict[str, str] | None = None) -> list[str]:
    """The lines of the listing, without the totals."""
    result = run_in_terminal("ls", *args, columns=columns, rows=1000, env=env or PLAIN)
    assert result.code == 0
    return result.out.split("\n")[:-2]


def headings(lines: list[str], level: int) -> dict[str, int]:
    """The headings of files (0) or tests (1), with the number of calls each names."""
    form = re.compile(rf"^{'  ' * level}(?=\S)(.*)  (\d+) calls?$")
    return {found[1]: int(found[2]) for line in lines if (found := form.match(line))}


@pytest.mark.parametrize("columns", [60, 80, 100, 160])
def test_each_file_and_test_is_named_once_and_each_call_has_a_row(
    everything: list[Item], columns: int
) -> None:
    lines = screen(SAMPLES, columns=columns)
    by_file = Counter((item["test_id"] or "no test").partition("::")[0] for item in everything)
    assert [*headings(lines, 0).values()] == [*by_file.values()]
    assert columns == 60 or headings(lines, 0) == by_file
    by_test = Counter(item["test_id"] for item in everything if item["test_id"])
    assert sorted(headings(lines, 1).values()) == sorted(by_test.values())
    calls = [line for line in lines if re.match(r"^ +rec-[0-9a-f]{12}(-[0-9a-f]{2})? .*\S$", line)]
    assert [call.split()[0][:16] for call in calls] == [item["id"] for item in everything]
    assert {cell_len(call) for call in calls} == {columns}


def test_a_heading_has_the_class_and_the_parameters(everything: list[Item]) -> None:
    whole = {item["test_id"].partition("::")[2] for item in everything if item["test_id"]}
    assert set(headings(screen(SAMPLES, columns=160), 1)) == whole


def test_headings_that_are_too_long_are_cut_inside(tmp_path: Path) -> None:
    test_id = f"tests/{'deep/' * 40}test_x.py::TestA::test_{'b' * 60}[{'p' * 90}]"
    put(tmp_path, chat(test_id=test_id))
    (file,), (test,) = (headings(screen(tmp_path, columns=60), level) for level in (0, 1))
    assert (file[:11], file[-9:]) == ("tests/deep/", "test_x.py")
    assert (test[:6], test[-2:]) == ("test_b", "p]")


def test_recordings_of_no_test_come_last_under_a_heading_of_their_own(tmp_path: Path) -> None:
    put(tmp_path / "a.json", chat())
    put(tmp_path / "b.json", chat(test_id="t.py::b"))
    lines = screen(tmp_path)
    assert list(headings(lines, 0).items()) == [("t.py", 1), ("no test", 1)]


def provided(tmp_path: Path, name: str, url: str, test_id: str) -> None:
    held = json.loads(chat(test_id=test_id).to_bytes())
    held["request"]["url"] = url
    (tmp_path / f"{name}.json").write_text(json.dumps(held))


AZURE = "https://x.openai.azure.com/v1/chat/completions"
OPENAI = "https://api.openai.com/v1/chat/completions"


@pytest.mark.parametrize(("other", "shown"), [("t.py::b", True), ("t.py::c", False)], ids=["one test", "two"])
def test_the_provider_stands_where_rows_of_a_test_would_look_alike(
    tmp_path: Path, other: str, shown: bool
) -> None:
    provided(tmp_path, "one", OPENAI, "t.py::b")
    provided(tmp_path, "two", AZURE, other)
    text = "\n".join(screen(tmp_path))
    assert ("provider" in text, " azure " in text, " openai " in text) == (shown, shown, shown)


def test_columns_that_are_empty_are_left_out(tmp_path: Path) -> None:
    put(tmp_path / "a.json", chat("Hello."))
    assert screen(tmp_path)[0].split() == ["id", "model", "endpoint", "answer", "size"]
    put(tmp_path / "b.json", chat_stream("Hello."))
    assert screen(tmp_path)[0].split() == ["id", "model", "endpoint", "chunks", "answer", "size"]


@pytest.mark.parametrize("columns", [60, 80, 100, 160])
def test_sorted_by_something_else_each_row_names_its_test(everything: list[Item], columns: int) -> None:
    lines = screen(SAMPLES, "--sort", "size", columns=columns)
    rows = [line for line in lines if line.startswith("rec-")]
    assert [row.split()[0][:16] for row in rows] == [
        item["id"] for item in sorted(everything, key=lambda item: (item["size"], item["path"]))
    ]
    assert {cell_len(row) for row in rows} <= {columns} | set(range(columns))
    assert any("test_" in row for row in rows)


def test_a_very_narrow_screen_still_has_whole_ids() -> None:
    lines = screen(SAMPLES, columns=30)
    assert max(map(cell_len, lines)) <= 30
    assert sum(bool(re.match(r"^ +rec-[0-9a-f]{12}\b", line)) for line in lines) == COUNT


MODEL_LISTS = {
    "two digits": (["3e856bc2", "27e24c1b"], ["-3e", "-27"]),
    "more digits": (["3e856bc2", "3e856bd0"], ["-3e856bc", "-3e856bd"]),
    "one": (["3e856bc2"], [""]),
}


@pytest.mark.parametrize("case", MODEL_LISTS)
@pytest.mark.parametrize("options", [[], ["--long"], ["--sort", "size"]], ids=["by test", "long", "flat"])
def test_model_lists_of_one_request_have_ids_that_show_takes(
    tmp_path: Path, case: str, options: list[str]
) -> None:
    digests, endings = MODEL_LISTS[case]
    content = next(SAMPLES.rglob("models-0f7e*.json")).read_bytes()
    for digest in digests:
        (tmp_path / f"models-{HASH}-{digest}.json").write_bytes(content)
    shown = run_in_terminal("ls", tmp_path, *options, columns=80, rows=100, env=PLAIN).out
    ids = re.findall(rf"rec-{HASH[:12]}\S*", shown)
    assert sorted(ids) == sorted(f"rec-{HASH[:12]}{ending}" for ending in endings)
    for digest, ending in zip(digests, endings, strict=True):
        result = run("show", f"rec-{HASH[:12]}{ending}", "--dir", tmp_path, "--raw")
        assert (result.code, result.err, result.data) == (0, "", content), digest
    piped = run("ls", tmp_path, *options).out
    assert re.findall(rf"rec-{HASH[:12]}\S*", piped) == [f"rec-{HASH[:12]}"] * len(digests)


def test_a_filter_does_not_make_a_shared_id_look_unique(tmp_path: Path) -> None:
    """The id still has its digest if the filter hides the other model list."""
    first, second = SAMPLES.rglob("models-0f7e*.json")
    for path in (first, second):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    shown = screen(tmp_path, "--test", json.loads(first.read_bytes())["test_id"].rpartition("::")[2])
    assert re.findall(r"rec-0f7ee7578f21\S*", "\n".join(shown)) == [f"rec-0f7ee7578f21-{first.stem[-8:-6]}"]
