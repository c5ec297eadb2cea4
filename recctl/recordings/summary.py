"""A recording as listings and queries know it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from recctl.recordings.header import Header, Preview
from recctl.recordings.ogx.filename import RecordingName, parse_filename
from recctl.recordings.ref import Ref


class Summary(msgspec.Struct, frozen=True, gc=False):
    """A recorded call without its request and answer: which one, the bytes of its file, and its header."""

    ref: Ref
    size: int
    header: Header

    @property
    def path(self) -> Path:
        """The file that holds it."""
        return self.ref.path

    @property
    def name(self) -> RecordingName:
        """The parts of its file's name, parsed at each access."""
        return parse_filename(self.ref.path.name)

    def with_preview(self, preview: Preview) -> Summary:
        """Return the same summary with this preview of the answer."""
        return Summary(self.ref, self.size, msgspec.structs.replace(self.header, preview=preview))
