"""Every regular expression that recctl runs, found by walking its modules, and texts that are hard for it."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from types import ModuleType
from typing import Any, TypeAlias

import regex

import recctl
from recctl.support import credentials

Compiled: TypeAlias = "re.Pattern[Any] | regex.Pattern[Any]"
_COMPILED = (re.Pattern, type(regex.compile("")))


# By a word of a pattern: what its caller takes off a text first, since nothing there can match.
_CUT_BEFORE: dict[str, Callable[[str], str]] = {"attributes:": lambda text: text[: text.rfind("}") + 1]}


@dataclass(frozen=True)
class Used:
    """A compiled pattern with its name and the method by which recctl calls it."""

    name: str
    pattern: Compiled
    method: str

    def run(self, text: str) -> int:
        """Call the method on all of a text; the number of matches."""
        source = self.pattern.pattern if isinstance(self.pattern.pattern, str) else ""
        for word, cut in _CUT_BEFORE.items():
            text = cut(text) if word in source else text
        given = text if source else text.encode()
        if self.method in ("match", "fullmatch", "search"):
            return int(getattr(self.pattern, self.method)(given) is not None)
        return sum(1 for _ in self.pattern.finditer(given))


# ---- which there are


def patterns() -> list[Used]:
    """The patterns of all modules of recctl, and those of the library that looks for credentials."""
    found: dict[tuple[int, str], Used] = {}
    for module in modules():
        methods = _methods(module)
        for name, value in vars(module).items():
            for position, pattern in enumerate(_compiled_in(value)):
                for method in methods.get(name, {"finditer"}):
                    label = f"{module.__name__}.{name}[{position}]"
                    found.setdefault((id(pattern), method), Used(label, pattern, method))
        for label, pattern, method in _written_in_calls(module):
            found.setdefault((id(pattern), method), Used(label, pattern, method))
    for detector in credentials._detectors():
        for position, pattern in enumerate(detector.denylist):
            label = f"{type(detector).__name__}[{position}]"
            found[id(pattern), "finditer"] = Used(label, pattern, "finditer")
    return list(found.values())


def modules() -> list[ModuleType]:
    """All modules of recctl; what is made to run inside of others, or at once, is not imported."""
    names = [info.name for info in pkgutil.walk_packages(recctl.__path__, "recctl.")]
    return [
        importlib.import_module(name) for name in names if not name.endswith(("__main__", "pytest_plugin"))
    ]


def _compiled_in(value: object, depth: int = 3) -> Iterator[Compiled]:
    """The patterns that a value of a module is or holds."""
    if isinstance(value, _COMPILED):
        yield value
    elif depth and isinstance(value, Mapping):
        yield from (one for item in value.values() for one in _compiled_in(item, depth - 1))
    elif depth and isinstance(value, (tuple, list, frozenset, set)):
        yield from (one for item in value for one in _compiled_in(item, depth - 1))
    elif depth and hasattr(value, "__struct_fields__") and not isinstance(value, type):
        fields: Iterable[str] = value.__struct_fields__
        yield from (one for field in fields for one in _compiled_in(getattr(value, field), depth - 1))


def _written_in_calls(module: ModuleType) -> Iterator[tuple[str, Compiled, str]]:
    """The patterns that functions give to `re` as texts; not those made of what a user says."""
    libraries: dict[str, Callable[[Any], Compiled]] = {"re": re.compile, "regex": regex.compile}
    tree = ast.parse(inspect.getsource(module))
    inside = (node for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) for node in ast.walk(each))
    for node in inside:
        match node:
            case ast.Call(func=ast.Attribute(ast.Name(library), method), args=[first, *_]) if (
                library in libraries
            ):
                try:
                    # Our own source, as it would be evaluated there.
                    text = eval(compile(ast.Expression(first), "pattern", "eval"), dict(vars(module)))
                except NameError:
                    continue
                if method != "escape" and isinstance(text, (str, bytes)):
                    yield f"{module.__name__}:{node.lineno}", libraries[library](text), method


def _methods(module: ModuleType) -> dict[str, set[str]]:
    """The methods called on each name of a module; a name used otherwise may be searched from anywhere."""
    tree = ast.parse(inspect.getsource(module))
    called: dict[str, set[str]] = {}
    receivers = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name):
                called.setdefault(owner.id, set()).add(node.func.attr)
                receivers.add(owner)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node not in receivers:
            called.setdefault(node.id, set()).add("finditer")
    return called


# ---- texts that are hard for them


def fragments(pattern: Compiled) -> list[str]:
    """Beginnings of what a pattern matches, the longer ones last; a match is the last of all."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    try:
        tree = re._parser.parse(source, pattern.flags & ~re.UNICODE & ~re.DEBUG)  # type: ignore[attr-defined]
    except re.error:  # one of the library `regex`, which knows more
        return []
    cuts: list[str] = []
    _spell(tree, "", cuts)
    return [text for text in dict.fromkeys(cuts) if text]


