"""The identity of a call: its text, its order, what is equal."""

from __future__ import annotations

from pathlib import Path

import pytest

from recctl.recordings.ref import Ref, display_ref


def test_text_names_the_call_only_where_a_file_holds_several() -> None:
    assert [str(Ref(Path("a/b.json"))), str(Ref(Path("a/b.yaml"), 3))] == ["a/b.json", "a/b.yaml#3"]


def test_calls_are_ordered_by_path_and_then_by_number() -> None:
    refs = [Ref(Path("c")), Ref(Path("b"), 10), Ref(Path("b"), 2), Ref(Path("a"))]
    assert [str(ref) for ref in sorted(refs)] == ["a", "b#2", "b#10", "c"]


def test_two_calls_of_a_file_are_two() -> None:
    path = Path("a.yaml")
    assert len({Ref(path, 1), Ref(path, 2), Ref(path), Ref(Path("a.yaml"), 1)}) == 3


def test_what_is_shown_of_a_call_below_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "-a.yaml"
    assert [display_ref(Ref(path, 2)), display_ref(Ref(path))] == ["./-a.yaml#2", "./-a.yaml"]
