"""What a rule of `check` is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from recctl.recordings.ref import Ref

if TYPE_CHECKING:
    from recctl.check.context import Context
    from recctl.check.facts import Facts
    from recctl.check.related import Related

Severity: TypeAlias = Literal["error", "warning"]

# Takes the bytes of a recording and returns them with the finding fixed. It runs for `--fix` only, on bytes
# that may have changed since the check, and after the fixes of other findings in the same file. One that
# a worker process returns must be picklable.
Fix: TypeAlias = Callable[[bytes], bytes]


class Violation(msgspec.Struct, frozen=True):
    """What a rule reports about one recording.

    `line` is the first line concerned, counted from 1. `group_message` says the same of several recordings,
    without what differs between them; it follows their number: "3 recordings hold an empty answer".
    """

    message: str
    line: int | None = None
    group_message: str | None = None
    fix: Fix | None = None


class Rule(msgspec.Struct, frozen=True):
    """A rule: its code, name, severity and texts, and the function that checks it.

    `check` looks at one recording, `check_related` at what is kept of it and at related recordings; rules
    about files that cannot be read have neither. `needs_document` is False where the request and the fields
    of a listing are enough. `fixable` says that findings come with a fix, for the documentation.
    """

    code: str
    name: str
    severity: Severity
    meaning: str
    why: str
    how_to_fix: str
    fixable: bool = False
    needs_document: bool = True
    check: Callable[[Context], Iterator[Violation]] | None = None
    check_related: Callable[[Facts, Related], Iterator[Violation]] | None = None

    def finding(self, ref: Ref, test_id: str | None, violation: Violation) -> Finding:
        """Return the finding for a violation of this rule."""
        return Finding(
            self,
            ref,
            test_id,
            violation.message,
            violation.line,
            violation.group_message,
            violation.fix,
        )


class Finding(msgspec.Struct, frozen=True):
    """A violation of a rule in one recording, with the violation's `line`, `group_message` and `fix`."""

    rule: Rule
    ref: Ref
    test_id: str | None
    message: str
    line: int | None = None
    group_message: str | None = None
    fix: Fix | None = None

    @property
    def path(self) -> Path:
        """The file that holds the recording."""
        return self.ref.path

    @property
    def fixable(self) -> bool:
        """Whether `check --fix` fixes it."""
        return self.fix is not None
