"""Recordings of strange shapes: every command ends well, and the quick ways agree with the slow ones."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.recordings.ogx import canonical
from recctl.support.jsonvalue import is_deep, loads
from tests.helpers import Result, few, run
from tests.hostile.fuzzing import (
    BYTES,
    LONG,
    NAMES,
    ODD_VALUES,
    RAW_VALUES,
    READINGS,
    SHAPES,
    SOURCES,
    Mutant,
    Place,
    at,
    budget,
    complaints,
    dumped,
    mutant,
    places,
    planted,
    sample_of,
    undone,
    with_raw,
    with_value,
    without,
)

randoms = st.randoms(use_true_random=False)


@pytest.mark.promise("Missing keys and values of other types cause no traceback")
@given(rnd=randoms)
@budget(12)
def test_every_command_bears_a_strange_recording(
    rnd: Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert complaints(tmp_path_factory.getbasetemp() / "shapes", mutant(rnd, SHAPES)) == []


@pytest.mark.slow
@given(rnd=randoms)
@budget(4)
def test_what_is_written_to_strange_recordings_can_be_undone(
    rnd: Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = tmp_path_factory.getbasetemp() / "written"
    assert undone(root, [mutant(rnd, SHAPES) for _ in range(5)]) == []


# ---- every key missing, null or of another type, in every wire format

_WRONG: tuple[Any, ...] = (None, True, 7, -1.5, "x", "", [], [7], [[]], {}, {"x": None})


def _formats() -> dict[str, str]:
    """A recording for each class label and each kind of request."""
    found: dict[str, str] = {}
    for name in sorted(NAMES, key=lambda name: len(SOURCES[name])):
        document = json.loads(SOURCES[name])
        body = document["response"]["body"]
        first = body[0] if isinstance(body, list) and body else body
        label = str(first.get("__type__")) if isinstance(first, dict) else type(first).__name__
        kind = next((key for key in ("tool_name", "file_id", "payload") if key in document["request"]), "")
        found.setdefault(f"{kind} {label.rpartition('.')[2]} {isinstance(body, list)}".strip(), name)
    return found


FORMATS = _formats()


def _keys(document: Any) -> Iterator[Place]:
    """A place for each key there is, wherever in a list it first stands."""
    seen = set()
    for place in places(document):
        shape = tuple(0 if isinstance(part, int) else part for part in place)
        if shape not in seen:
            seen.add(shape)
            yield place


def _variants(document: Any, place: Place) -> Iterator[bytes]:
    yield dumped(without(document, place))
    for wrong in _WRONG:
        yield dumped(with_value(document, place, copy.deepcopy(wrong)))
    if LONG:
        for odd in ODD_VALUES:
            yield dumped(with_value(document, place, copy.deepcopy(odd)))
        for raw in RAW_VALUES:
            yield with_raw(document, place, raw)


@pytest.mark.promise("Missing keys and values of other types cause no traceback")
@pytest.mark.parametrize("format_name", few(FORMATS, 6))
def test_every_command_bears_a_key_missing_or_of_another_type(format_name: str, tmp_path: Path) -> None:
    """In the long run each alone and each command; else many files at once, and what reads many."""
    name = FORMATS[format_name]
    document = json.loads(SOURCES[name])
    raws = [raw for place in _keys(document) for raw in _variants(document, place)]
    if LONG:
        assert [wrong for raw in raws for wrong in complaints(tmp_path, Mutant(name, raw))] == []
        return
    # Some of them, spread evenly.
    chosen = [Mutant(name, raw) for raw in raws[:: max(1, len(raws) // 20)]]
    files = planted(tmp_path, chosen, numbered=True)
    paths = [str(path.relative_to(tmp_path)) for path in files]
    commands = [
        ("ls", "--json", "recordings"),
        ("show", *paths),
        ("show", "--chunks", *paths),
        ("check", "--format", "json", "recordings"),
        ("normalize", "--volatile", "--json", "recordings"),
    ]
    results = {command[:2]: run(*command, cwd=tmp_path) for command in commands}
    assert {key: result.err for key, result in results.items() if "a bug in recctl" in result.err} == {}
    assert {result.code for result in results.values()} <= {0, 1, 2}


# ---- what was found once, by name

CHAT = sample_of("ab7d61e2daa7")
HTTP = next(name for name in NAMES if "status" in json.loads(SOURCES[name])["response"])
EVENTS = next(name for name in NAMES if b'"data: {' in SOURCES[name])


def _changed(name: str, place: Place, value: Any) -> Mutant:
    return Mutant(name, dumped(with_value(json.loads(SOURCES[name]), place, value)))


def _spelled(name: str, place: Place, raw: bytes) -> Mutant:
    return Mutant(name, with_raw(json.loads(SOURCES[name]), place, raw))


def _event(extra: str) -> Mutant:
    """An event with more in its data, written before what is there."""
    document = json.loads(SOURCES[EVENTS])
    where = next(place for place in places(document) if str(at(document, place)).startswith("data: {"))
    return _changed(EVENTS, where, f"data: {{{extra}, {at(document, where)[7:]}")


def _nested(depth: int) -> bytes:
    return b"[" * depth + b"1" + b"]" * depth


# One of each kind of strangeness; the others are tried as slow tests.
SHARPEST = (
    "test id longer than a file name",
    "test file half a pair",
    "status of 5,000 digits",
    "body nested much too deeply",
    "mapping of everything",
)
STRANGE: dict[str, Mutant] = {
    "test id longer than a file name": _changed(CHAT, ("test_id",), "x" * 300),
    "test file longer than a file name": _changed(CHAT, ("test_id",), f"{'x' * 300}.py::test_a"),
    "test directory longer than a file name": _changed(CHAT, ("test_id",), f"tests/{'x' * 300}/t.py::test_a"),
    "test file below such a directory": _changed(CHAT, ("test_id",), f"recordings/{'x' * 300}.py::test_a"),
    "test id longer than a path": _changed(CHAT, ("test_id",), f"{'a/' * 3000}t.py::test_a"),
    "NUL in the test file": _changed(CHAT, ("test_id",), "tests/\x00.py::test_a"),
    "test file half a pair": _changed(CHAT, ("test_id",), "\ud800.py::test_a"),
    "test file a device": _changed(CHAT, ("test_id",), "/dev/zero::test_a"),
    "test file above": _changed(CHAT, ("test_id",), "../../../../etc/passwd::test_a"),
    "status of 30 digits": _spelled(HTTP, ("response", "status"), b"9" * 30),
    "status of 5,000 digits": _spelled(HTTP, ("response", "status"), b"9" * 5_000),
    "url without an end": _changed(CHAT, ("request", "url"), "http://[x"),
    "body nested as deeply as may be": _spelled(CHAT, ("request", "body", "messages"), _nested(190)),
    "body nested much too deeply": _spelled(CHAT, ("request", "body", "messages"), _nested(2_000)),
    "event nested 230 deep": _event(f'"obfuscation": "x", "a": {_nested(230).decode()}'),
    "event nested 900 deep": _event(f'"obfuscation": "x", "a": {_nested(900).decode()}'),
    "event with half a pair": _event('"obfuscation": "\\ud800"'),
    "mapping of everything": _changed(CHAT, ("id_normalization_mapping",), {"x": "e", "e": "\ud800"}),
    "mapping of no text": _changed(CHAT, ("id_normalization_mapping",), {"x": 5, "y": None, "z": [], "": ""}),
}


@pytest.mark.parametrize("strange", few(STRANGE, kept=SHARPEST))
def test_every_command_bears(strange: str, tmp_path: Path) -> None:
    assert complaints(tmp_path, STRANGE[strange]) == []


@pytest.mark.promise("undo brings back every byte")
@pytest.mark.parametrize("strange", few(STRANGE, kept=SHARPEST))
def test_what_is_written_can_be_undone(strange: str, tmp_path: Path) -> None:
    assert undone(tmp_path, [STRANGE[strange]]) == []


# ---- quick and slow ways agree

_NEVER = 10**9
# Thresholds of scan: files that pay for an index, files that pay for several processes.
SCANS: dict[str, tuple[int, int]] = {
    "plain": (_NEVER, _NEVER),
    "index, cold": (0, _NEVER),
    "index, warm": (0, _NEVER),
    "all cores": (_NEVER, 0),
    "index and all cores": (0, 0),
}
# Thresholds of check: files that pay for what is slow to load, files that pay for several processes.
CHECKS: dict[str, tuple[int, int]] = {
    "few": (_NEVER, _NEVER),
    "many": (0, _NEVER),
    "few, all cores": (_NEVER, 0),
    "many, all cores": (0, 0),
}


def _listed(root: Path, ways: tuple[int, int]) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recctl.catalog.index._WORTH_AN_INDEX", ways[0])
        patch.setattr("recctl.catalog.scan._WORTH_A_CORE", ways[1])
        return run("ls", "--json", "recordings", cwd=root)


def _checked(root: Path, ways: tuple[int, int]) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("recctl.check.engine._MANY", ways[0])
        patch.setattr("recctl.check.engine._WORTH_A_CORE", ways[1])
        return run("check", "--format", "json", "recordings", cwd=root)


def _normalized(root: Path, *, quickly: bool) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        if not quickly:
            patch.setattr("recctl.edit.normalize.is_normalized", lambda *_: False)
        return run("normalize", "--json", "recordings", cwd=root)


def disagreements(root: Path, mutants: list[Mutant]) -> list[str]:
    """Where two ways to the same answer give two answers, for a tree of these files."""
    planted(root, mutants, numbered=True)
    found: list[str] = []
    for command, way_of, ways in (("ls", _listed, SCANS), ("check", _checked, CHECKS)):
        results = {name: _outcome(way_of, root, way) for name, way in ways.items()}
        first = next(iter(results.values()))
        found += [f"{command}, {name}: {told[2]}" for name, told in results.items() if told != first]
    quick, slow = (_normalized(root, quickly=quickly) for quickly in (True, False))
    if quick != slow:
        found.append(f"normalize: {quick.err} against {slow.err}")
    return [*found, *_listed_but_not_shown(root), *_not_proven(mutants)]


def _outcome(
    way_of: Callable[[Path, tuple[int, int]], Result], root: Path, way: tuple[int, int]
) -> tuple[int, bytes, str]:
    result = way_of(root, way)
    return result.code, result.data, result.err


def _listed_but_not_shown(root: Path) -> Iterator[str]:
    """What ls says of a file, by the few values it decodes, against what show says, which reads all."""
    paths = [str(path.relative_to(root)) for path in sorted((root / "recordings").iterdir())]
    rows = {row["path"]: row for path in paths for row in _rows(run("ls", "--json", path, cwd=root))}
    shown = {row["path"]: row for row in _rows(run("show", "--json", *paths, cwd=root))}
    for path in rows.keys() | shown.keys():
        if path not in rows or path not in shown:
            yield f"{path} is {'listed' if path in rows else 'shown'} only"
        elif {key: json.dumps(shown[path][key]) for key in rows[path]} != {
            key: json.dumps(value) for key, value in rows[path].items()
        }:
            yield f"{path} is listed as {rows[path]} and shown as {shown[path]}"


def _rows(result: Result) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(result.out)
    return rows


def _not_proven(mutants: list[Mutant]) -> Iterator[str]:
    """Bytes that are said to be canonical, though the standard library spells them otherwise."""
    for each in mutants:
        document = canonical.parse_canonical(each.raw)
        if document is not None and (
            json.dumps(document) != json.dumps(loads(each.raw))
            or canonical.canonical_bytes(document) != each.raw
            or canonical.duplicate_keys(each.raw)
        ):
            yield f"{each} is not canonical"


def _is_deep(raw: bytes) -> bool:
    try:
        return is_deep(loads(raw))
    except (ValueError, RecursionError):
        return False


@pytest.mark.slow
@pytest.mark.promise("Fast and full ways of reading give the same answer")
@given(rnd=randoms)
@budget(4)
def test_quick_and_slow_ways_agree(rnd: Random, tmp_path_factory: pytest.TempPathFactory) -> None:
    # What is nested a little too deeply has cases of its own below.
    mutants = [mutant(rnd, SHAPES if number else BYTES) for number in range(5)]
    mutants = [each for each in mutants if not _is_deep(each.raw)]
    assert disagreements(tmp_path_factory.getbasetemp() / "ways", mutants) == []


@pytest.mark.promise("Fast and full ways of reading give the same answer")
@pytest.mark.parametrize("strange", few(STRANGE, kept=SHARPEST))
def test_quick_and_slow_ways_agree_on(strange: str, tmp_path: Path) -> None:
    assert disagreements(tmp_path, [STRANGE[strange]]) == []


@given(rnd=randoms)
@budget(150)
def test_what_is_proven_canonical_is(rnd: Random) -> None:
    """Numbers and strings that the fast library spells in another way."""
    document = json.loads(SOURCES[CHAT])
    name = rnd.choice(("e-5", "e-7", "e15", "e16", "e17", "e22", "e-300", "e308", "", "0.0001", ".5e-4"))
    number = (
        f"{rnd.randrange(10**17)}{name}" if name[:1] == "e" else f"{rnd.randrange(999)}.{rnd.randrange(99)}"
    )
    document["request"]["body"]["temperature"] = [
        float(number),
        -float(number),
        rnd.randrange(-(2**70), 2**70),
    ]
    document["request"]["body"]["text"] = "".join(chr(rnd.randrange(0x11000)) for _ in range(5))
    each = Mutant(CHAT, dumped(document))
    assert list(_not_proven([each])) == []
    assert canonical.is_canonical(each.raw)


def test_the_commands_tried_are_all_that_read() -> None:
    assert {reading.args[0] for reading in READINGS} == {
        "ls",
        "show",
        "diff",
        "check",
        "hash",
        "normalize",
        "prune",
    }
