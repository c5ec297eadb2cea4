"""A damaged journal: one byte costs one file at most, nothing is passed over, nothing wrong is put back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from recctl.edit.apply import apply_plan
from recctl.edit.journal.store import Journal
from recctl.edit.plan import Removal, digest_of
from tests.edit.trees import Pair, lay_out, restore, tree_of
from tests.helpers import Result, few, problems, run

Manifest = dict[str, Any]


@pytest.fixture
def pairs(tmp_path: Path) -> list[Pair]:
    """Six recordings, normalized: entry 1 of the journal holds their old bytes."""
    pairs = lay_out(tmp_path / "repo", 6, per_directory=2)
    assert run("normalize", tmp_path / "repo", "--write").code == 1
    return pairs


@pytest.fixture
def entry(state: Path) -> Path:
    """The directory of entry 1."""
    return state / "journal/1"


def now(pairs: list[Pair]) -> list[str]:
    """Which recordings are as they were, and which as they became."""
    held = [(pair, pair.path.read_bytes() if pair.path.exists() else None) for pair in pairs]
    return ["old" if data == pair.old else "new" if data == pair.new else "other" for pair, data in held]


def items(entry: Path) -> list[Any]:
    """The items of its manifest, in order of the bytes."""
    found: list[Any] = json.loads((entry / "manifest.json").read_bytes())["items"]
    return found


# ---- the old bytes


def _flip(entry: Path, number: int) -> str:
    """Another byte in the middle of a file's old bytes; the path of that file."""
    item = items(entry)[number]
    raw = bytearray((entry / "old").read_bytes())
    raw[item["offset"] + item["size"] // 2] ^= 1
    (entry / "old").write_bytes(raw)
    return str(item["path"])


@pytest.mark.promise("A damaged byte of the journal costs one file")
@pytest.mark.parametrize("number", [0, 3, 5])
def test_one_damaged_byte_costs_one_file(pairs: list[Pair], entry: Path, number: int) -> None:
    path = _flip(entry, number)
    result = run("undo")
    expected = ["new" if str(pair.path) == path else "old" for pair in pairs]
    assert (result.code, now(pairs), expected.count("new")) == (2, expected, 1)
    (problem,) = problems(result)
    assert "the journal's copy does not match its digest" in problem
    assert Path(path).name in problem
    assert (
        "5 files of normalize restored, 1 file left alone; --long lists them\nrecctl undo 1 --force writes"
        in result.err
    )


def test_a_cut_file_of_bytes_costs_what_is_cut(pairs: list[Pair], entry: Path) -> None:
    last = items(entry)[-1]
    raw = (entry / "old").read_bytes()
    (entry / "old").write_bytes(raw[: last["offset"] + 10])
    result = run("undo")
    assert (result.code, sorted(now(pairs))) == (2, ["new"] + ["old"] * 5)
    assert ["is cut short" in problem for problem in problems(result)] == [True]


def test_force_writes_what_is_left_beside_the_file_and_marks_it_undone(
    pairs: list[Pair], entry: Path
) -> None:
    path = Path(_flip(entry, 2))
    item = items(entry)[2]
    assert run("undo").code == 2
    result = run("undo", "--force")
    beside = path.with_name(f"{path.name}.damaged")
    left = (entry / "old").read_bytes()[item["offset"] : item["offset"] + item["size"]]
    assert (result.code, beside.read_bytes(), beside.name in result.err) == (2, left, True)
    assert sorted(now(pairs)) == ["new"] + ["old"] * 5
    assert "undone" in run("undo", "--list").out
    assert "nothing to undo" in run("undo").err


def test_force_overwrites_nothing_with_it(pairs: list[Pair], entry: Path) -> None:
    path = Path(_flip(entry, 2))
    beside = path.with_name(f"{path.name}.damaged")
    beside.write_bytes(b"mine")
    result = run("undo", "--force")
    assert (result.code, beside.read_bytes(), "was not written" in result.err) == (2, b"mine", True)


def test_so_it_is_for_a_removed_file(tmp_path: Path, pairs: list[Pair], entry: Path) -> None:
    run("undo")
    shutil.rmtree(entry)
    (tmp_path / "live.txt").write_text("x::y\n")
    prune = ("prune", tmp_path / "repo", "--tests", tmp_path / "live.txt", "--max-share", "100", "--write")
    assert run(*prune).code == 1
    shutil.rmtree(tmp_path / "repo/tests")
    path = Path(_flip(entry, 4))
    result = run("undo", "--force")
    assert (result.code, path.exists(), path.with_name(f"{path.name}.damaged").exists()) == (2, False, True)
    assert now(pairs).count("old") == 5


def test_a_missing_file_of_bytes_is_called_so(tmp_path: Path, pairs: list[Pair], entry: Path) -> None:
    (entry / "old").unlink()
    before = tree_of(tmp_path / "repo")
    for arguments in (["undo"], ["undo", "--force"]):
        result = run(*arguments)
        assert result.code == 2
        assert problems(result) == [
            f"recctl: entry 1 in {entry} is damaged: old is missing; nothing was changed; "
            "the old bytes are lost, unless a backup or git has them"
        ]
    assert tree_of(tmp_path / "repo") == before
    assert f"the old bytes are missing  {entry}" in run("undo", "--list").out


# ---- the manifest

GARBAGE: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda _: b"",
    "cut": lambda raw: raw[: len(raw) // 2],
    "no JSON": lambda raw: b"\xff" + raw,
    "an array": lambda _: b"[]",
    "nested deeply": lambda _: b"[" * 100_000,
    "a long number": lambda _: b"9" * 5000,
    "another path": lambda raw: raw.replace(b"suite1", b"suite9"),
    "another digest": lambda raw: raw.replace(b'"before": "', b'"before": "0', 1),
    "no version": lambda raw: raw.replace(b'"version"', b'"wersion"'),
}


def _spoil(entry: Path, name: str, *files: str) -> None:
    for file in files:
        (entry / file).write_bytes(GARBAGE[name]((entry / file).read_bytes()))


@pytest.mark.parametrize("file", ["manifest.json", "manifest.copy"])
@pytest.mark.parametrize("name", few(GARBAGE, 4))
def test_the_other_manifest_replaces_a_damaged_one(
    pairs: list[Pair], entry: Path, name: str, file: str
) -> None:
    whole = (entry / file).read_bytes()
    _spoil(entry, name, file)
    listed = run("undo", "--list")
    assert (listed.code, f"{file} " in listed.out, str(entry) in listed.out) == (0, True, True)
    assert run("undo", "--check").code == 2
    assert (run("undo").code, now(pairs)) == (0, ["old"] * 6)
    assert (entry / file).read_bytes() == whole
    assert (entry / file).stat().st_mode & 0o777 == 0o600
    assert run("undo", "--check").code == 0


@pytest.mark.parametrize("file", ["manifest.json", "manifest.copy"])
def test_so_it_does_for_a_missing_one(pairs: list[Pair], entry: Path, file: str) -> None:
    (entry / file).unlink()
    assert f"{file} is missing" in run("undo", "--list").out
    assert (run("undo").code, now(pairs)) == (0, ["old"] * 6)
    assert (entry / file).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", GARBAGE)
def test_with_both_damaged_nothing_is_put_back_and_nothing_passed_over(
    tmp_path: Path, pairs: list[Pair], entry: Path, name: str
) -> None:
    shutil.copytree(entry, entry.with_name("2"))
    _spoil(entry.with_name("2"), name, "manifest.json", "manifest.copy")
    before = tree_of(tmp_path / "repo")
    listed = run("undo", "--list").out.splitlines()
    assert len(listed) == 2
    assert "damaged: manifest.json" in listed[0]
    assert str(entry.with_name("2")) in listed[0]
    result = run("undo")
    assert (result.code, len(problems(result))) == (2, 1)
    assert str(entry.with_name("2")) in problems(result)[0]
    assert tree_of(tmp_path / "repo") == before
    assert (run("undo", "1").code, now(pairs)) == (0, ["old"] * 6)


def test_by_force_it_is_used_as_far_as_it_agrees_with_the_bytes(pairs: list[Pair], entry: Path) -> None:
    _spoil(entry, "another digest", "manifest.json", "manifest.copy")
    assert "; recctl undo 1 --force uses what its manifest still says  " in run("undo", "--list").out
    result = run("undo", "--force")
    assert (result.code, sorted(now(pairs))) == (2, ["new"] + ["old"] * 5)
    assert "has an invalid digest" in result.err


NO_MANIFEST: dict[str, Callable[[Path], object]] = {
    "an empty directory": lambda place: place.mkdir(),
    "a file": lambda place: place.write_bytes(b"x"),
    "a dangling link": lambda place: place.symlink_to("nowhere"),
}


@pytest.mark.parametrize("name", NO_MANIFEST)
def test_whatever_has_a_number_is_listed(pairs: list[Pair], entry: Path, name: str) -> None:
    NO_MANIFEST[name](entry.with_name("2"))
    listed = run("undo", "--list")
    assert (listed.code, listed.out.count("\n"), str(entry.with_name("2")) in listed.out) == (0, 2, True)
    assert run("undo").code == 2
    assert (run("undo", "1").code, now(pairs)) == (0, ["old"] * 6)
    restore(pairs)
    assert run("normalize", pairs[0].path, "--write").code == 1
    assert run("undo", "--list").out.splitlines()[0].split()[0] == "3"


# ---- versions


def test_an_entry_of_before_there_was_a_version_is_read(pairs: list[Pair], entry: Path) -> None:
    manifest = json.loads((entry / "manifest.json").read_bytes())
    known = ("path", "offset", "size", "mode", "before", "after")
    plain = {key: manifest[key] for key in ("command", "directory", "created")}
    plain["items"] = [{key: item[key] for key in known} for item in manifest["items"]]
    (entry / "manifest.json").write_text(json.dumps(plain))
    (entry / "manifest.copy").unlink()
    assert (run("undo", "--check").code, "damaged" in run("undo", "--list").out) == (0, False)
    assert (run("undo").code, now(pairs)) == (0, ["old"] * 6)


def test_one_that_has_lost_its_checksum_is_not_taken_for_such_a_one(pairs: list[Pair], entry: Path) -> None:
    manifest = json.loads((entry / "manifest.json").read_bytes())
    del manifest["version"], manifest["checksum"]
    (entry / "manifest.json").write_text(json.dumps(manifest))
    (entry / "manifest.copy").write_bytes(b"{")
    result = run("undo")
    assert (result.code, now(pairs)) == (2, ["new"] * 6)
    assert "manifest.json has lost its checksum, manifest.copy is not JSON" in problems(result)[0]
    assert (run("undo", "--force").code, now(pairs)) == (0, ["old"] * 6)


NEWER: dict[str, dict[str, object]] = {
    "other keys": {"version": 3, "anything": "else"},
    "the same keys": {"version": 3},
    "a much later version": {"version": 2**70},
}


def _make_newer(entry: Path, name: str) -> None:
    """Write both manifests as a later release may."""
    known = {} if name == "other keys" else json.loads((entry / "manifest.json").read_bytes())
    for file in ("manifest.json", "manifest.copy"):
        (entry / file).write_text(json.dumps(known | NEWER[name]))


@pytest.mark.promise("An entry of a newer recctl is named and never dropped")
@pytest.mark.parametrize("name", NEWER)
@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "force"])
def test_an_entry_of_a_newer_version_is_named_and_left(
    pairs: list[Pair], entry: Path, force: tuple[str, ...], name: str
) -> None:
    _make_newer(entry, name)
    written = f"was written by a newer recctl (manifest version {NEWER[name]['version']})"
    listed = run("undo", "--list").out
    assert f"{written}; upgrade recctl to undo it  {entry}\n" in listed
    result = run("undo", *force)
    assert (result.code, now(pairs)) == (2, ["new"] * 6)
    assert problems(result) == [
        f"recctl: entry 1 in {entry} {written}; nothing was changed; upgrade recctl to undo it"
    ]
    assert run("undo", "--check").code == 2


