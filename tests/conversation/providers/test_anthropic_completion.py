"""Anthropic's text completions: the API before Messages."""

from __future__ import annotations

import json

import pytest

from recctl.conversation.read_response import assemble
from recctl.conversation.transcript import Choice, Failure, Transcript
from recctl.support.jsonvalue import Json, JsonObject


def completion(text: str | None, reason: str | None = None, **fields: Json) -> JsonObject:
    return {"type": "completion", "id": "compl_1", "completion": text, "stop_reason": reason, **fields}


def event(kind: str, **data: Json) -> list[str]:
    return [f"event: {kind}", f"data: {json.dumps({'type': kind, **data})}", ""]


def answer(text: str, reason: str | None = None) -> Transcript:
    return Transcript("anthropic-completion", (Choice(0, text=text, finish_reason=reason),))


STREAM = [
    *event("ping"),
    *event("completion", completion=" Ju", stop_reason=None, model="claude-2.1"),
    *event("completion", completion="ne.", stop_reason=None, model="claude-2.1"),
    *event("ping"),
    *event("completion", completion="", stop_reason="stop_sequence", stop="\n\nHuman:"),
]
BEDROCK = {"completion": " June.", "stop_reason": "max_tokens", "stop": None}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(STREAM, answer(" June.", "stop_sequence"), id="stream that begins with a ping"),
        pytest.param(STREAM[3:6], answer(" Ju"), id="stream cut short"),
        pytest.param(completion(" June.", "stop_sequence"), answer(" June.", "stop_sequence"), id="whole"),
        pytest.param(BEDROCK, answer(" June.", "max_tokens"), id="whole, from Bedrock, without its type"),
        pytest.param([BEDROCK], answer(" June.", "max_tokens"), id="as a chunk"),
        pytest.param(
            {
                "__type__": "anthropic.types.completion.Completion",
                "__data__": {"completion": " June.", "stop_reason": None},
            },
            answer(" June."),
            id="by class name, which OpenAI has as well",
        ),
    ],
)
def test_completions(body: Json, expected: Transcript) -> None:
    assert assemble(body) == expected


def test_bedrock_counts_the_tokens_in_its_own_words() -> None:
    counts = {"inputTokenCount": 25, "outputTokenCount": 4}
    body = [{**BEDROCK, "amazon-bedrock-invocationMetrics": counts}]
    assert assemble(body).usage == counts


def test_an_error_event_keeps_the_words_before_it() -> None:
    error = {"type": "overloaded_error", "message": "Overloaded"}
    transcript = assemble([*STREAM[3:6], *event("error", error=error)])
    failure = Failure("overloaded_error", "Overloaded", body={"type": "error", "error": error})
    assert transcript == Transcript("anthropic-completion", (Choice(0, text=" Ju"),), error=failure)


def test_a_ping_before_a_message_changes_nothing() -> None:
    started = {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "Hi"}]}
    transcript = assemble([*event("ping"), *event("message_start", message=started)])
    assert (transcript.type, transcript.choices[0].text) == ("anthropic-messages", "Hi")
