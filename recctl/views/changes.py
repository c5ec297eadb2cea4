"""`diff`: changes as a person reads them, long texts word by word."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from recctl.diff.changes import Change, format_path
from recctl.diff.word_diff import Piece, compare_words
from recctl.support.jsonvalue import Json, compact, pretty
from recctl.views.escaping import visible
from recctl.views.styled_lines import Line, Span, Style, line, styled

_CONTEXT = 48  # characters shown on each side of a change in a long text
_DATA = 200  # characters without a blank from which a string is data, not words
_WORD = 60  # characters of a single word at most
_DIGEST = 12  # digits that tell one piece of data from another


def change_lines(change: Change, indent: int = 0) -> Iterator[Line]:
    """One change: where it is, then what it is."""
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
        pieces = compare_words(old, new)
        yield line(*word_spans(pieces), indent=indent + 1)
        if not pieces.complete:
            yield styled("(too much changed to compare all of it word by word)", "dim", indent=indent + 1)
    elif any(isinstance(value, dict | list) and value for value in (old, new)):
        yield line(path, indent=indent, lead=lead)
        yield line(Span(visible(pretty(old)), "removed"), indent=indent + 1, lead=Span("- ", "removed"))
        yield line(Span(visible(pretty(new)), "added"), indent=indent + 1, lead=Span("+ ", "added"))
    else:
        both = (Span(_short(old), "removed"), Span(" → ", "dim"), Span(_short(new), "added"))
        yield line(path, Span("  "), *both, indent=indent, lead=lead)


def word_spans(pieces: Sequence[Piece]) -> Iterator[Span]:
    """A text with what went and what came in it, and only so much around as makes sense of it.

    Marked as git does, `[-went-]{+came+}`, for not everybody sees red and green.
    """
    for number, piece in enumerate(pieces):
        if piece.op == "same":
            yield Span(visible(_context(piece.text, first=number == 0, last=number == len(pieces) - 1)))
        elif piece.op == "removed":
            yield Span(f"[-{visible(piece.text)}-]", "removed")
        else:
            yield Span(f"{{+{visible(piece.text)}+}}", "added")


def _context(text: str, first: bool, last: bool) -> str:
    """The ends of a stretch that did not change, those that touch a change."""
    head = "" if first else text[:_CONTEXT]
    tail = "" if last else text[-_CONTEXT:]
    if len(text) <= len(head) + len(tail) + len(" … "):
        return text
    # Whole words, where there are blanks to tell them by.
    head = head.rpartition(" ")[0] or head
    tail = tail.partition(" ")[2] or tail
    return " … ".join((head, tail)) if head and tail else f"{head} …" if head else f"… {tail}"


def _are_prose(old: str, new: str) -> bool:
    """Whether two strings are compared by words: not data, and not single words, which stand side by side."""
    if is_data(old) or is_data(new):
        return False
    return any(len(text) > _WORD or any(char.isspace() for char in text) for text in (old, new))


def is_data(text: str) -> bool:
    """Whether a string is data, an image in base64 for example, that nobody reads."""
    head = text[:_DATA]
    return len(text) >= _DATA and head.isascii() and not any(char.isspace() for char in head)


def _shown(change: Change, value: Json) -> Json:
    """A value as it is shown: data described, and of an answer only what it has."""
    if change.path[:1] == ("response",) and isinstance(value, dict):
        value = {key: item for key, item in value.items() if item not in (None, "", [])}
    return _without_data(value)


def _without_data(value: Json) -> Json:
    if isinstance(value, str) and is_data(value):
        return _described(value)
    if isinstance(value, list):
        return [_without_data(item) for item in value]
    if isinstance(value, dict):
        return {key: _without_data(item) for key, item in value.items()}
    return value


def _short(value: Json) -> str:
    if isinstance(value, str) and is_data(value):
        return visible(_described(value))
    return visible(compact(value))


def short_value(value: Json) -> str:
    """A value on one line: the two ends of a long one."""
    text = _short(_without_data(value))
    half = _CONTEXT // 2
    return text if len(text) <= _CONTEXT else f"{text[:half]}…{text[-half:]}"


def _described(data: str) -> str:
    """Data told by its beginning, its length and a digest, so that two can be told apart."""
    digest = hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
    return f"{data[:24]}… {len(data):,} characters, sha256 {digest}"
