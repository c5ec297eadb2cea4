"""Text from a recording, made safe to look at: nothing in it can steer a terminal."""

from __future__ import annotations

import unicodedata

# Control, format (bidirectional overrides, zero-width joiners, byte order marks), surrogates, line
# and paragraph separators: what moves the cursor, hides text or turns its direction.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def visible(text: str, keep: str = "\n\t") -> str:
    """The text with every control or invisible character written as an escape, but for those in `keep`."""
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable() or char in keep or unicodedata.category(char) not in _INVISIBLE
        else escaped(char)
        for char in text
    )


def one_line(text: str) -> str:
    """The text on one line: line breaks and tabs are made visible too."""
    return visible(text, keep="")


def escaped(char: str) -> str:
    """A character as Python writes it in a string, `\\n`, `\\x1b` or `\\u202e`."""
    return repr(char)[1:-1] if not char.isprintable() else char


def columns(text: str) -> int:
    """About as many columns as a safe text takes; rich knows better, but is not loaded for a pipe."""
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


def format_size(size: int) -> str:
    """Bytes for people, in decimal units: `812 B`, `19.4 kB`, `1.2 MB`."""
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < 999.95 or (unit == "B" and size < 1000):
            return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def plural(number: int, thing: str) -> str:
    """A number and what it counts: `1 file`, `1,200 files`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
