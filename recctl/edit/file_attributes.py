"""Read and set what a file has besides its bytes: mode, owner, group and extended attributes, ACLs too."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

import msgspec

# Signatures of the bytes: they are wrong for other bytes.
_SIGNATURES = frozenset({"security.ima", "security.evm"})
# Privileges of a program: given only where the owner is the recorded one.
_CAPABILITY = "security.capability"


class Attributes(msgspec.Struct, frozen=True):
    """A file's mode, the numbers of its owner and group, and its extended attributes; None where unknown.

    On Linux POSIX ACLs are the attribute `system.posix_acl_access`.
    """

    mode: int
    uid: int | None = None
    gid: int | None = None
    xattrs: dict[str, bytes] | None = None


def attributes_of(handle: int) -> Attributes:
    """Return the attributes of an open file."""
    status = os.fstat(handle)
    return Attributes(stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, _xattrs_of(handle))


def give(handle: int, wanted: Attributes) -> None:
    """Give an open file of ours these attributes, as far as the system allows.

    The mode is always set; set-uid and set-gid only where the owner (and the group) are those recorded.
    Raises OSError if the mode cannot be set.
    """
    _give_owner(handle, wanted)
    status = os.fstat(handle)
    mode = wanted.mode
    is_its_owners = status.st_uid == wanted.uid
    if not is_its_owners:
        mode &= ~(stat.S_ISUID | stat.S_ISGID)
    elif status.st_gid != wanted.gid:
        mode &= ~stat.S_ISGID
    if wanted.xattrs is not None:
        _give_xattrs(handle, wanted.xattrs, is_its_owners)
    os.fchmod(handle, mode)  # last: a change of owner clears bits, and an ACL moves them


def _give_owner(handle: int, wanted: Attributes) -> None:
    status = os.fstat(handle)
    if wanted.gid is not None and wanted.gid != status.st_gid:
        with suppress(OSError):  # the user is not a member of the group
            os.fchown(handle, -1, wanted.gid)
    if wanted.uid is not None and wanted.uid != status.st_uid:
        with suppress(OSError):  # only root may
            os.fchown(handle, wanted.uid, -1)


def _xattrs_of(handle: int) -> dict[str, bytes] | None:
    """Return the extended attributes of a file; None where the system or the file system has none."""
    if not hasattr(os, "listxattr"):
        return None
    found: dict[str, bytes] = {}
    try:
        names = os.listxattr(handle)
    except OSError:
        return None
    for name in names:
        if name not in _SIGNATURES:
            with suppress(OSError):  # removed since, or not readable for us
                found[name] = os.getxattr(handle, name)
    return found


def _give_xattrs(handle: int, wanted: dict[str, bytes], is_its_owners: bool) -> None:
    held = _xattrs_of(handle)
    if held is None:
        return
    # A directory's default ACL gives each new file an ACL; the old file had none, or its own.
    for name in held.keys() - wanted.keys():
        if not name.startswith("security."):
            with suppress(OSError):
                os.removexattr(handle, name)
    for name, value in wanted.items():
        if held.get(name) != value and (is_its_owners or name != _CAPABILITY):
            with suppress(OSError, ValueError):  # a namespace that we may not write
                os.setxattr(handle, name, value)
