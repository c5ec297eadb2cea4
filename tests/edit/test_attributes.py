"""What a file is beside its bytes stays when it is rewritten, and comes back when a removal is undone."""

from __future__ import annotations

import os
import shutil
import stat
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.edit.processes import NOBODY, run_as_nobody
from tests.edit.scenes import Scene
from tests.helpers import run

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
ACL = "system.posix_acl_access"
DEFAULT_ACL = "system.posix_acl_default"
OTHER = 54321


def acl(user: int, permissions: int) -> bytes:
    """A POSIX ACL as the kernel takes it: rw for the owner, r for others, something for one user more."""
    entries = [
        (1, 6, 2**32 - 1),
        (2, permissions, user),
        (4, 4, 2**32 - 1),
        (16, 7, 2**32 - 1),
        (32, 4, 2**32 - 1),
    ]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory that everybody can reach, on a file system with attributes; the journal lies in it."""
    place = Path(tempfile.mkdtemp(prefix="recctl-test-"))
    place.chmod(0o755)
    monkeypatch.setenv("RECCTL_STATE_DIR", str(place / "state"))
    try:
        os.setxattr(place, "user.recctl", b"x")
        os.setxattr(place, DEFAULT_ACL, acl(OTHER, 4))
        os.removexattr(place, DEFAULT_ACL)
    except OSError as error:
        pytest.skip(f"{place} takes no attributes or ACLs: {error.strerror}")
    yield place
    shutil.rmtree(place)


def dress(path: Path) -> None:
    """Give a file an owner, a group, a mode, attributes and an ACL of its own."""
    os.chown(path, NOBODY, OTHER)
    os.setxattr(path, "user.note", b"mine \x00\xff")
    os.setxattr(path, "trusted.note", b"root's")
    os.setxattr(path, ACL, acl(OTHER, 6))
    path.chmod(0o6775)


def look(path: Path) -> dict[str, Any]:
    """All that is to be seen of a file beside its bytes."""
    status = path.stat()
    attributes = {name: os.getxattr(path, name) for name in os.listxattr(path)}
    return {"owner": (status.st_uid, status.st_gid), "mode": oct(status.st_mode), **attributes}


@pytest.mark.promise("Modes, owners and attributes stay with a file")
@as_root
def test_all_of_it_moves_with_a_renamed_file_and_comes_back(place: Path) -> None:
    """The second file gets the name of the first, which moves: each keeps what it has."""
    scene = Scene("rename", place, count=2)
    first, second = (pair.path for pair in scene.pairs)
    dress(first)
    before = [look(first), look(second)]
    assert scene.run() == 0
    assert [look(Path(move.target)) for move in scene.moves if move.target] == before
    assert run("undo").code == 0
    assert [look(first), look(second)] == before


@pytest.mark.promise("Modes, owners and attributes stay with a file")
@as_root
@pytest.mark.parametrize("command", ["normalize", "prune"])
def test_all_of_it_stays_and_comes_back(place: Path, command: str) -> None:
    scene = Scene(command, place)
    for pair in scene.pairs[:3]:
        dress(pair.path)
    before = [look(pair.path) for pair in scene.pairs]
    assert before[0]["owner"] == (NOBODY, OTHER)
    assert {"user.note", "trusted.note", ACL} < before[0].keys()
    assert run(*scene.arguments).code == 1
    if command == "normalize":
        assert [look(pair.path) for pair in scene.pairs] == before
    assert run("undo").code == 0
    assert scene.now() == scene.olds
    assert [look(pair.path) for pair in scene.pairs] == before


@as_root
def test_they_come_back_though_they_were_changed_since(place: Path) -> None:
    scene = Scene("normalize", place)
    dress(path := scene.pairs[0].path)
    before = look(path)
    run(*scene.arguments)
    os.chown(path, 0, 0)
    os.removexattr(path, "user.note")
    path.chmod(0o600)
    assert (run("undo").code, look(path)) == (0, before)


def test_without_root_attributes_stay_too(place: Path) -> None:
    scene = Scene("normalize", place)
    path = scene.pairs[0].path
    os.setxattr(path, "user.note", b"mine")
    os.setxattr(path, ACL, acl(OTHER, 6))
    if os.geteuid() == 0:
        for each in (place, *place.rglob("*")):
            os.chown(each, NOBODY, NOBODY)
    before = look(path)
    assert run_as_nobody(*scene.arguments, cwd=place).code == 1
    assert look(path) == before


@pytest.mark.parametrize("command", ["normalize", "prune"])
def test_a_directorys_default_acl_lets_nobody_in_who_was_not(place: Path, command: str) -> None:
    scene = Scene(command, place)
    path = scene.pairs[0].path
    path.chmod(0o664)
    before = look(path)
    os.setxattr(path.parent, DEFAULT_ACL, acl(OTHER, 6))
    assert run(*scene.arguments).code == 1
    assert command == "prune" or look(path) == before
    assert run("undo").code == 0
    assert look(path) == before


@as_root
@pytest.mark.parametrize("mode", [0o4755, 0o2755, 0o6755], ids=oct)
def test_set_uid_never_reaches_a_file_of_another_owner(place: Path, mode: int) -> None:
    """nobody may replace root's file in a directory of his; root's powers he does not get with it."""
    scene = Scene("normalize", place)
    for each in (place, *place.rglob("*")):
        os.chown(each, NOBODY, NOBODY)
    path = scene.pairs[0].path
    os.chown(path, 0, 0)
    path.chmod(mode)
    assert run_as_nobody(*scene.arguments, cwd=place).code == 1
    assert (path.stat().st_uid, oct(path.stat().st_mode & 0o7777)) == (NOBODY, oct(mode & 0o777))
    assert run_as_nobody("undo", cwd=place).code == 0
    assert path.read_bytes() == scene.pairs[0].old
    assert (path.stat().st_uid, oct(path.stat().st_mode & 0o7777)) == (NOBODY, oct(mode & 0o777))


@as_root
def test_set_gid_never_reaches_a_file_of_another_group(place: Path) -> None:
    """The owner is the same, but of that group he is no member, so that the new file has his own."""
    scene = Scene("normalize", place)
    for each in (place, *place.rglob("*")):
        os.chown(each, NOBODY, NOBODY)
    path = scene.pairs[0].path
    os.chown(path, NOBODY, OTHER)
    path.chmod(0o6755)
    assert run_as_nobody(*scene.arguments, cwd=place).code == 1
    assert (path.stat().st_gid, oct(path.stat().st_mode & 0o7777)) == (NOBODY, oct(0o4755))


@as_root
def test_roots_undo_of_anothers_journal_gives_no_powers(place: Path) -> None:
    """As sudo does it with HOME kept: what that user wrote into the journal decides over no owner."""
    scene = Scene("prune", place)
    scene.pairs[0].path.chmod(0o6755)
    assert run(*scene.arguments).code == 1
    for each in (place / "state", *(place / "state").rglob("*")):
        os.chown(each, NOBODY, NOBODY)
    os.chown(scene.pairs[0].path.parent, 0, 0)
    assert run("undo").code == 0
    status = scene.pairs[0].path.stat()
    assert status.st_mode & (stat.S_ISUID | stat.S_ISGID) == 0
    assert scene.now() == scene.olds
