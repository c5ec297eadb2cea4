"""Two texts compared word by word."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, NamedTuple

import regex

# Marks belong to the letter before them, and what makes up one sign is never torn. Scripts without
# blanks go sign by sign.
_SIGNS = r"[\p{Hiragana}\p{Katakana}\p{Han}]"
_WORDS = regex.compile(rf"\s+|{_SIGNS}\p{{M}}*|(?:(?!{_SIGNS})\w\p{{M}}*)+|\X")
_LINES = regex.compile(r"[^\n]*\n|[^\n]+")
_KEY = 40  # characters before a sign that tell it from others of its sort
_MOST_WORDS = 4_000  # of either text; longer ones are compared line by line first


class Piece(NamedTuple):
    """A stretch of text that both have, or only one."""

    op: Literal["same", "removed", "added"]
    text: str


def compare_words(old: str, new: str) -> list[Piece]:
    """The texts as one: joining `same` and `removed` gives the old, `same` and `added` the new."""
    return _merged(_compare(old, new, _WORDS))


def _compare(old: str, new: str, unit: regex.Pattern[str]) -> list[Piece]:
    left, right = unit.findall(old), unit.findall(new)
    start = _shared(left, right)
    head, left, right = left[:start], left[start:], right[start:]
    end = _shared(left[::-1], right[::-1])
    tail, left, right = left[len(left) - end :], left[: len(left) - end], right[: len(right) - end]
    if unit is _WORDS and max(len(left), len(right)) > _MOST_WORDS:
        middle = _by_lines("".join(left), "".join(right))
    else:
        middle = _matched(left, right, _keys if unit is _WORDS else list)
    return [Piece("same", "".join(head)), *middle, Piece("same", "".join(tail))]


def _shared(left: list[str], right: list[str]) -> int:
    """How many units two lists have in common at their beginning."""
    return next(
        (at for at, (mine, yours) in enumerate(zip(left, right, strict=False)) if mine != yours),
        min(len(left), len(right)),
    )


def _matched(left: list[str], right: list[str], keys: Callable[[list[str]], list[str]]) -> list[Piece]:
    pieces = []
    matcher = SequenceMatcher(None, keys(left), keys(right), autojunk=False)
    for op, i, i_end, j, j_end in matcher.get_opcodes():
        if op == "equal":
            pieces.append(Piece("same", "".join(left[i:i_end])))
        else:
            pieces.append(Piece("removed", "".join(left[i:i_end])))
            pieces.append(Piece("added", "".join(right[j:j_end])))
    return pieces


def _keys(units: list[str]) -> list[str]:
    """What units are matched by: signs and blanks with what is before them; alone they match everywhere."""
    keys: list[str] = []
    before = ""
    for unit in units:
        before = unit if unit[:1].isalnum() else before[-_KEY:] + unit
        keys.append(before)
    return keys


def _by_lines(old: str, new: str) -> list[Piece]:
    """Lines first, then the words of what changed between them, where that is not long itself."""
    pieces: list[Piece] = []
    lines = _compare(old, new, _LINES)
    position = 0
    while position < len(lines):
        piece = lines[position]
        if piece.op == "same":
            pieces.append(piece)
            position += 1
            continue
        removed, added = piece.text, lines[position + 1].text
        short = max(len(_WORDS.findall(removed)), len(_WORDS.findall(added))) <= _MOST_WORDS
        pieces += _compare(removed, added, _WORDS) if short else [piece, lines[position + 1]]
        position += 2
    return pieces


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Without empty pieces, and without blanks alone between two changes: they would only flicker."""
    merged: list[Piece] = []
    removed = added = ""
    for number, piece in enumerate(pieces):
        between = piece.op == "same" and piece.text.isspace() and 0 < number < len(pieces) - 1
        if piece.op == "removed" or between:
            removed += piece.text
        if piece.op == "added" or between:
            added += piece.text
        if piece.op == "same" and not between:
            merged += [*_changed(removed, added), piece]
            removed = added = ""
    merged += _changed(removed, added)
    return [
        Piece(op, "".join(piece.text for piece in group))
        for op, group in groupby((piece for piece in merged if piece.text), key=lambda piece: piece.op)
    ]


def _changed(removed: str, added: str) -> list[Piece]:
    """What went and what came; the blanks and plain signs that end both did not change."""
    shared = 0
    while shared < min(len(removed), len(added)) - 1 and _is_plain(removed[-1 - shared], added[-1 - shared]):
        shared += 1
    kept = removed[len(removed) - shared :]
    return [
        Piece("removed", removed.removesuffix(kept)),
        Piece("added", added.removesuffix(kept)),
        Piece("same", kept),
    ]


def _is_plain(one: str, other: str) -> bool:
    """Whether two characters are one blank or sign of ASCII, which belongs to no letter before it."""
    return one == other and (one.isspace() or (one.isascii() and not one.isalnum()))