def _spell(tree: Any, before: str, cuts: list[str]) -> str:
    """A text that a parsed pattern matches, after what stands before; each stop on the way is a cut."""
    text = before
    for code, argument in tree:
        text = _STEPS.get(str(code), _same)(argument, text, cuts)
        cuts.append(text)
    return text


def _same(argument: Any, text: str, cuts: list[str]) -> str:
    return text


def _repeat(argument: Any, text: str, cuts: list[str]) -> str:
    fewest, _, tree = argument
    for _ in range(max(min(int(fewest), 60), 1)):
        text = _spell(tree, text, [])
    return text


def _branch(argument: Any, text: str, cuts: list[str]) -> str:
    spelled = [_spell(tree, text, cuts) for tree in argument[1]]
    return max(spelled[:8], key=len)


def _look(argument: Any, text: str, cuts: list[str]) -> str:
    direction, tree = argument
    if direction > 0:
        cuts.append(_spell(tree, text, []))
        return text
    needed = _spell(tree, "", [])
    common = next(n for n in range(len(needed), -1, -1) if text.endswith(needed[len(needed) - n :]) or not n)
    # What has to stand before is put there: `-(?<=xai-)` is spelled `xai-`.
    return needed if needed.endswith(text) else text + needed[: len(needed) - common]


def _char_in(argument: Any, text: str, cuts: list[str]) -> str:
    wanted = [(str(code), value) for code, value in argument]
    if wanted[0][0] == "NEGATE":
        inside = set("".join(_choices(wanted[1:])))
        return text + next((char for char in "aZ0 -/é" if char not in inside), "\0")
    return text + _choices(wanted)[0]


def _choices(wanted: list[tuple[str, Any]]) -> str:
    chars = ""
    for code, value in wanted:
        if code == "LITERAL":
            chars += chr(value)
        elif code == "RANGE":
            chars += "".join(map(chr, range(value[0], min(value[1], value[0] + 128) + 1)))
        elif code == "CATEGORY":
            chars += {"CATEGORY_DIGIT": "0123456789", "CATEGORY_WORD": "abc_0"}.get(str(value), " \t\n")
    return chars or "a"


_STEPS: dict[str, Callable[[Any, str, list[str]], str]] = {
    "LITERAL": lambda argument, text, _: text + chr(argument),
    "NOT_LITERAL": lambda argument, text, _: text + ("b" if argument == ord("a") else "a"),
    "ANY": lambda _, text, __: text + "a",
    "IN": _char_in,
    "BRANCH": _branch,
    "MAX_REPEAT": _repeat,
    "MIN_REPEAT": _repeat,
    "POSSESSIVE_REPEAT": _repeat,
    "SUBPATTERN": lambda argument, text, cuts: _spell(argument[3], text, cuts),
    "ATOMIC_GROUP": lambda argument, text, cuts: _spell(argument, text, cuts),
    "ASSERT": _look,
}

# What may stand between repeated fragments, and the ends to which they may never come.
_BETWEEN = ("", " ", '"', "\\", "=", ".", "-", "_", ":", "/", "\n", "é", "0", "a")
# Runs that were slow once, or are like those that were.
_KNOWN = (
    *("\\", "sk-", "eyJ", "attributes:{", "attributes: {", '\\"', '"content":"x" ', "data:", "score: "),
    *("://a:", "//npm/", "xoxb-1-", "glagent-", "call_", "Bearer ", " ", "\n", '"', "{", "[", "0", "a"),
    *("eyJ.", "eyJ=", "sk-a1", "T3BlbkFJ", "=key=", '"authorization": "', "/home/a", "<|", "\\u00", "-us1"),
)


def worst_cases(used: Iterable[Used], count: int, seed: int = 1) -> list[str]:
    """Texts to repeat: the known ones, then some of each pattern in turn, the same for each seed."""
    rnd = Random(seed)
    texts = dict.fromkeys(_KNOWN)
    each = [cuts for one in used if (cuts := fragments(one.pattern))]
    while len(texts) < count:
        for cuts in each:
            # The last are the longest: the more that begins like a match, the harder.
            texts[rnd.choice(cuts[-3:]) + rnd.choice(_BETWEEN)] = None
    return [*texts][:count]


def repeated(text: str, size: int) -> str:
    """A text so often that the whole has this size."""
    return (text * (size // len(text) + 1))[:size]
