"""The differences between two JSON documents, by path and in reading order."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

from recctl.diff.align import Aligner
from recctl.support.jsonvalue import Json

Op: TypeAlias = Literal["changed", "added", "removed"]
# Keys and positions from the root: ("body", "messages", 1, "content").
Path: TypeAlias = tuple[str | int, ...]


class Change(msgspec.Struct, frozen=True):
    """One difference.

    Positions in `path` are those of the old document, except the last one of an addition, which is
    that of the new document. Applied container by container, from the innermost out, first the
    changes, then the removals from the end, then the additions from the start, they turn the old
    document into the new one.
    """

    path: Path
    op: Op
    old: Json
    new: Json


class _Step(NamedTuple):
    """One level down in both documents: the rank in reading order, and the key or position in each."""

    rank: int
    old: str | int | None
    new: str | int | None


# What deepdiff compares. Keys are steps, so that items paired by `align` have one key in both; leaves are
# digests, so that 1 and 1.0 differ, and long texts cost nothing. Equal values are left out: deepdiff needs as
# long for them as for different ones.
_Tree: TypeAlias = "dict[_Step, _Tree] | bytes"
_MAX_DEPTH = 2  # levels given to deepdiff at once: a difference costs it more the deeper it lies


class _Branch(NamedTuple):
    """Two values that differ, and the steps down to them."""

    steps: tuple[_Step, ...]
    old: Json
    new: Json


def changes(old: Json, new: Json) -> list[Change]:
    """Return the differences between two JSON values.

    There is none if and only if their JSON texts are equal, with keys in any order.
    """
    aligner = Aligner()
    found: list[tuple[_Step, ...]] = []
    branches = [_Branch((), old, new)] if aligner.digests.of(old) != aligner.digests.of(new) else []
    while branches:
        deeper: list[_Branch] = []
        found += _differences(branches, aligner, deeper)
        branches = deeper
    found.sort(key=lambda steps: [step.rank for step in steps])
    return [_change(steps, old, new) for steps in found]


def _differences(
    branches: Sequence[_Branch], aligner: Aligner, deeper: list[_Branch]
) -> Iterator[tuple[_Step, ...]]:
    """Yield the steps to each difference in the branches; those too deep are added to `deeper`."""
    # Imported here: it takes longer to load than everything else together.
    from deepdiff import DeepDiff

    trees = [_trees(branch, aligner, 0, deeper) for branch in branches]
    # The keys are steps: a bare number deepdiff would print and parse for each difference.
    left, right = ({_Step(n, n, n): tree for n, tree in enumerate(side)} for side in zip(*trees, strict=True))
    found = DeepDiff(left, right, view="tree", threshold_to_diff_deeper=0)
    for level in (level for group in found.values() for level in group):
        branch, *steps = _keys(level)
        yield (*branches[branch.rank].steps, *steps)


def _keys(level: Any) -> Iterator[_Step]:
    """Yield the keys on the way down to a difference that deepdiff found."""
    node = level.all_up
    while node is not None and node is not level:
        relation = node.t1_child_rel or node.t2_child_rel
        yield relation.param
        node = node.down


def _change(steps: Sequence[_Step], old: Json, new: Json) -> Change:
    path = tuple(step.new if step.old is None else step.old for step in steps)
    known = tuple(part for part in path if part is not None)
    last = steps[-1] if steps else None
    if last is not None and last.old is None:
        return Change(known, "added", None, _at(new, steps, "new"))
    if last is not None and last.new is None:
        return Change(known, "removed", _at(old, steps, "old"), None)
    return Change(known, "changed", _at(old, steps, "old"), _at(new, steps, "new"))


def _at(document: Json, steps: Sequence[_Step], side: Literal["old", "new"]) -> Json:
    for step in steps:
        document = document[getattr(step, side)]
    return document


def _trees(branch: _Branch, aligner: Aligner, depth: int, deeper: list[_Branch]) -> tuple[_Tree, _Tree]:
    steps_before, old, new = branch
    if isinstance(old, dict) and isinstance(new, dict):
        steps = _steps_of_objects(list(old), list(new))
    elif isinstance(old, list) and isinstance(new, list):
        steps = (_Step(rank, *pair) for rank, pair in enumerate(aligner.align(old, new)))
    else:
        return aligner.digests.of(old), aligner.digests.of(new)
    if depth == _MAX_DEPTH:
        deeper.append(branch)
        return {}, {}
    left: dict[_Step, _Tree] = {}
    right: dict[_Step, _Tree] = {}
    for step in steps:
        if step.new is None:
            left[step] = b""
        elif step.old is None:
            right[step] = b""
        else:
            inner = _Branch((*steps_before, step), old[step.old], new[step.new])
            if aligner.digests.of(inner.old) != aligner.digests.of(inner.new):
                left[step], right[step] = _trees(inner, aligner, depth + 1, deeper)
    return left, right


def _steps_of_objects(old: list[str], new: list[str]) -> Iterator[_Step]:
    """Yield the keys of both objects in the old one's order; a new key comes after the one before it."""
    known_old, known_new = set(old), set(new)
    followers: dict[str | None, list[str]] = defaultdict(list)
    before: str | None = None
    for key in new:
        if key in known_old:
            before = key
        else:
            followers[before].append(key)
    merged = followers[None] + [each for key in old for each in (key, *followers[key])]
    for rank, key in enumerate(merged):
        yield _Step(rank, key if key in known_old else None, key if key in known_new else None)


_PLAIN_KEY = re.compile(r"[A-Za-z_][\w-]*")


def format_path(path: Path) -> str:
    """Return a path as text: `body.messages[1].content`; keys that are no words are quoted in brackets."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part)}]"
    return text
