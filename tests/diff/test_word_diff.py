"""Texts compared word by word."""

from __future__ import annotations

import itertools
import random
import sys
import unicodedata
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.diff.word_diff import Piece, compare_words

Told = list[tuple[str, str]]

CASES: dict[str, tuple[str, str, Told]] = {
    "nothing": ("", "", []),
    "the same": ("All aboard.", "All aboard.", [("same", "All aboard.")]),
    "from nothing": ("", "All aboard.", [("added", "All aboard.")]),
    "to nothing": ("All aboard.", "", [("removed", "All aboard.")]),
    "one word": (
        "The red boat leaves.",
        "The blue boat leaves.",
        [("same", "The "), ("removed", "red"), ("added", "blue"), ("same", " boat leaves.")],
    ),
    "not by letters": (
        "The boats leave.",
        "The goats leave.",
        [("same", "The "), ("removed", "boats"), ("added", "goats"), ("same", " leave.")],
    ),
    "two words in one": (
        "The red boat leaves.",
        "The blue ship leaves.",
        [("same", "The "), ("removed", "red boat"), ("added", "blue ship"), ("same", " leaves.")],
    ),
    "a full stop": (
        "Leave now",
        "Leave now!",
        [("same", "Leave now"), ("added", "!")],
    ),
    "blanks": ("a b", "a  b", [("same", "a"), ("removed", " "), ("added", "  "), ("same", "b")]),
}


@pytest.mark.parametrize("case", CASES)
def test_pieces(case: str) -> None:
    old, new, pieces = CASES[case]
    assert compare_words(old, new).pieces == [Piece(*piece) for piece in pieces]  # type: ignore[arg-type]


# ---- what is read as one sign stays one

SIGNS: dict[str, tuple[str, str]] = {
    "an accent of its own": ("cafe\u0301", "cafe"),
    "two accents": ("e\u0301\u0323", "e\u0301"),
    "flags": ("\U0001f1ef\U0001f1f5", "\U0001f1ef\U0001f1f2"),
    "colours of skin": ("\U0001f44d\U0001f3fd", "\U0001f44d\U0001f3ff"),
    "a family": ("\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f469\u200d\U0001f466"),
    "shown as an emoji": ("\u2764\ufe0f", "\u2764"),
    "a keycap": ("1\ufe0f\u20e3", "2\ufe0f\u20e3"),
    "marks of kana": ("\u304b\u3099", "\u304b"),
    "vowels of Hindi": ("\u0939\u093f\u0928\u094d\u0926\u0940", "\u0939\u093f\u0928\u094d\u0926\u0941"),
    "points of Hebrew": ("\u05e9\u05b8\u05dc", "\u05e9\u05b4\u05dc"),
    "vowels of Thai": ("\u0e17\u0e35\u0e48", "\u0e17\u0e35\u0e49"),
}


@pytest.mark.parametrize("case", SIGNS)
def test_signs_are_not_torn(case: str) -> None:
    old, new = SIGNS[case]
    pieces = [("same", "So "), ("removed", old), ("added", new), ("same", " it is.")]
    assert [tuple(piece) for piece in compare_words(f"So {old} it is.", f"So {new} it is.").pieces] == pieces


# ---- any two texts

_words = st.sampled_from(
    ["red", "blue", "boat", " ", "  ", "\n", ".", "e\u0301", "\U0001f1ef\U0001f1f5", "京都", "x_1"]
)
_few = st.lists(_words, max_size=20).map("".join)
_text = _few | st.text(max_size=60)


@given(_text, _text)
def test_pieces_make_up_both_texts(old: str, new: str) -> None:
    assert_made_of(compare_words(old, new).pieces, old, new)


@given(_text, _text)
def test_pieces_are_whole(old: str, new: str) -> None:
    pieces = compare_words(old, new).pieces
    assert "" not in [piece.text for piece in pieces]
    assert all(one.op != two.op for one, two in itertools.pairwise(pieces))


@given(_text)
def test_a_text_is_the_same_as_itself(text: str) -> None:
    assert compare_words(text, text).pieces == ([Piece("same", text)] if text else [])


@given(_few, _few)
def test_no_piece_begins_with_a_mark_of_the_letter_before(old: str, new: str) -> None:
    first, *rest = compare_words(f"So {old}", f"So {new}").pieces
    assert first.op == "same"
    assert [piece for piece in rest if unicodedata.combining(piece.text[0])] == []


def assert_made_of(pieces: list[Piece], old: str, new: str) -> None:
    assert "".join(piece.text for piece in pieces if piece.op != "added") == old
    assert "".join(piece.text for piece in pieces if piece.op != "removed") == new


# ---- long texts

WORDS = [f"word{number}" for number in range(6_000)]
LONG = {
    "one line": " ".join(WORDS),
    "lines of ten words": "\n".join(" ".join(WORDS[start : start + 10]) for start in range(0, 6_000, 10)),
    "two lines": f"{' '.join(WORDS[:3_000])}\n{' '.join(WORDS[3_000:])}",
}


@pytest.mark.parametrize("case", LONG)
@pytest.mark.parametrize("place", ["word12", "word4321"], ids=["near the start", "near the end"])
@pytest.mark.parametrize("word", ["other", "word0 more", ""], ids=["changed", "two", "removed"])
def test_one_word_in_a_long_text(case: str, place: str, word: str) -> None:
    old = LONG[case]
    new = old.replace(f" {place} ", f" {word} ")
    found = compare_words(old, new)
    assert_made_of(found.pieces, old, new)
    assert 0 < sum(len(piece.text) for piece in found.pieces if piece.op != "same") < 40


def shuffled(count: int, seed: int) -> str:
    return " ".join(random.Random(seed).choices(["red", "boat"], k=count))


def test_what_is_too_much_to_compare_is_whole_and_said_to_be() -> None:
    found = compare_words(shuffled(40_000, 1), shuffled(40_000, 2))
    assert_made_of(found.pieces, shuffled(40_000, 1), shuffled(40_000, 2))
    assert (found.complete, compare_words(shuffled(200, 1), shuffled(200, 2)).complete) == (False, True)


def test_long_texts_without_a_word_in_common_are_compared() -> None:
    old, new = (" ".join(f"{letter}{number}" for number in range(40_000)) for letter in "ab")
    assert compare_words(old, new).complete


def test_pieces_of_a_long_text_are_not_cut_between_words() -> None:
    old = LONG["lines of ten words"]
    found = compare_words(old, old.replace("word1234", "one").replace("word4321", "two"))
    assert [piece.op for piece in found.pieces] == ["same", "removed", "added"] * 2 + ["same"]


@pytest.mark.parametrize("separator", [" ", ", ", ",", '", "', "\n"])
def test_the_work_does_not_grow_with_the_cube_of_texts_that_have_only_separators_in_common(
    separator: str,
) -> None:
    # Twice as long is four times the work at most; the cube would be eight times.
    assert _work(120, separator) <= 5 * _work(60, separator) + 1_000


def _work(count: int, separator: str) -> int:
    """How many calls it takes to compare two texts of so many words."""
    old, new = (separator.join(f"{letter}{number}" for number in range(count)) for letter in "ab")
    calls = 0

    def counted(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(counted)
    try:
        compare_words(old, new)
    finally:
        sys.setprofile(None)
    return calls
