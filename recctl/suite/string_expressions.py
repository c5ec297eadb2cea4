"""Texts that modules make, read from their syntax trees: constants, and templates with gaps.

What an f-string, a concatenation, `%`, `format` or `join` puts together is a template: its constant parts
in order, with anything between. Nothing is evaluated.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TypeGuard

import msgspec

from recctl.suite.dependencies import nodes_of
from recctl.suite.string_templates import (
    GAP,
    Template,
    bare,
    between,
    dollar_parts,
    fits,
    format_parts,
    gapped,
    joined,
    percent_parts,
    says_enough,
)

_BEGINNING = 3  # characters by which templates are looked up
_MOST_REPEATS = 1_000
_DEEPEST = 20  # expressions inside of expressions
# Functions that change blanks at most.
_SAME_WORDS = frozenset({"dedent", "cleandoc", "indent", "fill", "str"})
_TRIMMING = frozenset({"strip", "lstrip", "rstrip", "expandtabs", "encode", "decode"})
_CASES = {"lower": str.lower, "upper": str.upper, "title": str.title, "capitalize": str.capitalize}
_ROLES = frozenset({"assistant", "model"})
_CONTENTS = frozenset({"content", "text", "parts"})


class Texts(msgspec.Struct, frozen=True):
    """What modules make: constants with blanks normalized, templates without blanks.

    `constants` are one text with NUL between them, and `templates` stand by how they begin: both are
    searched for many recordings. `vague` are templates with too few constant parts to tell one text from
    another, where they are what an assistant says.
    """

    constants: str
    templates: Mapping[str, Collection[Template]]
    vague: Collection[Template]

    def hold(self, text: str) -> bool:
        """Whether a constant holds a text whose blanks are normalized, or a template makes it."""
        if text in self.constants:
            return True
        solid = "".join(text.split())
        likely = (self.templates.get(solid[:length], ()) for length in (0, _BEGINNING))
        return any(fits(each, solid) and says_enough(each, solid) for group in likely for each in group)

    def may_make(self, text: str) -> bool:
        """Whether a vague template of an assistant's words fits a text."""
        solid = "".join(text.split())
        return any(fits(each, solid) for each in self.vague)


def texts_of(modules: tuple[ast.Module, ...]) -> Texts:
    """The texts that these modules make; a name that is assigned in one place only stands for its value."""
    reader = _Reader(_assigned_once(modules))
    constants: dict[str, None] = {}
    templates: dict[str, dict[Template, None]] = {}
    vague: dict[Template, None] = {}
    for template in map(reader.template, _each(_makers, modules)):
        if len(template) == 1:
            constants[" ".join(template[0].split())] = None
        elif says_enough(solid := bare(template), ""):
            templates.setdefault(_beginning(solid), {})[solid] = None
    for template in map(reader.template, _each(_said_by_assistants, modules)):
        if len(template) > 1 and not says_enough(solid := bare(template), ""):
            vague[solid] = None
    return Texts("\0".join(constants), templates, vague)


def _each(
    expressions: Callable[[ast.Module], Iterator[ast.expr]], modules: Iterable[ast.Module]
) -> Iterator[ast.expr]:
    return (node for module in modules for node in expressions(module))


def _beginning(template: Template) -> str:
    return template[0][:_BEGINNING] if len(template[0]) >= _BEGINNING else ""


def _makers(module: ast.Module) -> Iterator[ast.expr]:
    """Every expression that makes a text; of a long concatenation only the whole."""
    inside: set[ast.AST] = set()
    for node in nodes_of(module):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            inside.add(node.left)
            if node in inside:
                continue
        if isinstance(node, ast.BinOp | ast.JoinedStr | ast.Call) or (
            isinstance(node, ast.Constant) and isinstance(node.value, str)
        ):
            yield node


def _said_by_assistants(module: ast.Module) -> Iterator[ast.expr]:
    """What is put together, and stands as the content of a message of the assistant."""
    for node in nodes_of(module):
        if isinstance(node, ast.Dict):
            pairs = [(_constant(key), value) for key, value in zip(node.keys, node.values, strict=True)]
        elif isinstance(node, ast.Call):
            pairs = [(keyword.arg, keyword.value) for keyword in node.keywords]
        else:
            continue
        if any(key == "role" and _constant(value) in _ROLES for key, value in pairs):
            said = (value for key, value in pairs if key in _CONTENTS)
            yield from (each for each in said if isinstance(each, ast.JoinedStr | ast.BinOp))


