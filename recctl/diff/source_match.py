"""Whether the working tree has the test files of a commit, so that what they say holds there too."""

from __future__ import annotations

from recctl.support.errors import RecctlError, Unreadable
from recctl.support.git import Repository, read_regular

# Files that tell which tests there are: sources, and what configures pytest.
_SUFFIXES = (".py", ".toml", ".ini", ".cfg")


def has_sources_of(repository: Repository, commit: str) -> bool:
    """Whether every such file of the working tree and of the commit is the same in both."""
    try:
        wanted = {path: blob for path, blob in repository.tree(commit).items() if path.endswith(_SUFFIXES)}
        here = {path for path in repository.working_files() if path.endswith(_SUFFIXES)}
        return all(_is_blob(repository, path, wanted.get(path)) for path in here | wanted.keys())
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
