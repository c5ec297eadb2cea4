"""Where values lie in a document, whatever its formatting; and that replacing one leaves all the rest."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recctl.edit.json_spans import Span, elements, inside_string, members, root, value_at
from recctl.edit.plan import Patch, patched
from tests.edit.serializer import Path, RandomSerializer, at, canonical


def _as_json_reads_it(text: str) -> str:
    """Two surrogates in a row are one character to every reader."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


seeds = st.integers(0, 2**32 - 1)
texts = st.text(st.characters(exclude_categories=()), max_size=12).map(_as_json_reads_it)
numbers = st.integers() | st.integers(10**30, 10**40) | st.floats()
leaves = st.none() | st.booleans() | numbers | texts
documents = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=20,
)


# ---- spans


def _spans(raw: bytes, span: Span, path: Path = ()) -> dict[Path, Span]:
    """Every value below a span by its path, found by what is tested."""
    found = {path: span}
    for key, inner in members(raw, span).items():
        found |= _spans(raw, inner, (*path, key))
    for index, inner in enumerate(elements(raw, span)):
        found |= _spans(raw, inner, (*path, index))
    return found


@given(documents, seeds)
def test_every_value_lies_where_it_was_written(value: Any, seed: int) -> None:
    serializer = RandomSerializer(Random(seed))
    raw = serializer.document(value)
    assert _spans(raw, root(raw)) == serializer.spans


@given(documents, seeds)
def test_the_bytes_of_a_span_parse_to_the_value_there(value: Any, seed: int) -> None:
    raw = RandomSerializer(Random(seed)).document(value)
    read = json.loads(raw)
    for path, span in _spans(raw, root(raw)).items():
        assert canonical(json.loads(span.of(raw))) == canonical(at(read, path))


@given(documents, st.none() | st.integers(0, 9))
def test_documents_as_the_standard_library_writes_them(value: Any, indent: int | None) -> None:
    raw = json.dumps(value, indent=indent).encode()
    assert root(raw) == (0, len(raw))
    for path, span in _spans(raw, root(raw)).items():
        assert canonical(json.loads(span.of(raw))) == canonical(at(value, path))


RAW: dict[str, tuple[bytes, dict[str, bytes]]] = {
    "empty": (b"{}", {}),
    "empty with blanks": (b" {\r\n\t } ", {}),
    "brackets and quotes in strings": (b'{"a": "}]\\"{[", "b": 1}', {"a": b'"}]\\"{["', "b": b"1"}),
    "a backslash before the quote": (b'{"a": "\\\\", "b": 1}', {"a": b'"\\\\"', "b": b"1"}),
    "equal keys": (b'{"a": 1, "b": 2, "a": [3]}', {"a": b"[3]", "b": b"2"}),
    "equal keys, one with an escape": (b'{"id": 1, "\\u0069d": 2}', {"id": b"2"}),
    "NaN and infinities": (
        b'{"a":NaN,"b":-Infinity,"c":Infinity}',
        {"a": b"NaN", "b": b"-Infinity", "c": b"Infinity"},
    ),
    "numbers": (b'{"a":-0.50E+07,"b":1' + b"0" * 99 + b"}", {"a": b"-0.50E+07", "b": b"1" + b"0" * 99}),
    "a lone surrogate": (b'{"\\ud83d": "\\udc00"}', {"\ud83d": b'"\\udc00"'}),
    "raw UTF-8": ('{"ä": "🏔"}'.encode(), {"ä": '"🏔"'.encode()}),
    "CRLF": (b'{\r\n  "a": 1,\r\n  "b": [\r\n  ]\r\n}\r\n', {"a": b"1", "b": b"[\r\n  ]"}),
    "no object": (b"[1, 2]", {}),
}


@pytest.mark.parametrize("name", RAW)
def test_members_of(name: str) -> None:
    raw, expected = RAW[name]
    assert {key: span.of(raw) for key, span in members(raw, root(raw)).items()} == expected


def test_what_is_no_array_has_no_elements() -> None:
    raw = b'{"a": 1}'
    assert list(elements(raw, root(raw))) == []


def test_a_value_begins_after_the_blanks() -> None:
    assert value_at(b'[1, \n\t "x"]', 3) == (7, 10)


# ---- replacing


@pytest.mark.promise("normalize changes only the bytes of its values")
@given(documents, seeds, leaves, st.data())
def test_replacing_a_value_leaves_every_other_byte(
    value: Any, seed: int, new: Any, data: st.DataObject
) -> None:
    serializer = RandomSerializer(Random(seed))
    raw = serializer.document(value)
    path = data.draw(st.sampled_from(sorted(serializer.spans, key=repr)))
    start, end = serializer.spans[path]
    span = _spans(raw, root(raw))[path]
    after = patched(raw, [Patch(*span, json.dumps(new).encode())])
    assert after == raw[:start] + json.dumps(new).encode() + raw[end:]
    assert canonical(json.loads(after)) == canonical(_with(json.loads(raw), path, new))


def _with(value: Any, path: Path, new: Any) -> Any:
    if not path:
        return new
    at(value, path[:-1])[path[-1]] = new
    return value


@given(st.binary())
def test_an_empty_plan_leaves_identical_bytes(raw: bytes) -> None:
    assert patched(raw, ()) == raw


@given(st.binary(min_size=1), st.data())
def test_several_patches_are_each_applied(raw: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), min_size=2, max_size=8, unique=True)))
    patches = [Patch(a, b, b"<%d>" % a) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    expected = raw
    for patch in reversed(patches):
        expected = expected[: patch.start] + patch.new + expected[patch.end :]
    assert patched(raw, patches) == expected


# ---- parts of strings


@given(texts.filter(bool), seeds, st.data(), st.sampled_from([b"", b" ", b'["x", ']))
def test_a_part_of_a_text_is_found_in_the_literal(
    text: str, seed: int, data: st.DataObject, before: bytes
) -> None:
    literal, starts = RandomSerializer(Random(seed)).literal(text)
    raw = before + literal + b" ]"
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, len(text)))
    inner = Span(len(_utf8(text[:first])), len(_utf8(text[:last])))
    string = Span(len(before), len(before) + len(literal))
    found = inside_string(raw, string, inner)
    assert found == (len(before) + starts[first], len(before) + starts[last])
    assert json.loads(b'"%s"' % found.of(raw)) == text[first:last]


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


PARTS = {
    "plain": (rb'"a rec b"', "rec", b"rec"),
    "after escapes": (rb'"\n\"\\ rec"', "rec", b"rec"),
    "itself escaped": (rb'"\u0061\u0062c"', "b", rb"\u0062"),
    "after a pair of surrogates": (rb'"\ud83c\udfd4 rec"', "rec", b"rec"),
    "a pair of surrogates": (rb'"x\uD83C\uDFD4y"', "🏔", rb"\uD83C\uDFD4"),
    "after raw bytes": ('"🏔é rec"'.encode(), "rec", b"rec"),
    "raw bytes": ('"x🏔y"'.encode(), "🏔", "🏔".encode()),
    "after a lone surrogate": (rb'"\ud83c rec"', "rec", b"rec"),
    "a backslash that is text": (rb'"\\u0061 rec"', "rec", b"rec"),
    "at the end": (rb'"x/y\/"', "/y/", rb"/y\/"),
}


@pytest.mark.parametrize("name", PARTS)
def test_part(name: str) -> None:
    raw, part, expected = PARTS[name]
    text = json.loads(raw)
    start = len(_utf8(text[: text.index(part)]))
    assert inside_string(raw, root(raw), Span(start, start + len(_utf8(part)))).of(raw) == expected