@pytest.mark.promise("An entry of a newer recctl is named and never dropped")
@pytest.mark.parametrize("undone", [False, True], ids=["", "undone"])
def test_an_entry_of_a_newer_version_is_never_dropped(
    pairs: list[Pair], entry: Path, tmp_path: Path, undone: bool
) -> None:
    _make_newer(entry, "other keys")
    if undone:
        (entry / "undone").touch()
    before = tree_of(entry)
    journal = Journal(limit=10)
    for number in range(2):
        path = tmp_path / f"file{number}"
        path.write_bytes(b"x" * 100)
        outcome = apply_plan(journal, [Removal(path, digest_of(b"x" * 100))], "prune", drop_old=True)
        assert [loss.entry.number for loss in outcome.losses] == [2] * number
    assert tree_of(entry) == before


VERSIONS: dict[str, object] = {"text": "2", "true": True, "a fraction": 1.5, "zero": 0, "negative": -3}


@pytest.mark.parametrize("name", VERSIONS)
def test_a_version_that_is_none_is_damage(pairs: list[Pair], entry: Path, name: str) -> None:
    for file in ("manifest.json", "manifest.copy"):
        manifest = json.loads((entry / file).read_bytes()) | {"version": VERSIONS[name]}
        (entry / file).write_text(json.dumps(manifest))
    result = run("undo")
    assert (result.code, now(pairs)) == (2, ["new"] * 6)
    assert "is damaged: manifest.json does not match its checksum" in problems(result)[0]


