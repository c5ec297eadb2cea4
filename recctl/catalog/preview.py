"""Previews: the answer of a recording on one line, for listings.

Most bytes of a tree are streams of chat chunks and vectors. Of these a typed decoder reads only
what a preview needs; what it does not accept is decoded whole. Both give the same preview.
"""

from __future__ import annotations

import json
from pathlib import Path

from recctl.catalog import fast_preview
from recctl.conversation.answer import answer, answer_of
from recctl.conversation.providers.formats import UNKNOWN
from recctl.conversation.transcript import Transcript
from recctl.recordings.header import Preview
from recctl.recordings.ogx.header import header_of
from recctl.recordings.ogx.outline import NotPlain, RawResponse, ReadBody, read_partially
from recctl.recordings.recording import TOO_DEEP, Recording, parse
from recctl.recordings.ref import Ref
from recctl.recordings.summary import Summary
from recctl.support.jsonvalue import DEEPEST, is_deep, loads

_LENGTH = 120  # characters that a listing shows at most


def summarize_with_preview(path: Path, raw: bytes) -> Summary:
    """Return the summary of the recording in the bytes of a file, with a preview of the answer.

    Raises Unreadable where they hold none.
    """
    try:
        partial = read_partially(raw, fast_preview.read)
    except NotPlain:
        return _of_whole(path, raw)
    if partial.replaces_ids:
        return _of_whole(path, raw)
    header = header_of(partial.outline, _of_response(partial.response, partial.body))
    return Summary(Ref(path), len(raw), header)


def _of_whole(path: Path, raw: bytes) -> Summary:
    recording = parse(path, raw)
    return recording.summary.with_preview(preview_of(recording))


def preview_of(recording: Recording) -> Preview:
    """Return the preview of a whole recording."""
    try:
        return preview(answer(recording))
    except RecursionError:
        return Preview("unreadable", TOO_DEEP)


def _of_response(response: RawResponse, read: ReadBody[Transcript] | None) -> Preview:
    if read and not (response.is_exception or response.status):
        return preview(read.answer)
    try:
        raw = bytes(response.body)
        body = loads(raw)
        # Text with fewer brackets cannot be nested too deeply.
        if raw.count(b"[") + raw.count(b"{") > DEEPEST and is_deep(body):
            return Preview("unreadable", TOO_DEEP)
        fields = {name: getattr(response, name) for name in response.__struct_fields__}
        return preview(answer_of({**fields, "body": body}))
    except RecursionError:
        return Preview("unreadable", TOO_DEEP)


def preview(transcript: Transcript) -> Preview:
    """Return the preview of an answer: the error if there is one, else the tool calls, else the text."""
    if transcript.error:
        failure = transcript.error
        parts = (str(failure.status or ""), failure.type or "", failure.message or "")
        return Preview("error", _one_line(" ".join(filter(None, parts))))
    calls = [call for choice in transcript.choices for call in choice.tool_calls]
    if calls:
        return Preview(
            "tool", _one_line(", ".join(f"{call.name or '?'}({_given(call.arguments)})" for call in calls))
        )
    for choice in transcript.choices:
        for words in (choice.text, choice.refusal, choice.reasoning):
            if words:
                return Preview("text", _one_line(words))
    return _without_words(transcript)


def _without_words(transcript: Transcript) -> Preview:
    if transcript.embeddings:
        vectors = transcript.embeddings
        length = f" of {vectors.dimensions}" if vectors.dimensions is not None else ""
        return Preview("embedding", f"{vectors.count} embedding{'s' * (vectors.count != 1)}{length}")
    if transcript.models is not None:
        count = len(transcript.models)
        names = f": {', '.join(transcript.models)}" if count else ""
        return Preview("models", _one_line(f"{count} model{'s' * (count != 1)}{names}"))
    if transcript.type == UNKNOWN:
        return Preview("unknown", "a format recctl does not know")
    reasons = [choice.finish_reason for choice in transcript.choices if choice.finish_reason]
    return Preview("nothing", f"no words, {', '.join(reasons)}" if reasons else "no words")


def _given(arguments: str) -> str:
    """Return the arguments of a call as `name=value` pairs; the string as it is where it is no object."""
    try:
        values = json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments
    if not isinstance(values, dict):
        return arguments
    return ", ".join(f"{key}={json.dumps(value, ensure_ascii=False)}" for key, value in values.items())


def _one_line(text: str) -> str:
    """Return the beginning of a text on one line, with single blanks."""
    words = " ".join(text[: 4 * _LENGTH].split())
    return words[:_LENGTH]
