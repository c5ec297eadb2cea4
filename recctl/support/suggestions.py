"""`Did you mean …?`: the known word nearest to an unknown one."""

from __future__ import annotations

from collections.abc import Iterable

_CLOSE_ENOUGH = 0.6  # of difflib's ratio
_CLOSE_ENOUGH_SHORT = 0.5  # two letters that changed places
_SHORT = 4


def did_you_mean(wanted: str, known: Iterable[str]) -> str:
    """Return the question with the nearest word; "" if none is near."""
    import difflib  # only for unknown words

    words = {word.lower(): word for word in known}
    cutoff = _CLOSE_ENOUGH_SHORT if len(wanted) <= _SHORT else _CLOSE_ENOUGH
    near = difflib.get_close_matches(wanted.lower(), words, 1, cutoff)
    begun = [word for word in words if wanted and word.startswith(wanted.lower())]
    best = begun[0] if len(begun) == 1 else near[0] if near else None
    return f"did you mean {words[best]}?" if best else ""
