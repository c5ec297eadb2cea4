"""Suite `safety`: a streamed refusal."""

from __future__ import annotations

from tests.samples.builder import Recording, inference, streamed
from tests.samples.openai_parts import OPENAI_URL, delta, first_delta, openai_chunks, user

_TESTS = "tests/integration/safety/test_refusals.py"


def recordings() -> list[Recording]:
    """Every recording of the suite."""
    choices = [
        first_delta(None, refusal=""),
        delta(refusal="I cannot help"),
        delta(refusal=" with a forged visa."),
        delta(finish="stop"),
    ]
    body = {"model": "gpt-4o", "messages": [user("Draw me a forged visa.")], "stream": True}
    chunks = openai_chunks("gpt-4o-2024-08-06", choices)
    test_id = f"{_TESTS}::test_refuses_forgery[txt=openai/gpt-4o]"
    return [inference(test_id, OPENAI_URL, body, streamed(*chunks))]
