"""`recctl ls --ids`: what it prints names the same recordings to `show`."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.cli.listing import COUNT, listed
from tests.helpers import ROOT, SAMPLES, chat, put, run


def resolved(references: list[str], *args: str | Path, cwd: Path) -> list[str]:
    """The paths of the recordings that `show` finds for references."""
    result = run("show", "--json", *args, "--", *references, cwd=cwd)
    assert (result.code, result.err) == (0, "")
    return [item["path"] for item in json.loads(result.out)]


def ids(*args: str | Path, cwd: Path) -> list[str]:
    result = run("ls", "--ids", *args, cwd=cwd)
    assert (result.code, result.err.count("\n")) == (0, 1)
    return result.out.splitlines()


def test_ids_of_every_sample_resolve_to_their_files() -> None:
    references = ids(SAMPLES, cwd=ROOT)
    assert len(set(references)) == COUNT
    assert resolved(references, "--dir", SAMPLES, cwd=ROOT) == [item["path"] for item in listed(SAMPLES)]


def test_ids_are_the_short_ones_but_where_two_model_lists_share_a_hash() -> None:
    long = [reference for reference in ids(SAMPLES, cwd=ROOT) if len(reference) != len("rec-ab7d61e2daa7")]
    shared = "models-0f7ee7578f2181b20f2a051af0aba84368b5c7393c55f55db07cdfb692c0fba7"
    assert sorted(long) == [f"{shared}-27e22205", f"{shared}-3e856bc2"]


def test_ids_of_same_named_files_in_two_directories_resolve(tmp_path: Path) -> None:
    for directory in ("a/recordings", "b/recordings"):
        put(tmp_path / directory, chat())
        put(tmp_path / directory / "named.json", chat())
    references = ids(cwd=tmp_path)
    assert len(set(references)) == 4
    assert resolved(references, cwd=tmp_path) == [item["path"] for item in listed(cwd=tmp_path)]


@pytest.mark.parametrize("where", ["..", "a"], ids=["from below", "from beside"])
def test_ids_resolve_from_another_directory(tmp_path: Path, where: str) -> None:
    put(tmp_path / "top/a/recordings", chat())
    put(tmp_path / "top/b/recordings", chat())
    top = {"..": "..", "a": str(tmp_path / "top")}[where]
    cwd = tmp_path / "top/a"
    assert len(set(resolved(ids(top, cwd=cwd), "--dir", top, cwd=cwd))) == 2


ODD_NAMES = {
    "upper case": "Notes.json",
    "upper case hex": "ABCD1234.json",
    "beginning of a hash": "{hash5}.json",
    "hash in upper case": "{HASH}.json",
    "id as a name": "rec-{hash12}.json",
    "two suffixes": "recorded.json.json",
    "dot": "v1.2.json",
    "blank": "two words.json",
    "dash": "-first.json",
    "not ASCII": "ünï-京.json",
    "not UTF-8": os.fsdecode(b"latin-\xe9.json"),
}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_ids_of_oddly_named_files_resolve(tmp_path: Path, name: str) -> None:
    """The reference goes from one process to the next as bytes, as a shell hands it on."""
    stem = put(tmp_path / "recordings", chat()).stem
    odd = ODD_NAMES[name].format(hash5=stem[:5], HASH=stem.upper(), hash12=stem[:12])
    put(tmp_path / "recordings" / odd, chat("Odd."))
    listing = run("ls", "--ids", "recordings", cwd=tmp_path)
    references = [os.fsdecode(line) for line in listing.data.split(b"\n")[:-1]]
    shown = run("show", "--text", "--dir", "recordings", "--", *references, cwd=tmp_path)
    assert (listing.code, shown.code, shown.err) == (0, 0, "")
    assert sorted(line for line in shown.out.splitlines() if line and not line.startswith("==>")) == [
        "Hello.",
        "Odd.",
    ]
