"""`recctl ls`: which recordings it shows, in which order, and how many."""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.catalog.query import matcher
from tests.cli.listing import COUNT, TOTALS, Item, listed
from tests.helpers import ROOT, SAMPLES, chat, document, examples, put, run

# ---- filters

FILTERS: dict[str, tuple[list[str], Callable[[Item], bool]]] = {
    "part of a test": (["--test", "tap_water"], lambda item: "tap_water" in (item["test_id"] or "")),
    "test in any case": (["--test", "TAP_Water"], lambda item: "tap_water" in (item["test_id"] or "")),
    "test brackets are literal": (
        ["--test", "[txt=openai/gpt-4o]"],
        lambda item: "[txt=openai/gpt-4o]" in (item["test_id"] or ""),
    ),
    "test brackets are literal in a glob": (
        ["--test", "*[txt=openai/gpt-4o]"],
        lambda item: (item["test_id"] or "").endswith("[txt=openai/gpt-4o]"),
    ),
    "test with a question mark": (
        ["--test", "*::test_river[txt=ollama/gpt?oss:20b]"],
        lambda item: "test_river" in (item["test_id"] or ""),
    ),
    "part of a model": (["--model", "LLAMA"], lambda item: "llama" in (item["model"] or "")),
    "model glob on the whole value": (
        ["--model", "gpt-4o*"],
        lambda item: (item["model"] or "").startswith("gpt-4o"),
    ),
    "model glob that is no part": (["--model", "?pt-4o"], lambda item: item["model"] == "gpt-4o"),
    "model with a set": (
        ["--model", "[gl]*3*b"],
        lambda item: (item["model"] or "") in ("llama3.2:3b", "llama-guard3:1b"),
    ),
    "part of an endpoint": (["--endpoint", "EMBED"], lambda item: "embed" in (item["endpoint"] or "")),
    "endpoint glob": (["--endpoint", "/api/*"], lambda item: (item["endpoint"] or "").startswith("/api/")),
    "tool as an endpoint": (
        ["--endpoint", "tavily.web_search"],
        lambda item: item["endpoint"] == "tavily.web_search",
    ),
    "part of a provider": (["--provider", "Work"], lambda item: item["provider"] == "fireworks"),
    "provider glob": (["--provider", "*ai"], lambda item: item["provider"] in ("openai", "vertexai")),
    "inference": (["--kind", "inference"], lambda item: item["kind"] == "inference"),
    "tool": (["--kind", "tool"], lambda item: item["kind"] == "tool"),
    "http": (["--kind", "http"], lambda item: item["kind"] == "http"),
    "file": (["--kind", "file"], lambda item: item["kind"] == "file"),
    "streaming": (["--streaming"], lambda item: item["streaming"] is True),
    "not streaming": (["--no-streaming"], lambda item: item["streaming"] is False),
    "errors": (["--errors"], lambda item: item["id"][4:8] in ("748a", "0dc9", "351e", "651a")),
    "several together": (
        ["--model", "gpt", "--streaming", "--provider", "openai", "--test", "test_s"],
        lambda item: (
            "gpt" in (item["model"] or "")
            and item["streaming"]
            and item["provider"] == "openai"
            and "test_s" in (item["test_id"] or "")
        ),
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filter_keeps_exactly_what_fits(everything: list[Item], name: str) -> None:
    args, fits = FILTERS[name]
    fitting = [item for item in everything if fits(item)]
    assert 0 < len(fitting) < len(everything)
    assert listed(SAMPLES, *args) == fitting


FIELDS = {"--test": "test id", "--model": "model", "--provider": "provider"}


@pytest.mark.parametrize(
    "args",
    [["--test", "t?p_wat"], ["--model", "gpt[zz"], ["--model", "?"], ["--provider", "zz"]],
    ids=["glob of a part", "open set", "one character", "unknown"],
)
def test_nothing_that_fits_is_an_empty_array_and_no_error(args: list[str]) -> None:
    result = run("ls", SAMPLES, *args, "--json", cwd=ROOT)
    totals, *more = result.err.splitlines()
    none = f"0 of {COUNT} recordings, 0 tests, 0 models, 0 B"
    assert (result.code, result.data, totals) == (0, b"[]\n", none)
    (line,) = more
    assert line.startswith(f"recctl: no {FIELDS[args[0]]} matches '{args[1]}'")


# ---- order and limit

SORT_VALUES = {
    "test": "test_id",
    "id": "id",
    "path": "path",
    "model": "model",
    "endpoint": "endpoint",
    "provider": "provider",
    "chunks": "chunks",
    "size": "size",
}


@pytest.mark.parametrize("reverse", [False, True], ids=["forward", "reverse"])
@pytest.mark.parametrize("key", SORT_VALUES)
def test_sorted_with_unknown_values_last(tmp_path: Path, key: str, reverse: bool) -> None:
    put(tmp_path / "named.json", chat())
    items = listed(SAMPLES, tmp_path, "--sort", key, *["--reverse"] * reverse)
    values = [item[SORT_VALUES[key]] for item in items]
    known = [value for value in values if value is not None]
    assert len(items) == COUNT + 1
    if key == "path":  # of the samples relative, of the other absolute: compare what was sorted
        known = [str(ROOT / value) for value in known]
    assert values[len(known) :] == [None] * (COUNT + 1 - len(known))
    assert known == sorted(known, reverse=reverse)


def test_sorted_by_test_unless_told_otherwise(everything: list[Item]) -> None:
    assert everything == listed(SAMPLES, "--sort", "test")


def test_equal_values_are_in_the_order_of_their_paths() -> None:
    paths = [item["path"] for item in listed(SAMPLES, "--provider", "openai", "--sort", "provider")]
    assert len(paths) > 10
    assert paths == sorted(paths)


@pytest.mark.parametrize("number", [0, 1, 7, COUNT, 1000])
def test_limit_shows_the_first_of_the_order(number: int) -> None:
    result = run("ls", SAMPLES, "--sort", "size", "--reverse", "--limit", str(number), "--json", cwd=ROOT)
    items = listed(SAMPLES, "--sort", "size", "--reverse")
    note = f"; first {number} shown" if number < COUNT else ""
    assert (result.code, result.err) == (0, TOTALS.replace("\n", f"{note}\n"))
    assert json.loads(result.out) == items[:number]


# ---- globs on test ids


@pytest.mark.parametrize(
    ("glob", "fits"),
    [
        ("test_forecast*", True),
        ("TestTripAgent::test_forecast*", True),
        ("test_trip_agent.py::*", True),
        ("agents/test_trip*", True),
        ("tests/integration/agents/*4o]", True),
        ("test_forecast_then_pack[[]*", False),
        ("test_forecast_then_pack[txt=*", True),
        ("est_forecast*", False),
        ("test_forecast?", False),
        ("forecast*", False),
    ],
)
def test_a_test_glob_fits_the_whole_id_or_what_stands_after_a_separator(glob: str, fits: bool) -> None:
    result = run("ls", SAMPLES, "--test", glob, cwd=ROOT)
    assert result.code == 0
    assert ("TestTripAgent::test_forecast_then_pack[txt=openai/gpt-4o]" in result.out) == fits


pieces = st.sampled_from(["a", "b", "::", "/", "[", "]", ":", "\n"])
wild = st.sampled_from(["a", "b", "*", "?", "::", "/", "["])


@given(
    value=st.lists(pieces, max_size=8).map("".join), glob=st.lists(wild, min_size=1, max_size=5).map("".join)
)
@examples(150)
def test_a_test_glob_is_fnmatch_on_every_end_of_the_id(value: str, glob: str) -> None:
    if "*" not in glob and "?" not in glob:
        glob += "*"
    ends = [value[start:] for start in range(len(value)) if not start or value[:start].endswith(("::", "/"))]
    expected = any(fnmatch.fnmatchcase(end, glob.replace("[", "[[]")) for end in ends or [""])
    assert matcher(glob, brackets=False)(value) == expected


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--test", "test_forcast*"], "no test id matches 'test_forcast*'; similar: test_forecast_then_pack"),
        (["--test", "TRIP_AGNT"], "no test id matches 'TRIP_AGNT'; similar: test_trip_agent.py"),
        (["--model", "gpt4o"], "no model matches 'gpt4o'; similar: gpt-4o, gpt-4o-mini, gpt-oss:20b"),
        (["--provider", "opnai", "--test", "forecast"], "no provider matches 'opnai'; similar: openai"),
    ],
)
def test_where_nothing_matches_what_would_is_named(args: list[str], said: str) -> None:
    result = run("ls", SAMPLES, *args, cwd=ROOT)
    assert (result.code, result.data, result.err.splitlines()[1:]) == (0, b"", [f"recctl: {said}"])


