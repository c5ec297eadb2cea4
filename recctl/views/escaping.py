"""Escape text from recordings, so that nothing in it can control a terminal."""

from __future__ import annotations

import unicodedata

# Unicode categories that move the cursor, hide text or change its direction: control, format (bidirectional
# overrides, zero-width joiners, byte order marks), surrogates, line and paragraph separators.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible(text: str, keep: str = "\n\t") -> str:
    """Return a text with every control or invisible character escaped, except those in `keep`."""
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable() or char in keep or unicodedata.category(char) not in _INVISIBLE
        else escaped(char)
        for char in text
    )


def one_line(text: str) -> str:
    """Return a text on one line: line breaks and tabs are escaped too."""
    return visible(text, keep="")


def escaped(char: str) -> str:
    """Return a character as Python writes it in a string: `\\n`, `\\x1b` or `\\u202e`."""
    return repr(char)[1:-1] if not char.isprintable() else char


def columns(text: str) -> int:
    """Return about how many columns an escaped text takes; rich is exact, but not imported for a pipe."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.category(char) in ("Mn", "Me")
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in text
    )
