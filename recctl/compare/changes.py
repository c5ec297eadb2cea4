"""What differs between two JSON documents, by path and in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

from recctl.compare.align import align, spelled
from recctl.jsonvalue import Json

Op: TypeAlias = Literal["changed", "added", "removed"]
# Keys and positions from the root: ("body", "messages", 1, "content").
Path: TypeAlias = tuple[str | int, ...]


class Change(msgspec.Struct, frozen=True):
    """One difference.

    Positions in `path` are those of the old document, but for the last of an addition, which is
    the new one's. Taken container by container, from the innermost out, first the changes, then
    the removals from the end, then the additions from the start, they turn the old document into
    the new one.
    """

    path: Path
    op: Op
    old: Json
    new: Json


class _Step(NamedTuple):
    """One level down in both documents: where in reading order, and the key or position in each."""

    rank: int
    old: str | int | None
    new: str | int | None


# Keys are steps, so that items paired by `align` have one key in both; leaves are JSON texts, so
# that 1 and 1.0, which hash differently, differ. Branches without a difference are left out.
_Tree: TypeAlias = "dict[_Step, _Tree] | str"


def changes(old: Json, new: Json) -> list[Change]:
    """The differences between two JSON values.

    None exactly where their JSON text is the same, keys in any order.
    """
    # Here, because it takes longer to load than everything else together.
    from deepdiff import DeepDiff

    left, right = _trees(old, new)
    found = DeepDiff(left, right, view="tree", threshold_to_diff_deeper=0)
    steps = [_steps(level) for group in found.values() for level in group]
    steps.sort(key=lambda path: [step.rank for step in path])
    return [_change(path, old, new) for path in steps]


def _steps(level: Any) -> list[_Step]:
    """The keys on the way down to a difference that deepdiff found."""
    steps = []
    node = level.all_up
    while node is not None and node is not level:
        relation = node.t1_child_rel or node.t2_child_rel
        steps.append(relation.param)
        node = node.down
    return steps


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


def _trees(old: Json, new: Json) -> tuple[_Tree, _Tree]:
    if isinstance(old, dict) and isinstance(new, dict):
        steps = _steps_of_objects(list(old), list(new))
    elif isinstance(old, list) and isinstance(new, list):
        steps = (_Step(rank, *pair) for rank, pair in enumerate(align(old, new)))
    else:
        return spelled(old), spelled(new)
    left: dict[_Step, _Tree] = {}
    right: dict[_Step, _Tree] = {}
    for step in steps:
        if step.new is None:
            left[step] = ""
        elif step.old is None:
            right[step] = ""
        else:
            mine, yours = _trees(old[step.old], new[step.new])
            if mine != yours:
                left[step], right[step] = mine, yours
    return left, right


def _steps_of_objects(old: list[str], new: list[str]) -> Iterator[_Step]:
    """The keys of both objects in the old one's order; a new key comes after the one it follows."""
    merged = list(old)
    for position, key in enumerate(new):
        if key not in old:
            before = new[position - 1] if position else None
            merged.insert(merged.index(before) + 1 if before is not None else 0, key)
    known_old, known_new = set(old), set(new)
    for rank, key in enumerate(merged):
        yield _Step(rank, key if key in known_old else None, key if key in known_new else None)


_PLAIN_KEY = re.compile(r"[A-Za-z_][\w-]*")


def format_path(path: Path) -> str:
    """A path as text: `body.messages[1].content`; keys that are no words stand in brackets, quoted."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f"[{spelled(part)}]"
    return text
