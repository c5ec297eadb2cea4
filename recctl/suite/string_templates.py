"""Templates: the constant parts of a text that a program puts together, with anything between."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from string import Formatter
from typing import TypeAlias

# The constant parts of a text: one where all of it is constant, else a gap between each two.
Template: TypeAlias = tuple[str, ...]
_Split: TypeAlias = Callable[[str], list[str]]

GAP: Template = ("", "")
_LONGEST = 50_000  # characters of a template
_MIN_CONSTANT = 4  # characters that make a template say something
_MIN_LETTERS = 2

_PERCENT = re.compile(r"%(?:\([^)]{0,99}\))?[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?([diouxXeEfFgGcrsa%])")
_DOLLAR = re.compile(r"\$(?:(\$)|[A-Za-z_]\w*|\{[A-Za-z_]\w*\})")


def fits(template: Template, text: str) -> bool:
    """Whether a text is the parts of a template in order, with anything in its gaps; in linear time."""
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


def says_enough(template: Template, text: str) -> bool:
    """Whether a template that fits does so by more than chance; of an id half has to be constant."""
    constant = "".join(template)
    if len(constant) < _MIN_CONSTANT or sum(map(str.isalnum, constant)) < _MIN_LETTERS:
        return False
    is_id = len(text) < _LONGEST and re.fullmatch(r"[A-Za-z]+[-_][A-Za-z0-9_-]+", text) is not None
    return not is_id or 2 * len(constant) >= len(text)


def bare(template: Template) -> Template:
    """Return a template without blanks, which formatting changes."""
    return tuple("".join(part.split()) for part in template)


def joined(templates: Iterable[Template]) -> Template:
    """Templates one after another; a gap where they are too long."""
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
    """A template in whose constant parts something opens more gaps."""
    return tuple(part for constant in template for part in split(constant))


def percent_parts(text: str) -> list[str]:
    """Return what stands between the placeholders of a text for `%`."""
    return _split_at(_PERCENT, "%", text)


def dollar_parts(text: str) -> list[str]:
    """Return what stands between the placeholders of a text for `string.Template`."""
    return _split_at(_DOLLAR, "$", text)


def _split_at(pattern: re.Pattern[str], escaped: str, text: str) -> list[str]:
    """A text split at its placeholders; one whose group is the sign itself stands for that sign."""
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
    """Return what stands between the fields of a text for `str.format`; the text itself if it is none."""
    parts = [""]
    try:
        for literal, field, _, _ in Formatter().parse(text):
            parts[-1] += literal
            if field is not None:
                parts.append("")
    except ValueError:  # braces that do not pair
        return [text]
    return parts
