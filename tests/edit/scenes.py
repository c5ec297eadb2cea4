"""Trees in which one command has something to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from recctl.__main__ import main as recctl
from recctl.edit.journal.store import journal_directory
from tests.edit import renamer
from tests.edit.processes import Forked, fork
from tests.edit.renamer import Move, write_plan
from tests.edit.trees import Pair, lay_out, restore, strangers, tree_of
from tests.helpers import Result, chat, problems, put, run


class Scene:
    """A tree in which one command has something to do, and the state of all before it."""

    def __init__(self, command: str, root: Path, count: int = 6, *, answer: str = "Hello.") -> None:
        self.command = command
        self.moves: list[Move] = []
        self.repo = root / "repo"
        self.pairs = lay_out(self.repo, count, per_directory=2, answer=answer)
        put(self.repo / "tests/other/recordings", chat("Bye.", test_id="x::y"))  # stays as it is
        (root / "live.txt").write_text("x::y\n")
        changing = ["--tests", str(root / "live.txt"), "--max-share", "100"] if command == "prune" else []
        self.arguments: list[str | Path] = [command, self.repo, *changing, "--write"]
        if command == "undo":
            self.arguments = ["undo"]
            self._normalize()
        if command == "rename":
            self.moves = _chains(self.pairs)
            write_plan(root / "plan.json", self.moves)
            self.arguments = [root / "plan.json"]
        self.before = tree_of(self.repo)

    def start(self, first: Callable[[], object] | None = None) -> Forked:
        """Run the command in a process of its own; `first` is called there before."""
        program = renamer.main if self.command == "rename" else recctl
        return fork(*self.arguments, first=first, program=program)

    def run(self) -> int:
        """Run the command to its end; return the exit code."""
        if self.command == "rename":
            return renamer.main([str(one) for one in self.arguments])
        return run(*self.arguments).code

    @property
    def olds(self) -> list[bytes | None]:
        """What each file holds before the command."""
        olds = [pair.new if self.command == "undo" else pair.old for pair in self.pairs]
        return [*olds, *(None for _ in self._targets)]

    @property
    def news(self) -> list[bytes | None]:
        """What each file holds after the command; None where it removes them."""
        if self.command == "rename":
            held = {move.target: move.new for move in self.moves}
            return [held.get(str(path)) for path in self._paths]
        results = {"normalize": [pair.new for pair in self.pairs], "undo": [pair.old for pair in self.pairs]}
        return [*results.get(self.command, [None] * len(self.pairs))]

    def now(self) -> list[bytes | None]:
        """Return what each file holds at this moment."""
        return [path.read_bytes() if path.exists() else None for path in self._paths]

    def start_again(self) -> None:
        """Everything as it was before, with a journal that has only what the command needs."""
        shutil.rmtree(journal_directory(), ignore_errors=True)
        for target in self._targets:
            shutil.rmtree(target.parent, ignore_errors=True)
        restore(self.pairs)
        if self.command == "undo":
            self._normalize()
        assert tree_of(self.repo) == self.before

    def assert_nothing_changed(self, result: Result) -> None:
        """Exit code 2, one line that says so, and every byte where it was."""
        assert (result.code, len(problems(result))) == (2, 1), result.err
        assert "nothing was changed" in problems(result)[0]
        assert tree_of(self.repo) == self.before

    def assert_works_later(self) -> None:
        """Run the command again without the fault: it does all of its work, then finds nothing more."""
        assert run(*self.arguments).code == (0 if self.command == "undo" else 1)
        assert (self.now(), strangers(self.repo)) == (self.news, [])
        done = tree_of(self.repo)
        again = run(*self.arguments)
        assert (again.code, again.out) == (2 if self.command == "undo" else 0, "")
        assert tree_of(self.repo) == done

    @property
    def _targets(self) -> list[Path]:
        """The names that no file has before."""
        own = {str(pair.path) for pair in self.pairs}
        return [Path(move.target) for move in self.moves if move.target and move.target not in own]

    @property
    def _paths(self) -> list[Path]:
        return [*(pair.path for pair in self.pairs), *self._targets]

    def _normalize(self) -> None:
        assert run("normalize", self.repo, "--write").code == 1


def _chains(pairs: list[Pair]) -> list[Move]:
    """Each second file gets the name of the first, which moves into a directory that is not there yet."""
    moves = []
    for first, second in zip(pairs[::2], pairs[1::2], strict=True):
        moved = first.path.parent.with_name("moved") / first.path.name
        moves.append(Move(str(first.path), str(moved), first.old, first.new))
        moves.append(Move(str(second.path), str(first.path), second.old, second.new))
    return moves
