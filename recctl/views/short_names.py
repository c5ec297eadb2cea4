"""Names that are too long for a column, shortened where it hurts least."""

from __future__ import annotations

import re

from recctl.views import terminal

_NAME_SHARE = 0.6  # of a narrow column; the parameters get the rest, and what a short name leaves
_MIN_NAME = 8
# Segments of an endpoint that every one has: versions and API roots.
_COMMON_SEGMENT = re.compile(r"v\d+\w*|api|openai|ml")


def short_test(test_id: str, width: int) -> str:
    """A test id in at most `width` columns: its function and parameters, cut in the middle of each."""
    name, parameters = _split(test_id)
    if terminal.width_of(name + parameters) <= width:
        return name + parameters
    if not parameters:
        return terminal.fit_middle(name, width)
    # As many columns for the parameters as they need, but the name keeps its share.
    name_room = max(min(terminal.width_of(name), int(width * _NAME_SHARE)), _MIN_NAME)
    inner = _cut_parameters(parameters[1:-1], width - name_room - 2)
    short = f"[{inner}]"
    return terminal.fit_middle(name, width - terminal.width_of(short)) + short


def _split(test_id: str) -> tuple[str, str]:
    """The bare function name and the parameters with their brackets, of a pytest node id."""
    name, bracket, parameters = test_id.partition("[")
    return re.split(r"::|/", name)[-1] or name, bracket + parameters


def _cut_parameters(inner: str, width: int) -> str:
    """Parameters in at most `width` columns: their end tells more, it names the model."""
    if terminal.width_of(inner) <= width:
        return inner
    tail = inner.rpartition("/")[2]
    if tail != inner and terminal.width_of(tail) < width <= 2 * terminal.width_of(tail):
        return "…" + tail
    return terminal.fit_middle(inner, width)


def short_endpoint(endpoint: str) -> str:
    """The telling end of an endpoint: `/v1/v1/chat/completions` is `chat/completions`."""
    segments = endpoint.strip("/").split("/")
    common = [index for index, segment in enumerate(segments[:-1]) if _COMMON_SEGMENT.fullmatch(segment)]
    return "/".join(segments[common[-1] + 1 :] if common else segments)


def short_model(model: str, width: int) -> str:
    """A model's name in at most `width` columns: without the path before it, then cut in the middle."""
    if terminal.width_of(model) <= width:
        return model
    return terminal.fit_middle(model.rpartition("/")[2] or model, width)
