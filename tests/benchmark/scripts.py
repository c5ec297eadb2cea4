"""What a person would write instead of recctl: `python -m tests.benchmark.scripts NAME FILE...`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence

from tests.samples import builder


def compare(files: Sequence[str]) -> None:
    """See whether files are as they should be: parse each, dump it, compare."""
    for name in files:
        with open(name) as file:
            text = file.read()
        if json.dumps(json.loads(text), indent=2) + "\n" != text:
            sys.stdout.write(f"{name}\n")


def hashes(files: Sequence[str]) -> None:
    """See whether files have the names that their requests give."""
    for name in files:
        with open(name) as file:
            document = json.load(file)
        request = document["request"]
        if "file_id" not in request and builder.request_hash(document.get("test_id"), request) not in name:
            sys.stdout.write(f"{name}\n")


SCRIPTS: dict[str, Callable[[Sequence[str]], None]] = {"compare": compare, "hashes": hashes}

if __name__ == "__main__":
    SCRIPTS[sys.argv[1]](sys.argv[2:])
