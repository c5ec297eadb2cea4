"""The provider-neutral answer. Types only, no I/O."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from recctl.support.jsonvalue import Json, JsonObject, as_int, as_object


class ToolCall(msgspec.Struct, frozen=True):
    """A tool call of the model; `arguments` is the exact string that it sent, usually JSON."""

    id: str | None
    name: str | None
    arguments: str


class Choice(msgspec.Struct, frozen=True):
    """One of the alternative answers; most recordings have exactly one, with index 0.

    `logprobs` is the provider's own object, with the lists of all chunks joined; None if it has no tokens.
    """

    index: int
    role: str | None = None
    text: str = ""
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None = None
    logprobs: JsonObject | None = None


class Embeddings(msgspec.Struct, frozen=True):
    """The number of vectors, the length of the first, None if unknown, and its first numbers."""

    count: int
    dimensions: int | None
    sample: tuple[float, ...] = ()


class Failure(msgspec.Struct, frozen=True):
    """An error that the provider returned, or an exception of its SDK; `body` is the raw detail."""

    type: str | None
    message: str | None
    status: int | None = None
    category: str | None = None
    provider: str | None = None
    body: Json = None


class Transcript(msgspec.Struct, frozen=True):
    """An assembled answer; `type` is the name of its wire format, or `unknown`.

    `usage` is the provider's own object, names unchanged. `body` is the raw response body, kept only
    if the format is unknown, so that nothing is hidden.
    """

    type: str
    choices: tuple[Choice, ...] = ()
    usage: JsonObject | None = None
    embeddings: Embeddings | None = None
    models: tuple[str, ...] | None = None
    error: Failure | None = None
    body: Json = None


# What providers call their token counts, by neutral name; the first that is present counts. A dot leads into
# a nested object.
_TOKEN_NAMES: Mapping[str, tuple[str, ...]] = {
    "in": (
        "prompt_tokens",
        "input_tokens",
        "prompt_token_count",
        "promptTokenCount",
        "inputTokens",
        "inputTokenCount",
        "inputTextTokenCount",
        "total_input_tokens",
        "prompt_eval_count",
    ),
    "out": (
        "completion_tokens",
        "output_tokens",
        "candidates_token_count",
        "candidatesTokenCount",
        "outputTokens",
        "outputTokenCount",
        "total_output_tokens",
        "response_token_count",
        "responseTokenCount",
        "eval_count",
    ),
    "reasoning": (
        "completion_tokens_details.reasoning_tokens",
        "output_tokens_details.reasoning_tokens",
        "output_tokens_details.thinking_tokens",
        "reasoning_tokens",
        "thoughts_token_count",
        "thoughtsTokenCount",
        "total_thought_tokens",
    ),
    "cached": (
        "prompt_tokens_details.cached_tokens",
        "input_tokens_details.cached_tokens",
        "cached_tokens",
        "cached_content_token_count",
        "cachedContentTokenCount",
        "cache_read_input_tokens",
        "cacheReadInputTokens",
        "cacheReadInputTokenCount",
        "total_cached_tokens",
        "prompt_cache_hit_tokens",
    ),
    "total": ("total_tokens", "total_token_count", "totalTokenCount", "totalTokens"),
}
_ALWAYS = ("in", "out", "total")  # the others are shown only if not zero


def token_counts(usage: Mapping[str, Json]) -> dict[str, int]:
    """Return tokens by `in`, `out`, `reasoning`, `cached` and `total`, whatever the provider calls them.

    Unknown counts are left out, and so are zero reasoning and cached tokens. Providers differ in whether
    `out` includes reasoning tokens and `in` cached ones.
    """
    counts = {}
    for neutral, names in _TOKEN_NAMES.items():
        found = (_count(usage, name) for name in names)
        count = next((value for value in found if value is not None), None)
        if count or (count is not None and neutral in _ALWAYS):
            counts[neutral] = count
    return counts


def _count(usage: Mapping[str, Json], name: str) -> int | None:
    outer, _, inner = name.rpartition(".")
    return as_int((as_object(usage.get(outer)) if outer else usage).get(inner))
