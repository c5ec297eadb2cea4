"""Write anew whatever is generated and committed: `python -m tests.regenerate`.

That is the sample recordings, the golden files of the commands, and what README and docs/ show. Read
`git diff` before you commit it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from tests import make_samples, readme
from tests.cli import golden_cases
from tests.helpers import isolate


def main() -> None:
    """Write samples first: the others show them."""
    sys.stdout.write(f"{make_samples.regenerate()} sample recordings\n")
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as scratch:
        isolate(patch, Path(scratch, "home"))
        sys.stdout.write(f"{golden_cases.write(Path(scratch))} golden files\n")
    readme.main()
    sys.stdout.write("README.md and docs/\n")


if __name__ == "__main__":
    main()
