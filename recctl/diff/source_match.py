"""Whether the test files of a commit are those of the working tree, so that liveness holds for both."""

from __future__ import annotations

from recctl.support.errors import RecctlError, Unreadable
from recctl.support.git import Repository, read_regular

# Files that decide which tests exist: sources, and pytest's configuration.
_SUFFIXES = (".py", ".toml", ".ini", ".cfg")


def sources_match(repository: Repository, commit: str) -> bool:
    """Return whether every source and configuration file is the same in the working tree and a commit."""
    try:
        blobs = {path: blob for path, blob in repository.tree(commit).items() if path.endswith(_SUFFIXES)}
        here = {path for path in repository.working_files() if path.endswith(_SUFFIXES)}
        return all(_is_blob(repository, path, blobs.get(path)) for path in here | blobs.keys())
    except RecctlError:
        return False


def _is_blob(repository: Repository, path: str, blob: str | None) -> bool:
    try:
        data = read_regular(repository.top / path)
    except Unreadable:
        return False
    if blob is None or data is None:
        return blob is None and data is None
    return repository.blob_id(data, like=blob) == blob
