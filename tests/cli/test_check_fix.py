"""check --fix: it fixes exactly what it says it fixes, to the byte, and undo takes all of it back."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from recctl.check import fixes
from recctl.check.rules.rule import Finding
from recctl.edit.plan import Rewrite
from tests.edit import trees
from tests.edit.trees import strangers, tree_of
from tests.helpers import Result, chat, chat_stream, few, problems, put, run

Change = Callable[[bytes], bytes]
FIXED = "fixed {}; recctl undo restores them\n"


def _undated(raw: bytes) -> bytes:
    return raw.replace(b'"created": 0', b'"created": 7')


def _foreign(raw: bytes) -> bytes:
    return re.sub(rb'"rec-[0-9a-f]{12}"', b'"rec-ffffffffffff"', raw)


def _spelled(raw: bytes) -> bytes:
    return (json.dumps(json.loads(raw), indent=2) + "\n").encode()


FIXABLE: dict[str, Change] = {
    "RC103": _foreign,
    "RC201": _undated,
    "RC404": lambda raw: raw.rstrip(b"\n"),
}
SPELLINGS: dict[str, Change] = {
    "no line break": lambda raw: raw.rstrip(b"\n"),
    "two line breaks": lambda raw: raw + b"\n",
    "CRLF": lambda raw: raw.replace(b"\n", b"\r\n"),
    "indented by four": lambda raw: json.dumps(json.loads(raw), indent=4).encode() + b"\n",
    "on one line": lambda raw: json.dumps(json.loads(raw)).encode(),
    "tabs": lambda raw: json.dumps(json.loads(raw), indent="\t").encode(),
    "not escaped": lambda raw: json.dumps(json.loads(raw), indent=2, ensure_ascii=False).encode() + b"\n",
    "escaped slashes": lambda raw: raw.replace(b"https://", b"https:\\/\\/"),
    "numbers": lambda raw: raw.replace(b'"temperature": 0.5', b'"temperature": 5.0E-1'),
}


def healthy(root: Path, name: str = "one", *, streamed: bool = False) -> Path:
    """A healthy recording, and the test that made it."""
    source = root / "tests/x/test_x.py"
    source.parent.mkdir(parents=True, exist_ok=True)
    with source.open("a") as file:
        file.write(f"def test_{name}(): ...\n")
    make = chat_stream if streamed else chat
    said = make("Grüße 🏔", test_id=f"tests/x/test_x.py::test_{name}", temperature=0.5)
    return put(root / "tests/x/recordings", said)


def broken(root: Path, *changes: Change, name: str = "one") -> tuple[Path, bytes]:
    """A recording with all these changes, and the bytes that it had without."""
    path = healthy(root, name)
    right = path.read_bytes()
    for change in changes:
        path.write_bytes(change(path.read_bytes()))
    assert path.read_bytes() != right
    return path, right


def codes(*args: str | Path, cwd: Path) -> list[str]:
    """The codes that check reports, in its order."""
    return [one["code"] for one in json.loads(run("check", *args, "--format", "json", cwd=cwd).out)]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project; the journal lies outside of it."""
    monkeypatch.setenv("RECCTL_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "project").mkdir()
    return tmp_path / "project"


# ---- what is fixed


@pytest.mark.parametrize("code", FIXABLE)
def test_what_is_fixable_is_fixed_to_the_byte(root: Path, code: str) -> None:
    path, right = broken(root, FIXABLE[code])
    assert codes(".", cwd=root) == [code]
    assert run("check", ".", "--fix", cwd=root) == Result(1, b"", FIXED.format("1 recording"))
    assert path.read_bytes() == right
    assert run("check", ".", "--fix", "--strict", cwd=root) == Result(0, b"", "")


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("also", few([[], ["RC201"], ["RC103", "RC201"]], 1), ids=str)
def test_every_formatting_becomes_that_of_the_recorder(root: Path, name: str, also: list[str]) -> None:
    path, right = broken(root, *(FIXABLE[code] for code in also), SPELLINGS[name])
    assert codes(".", cwd=root) == [*also, "RC404"]
    assert run("check", ".", "--fix", cwd=root) == Result(1, b"", FIXED.format("1 recording"))
    assert path.read_bytes() == right
    assert run("check", ".", "--fix", cwd=root) == Result(0, b"", "")


@pytest.mark.parametrize("change", [_undated, _foreign], ids=["time", "id"])
def test_ids_and_times_are_fixed_as_normalize_does_it(root: Path, tmp_path: Path, change: Change) -> None:
    paths = [healthy(root, name, streamed=name > "b") for name in "abcd"]
    for path in paths:
        path.write_bytes(change(path.read_bytes()))
    shutil.copytree(root, tmp_path / "copy")
    assert run("normalize", tmp_path / "copy", "--write").code == 1
    assert run("check", root, "--fix", "--select", "RC103,RC201").code == 1
    assert tree_of(root) == tree_of(tmp_path / "copy")


def test_a_formatted_document_is_that_of_the_standard_library(root: Path) -> None:
    path, _ = broken(root, SPELLINGS["on one line"])
    raw = path.read_bytes().replace(b"0.5", b"[1.50, 1E+2, -0.0, 1e-7, NaN, 123456789012345678901, 0.00001]")
    path.write_bytes(raw.replace(b"Hi.", b"\\ud83d \\u00e9"))
    expected = _spelled(path.read_bytes())
    assert run("check", path, "--fix", "--select", "RC404").code == 1
    assert path.read_bytes() == expected
    assert codes(path, "--select", "RC404", cwd=root) == []


def test_several_files_are_fixed_at_once_and_others_not_touched(root: Path) -> None:
    pairs = [broken(root, change, name=code) for code, change in FIXABLE.items()]
    other = healthy(root, "other")
    before = os.stat(other)
    assert run("check", ".", "--fix", cwd=root) == Result(1, b"", FIXED.format("3 recordings"))
    assert [path.read_bytes() for path, _ in pairs] == [right for _, right in pairs]
    assert (os.stat(other).st_ino, os.stat(other).st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert strangers(root) == ["test_x.py"]


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o444, 0o755, 0o664], ids=oct)
@pytest.mark.parametrize("code", FIXABLE)
def test_the_mode_is_kept(root: Path, code: str, mode: int) -> None:
    path, right = broken(root, FIXABLE[code])
    path.chmod(mode)
    assert run("check", ".", "--fix", cwd=root).code == 1
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (right, mode)


