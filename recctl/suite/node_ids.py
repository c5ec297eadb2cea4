"""pytest's node ids: `tests/a/test_b.py::TestC::test_d[x]` taken apart, with or without xdist's group."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

# Where the names of a node id end: at the parameters, or at the group that pytest-xdist's loadgroup adds.
_END_OF_NAMES = re.compile(r"[\[@]")


class NodeId(msgspec.Struct, frozen=True):
    """A node id without its parameters: the file, and the classes and the function in it."""

    file: str
    names: tuple[str, ...]


def parse_node_id(test_id: str) -> NodeId:
    """Return the file and the names of a node id. Parameters may hold anything, `::` too."""
    file, _, rest = test_id.partition("::")
    return NodeId(file, tuple(_END_OF_NAMES.split(rest, maxsplit=1)[0].split("::")) if rest else ())


def with_and_without_groups(test_ids: Iterable[str]) -> frozenset[str]:
    """Return node ids, and what they may be without the group of pytest-xdist."""
    return frozenset(one for test_id in test_ids for one in (test_id, *_without_group(test_id)))


def is_among(test_id: str, known: frozenset[str]) -> bool:
    """Return whether a node id, or that without its group, is one of `with_and_without_groups`."""
    return test_id in known or any(one in known for one in _without_group(test_id))


def _without_group(test_id: str) -> tuple[str, ...]:
    """Return what a node id may be without the `@group` that pytest-xdist's `--dist loadgroup` appends.

    A name holds no `@`; parameters may, and so may the group, which then leaves several possibilities.
    """
    file, colons, rest = test_id.partition("::")
    named = rest.partition("[")[0]
    ends = [at for at, sign in enumerate(rest) if sign == "@" and (at < len(named) or rest[at - 1] == "]")]
    return tuple(f"{file}{colons}{rest[:end]}" for end in ends)
