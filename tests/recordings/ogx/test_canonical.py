"""The quick proof that bytes are the recorder's: never wrong, and right for what is ordinary."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recctl.recordings.ogx.canonical import canonical_bytes, duplicate_keys, is_canonical, parse_canonical
from tests.helpers import SAMPLES, examples
from tests.recordings.ogx.test_hash_rules import CORPUS, needs_corpus


def canonical(document: Any) -> bytes:
    """The bytes that the recorder writes, by the standard library alone."""
    return (json.dumps(document, indent=2) + "\n").encode()


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same to the type, the sign of a zero and the order of keys."""
    return json.dumps(one) == json.dumps(other)


def check(raw: bytes) -> bool:
    """Whether bytes are proven; if so they are what the recorder writes, and the document is right."""
    document = parse_canonical(raw)
    if document is None:
        return False
    wanted = json.loads(raw)
    assert canonical(wanted) == raw
    assert same(document, wanted)
    assert is_canonical(raw)
    assert duplicate_keys(raw) == ()
    return True


floats = st.one_of(
    st.floats(),
    st.floats(-1e-3, 1e-3),
    st.floats(1e14, 1e25),
    st.builds(math.ldexp, st.floats(0.5, 1), st.integers(-1074, 1023)),
    st.builds(float, st.integers(-(10**20), 10**20)),
)
integers = st.one_of(
    st.integers(), st.integers(-(2**70), 2**70), st.sampled_from([2**63, 2**64 - 1, 2**64, -(2**63) - 1])
)
characters = st.one_of(
    st.characters(codec=None),
    st.sampled_from('\x00\x1f\x7f\x80\xa0\u2028\u2029\ufeff\uffff\U00010000\U0010ffff"\\/\b\f\n\r\t'),
    st.sampled_from("0.0001 e-7,\n"),
)
texts = st.text(characters, max_size=12)
leaves = st.none() | st.booleans() | integers | floats | texts
documents = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@examples(200)
@given(documents)
@example({"a": "\x7f"})
@example({"": 0.00001, "b": [1e16, -0.0, 5e-324]})
def test_bytes_of_the_recorder(document: Any) -> None:
    raw = canonical(document)
    assert canonical_bytes(document) == raw
    assert is_canonical(raw)
    check(raw)


numbers = st.one_of(
    floats.map(repr),
    integers.map(str),
    st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True),
    st.sampled_from(
        ["1e-7", "0.00001", "1e16", "1E5", "-0", "0.0", "1.0e+16", "0.000010", "1e-05", "1e-5", "-0.00001"]
    ),
)
pieces = st.one_of(
    texts.map(lambda text: json.dumps(text)[1:-1]),
    texts.map(lambda text: json.dumps(text, ensure_ascii=False)[1:-1]),
    st.sampled_from(["\\u00E9", "\\/", "\\u0009", "\\u007f", "\x7f", "\\u0041", "\\ud83d", "\\n"]),
)
strings = st.lists(pieces, max_size=3).map(lambda parts: f'"{"".join(parts)}"')
values = numbers | strings | st.sampled_from(["{}", "[]", "[\n  ]", "NaN", "true", "null", "{ }"])
keys = strings | st.sampled_from(['"a"', '"b"'])
# Objects as the recorder indents them, their parts spelled in any way; the same key may come again.
objects = st.lists(st.tuples(keys, values), min_size=1, max_size=4).map(
    lambda pairs: "{\n  " + ",\n  ".join(f"{key}: {value}" for key, value in pairs) + "\n}"
)
lists = st.lists(values, min_size=1, max_size=4).map(lambda parts: "[\n  " + ",\n  ".join(parts) + "\n]")


@examples(300)
@given(objects | lists, st.sampled_from(["\n", "\n", "\n", "", "\n\n", "\r\n", " \n"]))
@example('{\n  "a": "\x7f"\n}', "\n")
@example('{\n  "a": 1e16\n}', "\n")
def test_bytes_that_somebody_wrote(text: str, end: str) -> None:
    raw = (text + end).encode("utf-8", "surrogatepass")
    try:
        proved = check(raw)
    except json.JSONDecodeError:
        pytest.fail("bytes were proven that are no JSON")
    try:
        json.loads(raw)
    except ValueError:
        assert not proved


@pytest.mark.parametrize("depth", [1, 50, 150, 250, 1000, 100_000])
def test_deep_nesting_is_proven_or_not_but_never_breaks(depth: int) -> None:
    lines = [f"{'  ' * level}[" for level in range(depth)] if depth < 1000 else ["[" * depth]
    ends = [f"{'  ' * level}]" for level in reversed(range(depth - 1))] if depth < 1000 else ["]" * depth]
    if depth < 1000:
        lines[-1] += "]"
    proved = parse_canonical(("\n".join([*lines, *ends]) + "\n").encode())
    assert (proved is not None) == (depth <= 150)


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"{", b"\xff\n", b"\xef\xbb\xbf{}\n", b"{}\n{}\n", b'"\xed\xa0\xbd"\n'], ids=repr
)
def test_what_is_no_json_is_not_proven(raw: bytes) -> None:
    assert parse_canonical(raw) is None


ORDINARY: list[Any] = [
    {"text": 'Grüß Gott \U0001f600 \u2028 \x00\x1f\t\n"\\/'},
    {"n": [0, 1, -1, 2**53, 2**63, 0.0, -0.0, 0.5, -0.1, 3.14159, 1e-05, 1.5e-07, 1e-10, 123456.789]},
    {"empty": [{}, [], "", None, True, False]},
    {"vector": [-0.00001234, 0.0000999, 0.012345678901234567]},
]


@pytest.mark.parametrize("document", ORDINARY, ids=lambda document: next(iter(document)))
def test_what_is_ordinary_is_proven(document: Any) -> None:
    assert check(canonical(document))


def test_every_sample_is_proven() -> None:
    paths = sorted(SAMPLES.rglob("recordings/**/*.json"))
    assert [path.name for path in paths if not check(path.read_bytes())] == []


@needs_corpus
def test_nearly_all_of_the_corpus_is_proven() -> None:
    proved = [check(path.read_bytes()) for path in sorted(Path(CORPUS or "").rglob("recordings/**/*.json"))]
    assert sum(proved) > 0.98 * len(proved) > 0


def test_integers_that_python_does_not_convert_are_left_alone() -> None:
    raw = b'{"a":' + b"1" * 5000 + b"}"
    assert is_canonical(raw)
    assert not check(raw)


@pytest.mark.parametrize("text", ["0.00001", "1e-7", "-0.00001", "1e16"])
def test_a_bare_number_is_spelled_as_any_other(text: str) -> None:
    assert not check(f"{text}\n".encode())
