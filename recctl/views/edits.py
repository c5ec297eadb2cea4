"""A plan of edits as text and JSON: what the dry run of a command shows that renames files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from recctl.edit.plan import Edit, Removal, Rename, Rewrite
from recctl.support.jsonvalue import JsonObject
from recctl.support.paths import display_path
from recctl.views.escaping import one_line
from recctl.views.styled_lines import Line, Span, line

_WIDTH = len("rewritten:")


def edits_page(plan: Iterable[Edit]) -> Iterator[Line]:
    """Yield a line per edit, as `git status` has them: `renamed:   OLD → NEW`."""
    for edit in plan:
        path = one_line(display_path(edit.path))
        match edit:
            case Rename():
                names = (Span(path, "removed"), Span(" → ", "dim"), _target(edit))
                yield line(_verb("renamed"), *names, Span("  (and rewritten)" if edit.patches else "", "dim"))
            case Rewrite():
                yield line(_verb("rewritten"), Span(path, "id"))
            case Removal():
                yield line(_verb("removed"), Span(path, "removed"))


def edit_object(edit: Edit) -> JsonObject:
    """Return the keys of an edit; `target` is the new path of a renamed file."""
    path = display_path(edit.path)
    match edit:
        case Rename():
            target = display_path(edit.target)
            return {"edit": "rename", "path": path, "target": target, "rewritten": bool(edit.patches)}
        case Rewrite():
            return {"edit": "rewrite", "path": path, "target": None, "rewritten": True}
        case Removal():
            return {"edit": "removal", "path": path, "target": None, "rewritten": False}


def _target(edit: Rename) -> Span:
    return Span(one_line(display_path(edit.target)), "added")


def _verb(word: str) -> Span:
    return Span(f"{word + ':':<{_WIDTH}} ")
