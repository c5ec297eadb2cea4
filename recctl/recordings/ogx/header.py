"""The rules that make the header of a recording from its outline."""

from __future__ import annotations

from recctl.recordings.header import Header, Kind, Preview, is_error_status
from recctl.recordings.ogx.outline import Outline
from recctl.recordings.provider import provider_of, url_path
from recctl.support.jsonvalue import as_int, as_object, as_str

# What to call an exception whose type was not recorded.
_UNNAMED_EXCEPTION = "Exception"


def header_of(outline: Outline, preview: Preview | None = None) -> Header:
    """Return the header of the recording with this outline."""
    request, response, bodies = outline.request, outline.response, outline.bodies
    kind = _kind(outline)
    url = as_str(request.url)
    test_id = as_str(outline.test_id) or as_str(request.test_id)
    model = as_str(request.model) or bodies.model
    streaming = response.is_streaming is True
    status = _status(outline)
    return Header(
        test_id=test_id,
        kind=kind,
        method=as_str(request.method),
        url=url,
        endpoint=_endpoint(kind, outline),
        model=model,
        provider=as_str(request.provider)
        or provider_of(url, as_str(bodies.type_label), request.provider_metadata, test_id, model),
        streaming=streaming,
        chunks=bodies.chunks if streaming else None,
        status=status,
        exception=_exception(outline),
        failed=bool(response.is_exception)
        or is_error_status(status)
        or (kind == "tool" and bodies.tool_error),
        turns=bodies.turns,
        preview=preview,
    )


def _kind(outline: Outline) -> Kind | None:
    request = outline.request
    if request.tool_name is not None:
        return "tool"
    if request.file_id is not None:
        return "file"
    if outline.bodies.has_payload:
        return "http"
    return "inference" if request.url is not None or outline.bodies.has_body else None


def _endpoint(kind: Kind | None, outline: Outline) -> str | None:
    request = outline.request
    if kind in ("tool", "file"):
        operation = request.tool_name if kind == "tool" else request.api
        return ".".join(part for part in (as_str(request.provider), as_str(operation)) if part) or None
    url = as_str(request.url)
    return (url_path(url) or None) if url else as_str(request.endpoint)


def _status(outline: Outline) -> int | None:
    response = outline.response
    status = as_int(response.status)
    if status is None and response.is_exception:
        status = as_int(as_object(response.exception_data).get("status_code"))
    return status


def _exception(outline: Outline) -> str | None:
    response = outline.response
    if not response.is_exception:
        return None
    return as_str(as_object(response.exception_data).get("type")) or _UNNAMED_EXCEPTION
