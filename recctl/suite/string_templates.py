"""Templates: the constant parts of a string that code builds, with anything in between."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from string import Formatter
from typing import TypeAlias

# The constant parts of a string, with a gap between each two; one part if all of it is constant.
Template: TypeAlias = tuple[str, ...]
_Split: TypeAlias = Callable[[str], list[str]]

GAP: Template = ("", "")
_LONGEST = 50_000  # characters of a template
_MIN_CONSTANT = 4  # characters of a template that is not vague
_MIN_LETTERS = 2

_PERCENT = re.compile(r"%(?:\([^)]{0,99}\))?[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?([diouxXeEfFgGcrsa%])")
_DOLLAR = re.compile(r"\$(?:(\$)|[A-Za-z_]\w*|\{[A-Za-z_]\w*\})")


def matches(template: Template, text: str) -> bool:
    """Return whether a template matches a text, with anything in its gaps. Takes linear time."""
    if len(template) == 1:
        return text == template[0]
    first, *middle, last = template
    end = len(text) - len(last)
    if end < len(first) or not text.startswith(first) or not text.endswith(last):
        return False
    position = len(first)
    for part in middle:
        found = text.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def is_specific(template: Template, text: str) -> bool:
    """Return whether a match is more than chance: enough constant letters; for an id, half of it."""
    constant = "".join(template)
    if len(constant) < _MIN_CONSTANT or sum(map(str.isalnum, constant)) < _MIN_LETTERS:
        return False
    is_id = len(text) < _LONGEST and re.fullmatch(r"[A-Za-z]+[-_][A-Za-z0-9_-]+", text) is not None
    return not is_id or 2 * len(constant) >= len(text)


def bare(template: Template) -> Template:
    """Return a template without blanks, which formatting changes."""
    return tuple("".join(part.split()) for part in template)


def joined(templates: Iterable[Template]) -> Template:
    """Return a concatenation of templates; a gap if it is too long."""
    parts = [""]
    length = 0
    for first, *rest in templates:
        length += len(first) + sum(map(len, rest)) + len(rest)
        if length > _LONGEST:
            return GAP
        parts[-1:] = [parts[-1] + first, *rest]
    return tuple(parts)


def between(separator: Template, templates: list[Template]) -> Iterator[Template]:
    """Yield templates with a separator between each two."""
    for number, template in enumerate(templates):
        if number:
            yield separator
        yield template


def gapped(template: Template, split: _Split) -> Template:
    """Return a template whose constant parts are split at further gaps."""
    return tuple(part for constant in template for part in split(constant))


def percent_parts(text: str) -> list[str]:
    """Return the parts between the placeholders of a format string for `%`."""
    return _split_at(_PERCENT, "%", text)


def dollar_parts(text: str) -> list[str]:
    """Return the parts between the placeholders of a `string.Template`."""
    return _split_at(_DOLLAR, "$", text)


def _split_at(pattern: re.Pattern[str], escaped: str, text: str) -> list[str]:
    """Split a text at its placeholders. One whose group is the escaped character is that character."""
    parts, start = [""], 0
    for found in pattern.finditer(text):
        parts[-1] += text[start : found.start()]
        start = found.end()
        if found[1] == escaped:
            parts[-1] += escaped
        else:
            parts.append("")
    parts[-1] += text[start:]
    return parts


def format_parts(text: str) -> list[str]:
    """Return the parts between the fields of a format string for `str.format`; all of it if invalid."""
    parts = [""]
    try:
        for literal, field, _, _ in Formatter().parse(text):
            parts[-1] += literal
            if field is not None:
                parts.append("")
    except ValueError:  # unbalanced braces
        return [text]
    return parts
