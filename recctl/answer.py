"""The answer in a recording: the assembled body, and the error where the call failed."""

from __future__ import annotations

import msgspec

from recctl.jsonvalue import JsonObject, as_int, as_object, as_str
from recctl.recording import Recording
from recctl.summary import is_error_status
from recctl.transcript import Failure, Transcript
from recctl.wire.registry import assemble


def answer(recording: Recording) -> Transcript:
    """The transcript of a recording, with what came before a failure and the failure itself."""
    return answer_of(recording.response)


def answer_of(response: JsonObject) -> Transcript:
    """The transcript of a recorded response object. Never raises for what it holds."""
    transcript = assemble(response.get("body"))
    if response.get("is_exception"):
        return msgspec.structs.replace(transcript, error=_exception(response))
    status = as_int(response.get("status"))
    if is_error_status(status):
        failure = transcript.error or Failure(None, None, body=response.get("body"))
        return msgspec.structs.replace(transcript, error=msgspec.structs.replace(failure, status=status))
    return transcript


def _exception(response: JsonObject) -> Failure:
    data = as_object(response.get("exception_data"))
    return Failure(
        type=as_str(data.get("type")),
        message=as_str(data.get("message")) or as_str(response.get("exception_message")),
        status=as_int(data.get("status_code")),
        category=as_str(data.get("category")),
        provider=as_str(data.get("provider")),
        body=data.get("body"),
    )
