"""What a rule of `check` is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from recctl.recordings.ref import Ref

if TYPE_CHECKING:
    from recctl.check.context import Subject
    from recctl.check.facts import Seen
    from recctl.check.same_test import Siblings

Severity: TypeAlias = Literal["error", "warning"]


class Note(msgspec.Struct, frozen=True):
    """What a rule has to say of one recording; `line` is the first line of the file it is about, from 1.

    `fixable` None leaves it to the rule. `many` says the same of several recordings, without what is
    particular to each: "carry a tool call that no recording of the test made".
    """

    message: str
    line: int | None = None
    fixable: bool | None = None
    many: str | None = None


class Rule(msgspec.Struct, frozen=True):
    """A rule: its code and name, how severe it is, and what a person has to know of it.

    `look` looks at one recording, `look_around` also at the others of its test or directory; rules
    on files that cannot be read have neither. `needs_all` is False where the request and what a listing
    shows are enough. `fixable` tells that `check --fix` fixes it.
    """

    code: str
    name: str
    severity: Severity
    meaning: str
    why: str
    fix: str
    fixable: bool = False
    needs_all: bool = True
    look: Callable[[Subject], Iterator[Note]] | None = None
    look_around: Callable[[Seen, Siblings], Iterator[Note]] | None = None

    def finding(self, ref: Ref, test_id: str | None, note: Note) -> Finding:
        """What was found in a file."""
        fixable = self.fixable if note.fixable is None else note.fixable
        return Finding(self, ref, test_id, note.message, fixable, note.line, note.many)


class Finding(msgspec.Struct, frozen=True):
    """One rule broken by one recording: where, what exactly, and whether `--fix` fixes it.

    `many` is that of its note.
    """

    rule: Rule
    ref: Ref
    test_id: str | None
    message: str
    fixable: bool
    line: int | None = None
    many: str | None = None

    @property
    def path(self) -> Path:
        """The file that holds the recording."""
        return self.ref.path
