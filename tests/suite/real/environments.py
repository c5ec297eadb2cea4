"""The virtual environments in which the projects' tests run, one for each pytest: `python -m` makes them.

They hold real libraries from the package index, so they are made once and kept.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from tests.helpers import ROOT

VERSIONS = ("8", "9")
HOME = Path(os.environ.get("RECCTL_PROJECT_ENVIRONMENTS") or ROOT / ".venv-projects")

# Libraries that make, name or generate tests, or that run them otherwise.
_LIBRARIES = (
    "ddt",
    "hypothesis",
    "parameterized",
    "pytest-asyncio",
    "pytest-bdd",
    "pytest-check",
    "pytest-describe",
    "pytest-lazy-fixtures",
    "pytest-order",
    "pytest-randomly",
    "pytest-repeat",
    "pytest-rerunfailures",
    "pytest-subtests",
    "pytest-xdist",
    "pyyaml",
    "schemathesis",
    "sybil",
)
_ONLY = {"8": ("pytest-cases",), "9": ()}  # its release of today cannot be loaded by pytest 9


def requirements(version: str) -> list[str]:
    """Return what is installed for a major version of pytest."""
    return [f"pytest=={version}.*", *_LIBRARIES, *_ONLY[version]]


def python_of(version: str) -> Path | None:
    """Return the interpreter that has this pytest, None where the environment was not made."""
    python = HOME / f"pytest{version}" / "bin" / "python"
    return python if python.exists() else None


def make(version: str) -> None:
    """Create an environment, unless it is there and has what is wanted. Raises CalledProcessError."""
    directory, wanted = HOME / f"pytest{version}", "\n".join(requirements(version))
    stamp = directory / "requirements.txt"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(directory, ignore_errors=True)
    venv.create(directory, with_pip=True)
    install = [str(directory / "bin" / "python"), "-m", "pip", "install", "--quiet", *requirements(version)]
    subprocess.run(install, check=True)
    stamp.write_text(wanted)  # last: an environment that was left half-made is made anew


if __name__ == "__main__":
    for each in VERSIONS:
        make(each)
        sys.stdout.write(f"{HOME / f'pytest{each}'}\n")