def test_filters_that_match_apart_but_not_together_name_nothing() -> None:
    result = run("ls", SAMPLES, "--provider", "gemini", "--model", "gpt-4o", cwd=ROOT)
    assert (result.code, result.err) == (0, f"0 of {COUNT} recordings, 0 tests, 0 models, 0 B\n")


# ---- the order within a test


@pytest.mark.parametrize("reverse", [False, True], ids=["forward", "reverse"])
def test_recordings_of_a_test_are_in_the_order_of_their_turns(tmp_path: Path, reverse: bool) -> None:
    """Whatever their hashes are; those with as many turns are in the order of their paths."""
    said = [{"role": "user", "content": "x"}]
    for name, turns in (("d", 1), ("a", 3), ("c", 2), ("b", 2), ("e", 0)):
        path = put(tmp_path / f"{name}.json", chat(test_id="t.py::a"))
        held = document(path)
        held["request"]["body"]["messages"] = said * turns
        path.write_text(json.dumps(held))
    items = listed(tmp_path, *["--reverse"] * reverse)
    assert [Path(item["path"]).stem for item in items] == ["e", "d", "b", "c", "a"]


@pytest.mark.parametrize("key", ["input", "contents"])
def test_turns_of_other_requests_count_too(tmp_path: Path, key: str) -> None:
    for name, turns in (("a", 2), ("b", 1)):
        path = put(tmp_path / f"{name}.json", chat(test_id="t.py::a"))
        held = document(path)
        del held["request"]["body"]["messages"]
        held["request"]["body"][key] = [{"role": "user"}] * turns
        path.write_text(json.dumps(held))
    assert [Path(item["path"]).stem for item in listed(tmp_path)] == ["b", "a"]
