"""The answer of a recording: the assembled body, and the error if the call failed."""

from __future__ import annotations

import msgspec

from recctl.conversation.providers.formats import EMPTY, ERROR, UNKNOWN
from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Failure, Transcript
from recctl.recordings.header import is_error_status
from recctl.recordings.recording import Recording
from recctl.support.jsonvalue import Json, JsonObject, as_int, as_object, as_str


def answer(recording: Recording) -> Transcript:
    """Return the transcript of a recording: what came before a failure, and the failure."""
    return answer_of(recording.response)


def answer_of(response: JsonObject) -> Transcript:
    """Return the transcript of a recorded response object. Never raises, whatever that holds."""
    transcript = assemble(response.get("body"))
    if response.get("is_exception"):
        kind = ERROR if transcript.type == EMPTY else transcript.type
        return msgspec.structs.replace(transcript, type=kind, error=_exception(response))
    status = as_int(response.get("status"))
    if is_error_status(status):
        failure = transcript.error or _failure_in(response.get("body"))
        failure = msgspec.structs.replace(failure, status=status)
        if transcript.type in (EMPTY, UNKNOWN):
            # An error in no known format: `failure` has the body.
            return Transcript(ERROR, error=failure)
        return msgspec.structs.replace(transcript, error=failure)
    return transcript


def _failure_in(body: Json) -> Failure:
    """Return the error in a body of no known format: most servers use `message` or `detail`."""
    fields = as_object(body)
    message = next(filter(None, (as_str(fields.get(key)) for key in ("message", "detail"))), None)
    label = as_str(fields.get("type")) or as_str(fields.get("code"))
    return Failure(label, message, body=body)


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