def _constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _assigned_once(modules: Iterable[ast.Module]) -> Mapping[str, ast.expr]:
    """The values of the names, and attributes of classes, that are assigned in one place only."""
    values: dict[str, ast.expr | None] = {}
    for module in modules:
        for node in nodes_of(module):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                values[node.id] = None if node.id in values else _UNKNOWN
            elif isinstance(node, ast.arg):
                values[node.arg] = None
    for module in modules:
        for node in nodes_of(module):
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                _learn(values, node.targets[0], node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                _learn(values, node.target, node.value)
    return {name: value for name, value in values.items() if value is not None and value is not _UNKNOWN}


_UNKNOWN = ast.Constant(None)


def _learn(values: dict[str, ast.expr | None], target: ast.expr, value: ast.expr) -> None:
    if isinstance(target, ast.Name) and values.get(target.id) is _UNKNOWN:
        values[target.id] = value


class _Reader:
    """Makes templates of expressions."""

    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self._names = names
        self._known: dict[str, Template] = {}

    def template(self, node: ast.expr, depth: int = 0) -> Template:
        """The template of an expression; a gap for what the source does not show."""
        if depth > _DEEPEST:
            return GAP
        if isinstance(node, ast.Constant):
            return (str(node.value),) if isinstance(node.value, str | int | float) else GAP
        if isinstance(node, ast.Name) or _is_own(node):
            return self._named(node.id if isinstance(node, ast.Name) else node.attr, depth)
        if isinstance(node, ast.FormattedValue):
            plain = node.conversion in (-1, ord("s")) and node.format_spec is None
            return self.template(node.value, depth + 1) if plain else GAP
        if isinstance(node, ast.JoinedStr):
            return joined(self.template(value, depth + 1) for value in node.values)
        if isinstance(node, ast.BinOp):
            return self._operated(node, depth)
        return self._called(node, depth) if isinstance(node, ast.Call) else GAP

    def _named(self, name: str, depth: int) -> Template:
        if name not in self._known:
            self._known[name] = GAP  # of a name that stands for itself
            if name in self._names:
                self._known[name] = self.template(self._names[name], depth + 1)
        return self._known[name]

    def _operated(self, node: ast.BinOp, depth: int) -> Template:
        if isinstance(node.op, ast.Add):
            return joined(self.template(part, depth + 1) for part in _addends(node))
        if isinstance(node.op, ast.Mod):
            return gapped(self.template(node.left, depth + 1), percent_parts)
        times = node.right.value if isinstance(node.right, ast.Constant) else None
        if isinstance(node.op, ast.Mult) and isinstance(times, int) and 0 < times <= _MOST_REPEATS:
            repeated = self.template(node.left, depth + 1)
            return joined(repeated for _ in range(times))
        return GAP

    def _called(self, node: ast.Call, depth: int) -> Template:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if name in _SAME_WORDS and node.args:
            return self.template(node.args[0], depth + 1)
        if name == "Template" and node.args:
            return gapped(self.template(node.args[0], depth + 1), dollar_parts)
        return (
            self._method(name, function.value, node.args, depth)
            if isinstance(function, ast.Attribute)
            else GAP
        )

    def _method(self, name: str, owner: ast.expr, args: list[ast.expr], depth: int) -> Template:
        template = self.template(owner, depth + 1)
        if name in _TRIMMING or name in ("substitute", "safe_substitute"):
            return template
        if name in ("format", "format_map"):
            return gapped(template, format_parts)
        if name in _CASES:
            return tuple(map(_CASES[name], template))
        if name == "replace" and args and (old := _constant(args[0])):
            return gapped(template, lambda text: text.split(old))
        if name == "join" and len(args) == 1 and isinstance(args[0], ast.List | ast.Tuple):
            return joined(between(template, [self.template(each, depth + 1) for each in args[0].elts]))
        return GAP


def _is_own(node: ast.expr) -> TypeGuard[ast.Attribute]:
    """Whether an attribute is one that a class or module assigns itself: `self.x`, `Turns.x`, `turns.X`."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return False
    owner = node.value.id
    return owner in ("self", "cls") or owner[0].isupper() or node.attr.isupper()


def _addends(node: ast.BinOp) -> list[ast.expr]:
    """The parts of `a + b + c` in order, however many."""
    parts: list[ast.expr] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
        parts.append(left.right)
        left = left.left
    return [left, *reversed(parts)]
