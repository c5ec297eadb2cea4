"""Real recorders in environments of their own: `python -m tests.recorders` makes them, once.

They are for the tests marked slow, which skip without. Each holds a release of the recorder and
what the import of its recorder needs, nothing of the rest: half a minute each.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.helpers import ROOT

PLACE = ROOT / ".venv-recorders"
PYTHON = (3, 12)  # the later releases need it

_COMMON = ("httpx", "openai", "fastapi", "rich")
_NEWER = (*_COMMON, "structlog", "cryptography", "sqlalchemy")
# A release → what its recorder imports.
RELEASES: dict[str, tuple[str, ...]] = {
    "ogx==1.5.0": (*_NEWER, "httpx2", "ogx-api==1.5.0"),
    "ogx==1.4.1": (*_NEWER, "ollama", "ogx-api==1.4.1"),
    "llama-stack==0.7.3": (*_NEWER, "ollama", "llama-stack-api==0.7.3"),
    "llama-stack==0.3.5": (
        *_COMMON,
        "pyyaml",
        "jsonschema",
        "jinja2",
        "aiohttp",
        "llama-stack-client==0.3.5",
    ),
}
_MODULES = "ogx.testing.api_recorder", "llama_stack.testing.api_recorder"


def python_of(release: str) -> Path:
    """Return the interpreter of a release's environment, which may not be there."""
    return PLACE / release / "bin" / "python"


def find_python() -> str | None:
    """Return a Python of the right version that really runs; a shim may not."""
    name = f"python{PYTHON[0]}.{PYTHON[1]}"
    versions = Path("~/.pyenv/versions").expanduser().glob(f"{PYTHON[0]}.{PYTHON[1]}.*/bin/python")
    candidates: Iterator[str | None] = iter([shutil.which(name), *map(str, sorted(versions))])
    return next((path for path in candidates if path and _version_of(path) == PYTHON), None)


def _version_of(path: str) -> tuple[int, ...] | None:
    asked = [path, "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return tuple(map(int, done.stdout.split())) if done.returncode == 0 else None


def make(release: str, python: str) -> None:
    """Make the environment of a release; it appears when it is whole."""
    place = PLACE / release
    if python_of(release).exists():
        return
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(place)], check=True)
    own = place / "bin" / "python"
    hidden = own.rename(own.with_name("python-unfinished"))
    install = [str(hidden), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, *RELEASES[release]], check=True)
    subprocess.run([*install, "--no-deps", release], check=True)
    module = _MODULES[release.startswith("llama-stack")]
    subprocess.run([str(hidden), "-I", "-c", f"import {module}"], check=True, cwd="/", capture_output=True)
    hidden.rename(own)


def main() -> None:
    """Make every environment that is not there."""
    python = find_python()
    if python is None:
        print(f"no Python {PYTHON[0]}.{PYTHON[1]} runs here: tests with real recorders are skipped")
        return
    for release in RELEASES:
        make(release, python)
        print(f"{release}: {python_of(release)}")


if __name__ == "__main__":
    main()
