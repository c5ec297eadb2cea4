"""What a recording says of itself in a listing."""

from __future__ import annotations

from typing import Literal

import msgspec

Kind = Literal["inference", "tool", "http", "file"]
PreviewKind = Literal["text", "tool", "embedding", "models", "error", "nothing", "unknown", "unreadable"]

_FIRST_ERROR_STATUS = 400


class Preview(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The kind of an answer, and its beginning on one line, of bounded length."""

    kind: PreviewKind
    text: str


class Header(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a file says of a recorded call, as listings show it and the index stores it.

    None where the recording does not say. `endpoint` is the path of the url as it is hashed, for
    tools `provider.tool_name`. `chunks` counts the items of a streamed body. `failed` is True where
    the answer is an exception, an HTTP error or a tool's error. `turns` counts the messages of the
    request, 0 where it has none. `preview` is None where the answer was not read.
    """

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
    failed: bool
    turns: int = 0
    preview: Preview | None = None


def is_error_status(status: int | None) -> bool:
    """Return whether an HTTP status reports an error."""
    return status is not None and status >= _FIRST_ERROR_STATUS
