"""Two texts compared word by word."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Literal, NamedTuple

import regex

from recctl.diff.sequence_matching import Matcher

# Marks belong to the letter before them, and what makes up one sign is never torn. Scripts without
# blanks go sign by sign.
_SIGNS = r"[\p{Hiragana}\p{Katakana}\p{Han}]"
_FLAGS = r"\p{Regional_Indicator}{1,2}\p{M}*+"  # \X would count each run of them from its beginning
_WORDS = regex.compile(rf"\s+|{_SIGNS}\p{{M}}*+|(?:(?!{_SIGNS})\w\p{{M}}*+)++|{_FLAGS}|\X")
_KEY = 40  # characters before a sign that tell it from others of its sort


class Piece(NamedTuple):
    """A stretch of text that both have, or only one."""

    op: Literal["same", "removed", "added"]
    text: str


class Pieces(list[Piece]):
    """Two texts as one; not `complete` where something was too much to be compared word by word."""

    complete: bool = True


def compare_words(old: str, new: str) -> Pieces:
    """The texts as one: joining `same` and `removed` gives the old, `same` and `added` the new.

    What is too much to be compared word by word within reason is removed and added as a whole.
    """
    matcher = Matcher()
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    start = _shared(left, right)
    head, left, right = left[:start], left[start:], right[start:]
    end = _shared(left[::-1], right[::-1])
    tail, left, right = left[len(left) - end :], left[: len(left) - end], right[: len(right) - end]
    pieces = [Piece("same", "".join(head)), *_matched(matcher, left, right), Piece("same", "".join(tail))]
    found = Pieces(_merged([piece for piece in pieces if piece.text]))
    found.complete = matcher.complete
    return found


def _shared(left: list[str], right: list[str]) -> int:
    """How many units two lists have in common at their beginning."""
    shortest = min(len(left), len(right))
    return next((at for at in range(shortest) if left[at] != right[at]), shortest)


def _matched(matcher: Matcher, left: list[str], right: list[str]) -> Iterator[Piece]:
    for (i, i_end, j, j_end), block in matcher.gaps(_keys(left), _keys(right)):
        yield Piece("removed", "".join(left[i:i_end]))
        yield Piece("added", "".join(right[j:j_end]))
        yield Piece("same", "".join(left[block.left : block.left + block.size]))


def _keys(units: list[str]) -> list[str]:
    """What units are matched by: signs and blanks with what is before them; alone they match everywhere."""
    keys: list[str] = []
    before = ""
    for unit in units:
        before = unit if unit[:1].isalnum() else before[-_KEY:] + unit
        keys.append(before)
    return keys


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
