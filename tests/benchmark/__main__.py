"""The table of ratios: `python -m tests.benchmark [--corpus DIR] [--count N] [--times N] [--growth]`."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from recctl.catalog.find import find
from recctl.catalog.turn_ids import TurnIds
from recctl.edit.normalize import Normalization, normalizations
from tests.benchmark.timing import Side, in_turns
from tests.benchmark.tree import make
from tests.helpers import ROOT

_FIELDS = "[.test_id, .request.model, .request.url, .response.is_streaming]"
# What is measured, so that all of it is compiled.
_EVERY_COMMAND = (["--version"], ["ls", "--json", "."], ["check", "."], ["normalize", "."])
_GROWTH = (1_000, 10_000, 100_000)


class Bench:
    """One run: a tree of recordings, an index of its own, and the table that it fills."""

    def __init__(self, tree: Path, work: Path, times: int) -> None:
        self.tree = tree
        self.times = times
        self.cache = work / "cache"
        self.environ = {
            "RECCTL_CACHE_DIR": str(self.cache),
            "RECCTL_STATE_DIR": str(work / "state"),
            # As pip leaves a program: compiled. Else each run compiles recctl, and not the other side.
            "PYTHONDONTWRITEBYTECODE": "",
        }
        self.files = [str(path) for path in find([tree]).files]
        # What the figures on one file are about: a chat, as a commit may hold.
        self.one = min(self.files, key=lambda name: abs(os.path.getsize(name) - 12_000))

    def recctl(self, name: str, *arguments: str, cold: bool = False) -> Side:
        """A run of recctl; `cold` takes the index away first."""
        program = str(Path(sys.executable).with_name("recctl"))
        before = (lambda: shutil.rmtree(self.cache, ignore_errors=True)) if cold else None
        return Side(name, [program, *arguments], self.tree, self.environ, before)

    def python(self, code: str) -> Side:
        """A line of Python."""
        return Side(f"python -c '{code}'", [sys.executable, "-c", code], self.tree, self.environ)

    def script(self, name: str, label: str, files: Sequence[str]) -> Side:
        """One of the scripts that a person would write."""
        command = [sys.executable, "-m", "tests.benchmark.scripts", name, *files]
        return Side(label, command, ROOT, self.environ)

    def program(self, name: str, *command: str) -> Side:
        """Another program, over all files."""
        return Side(name, [*command, *self.files], self.tree, self.environ)

    def rows(self) -> Iterator[str]:
        """The table, a group of sides that took turns at a time."""
        in_turns([self.recctl("compile", *words) for words in _EVERY_COMMAND], 1)
        typer = self.python("import typer")
        rich = self.python("import typer, rich.console")
        reference = Path(self.one).stem[:16]
        yield from self._measured(typer, (self.recctl("recctl --version", "--version"), 1.2))
        yield from self._measured(typer, (self.recctl("recctl check, one file", "check", self.one), 2.0))
        listing = ("ls", "--json", ".")
        jq = self.program("jq -c of four fields", "jq", "-c", _FIELDS)
        cold = self.recctl("recctl ls --json, no index", *listing, cold=True)
        yield from self._measured(jq, (cold, 0.25), (self.program("cat", "cat"), None))
        self.recctl("warm up", *listing).turn()
        yield from self._measured(jq, (self.recctl("recctl ls --json, index warm", *listing), 0.10))
        show = self.recctl("recctl show REF, index warm", "show", reference, "--dir", ".")
        yield from self._measured(rich, (show, 1.8))
        clean = self._clean()
        loop = self.script("compare", "json.load + json.dumps, compared", clean)
        # By a list of files both get the same work, and neither has to search.
        normalize = self.recctl("recctl normalize, nothing due", "normalize", *clean)
        yield from self._measured(loop, (normalize, 0.20))
        hashing = self.script("hashes", "json.load + hash", self.files)
        replay = self.recctl("recctl check --select RC1", "check", ".", "--select", "RC1")
        yield from self._measured(hashing, (self.recctl("recctl check", "check", "."), 1.0), (replay, 1.0))

    def _clean(self) -> list[str]:
        files = tuple(Path(name) for name in self.files)
        results = normalizations(files, TurnIds(files))
        due = {str(one.path) for one in results if isinstance(one, Normalization)}
        return [name for name in self.files if name not in due]

    def _measured(self, against: Side, *sides: tuple[Side, float | None]) -> Iterator[str]:
        against.seconds.clear()
        in_turns([against, *(side for side, _ in sides)], self.times)
        for side, limit in sides:
            ratio = side.median / against.median
            allowed = "" if limit is None else f"{limit:.2f}"
            verdict = "" if limit is None else "yes" if ratio <= limit else "no"
            times = f"{side.median * 1000:.0f} ms | {against.median * 1000:.0f} ms"
            yield f"| {side.name} | {against.name} | {times} | {ratio:.2f} | {allowed} | {verdict} |"


def growth(work: Path, times: int) -> Iterator[str]:
    """The listing as trees grow, the index warm, and the memory it takes at most with and without."""
    for count in _GROWTH:
        tree = work / f"tree-{count}"
        make(tree, count)
        bench = Bench(tree, work / f"work-{count}", times)
        cold = bench.recctl("cold", "ls", "--json", ".", cold=True)
        in_turns([cold], 1)
        warm = bench.recctl("warm", "ls", "--json", ".")
        in_turns([warm], times)
        memory = max(cold.memory, warm.memory)
        yield f"| {count:,} | {cold.median:.2f} s | {warm.median:.2f} s | {memory / 1e6:.0f} MB |"
        shutil.rmtree(tree)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("--corpus", type=Path, help="a directory of recordings, instead of made ones")
    parser.add_argument("--count", type=int, default=3000, help="how many recordings to make")
    parser.add_argument("--times", type=int, default=7, help="turns of each side; medians are shown")
    parser.add_argument(
        "--growth", action="store_true", help="also 1,000 to 100,000 recordings (some minutes)"
    )
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        tree = options.corpus.absolute() if options.corpus else work / "tree"
        if not options.corpus:
            make(tree, options.count)
        bench = Bench(tree, work, options.times)
        size = sum(map(os.path.getsize, bench.files))
        shape = f"{os.cpu_count()} cores, Python {platform.python_version()}"
        held = f"{len(bench.files):,} recordings, {size / 1e6:.0f} MB"
        say(f"{held}; {shape}; medians of {options.times} turns\n")
        say("| what | against | takes | against takes | ratio | at most | reached |")
        say("|---|---|---|---|---|---|---|")
        for row in bench.rows():
            say(row)
        if options.growth:
            say("\n| recordings | ls --json, no index | index warm | memory at most |\n|---|---|---|---|")
            for row in growth(work, options.times):
                say(row)
    return 0


def say(text: str) -> None:
    """A line of the table, as soon as it is known."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
