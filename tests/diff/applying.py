"""Changes made to a document, as the docstring of `Change` says to make them."""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from recctl.diff.changes import Change, Path

Json = Any


def spelled(value: Json) -> str:
    """Return a value's JSON text, keys sorted: 1 and 1.0 differ in it, as they do in a hash."""
    return json.dumps(value, sort_keys=True)


def applied(document: Json, found: Sequence[Change]) -> Json:
    """Return the document with the changes made."""
    if found and not found[0].path:
        return found[0].new
    result = copy.deepcopy(document)
    containers: dict[Path, list[Change]] = defaultdict(list)
    for each in found:
        containers[each.path[:-1]].append(each)
    for path in sorted(containers, key=len, reverse=True):
        container = result
        for step in path:
            container = container[step]
        _apply(container, containers[path])
    return result


def _apply(container: Json, found: Sequence[Change]) -> None:
    for each in (each for each in found if each.op == "changed"):
        container[each.path[-1]] = each.new
    for each in reversed([each for each in found if each.op == "removed"]):
        del container[each.path[-1]]
    for each in (each for each in found if each.op == "added"):
        key: Any = each.path[-1]
        if isinstance(container, list):
            container.insert(key, each.new)
        else:
            container[key] = each.new