def test_without_fix_nothing_is_written(root: Path, tmp_path: Path) -> None:
    broken(root, *FIXABLE.values())
    before = tree_of(tmp_path)
    result = run("check", ".", cwd=root)
    assert (result.code, tree_of(tmp_path)) == (1, before)
    assert "3 fixable with --fix" in result.err


# ---- what is left


def test_other_findings_are_still_reported(root: Path) -> None:
    path, right = broken(root, _undated)
    (path.parent / "cut.json").write_bytes(b"{")
    result = run("check", ".", "--fix", cwd=root)
    assert (result.code, path.read_bytes()) == (1, right)
    assert result.out.startswith("tests/x/recordings/cut.json\n  RC001 ")
    assert "RC201" not in result.out
    assert result.err.startswith("1 error in 1 of 2 recordings; recctl rule RC001 explains\n")
    assert FIXED.format("1 recording") in result.err
    again = run("check", ".", "--fix", cwd=root)
    assert (again.code, again.out, "fixed " in again.err) == (1, result.out, False)


def test_other_findings_of_the_same_file_are_still_reported(root: Path) -> None:
    path, right = broken(root, lambda raw: raw.replace(b"Gr", b"/home/ada/"), _undated)
    result = run("check", ".", "--fix", "--format", "json", cwd=root)
    assert [one["code"] for one in json.loads(result.out)] == ["RC502"]
    assert path.read_bytes() == right.replace(b"Gr", b"/home/ada/")
    again = run("check", ".", "--fix", cwd=root)
    assert (again.code, "RC502" in again.out) == (0, True)


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_what_was_fixed_is_not_reported(root: Path, form: str) -> None:
    broken(root, *FIXABLE.values())
    env = {"GITHUB_STEP_SUMMARY": None, "GITHUB_WORKSPACE": None}
    result = run("check", ".", "--fix", "--format", form, cwd=root, env=env)
    assert (result.code, result.out) == (1, "[]\n" if form == "json" else "")


