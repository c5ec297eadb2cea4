"""Sizes and counts as people read them."""

from __future__ import annotations


def format_size(size: int) -> str:
    """Return a number of bytes in decimal units: `812 B`, `19.4 kB`, `1.2 MB`."""
    value = float(size)
    for unit in ("B", "kB", "MB"):
        if value < 999.95 or (unit == "B" and size < 1000):
            return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def plural(number: int, thing: str) -> str:
    """Return a number and what it counts: `1 file`, `1,200 files`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
