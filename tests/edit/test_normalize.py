"""normalize: exactly what the recorder normalizes, byte for byte, in every era and in any formatting."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.edit.recorder import reformatted, settled, unsettled, written
from tests.edit.trees import Pair, lay_out, restore, tree_of
from tests.helpers import SAMPLES, Result, chat, document, few, problems, put, run
from tests.samples import ollama_parts, openai_parts
from tests.samples.builder import Recording, streamed, typed

CORPUS = os.environ.get("RECCTL_CORPUS")
needs_corpus = pytest.mark.skipif(not CORPUS, reason="RECCTL_CORPUS names no directory of real recordings")
sources = pytest.mark.parametrize(
    ("source", "share"),
    [
        pytest.param(SAMPLES, 1, id="samples"),
        pytest.param(
            Path(CORPUS or ""), 5, id="a fifth of the corpus", marks=[needs_corpus, pytest.mark.slow]
        ),
        pytest.param(Path(CORPUS or ""), 1, id="corpus", marks=[needs_corpus, pytest.mark.slow]),
    ],
)
NOTHING_DUE = "nothing to normalize"


def write_all(root: Path) -> Result:
    """Normalize a tree, then once more: the second run must find nothing and touch nothing."""
    first = run("normalize", root, "--write")
    before = tree_of(root)
    second = run("normalize", root, "--write")
    assert (second.code, second.out, second.err.splitlines()[:-1]) == (0, "", [])
    assert NOTHING_DUE in second.err
    assert tree_of(root) == before
    return first


# ---- every recording there is


@pytest.fixture
def copied(source: Path, share: int, tmp_path: Path) -> dict[Path, dict[str, object]]:
    """A copy of all recordings, or of every so-many-th, as parsed documents by their new paths."""
    copies = {}
    for path in sorted(source.rglob("*.json"))[::share]:
        copy = tmp_path / "copy" / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copies[Path(shutil.copyfile(path, copy))] = document(path)
    return copies


def _write_with(
    documents: dict[Path, dict[str, object]],
    serialize: Callable[[Path, dict[str, object], Random], tuple[bytes, bytes]],
) -> dict[Path, bytes]:
    """Write every document as `serialize` says; the bytes that each is to have afterwards."""
    expected = {}
    for number, (path, content) in enumerate(documents.items()):
        raw, expected[path] = serialize(path, content, Random(number))
        path.write_bytes(raw)
    return expected


def _plain(path: Path, content: dict[str, object], random: Random) -> tuple[bytes, bytes]:
    changed = unsettled(content, random)
    return written(changed), written(settled(path.name, changed))


def _wild(path: Path, content: dict[str, object], random: Random) -> tuple[bytes, bytes]:
    return reformatted(path, unsettled(content, random), random, wild=0.1)


@pytest.mark.promise("normalize writes the bytes that the recorder would")
@sources
@pytest.mark.parametrize("serialize", [_plain, _wild], ids=["as recorded", "reformatted at random"])
def test_the_recorders_bytes_come_back(
    copied: dict[Path, dict[str, object]], tmp_path: Path, serialize: Callable[..., tuple[bytes, bytes]]
) -> None:
    expected = _write_with(copied, serialize)
    due = {path for path, raw in expected.items() if path.read_bytes() != raw}
    result = write_all(tmp_path / "copy")
    assert [path for path, raw in expected.items() if path.read_bytes() != raw] == []
    assert (result.code, problems(result)) == (1, [])
    assert len(result.out.splitlines()) == len(due) > len(expected) / 2


@sources
def test_a_recording_that_needs_nothing_is_not_touched(
    copied: dict[Path, dict[str, object]], tmp_path: Path
) -> None:
    right = [path for path, content in copied.items() if settled(path.name, content) == content]
    before = {path: (path.read_bytes(), path.stat()) for path in right}
    result = write_all(tmp_path / "copy")
    assert (result.code, len(result.out.splitlines())) == (
        int(len(right) < len(copied)),
        len(copied) - len(right),
    )
    after = {path: (path.read_bytes(), path.stat()) for path in right}
    assert [_touched(stat) for _, stat in after.values()] == [_touched(stat) for _, stat in before.values()]
    assert [raw for raw, _ in after.values()] == [raw for raw, _ in before.values()]


def _touched(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino


# ---- the rule, field by field

HASH = "ab7d61e2daa7183d814f9b2c775072ebfbd7dafb4086a47e04e80822e4edf81f"
IDS = {
    "64 hex": (f"{HASH}.json", "rec-ab7d61e2daa7"),
    "12 hex": ("ab7d61e2daa7.json", "rec-ab7d61e2daa7"),
    "model list": (f"models-{HASH}-27e22205.json", "rec-ab7d61e2daa7"),
    "old model list": ("models-ab7d61e2daa7-27e22205.json", "rec-ab7d61e2daa7"),
    "no hash": ("answer.json", "resp-1"),
    "13 hex": ("ab7d61e2daa71.json", "resp-1"),
    "upper case": (f"{HASH.upper()}.json", "resp-1"),
    "its id as name": ("rec-ab7d61e2daa7.json", "resp-1"),
    "models without a digest": (f"models-{HASH}.json", "resp-1"),
}


@pytest.mark.parametrize("name", IDS)
def test_the_id_comes_from_the_name(tmp_path: Path, name: str) -> None:
    filename, expected = IDS[name]
    path = put(tmp_path / "recordings" / filename, _answering(id="resp-1", created=7))
    assert write_all(tmp_path).code == 1
    assert document(path)["response"]["body"]["__data__"] == {"id": expected, "created": 0}


def _answering(**data: object) -> Recording:
    recording = chat()
    recording.document["response"]["body"] = typed("some.Class", **data)
    return recording


FIELDS: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "of a listed model": (
        {"object": "model", "id": "gpt-4o", "created": 7, "created_at": "now"},
        {"object": "model", "id": "gpt-4o", "created": 0, "created_at": "1970-01-01T00:00:00.000000Z"},
    ),
    "null": (
        {"id": None, "created": None, "created_at": None, "total_duration": None},
        {"id": "rec-ab7d61e2daa7", "created": 0, "created_at": "1970-01-01T00:00:00.000000Z"}
        | {"total_duration": None},
    ),
    "durations": (
        {"total_duration": 5, "load_duration": 0, "prompt_eval_duration": None, "eval_duration": 0.5},
        {"total_duration": 0, "load_duration": 0, "prompt_eval_duration": None, "eval_duration": 0},
    ),
    "not quite zero": ({"created": 0.0, "eval_duration": False}, {"created": 0, "eval_duration": 0}),
    "whole containers": (
        {"id": {"id": 1}, "created": [1, {"created": 2}]},
        {"id": "rec-ab7d61e2daa7", "created": 0},
    ),
    "nested": (
        {"choices": [{"id": "call_1", "created": 7}], "item": {"id": "x", "created_at": 7.5}},
        {"choices": [{"id": "call_1", "created": 7}], "item": {"id": "x", "created_at": 7.5}},
    ),
    "what only --volatile changes": (
        {"system_fingerprint": "fp_1", "obfuscation": "x", "create_time": "now", "response_id": "r"},
        {"system_fingerprint": "fp_1", "obfuscation": "x", "create_time": "now", "response_id": "r"},
    ),
}


@pytest.mark.parametrize("name", FIELDS)
def test_fields(tmp_path: Path, name: str) -> None:
    before, after = FIELDS[name]
    path = put(tmp_path / "recordings" / f"{HASH}.json", _answering(**before))
    assert write_all(tmp_path).code == int(before != after or str(before) != str(after))
    assert json.dumps(document(path)["response"]["body"]["__data__"]) == json.dumps(after)


UNTOUCHED: dict[str, Callable[[Recording], object]] = {
    "a plain dict": lambda r: r.document["response"].update(body={"id": "msg_1", "created": 7}),
    "an event": lambda r: r.document["response"].update(body=['data: {"id":"x","created":7}', ""]),
    "the request": lambda r: r.document["request"]["body"].update(id="x", created=7, __data__={"id": "x"}),
    "the exception": lambda r: r.document["response"].update(exception_data={"__data__": {"id": "x"}}),
    "beside __data__": lambda r: r.document["response"]["body"].update(id="x", created=7),
    "the document itself": lambda r: r.document.update(id="x", created=7, __data__={"id": "x"}),
}


@pytest.mark.parametrize("where", UNTOUCHED)
def test_nothing_else_is_touched(tmp_path: Path, where: str) -> None:
    recording = chat()
    UNTOUCHED[where](recording)
    path = put(tmp_path / "recordings", recording)
    assert run("normalize", tmp_path, "--write").code == 0
    assert path.read_bytes() == recording.to_bytes()


def test_every_chunk_is_normalized(tmp_path: Path) -> None:
    recording = chat()
    chunks = [ollama_parts.generate("llama3.2:3b", piece, (3, 4)) for piece in ("a", "b", "c")]
    chunks += [openai_parts.chat_chunk("gpt-4o", {}, openai_parts.delta("d"))]
    changed = [
        {**chunk, "__data__": {**chunk["__data__"], "created_at": str(number), "total_duration": number + 1}}
        for number, chunk in enumerate(chunks)
    ]
    recording.document["response"] = streamed(*changed)
    path = put(tmp_path / "recordings", recording)
    assert write_all(tmp_path).code == 1
    assert path.read_bytes() == written(settled(path.name, recording.document))


# ---- bytes that a parser would not give back

ODD_BYTES = {
    "NaN and infinities": b'{"request": {"body": [NaN, -Infinity]}, "response": {"body": @}}',
    "a huge integer": b'{"request": {"n": 1' + b"0" * 400 + b'}, "response": {"body": @}}',
    "forms of floats": b'{"request": {"n": [1.50, 1E+2, -0.0, 1e-07]}, "response": {"body": @}}',
    "a lone surrogate": b'{"request": {"x": "\\ud83d"}, "response": {"body": @}}',
    "equal keys": b'{"request": {"a": 1, "a": 2}, "request": {}, "response": {"body": @}}',
    "an earlier response": b'{"request": {}, "response": {"body": 1}, "response": {"body": @}}',
    "CRLF": b'{"request": {},\r\n"response": {\r\n"body": @}\r\n}\r\n',
    "lone CR": b'{"request": {},\r"response": {"body": @}}\r',
    "blanks at the end": b'{"request": {}, "response": {"body": @}}\n\n \t',
    "raw UTF-8": '{"request": {"x": "Zürich 🏔"}, "response": {"body": @}}'.encode(),
    "escaped keys": b'{"request": {}, "re\\u0073ponse": {"bod\\u0079": @}}',
    "other key order": b'{"response": {"is_streaming": true, "body": [@]}, "request": {}}',
}
ODD_DATA = {
    "plain": b'{"__type__": "C", "__data__": {"created": <7>, "id": "rec-ab7d61e2daa7"}}',
    "equal keys": b'{"__type__": "C", "__data__": {"created": 1, "created": <7>}}',
    "an equal key, escaped": b'{"__type__": "C", "__data__": {"created": 1, "cr\\u0065ated": <7>}}',
    "NaN": b'{"__type__": "C", "__data__": {"created": <NaN>, "x": NaN}}',
    "a huge integer": b'{"__type__": "C", "__data__": {"created": <1' + b"0" * 99 + b">}}",
    "a float": b'{"__data__":{"created" :\t<1e-07>},"__type__":"C"}',
    "a string": b'{"__type__": "C", "__data__": {"created": <"\\ud83d \\"}">}}',
}


@pytest.mark.parametrize("data", ODD_DATA)
@pytest.mark.parametrize("around", few(ODD_BYTES, 2))
def test_odd_bytes_survive(tmp_path: Path, around: str, data: str) -> None:
    whole = ODD_BYTES[around].replace(b"@", ODD_DATA[data])
    start, end = whole.index(b"<"), whole.index(b">")
    path = tmp_path / "recordings" / f"{HASH}.json"
    path.parent.mkdir()
    path.write_bytes(whole.replace(b"<", b"").replace(b">", b""))
    assert write_all(tmp_path).code == 1
    assert path.read_bytes() == whole[:start] + b"0" + whole[end + 1 :]


# ---- as a command


@pytest.fixture
def pairs(tmp_path: Path) -> list[Pair]:
    """Two recordings with something to do, and one without."""
    put(tmp_path / "repo/tests/suite0/recordings", chat("Bye."))
    return lay_out(tmp_path / "repo")


@pytest.mark.promise("Nothing changes without --write or --fix")
def test_a_dry_run_writes_nothing_at_all(pairs: list[Pair], tmp_path: Path) -> None:
    before = tree_of(tmp_path)
    result = run("normalize", "repo", cwd=tmp_path)
    assert (result.code, tree_of(tmp_path)) == (1, before)
    paths = sorted(pair.path.relative_to(tmp_path).as_posix() for pair in pairs)
    assert result.out == "".join(f"{path}  id 1, created 1\n" for path in paths)
    assert result.err == "2 of 3 recordings to normalize, 4 values; --write normalizes them\n"


@pytest.mark.promise("The dry run shows exactly what --write does")
def test_writing_shows_what_the_dry_run_showed(pairs: list[Pair], tmp_path: Path) -> None:
    dry = run("normalize", tmp_path)
    result = write_all(tmp_path)
    assert (result.code, result.out) == (dry.code, dry.out)
    assert result.err == "2 of 3 recordings normalized, 4 values; recctl undo restores them\n"
    assert [pair.path.read_bytes() for pair in pairs] == [pair.new for pair in pairs]


def test_json_gives_every_change(pairs: list[Pair], tmp_path: Path) -> None:
    result = run("normalize", "repo", "--json", cwd=tmp_path)
    by_path = {item["path"]: item for item in json.loads(result.out)}
    assert (result.code, len(by_path)) == (1, 2)
    for pair in pairs:
        was, will = (json.loads(raw)["response"]["body"]["__data__"] for raw in (pair.old, pair.new))
        changes = [
            {"path": f"response.body.__data__.{key}", "old": was[key], "new": will[key]}
            for key in ("id", "created")
        ]
        item = by_path[pair.path.relative_to(tmp_path).as_posix()]
        assert item == {"path": item["path"], "changes": changes, "kept": []}


def test_json_of_nothing_is_an_empty_array(tmp_path: Path) -> None:
    put(tmp_path / "recordings", chat())
    result = run("normalize", tmp_path, "--json")
    assert (result.code, json.loads(result.out)) == (0, [])


def test_json_holds_values_of_any_kind(tmp_path: Path) -> None:
    path = put(tmp_path / "recordings" / f"{HASH}.json", _answering(created="\ud83d", created_at=10**30))
    result = run("normalize", path, "--json")
    assert [change["old"] for change in json.loads(result.out)[0]["changes"]] == ["\ud83d", 10**30]


BAD = {
    "cut short": b'{"request": {}',
    "no object": b"[]",
    "no response": b'{"request": {}}',
    "not UTF-8": b'{"request": {}, "response": {"body": "\xff"}}',
    "empty": b"",
}


@pytest.mark.promise("A bad file is named and hides no good one")
@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("write", [[], ["--write"]], ids=["dry", "write"])
def test_a_bad_file_is_named_and_hides_no_good_one(
    pairs: list[Pair], tmp_path: Path, name: str, write: list[str]
) -> None:
    bad = tmp_path / "repo/tests/suite0/recordings/bad.json"
    bad.write_bytes(BAD[name])
    result = run("normalize", tmp_path / "repo", *write, cwd=tmp_path)
    assert (result.code, len(result.out.splitlines()), len(problems(result))) == (2, 2, 1)
    assert problems(result)[0].startswith("recctl: repo/tests/suite0/recordings/bad.json: ")
    assert [pair.path.read_bytes() == pair.new for pair in pairs] == [bool(write)] * 2
    assert bad.read_bytes() == BAD[name]


def test_only_bad_files_are_exit_code_2_and_no_journal(tmp_path: Path, state: Path) -> None:
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings/bad.json").write_bytes(b"{")
    assert run("normalize", tmp_path, "--write").code == 2
    assert not state.exists()


def test_a_path_that_is_not_there_is_exit_code_2(tmp_path: Path) -> None:
    result = run("normalize", "nowhere", "--write", cwd=tmp_path)
    assert (result.code, problems(result)) == (
        2,
        ["recctl: nowhere: no such file or directory; name a directory of recordings, or a recording"],
    )


def test_a_hook_may_name_the_files(pairs: list[Pair]) -> None:
    one, other = pairs
    assert run("normalize", one.path, "--write").code == 1
    assert (one.path.read_bytes(), other.path.read_bytes()) == (one.new, other.old)
    restore(pairs)
    assert run("normalize", *(pair.path for pair in pairs), one.path, "--write").code == 1
    assert [pair.path.read_bytes() for pair in pairs] == [one.new, other.new]
    assert run("normalize", *(pair.path for pair in pairs), "--write").code == 0


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o444, 0o664], ids=oct)
def test_the_mode_is_kept(pairs: list[Pair], tmp_path: Path, mode: int) -> None:
    pairs[0].path.chmod(mode)
    assert write_all(tmp_path).code == 1
    assert (pairs[0].path.read_bytes(), pairs[0].path.stat().st_mode & 0o7777) == (pairs[0].new, mode)
