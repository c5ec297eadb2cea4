"""How fast recctl is, as ratios measured in one run: `python -m tests.benchmark --corpus DIR [--times N]`.

Both sides of a ratio take turns, so that a machine that slows down slows both; medians are shown.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from recctl.compare.siblings import nearest
from recctl.normalize import Normalizer
from recctl.recording import load
from recctl.scan import Scan
from recctl.store import find


def by_hand(files: Sequence[Path]) -> None:
    """What a script does to see whether files are as they should be: parse each, dump it, compare."""
    for path in files:
        raw = path.read_bytes()
        assert (json.dumps(json.loads(raw), indent=2) + "\n").encode()


def normalize(files: Sequence[Path]) -> None:
    """The dry run of normalize, without printing."""
    for _ in Normalizer(tuple(files)):
        pass


def list_files(files: Sequence[Path]) -> None:
    """The summaries that ls --json prints."""
    for _ in Scan(tuple(files)):
        pass


def siblings(files: Sequence[Path]) -> None:
    """The nearest sibling of every recording whose test has several."""
    summaries = list(Scan(tuple(files)))
    tests: dict[str, int] = {}
    for summary in summaries:
        if summary.test_id:
            tests[summary.test_id] = tests.get(summary.test_id, 0) + 1
    for summary in summaries:
        if summary.test_id and tests[summary.test_id] > 1:
            nearest(load(summary.path), summaries)


def medians(
    sides: Sequence[Callable[[Sequence[Path]], None]], files: Sequence[Path], times: int
) -> list[float]:
    """Seconds of each side, the median of several turns."""
    taken: list[list[float]] = [[] for _ in sides]
    for _ in range(times):
        for seconds, side in zip(taken, sides, strict=True):
            start = time.perf_counter()
            side(files)
            seconds.append(time.perf_counter() - start)
    return [statistics.median(seconds) for seconds in taken]


def rows(files: Sequence[Path], times: int) -> Iterable[str]:
    """A line for each figure."""
    due = {one.path for one in Normalizer(tuple(files))}
    clean = [path for path in files if path not in due]
    size = sum(path.stat().st_size for path in files)
    yield f"{len(files):,} recordings, {size:,} bytes, medians of {times}"
    for name, side, among in (
        ("normalize, nothing due", normalize, clean),
        ("normalize, as they are", normalize, files),
        ("ls, summaries", list_files, files),
    ):
        mine, hand = medians((side, by_hand), among, times)
        yield f"{name:<24}{mine:9.3f} s   json.loads and json.dumps {hand:9.3f} s   ratio {mine / hand:5.2f}"
    (every,) = medians((siblings,), files, 1)
    yield f"{'diff A, every sibling':<24}{every:9.3f} s   {every / len(files) * 1000:.1f} ms a recording"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="a directory of recordings")
    parser.add_argument("--times", type=int, default=5, help="turns of each side")
    options = parser.parse_args(arguments)
    for row in rows(find([options.corpus]).files, options.times):
        sys.stdout.write(f"{row}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
