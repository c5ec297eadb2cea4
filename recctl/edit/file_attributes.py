"""What a file is beside its bytes: its mode, owner, group and extended attributes, ACLs among them."""

from __future__ import annotations

import os
import stat
from contextlib import suppress

import msgspec

# Signatures of the bytes: those of other bytes would be wrong.
_OF_CONTENT = frozenset({"security.ima", "security.evm"})
# What lets a program do more than its user may: for the recorded owner alone.
_POWERS = "security.capability"


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

    The mode always; set-uid and set-gid only where the owner (and the group) are those recorded. Raises
    OSError where not even the mode can be set.
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
        with suppress(OSError):  # of a group that the user is no member of
            os.fchown(handle, -1, wanted.gid)
    if wanted.uid is not None and wanted.uid != status.st_uid:
        with suppress(OSError):  # for root alone
            os.fchown(handle, wanted.uid, -1)


def _xattrs_of(handle: int) -> dict[str, bytes] | None:
    """The extended attributes of a file; None where the system or the file system has none."""
    if not hasattr(os, "listxattr"):
        return None
    found: dict[str, bytes] = {}
    try:
        names = os.listxattr(handle)
    except OSError:
        return None
    for name in names:
        if name not in _OF_CONTENT:
            with suppress(OSError):  # removed since, or not for us to read
                found[name] = os.getxattr(handle, name)
    return found


def _give_xattrs(handle: int, wanted: dict[str, bytes], is_its_owners: bool) -> None:
    held = _xattrs_of(handle)
    if held is None:
        return
    # A directory's default ACL gives each new file one: the file had none, or its own.
    for name in held.keys() - wanted.keys():
        if not name.startswith("security."):
            with suppress(OSError):
                os.removexattr(handle, name)
    for name, value in wanted.items():
        if held.get(name) != value and (is_its_owners or name != _POWERS):
            with suppress(OSError, ValueError):  # a namespace that is not for us
                os.setxattr(handle, name, value)
