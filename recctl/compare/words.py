"""Two texts compared word by word."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

# Combining marks belong to the letter before them.
_WORDS = re.compile(r"\s+|(?:\w|[\u0300-\u036f])+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_MOST_WORDS = 4_000  # of either text; longer ones are compared line by line first


class Piece(NamedTuple):
    """A stretch of text that both have, or only one."""

    op: Literal["same", "removed", "added"]
    text: str


def compare_words(old: str, new: str) -> list[Piece]:
    """The texts as one: joining `same` and `removed` gives the old, `same` and `added` the new."""
    return _merged(_compare(old, new, _WORDS))


def _compare(old: str, new: str, unit: re.Pattern[str]) -> list[Piece]:
    left, right = unit.findall(old), unit.findall(new)
    if unit is _WORDS and max(len(left), len(right)) > _MOST_WORDS:
        return _by_lines(old, new)
    pieces = []
    for op, i, i_end, j, j_end in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if op == "equal":
            pieces.append(Piece("same", "".join(left[i:i_end])))
        else:
            pieces.append(Piece("removed", "".join(left[i:i_end])))
            pieces.append(Piece("added", "".join(right[j:j_end])))
    return pieces


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
            merged += [Piece("removed", removed), Piece("added", added), piece]
            removed = added = ""
    merged += [Piece("removed", removed), Piece("added", added)]
    return [piece for piece in merged if piece.text]
