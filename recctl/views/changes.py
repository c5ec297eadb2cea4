"""Changes as a person reads them, long texts word by word."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from recctl.diff.changes import Change, format_path
from recctl.diff.word_diff import Piece, compare_words
from recctl.support.jsonvalue import Json, compact, pretty
from recctl.views.escaping import visible
from recctl.views.styled_lines import Line, Span, Style, line, styled

_CONTEXT = 48  # characters shown on each side of a change in a long text
_MIN_DATA = 200  # characters without a blank from which a string is data, not text
_MAX_WORD = 60  # characters of a single word
_DIGEST = 12  # digits of a digest


def change_lines(change: Change, indent: int = 0) -> Iterator[Line]:
    """Yield one change: its path, then the values."""
    path = Span(visible(format_path(change.path)) or "(all)", "name")
    if change.op == "changed":
        yield from _changed(path, _shown(change, change.old), _shown(change, change.new), indent)
        return
    value, sign, style = _side(change)
    if isinstance(value, dict | list) and value:
        yield line(Span(f"{sign} ", style), path, indent=indent)
        yield styled(visible(pretty(_shown(change, value))), style, indent=indent + 1)
    else:
        yield line(path, Span("  "), Span(_short(value), style), indent=indent, lead=Span(f"{sign} ", style))


def _side(change: Change) -> tuple[Json, str, Style]:
    return (change.new, "+", "added") if change.op == "added" else (change.old, "-", "removed")


def _changed(path: Span, old: Json, new: Json, indent: int) -> Iterator[Line]:
    lead = Span("~ ", "dim")
    if isinstance(old, str) and isinstance(new, str) and _are_prose(old, new):
        yield line(path, indent=indent, lead=lead)
        words = compare_words(old, new)
        yield line(*word_spans(words.pieces), indent=indent + 1)
        if not words.complete:
            yield styled("(too long to compare all of it word by word)", "dim", indent=indent + 1)
    elif any(isinstance(value, dict | list) and value for value in (old, new)):
        yield line(path, indent=indent, lead=lead)
        yield line(Span(visible(pretty(old)), "removed"), indent=indent + 1, lead=Span("- ", "removed"))
        yield line(Span(visible(pretty(new)), "added"), indent=indent + 1, lead=Span("+ ", "added"))
    else:
        both = (Span(_short(old), "removed"), Span(" → ", "dim"), Span(_short(new), "added"))
        yield line(path, Span("  "), *both, indent=indent, lead=lead)


def word_spans(pieces: Sequence[Piece]) -> Iterator[Span]:
    """Yield a text with its removed and added words, and a little context around them.

    Marked as `git diff --word-diff` does, `[-removed-]{+added+}`: not everybody sees red and green.
    """
    for number, piece in enumerate(pieces):
        if piece.op == "same":
            yield Span(visible(_context(piece.text, first=number == 0, last=number == len(pieces) - 1)))
        elif piece.op == "removed":
            yield Span(f"[-{visible(piece.text)}-]", "removed")
        else:
            yield Span(f"{{+{visible(piece.text)}+}}", "added")


def _context(text: str, first: bool, last: bool) -> str:
    """Return the ends of an unchanged stretch, only those next to a change."""
    head = "" if first else text[:_CONTEXT]
    tail = "" if last else text[-_CONTEXT:]
    if len(text) <= len(head) + len(tail) + len(" … "):
        return text
    # Cut between words, if there are blanks.
    head = head.rpartition(" ")[0] or head
    tail = tail.partition(" ")[2] or tail
    return " … ".join((head, tail)) if head and tail else f"{head} …" if head else f"… {tail}"


def _are_prose(old: str, new: str) -> bool:
    """Return whether to compare two strings by words: neither data nor both a single word."""
    if is_data(old) or is_data(new):
        return False
    return any(len(text) > _MAX_WORD or any(char.isspace() for char in text) for text in (old, new))


def is_data(text: str) -> bool:
    """Return whether a string is data that nobody reads, such as an image in base64."""
    head = text[:_MIN_DATA]
    return len(text) >= _MIN_DATA and head.isascii() and not any(char.isspace() for char in head)


def _shown(change: Change, value: Json) -> Json:
    """Return a value as it is shown: data summarized, empty fields of an answer left out."""
    if change.path[:1] == ("response",) and isinstance(value, dict):
        value = {key: item for key, item in value.items() if item not in (None, "", [])}
    return _without_data(value)


def _without_data(value: Json) -> Json:
    if isinstance(value, str) and is_data(value):
        return _summarized(value)
    if isinstance(value, list):
        return [_without_data(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_data(item) for key, item in value.items()}
    return value


def _short(value: Json) -> str:
    if isinstance(value, str) and is_data(value):
        return visible(_summarized(value))
    return visible(compact(value))


def short_value(value: Json) -> str:
    """Return a value on one line, a long one cut in the middle."""
    text = _short(_without_data(value))
    half = _CONTEXT // 2
    return text if len(text) <= _CONTEXT else f"{text[:half]}…{text[-half:]}"


def _summarized(data: str) -> str:
    """Return the beginning of data, its length and a digest, so that different data look different."""
    digest = hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
    return f"{data[:24]}… {len(data):,} characters, sha256 {digest}"
