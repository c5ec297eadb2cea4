"""File names of recordings: the hash of the request, and for model lists a digest of the answer."""

from __future__ import annotations

import re

import msgspec

# 12 digits in the first era, 64 since then; the digest differs between model lists of one request.
_FORM = re.compile(
    r"(?P<models>models-)?(?P<hash>[0-9a-f]{64}|[0-9a-f]{12})(?(models)-(?P<digest>[0-9a-f]{8}))", re.ASCII
)

SUFFIX = ".json"
DIRECTORY = "recordings"
_SHORT = 12  # digits of the hash in an id


class RecordingName(msgspec.Struct, frozen=True):
    """The parts of a file name; `hash` and `digest` are None where it has none."""

    stem: str
    hash: str | None
    digest: str | None

    @property
    def id(self) -> str | None:
        """`rec-` and the first 12 digits of the hash, as the recorder writes it into responses."""
        return None if self.hash is None else f"rec-{self.hash[:_SHORT]}"

    @property
    def reference(self) -> str:
        """The short way to name this recording; several files may share it only if they share a hash."""
        if self.hash is None:
            return self.stem
        return f"models-{self.hash}-{self.digest}" if self.digest else f"rec-{self.hash[:_SHORT]}"


def parse_filename(filename: str) -> RecordingName:
    """Return the parts of a file name; of a name of another form only the stem."""
    stem = filename.removesuffix(SUFFIX)
    form = _FORM.fullmatch(stem)
    if form is None:
        return RecordingName(stem, None, None)
    return RecordingName(stem, form["hash"], form["digest"])


def is_recording_path(path: str) -> bool:
    """Return whether a path may be a recording: below a directory `recordings`, or named like one."""
    *directories, name = path.split("/")
    return name.endswith(SUFFIX) and (DIRECTORY in directories or parse_filename(name).hash is not None)
