"""Run by the tests of speed as a process of its own: what it times may hang, and then the system ends it.

It prints a line of JSON before each case and one after it. The limit counts the processor time of one case:
past it SIGPROF ends this process, and the last line tells which case that was.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recctl.__main__ import main
from tests.hostile import patterns, texts

SMALL, LARGE = 250_000, 1_000_000
MOST_TIMES = 6  # as long for the large one; it has four times the size
MOST_SECONDS = 30.0  # for one case, of processor time
# What takes less at 250 kB is not compared: noise would decide, and it is fast at 1 MB whatever it does.
FLOOR = 0.015


def seconds(action: Callable[[], object]) -> float:
    """Return the processor time that an action takes, that of its processes among it."""
    before = _used()
    action()
    return _used() - before


def _used() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def compare(case: dict[str, str], action: Callable[[int], object]) -> None:
    """Time an action on both sizes and print what it took."""
    say(case)
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
    small = seconds(lambda: action(SMALL))
    large = seconds(lambda: action(LARGE)) if small > FLOOR else None
    if large is not None and large > MOST_TIMES * small:
        # Once more: what else the machine does makes one run slow by chance, and none fast.
        small, large = min(small, seconds(lambda: action(SMALL))), min(large, seconds(lambda: action(LARGE)))
    signal.setitimer(signal.ITIMER_PROF, 0)
    say(case | {"small": small, "large": large})


def say(line: dict[str, Any]) -> None:
    """A line of JSON on stdout, at once."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def all_patterns(count: int) -> None:
    """Every pattern on every text; the texts are the same for each run."""
    used = patterns.patterns()
    for text in patterns.worst_cases(used, count):
        whole = {size: patterns.repeated(text, size) for size in (SMALL, LARGE)}
        for one in used:
            compare({"pattern": f"{one.name}.{one.method}", "text": text}, _on(one, whole))


def _on(used: patterns.Used, whole: dict[int, str]) -> Callable[[int], object]:
    return lambda size: used.run(whole[size])


def all_commands(directory: Path, names: list[str]) -> None:
    """Every command on a recording filled with each of the named texts, beside a sibling of its test."""
    for name in names:
        places = {size: texts.lay_out(directory / name / str(size), name, size) for size in (SMALL, LARGE)}
        for command, arguments in texts.COMMANDS.items():
            given = {size: [word.format_map(places[size]) for word in arguments] for size in (SMALL, LARGE)}
            compare({"command": command, "text": name}, _running(given))


def _running(given: dict[int, list[str]]) -> Callable[[int], object]:
    return lambda size: _run(given[size])


def _run(arguments: list[str]) -> None:
    with (
        open(os.devnull, "w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        code = main(arguments)
    if code not in (0, 1):
        raise SystemExit(f"exit code {code}: {arguments}")


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "patterns":
        all_patterns(int(rest[0]))
    else:
        all_commands(Path(rest[0]), rest[1:])
