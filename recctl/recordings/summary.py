"""What a listing shows of one recording, and the rules that make it from the facts in the file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from recctl.recordings.ogx.filename import RecordingName, parse_filename
from recctl.recordings.provider import provider_of, url_path
from recctl.support.jsonvalue import Json, as_int, as_object, as_str

Kind = Literal["inference", "tool", "http", "file"]

# What to call an exception whose type was not recorded.
_UNNAMED_EXCEPTION = "Exception"
_FIRST_ERROR_STATUS = 400
# Where wire formats keep the messages of a request: OpenAI, Ollama and Anthropic; Responses and
# Interactions; Gemini.
MESSAGE_KEYS = ("messages", "input", "contents")


PreviewKind = Literal["text", "tool", "embedding", "models", "error", "nothing", "unknown", "unreadable"]


class Preview(msgspec.Struct, frozen=True, array_like=True):
    """What kind of answer it is, and its beginning on one line, of bounded length."""

    kind: PreviewKind
    text: str


class Summary(msgspec.Struct, frozen=True):
    """What a listing shows of one recording; None where the recording does not say.

    `endpoint` is the path of the url as it is hashed, for tools `provider.tool_name`. `chunks`
    counts the items of a streamed body. `size` is in bytes. `failed` is True where the answer is
    an exception, an HTTP error or a tool's error. `turns` counts the messages of the request, 0
    where it has none. `preview` is None where nobody asked for the answer.
    """

    path: Path
    name: RecordingName
    test_id: str | None
    kind: Kind | None
    method: str | None
    url: str | None
    endpoint: str | None
    model: str | None
    provider: str | None
    streaming: bool
    chunks: int | None
    status: int | None
    exception: str | None
    size: int
    failed: bool
    turns: int = 0
    preview: Preview | None = None

    @property
    def header(self) -> Summary:
        """What the file says; a type of its own follows."""
        return self

    def with_preview(self, preview: Preview) -> Summary:
        """Return the same summary with this preview of the answer."""
        return msgspec.structs.replace(self, preview=preview)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """The values a summary is made from, raw: each may have any JSON type, None where missing.

    `has_body` and `has_payload` tell that the request holds these and they are not null.
    `body_model` is the model named inside them. `chunks` is None unless the body is an array.
    `type_label` is the `__type__` of the first item, `tool_error` its error, if it is a tool's.
    `turns` is the length of the first array of messages (see MESSAGE_KEYS), if it holds objects.
    """

    test_id: Json
    request_test_id: Json
    method: Json
    url: Json
    endpoint: Json
    model: Json
    body_model: Json
    provider: Json
    provider_metadata: Json
    tool_name: Json
    api: Json
    file_id: Json
    has_body: bool
    has_payload: bool
    is_streaming: Json
    chunks: int | None
    type_label: Json
    status: Json
    is_exception: Json
    exception_data: Json
    tool_error: bool
    turns: int


def summary_of(path: Path, size: int, facts: Facts, preview: Preview | None = None) -> Summary:
    """Return the summary of the recording at `path` (`size` bytes) that holds these facts."""
    kind = _kind(facts)
    url = as_str(facts.url)
    streaming = facts.is_streaming is True
    raised = bool(facts.is_exception)
    detail = as_object(facts.exception_data)
    status = as_int(facts.status)
    test_id = as_str(facts.test_id) or as_str(facts.request_test_id)
    model = as_str(facts.model) or as_str(facts.body_model)
    if status is None and raised:
        status = as_int(detail.get("status_code"))
    return Summary(
        path=path,
        name=parse_filename(path.name),
        test_id=test_id,
        kind=kind,
        method=as_str(facts.method),
        url=url,
        endpoint=_endpoint(kind, facts),
        model=model,
        provider=as_str(facts.provider)
        or provider_of(url, as_str(facts.type_label), facts.provider_metadata, test_id, model),
        streaming=streaming,
        chunks=facts.chunks if streaming else None,
        status=status,
        exception=(as_str(detail.get("type")) or _UNNAMED_EXCEPTION) if raised else None,
        size=size,
        failed=raised or is_error_status(status) or (kind == "tool" and facts.tool_error),
        turns=facts.turns,
        preview=preview,
    )


def is_error_status(status: int | None) -> bool:
    """True for the HTTP statuses that tell of an error."""
    return status is not None and status >= _FIRST_ERROR_STATUS


def _kind(facts: Facts) -> Kind | None:
    if facts.tool_name is not None:
        return "tool"
    if facts.file_id is not None:
        return "file"
    if facts.has_payload:
        return "http"
    return "inference" if facts.url is not None or facts.has_body else None


def _endpoint(kind: Kind | None, facts: Facts) -> str | None:
    if kind in ("tool", "file"):
        operation = facts.tool_name if kind == "tool" else facts.api
        return ".".join(part for part in (as_str(facts.provider), as_str(operation)) if part) or None
    url = as_str(facts.url)
    return (url_path(url) or None) if url else as_str(facts.endpoint)