def test_a_missing_path_does_not_keep_the_others_from_being_fixed(root: Path) -> None:
    path, right = broken(root, _undated)
    result = run("check", "gone.json", ".", "--fix", cwd=root)
    assert (result.code, path.read_bytes(), len(problems(result))) == (2, right, 1)


# ---- what is selected


def test_only_selected_findings_are_fixed(root: Path) -> None:
    path, _ = broken(root, _undated, FIXABLE["RC404"])
    assert run("check", ".", "--fix", "--select", "RC404", cwd=root).code == 1
    assert codes(".", cwd=root) == ["RC201"]
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert run("check", ".", "--fix", "--ignore", "RC404", cwd=root).code == 1
    assert codes(".", cwd=root) == ["RC404"]


@pytest.mark.parametrize(("code", "other"), [("RC103", "RC201"), ("RC201", "RC103")])
def test_of_ids_and_times_only_selected_findings_are_fixed(root: Path, code: str, other: str) -> None:
    path, right = broken(root, _undated, _foreign)
    assert codes(".", cwd=root) == ["RC103", "RC201"]
    assert run("check", ".", "--fix", "--select", code, cwd=root).code == 1
    assert path.read_bytes() == FIXABLE[other](right)


def test_findings_that_a_path_ignores_are_not_fixed(root: Path) -> None:
    path, right = broken(root, _undated, FIXABLE["RC404"])
    (root / "pyproject.toml").write_text('[tool.recctl.check]\nper-path-ignores = { "tests" = ["RC2"] }\n')
    assert run("check", ".", "--fix", cwd=root).code == 1
    assert path.read_bytes() == _undated(right)


def test_nothing_selected_that_is_fixable_leaves_no_journal(root: Path, tmp_path: Path) -> None:
    broken(root, _undated)
    before = tree_of(tmp_path)
    assert run("check", ".", "--fix", "--select", "RC0", cwd=root) == Result(0, b"", "")
    assert tree_of(tmp_path) == before


# ---- what is not rewritten


def _twice(raw: bytes) -> bytes:
    return raw.replace(b'"is_streaming": false', b'"is_streaming": 1, "is_streaming": false')


def _long(raw: bytes) -> bytes:
    return raw.replace(b"0.5", b"1" * 5000).replace(b": {", b":{", 1)


def _huge(raw: bytes) -> bytes:
    return raw.replace(b"0.5", b"1e400")


@pytest.mark.parametrize("change", [_twice, _long], ids=["a key twice", "many digits"])
def test_what_python_would_not_give_back_is_not_formatted(root: Path, change: Change) -> None:
    path, _ = broken(root, change, FIXABLE["RC404"])
    raw = path.read_bytes()
    assert "RC404" not in codes(".", cwd=root)
    run("check", ".", "--fix", cwd=root)
    assert path.read_bytes() == raw


@pytest.mark.parametrize("change", [_twice, _long], ids=["a key twice", "many digits"])
def test_ids_in_it_are_fixed_without_touching_the_rest(root: Path, change: Change) -> None:
    path, right = broken(root, _undated, change)
    assert run("check", ".", "--fix", cwd=root).code == 1
    assert path.read_bytes() == change(right)


def test_a_number_too_large_for_python_does_not_become_infinity(root: Path) -> None:
    path, _ = broken(root, _huge, FIXABLE["RC404"])
    run("check", ".", "--fix", cwd=root)
    assert b"Infinity" not in path.read_bytes()
    assert b"1e400" in path.read_bytes()