# ---- items that cannot be

BAD: dict[str, Manifest] = {
    "a negative offset": {"offset": -1},
    "an offset beyond the file": {"offset": 10**6},
    "an offset beyond any file": {"offset": 2**70},
    "a negative size": {"size": -1},
    "a size beyond the file": {"size": 2**62},
    "a size that is none": {"size": "7"},
    "an overlap": {"offset": 7},
    "a mode with more bits": {"mode": 0o100644},
    "a negative mode": {"mode": -1},
    "a mode that is none": {"mode": None},
    "a relative path": {"path": "tests/x.json"},
    "a path up": {"path": "/tmp/a/../../etc/x.json"},
    "a path with NUL": {"path": "/tmp/x\0.json"},
    "a path with a lone surrogate": {"path": "/tmp/\ud83d.json"},
    "a path that is too long": {"path": "/tmp/" + "x" * 300},
    "the root": {"path": "/"},
    "no path": {"path": 7},
    "a digest that is none": {"before": "x"},
    "an owner that is none": {"uid": -1},
    "an attribute that is none": {"xattrs": {"user.a\0b": "eA=="}},
}


@pytest.mark.parametrize(
    "name",
    few(BAD, kept=("a negative offset", "an overlap", "a path up", "the root", "a digest that is none")),
)
@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "force"])
def test_an_item_that_cannot_be_costs_itself(
    pairs: list[Pair], entry: Path, name: str, force: tuple[str, ...]
) -> None:
    """In a manifest without a checksum, as old entries have it: with one it would be found damaged before."""
    manifest = json.loads((entry / "manifest.json").read_bytes())
    del manifest["version"], manifest["checksum"]
    path = manifest["items"][3]["path"]
    manifest["items"][3] |= BAD[name]
    (entry / "manifest.json").write_text(json.dumps(manifest))
    (entry / "manifest.copy").unlink()
    check = run("undo", "--check")
    assert (check.code, len(problems(check)) >= 1, "a bug" in check.err) == (2, True, False)
    result = run("undo", *force)
    assert (result.code, len(problems(result)), "a bug" in result.err) == (2, 1, False)
    assert now(pairs) == ["new" if str(pair.path) == path else "old" for pair in pairs]


