"""Trees in which one command has something to do."""

from __future__ import annotations

import shutil
from pathlib import Path

from recctl.edit.journal.store import journal_directory
from tests.edit.trees import lay_out, restore, strangers, tree_of
from tests.helpers import Result, chat, problems, put, run


class Scene:
    """A tree in which one command has something to do, and the state of all before it."""

    def __init__(self, command: str, root: Path, count: int = 6, *, answer: str = "Hello.") -> None:
        self.command = command
        self.repo = root / "repo"
        self.pairs = lay_out(self.repo, count, per_directory=2, answer=answer)
        put(self.repo / "tests/other/recordings", chat("Bye.", test_id="x::y"))  # stays as it is
        (root / "live.txt").write_text("x::y\n")
        changing = ["--tests", str(root / "live.txt"), "--max-share", "100"] if command == "prune" else []
        self.arguments: list[str | Path] = [command, self.repo, *changing, "--write"]
        if command == "undo":
            self.arguments = ["undo"]
            self._normalize()
        self.before = tree_of(self.repo)

    @property
    def olds(self) -> list[bytes | None]:
        """What each file holds before the command."""
        return [pair.new if self.command == "undo" else pair.old for pair in self.pairs]

    @property
    def news(self) -> list[bytes | None]:
        """What each file holds after the command; None where it removes them."""
        results = {"normalize": [pair.new for pair in self.pairs], "undo": [pair.old for pair in self.pairs]}
        return [*results.get(self.command, [None] * len(self.pairs))]

    def now(self) -> list[bytes | None]:
        """What each file holds at this moment."""
        return [pair.path.read_bytes() if pair.path.exists() else None for pair in self.pairs]

    def start_again(self) -> None:
        """Everything as it was before, with a journal that has only what the command needs."""
        shutil.rmtree(journal_directory(), ignore_errors=True)
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
        """The same command does all of its work when the fault has gone, then finds nothing more."""
        assert run(*self.arguments).code == (0 if self.command == "undo" else 1)
        assert (self.now(), strangers(self.repo)) == (self.news, [])
        done = tree_of(self.repo)
        again = run(*self.arguments)
        assert (again.code, again.out) == (2 if self.command == "undo" else 0, "")
        assert tree_of(self.repo) == done

    def _normalize(self) -> None:
        assert run("normalize", self.repo, "--write").code == 1