def test_a_symbolic_link_is_left_alone_and_said(root: Path, tmp_path: Path) -> None:
    path, right = broken(root, _undated)
    other, other_right = broken(root, FIXABLE["RC404"], name="two")
    target = tmp_path / "elsewhere.json"
    path.rename(target)
    path.symlink_to(target)
    result = run("check", ".", "--fix", cwd=root)
    place = path.relative_to(root).as_posix()
    assert (result.code, len(problems(result))) == (2, 1)
    assert problems(result)[0].startswith(f"recctl: {place}: is a symbolic link")
    assert (path.is_symlink(), target.read_bytes()) == (True, _undated(right))
    assert other.read_bytes() == other_right
    assert result.out.startswith(f"{place}\n")
    assert "  RC201 " in result.out
    assert FIXED.format("1 recording") in result.err


def test_a_symbolic_link_alone_is_nothing_fixed(root: Path, tmp_path: Path) -> None:
    path, right = broken(root, _undated)
    path.rename(tmp_path / "elsewhere.json")
    path.symlink_to(tmp_path / "elsewhere.json")
    result = run("check", ".", "--fix", cwd=root)
    assert (result.code, "fixed " in result.err) == (2, False)
    assert (tmp_path / "elsewhere.json").read_bytes() == _undated(right)


# ---- a baseline


def test_accepted_findings_are_not_fixed(root: Path) -> None:
    path, _ = broken(root, _undated)
    assert run("check", ".", "--baseline", "b.json", "--write-baseline", cwd=root).code == 0
    before = path.read_bytes()
    assert run("check", "tests", "--baseline", "b.json", "--fix", cwd=root) == Result(0, b"", "")
    other, right = broken(root, _undated, name="two")
    result = run("check", "tests", "--baseline", "b.json", "--fix", cwd=root)
    assert result == Result(1, b"", FIXED.format("1 recording"))
    assert (path.read_bytes(), other.read_bytes()) == (before, right)


@pytest.mark.parametrize("code", ["RC404", "RC103"])
def test_a_new_finding_is_fixed_beside_an_accepted_one(root: Path, code: str) -> None:
    path, right = broken(root, _undated)
    assert run("check", ".", "--baseline", "b.json", "--write-baseline", cwd=root).code == 0
    path.write_bytes(FIXABLE[code](path.read_bytes()))
    assert run("check", "tests", "--baseline", "b.json", "--fix", cwd=root).code == 1
    assert path.read_bytes() == _undated(right)


def test_to_fix_and_to_accept_at_once_is_refused_or_fixes_first(root: Path) -> None:
    path, right = broken(root, _undated)
    result = run("check", ".", "--fix", "--baseline", "b.json", "--write-baseline", cwd=root)
    assert result.code == 2 or path.read_bytes() == right


# ---- undo


@pytest.mark.parametrize("mode", [0o644, 0o600], ids=oct)
def test_undo_brings_back_every_byte(root: Path, mode: int) -> None:
    for code, change in FIXABLE.items():
        broken(root, change, name=code)[0].chmod(mode)
    for number, change in enumerate(SPELLINGS.values()):
        broken(root, _undated, change, name=f"n{number}")
    before = tree_of(root)
    assert run("check", ".", "--fix", cwd=root).code == 1
    after = tree_of(root)
    assert sum(after[name] != before[name] for name in before) == 12
    assert "check" in run("undo", "--list", cwd=root).out
    assert run("undo", cwd=root).code == 0
    assert tree_of(root) == before
    assert run("check", ".", "--fix", cwd=root).code == 1
    assert tree_of(root) == after


# ---- faults


