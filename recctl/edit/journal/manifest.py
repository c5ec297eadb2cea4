"""The manifest of a journal's entry: which paths were changed, by which command, and where the old bytes are.

It carries a version and a checksum of itself, and is written twice, so that damage is recognized and the copy
used instead. Version 2 adds files that were not there before and directories that were made, both by renames;
an entry without them is written as version 1, which earlier releases can undo. Entries of the first releases
have neither version nor checksum, and stay readable.

An item says what a path held before and after, whatever kind of edit it was: a new kind of edit needs a new
version only if it needs a new key.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from typing import Any, Literal, TypeAlias

import msgspec

from recctl.edit.file_attributes import Attributes

NEWEST_VERSION = 2
_WITHOUT_RENAMES = 1
MANIFEST = "manifest.json"
COPY = "manifest.copy"

_MOST_BITS = 0o7777
_MOST_ID = 2**32 - 2  # the number after it means: leave as it is
_MOST_NAME = 255  # bytes of a name, and of a path, that file systems take
_MOST_PATH = 4095
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BLOB = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Item(msgspec.Struct, frozen=True):
    """One path: the digests of what it held before and after, None where it held nothing.

    The old bytes are the `size` bytes from `offset`. `blob` is their id in git where HEAD held the file with
    them, so that git has a copy. `renamed_from` is the path of the file that got this path by a rename.
    """

    path: str
    offset: int
    size: int
    mode: int
    before: str | None
    after: str | None
    uid: int | None = None
    gid: int | None = None
    xattrs: dict[str, bytes] | None = None
    blob: str | None = None
    renamed_from: str | None = None

    @property
    def attributes(self) -> Attributes:
        """What the file was besides its bytes."""
        return Attributes(self.mode, self.uid, self.gid, self.xattrs)


class BadItem(msgspec.Struct, frozen=True):
    """An item that cannot be used: its path as far as it has one, and why."""

    path: str
    why: str


class Manifest(msgspec.Struct, frozen=True):
    """The content of a manifest.

    `directory` is where the command ran, `bad` are the items that cannot be used, `made` the directories that
    were made for new files, the outermost first.
    """

    command: str
    directory: str
    created: str
    items: tuple[Item, ...]
    bad: tuple[BadItem, ...] = ()
    made: tuple[str, ...] = ()


# proven: its checksum is right. plain: from before there were checksums. unproven: its checksum is wrong.
State: TypeAlias = Literal["proven", "plain", "unproven", "newer", "damaged", "missing"]


class Reading(msgspec.Struct, frozen=True):
    """The result of reading a manifest: `manifest` where that was possible, `why` what is wrong with it."""

    state: State
    why: str = ""
    manifest: Manifest | None = None


class _Head(msgspec.Struct, frozen=True):
    command: str
    directory: str
    created: str
    items: list[Any]
    made: list[str] = []


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the bytes of a manifest, with its version and its checksum."""
    items = [msgspec.to_builtins(item) for item in manifest.items]
    head = {"command": manifest.command, "directory": manifest.directory, "created": manifest.created}
    document = {"version": _WITHOUT_RENAMES, **head, "items": items}
    if manifest.made or any(item.renamed_from is not None for item in manifest.items):
        document |= {"version": NEWEST_VERSION, "made": list(manifest.made)}
    # By the standard library: paths may hold bytes that are not UTF-8, which it escapes.
    return json.dumps({**document, "checksum": _checksum(document)}).encode("ascii")


def read_manifest(raw: bytes) -> Reading:
    """Read the bytes of a manifest, whatever they are."""
    try:
        document = json.loads(raw)
        if not isinstance(document, dict):
            return Reading("damaged", "is not a JSON object")
        version = document.get("version")
        if type(version) is int and version > NEWEST_VERSION:
            return Reading("newer", f"was written by a newer recctl (manifest version {version})")
        manifest = _manifest(msgspec.convert(document, _Head), has_renames=version == NEWEST_VERSION)
    except msgspec.ValidationError as error:
        return Reading("damaged", f"is not a manifest: {error}")
    except (ValueError, RecursionError):
        return Reading("damaged", "is not JSON")
    if "version" not in document and "checksum" not in document:
        return Reading("plain", "", manifest)
    checksum = document.pop("checksum", None)
    is_known = type(version) is int and _WITHOUT_RENAMES <= version <= NEWEST_VERSION
    if is_known and checksum == _checksum(document):
        return Reading("proven", "", manifest)
    return Reading("unproven", "does not match its checksum", manifest)


def _checksum(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode("ascii")).hexdigest()


def _manifest(head: _Head, has_renames: bool) -> Manifest:
    items: list[Item] = []
    bad: list[BadItem] = []
    for held in head.items:
        try:
            item = msgspec.convert(held, Item)
        except msgspec.ValidationError as error:
            path = held.get("path") if isinstance(held, dict) else None
            bad.append(BadItem(path if isinstance(path, str) else "?", f"is not valid: {error}"))
            continue
        if why := _fault_of(item, has_renames):
            bad.append(BadItem(item.path, why))
        else:
            items.append(item)
    made = tuple(path for path in head.made if _is_plain_path(path)) if has_renames else ()
    return Manifest(head.command, head.directory, head.created, tuple(items), tuple(bad), made)


def _fault_of(item: Item, has_renames: bool) -> str | None:
    """Return why an item cannot be right, whatever the bytes are; None where it may be."""
    if not all(_is_plain_path(path) for path in (item.path, item.renamed_from) if path is not None):
        return "has an invalid path"
    if item.offset < 0 or item.size < 0:
        return "has a negative offset or size"
    if not 0 <= item.mode <= _MOST_BITS:
        return f"has an invalid mode: {item.mode:#o}"
    if not all(_SHA256.fullmatch(digest) for digest in (item.before, item.after) if digest is not None):
        return "has an invalid digest"
    if item.before is None and not (has_renames and item.after and item.renamed_from):
        return "has no old bytes, and is not the new name of a file"
    if not all(0 <= number <= _MOST_ID for number in (item.uid, item.gid) if number is not None):
        return "has an invalid owner or group"
    if item.blob is not None and not _BLOB.fullmatch(item.blob):
        return "has an invalid git id"
    if any("\0" in name or "." not in name for name in item.xattrs or ()):
        return "has an invalid extended attribute"
    return None


def _is_plain_path(path: str) -> bool:
    """Return whether a path is absolute, without `.`, `..` or NUL, and no longer than paths may be."""
    if not path.startswith("/") or path.startswith("//") or "\0" in path or path == "/":
        return False
    try:
        raw = os.fsencode(path)
    except UnicodeEncodeError:
        return False
    longest = max(map(len, raw.split(b"/")))
    return os.path.normpath(path) == path and longest <= _MOST_NAME and len(raw) <= _MOST_PATH
