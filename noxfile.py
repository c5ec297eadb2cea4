"""Run the tests on every Python that recctl supports, and check what is released: `nox`.

A Python that is not on this machine is skipped, and nox says so. Arguments after `--` go to pytest,
those of `lock` to uv.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True

ROOT = Path(__file__).parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PYTEST = ("python", "-m", "pytest", "-n", "auto", "--dist", "loadfile")
DEV = nox.project.dependency_groups(nox.project.load_toml(ROOT / "pyproject.toml"), "dev")
LOCK = "requirements-dev.txt"

# A Python that is missing is skipped, not looked for on the network.
os.environ.setdefault("UV_PYTHON_DOWNLOADS", "never")
# pyenv's commands run only for the versions that are selected; the interpreters themselves always do.
_pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
os.environ["PATH"] = os.pathsep.join([*map(str, sorted(_pyenv.glob("3.*/bin"))), os.environ.get("PATH", "")])


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests with the newest versions of what recctl needs."""
    session.install("-e", ".", *DEV)
    session.run(*PYTEST, *session.posargs)


@nox.session(python="3.11", venv_backend="uv")
def lowest(session: nox.Session) -> None:
    """Run the tests with the lowest versions that pyproject.toml allows."""
    session.run_install("uv", "pip", "install", "--resolution", "lowest-direct", "-e", ".", *DEV)
    session.run(*PYTEST, *session.posargs)


@nox.session(python="3.11")
def coverage(session: nox.Session) -> None:
    """Run the tests and print which lines and branches of recctl they miss, whatever process runs them.

    Left out are processes with hardly any files to open: coverage could not write what it measured. A failing
    test does not fail this: other sessions run the tests, and a signal at the wrong moment stops coverage.
    """
    session.install("-e", ".", *DEV)
    session.run("coverage", "erase")
    limits = "tests/support/test_processes.py::test_below_any_limit_nothing_is_missing_or_printed"
    tests = ("coverage", "run", "-m", *PYTEST[2:], "--deselect", limits, *session.posargs)
    session.run(*tests, success_codes=[0, 1])
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report", "--sort=cover")


@nox.session(python="3.11", venv_backend="uv")
def wheel(session: nox.Session) -> None:
    """Build the sdist and from it the wheel, install that alone, and run it on the sample recordings."""
    built = ROOT / "dist"
    shutil.rmtree(built, ignore_errors=True)
    session.run_install("uv", "build", "--quiet", "--out-dir", str(built))
    session.run_install(
        "uv", "pip", "install", "--reinstall-package", "recctl", *map(str, built.glob("*.whl"))
    )
    samples = ROOT / "sample_recordings"
    with session.chdir(session.create_tmp()):  # not here, where Python would find the checkout
        session.run("recctl", "--version")
        session.run("recctl", "ls", str(samples), silent=True)
        session.run("recctl", "show", "ab7d61e2daa7", "--text", "--dir", str(samples))
        session.run("recctl-hook", "normalize", "--help", silent=True)


@nox.session(python="3.11", venv_backend="uv")
def lock(session: nox.Session) -> None:
    """Fail unless the lock file fits pyproject.toml; `nox -s lock -- --write` writes it, `--upgrade` too."""
    fresh = Path(session.create_tmp(), LOCK)
    shutil.copy(ROOT / LOCK, fresh)
    wanted = [argument for argument in session.posargs if argument != "--write"]
    _compile(session, fresh, *wanted)
    if session.posargs:
        shutil.copy(fresh, ROOT / LOCK)
    elif _pins(fresh) != _pins(ROOT / LOCK):
        session.error(f"{LOCK} does not fit pyproject.toml; write it anew: nox -s lock -- --write")


def _compile(session: nox.Session, target: Path, *more: str) -> None:
    """Pin what is not pinned in the target yet, for every Python and system; keep the other pins."""
    session.run_install(
        *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", PYTHONS[0]),
        *("--generate-hashes", "--no-annotate", "--custom-compile-command", "nox -s lock -- --write"),
        *("--group", "dev", "--output-file", str(target), *more, "pyproject.toml"),
    )


def _pins(file: Path) -> list[str]:
    """Return the requirements without their hashes: those of a release grow with each wheel added to it."""
    return [line for line in file.read_text().splitlines() if "==" in line]
