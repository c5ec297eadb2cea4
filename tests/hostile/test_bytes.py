"""Files whose bytes are damaged or enormous: every command ends well, and the good recordings still show."""

from __future__ import annotations

import copy
import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers import environment, few, run
from tests.hostile.fuzzing import (
    BYTES,
    LONG,
    OTHER,
    READINGS,
    SOURCES,
    Mutant,
    Reading,
    budget,
    complaint,
    complaints,
    dumped,
    mutant,
    planted,
    sample_of,
    undone,
)

randoms = st.randoms(use_true_random=False)


@pytest.mark.slow
@pytest.mark.promise("Damaged bytes cause no traceback, hang or wrong answer")
@given(rnd=randoms)
@budget(10)
def test_every_command_bears_damaged_bytes(rnd: Random, tmp_path_factory: pytest.TempPathFactory) -> None:
    each = mutant(rnd, BYTES)
    assert complaints(tmp_path_factory.getbasetemp() / "bytes", each) == []


@pytest.mark.promise("undo brings back every byte")
@given(rnd=randoms)
@budget(3)
def test_what_is_written_to_damaged_files_can_be_undone(
    rnd: Random, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert undone(tmp_path_factory.getbasetemp() / "undone", [mutant(rnd, BYTES) for _ in range(5)]) == []


# ---- each kind of damage once, by name

CHAT = sample_of("ab7d61e2daa7")
RAW = SOURCES[CHAT]

# One of each kind of damage; the others are tried as slow tests.
SHARPEST = (
    "empty",
    "NUL in a string",
    "UTF-16",
    "cut in half",
    "a surrogate as UTF-8",
    "nested 100,000 deep",
    "integer of 5,000 digits",
    "not a number",
    "half a pair",
    "a key twice",
    "gzip",
)
DAMAGED: dict[str, bytes] = {
    "empty": b"",
    "one blank": b" ",
    "NULs alone": b"\x00" * 4096,
    "NUL at the start": b"\x00" + RAW,
    "NUL at the end": RAW + b"\x00",
    "NUL in a string": RAW.replace(b"gpt-4o", b"gpt\x00-4o", 1),
    "escaped NUL": RAW.replace(b"gpt-4o", b"gpt\\u0000-4o"),
    "byte order mark": b"\xef\xbb\xbf" + RAW,
    "UTF-16": RAW.decode().encode("utf-16"),
    "UTF-16 without a mark": RAW.decode().encode("utf-16-le"),
    "UTF-32": RAW.decode().encode("utf-32"),
    "CRLF": RAW.replace(b"\n", b"\r\n"),
    "CR alone": RAW.replace(b"\n", b"\r"),
    "cut in half": RAW[: len(RAW) // 2],
    "twice": RAW + RAW,
    "a surrogate as UTF-8": RAW.replace(b"gpt-4o", b"\xed\xa0\x80", 1),
    "overlong UTF-8": RAW.replace(b"gpt-4o", b"\xc0\xaf", 1),
    "nested 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "nested and never closed": b'{"request": ' * 100_000,
    "closed 100,000 times": b"]" * 100_000,
    "body nested 100,000 deep": RAW.replace(b'"messages": [', b'"messages": [' + b"[" * 100_000, 1),
    "integer of 5,000 digits": RAW.replace(b'"created": 0', b'"created": ' + b"9" * 5_000, 1),
    "number out of range": RAW.replace(b'"created": 0', b'"created": 1e999', 1),
    "negative zero": RAW.replace(b'"created": 0', b'"created": -0.0', 1),
    "not a number": RAW.replace(b'"created": 0', b'"created": NaN', 1),
    "infinity": RAW.replace(b'"created": 0', b'"created": -Infinity', 1),
    "half a pair": RAW.replace(b"gpt-4o", b"\\ud800"),
    "the wrong half first": RAW.replace(b"gpt-4o", b"\\udc00\\ud800"),
    "delete": RAW.replace(b"gpt-4o", b"\x7f"),
    "a key twice": RAW.replace(b'"request": {', b'"request": 5, "request": {', 1),
    "conflict of a merge": b"<<<<<<< HEAD\n" + RAW + b"=======\n" + RAW + b">>>>>>> other\n",
    "an HTML page": b"<!DOCTYPE html>\n<html></html>\n",
    "gzip": b"\x1f\x8b\x08\x00" + bytes(range(256)),
}


@pytest.mark.promise("Damaged bytes cause no traceback, hang or wrong answer")
@pytest.mark.parametrize("damage", few(DAMAGED, kept=SHARPEST))
def test_every_command_bears(damage: str, tmp_path: Path) -> None:
    assert complaints(tmp_path, Mutant(CHAT, DAMAGED[damage])) == []


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: " ".join(reading.args[:3]))
def test_every_reading_command_leaves_the_files_alone(reading: Reading, tmp_path: Path) -> None:
    path, twin = planted(tmp_path, [Mutant(CHAT, RAW), Mutant(OTHER, SOURCES[OTHER])])
    before = {each: each.read_bytes() for each in tmp_path.rglob("*.json")}
    result = run(*reading.argv(str(path), str(twin)), cwd=tmp_path)
    assert complaint(reading, result) is None
    assert {each: each.read_bytes() for each in tmp_path.rglob("*.json")} == before


# ---- what would take all memory, or all day

_MEMORY = 2 << 30
_HANGS_AFTER = 60
_CHUNK: dict[str, Any] = {
    "__type__": "openai.types.chat.chat_completion_chunk.ChatCompletionChunk",
    "__data__": {"choices": [{"index": 0, "delta": {"content": "x"}}]},
}


def _with_chunks(number: int, chunk: Callable[[int], Any]) -> bytes:
    document = json.loads(RAW)
    document["response"]["body"] = [chunk(index) for index in range(number)]
    return json.dumps(document).encode()


def _with_text(text: str) -> bytes:
    document = json.loads(RAW)
    document["request"]["body"]["messages"] = [{"role": "user", "content": text}]
    return json.dumps(document).encode()


def _called(index: int) -> Any:
    chunk = copy.deepcopy(_CHUNK)
    call = {"index": index, "id": f"call_{index}", "function": {"name": "f", "arguments": "{}"}}
    chunk["__data__"]["choices"][0]["delta"] = {"tool_calls": [call]}
    return chunk


def _mapped(number: int) -> bytes:
    document = json.loads(RAW)
    document["id_normalization_mapping"] = {f"new{index}": f"old{index}" for index in range(number)}
    return dumped(document)


def _million() -> bytes:
    return _with_chunks(1_000_000, lambda _: _CHUNK)


# What is made only when its turn comes, and the commands of the default run.
ENORMOUS: dict[str, tuple[Callable[[], bytes], tuple[str, ...]]] = {
    "nested 100,000 deep": (
        lambda: b'{"request": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
        ("ls --json", "show --json", "check --format json", "hash"),
    ),
    "10 MB on one line": (
        lambda: _with_text("lorem ipsum " * 900_000),
        ("ls --json", "show --text"),
    ),
    "50,000 chunks": (
        lambda: _with_chunks(50_000, lambda _: _CHUNK),
        ("ls --json", "show --text"),
    ),
    "5,000 tool calls": (lambda: _with_chunks(5_000, _called), ("show --json",)),
    "5,000 ids to replace": (lambda: _mapped(5_000), ("show --json",)),
    "20,000 attributes": (lambda: _with_text("attributes: {" * 4_000), ("hash",)),
    "blanks after a score": (lambda: _with_text("score:" + " " * 200_000 + "x"), ("hash",)),
}
LONGER: dict[str, tuple[Callable[[], bytes], tuple[str, ...]]] = {"a million chunks": (_million, ())}

_PROGRAM = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]),) * 2)
from recctl.__main__ import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.promise("An enormous file costs bounded memory and time")
@pytest.mark.parametrize(
    "size", [*few(ENORMOUS, kept=("nested 100,000 deep", "50,000 chunks")), *(LONGER if LONG else ())]
)
def test_an_enormous_file_takes_neither_all_memory_nor_all_day(size: str, tmp_path: Path) -> None:
    make, usual = {**ENORMOUS, **LONGER}[size]
    (path,) = planted(tmp_path, [Mutant(CHAT, make())])
    other = tmp_path / "other.json"
    other.write_bytes(SOURCES[OTHER])
    assert resource.getrlimit(resource.RLIMIT_AS)[1] in (resource.RLIM_INFINITY, _MEMORY)
    codes = {}
    for reading in READINGS:
        argv = reading.argv(str(path), str(other))
        if LONG or any(" ".join(argv).startswith(start) for start in usual):
            codes[" ".join(reading.args)] = _code_within_bounds(argv, tmp_path)
    assert codes
    assert {command: code for command, code in codes.items() if code not in (0, 1, 2)} == {}


def _code_within_bounds(argv: list[str], cwd: Path) -> int | str:
    """The exit code of a command that may use 2 GB and a minute; words where it says it has a bug."""
    command = [sys.executable, "-c", _PROGRAM, str(_MEMORY), *argv]
    try:
        done = subprocess.run(
            command, cwd=cwd, env=environment(None), capture_output=True, timeout=_HANGS_AFTER, check=False
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    told = done.stderr.decode()
    return told if "a bug in recctl" in told or "Traceback" in told else done.returncode
