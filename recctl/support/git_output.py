"""Parsers for the output of git: entries, blobs, versions of a file."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator

import msgspec

from recctl.support.errors import RecctlError

_SHA256_DIGITS = 64


class Version(msgspec.Struct, frozen=True):
    """A file in a commit: the commit's id, day (ISO) and subject, the path at the time, and the blob."""

    commit: str
    day: str
    subject: str
    path: str
    blob: str


def object_id(kind: bytes, data: bytes, like: str) -> str:
    """Return the id of an object of these bytes, by the hash algorithm of the id `like`."""
    new = hashlib.sha256 if len(like) == _SHA256_DIGITS else hashlib.sha1
    return new(kind + b" %d\0" % len(data) + data).hexdigest()


def batch(output: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield ids and bytes from the output of cat-file --batch. Raises RecctlError for a missing object."""
    position = 0
    while position < len(output):
        end = output.index(b"\n", position)
        head = output[position:end].decode().split(" ")
        if head[-1] == "missing":
            hint = "it may not have been fetched: git fetch --refetch"
            raise RecctlError(f"git does not have the object {head[0]}", hint)
        size = int(head[2])
        yield head[0], output[end + 1 : end + 1 + size]
        position = end + 1 + size + 1


def versions(entries: Iterator[str]) -> Iterator[Version]:
    """Yield the versions in the output of git log --raw, up to one that was copied from another file."""
    commit = day = subject = ""
    for entry in entries:
        if entry.startswith("\x01"):
            commit, day, subject = entry[1:], next(entries), next(entries)[1:]
            continue
        *_, blob, status = entry.split()
        path = next(entries)
        if status[0] in "RC":
            path = next(entries)
        if status != "D":
            yield Version(commit, day, subject, path, blob)
        if status[0] == "C":
            return


def entries(output: bytes) -> list[str]:
    """Return the NUL-terminated entries of output."""
    return [os.fsdecode(entry) for entry in output.split(b"\0") if entry]


def text(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return what git printed as text."""
    return done.stdout.decode(errors="replace").strip()


def complaint(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the first line of git's error message."""
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ") if lines else f"exit code {done.returncode}"
