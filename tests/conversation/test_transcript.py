"""Token counts under the names that each provider gives them."""

from __future__ import annotations

import pytest

from recctl.conversation.transcript import token_counts
from recctl.support.jsonvalue import JsonObject

ALL = {"in": 9, "out": 4, "reasoning": 2, "cached": 5, "total": 13}
BASIC = {"in": 9, "out": 4, "total": 13}


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        pytest.param(
            {
                "prompt_tokens": 9,
                "completion_tokens": 4,
                "total_tokens": 13,
                "completion_tokens_details": {"reasoning_tokens": 2},
                "prompt_tokens_details": {"cached_tokens": 5},
            },
            ALL,
            id="OpenAI chat",
        ),
        pytest.param(
            {
                "input_tokens": 9,
                "output_tokens": 4,
                "total_tokens": 13,
                "output_tokens_details": {"reasoning_tokens": 2},
                "input_tokens_details": {"cached_tokens": 5},
            },
            ALL,
            id="OpenAI Responses",
        ),
        pytest.param(
            {
                "promptTokenCount": 9,
                "candidatesTokenCount": 4,
                "thoughtsTokenCount": 2,
                "cachedContentTokenCount": 5,
                "totalTokenCount": 13,
            },
            ALL,
            id="Gemini's wire",
        ),
        pytest.param(
            {
                "prompt_token_count": 9,
                "candidates_token_count": 4,
                "thoughts_token_count": 2,
                "cached_content_token_count": 5,
                "total_token_count": 13,
            },
            ALL,
            id="Gemini's SDK",
        ),
        pytest.param(
            {
                "total_input_tokens": 9,
                "total_output_tokens": 4,
                "total_thought_tokens": 2,
                "total_cached_tokens": 5,
                "total_tokens": 13,
            },
            ALL,
            id="Interactions",
        ),
        pytest.param(
            {"inputTokens": 9, "outputTokens": 4, "totalTokens": 13, "cacheReadInputTokens": 0},
            BASIC,
            id="Bedrock",
        ),
        pytest.param(
            {"input_tokens": 9, "output_tokens": 4, "cache_read_input_tokens": 5},
            {"in": 9, "out": 4, "cached": 5},
            id="Anthropic",
        ),
        pytest.param({"prompt_eval_count": 9, "eval_count": 4}, {"in": 9, "out": 4}, id="Ollama"),
        pytest.param({"inputTextTokenCount": 9}, {"in": 9}, id="Titan"),
        pytest.param(
            {
                "prompt_tokens": 9,
                "completion_tokens": 0,
                "completion_tokens_details": {"reasoning_tokens": 0},
            },
            {"in": 9, "out": 0},
            id="zeros",
        ),
        pytest.param(
            {"prompt_tokens": None, "input_tokens": 9, "prompt_tokens_details": None}, {"in": 9}, id="nulls"
        ),
        pytest.param({"prompt_tokens": "9", "total_tokens": True}, {}, id="no numbers"),
    ],
)
def test_token_counts(usage: JsonObject, counts: dict[str, int]) -> None:
    assert token_counts(usage) == counts
