"""Renames: new names with new bytes, nothing replaced that was not to be, and undo."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from recctl.edit import staging
from recctl.edit.apply import Outcome, apply_plan
from recctl.edit.journal.store import Journal
from recctl.edit.plan import Edit, Patch, Removal, Rename, Rewrite, digest_of
from recctl.edit.staging import Skipped
from recctl.support.errors import RecctlError
from recctl.views.edits import edit_object, edits_page
from recctl.views.styled_lines import plain_text
from tests.edit.trees import OBSTACLES, Tree, strangers, tree_of
from tests.helpers import problems, run


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Five small files with three modes."""
    root = tmp_path / "repo"
    root.mkdir()
    for number, name in enumerate("abcde"):
        path = root / f"{name}.json"
        path.write_bytes(b"old bytes of " + name.encode())
        path.chmod((0o644, 0o755, 0o600)[number % 3])
    return root


def rename(path: Path, target: Path, new: bytes | None = None) -> Rename:
    """A rename; with new bytes in place of the first three."""
    patches = () if new is None else (Patch(0, 3, new),)
    return Rename(path, digest_of(path.read_bytes()), target, patches)


def remove(path: Path) -> Removal:
    """A removal."""
    return Removal(path, digest_of(path.read_bytes()))


def apply(*plan: Edit) -> Outcome:
    """Carry out a plan with the journal of the test."""
    return apply_plan(Journal(), plan, "rename")


def held(root: Path) -> dict[str, bytes]:
    """The files below a directory, with their bytes."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def undo(root: Path, before: Tree) -> str:
    """Undo the last entry: all is as it was before; what was said of it."""
    result = run("undo", cwd=root)
    assert (result.code, tree_of(root), strangers(root)) == (0, before, [])
    return result.err


# ---- one file


def test_a_file_gets_a_new_name_and_new_bytes_and_keeps_its_mode(root: Path) -> None:
    before = tree_of(root)
    path, target = root / "b.json", root / "z.json"
    outcome = apply(rename(path, target, b"new"))
    assert (outcome.done, outcome.skipped, outcome.entry) == ((path,), (), 1)
    assert (path.exists(), target.read_bytes()) == (False, b"new bytes of b")
    assert target.stat().st_mode & 0o777 == 0o755
    said = undo(root, before)
    assert said == "1 file of rename restored, 1 new file removed; --long lists them\n"


def test_the_bytes_may_stay(root: Path) -> None:
    before = tree_of(root)
    apply(rename(root / "a.json", root / "z.json"))
    assert held(root).keys() == {"b.json", "c.json", "d.json", "e.json", "z.json"}
    assert (root / "z.json").read_bytes() == b"old bytes of a"
    undo(root, before)


def test_directories_are_made_and_removed_again(root: Path) -> None:
    before = tree_of(root)
    target = root / "deep/er/recordings/z.json"
    apply(rename(root / "a.json", target, b"new"), rename(root / "b.json", root / "deep/y.json"))
    assert held(root / "deep").keys() == {"er/recordings/z.json", "y.json"}
    undo(root, before)


def test_a_directory_that_has_other_files_by_now_stays(root: Path) -> None:
    apply(rename(root / "a.json", root / "deep/er/z.json"))
    (root / "deep/mine.json").write_bytes(b"mine")
    assert run("undo").code == 0
    assert (held(root)["a.json"], (root / "deep/er").exists()) == (b"old bytes of a", False)
    assert (root / "deep/mine.json").read_bytes() == b"mine"


def test_the_old_directory_is_made_again(root: Path) -> None:
    (root / "sub").mkdir()
    (root / "a.json").rename(root / "sub/a.json")
    before = tree_of(root)
    apply(rename(root / "sub/a.json", root / "z.json"))
    (root / "sub").rmdir()
    undo(root, before)


def test_a_file_behind_a_linked_directory_is_renamed_where_it_is(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    before = tree_of(root)
    outcome = apply(rename(tmp_path / "link/a.json", tmp_path / "link/new/z.json", b"new"))
    assert outcome.done == (tmp_path / "link/a.json",)
    assert (root / "new/z.json").read_bytes() == b"new bytes of a"
    undo(root, before)


def test_relative_paths(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree_of(root)
    monkeypatch.chdir(root)
    outcome = apply(rename(Path("a.json"), Path("new/z.json"), b"new"))
    assert (outcome.done, Path("new/z.json").read_bytes()) == ((Path("a.json"),), b"new bytes of a")
    monkeypatch.chdir("/")
    undo(root, before)


def test_the_list_counts_files_and_not_names(root: Path) -> None:
    apply(rename(root / "a.json", root / "z.json"))
    assert "  1 file  " in run("undo", "--list").out
    assert run("undo", "--check").code == 0


# ---- nothing is replaced that was not to be


@pytest.mark.promise("A rename replaces no other file")
@pytest.mark.parametrize("name", OBSTACLES)
def test_what_has_the_name_already_stays(root: Path, name: str) -> None:
    target = root / "z.json"
    OBSTACLES[name](target)
    before = tree_of(root)
    outcome = apply(rename(root / "a.json", target, b"new"), rename(root / "b.json", root / "y.json"))
    assert outcome.skipped == (Skipped(root / "a.json", f"cannot be renamed: {target} already exists"),)
    assert tree_of(root)["z.json"] == before["z.json"]
    assert held(root)["a.json"] == b"old bytes of a"
    undo(root, before)


def test_another_hard_link_to_the_file_is_no_new_name(root: Path) -> None:
    """As two names that differ in case are where the file system does not distinguish them."""
    os.link(root / "a.json", root / "A.json")
    before = tree_of(root)
    (skipped,) = apply(rename(root / "a.json", root / "A.json", b"new")).skipped
    assert skipped.reason == f"is the same file as {root / 'A.json'}; rename it to another name first"
    assert (tree_of(root), Journal().entries()) == (before, [])


def test_a_name_that_differs_only_in_case(root: Path) -> None:
    """Where the file system ignores case that is refused; where it does not, it is a name like another."""
    before = tree_of(root)
    is_same = (root / "A.json").exists()
    outcome = apply(rename(root / "a.json", root / "A.json", b"new"))
    if is_same:
        assert ["is the same file as" in one.reason for one in outcome.skipped] == [True]
        assert tree_of(root) == before
        return
    assert held(root)["A.json"] == b"new bytes of a"
    undo(root, before)


def appear_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file appear at each new name at the last moment before it is given."""
    link = os.link

    def late(source: Path, path: Path) -> None:
        path.write_bytes(b"mine")
        link(source, path)

    monkeypatch.setattr(os, "link", late)


