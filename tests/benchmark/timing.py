"""Whole processes timed in turns, so that a machine that slows down slows both sides of a ratio."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Side:
    """A command to time; `before` runs ahead of each turn and is not timed.

    Times are in seconds, memory in bytes.
    """

    name: str
    command: Sequence[str]
    cwd: Path
    environ: Mapping[str, str]
    before: Callable[[], object] | None = None
    seconds: list[float] = field(default_factory=list)
    memory: int = 0

    def turn(self) -> None:
        """Run it once. Raises RuntimeError where it fails: a failure is quick, and no figure."""
        if self.before:
            self.before()
        start = time.perf_counter()
        process = subprocess.Popen(
            self.command,
            cwd=self.cwd,
            env={**os.environ, **self.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        said = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds.append(time.perf_counter() - start)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.stderr:
            process.stderr.close()
        if process.returncode not in (0, 1):
            raise RuntimeError(f"{self.name} failed: {said.decode(errors='replace')[-500:]}")
        # Kilobytes on Linux, bytes on a Mac.
        self.memory = max(self.memory, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))

    @property
    def median(self) -> float:
        """The median of its turns, in seconds."""
        return statistics.median(self.seconds)


def in_turns(sides: Sequence[Side], times: int) -> None:
    """Give each side so many turns, one after the other."""
    for _ in range(times):
        for side in sides:
            side.turn()
