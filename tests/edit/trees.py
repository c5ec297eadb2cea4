"""Trees of recordings for tests that change them: before, after, and all that is to be seen of one."""

from __future__ import annotations

import copy
import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.helpers import chat
from tests.samples.builder import Recording

# Each entry by its path: its mode, and its bytes, where it points, or nothing for a directory.
Tree = dict[str, tuple[int, bytes | None]]
# What may stand where a command is going to put a file.
OBSTACLES: dict[str, Callable[[Path], object]] = {
    "a file": lambda path: path.write_bytes(b"mine"),
    "an empty file": lambda path: path.touch(),
    "a link": lambda path: path.symlink_to(__file__),
    "a dangling link": lambda path: path.symlink_to("nowhere"),
    "a directory": lambda path: path.mkdir(),
}


@dataclass(frozen=True)
class Pair:
    """A recording as a server's answer left it, and as the recorder would have written it."""

    path: Path
    test_id: str
    old: bytes
    new: bytes

    def is_whole(self) -> bool:
        """Whether the file is one or the other, to the byte."""
        return self.path.read_bytes() in (self.old, self.new)


def lay_out(root: Path, count: int = 2, *, per_directory: int = 50, answer: str = "Hello.") -> list[Pair]:
    """Write recordings with ids and times of their own below a directory."""
    pairs = [_pair(root, number, per_directory, answer) for number in range(count)]
    for pair in pairs:
        pair.path.parent.mkdir(parents=True, exist_ok=True)
    restore(pairs)
    return pairs


def restore(pairs: Iterable[Pair]) -> None:
    """Write the old bytes again."""
    for pair in pairs:
        pair.path.write_bytes(pair.old)


def _pair(root: Path, number: int, per_directory: int, answer: str) -> Pair:
    directory = f"tests/suite{number // per_directory}"
    test_id = f"{directory}/test_many.py::test_{number}"
    settled = chat(answer, test_id=test_id)
    place = root / directory / "recordings" / Path(settled.path).name
    return Pair(place, test_id, unsettled(settled, number).to_bytes(), settled.to_bytes())


def unsettled(recording: Recording, number: int = 1) -> Recording:
    """Return the recording with the id and the time that a server gave its answer."""
    document = copy.deepcopy(recording.document)
    document["response"]["body"]["__data__"] |= {
        "id": f"chatcmpl-{number:06x}",
        "created": 1_760_000_000 + number,
    }
    return Recording(recording.path, document)


def tree_of(root: Path) -> Tree:
    """Everything below a directory, itself too: names, modes, bytes."""
    found: Tree = {}
    for path in (root, *root.rglob("*")):
        mode = path.lstat().st_mode
        content = os.fsencode(path.readlink()) if stat.S_ISLNK(mode) else None
        found[path.relative_to(root).as_posix()] = (
            mode,
            path.read_bytes() if stat.S_ISREG(mode) else content,
        )
    return found


def strangers(root: Path) -> list[str]:
    """Return the files below a directory that are no recordings: what a run should not leave behind."""
    return sorted(path.name for path in root.rglob("*") if path.is_file() and path.suffix != ".json")
