"""Shorten names that are too long for a column, keeping what tells them apart."""

from __future__ import annotations

import re

from recctl.views import terminal

_NAME_SHARE = 0.6  # of a narrow column; parameters get the rest, and what a short name does not use
_MIN_NAME_WIDTH = 8
# Segments that say nothing about an endpoint: versions and API roots.
_COMMON_SEGMENT = re.compile(r"v\d+\w*|api|openai|ml")


def short_test(test_id: str, width: int) -> str:
    """Return a test's function and parameters in at most `width` columns, each cut in its middle."""
    name, parameters = _split(test_id)
    if terminal.width_of(name + parameters) <= width:
        return name + parameters
    if not parameters:
        return terminal.fit_middle(name, width)
    # Parameters get what they need, but the name keeps its share.
    name_room = max(min(terminal.width_of(name), int(width * _NAME_SHARE)), _MIN_NAME_WIDTH)
    inner = _cut_parameters(parameters[1:-1], width - name_room - 2)
    short = f"[{inner}]"
    return terminal.fit_middle(name, width - terminal.width_of(short)) + short


def _split(test_id: str) -> tuple[str, str]:
    """Return the function name and the parameters with their brackets, of a pytest node id."""
    name, bracket, parameters = test_id.partition("[")
    return re.split(r"::|/", name)[-1] or name, bracket + parameters


def _cut_parameters(inner: str, width: int) -> str:
    """Return parameters in at most `width` columns, preferably their end, which names the model."""
    if terminal.width_of(inner) <= width:
        return inner
    tail = inner.rpartition("/")[2]
    if tail != inner and terminal.width_of(tail) < width <= 2 * terminal.width_of(tail):
        return "…" + tail
    return terminal.fit_middle(inner, width)


def short_endpoint(endpoint: str) -> str:
    """Return the significant end of an endpoint: `chat/completions` of `/v1/v1/chat/completions`."""
    segments = endpoint.strip("/").split("/")
    common = [index for index, segment in enumerate(segments[:-1]) if _COMMON_SEGMENT.fullmatch(segment)]
    return "/".join(segments[common[-1] + 1 :] if common else segments)


def short_model(model: str, width: int) -> str:
    """Return a model's name in at most `width` columns: without its path, then cut in the middle."""
    if terminal.width_of(model) <= width:
        return model
    return terminal.fit_middle(model.rpartition("/")[2] or model, width)
