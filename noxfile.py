"""Run the tests on every Python that recctl supports, and with the lowest versions it allows: `nox`.

A Python that is not on this machine is skipped, and nox says so. Arguments after `--` go to pytest.
"""

from __future__ import annotations

import os
from pathlib import Path

import nox

nox.needs_version = ">=2024.4"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PYTEST = ("python", "-m", "pytest", "-n", "auto", "--dist", "loadfile")

# A Python that is missing is skipped, not looked for on the network.
os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
# pyenv's commands run only for the versions that are selected; the interpreters themselves always do.
_pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
os.environ["PATH"] = os.pathsep.join([*map(str, sorted(_pyenv.glob("3.*/bin"))), os.environ.get("PATH", "")])


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests with the newest versions of what recctl needs."""
    session.install("-e", ".[dev]")
    session.run(*PYTEST, *session.posargs)


@nox.session(python="3.11", venv_backend="uv")
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest versions that pyproject.toml allows."""
    session.run_install("uv", "pip", "install", "--resolution", "lowest-direct", "-e", ".[dev]")
    session.run(*PYTEST, *session.posargs)