def _no_room(*args: object, **more: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("function", ["replace", "fsync", "fchmod"])
def test_a_fault_leaves_everything_as_it_was(
    root: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    for code, change in FIXABLE.items():
        broken(root, change, name=code)
    before = tree_of(root)
    with monkeypatch.context() as patch:
        patch.setattr(os, function, _no_room)
        result = run("check", ".", "--fix", cwd=root)
    assert (result.code, len(problems(result)), "fixed " in result.err) == (2, 1, False)
    assert "No space left on device" in result.err
    assert tree_of(root) == before
    assert run("check", ".", "--fix", cwd=root) == Result(1, b"", FIXED.format("3 recordings"))


def test_a_fault_half_way_leaves_each_file_old_or_new_and_undo_helps(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = [broken(root, change, name=code) for code, change in FIXABLE.items()]
    before = tree_of(root)
    replace: Callable[..., None] = os.replace
    calls = []

    def second_fails(*args: object) -> None:
        calls.append(args)
        replace(*args) if len(calls) != 2 else _no_room()

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", second_fails)
        result = run("check", ".", "--fix", cwd=root)
    assert (result.code, len(problems(result))) == (2, 1)
    assert "recctl undo" in result.err
    assert sum(path.read_bytes() == right for path, right in pairs) == 1
    assert strangers(root) == ["test_x.py"]
    assert run("undo", cwd=root).code == 0
    assert tree_of(root) == before


def test_a_journal_that_cannot_be_written_leaves_everything_as_it_was(root: Path, tmp_path: Path) -> None:
    broken(root, _undated)
    (tmp_path / "state").write_text("a file in the place of the journal")
    before = tree_of(root)
    result = run("check", ".", "--fix", cwd=root)
    assert (result.code, len(problems(result)), tree_of(root)) == (2, 1, before)
    assert "nothing was changed" in result.err


MEANWHILE: dict[str, Change] = {
    "cut short": lambda raw: raw[:-20],
    "a key twice": _twice,
    "no recording": lambda _: b"[]",
    "not UTF-8": lambda raw: raw.replace(b"Hi.", b"\xff"),
}


def _before_the_plan(patch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen after the files were checked and before it is planned what to write."""
    plan = fixes.plan_fixes

    def late(findings: list[Finding]) -> Iterator[Rewrite]:
        happens()
        return plan(findings)

    patch.setattr(fixes, "plan_fixes", late)


@pytest.mark.parametrize("name", MEANWHILE)
@pytest.mark.parametrize("code", FIXABLE)
def test_a_file_that_changes_after_it_was_checked_is_not_rewritten(
    root: Path, monkeypatch: pytest.MonkeyPatch, code: str, name: str
) -> None:
    path, right = broken(root, FIXABLE[code])
    changed = MEANWHILE[name](FIXABLE[code](right))

    _before_the_plan(monkeypatch, lambda: path.write_bytes(changed))
    result = run("check", ".", "--fix", cwd=root)
    assert "a bug in recctl" not in result.err
    if code == "RC404" or name != "a key twice":
        assert path.read_bytes() == changed
    else:  # only the values change, the keys stay
        assert path.read_bytes() in (changed, _twice(right))


def test_a_file_that_goes_after_it_was_checked_is_no_bug(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = broken(root, FIXABLE["RC404"])
    other, right = broken(root, FIXABLE["RC404"], name="two")

    _before_the_plan(monkeypatch, path.unlink)
    result = run("check", ".", "--fix", cwd=root)
    assert "a bug in recctl" not in result.err
    assert (path.exists(), other.read_bytes()) == (False, right)


@pytest.mark.parametrize("due", [False, True], ids=["nothing to do", "something to do"])
def test_temporary_files_of_a_killed_run_are_cleared(
    tmp_path: Path, due: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECCTL_STATE_DIR", str(tmp_path / "state"))
    pairs = trees.lay_out(tmp_path / "repo")
    assert run("check", tmp_path / "repo", "--fix").code == 1
    if due:
        trees.restore(pairs)
    pairs[0].path.with_name(".recctl-0123456789abcdef.tmp").write_bytes(b"half")
    assert run("check", tmp_path / "repo").code in (0, 1)
    assert trees.strangers(tmp_path / "repo") == [".recctl-0123456789abcdef.tmp"]
    assert run("check", tmp_path / "repo", "--fix").code == due
    assert trees.strangers(tmp_path / "repo") == []
