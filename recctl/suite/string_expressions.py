"""The strings that modules produce, read from their syntax trees: constants, and templates with gaps.

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
    format_parts,
    gapped,
    is_specific,
    joined,
    matches,
    percent_parts,
)

_BEGINNING = 3  # characters by which templates are looked up
_MAX_REPEATS = 1_000
_MAX_DEPTH = 20  # expressions inside of expressions
# Functions that change only blanks.
_SAME_WORDS = frozenset({"dedent", "cleandoc", "indent", "fill", "str"})
_TRIMMING = frozenset({"strip", "lstrip", "rstrip", "expandtabs", "encode", "decode"})
_CASES = {"lower": str.lower, "upper": str.upper, "title": str.title, "capitalize": str.capitalize}
_ROLES = frozenset({"assistant", "model"})
_CONTENTS = frozenset({"content", "text", "parts"})


class Texts(msgspec.Struct, frozen=True):
    """The strings that modules produce: constants with blanks normalized, templates without blanks.

    `constants` are joined with NUL and `templates` are grouped by their first characters, because both are
    searched for many recordings. `vague` are templates of an assistant's messages with too little constant
    text to distinguish one message from another.
    """

    constants: str
    templates: Mapping[str, Collection[Template]]
    vague: Collection[Template]

    def contain(self, text: str) -> bool:
        """Return whether a constant contains a text, blanks normalized, or a template matches it."""
        if text in self.constants:
            return True
        bare_text = "".join(text.split())
        likely = (self.templates.get(bare_text[:length], ()) for length in (0, _BEGINNING))
        return any(
            matches(each, bare_text) and is_specific(each, bare_text) for group in likely for each in group
        )

    def may_make(self, text: str) -> bool:
        """Return whether a vague template of an assistant's words matches a text."""
        bare_text = "".join(text.split())
        return any(matches(each, bare_text) for each in self.vague)


def texts_of(modules: tuple[ast.Module, ...]) -> Texts:
    """Return the strings that these modules produce. A name that is assigned only once has that value."""
    reader = _Reader(_assigned_once(modules))
    constants: dict[str, None] = {}
    templates: dict[str, dict[Template, None]] = {}
    vague: dict[Template, None] = {}
    for template in map(reader.template, _each(_makers, modules)):
        if len(template) == 1:
            constants[" ".join(template[0].split())] = None
        elif is_specific(bare_text := bare(template), ""):
            templates.setdefault(_beginning(bare_text), {})[bare_text] = None
    for template in map(reader.template, _each(_said_by_assistants, modules)):
        if len(template) > 1 and not is_specific(bare_text := bare(template), ""):
            vague[bare_text] = None
    return Texts("\0".join(constants), templates, vague)


def _each(
    expressions: Callable[[ast.Module], Iterator[ast.expr]], modules: Iterable[ast.Module]
) -> Iterator[ast.expr]:
    return (node for module in modules for node in expressions(module))


def _beginning(template: Template) -> str:
    return template[0][:_BEGINNING] if len(template[0]) >= _BEGINNING else ""


def _makers(module: ast.Module) -> Iterator[ast.expr]:
    """Yield every expression that produces a string; of a long concatenation only the whole."""
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
    """Yield the expressions that are the content of an assistant's message, unless they are constants."""
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
    """Return the values of names and of class attributes that are assigned only once."""
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
    """Converts expressions to templates."""

    def __init__(self, names: Mapping[str, ast.expr]) -> None:
        self._names = names
        self._known: dict[str, Template] = {}

    def template(self, node: ast.expr, depth: int = 0) -> Template:
        """Return the template of an expression, with gaps for what the source does not show."""
        if depth > _MAX_DEPTH:
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
            self._known[name] = GAP  # in case the name refers to itself
            if name in self._names:
                self._known[name] = self.template(self._names[name], depth + 1)
        return self._known[name]

    def _operated(self, node: ast.BinOp, depth: int) -> Template:
        if isinstance(node.op, ast.Add):
            return joined(self.template(part, depth + 1) for part in _addends(node))
        if isinstance(node.op, ast.Mod):
            return gapped(self.template(node.left, depth + 1), percent_parts)
        times = node.right.value if isinstance(node.right, ast.Constant) else None
        if isinstance(node.op, ast.Mult) and isinstance(times, int) and 0 < times <= _MAX_REPEATS:
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
    """Return whether an attribute is a variable of a class or module: `self.x`, `Turns.x`, `turns.X`."""
    if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return False
    owner = node.value.id
    return owner in ("self", "cls") or owner[0].isupper() or node.attr.isupper()


def _addends(node: ast.BinOp) -> list[ast.expr]:
    """Return the operands of `a + b + c` in order, without recursion."""
    parts: list[ast.expr] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
        parts.append(left.right)
        left = left.left
    return [left, *reversed(parts)]
