"""Read fields that are a string with one server and a list of parts or an object with another."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.delta import Block, Logprobs, Piece
from recctl.support.jsonvalue import Json, as_list, as_object, as_str, compact


def pieces_of_content(content: Json, choice: int = 0, block: Block = ()) -> Iterator[Piece]:
    """Yield the pieces in `content`: a string, null, or parts of type text, refusal or thinking."""
    if isinstance(content, str):
        yield Piece(content, "text", choice, block)
    for part in as_list(content):
        if isinstance(part, str):
            yield Piece(part, "text", choice, block)
            continue
        fields = as_object(part)
        if refusal := as_str(fields.get("refusal")):
            yield Piece(refusal, "refusal", choice, block)
        if thinking := text_of(fields.get("thinking")):
            yield Piece(thinking, "reasoning", choice, block)
        if text := text_of(fields.get("text")):
            yield Piece(text, "text", choice, block)


def text_of(content: Json) -> str:
    """Return the text in a string, a part with `text` or `value`, or a list of those; "" if none."""
    texts = []
    pending = [content]
    while pending:
        part = pending.pop()
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict):
            pending.append(part.get("text", part.get("value")))
        else:
            pending += reversed(as_list(part))
    return "".join(texts)


def logprobs_of(value: Json, choice: int = 0) -> Iterator[Logprobs]:
    """Yield the log probabilities of a text: an object with lists of tokens, or only the list."""
    if isinstance(value, list) and value:
        yield Logprobs({"content": value}, choice)
    elif isinstance(value, dict) and value:
        yield Logprobs(value, choice)


def arguments_text(arguments: Json) -> str:
    """Return a tool call's arguments as the exact string sent; an object, in some formats, as JSON."""
    if arguments is None:
        return ""
    return arguments if isinstance(arguments, str) else compact(arguments)
