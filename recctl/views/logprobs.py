"""Log probabilities of tokens: the chosen token and its alternatives, one line each."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from recctl.support.jsonvalue import Json, JsonObject, as_list, as_object, compact
from recctl.views.escaping import one_line
from recctl.views.styled_lines import Line, Span, line

# What providers call the probability, and the lists of chosen tokens and of alternatives.
_LOGPROB = ("logprob", "log_probability", "logProbability")
_CHOSEN = ("content", "refusal", "chosen_candidates", "chosenCandidates")
_ALTERNATIVES = ("top_candidates", "topCandidates")


class Token(msgspec.Struct, frozen=True):
    """A token, the natural logarithm of its probability, and the likeliest alternatives."""

    text: str
    logprob: float | None
    alternatives: tuple[tuple[str, float | None], ...] = ()


def tokens_of(logprobs: JsonObject) -> Iterator[Token]:
    """Yield the tokens in a choice's log probabilities, in whatever form the provider has them."""
    candidates = next((as_list(logprobs[key]) for key in _ALTERNATIVES if logprobs.get(key)), [])
    for key in _CHOSEN:
        for number, entry in enumerate(map(as_object, as_list(logprobs.get(key)))):
            alternatives = as_list(entry.get("top_logprobs"))
            if not alternatives and number < len(candidates):
                alternatives = as_list(as_object(candidates[number]).get("candidates"))
            yield Token(*_pair(entry), tuple(_pair(as_object(other)) for other in alternatives))
    yield from _in_columns(logprobs)


def _in_columns(logprobs: JsonObject) -> Iterator[Token]:
    """Yield tokens from the form of text completions: a list of tokens beside a list of numbers."""
    values, columns = as_list(logprobs.get("token_logprobs")), as_list(logprobs.get("top_logprobs"))
    for number, token in enumerate(as_list(logprobs.get("tokens"))):
        alternatives = as_object(columns[number]) if number < len(columns) else {}
        yield Token(
            _text(token),
            _number(values[number]) if number < len(values) else None,
            tuple((text, _number(value)) for text, value in alternatives.items()),
        )


def logprob_lines(logprobs: JsonObject) -> Iterator[Line]:
    """Yield a line per token."""
    for token in tokens_of(logprobs):
        alternatives = "  ".join(
            f"{one_line(compact(text))} {_shown(value)}" for text, value in token.alternatives
        )
        chosen = f"{one_line(compact(token.text))}  "
        yield line(
            chosen, Span(alternatives, "dim"), indent=1, lead=Span(f"{_shown(token.logprob):>9}  ", "name")
        )


def _pair(entry: JsonObject) -> tuple[str, float | None]:
    value = next((entry[key] for key in _LOGPROB if entry.get(key) is not None), None)
    return _text(entry.get("token")), _number(value)


def _text(token: Json) -> str:
    return token if isinstance(token, str) else compact(token)


def _number(value: Json) -> float | None:
    return value if isinstance(value, int | float) else None


def _shown(value: float | None) -> str:
    return "?" if value is None else f"{value:.4f}"
