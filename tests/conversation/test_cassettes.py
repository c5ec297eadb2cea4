"""Event streams as providers sent them, from HTTP cassettes that RECCTL_CASSETTES names.

The words are added up here a second way, in a line or two a format, without the program's readers.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from recctl.conversation.read_response import assemble
from recctl.support.jsonvalue import Json, JsonObject

CASSETTES = os.environ.get("RECCTL_CASSETTES")

pytestmark = pytest.mark.skipif(not CASSETTES, reason="RECCTL_CASSETTES names no directory of HTTP cassettes")

_STARTS = ("event:", "data:", ": ")


@cache
def streams() -> dict[str, list[str]]:
    """The lines of every event stream in the YAML cassettes, by file and number."""
    yaml: Any = pytest.importorskip("yaml")

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Constructs plain values alone; what a tag of a type holds is left out."""

    Loader.add_multi_constructor("", lambda _loader, _tag, _node: None)
    found: dict[str, list[str]] = {}
    for path in sorted(Path(CASSETTES or "").rglob("*.y*ml")):
        content = path.read_bytes()
        if b"data:" in content:
            texts = _texts(yaml.load(content, Loader))
            found |= {
                f"{path.name}#{number}": text.replace("\r\n", "\n").split("\n")
                for number, text in enumerate(texts)
            }
    return found


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(_STARTS):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _data(lines: list[str]) -> list[JsonObject]:
    datas = []
    for line in lines:
        try:
            datas.append(json.loads(line.removeprefix("data:")))
        except ValueError:
            continue
    return [data for data in datas if isinstance(data, dict)]


def _joined(parts: Iterator[Json]) -> str:
    return "".join(part for part in parts if isinstance(part, str))


def chat(datas: list[JsonObject]) -> str:
    choices = (choice for data in datas for choice in data.get("choices") or [])
    return _joined(
        (choice.get("delta") or {}).get("content") for choice in choices if not choice.get("index")
    )


def responses(datas: list[JsonObject]) -> str:
    """What the response that ends the stream says, not the deltas."""
    output = datas[-1]["response"]["output"]
    return _joined(
        part.get("text") for item in output for part in item.get("content") or [] if item["type"] == "message"
    )


def anthropic(datas: list[JsonObject]) -> str:
    return _joined(data["delta"].get("text") for data in datas if data["type"] == "content_block_delta")


def gemini(datas: list[JsonObject]) -> str:
    candidates = (candidate for data in datas for candidate in data.get("candidates") or [])
    parts = (part for candidate in candidates for part in (candidate.get("content") or {}).get("parts") or [])
    return _joined(part.get("text") for part in parts if not part.get("thought"))


SUMS: dict[str, Callable[[list[JsonObject]], str]] = {
    "openai-chat": chat,
    "openai-responses": responses,
    "anthropic-messages": anthropic,
    "gemini-generate": gemini,
}


@pytest.mark.promise("The assembled answer is what its chunks say")
@pytest.mark.parametrize("name", SUMS)
def test_streams_say_what_their_events_add_up_to(name: str) -> None:
    judged, wrong = 0, []
    for where, lines in streams().items():
        transcript, datas = assemble(lines), _data(lines)
        cut = name == "openai-responses" and datas and datas[-1].get("type") != "response.completed"
        if transcript.type == name and not cut:
            judged += 1
            said = transcript.choices[0].text if transcript.choices else ""
            if said != SUMS[name](datas):
                wrong.append(where)
    assert (bool(judged), wrong) == (True, [])