def test_a_rename_that_comes_too_late_is_not_done_by_whatever_path_it_is_given(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a chain the path is the target of another rename too, given without the link perhaps."""
    (root / "link").symlink_to(root)
    target = root / "z.json"
    appear_late(monkeypatch)
    plan = [rename(root / "link" / "b.json", target), rename(root / "a.json", root / "b.json")]
    outcome = apply(*plan)
    assert (outcome.done, target.read_bytes()) == ((), b"mine")
    assert (held(root)["a.json"], held(root)["b.json"]) == (b"old bytes of a", b"old bytes of b")


@pytest.mark.promise("A rename replaces no other file")
def test_a_target_that_appears_at_the_last_moment_is_not_replaced(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last look and the rename there is no time to look again: the system has to refuse."""
    target = root / "z.json"
    appear_late(monkeypatch)
    outcome = apply(rename(root / "a.json", target))
    assert outcome.done == ()
    assert {one.path: one.reason for one in outcome.skipped} == {
        target: "has changed since it was read; left alone",
        root / "a.json": f"left alone, because {target} is",
    }
    assert (target.read_bytes(), held(root)["a.json"], strangers(root)) == (b"mine", b"old bytes of a", [])


def test_without_hard_links_it_works_too(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree_of(root)

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    apply(rename(root / "a.json", root / "z.json", b"new"))
    assert held(root)["z.json"] == b"new bytes of a"
    undo(root, before)


def test_a_directory_that_cannot_be_made_leaves_its_file_alone(root: Path) -> None:
    before = tree_of(root)
    (skipped,) = apply(rename(root / "a.json", root / "b.json/sub/z.json")).skipped
    assert skipped.reason == f"cannot be renamed: {root / 'b.json/sub'} is not a directory"
    assert (tree_of(root), Journal().entries()) == (before, [])


def test_a_file_that_changed_since_the_plan_is_left_alone(root: Path) -> None:
    plan = rename(root / "a.json", root / "new/z.json")
    (root / "a.json").write_bytes(b"changed")
    before = tree_of(root)
    assert apply(plan).skipped == (Skipped(root / "a.json", "has changed since it was read; left alone"),)
    assert (tree_of(root), Journal().entries()) == (before, [])


def test_a_file_of_which_a_killed_run_has_made_the_new_name_is_renamed_to_the_end(root: Path) -> None:
    before = tree_of(root)
    (root / "z.json").write_bytes(b"new bytes of a")
    assert apply(rename(root / "a.json", root / "z.json", b"new")).done == (root / "a.json",)
    assert ("a.json" in held(root), held(root)["z.json"]) == (False, b"new bytes of a")
    run("undo")
    (root / "z.json").unlink()  # it was there before
    assert tree_of(root) == before


# ---- several files


@pytest.mark.promise("undo brings back every byte")
def test_a_chain_of_renames_in_any_order(root: Path) -> None:
    before = tree_of(root)
    a, b, c, d = (root / f"{name}.json" for name in "abcd")
    steps: list[Edit] = [rename(a, b, b"new"), rename(b, c, b"NEW"), rename(c, root / "z.json"), remove(d)]
    for plan in (steps, steps[::-1], [steps[1], steps[0], steps[3], steps[2]]):
        outcome = apply(*plan)
        assert set(outcome.done) == {a, b, c, d}
        assert held(root) == {
            "b.json": b"new bytes of a",
            "c.json": b"NEW bytes of b",
            "e.json": b"old bytes of e",
            "z.json": b"old bytes of c",
        }
        assert (root / "b.json").stat().st_mode & 0o777 == 0o644
        assert undo(root, before).startswith("4 files of rename restored, 1 new file removed")


@pytest.mark.parametrize("step", range(4))
def test_a_chain_that_stops_half_way_leaves_each_file_its_old_or_its_new_name(
    root: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Forwards and, by undo, backwards: at no moment the journal alone has the bytes of a file."""
    before = tree_of(root)
    a, b, c, z = (root / f"{name}.json" for name in "abcz")
    plan = [rename(a, b, b"new"), rename(b, c, b"new"), rename(c, z, b"new")]
    with monkeypatch.context() as patch:
        _stop_at(patch, step)
        with pytest.raises(RecctlError, match="stopped half-way"):
            apply(*plan)
    assert _contents(root) == set("abcde")
    assert run("undo").code == 0
    assert tree_of(root) == before
    apply(*plan)
    with monkeypatch.context() as patch:
        _stop_at(patch, step)
        assert run("undo").code == 2
    assert _contents(root) == set("abcde")
    undo(root, before)


def _stop_at(patch: pytest.MonkeyPatch, step: int) -> None:
    """Let the system refuse a change to names after so many."""
    steps = count()
    put = staging._Ready.put

    def stopping(ready: staging._Ready) -> None:
        if next(steps) == step:
            raise OSError(5, "Input/output error", str(ready.path))
        put(ready)

    patch.setattr(staging._Ready, "put", stopping)


def _contents(root: Path) -> set[str]:
    """The letters of the files whose old or new bytes are still in the tree."""
    return {path.read_text()[-1] for path in root.glob("*.json")}


def test_a_removed_file_may_be_replaced(root: Path) -> None:
    before = tree_of(root)
    outcome = apply(remove(root / "b.json"), rename(root / "a.json", root / "b.json", b"new"))
    assert set(outcome.done) == {root / "a.json", root / "b.json"}
    assert held(root)["b.json"] == b"new bytes of a"
    assert undo(root, before) == "2 files of rename restored; --long lists them\n"


def test_a_removed_file_that_changed_meanwhile_is_not_replaced(root: Path) -> None:
    plan = remove(root / "b.json"), rename(root / "a.json", root / "b.json")
    (root / "b.json").write_bytes(b"changed")
    before = tree_of(root)
    assert {one.path: one.reason for one in apply(*plan).skipped} == {
        root / "b.json": "has changed since it was read; left alone",
        root / "a.json": f"left alone, because {root / 'b.json'} is",
    }
    assert tree_of(root) == before


def test_in_a_chain_one_obstacle_stops_all(root: Path) -> None:
    (root / "z.json").write_bytes(b"mine")
    before = tree_of(root)
    plan = [rename(root / "a.json", root / "b.json"), rename(root / "b.json", root / "z.json")]
    outcome = apply(*plan, rename(root / "c.json", root / "y.json"))
    assert outcome.done == (root / "c.json",)
    assert {one.path for one in outcome.skipped} == {root / "a.json", root / "b.json"}
    undo(root, before)


CONTRADICTIONS: dict[str, tuple[Callable[[Path], list[Edit]], str]] = {
    "one target for two": (
        lambda root: [rename(root / f"{name}.json", root / "z.json") for name in "ab"],
        "a.json and b.json would both be renamed to z.json",
    ),
    "two targets for one": (
        lambda root: [rename(root / "a.json", root / f"{name}.json") for name in "xz"],
        "a.json would be edited twice",
    ),
    "renamed and removed": (
        lambda root: [rename(root / "a.json", root / "z.json"), remove(root / "a.json")],
        "a.json would be edited twice",
    ),
    "rewritten and replaced": (
        lambda root: [rewrite(root / "b.json"), rename(root / "a.json", root / "b.json")],
        "b.json would be rewritten and replaced by a.json",
    ),
    "renamed to itself": (
        lambda root: [rename(root / "a.json", root / "a.json")],
        "a.json would be renamed to itself",
    ),
    "a swap": (
        lambda root: [rename(root / "a.json", root / "b.json"), rename(root / "b.json", root / "a.json")],
        "a.json, b.json would exchange names",
    ),
    "a ring": (
        lambda root: [rename(root / f"{a}.json", root / f"{b}.json") for a, b in ("ab", "ca", "bc")],
        "a.json, c.json, b.json would exchange names",
    ),
    "one target by two paths": (
        lambda root: [
            rename(root / "a.json", root / "z.json"),
            rename(root / "b.json", root.parent / "link/z.json"),
        ],
        "a.json and b.json would both be renamed to z.json",
    ),
}


def rewrite(path: Path) -> Rewrite:
    """A rewrite of the first bytes."""
    return Rewrite(path, digest_of(path.read_bytes()), (Patch(0, 3, b"new"),))


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_plan_that_contradicts_itself_changes_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (root.parent / "link").symlink_to(root)
    monkeypatch.chdir(root)
    make, message = CONTRADICTIONS[name]
    before = tree_of(root)
    with pytest.raises(RecctlError) as raised:
        apply(rename(root / "e.json", root / "y.json"), *make(root))
    assert str(raised.value) == f"{message}; nothing was changed"
    assert raised.value.hint
    assert (tree_of(root), Journal().entries()) == (before, [])


# ---- the dry run


def test_a_plan_is_shown_as_git_status_shows_renames(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    plan: list[Edit] = [
        rename(root / "a.json", root / "new/z.json"),
        rename(root / "b.json", root / "y.json", b"new"),
        remove(root / "c.json"),
        rewrite(root / "d.json"),
    ]
    assert plain_text(list(edits_page(plan))).splitlines() == [
        "renamed:   a.json → new/z.json",
        "renamed:   b.json → y.json  (and rewritten)",
        "removed:   c.json",
        "rewritten: d.json",
    ]
    rows = [[*edit_object(edit).values()] for edit in plan]
    assert rows == [
        ["rename", "a.json", "new/z.json", False],
        ["rename", "b.json", "y.json", True],
        ["removal", "c.json", None, False],
        ["rewrite", "d.json", None, True],
    ]


# ---- undo when things changed since


@pytest.mark.promise("undo leaves alone what changed since")
def test_undo_leaves_a_new_file_that_changed_since(root: Path) -> None:
    target = root / "new/z.json"
    apply(rename(root / "a.json", target, b"new"))
    target.write_bytes(b"recorded again")
    result = run("undo", cwd=root)
    assert (result.code, problems(result)) == (2, ["recctl: new/z.json: has changed since; left alone"])
    assert (target.read_bytes(), held(root)["a.json"]) == (b"recorded again", b"old bytes of a")


def test_undo_does_not_restore_over_a_file_that_got_the_old_name(root: Path) -> None:
    """Nor does it remove the new file then: its bytes would have no name at all."""
    apply(rename(root / "a.json", root / "z.json", b"new"))
    (root / "a.json").write_bytes(b"recorded again")
    before = tree_of(root)
    result = run("undo", cwd=root)
    assert (result.code, tree_of(root)) == (2, before)
    assert problems(result) == [
        "recctl: a.json: has changed since; left alone",
        "recctl: z.json: left alone, because a.json cannot be put back",
    ]


def test_damaged_old_bytes_leave_the_new_file(root: Path, state: Path) -> None:
    apply(rename(root / "a.json", root / "z.json", b"new"))
    (state / "journal/1/old").write_bytes(b"OLD bytes of a")
    before = tree_of(root)
    result = run("undo", cwd=root)
    assert (result.code, tree_of(root)) == (2, before)
    assert "z.json: left alone, because a.json cannot be put back" in result.err
    assert run("undo", "--force", cwd=root).code == 2
    assert held(root)["z.json"] == b"new bytes of a"
    assert held(root)["a.json.damaged"] == b"OLD bytes of a"


def test_in_a_chain_what_comes_before_a_changed_file_is_put_back(root: Path) -> None:
    a, b, z = (root / f"{name}.json" for name in "abz")
    apply(rename(a, b, b"new"), rename(b, z, b"NEW"))
    b.write_bytes(b"recorded again")
    assert run("undo", cwd=root).code == 2
    assert (a.read_bytes(), b.read_bytes(), z.read_bytes()) == (
        b"old bytes of a",
        b"recorded again",
        b"NEW bytes of b",
    )


def test_undo_when_all_has_been_put_back_by_hand(root: Path) -> None:
    before = tree_of(root)
    apply(rename(root / "a.json", root / "z.json"))
    (root / "z.json").rename(root / "a.json")
    result = run("undo")
    assert (result.code, result.err, tree_of(root)) == (0, "0 files restored\n", before)


# ---- versions of the manifest


def manifest_of(state: Path, number: int = 1) -> dict[str, object]:
    """What the manifest of an entry says."""
    found: dict[str, object] = json.loads((state / f"journal/{number}/manifest.json").read_bytes())
    return found


def test_only_an_entry_with_renames_needs_the_newer_version(root: Path, state: Path) -> None:
    """Earlier releases can undo the others."""
    apply(rewrite(root / "a.json"), remove(root / "b.json"))
    apply(rename(root / "c.json", root / "new/z.json"))
    assert (manifest_of(state)["version"], "made" in manifest_of(state)) == (1, False)
    assert (manifest_of(state, 2)["version"], manifest_of(state, 2)["made"]) == (2, [str(root / "new")])


def test_in_version_1_a_path_without_old_bytes_is_damage(root: Path, state: Path) -> None:
    """It would have undo remove files."""
    apply(rename(root / "a.json", root / "z.json"))
    plain = {key: manifest_of(state)[key] for key in ("command", "directory", "created", "items")}
    (state / "journal/1/manifest.json").write_text(json.dumps(plain))
    (state / "journal/1/manifest.copy").unlink()
    result = run("undo", cwd=root)
    assert result.code == 2
    assert "has no old bytes, and is not the new name of a file" in result.err
    assert held(root).keys() >= {"a.json", "z.json"}


def test_by_force_a_new_file_stays_whose_old_name_is_not_known(root: Path, state: Path) -> None:
    apply(rename(root / "a.json", root / "z.json", b"new"))
    shown = manifest_of(state)
    items = shown["items"]
    assert isinstance(items, list)
    shown["items"] = [item for item in items if item["before"] is None]
    for name in ("manifest.json", "manifest.copy"):
        (state / "journal/1" / name).write_text(json.dumps(shown))
    assert run("undo").code == 2
    result = run("undo", "--force", cwd=root)
    assert (result.code, held(root)["z.json"]) == (2, b"new bytes of a")


# ---- what makes room in the journal


def test_a_renamed_file_is_an_only_copy_of_its_old_bytes(root: Path) -> None:
    apply(rename(root / "a.json", root / "z.json", b"new"))
    with pytest.raises(RecctlError, match="entry 1 would have to go, the only copy of 1 file"):
        apply_plan(Journal(limit=20), [remove(root / "b.json")], "prune")


def test_leftovers_in_the_new_directory_are_cleared(root: Path) -> None:
    (root / "new").mkdir()
    leftover = root / "new/.recctl-0123456789abcdef.tmp"
    leftover.touch()
    apply(rename(root / "a.json", root / "new/z.json"))
    assert not leftover.exists()
    leftover.touch()
    shutil.copy(root / "new/z.json", root / "copy.json")
    run("undo")
    assert not leftover.exists()
