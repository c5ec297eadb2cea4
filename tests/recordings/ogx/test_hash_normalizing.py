"""The texts that are hashed: the same as the recorder's own patterns give, in linear time."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recctl.recordings.ogx.hash_normalizing import Normalizing, with_short_decimals, without_search_results
from tests.helpers import examples
from tests.recordings.ogx.test_hash_eras import INFO, PROJECT, UUID, words

# What the patterns are made of, and what looks like it: blanks and digits of other scripts (\s and \d
# take them), blanks that are none, digits that are none.
_BLANKS = [" ", "\t", "\n", "\u2003", "\u00a0", "\u200b", "\x1c", "\x85", "  " * 3]
_DIGITS = ["0", "7", "123456", "\u0661", "\u0967\u0968", "\U0001d7ce", "\u00b2", "\u2460"]
_SIGNS = [",", ",,", ", ", ".", "-", "+", "e", "E-", "{", "}", "{}", "|", ":", "_", "x", "\\"]
_WORDS = ["score:", "attributes:", "document_id:", "<|", "|>", "attributes", "score: ", ", attributes: {"]
_IDS = [UUID, UUID.upper(), UUID[:-1], f"<|{UUID}|>", "0f6b1c2d-", f"document_id: {UUID}"]
_DECIMALS = ["1.23456", "-0.00001", "1.2345", "1.234", "9.999999999", "\u0661.\u0662\u0662\u0662\u0662"]
fragments = st.sampled_from([*_BLANKS, *_DIGITS, *_SIGNS, *_WORDS, *_IDS, *_DECIMALS])
texts = st.lists(fragments | st.text(max_size=3), max_size=30).map("".join)


def normalized(text: str) -> str:
    """A text as rules hash it since searches are replaced."""
    return with_short_decimals(without_search_results(text))


@examples(500)
@given(texts)
@example(",  ,  , attributes: {a} attributes:{b}, attributes: {")
@example(f"document_id: , attributes: {{x}}{UUID}")
@example("score: , attributes: {score: 1}5.123456")
@example("1, attributes: {}.23456")
@example("attributes: {attributes: {}} , attributes:\u2003{\n}")
@example("5-1.23456--7.00000009.1234.12345")
def test_a_text_becomes_what_the_recorders_patterns_make_of_it(text: str) -> None:
    assert normalized(text) == words(text, INFO)
    assert with_short_decimals(text) == words(text, PROJECT)


@examples(100)
@given(st.lists(fragments, min_size=1, max_size=3).map("".join), st.integers(1, 120), texts, texts)
def test_so_does_one_that_repeats_itself(fragment: str, times: int, before: str, after: str) -> None:
    text = f"{before}{fragment * times}{after}"
    assert normalized(text) == words(text, INFO)


# What made a pattern go over the same text again and again, or may: (fragment, end).
WORST: dict[str, tuple[str, str]] = {
    "attributes without an end": ("attributes: {", ""),
    "attributes without an end, after one with": ("attributes: {", "x" * 9),
    "attributes with an end each": (", attributes: {a}", ""),
    "attributes with one end": ("attributes: {", "}"),
    "attributes without a brace": ("attributes:   ", "}"),
    "commas": (",", "attributes: }"),
    "commas and blanks": (",  ,  ", "attributes: }"),
    "blanks": (" ", "}"),
    "blanks and attributes": (" ", "attributes: {}"),
    "blanks of another script": ("\u2003", "attributes: }"),
    "blanks after attributes": ("attributes:" + " " * 50, "}"),
    "blanks after a score": ("score:" + " " * 50, "x"),
    "digits": ("1", ""),
    "digits of another script": ("\u0661", "."),
    "minus signs": ("-", "1.2"),
    "digits and dots": ("1.", "2"),
    "short decimals": ("1.234 ", ""),
    "a score of many digits": ("1", " score: "),
    "scores of many digits": ("score:" + "1" * 50, "."),
    "scores with exponents": ("score: 1e", "5"),
    "scores without a number": ("score:-.", ""),
    "documents": ("document_id: 0f6b1c2d-3e4f-4a5b-8c6d-", ""),
    "marks": ("<|0f6b1c2d-", ""),
    "open marks": ("<|", ""),
}


@pytest.mark.parametrize("case", WORST)
def test_a_worst_case_becomes_the_same(case: str) -> None:
    fragment, end = WORST[case]
    for text in (
        fragment * 150 + end,
        f"score: {fragment * 150}{end}",
        f"attributes: {{{fragment * 150}{end}",
    ):
        assert normalized(text) == words(text, INFO)


@pytest.mark.slow
@pytest.mark.parametrize("case", WORST)
def test_four_times_the_length_takes_about_four_times_as_long(case: str) -> None:
    fragment, end = WORST[case]

    def body_of(size: int) -> Callable[[], object]:
        text = f"score: attributes: {fragment * (size // len(fragment))}{end}."
        return lambda: Normalizing(searches=True, projects=True, dropped=("x",)).body({"a": [text]})

    for size in (10_000, 250_000):  # the first so that a quadratic pattern fails instead of hanging
        short, long = (min(_seconds(body_of(length)) for _ in range(3)) for length in (size, 4 * size))
        assert long < 6 * max(short, 0.004)


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
