"""The manifest of a journal's entry: what was changed, by which command, and where the old bytes lie.

It carries a version and a checksum of itself, and is written twice, so that a damaged one is recognised
and the other takes its place. Entries from before there was a version have neither, and stay readable.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from typing import Any, Literal, TypeAlias

import msgspec

from recctl.edit.file_attributes import Attributes

VERSION = 1
MANIFEST = "manifest.json"
COPY = "manifest.copy"

_MOST_BITS = 0o7777
_MOST_ID = 2**32 - 2  # the number after it means: leave as it is
_MOST_NAME = 255  # bytes of a name, and of a path, that file systems take
_MOST_PATH = 4095
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BLOB = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Item(msgspec.Struct, frozen=True):
    """One file: where its old bytes lie, and the digests of old and new (None: it was removed).

    `blob` is git's id of the old bytes where HEAD held the file with them, so that git has a copy.
    """

    path: str
    offset: int
    size: int
    mode: int
    before: str
    after: str | None
    uid: int | None = None
    gid: int | None = None
    xattrs: dict[str, bytes] | None = None
    blob: str | None = None

    @property
    def attributes(self) -> Attributes:
        """What the file was beside its bytes."""
        return Attributes(self.mode, self.uid, self.gid, self.xattrs)


class BadItem(msgspec.Struct, frozen=True):
    """An item that cannot be used: its path as far as it has one, and why."""

    path: str
    why: str


class Manifest(msgspec.Struct, frozen=True):
    """What a manifest says; `bad` are the items that cannot be used."""

    command: str
    directory: str
    created: str
    items: tuple[Item, ...]
    bad: tuple[BadItem, ...] = ()


# proven: by its checksum. plain: from before there were checksums. unproven: its checksum is another.
State: TypeAlias = Literal["proven", "plain", "unproven", "newer", "damaged", "missing"]


class Reading(msgspec.Struct, frozen=True):
    """How a manifest was found; `manifest` where it could be read, `why` in words where it is not whole."""

    state: State
    why: str = ""
    manifest: Manifest | None = None


class _Head(msgspec.Struct, frozen=True):
    command: str
    directory: str
    created: str
    items: list[Any]


def encode_manifest(manifest: Manifest) -> bytes:
    """Return the bytes of a manifest, with its version and its checksum."""
    items = [msgspec.to_builtins(item) for item in manifest.items]
    head = {"command": manifest.command, "directory": manifest.directory, "created": manifest.created}
    document = {"version": VERSION, **head, "items": items}
    # By the standard library: paths may hold bytes that are no UTF-8, which it escapes.
    return json.dumps({**document, "checksum": _checksum(document)}).encode("ascii")


def read_manifest(raw: bytes) -> Reading:
    """Read the bytes of a manifest, whatever they are."""
    try:
        document = json.loads(raw)
        if not isinstance(document, dict):
            return Reading("damaged", "is no JSON object")
        version = document.get("version")
        if isinstance(version, int) and version > VERSION:
            return Reading("newer", f"is of version {version}, written by a newer recctl")
        manifest = _manifest(msgspec.convert(document, _Head))
    except msgspec.ValidationError as error:
        return Reading("damaged", f"is no manifest: {error}")
    except (ValueError, RecursionError):
        return Reading("damaged", "is not JSON")
    if "version" not in document and "checksum" not in document:
        return Reading("plain", "", manifest)
    checksum = document.pop("checksum", None)
    if version == VERSION and checksum == _checksum(document):
        return Reading("proven", "", manifest)
    return Reading("unproven", "has another checksum than it noted", manifest)


def _checksum(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode("ascii")).hexdigest()


def _manifest(head: _Head) -> Manifest:
    items: list[Item] = []
    bad: list[BadItem] = []
    for held in head.items:
        try:
            item = msgspec.convert(held, Item)
        except msgspec.ValidationError as error:
            path = held.get("path") if isinstance(held, dict) else None
            bad.append(BadItem(path if isinstance(path, str) else "?", f"is no item: {error}"))
            continue
        if why := _fault_of(item):
            bad.append(BadItem(item.path, why))
        else:
            items.append(item)
    return Manifest(head.command, head.directory, head.created, tuple(items), tuple(bad))


def _fault_of(item: Item) -> str | None:
    """Why an item cannot be right, whatever the bytes are; None where it may be."""
    if not _is_plain_path(item.path):
        return "has a path that no recording has"
    if item.offset < 0 or item.size < 0:
        return "has a negative offset or size"
    if not 0 <= item.mode <= _MOST_BITS:
        return f"has a mode that no file has: {item.mode:#o}"
    if not all(_SHA256.fullmatch(digest) for digest in (item.before, item.after) if digest is not None):
        return "has a digest that is none"
    if not all(0 <= number <= _MOST_ID for number in (item.uid, item.gid) if number is not None):
        return "has an owner or a group that no file has"
    if item.blob is not None and not _BLOB.fullmatch(item.blob):
        return "has an id of git that is none"
    if any("\0" in name or "." not in name for name in item.xattrs or ()):
        return "has an attribute that no file has"
    return None


def _is_plain_path(path: str) -> bool:
    """Whether a path is absolute, without `.`, `..` or NUL, and not longer than there are any."""
    if not path.startswith("/") or path.startswith("//") or "\0" in path or path == "/":
        return False
    try:
        raw = os.fsencode(path)
    except UnicodeEncodeError:
        return False
    longest = max(map(len, raw.split(b"/")))
    return os.path.normpath(path) == path and longest <= _MOST_NAME and len(raw) <= _MOST_PATH