# ---- undo --check


def test_a_whole_journal_is_said_to_be_whole(tmp_path: Path, pairs: list[Pair]) -> None:
    restore(pairs)
    run("normalize", tmp_path / "repo", "--write")
    run("undo")
    result = run("undo", "--check")
    assert (result.code, result.out, result.err) == (0, "", "2 entries, all intact\n")


def test_every_damage_has_its_line(tmp_path: Path, pairs: list[Pair], entry: Path, state: Path) -> None:
    restore(pairs)
    run("normalize", tmp_path / "repo", "--write")
    paths = [_flip(entry, 1), _flip(entry, 4)]
    (state / "journal/2/manifest.copy").unlink()
    before = tree_of(tmp_path)
    result = run("undo", "--check")
    assert (result.code, result.err.splitlines()[-1]) == (2, "2 entries, 2 damaged")
    told = [line.split(": ", 2)[1:] for line in problems(result)]
    assert told == [
        *([str(entry), f"{path}: its copy does not match its digest"] for path in paths),
        [str(state / "journal/2"), "manifest.copy is missing"],
    ]
    assert tree_of(tmp_path) == before


def test_bytes_that_two_files_claim_are_damage(pairs: list[Pair], entry: Path) -> None:
    manifest = json.loads((entry / "manifest.json").read_bytes())
    first, second = manifest["items"][:2]
    second |= {key: first[key] for key in ("offset", "size", "before")}
    plain = {key: manifest[key] for key in ("command", "directory", "created", "items")}
    (entry / "manifest.json").write_text(json.dumps(plain))
    (entry / "manifest.copy").unlink()
    result = run("undo", "--check")
    assert (result.code, len(problems(result))) == (2, 1)
    assert f"{second['path']}: its bytes overlap with those of another file" in problems(result)[0]


def test_of_nothing_all_is_whole(state: Path) -> None:
    result = run("undo", "--check")
    assert (result.code, result.err, state.exists()) == (0, "0 entries, all intact\n", False)


# ---- whatever is damaged


@pytest.mark.promise("A damaged byte of the journal costs one file")
@pytest.mark.parametrize("seed", few(range(60), 12))
def test_random_damage_puts_back_nothing_wrong_and_is_no_bug(
    pairs: list[Pair], entry: Path, seed: int
) -> None:
    random = Random(seed)
    for file in random.sample(["old", "manifest.json", "manifest.copy"], random.randint(1, 3)):
        raw = bytearray((entry / file).read_bytes())
        for _ in range(random.randint(1, 3)):
            raw[random.randrange(len(raw))] = random.randrange(256)
        (entry / file).write_bytes(raw[: random.choice([len(raw), len(raw), random.randrange(len(raw))])])
    results: list[Result] = [run("undo", "--list"), run("undo", "--check"), run("undo")]
    results.append(run("undo", "1", "--force"))
    assert all("a bug" not in result.err for result in results), [result.err for result in results]
    assert "other" not in now(pairs)
    assert [entry.number for entry in Journal().entries()] == [1]
