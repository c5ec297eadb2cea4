"""An answer in a few words, for a line of a listing."""

from __future__ import annotations

import json
from typing import Literal

import msgspec

from recctl.answer import answer
from recctl.errors import Unreadable
from recctl.recording import load
from recctl.summary import Summary
from recctl.transcript import Transcript
from recctl.wire.formats import UNKNOWN

Sort = Literal["text", "tool", "embedding", "models", "error", "nothing", "unknown", "unreadable"]

_WORDS = 120  # characters of an answer that a listing needs at most


class Brief(msgspec.Struct, frozen=True):
    """What sort of answer it is, and its first words, on one line."""

    sort: Sort
    words: str


def brief_of(summary: Summary) -> Brief:
    """The brief of a recording, from its file."""
    try:
        return brief(answer(load(summary.path)))
    except Unreadable as error:
        return Brief("unreadable", error.message)


def brief(transcript: Transcript) -> Brief:
    """The brief of an answer: the error if there is one, else the tool calls, else the words."""
    if transcript.error:
        failure = transcript.error
        parts = (str(failure.status or ""), failure.type or "", failure.message or "")
        return Brief("error", _one_line(" ".join(filter(None, parts))))
    calls = [call for choice in transcript.choices for call in choice.tool_calls]
    if calls:
        return Brief(
            "tool", _one_line(", ".join(f"{call.name or '?'}({_given(call.arguments)})" for call in calls))
        )
    for choice in transcript.choices:
        for words in (choice.text, choice.refusal, choice.reasoning):
            if words:
                return Brief("text", _one_line(words))
    return _without_words(transcript)


def _without_words(transcript: Transcript) -> Brief:
    if transcript.embeddings:
        vectors = transcript.embeddings
        length = f" of {vectors.dimensions}" if vectors.dimensions is not None else ""
        return Brief("embedding", f"{vectors.count} embedding{'s' * (vectors.count != 1)}{length}")
    if transcript.models is not None:
        count = len(transcript.models)
        names = f": {', '.join(transcript.models)}" if count else ""
        return Brief("models", _one_line(f"{count} model{'s' * (count != 1)}{names}"))
    if transcript.type == UNKNOWN:
        return Brief("unknown", "a format recctl does not know")
    reasons = [choice.finish_reason for choice in transcript.choices if choice.finish_reason]
    return Brief("nothing", f"no words, {', '.join(reasons)}" if reasons else "no words")


def _given(arguments: str) -> str:
    """A call's arguments as `name=value` pairs; the string as it is where it is no object."""
    try:
        values = json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments
    if not isinstance(values, dict):
        return arguments
    return ", ".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in values.items())


def _one_line(text: str) -> str:
    """The beginning of a text, its line breaks and runs of blanks made one blank each."""
    words = " ".join(text[: 4 * _WORDS].split())
    return words[:_WORDS]
