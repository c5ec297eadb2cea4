"""Compare two texts word by word."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Literal, NamedTuple

import regex

from recctl.diff.sequence_matching import Matcher

# The units of comparison. A grapheme cluster is never split: combining marks stay with their letter. Scripts
# without blanks are compared character by character.
_SIGNS = r"[\p{Hiragana}\p{Katakana}\p{Han}]"
_FLAGS = r"\p{Regional_Indicator}{1,2}\p{M}*+"  # \X would take quadratic time on a run of them
_WORDS = regex.compile(rf"\s+|{_SIGNS}\p{{M}}*+|(?:(?!{_SIGNS})\w\p{{M}}*+)++|{_FLAGS}|\X")
_KEY = 40  # characters before a sign or blank that it is matched with


class Piece(NamedTuple):
    """A stretch of text that both texts have, or only one."""

    op: Literal["same", "removed", "added"]
    text: str


class WordDiff(NamedTuple):
    """Two texts as one: `same` and `removed` pieces joined are the old text, `same` and `added` the new.

    It is not `complete` if some stretch was too long to compare word by word: it is then removed and
    added as a whole.
    """

    pieces: list[Piece]
    complete: bool


def compare_words(old: str, new: str) -> WordDiff:
    """Compare two texts word by word, in about linear time."""
    matcher = Matcher()
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    start = _shared(left, right)
    head, left, right = left[:start], left[start:], right[start:]
    end = _shared(left[::-1], right[::-1])
    tail, left, right = left[len(left) - end :], left[: len(left) - end], right[: len(right) - end]
    pieces = [Piece("same", "".join(head)), *_matched(matcher, left, right), Piece("same", "".join(tail))]
    return WordDiff(_merged([piece for piece in pieces if piece.text]), matcher.complete)


def _shared(left: list[str], right: list[str]) -> int:
    """Return how many units two lists have in common at their beginning."""
    shortest = min(len(left), len(right))
    return next((at for at in range(shortest) if left[at] != right[at]), shortest)


def _matched(matcher: Matcher, left: list[str], right: list[str]) -> Iterator[Piece]:
    for (i, i_end, j, j_end), block in matcher.gaps(_keys(left), _keys(right)):
        yield Piece("removed", "".join(left[i:i_end]))
        yield Piece("added", "".join(right[j:j_end]))
        yield Piece("same", "".join(left[block.left : block.left + block.size]))


def _keys(units: list[str]) -> list[str]:
    """Return what units are matched by: signs and blanks with the text before them.

    By themselves they would match anywhere.
    """
    keys: list[str] = []
    before = ""
    for unit in units:
        before = unit if unit[:1].isalnum() else before[-_KEY:] + unit
        keys.append(before)
    return keys


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Join pieces of one kind; blanks between two changes become part of both changes."""
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
    """Return a removal and an addition; blanks and ASCII signs that end both are the same."""
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
    """Return whether two characters are the same blank or ASCII sign, which combines with no letter."""
    return one == other and (one.isspace() or (one.isascii() and not one.isalnum()))
