"""Content that is a string in one server's answer and a list of parts in another's."""

from __future__ import annotations

from collections.abc import Iterator

from recctl.conversation.delta import Block, Logprobs, Piece
from recctl.support.jsonvalue import Json, as_list, as_object, as_str, compact


def piece_of_content(content: Json, choice: int = 0, block: Block = ()) -> Iterator[Piece]:
    """The pieces in `content`: a string, null, or parts of type text, refusal or thinking."""
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
    """The text in a string, a part with `text` or `value`, or a list of such; "" when there is none."""
    texts = []
    waiting = [content]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict):
            waiting.append(part.get("text", part.get("value")))
        else:
            waiting += reversed(as_list(part))
    return "".join(texts)


def logprobs_of(value: Json, choice: int = 0) -> Iterator[Logprobs]:
    """The log probabilities beside a text: an object with lists of tokens, or the bare list of them."""
    if isinstance(value, list) and value:
        yield Logprobs({"content": value}, choice)
    elif isinstance(value, dict) and value:
        yield Logprobs(value, choice)


def arguments_text(arguments: Json) -> str:
    """A tool call's arguments as the exact string sent; an object, which some formats have, as its JSON."""
    if arguments is None:
        return ""
    return arguments if isinstance(arguments, str) else compact(arguments)
