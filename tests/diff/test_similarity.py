"""How much two texts or two values have in common."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.diff.similarity import Fingerprints, similarity, text_similarity, word_counts


@pytest.mark.parametrize(
    ("left", "right", "share"),
    [
        ("red boat", "red boat", 1.0),
        ("red boat", "boat red", 1.0),
        ("red boat", "blue ship", 0.0),
        ("red boat", "red ship", 1 / 3),
        ("red red boat", "red boat", 2 / 3),
        ("", "", 1.0),
        ("", "red", 0.0),
    ],
)
def test_overlap_is_the_share_of_common_words(left: str, right: str, share: float) -> None:
    assert (
        text_similarity(word_counts(left), word_counts(right))
        == text_similarity(word_counts(right), word_counts(left))
        == share
    )


def shared(old: Any, new: Any) -> float:
    fingerprints = Fingerprints()
    return similarity(fingerprints.of(old), fingerprints.of(new))


VALUES: dict[str, tuple[Any, Any, float]] = {
    "the same": ({"a": ["red boat"]}, {"a": ["red boat"]}, 1.0),
    "nothing": ({"a": "red"}, {"b": "blue"}, 0.0),
    "a key": ({"a": "red"}, {"a": "blue"}, 1 / 3),
    "words of a text": (["red boat"], ["blue boat"], 1 / 3),
    "wherever they stand": (["red", ["boat"]], {"red": "boat"}, 1.0),
    "nothing in either": ([], {}, 1.0),
    "one of many": ([f"w{n}" for n in range(4)], ["w0"], 1 / 4),
}


@pytest.mark.parametrize("case", VALUES)
def test_values_share_their_distinct_words(case: str) -> None:
    old, new, expected = VALUES[case]
    assert shared(old, new) == shared(new, old) == expected


@given(st.integers(0, 900), st.integers(300, 900))
def test_the_share_of_long_texts_is_near_the_true_one(start: int, count: int) -> None:
    """Of more words than are kept, it is an estimate: some 4 % off, as a rule, with 128 words kept."""
    old = {f"word{number}" for number in range(900)}
    new = {f"word{number}" for number in range(start, start + count)}
    true = len(old & new) / len(old | new)
    assert abs(shared(sorted(old), " ".join(sorted(new))) - true) < 0.2
