"""The sample recordings; `python -m tests.regenerate` writes them.

The seed, a user's own recording, lies among them and is neither written nor removed here.
"""

from __future__ import annotations

from pathlib import Path

from tests.samples import (
    agents,
    common,
    gemini,
    inference_ollama,
    inference_streams,
    inference_whole,
    messages,
    responses,
    safety,
    tool_runtime,
    vector_io,
)
from tests.samples.builder import files_of

SEED = (
    "tests/integration/responses/recordings/"
    "ab7d61e2daa7183d814f9b2c775072ebfbd7dafb4086a47e04e80822e4edf81f.json"
)
SAMPLES_DIR = Path(__file__).resolve().parent.parent / "sample_recordings"

_SUITES = (
    agents,
    common,
    gemini,
    inference_ollama,
    inference_streams,
    inference_whole,
    messages,
    responses,
    safety,
    tool_runtime,
    vector_io,
)


def samples() -> dict[str, bytes]:
    """The bytes of every generated recording by its posix path below the samples directory."""
    return files_of([recording for suite in _SUITES for recording in suite.recordings()])


def write_samples(directory: Path) -> int:
    """Write every sample below `directory`, and return how many there are."""
    files = samples()
    for path, content in files.items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return len(files)


def remove_stale_samples() -> None:
    """Remove what an earlier version of this script left in the checkout's own directory."""
    for path in recorded_paths(SAMPLES_DIR) - samples().keys() - {SEED}:
        (SAMPLES_DIR / path).unlink()


def recorded_paths(directory: Path) -> set[str]:
    """The posix paths of every recording below `directory`, the seed's too."""
    found = directory.glob("tests/integration/**/*.json")
    return {path.relative_to(directory).as_posix() for path in found}


def regenerate() -> int:
    """Write the samples of this checkout, remove stale ones, and return how many there are."""
    remove_stale_samples()
    return write_samples(SAMPLES_DIR)
